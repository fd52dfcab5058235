"""Modules by their names of before: plug-ins that import them work on for one version, with a DeprecationWarning."""

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "zhasyl.runs.batch": "zhasyl.runs.batch",
    "zhasyl.controllers.parts.corridors": "zhasyl.controllers.parts.corridors",
    "zhasyl.controllers.parts.cyclic": "zhasyl.controllers.parts.cyclic",
    "zhasyl.controllers.parts.discharge": "zhasyl.controllers.parts.discharge",
    "zhasyl.controllers.parts.flow_profile": "zhasyl.controllers.parts.flow_profile",
    "zhasyl.timing.maxband": "zhasyl.timing.maxband",
    "zhasyl.timing.permitted": "zhasyl.timing.permitted",
    "zhasyl.controllers.parts.plan_file": "zhasyl.controllers.parts.plan_file",
    "zhasyl.controllers.parts.plan_player": "zhasyl.controllers.parts.plan_player",
    "zhasyl.timing.progression": "zhasyl.timing.progression",
    "zhasyl.controllers.parts.rollout": "zhasyl.controllers.parts.rollout",
    "zhasyl.controllers.parts.saturation_meter": "zhasyl.controllers.parts.saturation_meter",
    "zhasyl.controllers.sumo.base": "zhasyl.controllers.sumo.base",
    "zhasyl.timing.webster": "zhasyl.timing.webster",
    "zhasyl.controllers.wrappers.base": "zhasyl.controllers.wrappers.base",
    "zhasyl.runs.simulate": "zhasyl.runs.simulate",
    "zhasyl.lane_groups": "zhasyl.lane_groups",
    "zhasyl.sumo.simulation": "zhasyl.sumo.simulation",
    "zhasyl.runs.store": "zhasyl.runs.store",
    "zhasyl.runs.study": "zhasyl.runs.study",
}


class _OldNames(MetaPathFinder, Loader):
    """Finds a moved module where nobody else does, and answers one that passes every name on."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in MOVED else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        new = MOVED[spec.name]
        warnings.warn(f"{spec.name} is {new} now; the old name goes in the next version", DeprecationWarning, 2)
        module, known = ModuleType(spec.name), import_module(new)

        def passed_on(name: str) -> Any:
            return getattr(known, name)

        module.__getattr__ = passed_on  # type: ignore[method-assign]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has no code of its own."""


def keep_old_names() -> None:
    """Let moved modules be imported by their names of before."""
    if not any(isinstance(finder, _OldNames) for finder in sys.meta_path):
        sys.meta_path.append(_OldNames())

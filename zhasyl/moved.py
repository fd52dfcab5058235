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
    "zhasyl.batch": "zhasyl.runs.batch",
    "zhasyl.controllers.corridors": "zhasyl.controllers.parts.corridors",
    "zhasyl.controllers.cyclic": "zhasyl.controllers.parts.cyclic",
    "zhasyl.controllers.discharge": "zhasyl.controllers.parts.discharge",
    "zhasyl.controllers.flow_profile": "zhasyl.controllers.parts.flow_profile",
    "zhasyl.controllers.maxband": "zhasyl.timing.maxband",
    "zhasyl.controllers.permitted": "zhasyl.timing.permitted",
    "zhasyl.controllers.plan_file": "zhasyl.controllers.parts.plan_file",
    "zhasyl.controllers.plan_player": "zhasyl.controllers.parts.plan_player",
    "zhasyl.controllers.progression": "zhasyl.timing.progression",
    "zhasyl.controllers.rollout": "zhasyl.controllers.parts.rollout",
    "zhasyl.controllers.saturation": "zhasyl.controllers.parts.saturation_meter",
    "zhasyl.controllers.sumo_controller": "zhasyl.controllers.sumo.base",
    "zhasyl.controllers.webster": "zhasyl.timing.webster",
    "zhasyl.controllers.wrapper": "zhasyl.controllers.wrappers.base",
    "zhasyl.experiment": "zhasyl.runs.simulate",
    "zhasyl.lanegroups": "zhasyl.lane_groups",
    "zhasyl.optimise.compare": "zhasyl.optimise.statistics.compare",
    "zhasyl.optimise.comparison": "zhasyl.optimise.statistics.comparison",
    "zhasyl.optimise.intervals": "zhasyl.optimise.statistics.intervals",
    "zhasyl.optimise.sample_size": "zhasyl.optimise.statistics.sample_size",
    "zhasyl.optimise.sequential": "zhasyl.optimise.statistics.sequential",
    "zhasyl.optimise.student": "zhasyl.optimise.statistics.student",
    "zhasyl.optimise.verdict": "zhasyl.optimise.statistics.verdict",
    "zhasyl.simulation": "zhasyl.sumo.simulation",
    "zhasyl.store": "zhasyl.runs.store",
    "zhasyl.study": "zhasyl.runs.study",
    "zhasyl.values": "zhasyl.text.values",
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

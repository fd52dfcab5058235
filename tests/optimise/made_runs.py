"""Runs that nobody simulates: their delay follows from the greens of the plan and a draw by seed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.reports import builders
from zhasyl.controllers.parts.plan_file import read_plan_file
from zhasyl.optimise.search import evolve, search
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

PRESENT_S = 40.0
SPREAD_S = 3.0


@dataclass
class MadeRuns:
    """A `run` of plans whose delay falls by `slope` for each second that they leave `longest_s` of green unused.

    failing   which runs fail; `changed` what else records say
    """

    longest_s: float
    slope: float = 0.1
    failing: frozenset[int] = frozenset()
    changed: dict[str, object] = field(default_factory=dict)
    specs: list[RunSpec] = field(default_factory=list)

    def __call__(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        asked = list(specs)
        self.specs += asked
        return [self._record(spec) for spec in asked]

    def _record(self, spec: RunSpec) -> RunRecord:
        label = spec.controller.label
        about: dict[str, object] = {
            "scenario": spec.scenario.id, "variant": spec.scenario.variant, "command": f"zhasyl run --seed {spec.seed}"
        }  # fmt: skip
        if spec.seed in self.failing:
            return RunRecord(builders.failed(label, spec.seed, **about), spec.folder)
        delay_s = PRESENT_S + SPREAD_S * float(np.random.default_rng(spec.seed).standard_normal())
        delay_s -= self.slope * (self.longest_s - self._green_s(spec))
        values = {**builders.run(label, spec.seed, **about), **builders.measures(delay_s), **self.changed}
        spec.folder.mkdir(parents=True, exist_ok=True)
        table: dict[str, list[object]] = {"signal": [], "vehicles": [], "control_delay_s": []}
        (spec.folder / "summary.json").write_text(json.dumps({"approaches": table}), encoding="utf-8")
        return RunRecord(values, spec.folder)

    def _green_s(self, spec: RunSpec) -> float:
        """All greens of a plan; the present one has the longest."""
        plans = getattr(spec.controller.parameters, "plans", "")
        if not plans:
            return self.longest_s
        return sum(sum(row.greens_s or ()) for row in read_plan_file(Path(str(plans))).rows)


def search_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few moves in the model, which is not fitted to made runs."""
    monkeypatch.setattr(search, "GENERATIONS", 2)
    for name, value in (("CHILDREN", 16), ("GENERATIONS", 3), ("EVALUATIONS", 60)):
        monkeypatch.setattr(evolve, name, value)
    monkeypatch.setattr("zhasyl.optimise.search.plan_space.PlanSpace.learn", lambda space, record: None)

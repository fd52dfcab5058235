"""Candidates simulated in several scenarios at once, and valued against what is present there."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zhasyl.controllers import ControllerSpec
from zhasyl.errors import ScenarioError
from zhasyl.optimise.faults import faults, widest
from zhasyl.optimise.objective import Objective, emissions_for, missing
from zhasyl.optimise.search.trials import Run
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario

WORST = 1.5  # times the present one's objective


class JointTrials:
    """Runs each candidate in every scenario. Who is simulated first is the present one.

    The record of a candidate with a seed has each measure of the objective as its mean over the scenarios, in units of
    the present one's objective there: the objective of that record is the mean of their ratios. Above `WORST`, and
    where a run or the controller at a signal failed, it is `WORST`: that a candidate is bad is all there is to learn of
    it, and how bad a gridlock is would drown what tells good ones apart.
    """

    def __init__(self, scenarios: Sequence[Scenario], out: Path, run: Run, objective: Objective, sensor: str) -> None:
        self._scenarios, self._out, self._run, self._objective, self._sensor = scenarios, out, run, objective, sensor
        self._emissions = emissions_for([objective])
        self._records: dict[Path, RunRecord] = {}
        self._scales: list[float] = []

    @property
    def runs(self) -> int:
        """Runs asked for so far, each once."""
        return len(self._records)

    @property
    def spent(self) -> int:
        """Candidates with a seed asked for so far, each of as many runs as there are scenarios."""
        return self.runs // len(self._scenarios)

    def simulate(self, asked: Sequence[tuple[ControllerSpec, int]]) -> list[RunRecord]:
        """The joint records of controllers with seeds, in their order; asked for again they cost nothing."""
        specs = [
            RunSpec(scenario, controller, seed, self._out, sensor=self._sensor, emissions=self._emissions)
            for controller, seed in asked
            for scenario in self._scenarios
        ]
        new = {spec.folder: spec for spec in specs if spec.folder not in self._records}
        self._records |= dict(zip(new, self._run(new.values()), strict=True))
        found, each = [self._records[spec.folder] for spec in specs], len(self._scenarios)
        self._scales = self._scales or [present_value(self._objective, found[n::each]) for n in range(each)]
        return [self._joint(found[start : start + each]) for start in range(0, len(found), each)]

    def _joint(self, records: Sequence[RunRecord]) -> RunRecord:
        pairs = list(zip(records, self._scales, strict=True))
        ratios = [self._objective.value(record.values) / scale for record, scale in pairs]
        failed = widest(record.values for record in records)
        if failed or not float(np.mean(ratios)) <= WORST:  # nan, too
            return RunRecord({"status": "done", **self._worst}, records[0].folder)
        shares = {key: float(np.mean([record[key] / scale for record, scale in pairs])) for key in self._worst}
        return RunRecord({"status": "done", **shares}, records[0].folder)

    @property
    def _worst(self) -> dict[str, float]:
        """Measures of which the objective is `WORST`."""
        first, *others = self._objective.measures
        return {first: WORST, **dict.fromkeys(others, 0.0)}


def present_value(objective: Objective, records: Sequence[RunRecord]) -> float:
    """The mean objective of what is present. Raises ScenarioError where there is none to compare with."""
    for record in records:
        if lacking := missing(objective, record.values):
            raise ScenarioError(lacking)
        own = f"'{record['label']}' cannot be tuned in '{record['scenario']}', as"
        if not record.done:
            raise ScenarioError(f"{own} its own run fails: {record['reason']}")
        for fault in faults(record.values):
            raise ScenarioError(f"{own} it fails at signal '{fault.get('signal')}': {fault.get('reason')}")
    value = float(np.mean([objective.value(record.values) for record in records]))
    if not 0 < value < math.inf:
        first = records[0]
        raise ScenarioError(
            f"'{first['label']}' has {objective.key} {value:g} in '{first['scenario']}': nothing can be gained there; "
            "choose another objective or scenario"
        )
    return value

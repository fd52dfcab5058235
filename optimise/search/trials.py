"""Candidates simulated in SUMO: each once a seed, through the batch engine, and counted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from zhasyl.controllers import ControllerSpec
from zhasyl.errors import SimulationError
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario
from zhasyl.sensors import PERFECT
from zhasyl.text.values import ALL_EMISSIONS

Run = Callable[[Iterable[RunSpec]], list[RunRecord]]


class Simulated(Protocol):
    """What a search spends its budget on."""

    @property
    def spent(self) -> int:
        """How much so far."""

    def simulate(self, asked: Sequence[tuple[ControllerSpec, int]]) -> list[RunRecord]:
        """The records of controllers with seeds, in their order; asked for again they cost nothing."""


@dataclass
class Trials:
    """Runs controllers in one scenario. What is stored in `out` is not run again, but counts as it did."""

    scenario: Scenario
    out: Path
    run: Run
    sensor: str = PERFECT
    emissions: float = ALL_EMISSIONS
    records: dict[Path, RunRecord] = field(default_factory=dict)

    @property
    def spent(self) -> int:
        """Runs asked for so far, each once."""
        return len(self.records)

    def simulate(self, asked: Sequence[tuple[ControllerSpec, int]]) -> list[RunRecord]:
        """The records of controllers with seeds, in their order; asked for again they cost nothing."""
        specs = [
            RunSpec(self.scenario, controller, seed, self.out, sensor=self.sensor, emissions=self.emissions)
            for controller, seed in asked
        ]
        new = {spec.folder: spec for spec in specs if spec.folder not in self.records}
        self.records |= dict(zip(new, self.run(new.values()), strict=True))
        return [self.records[spec.folder] for spec in specs]


def refuse_failed(records: Iterable[RunRecord]) -> None:
    """Raise SimulationError if no run of what is present went well: there is nothing to compare with."""
    known = list(records)
    if not any(record.done for record in known):
        raise SimulationError(f"all runs of what is present failed: {known[0]['reason']}")

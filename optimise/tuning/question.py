"""What a search for parameters asks: every name, number and limit checked before anything runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.base import GreenParameters
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.files.paths import real_path
from zhasyl.optimise.objective import Objective, emissions_for, parse_objective
from zhasyl.optimise.proof import elsewhere
from zhasyl.optimise.question import check_demand, read_budget, read_proof_seeds, search_seeds
from zhasyl.optimise.search.budget import LEAST_RUNS, Budget
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.optimise.tuning.parameter_space import ParameterSpace
from zhasyl.runs.planning import check
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import Variant, parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sensors import parse_sensor
from zhasyl.text.values import parse_seed

Named = str | Path | Scenario


@dataclass(frozen=True)
class TuningQuestion:
    """What a search for parameters asks, checked. `bases` are the scenarios without their variant `own`.

    `budget` counts candidates with a seed: one of them is a run in each scenario.
    """

    bases: tuple[Scenario, ...]
    own: Variant
    scenarios: tuple[Scenario, ...]
    checks: tuple[Scenario, ...]
    controller: ControllerSpec
    space: ParameterSpace
    sensor: str
    objective: Objective
    runs: int
    budget: Budget
    seed: int
    proof_seeds: tuple[int, ...]
    robust_seeds: tuple[int, ...]
    out: Path

    @property
    def search_seeds(self) -> list[int]:
        """Seeds of the search, none of the proof's."""
        return search_seeds(self.proof_seeds)

    @property
    def samples(self) -> list[RunSpec]:
        """A run of each kind, by which the time that all take is estimated."""
        seed, places = self.search_seeds[0], (*self.scenarios, *self.checks)
        share = emissions_for([self.objective])
        return [RunSpec(one, self.controller, seed, self.out, sensor=self.sensor, emissions=share) for one in places]

    @property
    def check_seeds(self) -> tuple[int, ...]:
        """Seeds with which other networks are simulated: as many of the proof's as a verdict takes."""
        return self.proof_seeds[:LEAST_SEEDS]

    @cached_property
    def situations(self) -> list[tuple[str, Scenario]]:
        """Other situations of the scenarios, by what is changed."""
        found = [(base, elsewhere(base, self.own)) for base in self.bases if self.robust_seeds]
        named = len(self.bases) > 1
        return [(f"{base.id} {text}" if named else text, one) for base, others in found for text, one in others]

    @property
    def further_runs(self) -> int:
        """Runs of the proof, the checks and the robustness table, beside the search."""
        pairs = len(self.proof_seeds) * len(self.scenarios) + len(self.check_seeds) * len(self.checks)
        return 2 * (pairs + len(self.robust_seeds) * len(self.situations))


def ask_tuning(
    scenarios: Named | Sequence[Named],
    controller: str | ControllerSpec,
    budget: int,
    minutes: float | None,
    objective: str,
    variant: str,
    keep: str | Sequence[str],
    sensor: str,
    checks: Named | Sequence[Named],
    seed: int,
    proof_seeds: str | Iterable[int],
    robust_seeds: int | None,
    out: str | Path,
) -> TuningQuestion:
    """Check every name, number and limit before anything runs. Raises ZhasylError."""
    present = parse_controller(controller) if isinstance(controller, str) else controller
    kept = [one.strip() for one in (keep if isinstance(keep, str) else ",".join(keep)).split(",") if one.strip()]
    ParameterSpace(present, kept)
    seeing, aim = parse_sensor(sensor).label, parse_objective(objective)
    proof, elsewhere_seeds = read_proof_seeds(proof_seeds, robust_seeds)
    number, own = parse_seed(str(seed)), parse_variant(variant)
    bases = _loaded(scenarios)
    if not bases:
        raise ScenarioError("no scenario is named; give for example abay-corridor")
    spending = _shared(budget, minutes, len(bases))
    varied, others = [vary(base, own) for base in bases], [vary(base, own) for base in _loaded(checks)]
    for one in (*varied, *others):
        check(one, [present], [seeing])
        check_demand(prepare(one))
    contents = {one.content for one in varied}
    for one in others:
        if one.content in contents:
            raise ScenarioError(f"check '{one.id}' is searched on, too, so it checks nothing; name another scenario")
    space = ParameterSpace(present, kept, _least(present, varied))
    runs = spending.runs if minutes is not None else budget
    return TuningQuestion(
        bases, own, tuple(varied), tuple(others), present, space, seeing, aim, runs, spending, number, proof,
        elsewhere_seeds, real_path(Path(out)),
    )  # fmt: skip


def _loaded(named: Named | Sequence[Named]) -> tuple[Scenario, ...]:
    given = [named] if isinstance(named, str | Path | Scenario) else named
    found = [one if isinstance(one, Scenario) else load_scenario(str(one)) for one in given]
    return tuple({one.content: one for one in found}.values())


def _least(controller: ControllerSpec, scenarios: Iterable[Scenario]) -> dict[str, float]:
    """No minimum green below those that the scenarios have: the controller's takes the place of each of them."""
    if not isinstance(controller.parameters, GreenParameters):
        return {}
    signals = (signal for one in scenarios for signal in prepare(one).derived.signals.values())
    greens_s = [
        stage.min_green_s if stage.vehicle_min_green_s is None else stage.vehicle_min_green_s
        for signal in signals
        for stage in signal.stages
    ]
    return {"min_green_s": max(greens_s, default=0.0)}


def _shared(runs: int, minutes: float | None, scenarios: int) -> Budget:
    """The budget in candidates. Raises ZhasylError for fewer than one comparison needs."""
    whole = read_budget(runs, minutes)
    if minutes is not None:
        return whole
    if runs < LEAST_RUNS * scenarios:
        raise ZhasylError(
            f"budget {runs} is below the {LEAST_RUNS * scenarios} runs that one comparison in {scenarios} scenarios "
            "takes; give for example 300"
        )
    return Budget(runs // scenarios)

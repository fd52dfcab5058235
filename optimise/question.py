"""What a search for plans asks: every name, number and limit checked before anything runs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zhasyl.controllers import parse_controller
from zhasyl.errors import ScenarioError, ZhasylError
from zhasyl.files.paths import real_path
from zhasyl.optimise.objective import Objective, emissions_for, parse_objective
from zhasyl.optimise.plans.change import ChangePrice, read_price
from zhasyl.optimise.plans.problem import Problem, state_problem
from zhasyl.optimise.proof import elsewhere
from zhasyl.optimise.search.budget import LEAST_RUNS, Budget
from zhasyl.optimise.starts import METHODS
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.runs.planning import check
from zhasyl.runs.prepared import Prepared, prepare
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.limits import Limits, read_limits
from zhasyl.scenarios.variant import Variant, parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.text.values import MAX_SEED, parse_seed, parse_seeds
from zhasyl.text.words import plural

MOST_MINUTES = 100_000  # ten weeks
MOST_RUNS = 100_000
PROVEN = 2 + len(METHODS)  # plans at most that meet the seeds of the proof: the present, the best, analytic ones
SEARCH_SEEDS = 200  # from 1 on, without those of the proof


@dataclass(frozen=True)
class PlanQuestion:
    """What a search for plans asks, checked. `base` is the scenario without its variant `own`."""

    base: Scenario
    own: Variant
    scenario: Scenario
    objective: Objective
    problem: Problem
    limits: Limits
    price: ChangePrice
    budget: Budget
    seed: int
    proof_seeds: tuple[int, ...]
    robust_seeds: tuple[int, ...]
    out: Path
    front: tuple[Objective, ...] = ()  # what is weighed against each other, where that is asked for
    other_periods: bool = True  # are they among the other situations? Not where each has a plan of its own

    @property
    def search_seeds(self) -> list[int]:
        """Seeds of the search, none of the proof's."""
        return search_seeds(self.proof_seeds)

    @property
    def runs(self) -> int:
        """Runs of the search, as far as is known before it."""
        return self.budget.runs

    @property
    def samples(self) -> list[RunSpec]:
        """A run of each kind, by which the time that all take is estimated."""
        fixed = parse_controller("fixed")
        return [RunSpec(self.scenario, fixed, self.search_seeds[0], self.out, emissions=self.emissions)]

    @property
    def emissions(self) -> float:
        """The share of the vehicles whose emissions the search has to measure."""
        return emissions_for(self.front or [self.objective])

    @property
    def further_runs(self) -> int:
        """Runs of the proof and the robustness table, beside the budget; a front has neither."""
        others = 2 * len(self.robust_seeds) * len(self.situations)
        return 0 if self.front else PROVEN * len(self.proof_seeds) + others

    @cached_property
    def situations(self) -> list[tuple[str, Scenario]]:
        """Other situations of the scenario, by what is changed; none without seeds for them."""
        return elsewhere(self.base, self.own, self.other_periods) if self.robust_seeds else []


def ask_plans(
    scenario: str | Path | Scenario,
    budget: int,
    minutes: float | None,
    objective: str,
    variant: str,
    keep: str | Sequence[str],
    limits: str | Path | Limits,
    change_price: str,
    seed: int,
    proof_seeds: str | Iterable[int],
    robust_seeds: int | None,
    out: str | Path,
) -> PlanQuestion:
    """Check every name, number and limit before anything runs. Raises ZhasylError."""
    place = real_path(Path(out))
    if "," in str(place):
        raise ZhasylError(f"out '{place}': its comma would part the parameters of fixed:plans=FILE; name another --out")
    aim, price = parse_objective(objective), read_price(change_price)
    proof, elsewhere_seeds = read_proof_seeds(proof_seeds, robust_seeds)
    own = parse_variant(variant)
    base = scenario if isinstance(scenario, Scenario) else load_scenario(str(scenario))
    varied = vary(base, own)
    check(varied, [parse_controller("fixed")])
    prepared = prepare(varied)
    prepared.check_controllable(parse_controller("webster"))
    bounds = limits if isinstance(limits, Limits) else read_limits(Path(limits)) if str(limits) else varied.limits
    kept = [one for one in keep.split(",") if one.strip()] if isinstance(keep, str) else list(keep)
    problem = state_problem(prepared, bounds, kept)
    check_demand(prepared)
    spending, number = read_budget(budget, minutes), parse_seed(str(seed))
    return PlanQuestion(base, own, varied, aim, problem, bounds, price, spending, number, proof, elsewhere_seeds, place)


def search_seeds(proof_seeds: Collection[int]) -> list[int]:
    """Seeds of a search, none of its proof's."""
    numbers = (seed for seed in range(1, MAX_SEED) if seed not in proof_seeds)
    return [seed for _, seed in zip(range(SEARCH_SEEDS), numbers, strict=False)]


def read_proof_seeds(text: str | Iterable[int], robust: int | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The seeds of the proof and those of other situations: its first `robust`, or as many as a verdict takes.

    Raises ZhasylError.
    """
    proof = tuple(parse_seeds(text if isinstance(text, str) else ",".join(map(str, text))))
    if len(proof) < LEAST_SEEDS:
        raise ZhasylError(
            f"proof-seeds {', '.join(map(str, proof))}: a verdict takes at least {LEAST_SEEDS}; "
            "give for example 101-110"
        )
    if robust is None:
        return proof, proof[:LEAST_SEEDS]
    if isinstance(robust, bool) or not isinstance(robust, int) or not 0 <= robust <= len(proof):
        raise ZhasylError(
            f"robust-seeds {robust} is not within 0 to the {len(proof)} seeds of the proof; "
            "give fewer, or more proof-seeds"
        )
    return proof, proof[:robust]


def read_budget(runs: int, minutes: float | None) -> Budget:
    """Runs or minutes. Raises ZhasylError for fewer than one comparison needs."""
    if minutes is not None:
        if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= MOST_MINUTES:
            raise ZhasylError(f"minutes {minutes} is no time above 0 and up to {MOST_MINUTES}; give for example 60")
        return Budget(LEAST_RUNS, float(minutes))
    if isinstance(runs, int) and runs > MOST_RUNS:
        raise ZhasylError(f"budget {runs} is over {MOST_RUNS:,} runs; give for example 300")
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < LEAST_RUNS:
        raise ZhasylError(
            f"budget {runs} is below the {LEAST_RUNS} runs that one comparison takes (five seeds of two plans); "
            "give for example 300"
        )
    return Budget(runs)


def check_demand(prepared: Prepared) -> None:
    """Raise ScenarioError where no traffic passes a signal."""
    area = prepared.area(lambda signal: signal)
    if any(area.demand(name).volume_vph.any() for name in area.signals):
        return
    others = prepared.derived.uncontrolled
    said = "its signals"
    if others:
        name, why = next(iter(others.items()))
        said = f"the signals that can be controlled ({plural(len(others), 'other')} cannot: '{name}': {why})"
    raise ScenarioError(
        f"scenario '{prepared.scenario.id}': no traffic passes {said} in the measured period; "
        "give it a demand, or another period"
    )

"""A comparison from its question to its page: what `zhasyl compare` does, and `zhasyl.compare`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from zhasyl.controllers import ControllerSpec, parse_controller, split_controllers
from zhasyl.errors import ControllerError, ZhasylError, unknown_name
from zhasyl.files.paths import real_path
from zhasyl.optimise.arguments import check_arguments
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.optimise.statistics.sequential import MEASURE, look_confidence, plan_looks, too_wide
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.process.cluster import default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.reports.results import Results, Terms, conclude, loading_early
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, look_at
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sensors import parse_sensor
from zhasyl.text.language import ENGLISH, check_language
from zhasyl.text.values import ALL_EMISSIONS, MAX_SEED, parse_emissions, parse_seeds, parse_share, seed_text
from zhasyl.text.words import plural

Run = Callable[[Iterable[RunSpec]], list[RunRecord]]
Look = Callable[[int, Sequence[int], Sequence[Comparison], float], None]


@dataclass(frozen=True)
class Question:
    """What a comparison asks: which runs, and against which controller."""

    scenarios: list[Scenario]
    controllers: list[ControllerSpec]
    seeds: list[int]
    baseline: str
    sensor: str
    out: Path
    rerun: bool = False
    emissions: float = ALL_EMISSIONS
    record: bool = False
    lang: str = ENGLISH

    def specs(self, scenarios: Iterable[Scenario], seeds: Iterable[int]) -> list[RunSpec]:
        """The runs of some scenarios with some seeds."""
        out, share = real_path(self.out), self.emissions
        return [
            RunSpec(s, c, n, out, sensor=self.sensor, emissions=share, rerun=self.rerun, record=self.record)
            for s, c, n in product(scenarios, self.controllers, seeds)
        ]

    def was_played(self, scenario: Scenario, controller: ControllerSpec) -> bool:
        """Is a run of theirs stored that went well? Then nothing of them is to be refused."""
        runs = replace(self, controllers=[controller]).specs([scenario], self.seeds[:1])
        record = look_at(runs[0].folder)
        return record is not None and record.done


@dataclass(frozen=True)
class Until:
    """The half-width aimed at, as a share of the baseline's mean delay, and the most seeds to spend on it."""

    tolerance: float
    most_seeds: int


def compare(
    scenarios: str | Path | Scenario | Sequence[str | Path | Scenario],
    controllers: str | Sequence[str | ControllerSpec] = "fixed,actuated,max-pressure",
    seeds: str | int | Iterable[int] = "1-5",
    *,
    baseline: str = "",
    variant: str = "",
    sensor: str = "perfect",
    emissions: str | float = "all",
    min_effect: str | float = 0.0,
    until: str | float = "",
    most_seeds: int = 50,
    jobs: int | None = None,
    cluster: str = "",
    limit_s: float = DEFAULT_LIMIT_S,
    out: str | Path = "results",
    rerun: bool = False,
    record: bool = False,
    lang: str = ENGLISH,
    on_done: OnDone = nothing,
) -> Results:
    """Compare controllers on the same demand and seeds, as `zhasyl compare` does with options of these names.

    Writes comparison.json, runs.csv, comparisons.csv and report.html into `out`; what is stored there is not run again.
    `jobs` runs at a time, by default one a core; `lang` is the page's language: en, kk or ru. A run that fails is in
    the records with `done` False, and costs itself alone. Raises ZhasylError for what is asked amiss, before anything
    runs, and SimulationError if all failed.
    """
    check_arguments(locals())
    question = ask(
        _several(scenarios), _split(controllers), seed_text(seeds), baseline, variant, sensor, Path(out), emissions
    )
    question = replace(question, rerun=rerun, record=record, lang=check_language(lang))
    terms = Terms(question.baseline, parse_share("min-effect", str(min_effect)))
    rule = read_until(str(until), most_seeds, len(question.seeds))

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return run_many(specs, jobs or default_jobs(), loading_early(on_done), limit_s, cluster)

    return answer(question, terms, rule, run)


def _several(scenarios: str | Path | Scenario | Sequence[str | Path | Scenario]) -> list[str | Scenario]:
    given = [scenarios] if isinstance(scenarios, str | Path | Scenario) else scenarios
    return [one if isinstance(one, Scenario) else str(one) for one in given]


def _split(controllers: str | Sequence[str | ControllerSpec]) -> list[str | ControllerSpec]:
    return [*split_controllers(controllers)] if isinstance(controllers, str) else [*controllers]


def ask(
    scenarios: Iterable[str | Scenario],
    controllers: Iterable[str | ControllerSpec],
    seeds: str,
    baseline: str,
    variant: str,
    sensor: str,
    out: Path,
    emissions: str | float = "all",
) -> Question:
    """Check every name, parameter, seed and network before anything runs. Raises ZhasylError."""
    chosen = [parse_controller(one) if isinstance(one, str) else one for one in controllers]
    if not chosen:
        raise ControllerError("controllers: none is named; give for example fixed,max-pressure")
    chosen = list({spec.label: spec for spec in chosen}.values())
    change = parse_variant(variant)
    numbers = parse_seeds(seeds)
    seeing, share = parse_sensor(sensor).label, parse_emissions(emissions)
    against = _baseline(baseline, chosen)
    varied = [vary(load_scenario(one) if isinstance(one, str) else one, change) for one in scenarios]
    loaded = list({(scenario.id, scenario.content): scenario for scenario in varied}.values())
    if not loaded:
        raise ZhasylError("scenarios: none is named; give for example abay-seifullin")
    question = Question(loaded, chosen, numbers, against, seeing, out, emissions=share)
    for scenario in loaded:
        if unplayed := [one for one in chosen if not question.was_played(scenario, one)]:
            from zhasyl.runs.planning import check

            check(scenario, unplayed, [seeing])
    return question


def _baseline(text: str, chosen: Sequence[ControllerSpec]) -> str:
    labels = [spec.label for spec in chosen]
    label = parse_controller(text).label if text else labels[0]
    if label not in labels:
        raise ControllerError(unknown_name("baseline among the controllers", label, labels))
    return label


def read_until(text: str, most_seeds: int, seeds: int) -> Until | None:
    """The rule of --until, None without it. Raises ZhasylError."""
    if not text:
        return None
    tolerance, seeds = parse_share("until", text), max(seeds, LEAST_SEEDS)
    if tolerance == 0:
        raise ZhasylError(f"until '{text}' would never be reached; give for example 5%")
    if most_seeds < seeds:
        raise ZhasylError(
            f"most-seeds {most_seeds} is below the {plural(seeds, 'seed')} to begin with; raise it or shorten --seeds"
        )
    return Until(tolerance, most_seeds)


def answer(question: Question, terms: Terms, until: Until | None, run: Run, on_look: Look = nothing) -> Results:
    """Run what a question asks and write what comes of it; `on_look` follows the looks of `until`."""
    if until is None:
        records = run(question.specs(question.scenarios, question.seeds))
    else:
        records, terms = _run_until(question, terms, until, run, on_look)
    return conclude(question.out, records, terms, question.lang)


def _run_until(
    question: Question, terms: Terms, until: Until, run: Run, on_look: Look
) -> tuple[list[RunRecord], Terms]:
    """Run more and more seeds of each scenario; its records, and the terms at which their intervals hold."""
    looks = plan_looks(max(len(question.seeds), LEAST_SEEDS), until.most_seeds)
    terms = replace(terms, confidence=look_confidence(looks))
    seeds = more_seeds(question.seeds, looks[-1])
    records: dict[str, list[RunRecord]] = {}
    wanting, begun = list(question.scenarios), set[Path]()
    for number, look in enumerate(looks, start=1):
        specs = question.specs(wanting, seeds[:look])
        found = run(replace(spec, rerun=spec.rerun and spec.folder not in begun) for spec in specs)
        begun |= {spec.folder for spec in specs}
        records |= {s.content: [record for record in found if record["content"] == s.content] for s in wanting}
        comparisons = {scenario.content: _delays(records[scenario.content], terms) for scenario in wanting}
        for scenario in wanting:
            on_look(number, looks, comparisons[scenario.content], until.tolerance)
        wanting = [scenario for scenario in wanting if too_wide(comparisons[scenario.content], until.tolerance)]
        if not wanting:
            break
    return [record for scenario in question.scenarios for record in records[scenario.content]], terms


def _delays(records: Iterable[RunRecord], terms: Terms) -> list[Comparison]:
    return compare_all(
        [record.values for record in records],
        terms.baseline,
        [MEASURE],
        min_effect=terms.min_effect,
        confidence=terms.confidence,
    )


def more_seeds(given: Sequence[int], count: int) -> list[int]:
    """`count` seeds: those given, then the integers that follow the greatest of them."""
    following = range(max(given) + 1, MAX_SEED + 1)
    return [*given, *following[: max(0, count - len(given))]]

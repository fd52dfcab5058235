"""The first part of a study's page: what was run, what came of it by controller, the matrix, and the sweeps."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from zhasyl.optimise.comparison import SITUATION, Comparison
from zhasyl.reports.figures import Drawing
from zhasyl.reports.pages import Grid
from zhasyl.reports.records import NOTHING, seeds
from zhasyl.reports.study.figure import sweep_plot
from zhasyl.reports.study.situations import Outcome, Situation
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.sweeps import Sweep
from zhasyl.reports.study.tables import ABOUT, at_place, named_sweeps, overall, shown
from zhasyl.reports.tables import method_notes
from zhasyl.text.words import plural

SIGNS = {"better": "▼", "worse": "▲", "same": "="}
BEST_BY_CHANCE = "The best of many settings is best by chance, too: on other seeds it tends to be less ahead."
MOST_IN_FULL, MOST_CELLS = 4, 100  # situations, and those × controllers; a larger page has tables alone, or takes long


@dataclass(frozen=True)
class MatrixCell:
    """A cell: mean delay, difference with its interval, the verdict in words, and which kind of verdict it is."""

    delay: str
    change: str
    verdict: str
    kind: str  # better, worse, same, open or none; reference for the baseline itself


@dataclass(frozen=True)
class MatrixRow:
    """A scenario and what tells its situation from others, where its section is, and a cell a controller."""

    scenario: str
    situation: str
    anchor: str
    cells: list[MatrixCell]


@dataclass(frozen=True)
class SweepPart:
    """A sweep: its ranked table, its plot, and what is to be known of both."""

    title: str
    table: Grid
    notes: list[str]
    drawings: list[Drawing]


@dataclass(frozen=True)
class SummaryPart:
    """What stands above the sections; without rows there is no matrix."""

    title: str
    about: str
    counts: list[str]
    region: str
    columns: list[str]
    rows: list[MatrixRow]
    notes: list[str]
    sweeps: list[SweepPart]


def summary_part(study: Study) -> SummaryPart:
    """The summary of a study; hardly anything where the page has one situation that no study declares."""
    judged = [one.against for place in study.situations for one in place.outcomes.values() if one.against]
    rows = [
        MatrixRow(*_named(place), anchor(at), [matrix_cell(place.outcomes.get(label)) for label in study.labels])
        for at, place in enumerate(study.situations)
    ]
    return SummaryPart(
        title=study.title,
        about=_about(study) if study.has_matrix else "",
        counts=counts(study) if len(study.situations) > 1 else [],
        region=ABOUT,
        columns=study.labels,
        rows=rows if study.has_matrix else [],
        notes=[*method_notes(judged), *map(_left_out, study.sweeps)],
        sweeps=_sweep_parts(study),
    )


def _named(place: Situation) -> tuple[str, str]:
    scenario = place.place[0]
    return scenario, place.name.removeprefix(scenario).strip()


def anchor(at: int) -> str:
    """Where the section of a situation is on the page."""
    return f"s{at + 1}"


def _about(study: Study) -> str:
    """'30 runs: 2 scenarios, 3 variants, 5 controllers; seeds 1–5'."""
    records = [record for place in study.situations for record in place.records]
    places = [dict(zip(SITUATION, place.place, strict=True)) for place in study.situations]
    counted = [("scenario", "scenario"), ("variant", "variant"), ("sensor", "sensor")]
    many = [(len({place[key] for place in places}), noun) for key, noun in counted]
    found = [plural(count, noun) for count, noun in many if count > 1 or noun == "scenario"]
    labels = {str(record["label"]) for record in records}
    names = {label.partition(":")[0] for label in labels}
    settings = f" in {len(labels)} settings" if len(labels) > len(names) else ""
    found.append(f"{plural(len(names), 'controller')}{settings}")
    return f"{plural(len(records), 'run')}: {', '.join(found)}; seeds {seeds(records)}."


def counts(study: Study) -> list[str]:
    """In how many situations each controller is better or worse than the baseline."""
    return [_count(study, label) for label in study.labels if label != study.baseline]


def _count(study: Study, label: str) -> str:
    found = [one for place in study.situations if (one := place.outcomes.get(label)) and one.against]
    kinds = [kind_of(one) for one in found]
    better, worse, same = (kinds.count(kind) for kind in ("better", "worse", "same"))
    parts = [f"better in {better} of {len(kinds)}", f"worse in {worse}"]
    parts += [f"the same in {same}"] if same else []
    parts += [f"not told apart in {kinds.count('open')}"] if "open" in kinds else []
    parts += [f"no verdict in {kinds.count('none')}"] if "none" in kinds else []
    return f"{label} against {study.baseline}: mean delay {', '.join(parts)}."


def matrix_cell(one: Outcome | None) -> MatrixCell:
    """What a cell shows; a dash where a controller was not run."""
    if one is None:
        return MatrixCell(NOTHING, "", "", "none")
    delay, change, verdict = shown(one)
    kind = kind_of(one)
    return MatrixCell(delay, change, f"{SIGNS[kind]} {verdict}" if kind in SIGNS else verdict, kind)


def kind_of(one: Outcome) -> str:
    """The kind of a verdict: better, worse, same, open where more seeds may tell, none, reference without one."""
    against: Comparison | None = one.against
    if against is None:
        return "reference"
    if against.verdict != "cannot tell":
        return against.verdict
    return "open" if against.why == "interval too wide" else "none"


def _left_out(sweep: Sweep) -> str:
    return (
        f"Of {sweep.title} there are {len(sweep.values)} settings, ranked below; the matrix and the sections have the "
        "best, and what they are compared with."
    )


def _sweep_parts(study: Study) -> list[SweepPart]:
    tables = at_place(study, 0) if len(study.situations) == 1 else overall(study)
    return [
        SweepPart(sweep.title, table.grid(), notes_on(study, sweep), [plot.drawing()] if plot else [])
        for (sweep, name), table in zip(named_sweeps(study), tables, strict=True)
        for plot in [sweep_plot(study, sweep, name)]
    ]


def notes_on(study: Study, sweep: Sweep) -> list[str]:
    """How the settings were compared."""
    judged = [one for place in sweep.against for one in place.values()]
    if len(study.situations) == 1:
        return [BEST_BY_CHANCE, *method_notes(judged)]
    return [
        BEST_BY_CHANCE,
        "Change: of mean delay, the geometric mean over seeds, scenarios and variants, which count alike; its interval "
        "is over seeds and stands on its own. Better and worse: verdicts, scenario by scenario.",
        *method_notes(judged),
    ]


def section_tables(study: Study, at: int) -> Sequence[Grid]:
    """The sweeps in one of several situations, for its section."""
    return [] if len(study.situations) == 1 else [table.grid() for table in at_place(study, at)]


def left_out(study: Study, at: int) -> str:
    """What the section of a large study does without, and how to see it; '' on the page of a small one."""
    cells = sum(len(place.outcomes) for place in study.situations)
    if len(study.situations) <= 1 or (len(study.situations) <= MOST_IN_FULL and cells <= MOST_CELLS):
        return ""
    command = shlex.join(["zhasyl", "report", "DIR", "--scenario", study.situations[at].name])
    return (
        "Figures, diagrams, movements and approaches are left out on a page of "
        f"{len(study.situations)} scenarios and variants. Those of this one: {command}"
    )

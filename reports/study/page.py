"""The first part of a study's page: what was run, what came of it by controller, the matrix, and the sweeps."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhasyl.optimise.statistics.comparison import SITUATION, Comparison
from zhasyl.reports.figures import Drawing
from zhasyl.reports.long_ids import short_labels
from zhasyl.reports.pages import Grid
from zhasyl.reports.records import NOTHING, seeds
from zhasyl.reports.study.figure import sweep_plot
from zhasyl.reports.study.situations import Outcome, Situation
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.sweeps import Sweep
from zhasyl.reports.study.tables import ABOUT, at_place, named_sweeps, overall, shown
from zhasyl.reports.tables import method_notes
from zhasyl.text.language import N_, _, ngettext

SIGNS = {"better": "▼", "worse": "▲", "same": "="}
BEST_BY_CHANCE = N_("The best of many settings is best by chance, too: on other seeds it tends to be less ahead.")
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
        region=_(ABOUT),
        columns=list(short_labels(study.labels).values()),
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
    scenarios, variants, sensors = (len({place[key] for place in places}) for key in ("scenario", "variant", "sensor"))
    labels = {str(record["label"]) for record in records}
    names = {label.partition(":")[0] for label in labels}
    parts = [ngettext("{n} scenario", "{n} scenarios", scenarios)]
    parts += [ngettext("{n} variant", "{n} variants", variants)] if variants > 1 else []
    parts += [ngettext("{n} sensor", "{n} sensors", sensors)] if sensors > 1 else []
    parts += [ngettext("{n} controller", "{n} controllers", len(names))]
    parts += [ngettext("{n} setting", "{n} settings", len(labels))] if len(labels) > len(names) else []
    runs = ngettext("{n} run", "{n} runs", len(records))
    return _("{runs}: {parts}; seeds {seeds}.", runs=runs, parts=", ".join(parts), seeds=seeds(records))


def counts(study: Study) -> list[str]:
    """In how many situations each controller is better or worse than the baseline."""
    called = short_labels(study.labels)
    return [_count(study, label, called) for label in study.labels if label != study.baseline]


def _count(study: Study, label: str, called: Mapping[str, str]) -> str:
    found = [one for place in study.situations if (one := place.outcomes.get(label)) and one.against]
    kinds = [kind_of(one) for one in found]
    n = {kind: kinds.count(kind) for kind in ("better", "worse", "same", "open", "none")}
    parts = [_("better in {better} of {n}", better=n["better"], n=len(kinds)), _("worse in {n}", n=n["worse"])]
    parts += [_("the same in {n}", n=n["same"])] if n["same"] else []
    parts += [_("not told apart in {n}", n=n["open"])] if n["open"] else []
    parts += [_("no verdict in {n}", n=n["none"])] if n["none"] else []
    return _(
        "{controller} against {baseline}: mean delay {parts}.",
        controller=called[label],
        baseline=called.get(study.baseline, study.baseline),
        parts=", ".join(parts),
    )


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
    return _(
        "Settings of {controller}, ranked below: {n}. The matrix and the sections have the best, and what they are "
        "compared with.",
        controller=sweep.title,
        n=len(sweep.values),
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
        return [_(BEST_BY_CHANCE), *method_notes(judged)]
    return [
        _(BEST_BY_CHANCE),
        _(
            "Change: of mean delay, the geometric mean over seeds, scenarios and variants, which count alike; its "
            "interval is over seeds and stands on its own. Better and worse: verdicts, scenario by scenario."
        ),
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
    return _(
        "Figures, diagrams, movements and approaches are left out on a page of {n} scenarios and variants. Those of "
        "this one: {command}",
        n=len(study.situations),
        command=command,
    )

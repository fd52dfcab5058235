"""One self-contained HTML page per comparison: no script, no outside resource, text from outside escaped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.measures import CONTROL_DELAY, CROSSING_DELAY, CROSSING_P95, LINE_P95, MEASURES
from zhasyl.optimise.statistics.comparison import Comparison, Record
from zhasyl.reports.beside.page import beside
from zhasyl.reports.diagrams.evidence import Tables
from zhasyl.reports.diagrams.page import Diagrams
from zhasyl.reports.exports.groups import Group, groups
from zhasyl.reports.exports.page_tables import approaches, approaches_left_out, differences, means
from zhasyl.reports.exports.plots import diagrams, page_plots
from zhasyl.reports.faults import alarms
from zhasyl.reports.figures import Drawing
from zhasyl.reports.headlines import headlines
from zhasyl.reports.movements.losers import losers
from zhasyl.reports.movements.page import MovementTables, movement_tables
from zhasyl.reports.movements.rows import without_movements
from zhasyl.reports.pages import Grid, Origin, origin, rendered, warnings
from zhasyl.reports.people.page import Part, people
from zhasyl.reports.records import RunSummaries, by_situation
from zhasyl.reports.study.page import anchor, left_out, section_tables, summary_part
from zhasyl.reports.study.summary import Study, study_of
from zhasyl.reports.summary import LACKING, LEGEND, runs_line
from zhasyl.reports.tables import method_notes
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.store import write_text
from zhasyl.text.language import N_, _
from zhasyl.timing.movement_measures import OF_LANE_GROUP, OF_MOVEMENT

REPORT_FILE = "report.html"
OF_MOVEMENTS = [one for one in dict.fromkeys((*OF_MOVEMENT, *OF_LANE_GROUP)) if one is not CONTROL_DELAY]
COMPARED, REBUILT = N_("Signal controllers compared"), N_("Before and after a rebuild")
PAIRED, UNPAIRED = N_("Differences, paired by seed"), N_("Differences before and after, not paired")


@dataclass(frozen=True)
class Section:
    """What the page says about one situation (a scenario with its version, content, sensor and variant)."""

    name: str
    title: str
    anchor: str
    headlines: list[str]
    warnings: list[str]
    means: list[Grid]
    means_notes: list[str]
    beside: list[Part]
    people: list[Part]
    sweeps: Sequence[Grid]
    differences: str  # their heading
    comparisons: list[Grid]
    comparisons_notes: list[str]
    drawings: list[Drawing]
    left_out: str  # what a large page does without
    diagrams: Diagrams
    approaches: list[Grid]
    approaches_left_out: int
    movements: MovementTables
    origin: Origin


def write_report(
    folder: Path,
    records: Sequence[Record],
    comparisons: Sequence[Comparison],
    summaries: RunSummaries,
    name: str = REPORT_FILE,
    tables: Tables | None = None,
    study: Study | None = None,
    draw: Callable[[Group], Diagrams] = diagrams,
) -> Path:
    """Write the page `name` into `folder` and answer its path; without `tables` no diagrams. Raises OutputError.

    `study` is what the page begins with, by default what the records are of.
    """
    study = study or study_of(records, comparisons)
    own = study.records_shown(records), study.comparisons_shown(comparisons)
    shown = groups(*own, summaries, tables, short=True)
    runs = [group.records for group in shown] if not study.sweeps else list(by_situation(records).values())
    sections = [_section(group, runs[at], study, at, draw) for at, group in enumerate(shown)]
    further = [LINE_P95, CROSSING_DELAY, CROSSING_P95] if any(section.people for section in sections) else []
    further += OF_MOVEMENTS if any(section.movements.junctions for section in sections) else []
    page = rendered(
        "report_template.html",
        alarms=[*breaches(records), *alarms(records)],
        heading=_(REBUILT if _unpaired(comparisons) else COMPARED),
        study=summary_part(study),
        sections=sections,
        measures=(*MEASURES, CONTROL_DELAY, *further),
    )
    return write_text(folder / name, page)


def _unpaired(comparisons: Sequence[Comparison]) -> bool:
    return any(one.method == "welch" for one in comparisons)


def _section(group: Group, runs: Sequence[Record], study: Study, at: int, draw: Callable[[Group], Diagrams]) -> Section:
    """The section of a situation: `group` is what it shows in detail, `runs` are all there are."""
    comparisons, without = group.comparisons, left_out(study, at)
    own = [] if without else group.movements
    unpaired = _unpaired(comparisons)
    baseline = "" if unpaired else comparisons[0].baseline if comparisons else str(group.first["label"])
    lacking = 0 if without else without_movements(group.finished, group.summary)
    found = [] if without else approaches(group)
    return Section(
        name=group.name,
        title=group.title,
        anchor=anchor(at),
        headlines=[*headlines(group.rows, comparisons), *losers(comparisons, own)],
        warnings=warnings(runs),
        means=[table.grid() for table in means(group)],
        means_notes=[f"{_(LEGEND)} {_(LACKING)}", runs_line(group.rows), *safety_lines(runs)],
        beside=[] if without else beside(group),
        people=[] if without else people(group),
        sweeps=section_tables(study, at),
        differences=_(UNPAIRED if unpaired else PAIRED),
        comparisons=[table.grid() for table in differences(group)],
        comparisons_notes=method_notes(comparisons),
        drawings=[] if without else [plot.drawing() for plot in page_plots(group)],
        left_out=without,
        diagrams=Diagrams() if without else draw(group),
        approaches=[table.grid() for table in found],
        approaches_left_out=approaches_left_out(found),
        movements=movement_tables(own, baseline, lacking),
        origin=origin(runs, group.commands),
    )

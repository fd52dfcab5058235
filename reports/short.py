"""One sheet per situation for those who decide: the answer, one table, one figure, how sure it is, what is assumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.files.clock import time_of_day
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.statistics.comparison import Comparison, Record, number
from zhasyl.reports.exports.groups import Group, groups
from zhasyl.reports.exports.paper import TELEPHONE
from zhasyl.reports.faults import alarms
from zhasyl.reports.figures import Drawing, delay_figure
from zhasyl.reports.headlines import headlines
from zhasyl.reports.pages import Grid, listed, rendered, warnings
from zhasyl.reports.records import NOTHING, RunSummaries, measured, seeds
from zhasyl.reports.study.summary import study_of
from zhasyl.reports.summary import Row, not_served, runs_line
from zhasyl.reports.tables import verdict_text
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.store import write_text
from zhasyl.text.language import _, ngettext

SHORT_FILE = "short.html"
SHOWN = ("delay_s", "delay_p95_s", "person_delay_s", "bus_delay_s", "walker_delay_s", "stops", "co2_kg")


@dataclass(frozen=True)
class Sheet:
    """What the sheet of a situation says."""

    title: str
    about: str
    answers: list[str]
    warnings: list[str]
    table: Grid
    drawings: list[Drawing]
    sureness: list[str]
    assumptions: list[str]
    attribution: list[str]


def write_short(
    folder: Path, records: Sequence[Record], comparisons: Sequence[Comparison], summaries: RunSummaries
) -> Path:
    """Write short.html into `folder` and answer its path; raises OutputError."""
    first = [*breaches(records), *alarms(records)]
    study = study_of(records, comparisons)
    shown = groups(study.records_shown(records), study.comparisons_shown(comparisons), summaries, short=True)
    sheets = [_sheet(group) for group in shown]
    return write_text(folder / SHORT_FILE, rendered("short_template.html", alarms=first, sheets=sheets))


def _sheet(group: Group) -> Sheet:
    return Sheet(
        title=group.title,
        about=_about(group.first, group.records),
        answers=headlines(group.rows, group.comparisons),
        warnings=warnings(group.records),
        table=_table(group.rows, group.comparisons),
        drawings=[delay_figure(group.finished, group.colour, TELEPHONE).drawing()] if group.finished else [],
        sureness=[runs_line(group.rows), *safety_lines(group.records)],
        assumptions=[_assumed(one) for one in listed(group.first, "assumptions")],
        attribution=listed(group.first, "attribution"),
    )


def _assumed(assumption: Record) -> str:
    """'speed limits: 60 km/h on all approaches': a statement such as 'None' says nothing without its subject."""
    return ": ".join(filter(None, (str(assumption.get(key, "")) for key in ("subject", "statement"))))


def _about(first: Record, records: Sequence[Record]) -> str:
    begin, end = (time_of_day(number(first, key)) for key in ("begin_s", "end_s"))
    return ngettext(
        "{begin} to {end}, simulated in SUMO: {n} run, seeds {seeds}, the same traffic for each control.",
        "{begin} to {end}, simulated in SUMO: {n} runs, seeds {seeds}, the same traffic for each control.",
        len(records),
        begin=begin,
        end=end,
        seeds=seeds(records),
    )


def _table(summary: Sequence[Row], comparisons: Sequence[Comparison]) -> Grid:
    """A column a control, so that a telephone shows three of them."""
    judged = {one.controller: verdict_text(one) for one in comparisons if one.measure == "delay_s"}
    measures = [
        [_titled(key), *(measured(key, row[key], row[f"{key}_half_width"]) for row in summary)] for key in SHOWN
    ]
    rows = [row for row in measures if any(cell != NOTHING for cell in row[1:])]
    rows.append([_("Not served (veh)"), *map(not_served, summary)])
    if judged:
        rows.append([_("Delay is"), *(judged.get(str(row["controller"]), _("compared with")) for row in summary)])
    return Grid(_("Controls compared"), ["", *(str(row["controller"]) for row in summary)], rows)


def _titled(key: str) -> str:
    return f"{_(MEASURE_BY_KEY[key].title)} ({_(MEASURE_BY_KEY[key].unit)})"

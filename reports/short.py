"""One sheet per situation for those who decide: the answer, one table, one figure, how sure it is, what is assumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.files.clock import time_of_day
from zhasyl.optimise.comparison import Comparison, Record, number
from zhasyl.reports.exports.paper import TELEPHONE
from zhasyl.reports.faults import alarms, marked
from zhasyl.reports.figures import Drawing, colours, delay_figure
from zhasyl.reports.headlines import headlines
from zhasyl.reports.pages import Grid, origin, rendered, warnings
from zhasyl.reports.records import NOTHING, by_label, by_situation, done, measured, names, seeds
from zhasyl.reports.summary import Row, not_served, runs_line, summary_rows
from zhasyl.reports.tables import verdict_text
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.store import write_text
from zhasyl.text.words import plural

SHORT_FILE = "short.html"
SHOWN = (
    ("Delay", "s/trip", "delay_s"),
    ("95 % of trips below", "s/trip", "delay_p95_s"),
    ("Delay per person", "s", "person_delay_s"),
    ("Bus delay", "s/trip", "bus_delay_s"),
    ("Pedestrian delay", "s/walk", "walker_delay_s"),
    ("Stops", "1/trip", "stops"),
    ("CO2", "kg", "co2_kg"),
)


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


def write_short(folder: Path, records: Sequence[Record], comparisons: Sequence[Comparison]) -> Path:
    """Write short.html into `folder` and answer its path; raises OutputError."""
    first = [*breaches(records), *alarms(records)]
    colour = colours(list(by_label(records)))
    records, comparisons, own = marked(records, comparisons)
    colour |= {mark: colour[label] for mark, label in own.items()}
    places = by_situation(records)
    titles = names(places)
    sheets = [
        _sheet(titles[place], group, [one for one in comparisons if one.situation == place], colour)
        for place, group in places.items()
    ]
    return write_text(folder / SHORT_FILE, rendered("short_template.html", alarms=first, sheets=sheets))


def _sheet(name: str, records: Sequence[Record], comparisons: Sequence[Comparison], colour: dict[str, str]) -> Sheet:
    finished, summary = done(records), summary_rows(records)
    first = (finished or records)[0]
    known = origin(records, [])
    return Sheet(
        title=f"{first.get('title', first['scenario'])}{name.removeprefix(str(first['scenario']))}",
        about=_about(first, records),
        answers=headlines(summary, comparisons),
        warnings=warnings(records),
        table=_table(summary, comparisons),
        drawings=[delay_figure(finished, colour, TELEPHONE).drawing()] if finished else [],
        sureness=[runs_line(summary), *safety_lines(records)],
        assumptions=[str(one.get("statement", "")) for one in known.assumptions],
        attribution=known.attribution,
    )


def _about(first: Record, records: Sequence[Record]) -> str:
    begin, end = (time_of_day(number(first, key)) for key in ("begin_s", "end_s"))
    runs = plural(len(records), "run")
    return f"{begin} to {end}, simulated in SUMO: {runs}, seeds {seeds(records)}, the same traffic for each control."


def _table(summary: Sequence[Row], comparisons: Sequence[Comparison]) -> Grid:
    """A column a control, so that a telephone shows three of them."""
    judged = {one.controller: verdict_text(one) for one in comparisons if one.measure == "delay_s"}
    measures = [
        [f"{title} ({unit})", *(measured(key, row[key], row[f"{key}_half_width"]) for row in summary)]
        for title, unit, key in SHOWN
    ]
    rows = [row for row in measures if any(cell != NOTHING for cell in row[1:])]
    rows.append(["Not served (veh)", *map(not_served, summary)])
    if judged:
        rows.append(["Delay is", *(judged.get(str(row["controller"]), "compared with") for row in summary)])
    return Grid("Controls compared", ["", *(str(row["controller"]) for row in summary)], rows)

"""One self-contained HTML page per comparison: no script, no outside resource, text from outside escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from zhasyl.measures import CONTROL_DELAY, MEASURES
from zhasyl.optimise.comparison import Comparison, Record
from zhasyl.reports.aggregates import (
    approach_rows,
    green_shares,
    longest_queues,
    queue_series,
    step_s,
)
from zhasyl.reports.faults import alarms, marked
from zhasyl.reports.figures import Drawing, colours, delay_figure, green_figure, queue_figure
from zhasyl.reports.headlines import headlines
from zhasyl.reports.pages import Grid, Origin, commands_of, origin, rendered, warnings
from zhasyl.reports.records import (
    RunSummaries,
    by_label,
    by_situation,
    done,
    measured,
    names,
)
from zhasyl.reports.summary import BLOCKS, FURTHER_BLOCKS, LACKING, LEGEND, Row, runs_line, summary_rows
from zhasyl.reports.tables import difference_cells, difference_headings, difference_title, method_notes
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.store import write_text
from zhasyl.runs.summary import Summary

REPORT_FILE = "report.html"
PAIRED, UNPAIRED = "Differences, paired by seed", "Differences before and after, not paired"
APPROACH_MEASURES = (CONTROL_DELAY.key, "queue_mean_veh", "queue_max_veh", "back_of_queue_p95_m")
VERDICT_COLUMN = 3
MOST_APPROACHES = 24  # rows of the table of approaches, the longest queues first


@dataclass(frozen=True)
class Section:
    """What the page says about one situation (a scenario with its version, content, sensor and variant)."""

    name: str
    title: str
    headlines: list[str]
    warnings: list[str]
    means: list[Grid]
    means_notes: list[str]
    differences: str  # their heading
    comparisons: list[Grid]
    comparisons_notes: list[str]
    drawings: list[Drawing]
    approaches: list[dict[str, str]]
    approaches_left_out: int
    origin: Origin


def write_report(
    folder: Path,
    records: Sequence[Record],
    comparisons: Sequence[Comparison],
    summaries: RunSummaries,
    name: str = REPORT_FILE,
) -> Path:
    """Write the page `name` into `folder` and answer its path; raises OutputError."""
    first = [*breaches(records), *alarms(records)]
    colour = colours(list(by_label(records)))
    commands = {place: commands_of(group) for place, group in by_situation(records).items()}
    records, comparisons, own = marked(records, comparisons)
    colour |= {mark: colour[label] for mark, label in own.items()}
    places = by_situation(records)
    titles = names(places)
    paired = {place: [one for one in comparisons if one.situation == place] for place in places}
    sections = [
        _section(titles[place], group, paired[place], commands[place], summaries, colour)
        for place, group in places.items()
    ]
    page = rendered(
        "report_template.html",
        alarms=first,
        sections=sections,
        measures=(*MEASURES, CONTROL_DELAY),
    )
    return write_text(folder / name, page)


def _section(
    name: str,
    records: Sequence[Record],
    comparisons: Sequence[Comparison],
    commands: list[str],
    summaries: RunSummaries,
    colour: Mapping[str, str],
) -> Section:
    finished, summary = done(records), summary_rows(records)
    first = (finished or records)[0]  # a failed run may lack what the others tell
    read = {str(run["key"]): summaries(run) for run in finished}  # once: they are as many as the runs

    def known(run: Record) -> Summary:
        return read[str(run["key"])]

    approaches, left_out = _approaches(approach_rows(finished, known))
    return Section(
        name=name,
        title=f"{first.get('title', first['scenario'])}{name.removeprefix(str(first['scenario']))}",
        headlines=headlines(summary, comparisons),
        warnings=warnings(records),
        means=_means(summary),
        means_notes=[f"{LEGEND} {LACKING}", runs_line(summary), *safety_lines(records)],
        differences=UNPAIRED if any(one.method == "welch" for one in comparisons) else PAIRED,
        comparisons=_differences(comparisons),
        comparisons_notes=method_notes(comparisons),
        drawings=_drawings(finished, known, colour),
        approaches=approaches,
        approaches_left_out=left_out,
        origin=origin(records, commands),
    )


def _means(summary: Sequence[Row]) -> list[Grid]:
    return [
        Grid(
            f"Means over the seeds: {block.about}",
            ["Controller", *(f"{c.title}{f' ({c.unit})' if c.unit else ''}" for c in block.columns)],
            [[str(row["controller"]), *(column.cell(row) for column in block.columns)] for row in summary],
        )
        for block in (*BLOCKS, *FURTHER_BLOCKS)
    ]


def _differences(comparisons: Sequence[Comparison]) -> list[Grid]:
    groups: dict[str, list[Comparison]] = {}
    for one in comparisons:
        groups.setdefault(difference_title(one), []).append(one)
    return [
        Grid(
            title,
            difference_headings(group[0]),
            [difference_cells(one) for one in group],
            verdict=VERDICT_COLUMN,
        )
        for title, group in groups.items()
    ]


def _drawings(finished: Sequence[Record], summaries: RunSummaries, colour: Mapping[str, str]) -> list[Drawing]:
    if not finished:
        return []
    drawings = [delay_figure(finished, colour)]
    series = queue_series(finished, summaries)
    if not series.places:
        return drawings
    known = summaries(finished[0])["approaches"]
    called = dict(zip(zip(known["signal"], known["approach"], strict=True), known["name"], strict=True))
    drawings.append(queue_figure(series, called, colour, step_s(finished)))
    shares = green_shares(finished, summaries)
    staged = {signal for signal, stage in shares.places if stage >= 0}
    order = [signal for signal in longest_queues(series, lambda place: place[0]) if signal in staged]
    names = cast(Mapping[str, Sequence[str]], finished[0].get("stages", {}))
    return [*drawings, green_figure(shares, order, names)] if order else drawings


def _approaches(rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, str]], int]:
    """The rows of the approaches with the longest queues, and how many approaches are left out."""
    places: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        places.setdefault((row["signal"], row["approach"]), []).append(row)
    busiest = sorted(places.values(), key=lambda own: -sum(row["queue_mean_veh"] for row in own))
    return [_written(row) for own in busiest[:MOST_APPROACHES] for row in own], len(busiest[MOST_APPROACHES:])


def _written(row: Mapping[str, Any]) -> dict[str, str]:
    words = {key: str(row[key]) for key in ("name", "signal", "label", "n", "los")}
    means = {key: measured(key, row[key], row.get(f"{key}_half_width")) for key in APPROACH_MEASURES}
    return {**words, **means}

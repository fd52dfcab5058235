"""Tables of run records: means over seeds for people and programs, and CSV files of everything."""

import json
import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zhasyl.measures import MEASURE_BY_KEY, MEASURES
from zhasyl.optimise.compare import SITUATION, Comparison, Record, is_done, number
from zhasyl.optimise.intervals import half_width
from zhasyl.reports.records import (
    NOTHING,
    by_label,
    by_situation,
    done,
    gridlocked,
    names,
    plural,
    signed,
    unserved_veh,
    written,
)
from zhasyl.store import write_text

VERDICT_STYLES = {"better": "green", "worse": "red", "same": "", "cannot tell": "dim"}


def summary_table(records: Iterable[Record]) -> pd.DataFrame:
    """One row per situation and controller label; means are over the seeds that finished.

    Columns: scenario, version, content, sensor, controller (label), n (seeds that finished), failed (runs),
    gridlocked (runs), gridlocked_share, los ('C', or 'C–D' over seeds), unserved_veh, delay_half_width_s (of
    the 95 % interval of the mean delay; NaN when n < 2), delay_seeds_median_s (median over seeds of the mean
    delay), then each measure's mean under its key.
    """
    rows = [
        {**dict(zip(SITUATION, place, strict=True)), **_summary(label, runs)}
        for place, group in by_situation(records).items()
        for label, runs in by_label(group).items()
    ]
    return pd.DataFrame(rows)


def _summary(label: str, runs: Sequence[Record]) -> dict[str, object]:
    finished = done(runs)
    delays_s = [number(run, "delay_s") for run in finished]
    margin_s = half_width(delays_s)
    return {
        "controller": label,
        "n": len(finished),
        "failed": len(runs) - len(finished),
        "gridlocked": gridlocked(finished),
        "gridlocked_share": gridlocked(finished) / len(finished) if finished else math.nan,
        "los": levels(str(run.get("los", "-")) for run in finished),
        "unserved_veh": _mean([unserved_veh(run) for run in finished]),
        "delay_half_width_s": math.nan if margin_s is None else margin_s,
        "delay_seeds_median_s": float(np.median(delays_s)) if delays_s else math.nan,
        **{measure.key: _mean([number(run, measure.key) for run in finished]) for measure in MEASURES},
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def levels(found: Iterable[str]) -> str:
    """Levels of service of several runs as one, or as best–worst."""
    known = sorted(set(found) - {"-"})
    return NOTHING if not known else known[0] if len(known) == 1 else f"{known[0]}–{known[-1]}"


Row = Mapping[Hashable, Any]  # one row of the summary table, as a dict


@dataclass(frozen=True)
class Column:
    """A column of the summary as people read it."""

    title: str
    unit: str
    cell: Callable[[Row], str]


def _value(key: str) -> Callable[[Row], str]:
    return lambda row: written(row[key], MEASURE_BY_KEY[key].decimals)


def _delay(row: Row) -> str:
    mean = written(row["delay_s"], 1)
    return mean if math.isnan(row["delay_half_width_s"]) else f"{mean} ± {written(row['delay_half_width_s'], 1)}"


def _seeds(row: Row) -> str:
    return f"{row['n']} of {row['n'] + row['failed']}" if row["failed"] else f"{row['n']}"


SERVICE = (
    Column("Seeds", "", _seeds),
    Column("Delay ± 95 %", "s/trip", _delay),
    Column("Median", "s/trip", lambda row: written(row["delay_seeds_median_s"], 1)),
    Column("LOS", "", lambda row: row["los"]),
    Column("Unserved", "veh", lambda row: written(row["unserved_veh"], 1)),
    Column("Gridlock", "runs", lambda row: f"{row['gridlocked']} of {row['n']}"),
)
QUEUES = (
    Column("Queue", "mean veh", _value("queue_mean_veh")),
    Column("Queue", "max veh", _value("queue_max_veh")),
    Column("Back p95", "m", _value("back_of_queue_p95_m")),
    Column("Stops", "1/trip", _value("stops")),
    Column("Arrived", "veh", _value("arrived_veh")),
    Column("CO2", "kg", _value("co2_kg")),
)


def rows(summary: pd.DataFrame) -> list[Row]:
    """The summary row by row."""
    return list(summary.to_dict("records"))


def print_comparison(console: Console, records: Sequence[Record], comparisons: Sequence[Comparison]) -> None:
    """Print the means per situation and the paired differences; fits a console of 80 columns."""
    places = by_situation(records)
    titles = names(places)
    for place, group in places.items():
        console.print(Text(f"\n{titles[place]}", style="bold"))
        summary = rows(summary_table(group))
        for columns in (SERVICE, QUEUES):
            console.print(_means(summary, columns))
        for line in notes(group):
            console.print(Text(line, style="yellow"))
        mine = [one for one in comparisons if one.situation == place]
        for controller, paired in groupby(mine, key=lambda one: one.controller):
            console.print(_differences(controller, list(paired)))


def notes(records: Sequence[Record]) -> list[str]:
    """What a reader of the means has to know: failed runs, which are left out of them."""
    return [
        f"{run['label']}, seed {run['seed']}: failed, left out of the means: {run.get('reason', 'no reason')}"
        for run in records
        if not is_done(run)
    ]


def _means(summary: Iterable[Row], columns: Sequence[Column]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Controller", overflow="fold", vertical="bottom")
    for column in columns:
        table.add_column(f"{column.title}\n{column.unit}", justify="right", no_wrap=True)
    for row in summary:
        table.add_row(Text(row["controller"]), *(column.cell(row) for column in columns))
    return table


def _differences(controller: str, comparisons: Sequence[Comparison]) -> Table:
    seeds = plural(comparisons[0].n, "seed")
    title = Text(f"{controller} against {comparisons[0].baseline}, {seeds}", style="italic")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("Measure", overflow="fold")
    for heading in ("Difference", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    for one in comparisons:
        verdict = Text(one.verdict, style=VERDICT_STYLES[one.verdict])
        table.add_row(measure_title(one), difference(one), interval(one), verdict)
    return table


def measure_title(comparison: Comparison) -> str:
    """A measure's title with its unit: 'Delay (s/trip)'."""
    measure = MEASURE_BY_KEY[comparison.measure]
    return f"{measure.title} ({measure.unit})"


def difference(comparison: Comparison) -> str:
    """The difference as people read it: '−21.1'."""
    return signed(comparison.difference, MEASURE_BY_KEY[comparison.measure].decimals)


def interval(comparison: Comparison) -> str:
    """The interval as people read it: '−23.0 to −19.2'; a dash when there is none."""
    if comparison.low is None or comparison.high is None:
        return NOTHING
    decimals = MEASURE_BY_KEY[comparison.measure].decimals
    return f"{signed(comparison.low, decimals)} to {signed(comparison.high, decimals)}"


def write_csv(records: Sequence[Record], comparisons: Sequence[Comparison], folder: Path) -> None:
    """Write runs.csv, every record with nested values as JSON, and comparisons.csv; raises OutputError."""
    runs = pd.DataFrame([{key: _flat(value) for key, value in record.items()} for record in records])
    paired = pd.DataFrame([asdict(one) for one in comparisons], columns=[one.name for one in fields(Comparison)])
    write_text(folder / "runs.csv", runs.to_csv(index=False, lineterminator="\n"))
    write_text(folder / "comparisons.csv", paired.to_csv(index=False, lineterminator="\n"))


def _flat(value: object) -> object:
    nested = isinstance(value, Mapping | list | tuple)
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if nested else value

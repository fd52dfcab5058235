"""Every table of the page of a comparison, for the page and for its files. A new one is a line in TABLES."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from zhasyl.measures import CONTROL_DELAY, MEASURE_BY_KEY
from zhasyl.optimise.comparison import Comparison
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.named import ANY, PERCENT, WHOLE, Cell, Column, Field, NamedTable, Value, pattern, text_cell
from zhasyl.reports.pages import listed
from zhasyl.reports.records import SHOWN, measured
from zhasyl.reports.summary import BLOCKS, FURTHER_BLOCKS, Block, Row
from zhasyl.reports.summary import Column as Shown
from zhasyl.reports.sumo_words import warned
from zhasyl.reports.tables import VERDICT, difference_cells, difference_headings, difference_title, verdict_text

MOST_APPROACHES = 24  # of the table of approaches on the page, the longest queues first; a file has all
SCENARIO = Field("scenario", "Scenario")
CONTROLLER = Field("controller", "Controller")
PLUS_MINUS = " ± 95 %"
COUNTS = {"n": Field("seeds", "Seeds", WHOLE), "failed": Field("failed_runs", "Failed runs", WHOLE)}
SHARES = {"gridlocked_share": Field("gridlocked_share", "Gridlock (of runs)", PERCENT)}


def means(group: Group) -> list[NamedTable]:
    """Means over the seeds, a row a controller."""
    return [_block(group, block) for block in (*BLOCKS, *FURTHER_BLOCKS)]


def _block(group: Group, block: Block) -> NamedTable:
    columns = (_name("controller", "Controller"), *(_mean(column) for column in block.columns))
    rows = [
        (text_cell(row["controller"]), *(Cell(one.cell(row), _behind(row, one.keys)) for one in block.columns))
        for row in group.rows
    ]
    about = f"Means over the seeds: {block.about}"
    return NamedTable(f"means-{block.about}", about, columns, rows, {SCENARIO: group.name})


def _name(key: str, title: str) -> Column:
    """The first column, whose cells name their rows."""
    return Column(title, (Field(key, title),))


def _words(key: str, title: str) -> Column:
    return Column(title, (Field(key, title),), words=True)


def _mean(column: Shown) -> Column:
    unit = f" ({column.unit})" if column.unit else ""
    fields = [_field(key, column.title.removesuffix(PLUS_MINUS), unit, column.keys[0]) for key in column.keys]
    return Column(f"{column.title}{unit}", tuple(fields))


def _field(key: str, title: str, unit: str, measure: str) -> Field:
    """A mean or its half width in a file, with the decimals of the measure."""
    if key in COUNTS or key in SHARES:
        return (COUNTS | SHARES)[key]
    if key == "los":
        return Field(key, title)
    return Field(key, f"{title}{', ± 95 %' if 'half_width' in key else ''}{unit}", _pattern(measure))


def _pattern(measure: str) -> str:
    known = SHOWN.get(measure)
    return pattern(known.decimals if known else 1)


def _behind(row: Row | Mapping[str, Any], keys: Iterable[str]) -> tuple[Value, ...]:
    return tuple(_value(row.get(key)) for key in keys)


def _value(value: Any) -> Value:
    """A value for a file: none where there is no number."""
    if isinstance(value, bool) or value is None:
        return None if value is None else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else str(value)


def differences(group: Group) -> list[NamedTable]:
    """Paired differences, a table for each pair of controllers, a row a measure."""
    pairs: dict[str, list[Comparison]] = {}
    for one in group.comparisons:
        pairs.setdefault(difference_title(one), []).append(one)
    return [_pair(group, title, alike) for title, alike in pairs.items()]


def _pair(group: Group, title: str, alike: Sequence[Comparison]) -> NamedTable:
    first = alike[0]
    headings = difference_headings(first)
    bounds = (Field("low", f"{headings[2]}, from (unit)", ANY), Field("high", f"{headings[2]}, to (unit)", ANY))
    measure = (Field("measure", "Key"), Field("title", "Measure"), Field("unit", "Unit"), Field("method", "Method"))
    columns = (
        Column(headings[0], measure),
        Column(headings[1], (Field("difference", "Difference (unit)", ANY),)),
        Column(headings[2], bounds),
        Column(VERDICT, (Field("verdict", VERDICT),), verdict=True),
        Column(headings[4], (Field("p_holm", headings[4], pattern(3)),)),
    )
    of: dict[Field, Value] = {
        SCENARIO: group.name,
        CONTROLLER: first.controller,
        Field("baseline", "Baseline"): first.baseline,
        Field("seeds", "Seeds", WHOLE): first.n,
    }
    return NamedTable("differences", title, columns, [_difference(one) for one in alike], of)


def _difference(one: Comparison) -> tuple[Cell, ...]:
    measure = MEASURE_BY_KEY[one.measure]
    told = one.low is not None and one.high is not None
    values: tuple[tuple[Value, ...], ...] = (
        (measure.key, measure.title, measure.unit, one.method),
        (_value(one.difference),),
        (_value(one.low), _value(one.high)) if told else (None, None),
        (verdict_text(one),),
        (_value(one.p_holm),),
    )
    return tuple(Cell(shown, own) for shown, own in zip(difference_cells(one), values, strict=True))


APPROACH_COLUMNS = (
    ("Control delay ± 95 % (s/veh)", CONTROL_DELAY.key, "s/veh"),
    ("LOS", "los", ""),
    ("Queue, mean (veh)", "queue_mean_veh", "veh"),
    ("Queue, max (veh)", "queue_max_veh", "veh"),
    ("Back of queue, 95th pct. (m)", "back_of_queue_p95_m", "m"),
)


def approaches(group: Group) -> list[NamedTable]:
    """Control delay and queues by approach and controller; the longest queues first."""
    places: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in group.approaches:
        places.setdefault((row["signal"], row["approach"]), []).append(row)
    busiest = sorted(places.values(), key=lambda own: -sum(row["queue_mean_veh"] for row in own))
    name = Column("Approach", (Field("approach_name", "Approach"), Field("approach", "Approach's edge")))
    columns = (
        name,
        _words("signal", "Signal"),
        _words("controller", "Controller"),
        Column("Seeds", (COUNTS["n"],)),
        *(Column(title, _fields(title, key, unit)) for title, key, unit in APPROACH_COLUMNS),
    )
    rows = [_approach(row) for own in busiest for row in own]
    most = sum(len(own) for own in busiest[:MOST_APPROACHES])
    return [NamedTable("approaches", "Approaches", columns, rows, {SCENARIO: group.name}, most)] if rows else []


def approaches_left_out(tables: Iterable[NamedTable]) -> int:
    """How many approaches are in the files alone."""
    return len({(row[0].values[1], row[1].shown) for table in tables for row in table.rows[table.most :]})


def _fields(title: str, key: str, unit: str) -> tuple[Field, ...]:
    plain = title.replace(PLUS_MINUS, "")
    if key == "los":
        return (Field(key, plain),)
    mean = Field(key, plain, _pattern(key))
    margin = Field(f"{key}_half_width", plain.replace(f" ({unit})", f", ± 95 % ({unit})"), _pattern(key))
    return (mean,) if key == "queue_max_veh" else (mean, margin)


def _approach(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    first = (Cell(row["name"], (row["name"], row["approach"])), text_cell(row["signal"]), text_cell(row["label"]))
    return (*first, text_cell(row["n"]), *(_measured(row, key) for _, key, _ in APPROACH_COLUMNS))


def _measured(row: Mapping[str, Any], key: str) -> Cell:
    if key == "los":
        return text_cell(row[key])
    margin = f"{key}_half_width"
    return Cell(measured(key, row[key], row.get(margin)), _behind(row, (key, margin) if margin in row else (key,)))


def assumptions(group: Group) -> list[NamedTable]:
    """What the scenario assumes."""
    keys = ("subject", "status", "statement", "reason")
    reason = (Field(keys[2], "Statement"), Field(keys[3], "Reason"))
    columns = (
        _name(keys[0], "Subject"),
        _words(keys[1], "Status"),
        Column("Statement and reason", reason, words=True),
    )
    rows = [_assumption(one) for one in listed(group.first, "assumptions")]
    return [NamedTable("assumptions", "Assumptions", columns, rows, {SCENARIO: group.name})]


def _assumption(one: Mapping[str, str]) -> tuple[Cell, ...]:
    reason = (one["statement"], one["reason"])
    return (text_cell(one["subject"]), text_cell(one["status"]), Cell(". ".join(reason), reason))


def sumo_warnings(group: Group) -> list[NamedTable]:
    """What SUMO warned of, an example of each kind."""
    columns = (
        _words("example", "First of its kind"),
        Column("Number", (Field("number", "Number", WHOLE),)),
        Column("Runs", (Field("runs", "Runs", WHOLE),)),
    )
    rows = [tuple(text_cell(value) for value in (one.example, one.count, one.runs)) for one in warned(group.records)]
    return [NamedTable("sumo-warnings", "Warnings of SUMO", columns, rows, {SCENARIO: group.name})]


Tables = Callable[[Group], list[NamedTable]]
TABLES: tuple[Tables, ...] = (means, differences, approaches, assumptions, sumo_warnings)


def page_tables(groups: Iterable[Group]) -> list[NamedTable]:
    """Every table of a page, scenario by scenario."""
    return [table for group in groups for tables in TABLES for table in tables(group)]

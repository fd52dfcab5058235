"""Every table of the page of a comparison, for the page and for its files. A new one is a line in TABLES.

Those of a study as a whole come first (`zhasyl.reports.study.tables`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from zhasyl.measures import CONTROL_DELAY, MEASURE_BY_KEY
from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.reports.exports.beside_tables import log, synchro
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.movement_tables import lane_groups, movements
from zhasyl.reports.exports.named import (
    ANY,
    KNOWN,
    PLUS_MINUS,
    WHOLE,
    Cell,
    Column,
    Field,
    NamedTable,
    Value,
    behind,
    known_field,
    naming,
    pattern,
    plain,
    text_cell,
    wording,
)
from zhasyl.reports.exports.people_tables import crossings, lines
from zhasyl.reports.languages.places import place
from zhasyl.reports.pages import listed, status
from zhasyl.reports.records import SHOWN, measured
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.tables import study_tables
from zhasyl.reports.summary import BLOCKS, FURTHER_BLOCKS, Block
from zhasyl.reports.summary import Column as Shown
from zhasyl.reports.sumo_words import warned
from zhasyl.reports.tables import difference_cells, difference_headings, difference_title, verdict_text
from zhasyl.text.language import N_, _

MOST_APPROACHES = 24  # of the table of approaches on the page, the longest queues first; a file has all


def means(group: Group) -> list[NamedTable]:
    """Means over the seeds, a row a controller."""
    return [_block(group, block) for block in (*BLOCKS, *FURTHER_BLOCKS)]


def _block(group: Group, block: Block) -> NamedTable:
    columns = (naming("controller", _("Controller")), *(_mean(column) for column in block.columns))
    rows = [
        (text_cell(row["controller"]), *(Cell(one.cell(row), behind(row, one.keys)) for one in block.columns))
        for row in group.rows
    ]
    return NamedTable(block.name, _(block.about), columns, rows, {known_field("scenario"): group.name})


def _mean(column: Shown) -> Column:
    title, unit = _(column.title), f" ({_(column.unit)})" if column.unit else ""
    fields = [_field(key, title.removesuffix(PLUS_MINUS), unit, column.keys[0]) for key in column.keys]
    return Column(f"{title}{unit}", tuple(fields))


def _field(key: str, title: str, unit: str, measure: str) -> Field:
    """A mean or its half width in a file, with the decimals of the measure."""
    if key in KNOWN:
        return known_field(key)
    if key == "los":
        return Field(key, title)
    return Field(key, f"{title}{', ± 95 %' if 'half_width' in key else ''}{unit}", _pattern(measure))


def _pattern(measure: str) -> str:
    known = SHOWN.get(measure)
    return pattern(known.decimals if known else 1)


def differences(group: Group) -> list[NamedTable]:
    """Paired differences, a table for each pair of controllers, a row a measure."""
    pairs: dict[str, list[Comparison]] = {}
    for one in group.comparisons:
        pairs.setdefault(difference_title(one), []).append(one)
    return [_pair(group, title, alike) for title, alike in pairs.items()]


def _pair(group: Group, title: str, alike: Sequence[Comparison]) -> NamedTable:
    first = alike[0]
    headings = difference_headings(first)
    low, high = (_(text, interval=headings[2]) for text in (N_("{interval}, from (unit)"), N_("{interval}, to (unit)")))
    bounds = (Field("low", low, ANY), Field("high", high, ANY))
    measure = (
        Field("measure", _("Key")),
        Field("title", _("Measure")),
        Field("unit", _("Unit")),
        Field("method", _("Method")),
    )
    columns = (
        Column(headings[0], measure),
        Column(headings[1], (Field("difference", _("Difference (unit)"), ANY),)),
        Column(headings[2], bounds),
        Column(headings[3], (Field("verdict", headings[3]),), verdict=True),
        Column(headings[4], (Field("p_holm", headings[4], pattern(3)),)),
    )
    of: dict[Field, Value] = {
        known_field("scenario"): group.name,
        known_field("controller"): first.controller,
        known_field("baseline"): first.baseline,
        known_field("n"): first.n,
    }
    return NamedTable(N_("differences"), title, columns, [_difference(one) for one in alike], of)


def _difference(one: Comparison) -> tuple[Cell, ...]:
    measure = MEASURE_BY_KEY[one.measure]
    told = one.low is not None and one.high is not None
    values: tuple[tuple[Value, ...], ...] = (
        (measure.key, _(measure.title), _(measure.unit), one.method),
        (plain(one.difference),),
        (plain(one.low), plain(one.high)) if told else (None, None),
        (verdict_text(one),),
        (plain(one.p_holm),),
    )
    mark = one.verdict if one.verdict in ("better", "worse") else ""
    return tuple(Cell(shown, own, mark) for shown, own in zip(difference_cells(one), values, strict=True))


APPROACH_COLUMNS = (
    (N_("Control delay ± 95 %"), CONTROL_DELAY.key, CONTROL_DELAY.unit),
    (N_("LOS"), "los", ""),
    (N_("Queue, mean"), "queue_mean_veh", N_("veh")),
    (N_("Queue, max"), "queue_max_veh", N_("veh")),
    (N_("Back of queue, 95th pct."), "back_of_queue_p95_m", N_("m")),
)


def approaches(group: Group) -> list[NamedTable]:
    """Control delay and queues by approach and controller; the longest queues first."""
    places: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in group.approaches:
        places.setdefault((row["signal"], row["approach"]), []).append(row)
    busiest = sorted(places.values(), key=lambda own: -sum(row["queue_mean_veh"] for row in own))
    name = Column(_("Approach"), (Field("approach_name", _("Approach")), Field("approach", _("Approach's edge"))))
    columns = (
        name,
        wording("signal", _("Signal")),
        wording("controller", _("Controller")),
        Column(_("Seeds"), (known_field("n"),)),
        *(_of_approaches(*one) for one in APPROACH_COLUMNS),
    )
    rows = [_approach(row) for own in busiest for row in own]
    most = sum(len(own) for own in busiest[:MOST_APPROACHES])
    if not rows:
        return []
    return [NamedTable(N_("approaches"), _("Approaches"), columns, rows, {known_field("scenario"): group.name}, most)]


def approaches_left_out(tables: Iterable[NamedTable]) -> int:
    """How many approaches are in the files alone."""
    return len({(row[0].values[1], row[1].shown) for table in tables for row in table.rows[table.most :]})


def _of_approaches(message: str, key: str, unit: str) -> Column:
    title, unit = _(message), f" ({_(unit)})" if unit else ""
    plain = title.removesuffix(PLUS_MINUS)
    if key == "los":
        return Column(title, (Field(key, plain),))
    mean = Field(key, f"{plain}{unit}", _pattern(key))
    margin = Field(f"{key}_half_width", f"{plain},{PLUS_MINUS}{unit}", _pattern(key))
    return Column(f"{title}{unit}", (mean,) if key == "queue_max_veh" else (mean, margin))


def _approach(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    name = place(row["name"])
    first = (Cell(name, (name, row["approach"])), text_cell(row["signal"]), text_cell(row["label"]))
    return (*first, text_cell(row["n"]), *(_measured(row, key) for _, key, _ in APPROACH_COLUMNS))


def _measured(row: Mapping[str, Any], key: str) -> Cell:
    if key == "los":
        return text_cell(row[key])
    margin = f"{key}_half_width"
    return Cell(measured(key, row[key], row.get(margin)), behind(row, (key, margin) if margin in row else (key,)))


def assumptions(group: Group) -> list[NamedTable]:
    """What the scenario assumes."""
    keys = ("subject", "status", "statement", "reason")
    reason = (Field(keys[2], _("Statement")), Field(keys[3], _("Reason")))
    columns = (
        naming(keys[0], _("Subject")),
        wording(keys[1], _("Status")),
        Column(_("Statement and reason"), reason, words=True),
    )
    rows = [_assumption(one) for one in listed(group.first, "assumptions")]
    return [NamedTable(N_("assumptions"), _("Assumptions"), columns, rows, {known_field("scenario"): group.name})]


def _assumption(one: Mapping[str, str]) -> tuple[Cell, ...]:
    reason = (one["statement"], one["reason"])
    return (text_cell(one["subject"]), text_cell(status(one["status"])), Cell(". ".join(reason), reason))


def sumo_warnings(group: Group) -> list[NamedTable]:
    """What SUMO warned of, an example of each kind."""
    columns = (
        wording("example", _("First of its kind")),
        Column(_("Number"), (Field("number", _("Number"), WHOLE),)),
        Column(_("Runs"), (Field("runs", _("Runs"), WHOLE),)),
    )
    rows = [tuple(text_cell(value) for value in (one.example, one.count, one.runs)) for one in warned(group.records)]
    return [
        NamedTable(N_("sumo-warnings"), _("Warnings of SUMO"), columns, rows, {known_field("scenario"): group.name})
    ]


Tables = Callable[[Group], list[NamedTable]]
TABLES: tuple[Tables, ...] = (
    means,
    synchro,
    log,
    lines,
    crossings,
    differences,
    movements,
    lane_groups,
    approaches,
    assumptions,
    sumo_warnings,
)


def page_tables(groups: Iterable[Group], study: Study | None = None) -> list[NamedTable]:
    """Every table of a page: of the study, then scenario by scenario."""
    first = study_tables(study) if study else []
    return [*first, *(table for group in groups for tables in TABLES for table in tables(group))]

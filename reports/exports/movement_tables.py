"""Movements and lane groups as tables for files; the page has their numbers by junction, controllers side by side."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from zhasyl.measures import CONTROL_DELAY, Measure
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.named import (
    Cell,
    Column,
    Field,
    NamedTable,
    known_field,
    number_cell,
    number_column,
    text_cell,
    wording,
)
from zhasyl.reports.languages.places import place
from zhasyl.reports.movements.losers import called
from zhasyl.reports.movements.rows import MARGINS, Movement
from zhasyl.text.language import N_, _
from zhasyl.timing.movement_measures import (
    BACK_MAX,
    BACK_MEAN,
    BACK_P50,
    BACK_P95,
    CAPACITY,
    DEGREE,
    FULL,
    ON_GREEN,
    PERMITTED,
    PROTECTED,
    SATURATION,
    SERVED,
    SPILLBACK,
    STOPS,
    VOLUME,
)

HOURLY = tuple(replace(one, key=f"{one.key}_h", unit=N_("veh/h")) for one in (VOLUME, SERVED))
GROUP_DEGREE = replace(DEGREE, key="lane_group_degree")
OF_MOVEMENTS = (*HOURLY, PROTECTED, PERMITTED, SATURATION, CAPACITY, DEGREE, CONTROL_DELAY)
OF_LANE_GROUPS = (GROUP_DEGREE, BACK_MEAN, BACK_P50, BACK_P95, BACK_MAX)
STORAGE = Measure("storage_m", N_("m"), N_("Storage"), "from the stop line back", "higher", 0)


def movements(group: Group) -> list[NamedTable]:
    """A row a movement and controller that anybody was to take or took."""
    fields = (
        Field("approach_name", _("Approach")),
        Field("turn", _("Turn")),
        Field("approach", _("Approach's edge")),
        Field("exit", _("Exit's edge")),
        Field("lane_group", _("Lane group")),
    )
    first, los = Column(_("Movement"), fields), Column(_("LOS"), (Field("los", _("LOS")),))
    columns = (first, *_headings(), *map(_column, OF_MOVEMENTS), los, _column(STOPS), _column(ON_GREEN))
    used = (one for one in group.movements if one["volume_veh"] or one["vehicles"])
    return _table(N_("movements"), _("Movements"), columns, group, used, _movement)


def _movement(one: Movement) -> tuple[Cell, ...]:
    row = {**one.values, **{hourly.key: one[hourly.key.removesuffix("_h")] / one["hours"] for hourly in HOURLY}}
    told = (place(row["name"]), _(row["turn"]), *(str(row[key]) for key in ("approach", "exit", "lane_group")))
    name = Cell(called(one), told)
    numbers = [number_cell(row, measure) for measure in OF_MOVEMENTS]
    return (name, *_words(one), *numbers, text_cell(row["los"]), number_cell(row, STOPS), number_cell(row, ON_GREEN))


def lane_groups(group: Group) -> list[NamedTable]:
    """A row a lane group and controller: v/c of its most saturated movement, and its queue against its storage."""
    keys = {"lane_group": _("Lane group"), "approach_name": _("Approach"), "approach": _("Approach's edge")}
    first = Column(_("Lane group"), tuple(Field(key, title) for key, title in keys.items()))
    columns = (first, *_headings(), *map(_column, (*OF_LANE_GROUPS, STORAGE, FULL, SPILLBACK)))
    own = {(one.label, one["lane_group"]): one for one in reversed(group.movements) if one["lane_group"]}
    return _table(N_("lane-groups"), _("Lane groups"), columns, group, reversed(list(own.values())), _lane_group)


def _lane_group(one: Movement) -> tuple[Cell, ...]:
    name = Cell(str(one["lane_group"]), (str(one["lane_group"]), place(one["name"]), str(one["approach"])))
    numbers = (number_cell(one.values, measure) for measure in (*OF_LANE_GROUPS, STORAGE, FULL, SPILLBACK))
    return (name, *_words(one), *numbers)


def _table(
    name: str,
    about: str,
    columns: tuple[Column, ...],
    group: Group,
    found: Iterable[Movement],
    row: Callable[[Movement], tuple[Cell, ...]],
) -> list[NamedTable]:
    rows = [row(one) for one in found]
    return [NamedTable(name, about, columns, rows, {known_field("scenario"): group.name})] if rows else []


def _headings() -> tuple[Column, ...]:
    seeds = Column(_("Seeds"), (known_field("n"),))
    return wording("signal", _("Signal")), wording("controller", _("Controller")), seeds


def _words(one: Movement) -> tuple[Cell, ...]:
    return text_cell(one["signal"]), text_cell(one.label), text_cell(one["n"])


def _column(measure: Measure) -> Column:
    return number_column(measure, measure.key in MARGINS)

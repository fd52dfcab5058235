"""Buses by line and pedestrians by crossing, for the page and for its files."""

from collections.abc import Iterable, Mapping
from typing import Any

from zhasyl.measures import CROSSING_DELAY, MEASURE_BY_KEY, OF_CROSSINGS, OF_LINES
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
from zhasyl.reports.people.crossings import called
from zhasyl.text.language import N_, _

MOST_SHOWN = 24  # lines or crossings on the page, those with the longest delay first; a file has all
DELAY = MEASURE_BY_KEY["bus_delay_s"]


def lines(group: Group) -> list[NamedTable]:
    """Delay and its spread by line of public transport and controller."""
    columns = (
        Column(_("Line"), (Field("line", _("Line")), Field("vehicle_class", _("Class")))),
        wording("controller", _("Controller")),
        Column(_("Seeds"), (known_field("n"),)),
        *(number_column(one, one is DELAY) for one in OF_LINES),
    )
    places = _longest_first(group.lines, ("line",), DELAY.key)
    rows = [
        (
            Cell(_line(row), (str(row["line"]), str(row["vehicle_class"]))),
            *(text_cell(row[key]) for key in ("label", "n")),
            *(number_cell(row, one) for one in OF_LINES),
        )
        for own in places
        for row in own
    ]
    return _table(N_("lines"), _("Public transport by line"), columns, rows, places, group)


def _line(row: Mapping[str, Any]) -> str:
    """'65', or 'T1 (tram)' where it is no bus."""
    return str(row["line"]) if row["vehicle_class"] == "bus" else f"{row['line']} ({row['vehicle_class']})"


def crossings(group: Group) -> list[NamedTable]:
    """Walkers, delay and its 95th percentile by signalised crossing and controller."""
    columns = (
        Column(_("Crossing"), (Field("crossing_name", _("Crossing")), Field("crossing", _("Crossing's edge")))),
        wording("signal", _("Signal")),
        wording("controller", _("Controller")),
        Column(_("Seeds"), (known_field("n"),)),
        *(number_column(one, one is CROSSING_DELAY) for one in OF_CROSSINGS),
        Column(_("LOS"), (Field("los", _("LOS")),)),
    )
    places = _longest_first(group.crossings, ("signal", "crossing"), CROSSING_DELAY.key)
    rows = [
        (
            Cell(called(row["name"]), (called(row["name"]), str(row["crossing"]))),
            *(text_cell(row[key]) for key in ("signal", "label", "n")),
            *(number_cell(row, one) for one in OF_CROSSINGS),
            text_cell(row["los"]),
        )
        for own in places
        for row in own
    ]
    return _table(N_("crossings"), _("Pedestrians by crossing"), columns, rows, places, group)


def _longest_first(
    rows: Iterable[Mapping[str, Any]], place: tuple[str, ...], delay: str
) -> list[list[Mapping[str, Any]]]:
    """Rows by place, controllers one below the other; the longest delay under any of them first."""
    places: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        places.setdefault(tuple(row[key] for key in place), []).append(row)
    return sorted(places.values(), key=lambda own: -max(row[delay] for row in own))


def _table(
    name: str,
    about: str,
    columns: tuple[Column, ...],
    rows: list[tuple[Cell, ...]],
    places: list[list[Mapping[str, Any]]],
    group: Group,
) -> list[NamedTable]:
    most = sum(len(own) for own in places[:MOST_SHOWN])
    return [NamedTable(name, about, columns, rows, {known_field("scenario"): group.name}, most)] if rows else []

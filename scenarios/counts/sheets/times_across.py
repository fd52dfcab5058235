"""Sheets with a row a movement and a column an interval.

Approach   | Movement | 7:00 | 7:15 | 7:30 | ... | Total
Northbound | Left     | 12   | 14   | ...
           | Thru     | 80   | ...
"""

import re
from itertools import pairwise

from zhasyl.scenarios.counts.count import Count, Crossing, Found, Place
from zhasyl.scenarios.counts.sheets.clocks import Interval, interval
from zhasyl.scenarios.counts.sheets.grid import Grid, cell, hints
from zhasyl.scenarios.counts.sheets.sheet_names import sheet_class
from zhasyl.scenarios.counts.sheets.words import (
    class_of,
    column_name,
    crossing_of,
    is_sum,
    movement_of,
    part_of_class,
    short_approach,
    turn_of,
)

LEAST_TIMES = 2
LEAST_ADDED = 3  # an interval and two within it
TITLE_ROWS = 30
CLOCK = re.compile(r"\d[:.]\d\d|\d ?[ap]\.?m|^\d{1,2} ?[-–] ?\d{1,2}$|^0\.\d{3,}$", re.IGNORECASE)


def read_times_across(grid: Grid) -> Found | None:
    """The counts of a sheet of this layout; None for another one. Raises ScenarioError."""
    for place, (row, cells) in enumerate(grid.lines[:TITLE_ROWS]):
        times = {i: at for i, text in enumerate(cells) if CLOCK.search(text) and (at := interval(text))}
        first = min(times, default=0)
        if len(times) >= LEAST_TIMES and any(_names(under, first) for _, under in grid.lines[place + 1 :][:1]):
            return _found(grid, place, row, times)
    return None


def _without_hours(times: dict[int, Interval]) -> dict[int, Interval]:
    """Without the columns that add others: '7:00-8:00' beside the quarters of that hour."""
    return {
        i: at for i, at in times.items()
        if at.end_s is None or sum(at.begin_s <= other.begin_s < at.end_s for other in times.values()) < LEAST_ADDED
    }  # fmt: skip


def _names(cells: list[str], first: int) -> bool:
    """Does a row say a movement before its numbers?"""
    return any(movement_of(text) or turn_of(text) or crossing_of(text) for text in cells[:first])


def _found(grid: Grid, place: int, row: int, times: dict[int, Interval]) -> Found:
    first = min(times)
    times = _without_hours(times)
    begins = sorted(at.begin_s for at in times.values())
    step_s = min(b - a for a, b in pairwise(begins))
    if step_s <= 0:
        raise grid.fault(row, first, "a time stands there twice; keep one")
    header = grid.lines[place][1]
    named = {column_name(text): i for i, text in enumerate(header[:first]) if column_name(text)}
    ignored = {i: text for i, text in enumerate(header) if text and i not in times and i >= first and not is_sum(text)}
    titles = hints(grid, grid.lines[:place])
    label, own = sheet_class(grid)
    rows: list[Count | Crossing] = []
    approach = ""
    for at_row, cells in grid.lines[place + 1 :]:
        words = [text for i, text in enumerate(cells[:first]) if text and i != named.get("class")]
        filled = {i: cell(cells, i) for i in times if cell(cells, i)}
        if any(is_sum(text) for text in words) or not filled:
            approach = words[0] if words and not filled and not is_sum(words[0]) else approach
            continue
        junction = cell(cells, named.get("junction", -1))
        if len(words) > 1 and not turn_of(words[-1]):
            approach = words[-2]
        said = cell(cells, named.get("class", -1))
        if said and not class_of(said):
            raise grid.fault(at_row, named["class"], f"'{said[:40]}' is no class; write car, van, truck, bus, ...")
        turn = _turn(grid, at_row, first, approach, words)
        for i, text in filled.items():
            at = times[i]
            end_s = at.begin_s + step_s if at.end_s is None else at.end_s
            number = grid.whole_number(at_row, i, text)
            spot = Place(i, part_of_class(said) if said else label, at.date, titles)
            if kind := turn[1].removeprefix("crossing ") if turn[1].startswith("crossing ") else "":
                rows.append(Crossing(at_row, junction, turn[0], kind, at.begin_s, end_s, number, grid.name, spot))
            else:
                name = class_of(said) or own or "bicycle"
                rows.append(Count(at_row, junction, *turn, name, at.begin_s, end_s, number, grid.name, spot))
    counts = tuple(one for one in rows if isinstance(one, Count))
    return Found(counts, tuple(one for one in rows if isinstance(one, Crossing)), grid.ignored(ignored))


def _turn(grid: Grid, row: int, first: int, approach: str, words: list[str]) -> tuple[str, str]:
    text = words[-1] if words else ""
    if turn := turn_of(text):
        return turn
    movement = movement_of(text) or (f"crossing {kind}" if (kind := crossing_of(text)) else "")
    if approach and movement:
        return short_approach(approach), movement
    raise grid.fault(
        row, max(first - 1, 0), f"'{text[:40]}' is no movement; expected NBL, N-S, or Left beside an approach"
    )

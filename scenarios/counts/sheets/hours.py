"""Hourly volumes with PHF and share of heavy vehicles in place of counted intervals, as counts of quarters of an hour.

    approach | movement | volume | PHF | % HV       a row a movement
    Movement   | EBL | EBT | EBR | ...              a column a movement, under rows of volumes, factors and shares,
    Volume, Peak Hour Factor, Heavy Vehicles (%)    as reports of the Highway Capacity Manual's method have them

The hour is read in a title ('Peak Hour: 7:30 - 8:30 AM') or in a column of times; else it is DEFAULT_HOUR_S, which is
said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from zhasyl.scenarios.counts.count import Count, Found, Place
from zhasyl.scenarios.counts.sheets.clocks import Interval, interval
from zhasyl.scenarios.counts.sheets.grid import Grid, cell, hints
from zhasyl.scenarios.counts.sheets.peak_hour import (
    LARGEST_FACTOR,
    LEAST_FACTOR,
    QUARTER_S,
    QUARTERS,
    heavy_and_light,
    quarters,
)
from zhasyl.scenarios.counts.sheets.reduced import is_reduced
from zhasyl.scenarios.counts.sheets.words import column_name, heading_word, is_sum, movement_of, short_approach, turn_of
from zhasyl.text.local_words import is_some_total

DEFAULT_HOUR_S = 8 * 3600.0
HOUR_S = 3600.0
TITLE_ROWS = 30
FACTORS = ("phf", "peak hour factor", "peak-hour factor", "коэффициент часовой неравномерности", "кчн")
HEAVY = re.compile(r"\bhv\b|heavy|trucks?\b|грузовых|жүк көлі")
SHARE = re.compile(r"%|percent|pct|share|доля|процент|үлес|^hv$")
VOLUME = re.compile(r"volume|vph|veh/h|интенсивность|авт/ч|қарқын")
TIMES = re.compile(
    r"\d{1,2}[:.]\d\d ?(?:[ap]\.?m\.?)? ?(?:-|–|—|to|до) ?\d{1,2}[:.]\d\d ?(?:[ap]\.?m\.?)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Volume:
    """A movement's hour: where its volume stands, and the texts of volume, factor and share."""

    row: int
    column: int
    junction: str
    approach: str
    movement: str
    texts: dict[str, tuple[int, int, str]]
    at: Interval | None = None


def kind_of(text: str) -> str:
    """volume, phf or heavy; '' for another heading."""
    small = heading_word(text)
    if any(word in small for word in FACTORS):
        return "phf"
    if HEAVY.search(small) and SHARE.search(small):
        return "heavy"
    return "volume" if VOLUME.search(small) and not is_sum(small) and not is_reduced(small) else ""


def read_hours(grid: Grid) -> Found | None:
    """The counts of a sheet of this layout; None for another one. Raises ScenarioError."""
    for place, (_, cells) in enumerate(grid.lines[:TITLE_ROWS]):
        kinds = {kind: i for i in reversed(range(len(cells))) if (kind := kind_of(cells[i]))}
        if "volume" in kinds and len(kinds) > 1:
            return _found(grid, place, list(_by_row(grid, place, kinds)), grid.ignored(_unknown(cells, kinds)))
        turns = {i: turn for i, text in enumerate(cells) if (turn := turn_of(text))}
        below = {kind_of(_label(under, min(turns, default=0))) for _, under in grid.lines[place + 1 :]}
        if len(turns) > 1 and "volume" in below and below & {"phf", "heavy"}:
            volumes, passed = _by_column(grid, place, turns)
            return _found(grid, place, volumes, passed)
    return None


def _label(cells: list[str], width: int) -> str:
    """What a row before its numbers is called."""
    return next((text for text in cells[:width] if text), "")


def _unknown(cells: list[str], kinds: dict[str, int]) -> dict[int, str]:
    known = {"junction", "approach", "movement", "begin", "end"}
    return {
        i: text for i, text in enumerate(cells)
        if text and i not in kinds.values() and column_name(text) not in known
    }  # fmt: skip


def _by_row(grid: Grid, place: int, kinds: dict[str, int]) -> Iterator[Volume]:
    row, header = grid.lines[place]
    taken = set(kinds.values())
    names = {column_name(text): i for i, text in enumerate(header) if text and i not in taken}
    if "movement" not in names:
        raise grid.fault(
            row, 0, "no column of movements beside the volumes; add 'movement', or 'approach' and 'movement'"
        )
    above = ""
    for row, cells in grid.lines[place + 1 :]:
        volume = cell(cells, kinds["volume"])
        name = cell(cells, names["movement"])
        own = cell(cells, names.get("approach", -1))
        if is_some_total(name) or is_some_total(own) or (not volume and not name):
            continue
        above = own or above
        approach, movement = _turn(grid, row, names["movement"], above if "approach" in names else "", name)
        texts = {kind: (row, i, cell(cells, i)) for kind, i in kinds.items()}
        at = interval(cell(cells, names["begin"])) if "begin" in names else None
        yield Volume(row, kinds["volume"], cell(cells, names.get("junction", -1)), approach, movement, texts, at)


def _turn(grid: Grid, row: int, column: int, approach: str, name: str) -> tuple[str, str]:
    if approach and (word := movement_of(name)):
        return short_approach(approach), word
    if turn := turn_of(name):
        return turn
    raise grid.fault(row, column, f"'{name[:40]}' is no movement; expected NBL, N-S, or left beside an approach")


def _by_column(
    grid: Grid, place: int, turns: dict[int, tuple[str, str]]
) -> tuple[list[Volume], tuple[str, ...]]:  # fmt: skip
    records: dict[str, tuple[int, list[str]]] = {}
    passed: list[str] = []
    for row, cells in grid.lines[place + 1 :]:
        label = _label(cells, min(turns))
        kind = kind_of(label)
        if kind and kind not in records:
            records[kind] = row, cells
        elif label:
            passed.append(f"{row} '{label[:30]}'")
    row, cells = records["volume"]
    volumes = [
        Volume(row, i, "", *turn, {kind: (at, i, cell(own, i)) for kind, (at, own) in records.items()})
        for i, turn in turns.items() if cell(cells, i)
    ]  # fmt: skip
    return volumes, (f"{grid.called}: rows not read: {', '.join(passed[:12])}",) if passed else ()


def _found(grid: Grid, place: int, volumes: list[Volume], remarks: tuple[str, ...]) -> Found:
    titles = hints(grid, grid.lines[:place])
    hour_s, said = _hour(grid, place, any(volume.at is None for volume in volumes))
    volumes, shares = _in_per_cent(grid, volumes)
    counts = [count for volume in volumes for count in counts_of(grid, volume, hour_s, titles)]
    lacking = sum(not volume.texts.get("phf", (0, 0, ""))[2] for volume in volumes)
    without = f"{grid.called}: {lacking} of {len(volumes)} volumes have no PHF; their quarters are taken to be equal"
    return Found(tuple(counts), (), (*remarks, *said, *shares, *((without,) if lacking else ())))


def _in_per_cent(grid: Grid, volumes: list[Volume]) -> tuple[list[Volume], tuple[str, ...]]:
    """Shares of heavy vehicles in per cent: a cell of Excel that shows 4 % holds 0.04."""
    texts = [volume.texts["heavy"][2].replace(",", ".") for volume in volumes if "heavy" in volume.texts]
    values = [float(text) for text in texts if re.fullmatch(r"\d(\.\d+)?", text)]
    if not values or len(values) < len([text for text in texts if text]) or not 0 < max(values) < 1:
        return volumes, ()
    said = (
        f"{grid.called}: shares of heavy vehicles of {max(values):g} at most are taken for parts of 1, not for per cent"
    )
    return [replace(volume, texts=volume.texts | {"heavy": _times_100(volume)}) for volume in volumes], (said,)


def _times_100(volume: Volume) -> tuple[int, int, str]:
    row, column, text = volume.texts.get("heavy", (0, 0, ""))
    return row, column, f"{float(text.replace(',', '.')) * 100:.4f}" if text else ""


def _hour(grid: Grid, place: int, is_needed: bool) -> tuple[float, tuple[str, ...]]:
    for _, cells in grid.lines[:place]:
        for text in cells:
            if (found := TIMES.search(text)) and (at := interval(found[0])):
                return at.begin_s, ()
    begin = f"{DEFAULT_HOUR_S / HOUR_S:.0f}:00"
    said = f"{grid.called}: no time beside the hourly volumes; the hour is taken to begin at {begin}"
    return DEFAULT_HOUR_S, (said,) if is_needed else ()


def counts_of(grid: Grid, volume: Volume, hour_s: float, titles: tuple[str, ...]) -> Iterator[Count]:
    """Quarters of cars and trucks of a movement's hour. Raises ScenarioError."""
    row, column, text = volume.texts["volume"]
    vehicles = grid.whole_number(row, column, text, "volume")
    factor = _share(grid, volume.texts.get("phf"), "PHF", LEAST_FACTOR, LARGEST_FACTOR, 1.0)
    heavy = _share(grid, volume.texts.get("heavy"), "share of heavy vehicles", 0.0, 100.0, 0.0)
    begin_s = volume.at.begin_s if volume.at else hour_s
    for name, number in zip(("truck", "car"), heavy_and_light(vehicles, heavy), strict=True):
        if name == "truck" and not number:
            continue
        for quarter, share in enumerate(quarters(number, factor)):
            at_s = begin_s + quarter * QUARTER_S
            yield Count(
                row, volume.junction, volume.approach, volume.movement, name, at_s, at_s + HOUR_S / QUARTERS, share,
                grid.name, Place(column, hints=titles),
            )  # fmt: skip


def _share(
    grid: Grid, found: tuple[int, int, str] | None, what: str, least: float, most: float, default: float
) -> float:  # fmt: skip
    if not found or not found[2]:
        return default
    row, column, text = found
    plain = text.rstrip("% ").replace(",", ".")
    value = float(plain) if re.fullmatch(r"\d{1,3}(\.\d+)?", plain) else -1.0
    if not least <= value <= most:
        raise grid.fault(row, column, f"{what} '{text[:20]}' is not from {least:g} to {most:g}; correct it")
    return value

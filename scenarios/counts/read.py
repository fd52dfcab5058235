"""Turning counts as planners have them, read into one form; the layouts of sheets are in `sheets`.

approach   heading of its traffic (NB is northbound, from the south), where its arm lies (N, 90°), its number or street,
           or the id of the edge
movement   L, T, R, U or left, straight (through), right, u-turn, the arm it leads to, or the id of the edge
begin      7:15, 7:15:00, 7.15, 0715 or 7:15 AM (after midnight 24:15), or 7:15-7:30 without an end; or begin_s
           in seconds
count      vehicles of the class in the interval

Approaches, movements and classes may be in Russian or Kazakh (`zhasyl.text.local_words`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import DAY_S, clock
from zhasyl.scenarios.counts.count import Count as Count
from zhasyl.scenarios.counts.count import Crossing, Found
from zhasyl.scenarios.counts.sheets.clocks import interval
from zhasyl.scenarios.counts.sheets.grid import Given
from zhasyl.scenarios.counts.sheets.recognise import read_layouts

MOST_DAYS = 2


@dataclass(frozen=True)
class Wanted:
    """Which counts of a file are taken: those of a date, and those within a time of day [s]."""

    date: str = ""
    begin_s: float = 0.0
    end_s: float = MOST_DAYS * DAY_S

    def takes(self, row: Count | Crossing) -> bool:
        on_date = not self.date or not row.place.date or row.place.date == self.date
        return on_date and self.begin_s <= row.begin_s and row.end_s <= self.end_s


def wanted_counts(date: str, begin: str, end: str) -> Wanted:
    """What is taken, as typed; '' is no limit. Raises ScenarioError."""
    times = {"begin": 0.0, "end": MOST_DAYS * DAY_S}
    for name, text in (("begin", begin), ("end", end)):
        at = interval(text) if text else None
        if text and (at is None or at.end_s is not None):
            raise ScenarioError(f"--{name} '{text[:40]}' is no time of day; write 7:00 or 7:00 AM")
        times[name] = at.begin_s if at else times[name]
    if times["begin"] >= times["end"]:
        raise ScenarioError(f"--begin {begin} is not before --end {end or '24:00'}; exchange them")
    return Wanted(date, times["begin"], times["end"])


def read_counts(path: Path) -> list[Count]:
    """Read a file of counts of vehicles. Raises ScenarioError with the place of the first fault."""
    return list(read_found(path).counts)


def read_found(path: Path, given: Given | None = None, wanted: Wanted | None = None) -> Found:
    """Read a file of counts. Raises ScenarioError with the place of the first fault."""
    wanted = wanted or Wanted()
    found = read_layouts(path, given or Given())
    counts = tuple(count for count in found.counts if wanted.takes(count))
    crossings = tuple(crossing for crossing in found.crossings if wanted.takes(crossing))
    if not counts and not crossings:
        raise ScenarioError(f"{path}: no counts {_asked(wanted)}; it has {_has(found)}")
    _check_lengths(path, (*counts, *crossings))
    _check_unique(path, counts)
    _check_unique(path, crossings)
    return Found(counts, crossings, found.remarks)


def _asked(wanted: Wanted) -> str:
    of_date = f"of {wanted.date} " if wanted.date else ""
    return f"{of_date}from {clock(wanted.begin_s)} to {clock(wanted.end_s)}"


def _has(found: Found) -> str:
    rows: list[Count | Crossing] = [*found.counts, *found.crossings]
    dates = sorted({row.place.date for row in rows if row.place.date})
    first, last = min(row.begin_s for row in rows), max(row.end_s for row in rows)
    return f"{clock(first)} to {clock(last)}" + (f" of {', '.join(dates)[:100]}" if dates else "")


def _check_lengths(path: Path, rows: Iterable[Count | Crossing]) -> None:
    """All intervals are equally long."""
    first: Count | Crossing | None = None
    for row in rows:
        first = first or row
        length_s = first.end_s - first.begin_s
        if row.end_s - row.begin_s != length_s:
            raise ScenarioError(
                f"{path} {row.at}: {row.end_s - row.begin_s:g} s long, {first.at} {length_s:g} s; "
                "give all intervals one length"
            )


def _name(row: Count | Crossing) -> tuple[str, ...]:
    return (row.approach, row.movement, row.vehicle_class) if isinstance(row, Count) else (row.arm, row.kind)


def _check_unique(path: Path, rows: Iterable[Count | Crossing]) -> None:
    """Each movement's intervals must not overlap; classes of unlike words are added later."""
    by_movement: dict[tuple[object, ...], list[Count | Crossing]] = defaultdict(list)
    for row in rows:
        # of sheets without a junction, another sheet may be another junction or class
        by_movement[row.junction or row.place.hints, *_name(row), row.place.label].append(row)
    for members in by_movement.values():
        for before, after in pairwise(sorted(members, key=lambda row: (row.begin_s, row.row))):
            if after.begin_s < before.end_s:
                raise _doubled(path, before, after, " ".join(_name(after)[:2]))


def _doubled(path: Path, before: Count | Crossing, after: Count | Crossing, movement: str) -> ScenarioError:
    dates = sorted({before.place.date, after.place.date} - {""})
    if len(dates) > 1:
        return ScenarioError(f"{path} {after.at}: counts of several days ({', '.join(dates)}); choose one with --date")
    return ScenarioError(
        f"{path} {after.at}: {movement} at '{after.junction[:40]}' counts a time that {before.at} counts already; "
        "keep one"
    )

"""Reading run records: which belong together, what they are called, and how their numbers are written.

A record is a flat mapping, as `zhasyl run --json` prints it.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from zhasyl.measures import CONTROL_DELAY, MEASURE_BY_KEY
from zhasyl.optimise.statistics.comparison import SITUATION, Record, is_done, number, situation
from zhasyl.runs.summary import Summary
from zhasyl.text.language import _, digits

Situation = tuple[str, ...]
RunSummaries = Callable[[Record], Summary]  # raises OutputError when a summary is not there
NOTHING = "–"
NOT_SERVED = "unserved_veh"  # its key in summaries
MANY_VEH = 99.95  # what would be written as 100.0
SHOWN = {**MEASURE_BY_KEY, CONTROL_DELAY.key: CONTROL_DELAY}


def by_situation(records: Iterable[Record]) -> dict[Situation, list[Record]]:
    """Records that may be compared with each other, in order of first appearance."""
    groups: dict[Situation, list[Record]] = {}
    for record in records:
        groups.setdefault(situation(record), []).append(record)
    return groups


def by_label(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Records of each controller with its parameters, in order of first appearance."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(str(record["label"]), []).append(record)
    return groups


def done(records: Iterable[Record]) -> list[Record]:
    """Runs that finished; the others have no measures."""
    return [record for record in records if is_done(record)]


def names(places: Iterable[Situation]) -> dict[Situation, str]:
    """A situation's name: its scenario, its variant, and whatever else is needed to tell it from the others."""
    known = list(places)
    return {
        place: _name(place, [other for other in known if (other[0], other[-1]) == (place[0], place[-1])])
        for place in known
    }


def _name(place: Situation, namesakes: Sequence[Situation]) -> str:
    known = zip(SITUATION[1:-1], place[1:-1], list(zip(*namesakes, strict=True))[1:-1], strict=True)
    nothing = _("not said")
    telling = [f"{_(word)} {mine or nothing}" for word, mine, others in known if len(set(others)) > 1]
    telling += [place[-1]] if place[-1] else []
    return f"{place[0]} ({', '.join(telling)})" if telling else place[0]


def gridlocked(records: Iterable[Record]) -> int:
    """How many of the runs are gridlocked."""
    return sum(record.get("gridlocked") is True for record in records)


def not_served_veh(record: Record) -> float:
    """Planned trips that had not finished by the end: under way or denied entry."""
    return number(record, "unfinished_veh") + number(record, "not_inserted_veh")


def seeds(records: Iterable[Record]) -> str:
    """Seeds in short: '1–5, 9'."""
    found = sorted({int(number(record, "seed")) for record in records})
    starts = [seed for seed in found if seed - 1 not in found]
    ends = [seed for seed in found if seed + 1 not in found]
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))


def written(value: float | None, decimals: int) -> str:
    """A number for people; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return digits(value, f",.{decimals}f")


def signed(value: float | None, decimals: int) -> str:
    """A difference for people, always with its sign; never a non-zero one written as zero."""
    if value is None or not math.isfinite(value):
        return NOTHING
    while value and decimals < 6 and not round(value, decimals):
        decimals += 1
    return digits(value, f"+,.{decimals}f") if value else "0"


def measured(key: str, mean: float | None, half_width: float | None = None) -> str:
    """A measure's mean and its interval for people, on the page as on the terminal: '54.0 ± 9.9'.

    Without ± where there is no interval (a single seed). The measure says how many decimals; vehicles that were not
    served have one below a hundred, so that a single one in ten runs is seen.
    """
    known = SHOWN.get(key)
    decimals = known.decimals if known else int(mean is not None and abs(mean) < MANY_VEH)
    if half_width is None or not math.isfinite(half_width):
        return written(mean, decimals)
    return f"{written(mean, decimals)} ± {written(half_width, decimals)}"


def measured_change(key: str, change: float | None) -> str:
    """A difference of a measure for people, with the measure's decimals and always with its sign: '−21.1'."""
    return signed(change, SHOWN[key].decimals)

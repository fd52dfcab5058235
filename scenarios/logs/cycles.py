"""The cycle by time of day: from what the controller says of it, else from what repeats in its phases' own events.

A quarter of an hour has the cycle of events 316 (what the last cycle lasted), else of the last 132 (cycle length) where
no other one repeats, else the time after which one kind of event of one phase comes again most often: begins and ends
of greens, coordinated zeros. Of a fixed or coordinated programme one at least repeats to the second; where none does,
the controller runs free. Quarters that follow one another with the same cycle and zero are one stretch; so a change of
programme is found to a quarter of an hour, and to the second where event 131 (pattern) says it.

The zero of the cycle is event 150 with parameter 5, else the begin of a coordinated green at its latest: the end of the
coordinated phase repeats best, and its shortest green is left when all others have used theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from zhasyl.scenarios.logs import circular, codes
from zhasyl.scenarios.logs.event_log import QUARTER_S, EventLog, Floats
from zhasyl.scenarios.logs.greens import PhaseGreens

SHORTEST_S, LONGEST_S = 20.0, 300.0
SAME_S = 1.0
REPEATED = 0.7  # of the times between events of one kind: one cycle or several
OFTEN = 0.4  # of them: just one
LEAST_EVENTS = 3
ZERO_SAME_S = 3.0
MAIN = (2, 6)  # NEMA: the phases that are coordinated where nothing else says
ACCIDENTS = 0.02  # of the greens: a lost event or a call from elsewhere may make one too short


@dataclass(frozen=True)
class Stretch:
    """A time with one cycle. `zero_s` is on the clock since midnight, below the cycle; both free: no cycle is kept."""

    begin_s: float
    end_s: float
    cycle_s: float
    zero_s: float
    free: bool = False
    cycle_from: str = ""
    zero_from: str = ""
    yields_s: Mapping[int, float] = field(default_factory=dict)
    """When the greens of phases end that end at the same time in each cycle; the coordinated phase first."""

    @property
    def coordinated(self) -> int:
        """The phase whose green ends at the same time in each cycle; 0 for none."""
        return next(iter(self.yields_s), 0)

    def starts_s(self, reference: Floats) -> Floats:
        """When each cycle begins; of a free one with each begin of a phase's green."""
        if self.free:
            return reference
        first = np.ceil((self.begin_s - self.zero_s) / self.cycle_s) - 1
        count = int((self.end_s - self.begin_s) / self.cycle_s) + 3
        found: Floats = self.zero_s + (first + np.arange(count)) * self.cycle_s
        return found


def stretches(log: EventLog, greens: Mapping[int, PhaseGreens]) -> list[Stretch]:
    """The times of the log one after the other, each with its cycle."""
    windows = [_window(log, greens, begin_s, end_s) for begin_s, end_s in _windows(log)]
    joined = list(_joined(_settled(windows)))
    return [_refined(log, greens, one) for one in joined]


def _windows(log: EventLog) -> Iterator[tuple[float, float]]:
    """Quarters of an hour, cut where the pattern changes."""
    first, last = log.begin_s, log.end_s + 0.001
    quarters = np.arange(np.floor(first / QUARTER_S) + 1, np.ceil(last / QUARTER_S)) * QUARTER_S
    changes = {t for t in log.times_s(codes.PATTERN).tolist() if first + 60 < t < last - 60}
    cuts = sorted({first, last, *quarters.tolist(), *changes})
    yield from pairwise(cuts)


def _window(log: EventLog, greens: Mapping[int, PhaseGreens], begin_s: float, end_s: float) -> Stretch:
    cycle_s, source = _said(log, begin_s, end_s)
    if source != "event 316":
        repeated_s = _repeated(_series(log, greens, begin_s, end_s))
        if repeated_s and (not cycle_s or _unlike(cycle_s, repeated_s)):
            cycle_s, source = repeated_s, "events"
    if not cycle_s:
        return Stretch(begin_s, end_s, 0.0, 0.0, True)
    return _with_zero(log, greens, Stretch(begin_s, end_s, cycle_s, 0.0, False, source))


def _unlike(one_s: float, other_s: float) -> bool:
    """Is neither a multiple of the other, to a second each time? What was set last may not be what is played."""
    longer_s, shorter_s = max(one_s, other_s), min(one_s, other_s)
    times = round(longer_s / shorter_s)
    return abs(longer_s - times * shorter_s) > SAME_S * times


def _said(log: EventLog, begin_s: float, end_s: float) -> tuple[float, str]:
    """The cycle that the controller says; 0 where it says none or one that cannot be."""
    times_s, lengths = log.values(codes.ACTUAL_CYCLE)
    lengths = lengths[(times_s >= begin_s) & (times_s < end_s)]
    if len(lengths) >= LEAST_EVENTS - 1:
        values, counts = np.unique(lengths, return_counts=True)
        cycle_s, source = float(values[counts.argmax()]), "event 316"
    else:
        times_s, lengths = log.values(codes.CYCLE_LENGTH)
        before = lengths[times_s < (begin_s + end_s) / 2]
        cycle_s, source = (float(before[-1]) if len(before) else 0.0), "event 132"
    return (cycle_s, source) if SHORTEST_S <= cycle_s <= LONGEST_S else (0.0, "")


def _series(log: EventLog, greens: Mapping[int, PhaseGreens], begin_s: float, end_s: float) -> list[Floats]:
    """Times of each kind of event."""
    found = [log.times_s(codes.COORDINATION, codes.LOCAL_ZERO)]
    for one in greens.values():
        found += [one.begin_s, one.green_end_s]
    return [times[(times >= begin_s) & (times < end_s)] for times in found]


def _repeated(series: Iterable[Floats]) -> float:
    """The cycle after which some event comes again; 0 if none does."""
    best = (0.0, 0, 0.0)
    for times_s in series:
        gaps_s = np.diff(np.sort(times_s))
        gaps_s = gaps_s[gaps_s >= SHORTEST_S]
        if len(gaps_s) < LEAST_EVENTS - 1:
            continue
        near = np.abs(gaps_s[:, None] - gaps_s[None, :]) <= SAME_S
        common_s = float(np.median(gaps_s[near[near.sum(axis=1).argmax()]]))
        multiples = np.maximum(np.rint(gaps_s / common_s), 1)
        just = float((np.abs(gaps_s - common_s) <= SAME_S).mean())
        share = float((np.abs(gaps_s - multiples * common_s) <= SAME_S).mean())
        if common_s <= LONGEST_S and just >= OFTEN and share >= REPEATED:
            cycle_s = float((gaps_s / multiples)[np.abs(gaps_s - multiples * common_s) <= SAME_S].mean())
            best = max(best, (round(share, 2), len(gaps_s), cycle_s))
    return _clean(best[2])


def _clean(cycle_s: float) -> float:
    """To a whole second where it is one but for the clock's tenths, else to a tenth."""
    return float(round(cycle_s)) if abs(cycle_s - round(cycle_s)) <= 0.15 else round(cycle_s, 1)


def _with_zero(log: EventLog, greens: Mapping[int, PhaseGreens], stretch: Stretch) -> Stretch:
    stretch = replace(stretch, yields_s=_yields_s(greens, stretch))
    zeros_s = _within(log.times_s(codes.COORDINATION, codes.LOCAL_ZERO), stretch)
    if len(zeros_s) and circular.concentration(zeros_s, stretch.cycle_s) > REPEATED:
        return replace(stretch, zero_s=circular.median(zeros_s, stretch.cycle_s), zero_from="event 150")
    phase = stretch.coordinated
    if not phase:
        return replace(stretch, zero_s=0.0, zero_from="midnight")
    own = greens[phase]
    lasts_s = (own.green_end_s - own.begin_s)[(own.begin_s >= stretch.begin_s) & (own.green_end_s < stretch.end_s)]
    zero_s = (stretch.yields_s[phase] - _shortest_s(lasts_s)) % stretch.cycle_s
    return replace(stretch, zero_s=zero_s, zero_from=f"greens of phase {phase}")


def _shortest_s(lasts_s: Floats) -> float:
    """The shortest green that is none by accident: some others last as long."""
    ordered = np.sort(lasts_s)
    others = max(1, round(ACCIDENTS * len(ordered)))
    near = ordered[others:] - ordered[:-others] <= SAME_S
    return float(ordered[int(near.argmax())]) if near.any() else float(np.median(ordered))


def _yields_s(greens: Mapping[int, PhaseGreens], stretch: Stretch) -> dict[int, float]:
    found: list[tuple[float, bool, float, int, float]] = []
    for number, own in greens.items():
        ends_s = _within(own.green_end_s, stretch)
        if len(ends_s) >= LEAST_EVENTS:
            place_s, share = circular.densest(ends_s, stretch.cycle_s, SAME_S)
            lasts_s = float(np.nanmedian(own.green_end_s - own.begin_s))
            found.append((round(share, 1), number in MAIN, lasts_s, number, place_s))
    return {number: place_s for share, _, _, number, place_s in sorted(found, reverse=True) if share >= REPEATED}


def _within(times_s: Floats, stretch: Stretch) -> Floats:
    return times_s[(times_s >= stretch.begin_s) & (times_s < stretch.end_s)]


def _settled(windows: list[Stretch]) -> list[Stretch]:
    """A window that is brief, of a change, or alone between two of one programme is taken for what comes next to it."""
    settled = list(windows)
    for place, one in enumerate(settled):
        around = [settled[other] for other in (place + 1, place - 1) if 0 <= other < len(settled)]
        kept = [other for other in around if not other.free]
        if not kept or any(_same(one, other) for other in around):
            continue
        between = len(kept) == len(around) == 2 and (one.free or _same(*kept))
        if between or one.end_s - one.begin_s < QUARTER_S / 2:
            settled[place] = replace(kept[0], begin_s=one.begin_s, end_s=one.end_s)
    return settled


def _same(one: Stretch, other: Stretch) -> bool:
    if one.free or other.free:
        return one.free and other.free
    cycle_s = one.cycle_s
    if abs(cycle_s - other.cycle_s) > 0.5:
        return False
    said = one.zero_from == other.zero_from == "event 150"
    pairs = [(one.zero_s, other.zero_s)] if said else [
        (place_s, other.yields_s[phase]) for phase, place_s in one.yields_s.items() if phase in other.yields_s
    ]  # fmt: skip
    drifts = abs(cycle_s - other.cycle_s) > 0
    apart_s = [abs(float(circular.after(np.array([there_s]), here_s, cycle_s)[0])) for here_s, there_s in pairs]
    return drifts or min(apart_s, default=0.0) <= ZERO_SAME_S


def _joined(windows: Iterable[Stretch]) -> Iterator[Stretch]:
    running: Stretch | None = None
    for one in windows:
        if running and _same(running, one):
            running = replace(running, end_s=one.end_s)
            continue
        if running:
            yield running
        running = one
    if running:
        yield running


def _refined(log: EventLog, greens: Mapping[int, PhaseGreens], stretch: Stretch) -> Stretch:
    """Cycle and zero from all of a stretch."""
    if stretch.free:
        return replace(stretch, cycle_s=_mean_cycle(greens, stretch), cycle_from="greens", zero_from="none")
    if stretch.cycle_from == "events":
        cycle_s = _repeated(_series(log, greens, stretch.begin_s, stretch.end_s))
        stretch = replace(stretch, cycle_s=cycle_s or stretch.cycle_s)
    return _with_zero(log, greens, stretch)


def _mean_cycle(greens: Mapping[int, PhaseGreens], stretch: Stretch) -> float:
    """Of a controller that runs free: the usual time between the greens of the phase that comes most often."""
    own = max((_within(one.begin_s, stretch) for one in greens.values()), key=len, default=np.zeros(0))
    return float(np.clip(round(float(np.median(np.diff(own)))), SHORTEST_S, LONGEST_S)) if len(own) > 1 else 0.0

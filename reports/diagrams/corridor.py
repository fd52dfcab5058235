"""Vehicles along a corridor of a run, which is found by the vehicles that were counted: from stop line to stop line.

Between two stop lines a vehicle is drawn at an even speed up to when it would have crossed the second one freely, and
then as waiting at it: where in the queue it stood is not in the table `passages`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from zhasyl.controllers.parts.corridors import Corridor, Leg, find_corridors
from zhasyl.files.columns import Table, names
from zhasyl.observation import Area, SignalDemand
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.reports.diagrams.arrivals import PASSAGES
from zhasyl.reports.diagrams.evidence import Evidence
from zhasyl.reports.diagrams.frame import LeftOut
from zhasyl.signals import Signal
from zhasyl.text.language import _
from zhasyl.timing.at_signals import Greens, Ints, arrivals_s

TRACED = ("trip_id", *PASSAGES)
HOUR_S = 3600.0

Line = tuple[list[float], list[float]]  # times and places


class Window(NamedTuple):
    """The part of the period that is drawn."""

    begin_s: float
    end_s: float


def longest_corridor(evidence: Evidence) -> Corridor:
    """The corridor with the most signals, of several the one with most traffic. Raises LeftOut without one."""
    roads, run = evidence.roads, evidence.runs[0]
    signals = roads.derived.signals
    counts = _counts(evidence.table(run, "passages", PASSAGES))
    hours = (number(run, "end_s") - number(run, "begin_s")) / HOUR_S

    def demand(name: str) -> SignalDemand:
        ways = [(name, movement.from_edge, movement.to_edge) for movement in signals[name].movements]
        volume_vph = np.array([counts.get(way, 0) / hours for way in ways])
        return SignalDemand(volume_vph, np.zeros(len(ways)), {})

    found = find_corridors(Area(signals, roads.network, demand)) if signals else []
    if not found:
        raise LeftOut(_("no two neighbouring signals have traffic from one to the other"))
    return max(found, key=lambda corridor: len(corridor.signals))  # the heaviest come first


def _counts(table: Table) -> dict[tuple[str, str, str], int]:
    coded = [names(table[name]) for name in PASSAGES[:3]]
    codes, count = np.unique(np.column_stack([column.codes for column in coded]), axis=0, return_counts=True)
    return {
        tuple(column.names[code] for column, code in zip(coded, way, strict=True)): veh
        for way, veh in zip(codes.tolist(), count.tolist(), strict=True)
    }


class Trace:
    """Where the vehicles of a run crossed the stop lines of some signals."""

    def __init__(self, table: Table, signals: Sequence[str]) -> None:
        coded = {name: names(table[name]) for name in TRACED[:4]}
        at = coded["signal"]
        wanted = [code for code, name in enumerate(at.names) if name in set(signals)]
        rows = np.flatnonzero(np.isin(at.codes, wanted))
        self._trip = coded["trip_id"].codes[rows]
        self._words = {name: coded[name][rows] for name in TRACED[1:4]}
        self._entered_s, self._left_s, self._delay_s = (np.asarray(table[name])[rows] for name in TRACED[4:])

    def rows(self, **words: str) -> Ints:
        """Passages at a `signal`, from an `approach` or to an `exit`."""
        found = np.ones(len(self._trip), dtype=bool)
        for name, word in words.items():
            column = self._words[name]
            code = list(column.names).index(word) if word in column.names else -1
            found &= column.codes == code
        return np.flatnonzero(found)

    def held(self, rows: Ints, place_m: float, window: Window) -> Iterator[Line]:
        """Waiting at a stop line, of passages there."""
        arrived_s = arrivals_s(self._entered_s[rows], self._left_s[rows], self._delay_s[rows])
        for begin_s, end_s in zip(arrived_s.tolist(), self._left_s[rows].tolist(), strict=True):
            until_s = window.end_s if np.isnan(end_s) else end_s
            if until_s >= window.begin_s and begin_s <= window.end_s:
                yield [begin_s, until_s], [place_m, place_m]

    def between(self, here: Ints, there: Ints, ends_m: tuple[float, float], window: Window) -> Iterator[Line]:
        """From one stop line to the next and across it, of vehicles that pass both."""
        crossed: dict[int, list[float]] = {}
        for trip, left_s in zip(self._trip[here].tolist(), self._left_s[here].tolist(), strict=True):
            crossed.setdefault(trip, []).append(left_s)
        left = self._left_s[there]
        arrived_s = arrivals_s(self._entered_s[there], left, self._delay_s[there])
        for trip, left_s, reached_s in zip(self._trip[there].tolist(), left.tolist(), arrived_s.tolist(), strict=True):
            until_s = window.end_s if np.isnan(left_s) else left_s
            starts_s = [s for s in crossed.get(trip, []) if s <= reached_s]
            if starts_s and until_s >= window.begin_s and max(starts_s) <= window.end_s:
                near_m, far_m = ends_m
                yield [max(starts_s), reached_s, max(until_s, reached_s)], [near_m, far_m, far_m]


def leg_lines(
    trace: Trace, leg: Leg, signals: Mapping[str, Signal], at_m: Mapping[str, float], window: Window
) -> list[Line]:
    """The vehicles of a leg."""
    first, last = (
        signals[leg.from_signal].movements[leg.from_movement],
        signals[leg.to_signal].movements[leg.to_movement],
    )
    here = trace.rows(signal=leg.from_signal, exit=first.to_edge)
    there = trace.rows(signal=leg.to_signal, approach=last.from_edge)
    ends_m = at_m[leg.from_signal], at_m[leg.to_signal]
    return [*trace.held(here, ends_m[0], window), *trace.between(here, there, ends_m, window)]


def spans(greens: Greens, window: Window) -> list[tuple[float, float]]:
    """The greens that touch a window, in seconds from its begin."""
    return [
        (begin_s - window.begin_s, end_s - window.begin_s)
        for begin_s, end_s in zip(greens.begin_s.tolist(), greens.end_s.tolist(), strict=True)
        if end_s > window.begin_s and begin_s < window.end_s
    ]


def window_of(run: Record, most_s: float) -> Window:
    """So many seconds from the middle of the period on."""
    begin_s, end_s = number(run, "begin_s"), number(run, "end_s")
    middle_s = (begin_s + end_s) / 2
    return Window(middle_s, min(end_s, middle_s + most_s))

"""Vehicles at the stop lines of some signals beside the greens of their movements: `passages` beside `signals`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from zhasyl.files.columns import Table, names
from zhasyl.network import Network
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.reports.diagrams.evidence import Evidence
from zhasyl.reports.languages.places import place
from zhasyl.timing.at_signals import Bools, Floats, Greens, arrivals_s, green_states, greens_of, left_over, on_green
from zhasyl.timing.cycles import SIGNALS, Displayed, by_signal

PASSAGES = ("signal", "approach", "exit", "entered_s", "left_s", "control_delay_s")

Way = tuple[str, str, str]  # signal, approach, exit


class Passing(NamedTuple):
    """Who passes by one way in a run: when each arrives, and crosses the stop line (NaN: not by the end)."""

    arrived_s: Floats
    left_s: Floats


class Stream(NamedTuple):
    """A movement in a run: its greens, when its vehicles arrive and cross the stop line, and the period."""

    greens: Greens
    arrived_s: Floats
    left_s: Floats
    begin_s: float
    end_s: float

    @property
    def on_green(self) -> Bools:
        """Of those who arrive in the period, who does so on green."""
        counted = (self.arrived_s >= self.begin_s) & (self.arrived_s < self.end_s)
        return on_green(self.arrived_s[counted], self.greens)

    @property
    def failures(self) -> Bools:
        """By green whose begin and successor are known: is it a split failure?"""
        failed: Bools = left_over(self.arrived_s, self.left_s, self.greens) > 0
        return failed


class Junctions:
    """Some signals in the runs of a situation; each run's tables are read once and only what is of them is kept."""

    def __init__(self, evidence: Evidence, signals: Sequence[str]) -> None:
        self.evidence, self.signals = evidence, signals
        self._passings: dict[str, dict[Way, Passing]] = {}
        self._streams: dict[str, dict[Way, Stream]] = {}

    def passings(self, run: Record) -> dict[Way, Passing]:
        """By way, who passes. Raises LeftOut without the table."""
        key = str(run["key"])
        if key not in self._passings:
            self._passings[key] = passings(self.evidence.table(run, "passages", PASSAGES), self.signals)
        return self._passings[key]

    def streams(self, run: Record) -> dict[Way, Stream]:
        """By way with a signal. Raises LeftOut without the tables or the network."""
        key = str(run["key"])
        if key not in self._streams:
            network, passed = self.evidence.roads.network, self.passings(run)
            shown = by_signal(self.evidence.table(run, "signals", SIGNALS), self.signals)
            begin_s, end_s = number(run, "begin_s"), number(run, "end_s")
            greens = {name: signal_greens(network, name, own) for name, own in shown.items()}
            self._streams[key] = {
                way: Stream(greens[way[0]][way[1:]], *own, begin_s, end_s)
                for way, own in passed.items()
                if way[1:] in greens.get(way[0], {})
            }
        return self._streams[key]


def passings(table: Table, signals: Sequence[str]) -> dict[Way, Passing]:
    """From the table `passages`, of some signals."""
    coded = [names(table[name]) for name in PASSAGES[:3]]
    wanted = [code for code, name in enumerate(coded[0].names) if name in set(signals)]
    rows = np.flatnonzero(np.isin(coded[0].codes, wanted))
    entered_s, left_s, delay_s = (np.asarray(table[name])[rows] for name in PASSAGES[3:])
    codes = np.column_stack([column.codes[rows] for column in coded])
    ways, place = np.unique(codes, axis=0, return_inverse=True)
    order = np.argsort(place.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(place.ravel(), minlength=len(ways)))
    found = {}
    for way, own in zip(ways.tolist(), np.split(order, ends[:-1]) if len(ways) else [], strict=True):
        signal, approach, leaves = (column.names[code] for column, code in zip(coded, way, strict=True))
        arrived_s = arrivals_s(entered_s[own], left_s[own], delay_s[own])
        found[signal, approach, leaves] = Passing(arrived_s, left_s[own])
    return found


def signal_greens(network: Network, signal: str, shown: Displayed) -> dict[tuple[str, str], Greens]:
    """By approach and exit, the greens of a signal's movements; of vehicles alone."""
    links: dict[tuple[str, str], list[int]] = defaultdict(list)
    for link, connections in network.signal_links.get(signal, {}).items():
        for connection in connections:
            if not network.is_pedestrian(connection):
                links[connection.from_edge, connection.to_edge].append(link)
    return {way: movement_greens(shown, own) for way, own in links.items()}


def movement_greens(shown: Displayed, links: Iterable[int]) -> Greens:
    """When any of the links was green."""
    return greens_of(shown.start_s, shown.duration_s, green_states(shown.letters, links)[shown.state])


def approach_names(approaches: Sequence[Mapping[str, object]]) -> dict[tuple[str, str], str]:
    """What approaches are called, by signal and edge."""
    return {(str(row["signal"]), str(row["approach"])): place(str(row["name"])) for row in approaches}

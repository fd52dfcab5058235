"""Waits at signalised crossings, from SUMO's log of persons and its lane data.

The log has a row for each person on the crossings of signals and on the walking areas at their ends, each 7 s. A person
who stands on an area waits for the crossing that it takes next: each such row is 7 s of waiting. Lane data, of these
edges alone, count everybody who enters a crossing; what they call waitingTime is less than the time stood.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from zhasyl.files.columns import Table, coded, names_of, numbers, present, texts
from zhasyl.measures import HALTING_SPEED_MPS, pedestrian_level_of_service
from zhasyl.sumo.outputs.log_times import EPSILON_S, LogTimes
from zhasyl.sumo.written import read_starts
from zhasyl.walks import Crossing

LOGGED = ("timestep_time", "person_id", "person_edge", "person_speed")
Floats = npt.NDArray[np.float64]


class Stay(NamedTuple):
    """A person's rows on one edge, one after the other, and how many of them standing."""

    edge: str
    standing: int


class Tally:
    """Of a crossing: how many walked it, and how long those who waited did, in seconds."""

    def __init__(self, walkers: int) -> None:
        self.walkers = walkers
        self.waits_s: list[float] = []

    @property
    def mean_s(self) -> float:
        """The mean wait of all walkers; NaN where nobody walks."""
        return sum(self.waits_s) / self.walkers if self.walkers else float("nan")

    @property
    def p95_s(self) -> float:
        """The 95th percentile over all walkers; NaN where nobody walks."""
        passing = max(self.walkers - len(self.waits_s), 0)
        every_s = np.append(self.waits_s, np.zeros(passing))
        return float(np.quantile(every_s, 0.95)) if len(every_s) else float("nan")


def crossings_table(log: Path, counts: Path, crossings: Sequence[Crossing], times: LogTimes) -> Table:
    """A row a crossing; nobody has a delay where nobody walks."""
    found = tallies(stays(log, crossings, times), crossings, read_walkers(counts), times.every_s)
    own = [found[crossing.id] for crossing in crossings]
    return Table({
        "signal": coded([one.signal for one in crossings]), "crossing": texts([one.id for one in crossings]),
        "name": texts([one.name for one in crossings]),
        "walkers": np.array([one.walkers for one in own], dtype=np.int64),
        "crossing_delay_s": np.array([one.mean_s for one in own], dtype=float).round(3),
        "crossing_delay_p95_s": np.array([one.p95_s for one in own], dtype=float).round(3),
        "los": texts([pedestrian_level_of_service(one.mean_s) for one in own]),
    })  # fmt: skip


def tallies(
    ways: Iterable[Sequence[Stay]], crossings: Sequence[Crossing], walkers: Mapping[str, int], every_s: float
) -> dict[str, Tally]:
    """By crossing, of the ways of persons over crossings and areas without a gap."""
    found = {one.id: Tally(walkers.get(one.id, 0)) for one in crossings}
    near: dict[str, list[Crossing]] = defaultdict(list)
    for one in crossings:
        for area in one.areas:
            near[area].append(one)
    unknown: dict[str, list[float]] = defaultdict(list)
    for way in ways:
        for stay, after in zip(way, [*(one.edge for one in way[1:]), ""], strict=True):
            if stay.standing and stay.edge not in found:
                taken = _taken(stay.edge, after, near[stay.edge])
                waits_s = found[taken].waits_s if taken else unknown[stay.edge]
                waits_s.append(stay.standing * every_s)
    for area, waits_s in unknown.items():
        most = max((found[one.id] for one in near[area]), key=lambda tally: tally.walkers)
        most.waits_s += waits_s
    return found


def _taken(area: str, after: str, near: Sequence[Crossing]) -> str:
    """Of the crossings near an area the one where the person is met next, or that leads there; '' if not known."""
    taken = [one.id for one in near if one.id == after or after in one.areas - {area}]
    return taken[0] if len(taken) == 1 else ""


def read_walkers(raw: Path) -> dict[str, int]:
    """How many entered each crossing and area in the period, from SUMO's lane data; none where nobody did."""
    edges, found = [""], dict[str, int]()

    def started(tag: str, told: dict[str, str]) -> None:
        if tag == "edge":
            edges[0] = told["id"]
        elif tag == "lane":
            found[edges[0]] = found.get(edges[0], 0) + int(told.get("entered", "0"))

    if raw.exists():
        read_starts(raw, started)
    return found


def stays(raw: Path, crossings: Sequence[Crossing], times: LogTimes) -> Iterator[list[Stay]]:
    """The ways of persons over these crossings and their areas, at the instants of the log."""
    wanted = {one.id for one in crossings}.union(*(one.areas for one in crossings))
    if not wanted or not raw.exists() or "person_id" not in pq.read_schema(raw).names:
        return
    with pq.ParquetFile(raw, read_dictionary=list(LOGGED[1:3])) as file:
        table = file.read(list(LOGGED)).unify_dictionaries().combine_chunks()
    if not len(table):
        return
    time_s, person, edge, speed_mps = (table[name].chunk(0) for name in LOGGED)
    there, time_s, standing = present(person), numbers(time_s), numbers(speed_mps) < HALTING_SPEED_MPS
    (person, _), (edge, names) = names_of(person), names_of(edge)
    near = np.array([name in wanted for name in names], dtype=bool)
    instant = times.instant(time_s)
    kept = there & (instant >= 0) & (instant < times.instants)
    kept &= np.abs(time_s - times.first_s - instant * times.every_s) < EPSILON_S * 1000
    rows = np.flatnonzero(kept)
    rows = rows[near[edge[rows]]]
    rows = rows[np.lexsort((instant[rows], person[rows]))]
    follows = (np.diff(person[rows]) == 0) & (np.diff(instant[rows]) == 1)
    for way in np.split(rows, np.flatnonzero(~follows) + 1):
        if len(way):
            runs = groupby(way.tolist(), key=edge.__getitem__)
            yield [Stay(names[place], int(standing[list(own)].sum())) for place, own in runs]

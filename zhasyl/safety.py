"""An independent check of the signal states SUMO showed.

It knows nothing of stages, the sequencer or the controllers, and shares the parser of the net file with them, no more:
from the network it works out itself which links conflict, who gives way, where pedestrians cross and how far. It reads
states from the run's record and names every

conflict                 two conflicting links that may go at once although neither gives way; 's' stops first and gives
                         way where the network has it so, as 'g' does
turn on red after stop   a link that may go after a stop ('s') and is no turn
yellow too short         a road link that goes from green to red without its yellow, or with a shorter one
green too short          a road link's green shorter than its minimum (that of the pedestrian walk for crossings)
pedestrian clearance too short   a conflicting link green sooner after a pedestrian green than a pedestrian needs
all-red too short        a road link green sooner after the green of a conflicting one than yellow and all-red last; not
                         looked for without an all-red

Nothing is done a second: a signal's rows, one a change of state, are judged together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from zhasyl.network import Connection, Network

EPSILON_S = 1e-6
ON_FOOT = frozenset({"crossing", "walkingarea"})
RED, GREEN, YELLOW = range(3)

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Places = Mapping[Connection, tuple[str, int]]


@dataclass(frozen=True)
class Limits:
    """What has to be kept, in seconds."""

    yellow_s: float
    min_green_s: float
    walk_s: float = 0.0
    walking_speed_mps: float = 0.0
    all_red_s: float = 0.0


class Shown(Protocol):
    """A `signals` table by the names of its columns: of Arrow, or of pandas."""

    def __getitem__(self, name: str, /) -> Any: ...


class Violation(NamedTuple):
    """One broken rule."""

    signal: str
    time_s: float
    rule: str
    detail: str


def violations(network: Network, shown: Shown, limits: Limits | Mapping[str, Limits]) -> list[Violation]:
    """Every rule broken in a `signals` table (signal, start_s, duration_s, state), in order of time.

    `limits` are of every signal, or by signal. The first and last indication of each link are cut by the period's ends
    and not timed. A signal that the network does not know, or that has no limits, is not judged.
    """
    found: list[Violation] = []
    places = _places(network)
    for signal, rows in _by_signal(network, shown):
        own = limits if isinstance(limits, Limits) else limits.get(signal)
        if own is not None:
            links = _links(network, places, network.signal_links[signal])
            found.extend(_Check(signal, links, rows, own).run())
    return sorted(found, key=lambda violation: (violation.time_s, violation.signal))


def signal_seconds(network: Network, shown: Shown) -> float:
    """Over how long `violations` judges a `signals` table, summed over the signals."""
    return float(sum(rows.duration_s.sum() for _, rows in _by_signal(network, shown)))


class _Rows(NamedTuple):
    """One signal's rows of a `signals` table."""

    start_s: Floats
    duration_s: Floats
    state: npt.NDArray[np.str_]


def _by_signal(network: Network, shown: Shown) -> Iterator[tuple[str, _Rows]]:
    """The rows of each signal that the network knows, signals by name, rows as the table has them."""
    signal = np.asarray(shown["signal"], dtype=str)
    start_s, duration_s = (np.asarray(shown[name], dtype=float) for name in ("start_s", "duration_s"))
    state = np.asarray(shown["state"], dtype=str)
    names, code = np.unique(signal, return_inverse=True)
    order = np.argsort(code, kind="stable")
    for name, rows in zip(names.tolist(), np.split(order, np.cumsum(np.bincount(code))[:-1]), strict=False):
        if name in network.signal_links:
            yield name, _Rows(start_s[rows], duration_s[rows], state[rows])


@dataclass(frozen=True)
class _Links:
    """What the network says of a signal's links, by link index.

    foes          [i, j]: do they cross or merge?
    yields        [i, j]: does i then give way to j?
    crossing_m    the length of a pedestrian crossing, else 0
    """

    foes: Bools
    yields: Bools
    crossing: Bools
    crossing_m: Floats
    straight: Bools
    known: Bools


def _places(network: Network) -> Places:
    """Where each connection stands in the tables of its junction: as SUMO counts them, lane by lane as they come in,
    and then the crossings, where the junction lists them among its inner lanes."""
    leaving: dict[str, list[Connection]] = defaultdict(list)
    onto: dict[str, list[Connection]] = defaultdict(list)
    for connection in network.connections:
        if not _on_foot(network, connection):
            leaving[f"{connection.from_edge}_{connection.from_lane}"].append(connection)
        elif connection.signal:
            onto[f"{connection.to_edge}_{connection.to_lane}"].append(connection)
    found: dict[Connection, tuple[str, int]] = {}
    for junction in network.junctions.values():
        coming = [connection for lane in junction.incoming_lanes for connection in leaving.get(lane, ())]
        found.update((connection, (junction.id, index)) for index, connection in enumerate(coming))
        for index, lane in enumerate(junction.internal_lanes):
            found.update((connection, (junction.id, index)) for connection in onto.get(lane, ()))
    return found


def _on_foot(network: Network, connection: Connection) -> bool:
    edges = network.edges
    return edges[connection.from_edge].function in ON_FOOT or edges[connection.to_edge].function in ON_FOOT


def _links(network: Network, places: Places, links: Mapping[int, tuple[Connection, ...]]) -> _Links:
    size = max(links) + 1
    walks = {link for link, connections in links.items() if all(_on_foot(network, c) for c in connections)}
    turns = {link for link, connections in links.items() if all(c.is_turn for c in connections)} - walks
    foes, yields = _rights_of_way(network, places, links, size)
    crossing_m = np.zeros(size)
    for link in walks:
        crossing_m[link] = max(_crossing_m(network, connection) for connection in links[link])
    straight = _marked(size, links.keys() - turns)
    return _Links(foes, yields, _marked(size, walks), crossing_m, straight, _marked(size, links))


def _crossing_m(network: Network, connection: Connection) -> float:
    edge = network.edges[connection.to_edge]
    return edge.length_m if edge.function == "crossing" else 0.0


def _rights_of_way(
    network: Network, places: Places, links: Mapping[int, tuple[Connection, ...]], size: int
) -> tuple[Bools, Bools]:
    """Who conflicts with whom, either way round, and who then gives way."""
    foes, yields = np.zeros((2, size, size), dtype=bool)
    at: dict[tuple[str, int], set[int]] = defaultdict(set)
    for link, connections in links.items():
        for connection in connections:
            if connection in places:
                at[places[connection]].add(link)
    for (name, place), mine in at.items():
        for table, of_junction in ((foes, network.junctions[name].foes), (yields, network.junctions[name].response)):
            for other in of_junction[place] if place < len(of_junction) else ():
                for link, foe in product(mine, at.get((name, other), ())):
                    table[link, foe] = True
    foes |= foes.T
    np.fill_diagonal(foes, False)
    return foes, foes & yields


def _marked(size: int, links: Iterable[int]) -> Bools:
    found = np.zeros(size, dtype=bool)
    found[list(links)] = True
    return found


def _table(letters: str, value: int = 1) -> npt.NDArray[np.uint8]:
    found = np.zeros(256, dtype=np.uint8)
    found[[ord(letter) for letter in letters]] = value
    return found


COLOUR = _table("Gg", GREEN) + _table("yY", YELLOW)  # anything else is red
GIVING_WAY = _table("gs").astype(bool)
GOING = _table("Ggs").astype(bool)
STOP_AND_GO = ord("s")


class _Check:
    """One signal's rows of a table."""

    def __init__(self, signal: str, links: _Links, rows: _Rows, limits: Limits) -> None:
        self._signal, self._links, self._limits = signal, links, limits
        self._start_s = rows.start_s
        self._end_s = rows.start_s + rows.duration_s
        self._states, self._code = np.unique(rows.state, return_inverse=True)
        size = len(links.known)
        text = "".join(f"{state:r<{size}}"[:size] for state in self._states)
        self._letters = np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8).reshape(-1, size)

    def run(self) -> Iterator[Violation]:
        yield from self._conflicts()
        yield from self._stops()
        colour = COLOUR[self._letters][self._code]
        link, row, last_row, last = _runs(colour)
        shown = colour[row, link]
        after = np.append(shown[1:], RED)  # of the same link, unless it is the last one
        seconds = self._end_s[last_row] - self._start_s[row]
        timed = self._links.known[link] & (row > 0) & ~last
        walk, limits = self._links.crossing[link], self._limits
        for least_s, who, word in ((limits.min_green_s, ~walk, "link"), (limits.walk_s, walk, "walk")):
            for k in np.flatnonzero(timed & who & (shown == GREEN) & (seconds < least_s - EPSILON_S)):
                yield self._at(row[k], "green too short", f"{word} {link[k]} is green for {seconds[k]:g} s")
        road = self._links.known[link] & ~walk & ~last & (after == RED)
        for k in np.flatnonzero(road & (row > 0) & (shown == YELLOW) & (seconds < limits.yellow_s - EPSILON_S)):
            yield self._at(row[k], "yellow too short", f"link {link[k]} is yellow for {seconds[k]:g} s")
        for k in np.flatnonzero(road & (shown == GREEN)):
            yield self._at(last_row[k] + 1, "yellow too short", f"link {link[k]} goes from green to red")
        green = ~walk & (shown == GREEN) & (row > 0)
        yield from self._clearances(colour == GREEN, link[green], row[green])

    def _conflicts(self) -> Iterator[Violation]:
        one, other = np.nonzero(np.triu(self._links.foes))
        going, giving, yields = GOING[self._letters], GIVING_WAY[self._letters], self._links.yields
        safe = giving[:, one] & yields[one, other] | giving[:, other] & yields[other, one]
        unsafe = going[:, one] & going[:, other] & ~safe
        for row, pair in zip(*self._where(unsafe), strict=True):
            state = self._states[self._code[row]]
            yield self._at(row, "conflict", f"links {one[pair]} and {other[pair]} are green in '{state}'")

    def _stops(self) -> Iterator[Violation]:
        for row, link in zip(*self._where((self._letters == STOP_AND_GO) & self._links.straight), strict=True):
            state = self._states[self._code[row]]
            yield self._at(row, "turn on red after stop", f"link {link} is no turn in '{state}'")

    def _where(self, of_states: Bools) -> tuple[Ints, Ints]:
        """Rows and columns where something is true, said of each state."""
        if not of_states.any():
            return np.zeros((2, 0), dtype=np.int64)[0], np.zeros(0, dtype=np.int64)
        rows, columns = np.nonzero(of_states[self._code])
        return rows, columns

    def _clearances(self, green: Bools, link: Ints, row: Ints) -> Iterator[Violation]:
        """Whether a road link's green, from a row on, leaves those that it conflicts with the time to clear."""
        links, limits = self._links, self._limits
        walking_s = links.crossing_m / limits.walking_speed_mps if limits.walking_speed_mps else 0.0 * links.crossing_m
        needed_s = np.where(links.crossing, walking_s, limits.yellow_s + limits.all_red_s if limits.all_red_s else 0.0)
        ended = np.full(green.shape, -np.inf)
        ended[1:] = np.where(green[:-1] & ~green[1:], self._end_s[:-1, None], -np.inf)
        gap_s = self._start_s[row, None] - np.maximum.accumulate(ended)[row]
        for k, other in zip(*np.nonzero(links.foes[link] & (gap_s < needed_s - EPSILON_S)), strict=True):
            rule, who = (
                ("pedestrian clearance too short", "walk") if links.crossing[other] else ("all-red too short", "link")
            )
            said = f"link {link[k]} is green {gap_s[k, other]:g} s after {who} {other}, not {needed_s[other]:.3g} s"
            yield self._at(row[k], rule, said)

    def _at(self, row: int, rule: str, detail: str) -> Violation:
        return Violation(self._signal, float(self._start_s[row]), rule, detail)


def _runs(colour: npt.NDArray[np.uint8]) -> tuple[Ints, Ints, Ints, Bools]:
    """Unbroken indications, link by link in order of time: link, first row, last row, and is it the link's last?"""
    begins = np.ones(colour.T.shape, dtype=bool)
    begins[:, 1:] = (colour[1:] != colour[:-1]).T
    link, row = np.nonzero(begins)
    last = np.append(link[1:] != link[:-1], True)
    return link, row, np.where(last, len(colour), np.append(row[1:], 0)) - 1, last

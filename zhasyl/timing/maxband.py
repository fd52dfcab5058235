"""Offsets that let platoons pass a row of signals on green, both ways: MAXBAND and MULTIBAND. A pure function.

Sources: J. D. C. Little, M. D. Kelson, N. H. Gartner, MAXBAND: a program for setting signals on arteries and triangular
networks, Transportation Research Record 795 (1981) 40-46. N. H. Gartner, S. F. Assmann, F. Lasaga, D. L. Hou, A
multi-band approach to arterial traffic signal optimization, Transportation Research B 25 (1991) 55-74.

maxband     one band through all signals
multiband   a band of its own on each stretch, about a centre line that runs through

The programme maximises the sum of the bands, in shares of the cycle, by weight; the lighter direction's band is at
least its share of the heavier one's, as in both papers. Queues are cleared within the green before the band; Little
shifts the band instead, whose tail may then meet red.

Of several answers it takes the one whose narrower bands are widest, then whose bands lie nearest the middle of their
greens and whose cycle is shortest; what is then left is up to HiGHS, which is deterministic. Where both directions
together have no band, or hardly any (see LONE_GAIN), the heavier one gets its own.
"""

from typing import Any, Literal

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.errors import SignalError
from zhasyl.timing.progression import Band, Direction, Progression

QUIET = {"presolve": False}  # with it, HiGHS may print a line of its own however silent it is told to be
Method = Literal["maxband", "multiband"]

NODE_LIMIT = 20_000  # of branch and bound: the best answer so far is taken, the same on any machine
TIME_LIMIT_S = 120.0  # a guard against hanging; an answer that depends on the machine's speed is refused
LONE_GAIN = 1.5  # the heavier direction is served alone if its bands are worth so much more than both directions'
TOLERANCE = 1e-6  # of a cycle
NARROWER_WEIGHT = 100.0  # in ties: above what the middle of the greens and the cycle can add up to


def best_progression(
    outbound: Direction, inbound: Direction, min_cycle_s: float, max_cycle_s: float, method: Method = "maxband"
) -> Progression:
    """Cycle and offsets of the widest bands. At each stretch the outbound direction must have traffic.

    Raises SignalError for directions that do not fit together, a cycle out of range, or a row of signals that the
    solver does not finish in TIME_LIMIT_S.
    """
    _check(outbound, inbound, min_cycle_s, max_cycle_s)
    if method == "maxband" and not inbound.whole:
        inbound = inbound.emptied()
    lone = (outbound, inbound.emptied())
    if inbound.whole and inbound.weight > outbound.weight:
        lone = (outbound.emptied(), inbound)
    both, one = (_Programme(ways, min_cycle_s, max_cycle_s, method).solve() for ways in ((outbound, inbound), lone))
    if both and not (one and one.worth(outbound, inbound) > LONE_GAIN * both.worth(outbound, inbound)):
        return both
    if one:
        return one
    raise SignalError(
        f"{len(outbound.windows)} signals have no band even one way; their shortest green is "
        f"{min(window.length for window in outbound.windows):.2f} of the cycle, shorten the queue clearance"
    )


def _check(outbound: Direction, inbound: Direction, min_cycle_s: float, max_cycle_s: float) -> None:
    count = len(outbound.windows)
    sizes = {count, len(inbound.windows), len(outbound.stretches) + 1, len(inbound.stretches) + 1}
    if count < 2 or sizes != {count} or not outbound.whole:
        raise SignalError(f"{count} signals: each direction needs a window a signal and a stretch between two of them")
    if not 0 < min_cycle_s <= max_cycle_s:
        raise SignalError(f"the cycle cannot be {min_cycle_s:g} to {max_cycle_s:g} s; give 0 < shortest <= longest")
    for direction in (outbound, inbound):
        for index, stretch in enumerate(direction.stretches):
            if stretch and not all(window.length for window in direction.windows[index : index + 2]):
                raise SignalError(f"stretch {index + 1} has traffic, but a signal at its end has no green for it")


class _Programme:
    """The mixed-integer linear programme of two directions.

    Columns: z = shortest cycle / cycle; and by direction: band of each stretch (one column for all with MAXBAND), wait
    from a green's start to the band's centre, travel time of each stretch, how far wait is off the green's middle;
    then the narrower of each stretch's two bands, and the integers of the loops. All but z in cycles.
    """

    def __init__(
        self, directions: tuple[Direction, Direction], min_cycle_s: float, max_cycle_s: float, method: Method
    ) -> None:
        self.directions, self.method = directions, method
        self.signals = len(directions[0].windows)
        stretches = self.signals - 1
        sizes = [1, *[stretches, self.signals, stretches, self.signals] * 2, stretches, stretches]
        starts = np.cumsum([0, *sizes])
        columns = [np.arange(start, start + size) for start, size in zip(starts, sizes, strict=False)]
        self.z = 0
        self.band, self.wait, self.travel, self.off = ([columns[1 + i], columns[5 + i]] for i in range(4))
        self.narrower, self.loop = columns[9:]
        if method == "maxband":
            self.band = [np.full(stretches, own[0]) for own in self.band]
            self.narrower = np.full(stretches, self.narrower[0])
        self.low, self.high = np.zeros(starts[-1]), np.ones(starts[-1])
        self.shortest_s = min_cycle_s
        self.low[self.z] = min_cycle_s / max_cycle_s
        self.rows: list[FloatArray] = []
        self.row_low: list[float] = []
        self.row_high: list[float] = []
        for way in (0, 1):
            self._add_direction(way)
        for index in range(stretches):
            self._add_loop(index)
            self._add_share(index)

    def solve(self) -> Progression | None:
        """The best progression; None if there is none or all its bands are zero."""
        cost = np.zeros(len(self.low))
        for way, direction in enumerate(self.directions):
            for column, stretch in zip(self.band[way], direction.stretches, strict=True):
                cost[column] -= stretch.weight if stretch else 0.0
        cost /= -cost.sum()
        best = self._milp(cost)
        if best is None or cost @ best > -TOLERANCE:
            return None
        self._row(dict(enumerate(cost)), high=float(cost @ best) + TOLERANCE)
        near = np.zeros(len(self.low))
        near[np.concatenate(self.off)] = 1.0
        near[self.z] = -1.0
        near[self.narrower] = -NARROWER_WEIGHT
        found = self._milp(near)
        return self._read(best if found is None else found)

    def _milp(self, cost: FloatArray) -> FloatArray | None:
        from scipy.optimize import Bounds, LinearConstraint, milp  # takes long to import, and a page needs none

        integrality = np.zeros(len(cost))
        integrality[self.loop] = 1
        answer: Any = milp(
            cost,
            integrality=integrality,
            bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(np.array(self.rows), self.row_low, self.row_high),
            options={"node_limit": NODE_LIMIT, "time_limit": TIME_LIMIT_S, "mip_rel_gap": TOLERANCE, **QUIET},
        )
        if answer.status == 1 and (answer.x is None or answer.mip_node_count < NODE_LIMIT):
            raise SignalError(
                f"a row of {self.signals} signals has no answer after {TIME_LIMIT_S:g} s; coordinate fewer in one row"
            )
        return None if answer.x is None else np.asarray(answer.x, dtype=float)

    def _row(self, terms: dict[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        row = np.zeros(len(self.low))
        for column, factor in terms.items():
            row[column] += factor
        self.rows.append(row)
        self.row_low.append(low)
        self.row_high.append(high)

    def _add_direction(self, way: int) -> None:
        direction = self.directions[way]
        for index, stretch in enumerate(direction.stretches):
            band, travel = int(self.band[way][index]), int(self.travel[way][index])
            if stretch is None:
                self.high[band] = self.high[travel] = 0.0
                continue
            self.high[travel] = np.inf
            self._row({travel: 1.0, self.z: -stretch.length_m / stretch.fastest_mps / self.shortest_s}, low=0.0)
            self._row({travel: 1.0, self.z: -stretch.length_m / stretch.slowest_mps / self.shortest_s}, high=0.0)
            for signal in (index, index + 1):
                self._add_window(way, signal, band)
        for signal in range(self.signals):
            self._add_distance(way, signal)

    def _add_window(self, way: int, signal: int, band: int) -> None:
        """The band lies within the green, after the queue that the stretch before the signal leaves."""
        wait = int(self.wait[way][signal])
        self._row({wait: 1.0, band: 0.5}, high=self.directions[way].windows[signal].length)
        self._row({wait: 1.0, band: -0.5, self.z: -self._clearance(way, signal)}, low=0.0)

    def _add_distance(self, way: int, signal: int) -> None:
        window, wait, off = self.directions[way].windows[signal], self.wait[way][signal], self.off[way][signal]
        if not self._used(way, signal):
            self.high[wait] = self.high[off] = 0.0
            return
        middle = {int(wait): 1.0, self.z: -self._clearance(way, signal) / 2}
        self._row({**middle, int(off): 1.0}, low=window.length / 2)
        self._row({**middle, int(off): -1.0}, high=window.length / 2)

    def _used(self, way: int, signal: int) -> bool:
        return any(self.directions[way].stretches[max(0, signal - 1) : signal + 1])

    def _clearance(self, way: int, signal: int) -> float:
        """Of the stretch that leads to the signal in this direction, in shortest cycles."""
        before = signal - 1 if way == 0 else signal
        stretch = self.directions[way].stretches[before] if 0 <= before < self.signals - 1 else None
        return stretch.clearance_s / self.shortest_s if stretch else 0.0

    def _start(self, way: int, signal: int) -> float:
        return self.directions[way].windows[signal].start

    def _add_loop(self, index: int) -> None:
        """The difference of two neighbours' offsets is the same both ways, but for whole cycles."""
        if not all(direction.stretches[index] for direction in self.directions):
            self.low[self.loop[index]] = self.high[self.loop[index]] = 0.0
            return
        terms, constant = {int(self.loop[index]): -1.0}, 0.0
        for way, sign in ((0, 1.0), (1, -1.0)):
            terms[int(self.wait[way][index])] = sign
            terms[int(self.wait[way][index + 1])] = -sign
            terms[int(self.travel[way][index])] = 1.0
            constant += sign * (self._start(way, index) - self._start(way, index + 1))
        self.low[self.loop[index]], self.high[self.loop[index]] = -np.inf, np.inf
        self._row(terms, low=-constant, high=-constant)

    def _add_share(self, index: int) -> None:
        """The lighter direction's band is at least its share of the heavier one's; which is the narrower one."""
        bands = [int(own[index]) for own in self.band]
        for band in bands:
            self._row({band: 1.0, int(self.narrower[index]): -1.0}, low=0.0)
        weights = [self._weight(way, index) for way in (0, 1)]
        heavy, light = (0, 1) if weights[0] > weights[1] else (1, 0)
        if 0 < weights[light] < weights[heavy]:
            self._row({bands[light]: 1.0, bands[heavy]: -weights[light] / weights[heavy]}, low=0.0)

    def _weight(self, way: int, index: int) -> float:
        if self.method == "maxband":
            return self.directions[way].weight
        stretch = self.directions[way].stretches[index]
        return stretch.weight if stretch else 0.0

    def _read(self, x: FloatArray) -> Progression:
        cycle_s = float(self.shortest_s / x[self.z])
        steps = [self._offset_step(x, index) for index in range(self.signals - 1)]
        offsets = np.concatenate([[0.0], np.cumsum(steps)])
        bands = [self._read_band(x, way, offsets, cycle_s) for way in (0, 1)]
        offsets_s = tuple(float(offset) for offset in offsets * cycle_s % cycle_s)
        return Progression(cycle_s, offsets_s, *bands)

    def _offset_step(self, x: FloatArray, index: int) -> float:
        way, sign = (0, 1.0) if self.directions[0].stretches[index] else (1, -1.0)
        here, there = (self._start(way, signal) + x[self.wait[way][signal]] for signal in (index, index + 1))
        return float(here - there + sign * x[self.travel[way][index]])

    def _read_band(self, x: FloatArray, way: int, offsets: FloatArray, cycle_s: float) -> Band:
        green = [offsets[signal] + self._start(way, signal) for signal in range(self.signals)]
        centres = [
            float(start + x[wait]) if self._used(way, signal) else None
            for signal, (start, wait) in enumerate(zip(green, self.wait[way], strict=True))
        ]
        order = range(self.signals - 1) if way == 0 else range(self.signals - 2, -1, -1)
        for index in order:
            first, second = (index, index + 1) if way == 0 else (index + 1, index)
            before = centres[first]
            if before is not None and self.directions[way].stretches[index]:
                centres[second] = before + float(x[self.travel[way][index]])
        widths_s = tuple(max(0.0, float(x[column] * cycle_s)) for column in self.band[way])
        return Band(widths_s, tuple(None if centre is None else centre * cycle_s for centre in centres))

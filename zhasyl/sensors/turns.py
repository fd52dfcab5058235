"""Which way the vehicles of shared lanes have turned: each that an exit's zone counts in is one that has left a lane.

An exit's zone does not know where a vehicle comes from. It may be any of those that have left a stop-line zone with a
way to this exit within `CROSSING_S`, the more likely the larger the share of the lane's vehicles that go there; each
shared lane learns by that probability (N. L. Nihan, G. A. Davis, Application of prediction-error minimization and
maximum likelihood to estimate intersection O-D matrices from traffic counts, Transportation Science 23 (1989) 77-90:
the expectation step, taken vehicle by vehicle).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from zhasyl.sensors.loop_lane import LoopLane

CROSSING_S = (1.0, 8.0)  # from the stop line to the exit's zone


class _Way(NamedTuple):
    lane: LoopLane
    turn: int  # place in the lane's movements


class Turns:
    """Teaches lanes their shares by who comes into the zones of exits; `exits` is the exit of each movement."""

    def __init__(self, lanes: Iterable[LoopLane], exits: Mapping[int, str]) -> None:
        self._ways: dict[str, list[_Way]] = {}
        self._on_exit: dict[str, frozenset[str]] = {}
        for lane in lanes:
            for turn, movement in enumerate(lane.movements):
                self._ways.setdefault(exits[movement], []).append(_Way(lane, turn))
        self._taught = {edge for edge, ways in self._ways.items() if any(len(way.lane.movements) > 1 for way in ways)}

    def count_exit(self, edge: str, inside: Iterable[str], time_s: float) -> None:
        """The zone of an exit now holds these: who is new has come from a lane."""
        if edge in self._taught:
            before, now = self._on_exit.get(edge), frozenset(inside)
            self._on_exit[edge] = now
            for _ in now - before if before is not None else ():
                self._teach(edge, time_s)

    def _teach(self, edge: str, time_s: float) -> None:
        likely = [(way, way.lane.turns.shares()[way.turn] * _crossing(way.lane, time_s)) for way in self._ways[edge]]
        total = sum(weight for _, weight in likely)
        for way, weight in likely:
            if weight > 0 and len(way.lane.movements) > 1:
                way.lane.turns.saw(way.turn, weight / total)


def _crossing(lane: LoopLane, time_s: float) -> int:
    """How many have left a lane that may be at an exit now."""
    soonest_s, latest_s = CROSSING_S
    return sum(soonest_s <= time_s - left_s <= latest_s for left_s in lane.crossing)

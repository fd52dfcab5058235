"""The lanes on the way to the stop lines of a signal, as far as its loops reach, and where they lead to."""

from collections import deque

from zhasyl.network import Network
from zhasyl.sensors.loop_lane import LoopLane
from zhasyl.sensors.shares import Shares


class Way:
    """A lane on the way to the stop line of one approach lane or several."""

    def __init__(self, lane: str, leads_to: list[tuple[LoopLane, float]]) -> None:
        self.id = lane
        self._leads_to = leads_to
        self._shares = Shares([1.0] * len(leads_to))
        self.nearest_m = min(start_m for _, start_m in leads_to)
        self.watched_m = max(lane.advance_m for lane, _ in leads_to)
        self.lanes = [lane for lane, _ in leads_to]

    def lead(self, known: LoopLane | None) -> tuple[LoopLane, float]:
        """The approach lane a vehicle is given to, the one it is `known` on if that is possible, and the way there."""
        for lane, start_m in self._leads_to:
            if lane is known or len(self._leads_to) == 1:
                return lane, start_m
        return self._leads_to[self._shares.next()]

    def learn(self, lane: LoopLane) -> None:
        """Somebody has come into the zone of a lane."""
        for place, (other, _) in enumerate(self._leads_to):
            if other is lane:
                self._shares.saw(place)


def upstream_lanes(network: Network, edge: str, number: int, reach_m: float) -> dict[str, float]:
    """Lane → metres from its start to the stop line of lane `number` of an approach, within reach.

    Goes upstream through connections that no signal controls, over the lanes inside junctions too.
    """
    reached: dict[str, float] = {}
    queue = deque([(edge, number, 0.0)])
    while queue:
        edge, number, end_m = queue.popleft()
        lane, start_m = network.edges[edge].lanes[number], end_m + network.edges[edge].length_m
        if start_m >= reached.get(lane, float("inf")):
            continue
        reached[lane] = start_m
        if start_m < reach_m:
            for c in network.incoming.get(edge, ()):
                if c.to_lane == number and not c.signal:
                    inner_m = start_m
                    for inner in reversed(network.lanes_inside(c)):
                        inner_m = reached[inner] = inner_m + network.internal_lengths_m.get(inner, 0.0)
                    queue.append((c.from_edge, c.from_lane, inner_m))
    return reached

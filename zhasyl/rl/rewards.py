"""Rewards by name, from the simulation itself, whatever the sensor. A reward is of the time since the agent's last one.

queue      minus the vehicles that stand on the signal's approaches, times the seconds passed [veh·s]
pressure   minus the difference between the vehicles on its approaches and on its exits, times the seconds [veh·s];
           H. Wei et al., PressLight, KDD 2019
wait       the time for which vehicles that stand on its approaches have stood, before less now [s]
delay      minus the delay that vehicles gained (zhasyl.measures: time loss and waiting for entry) [s], of trips planned
           in the measured period. Each vehicle's goes to the agent that it is on the way to, through junctions without
           a signal, or else has last been; what it gains before, or outside, is shared by all alike. The sum of all
           rewards of an episode is minus its `delay_s` times its `loaded_veh`
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from zhasyl.measures import Period
from zhasyl.network import Network
from zhasyl.sensors import upstream_edges
from zhasyl.signals import Signal

KEPT_S = "1000"  # longer than SUMO ever runs without coming back
EPSILON_S = 1e-6


class Metered(Protocol):
    """What rewards are read from. Times in seconds."""

    def halted(self, edge: str) -> int: ...
    def count(self, edge: str) -> int: ...
    def standing_s(self, edge: str) -> float: ...
    def under_way(self) -> Sequence[str]: ...
    def arrived(self) -> Sequence[str]: ...
    def outside(self) -> Sequence[str]: ...
    def edge(self, vehicle: str) -> str: ...
    def time_loss_s(self, vehicle: str) -> float: ...
    def entry_delay_s(self, vehicle: str) -> float: ...
    def departed_s(self, vehicle: str) -> float: ...


class Meter(ABC):
    """Reads the rewards of all agents."""

    options: tuple[str, ...] = ()  # that SUMO has to be given

    def __init__(self, simulation: Metered, network: Network, signals: Sequence[Signal], period: Period) -> None:
        self._simulation, self._network, self._period = simulation, network, period
        self._approaches = [sorted({m.from_edge for m in signal.movements}) for signal in signals]
        self._exits = [sorted({m.to_edge for m in signal.movements}) for signal in signals]

    def stepped(self) -> None:  # noqa: B027 - most have nothing to do
        """SUMO has stepped."""

    @abstractmethod
    def read(self, time_s: float, elapsed_s: float) -> list[float]:
        """The reward of each agent since the last reading, `elapsed_s` ago."""


class NoReward(Meter):
    """The user's own function says it."""

    def read(self, time_s: float, elapsed_s: float) -> list[float]:
        return [0.0] * len(self._approaches)


class Queue(Meter):
    """Who stands on the approaches."""

    def read(self, time_s: float, elapsed_s: float) -> list[float]:
        halted = self._simulation.halted
        return [-elapsed_s * sum(map(halted, edges)) for edges in self._approaches]


class Pressure(Meter):
    """More on the approaches than on the exits, or fewer."""

    def read(self, time_s: float, elapsed_s: float) -> list[float]:
        count, ways = self._simulation.count, zip(self._approaches, self._exits, strict=True)
        return [-elapsed_s * abs(sum(map(count, before)) - sum(map(count, after))) for before, after in ways]


class Wait(Meter):
    """How much shorter those who stand have stood."""

    _before_s: Sequence[float] | None = None

    def read(self, time_s: float, elapsed_s: float) -> list[float]:
        standing_s = self._simulation.standing_s
        now_s = [float(sum(map(standing_s, edges))) for edges in self._approaches]
        before_s, self._before_s = self._before_s or [0.0] * len(now_s), now_s
        return [before - now for before, now in zip(before_s, now_s, strict=True)]


class Delay(Meter):
    """What each vehicle has lost more than when it was last looked at."""

    options = ("--keep-after-arrival", KEPT_S)  # who has arrived can still be asked for its last seconds

    def __init__(self, simulation: Metered, network: Network, signals: Sequence[Signal], period: Period) -> None:
        super().__init__(simulation, network, signals, period)
        self._agent_of = self._nearest()
        self._agent: dict[str, int] = {}  # of a vehicle: the last one that it met
        self._entry_s: dict[str, float | None] = {}  # of who is in: what its entry took; None: its trip does not count
        self._known_s: dict[str, float] = {}
        self._gained_s = [0.0] * len(signals)
        self._shared_s = 0.0

    def _nearest(self) -> dict[str, int]:
        """Edge → the agent ahead of it."""
        found: dict[str, tuple[float, int]] = {}
        for agent, approaches in enumerate(self._approaches):
            for edge, _, distance_m in upstream_edges(self._network, set(approaches), math.inf):
                found[edge] = min(found.get(edge, (math.inf, 0)), (distance_m, agent))
        return {edge: agent for edge, (_, agent) in found.items()}

    def stepped(self) -> None:
        for vehicle in self._simulation.arrived():
            self._look_at(vehicle)
            for kept in (self._agent, self._entry_s, self._known_s):
                kept.pop(vehicle, None)

    def read(self, time_s: float, elapsed_s: float) -> list[float]:
        edge, agent_of = self._simulation.edge, self._agent_of
        for vehicle in self._simulation.under_way():
            ahead = agent_of.get(edge(vehicle))
            if ahead is not None:
                self._agent[vehicle] = ahead
            self._look_at(vehicle)
        for vehicle in self._simulation.outside():
            delay_s = self._simulation.entry_delay_s(vehicle)
            if time_s - delay_s >= self._period.begin_s - EPSILON_S:
                self._shared_s += delay_s - self._known_s.get(vehicle, 0.0)
                self._known_s[vehicle] = delay_s
        shared_s, self._shared_s = self._shared_s / len(self._gained_s), 0.0
        gained_s, self._gained_s = self._gained_s, [0.0] * len(self._gained_s)
        return [-(own_s + shared_s) for own_s in gained_s]

    def _look_at(self, vehicle: str) -> None:
        if vehicle not in self._entry_s:
            delay_s = self._simulation.entry_delay_s(vehicle)
            counts = self._simulation.departed_s(vehicle) - delay_s >= self._period.begin_s - EPSILON_S
            self._entry_s[vehicle] = delay_s if counts else None
        entry_s = self._entry_s[vehicle]
        if entry_s is None:
            return
        total_s = self._simulation.time_loss_s(vehicle) + entry_s
        more_s = total_s - self._known_s.get(vehicle, 0.0)
        self._known_s[vehicle] = total_s
        agent = self._agent.get(vehicle)
        if agent is None:
            self._shared_s += more_s
        else:
            self._gained_s[agent] += more_s


REWARDS: dict[str, type[Meter]] = {"delay": Delay, "pressure": Pressure, "queue": Queue, "wait": Wait}

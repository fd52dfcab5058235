"""Rewards by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from tests.fakes import crossroads
from zhasyl.measures import Period
from zhasyl.network import Network
from zhasyl.rl import rewards
from zhasyl.rl.rewards import Delay, Pressure, Queue, Wait

SIGNAL = crossroads()  # approaches and exits n, s, w, e


@dataclass
class Road:
    """Numbers by edge and vehicle, put by hand."""

    by_edge: dict[str, float] = field(default_factory=dict)
    lost_s: dict[str, float] = field(default_factory=dict)
    waited_s: dict[str, float] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    gone: Sequence[str] = ()
    waiting: Sequence[str] = ()
    entered_s: float = 100.0

    def halted(self, edge: str) -> int:
        return int(self.by_edge.get(edge, 0))

    def count(self, edge: str) -> int:
        return self.halted(edge)

    def standing_s(self, edge: str) -> float:
        return self.by_edge.get(edge, 0.0)

    def under_way(self) -> Sequence[str]:
        return list(self.where)

    def arrived(self) -> Sequence[str]:
        return self.gone

    def outside(self) -> Sequence[str]:
        return self.waiting

    def edge(self, vehicle: str) -> str:
        return self.where[vehicle]

    def time_loss_s(self, vehicle: str) -> float:
        return self.lost_s[vehicle]

    def entry_delay_s(self, vehicle: str) -> float:
        return self.waited_s.get(vehicle, 0.0)

    def departed_s(self, vehicle: str) -> float:
        return self.entered_s


def test_queue_and_pressure_count_vehicle_seconds() -> None:
    road = Road({"n": 2, "w": 3})
    period = Period(0.0, 600.0)
    assert Queue(road, cast(Network, None), [SIGNAL], period).read(10.0, 5.0) == [-25.0]
    assert Pressure(road, cast(Network, None), [SIGNAL], period).read(10.0, 5.0) == [0.0]  # each is an exit, too


def test_wait_is_what_was_less_what_is() -> None:
    road = Road({"n": 20.0})
    meter = Wait(road, cast(Network, None), [SIGNAL], Period(0.0, 600.0))
    assert meter.read(5.0, 5.0) == [-20.0]
    road.by_edge = {"n": 5.0}
    assert meter.read(10.0, 5.0) == [15.0]


@pytest.fixture
def delay(monkeypatch: pytest.MonkeyPatch) -> tuple[Road, Delay]:
    """Two agents, with one approach each: n, w."""
    road = Road()
    edges = {"n": [("n", "n", 100.0), ("far", "n", 300.0)], "w": [("w", "w", 100.0), ("far", "w", 500.0)]}
    approaches = {frozenset(("n",)): edges["n"], frozenset(("w",)): edges["w"]}
    monkeypatch.setattr(rewards, "upstream_edges", lambda network, these, range_m: approaches[frozenset(these)])
    north, west = (type("", (), {"movements": [move]}) for move in (SIGNAL.movements[0], SIGNAL.movements[2]))
    return road, Delay(road, cast(Network, None), [north, west], Period(50.0, 600.0))  # type: ignore[list-item]


def test_delay_goes_to_the_agent_ahead_and_stays_with_the_last_one(delay: tuple[Road, Delay]) -> None:
    road, meter = delay
    road.where, road.lost_s = {"a": "far", "b": "w"}, {"a": 3.0, "b": 1.0}
    assert meter.read(110.0, 5.0) == [-3.0, -1.0]
    road.where, road.lost_s = {"a": "exit", "b": "w"}, {"a": 4.0, "b": 6.0}
    assert meter.read(115.0, 5.0) == [-1.0, -5.0]
    road.gone, road.lost_s = ["a"], {"a": 4.5, "b": 6.0}
    del road.where["a"]
    meter.stepped()
    assert meter.read(120.0, 5.0) == [-0.5, 0.0]


def test_waiting_outside_is_shared_and_counted_once(delay: tuple[Road, Delay]) -> None:
    road, meter = delay
    road.waiting, road.waited_s = ["c"], {"c": 8.0}
    assert meter.read(110.0, 5.0) == [-4.0, -4.0]
    road.waiting, road.where = [], {"c": "n"}
    road.waited_s, road.lost_s = {"c": 10.0}, {"c": 1.0}
    assert meter.read(115.0, 5.0) == [-3.0, 0.0]


def test_a_trip_planned_before_the_period_does_not_count(delay: tuple[Road, Delay]) -> None:
    road, meter = delay
    road.entered_s = 49.0
    road.where, road.lost_s, road.waiting, road.waited_s = {"d": "n"}, {"d": 9.0}, ["e"], {"e": 70.0}
    assert meter.read(110.0, 5.0) == [0.0, 0.0]

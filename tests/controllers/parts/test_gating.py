"""Gating: whose weight falls with the vehicles inside an area, and how far."""

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import crossroads, seen
from zhasyl.area.roads import Link
from zhasyl.controllers.parts.gating import FREE, FULL, LEAST, MEMORY_S, Gate, gates
from zhasyl.controllers.rolling_horizon import RollingHorizon, RollingHorizonParameters
from zhasyl.observation import Area
from zhasyl.signals import Signal

ROAD_M = 75.0  # one lane, full with 10 vehicles


def signal(name: str, inner: int) -> Signal:
    """The crossroads whose movement 0 leads to the other signal, and whose movement `inner` comes from there."""
    base = crossroads()
    movements = [replace(m, to_edge=f"{name}{m.to_edge}", exit_lanes=1) for m in base.movements]
    movements[0] = replace(movements[0], exit_m=ROAD_M)
    movements[inner] = replace(movements[inner], from_signal_m=ROAD_M)
    return replace(base, id=name, movements=tuple(movements))


def two_gates(inner: int = 1) -> dict[str, Gate]:
    signals = {name: signal(name, inner) for name in ("J", "K")}
    links = [Link(one, other, f"{one}s", f"{one}s", (0,), (1,), ROAD_M, 6.0) for one, other in (("J", "K"), ("K", "J"))]
    return dict(gates(cast(Area, SimpleNamespace(signals=signals, links=links))))


def on_exit(vehicles: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([vehicles, 9.0, 9.0, 9.0])


def test_only_who_comes_from_no_signal_enters() -> None:
    assert [gate.entering.tolist() for gate in two_gates(inner=1).values()] == [[0], [0]]
    assert [gate.entering.tolist() for gate in two_gates(inner=0).values()] == [[], []]


def test_the_weight_falls_from_free_to_full_with_all_that_the_signals_told() -> None:
    first, second = two_gates().values()
    assert first.weight(on_exit(1.5), 150.0, 0.0) == 1.0  # nobody told of the other road yet
    assert second.weight(on_exit(3.0), 150.0, 1e5) == pytest.approx(FULL - 4.5 / 20 / FREE)
    assert first.weight(on_exit(9.0), 150.0, 2e5) == LEAST
    assert second.weight(on_exit(0.0), 150.0, 3e5) == LEAST  # 9 of 20
    assert first.weight(on_exit(3.0), 150.0, 4e5) == 1.0


def test_a_platoon_fills_no_area() -> None:
    gate = next(iter(two_gates().values()))
    assert gate.weight(on_exit(0.0), 150.0, 0.0) == 1.0
    assert [gate.weight(on_exit(10.0), 150.0, float(time_s)) for time_s in (5, 9)] == [1.0, 1.0]
    mean = 1.0 - math.exp(-15.0 / MEMORY_S)
    assert gate.weight(on_exit(10.0), 150.0, 15.0) == pytest.approx(FULL - mean / FREE)


def test_what_a_signal_does_not_see_of_a_road_holds_nobody() -> None:
    gate = next(iter(two_gates().values()))
    assert gate.weight(on_exit(1.0), 37.5, 0.0) == pytest.approx(FULL - 1 / 5 / FREE)


@given(st.floats(0, 20), st.floats(0, 20), st.floats(0, 20))
def test_more_vehicles_inside_never_weigh_more_at_the_edge(there: float, few: float, more: float) -> None:
    low, high = sorted((few, more))
    found = []
    for here in (low, high):
        first, second = two_gates().values()
        second.weight(on_exit(there), 150.0, 0.0)
        found.append(first.weight(on_exit(here), 150.0, 30.0))
    assert LEAST <= found[1] <= found[0] <= 1.0


@pytest.mark.parametrize(("gate_ratio", "weighs"), [(FREE, LEAST), (10.0, 1.0)])
def test_rolling_horizon_weighs_who_enters_a_full_area(gate_ratio: float, weighs: float) -> None:
    own = signal("J", 1)
    links = [Link("J", "K", "Js", "Js", (0,), (1,), ROAD_M, 6.0)]
    area = cast(Area, SimpleNamespace(signals={"J": own, "K": signal("K", 1)}, links=links))
    parameters = RollingHorizonParameters(gate_ratio=gate_ratio)
    chosen = cast(RollingHorizon, RollingHorizon.for_network(area, parameters)(own))
    chosen.next_stage(replace(seen(own, [(0, 5.0, 0.0)]), downstream_veh=on_exit(4.0)))
    found = chosen._rolled.scene.memory.weight
    assert found[0] == pytest.approx(weighs)
    assert found[1] == 1.0

"""Signals that feed one another along the road."""

import pytest

from tests.fakes import crossroads
from tests.optimise.plans.problems import named, prepared_of
from zhasyl.network import Connection, Edge, Network
from zhasyl.optimise.plans.neighbours import FARTHEST_M, neighbours

SPEED_MPS = 10.0


def street(*lengths_m: float) -> list[tuple[str, str, float, float]]:
    """What is found of J1 and J2 joined by roads of these lengths, with junctions without signals between."""
    row = [
        named(crossroads(), "J1", last_edge="road0"),
        named(crossroads(), "J2", first_edge=f"road{len(lengths_m) - 1}"),
    ]
    made = prepared_of(row).network
    roads = {f"road{n}": Edge(f"road{n}", "", "", "", "", m, SPEED_MPS, (), ()) for n, m in enumerate(lengths_m)}
    plain = [Connection(f"road{n}", 0, f"road{n + 1}", 0, "s", "", 0, "") for n in range(len(lengths_m) - 1)]
    network = Network(made.path, {**made.edges, **roads}, {}, (*made.connections, *plain), {}, {})
    found = neighbours(network, {one.id: one for one in row})
    return [(one.from_signal, one.to_signal, one.length_m, one.travel_s) for one in found]


def test_signals_joined_by_roads_are_neighbours_one_way() -> None:
    assert street(300.0) == [("J1", "J2", 300.0, 30.0)]
    assert street(100.0, 200.0, 50.0) == [("J1", "J2", 350.0, 35.0)]


@pytest.mark.parametrize("lengths_m", [(FARTHEST_M + 1,), (FARTHEST_M - 100, 101.0)])
def test_platoons_have_dissolved_farther_away(lengths_m: tuple[float, ...]) -> None:
    assert street(*lengths_m) == []

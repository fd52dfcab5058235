"""Route flows from turn counts, where a network is too large for routeSampler."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.scenarios.counts import fit as module
from zhasyl.scenarios.counts.route_flows import Route, fit_flows, incidence, whole, write_fitted
from zhasyl.sumo.xml_files import top_elements

ROUTES: list[Route] = [("w", "e"), ("w", "s"), ("n", "e"), ("n", "s"), ("w", "m", "n"), ("x", "y")]
TURNS = sorted({("w", "e"), ("w", "s"), ("n", "e"), ("n", "s"), ("w", "n")})


def test_a_turn_is_made_over_an_inner_road_too_and_a_route_beside_the_counts_makes_none() -> None:
    made = incidence(ROUTES, TURNS).toarray()
    assert made.sum(axis=0).tolist() == [1, 1, 1, 1, 1, 0]
    assert made[TURNS.index(("w", "n"))].tolist() == [0, 0, 0, 0, 1, 0]


@given(st.lists(st.integers(0, 500), min_size=5, max_size=5))
def test_counts_that_routes_can_make_are_made(counted: list[int]) -> None:
    flows = fit_flows(incidence(ROUTES, TURNS), np.array(counted, dtype=float))
    assert incidence(ROUTES, TURNS) @ flows == pytest.approx(counted, abs=1e-6)
    assert flows[-1] == 0


def test_counts_that_contradict_each_other_are_met_in_between() -> None:
    """100 leave the first signal for the second and 60 arrive: one flow for both is their mean."""
    flows = fit_flows(incidence([("a", "b", "c")], [("a", "b"), ("b", "c")]), np.array([100.0, 60.0]))
    assert flows == pytest.approx([80.0])


@given(st.lists(st.floats(0, 30), min_size=1, max_size=50), st.integers(0, 99))
def test_whole_numbers_keep_the_sum_of_any_neighbours(flows: list[float], seed: int) -> None:
    numbers = whole(np.array(flows), random.Random(seed))  # noqa: S311
    assert (numbers >= 0).all()
    for first in range(len(flows)):
        assert abs(numbers[first:].sum() - sum(flows[first:])) < 1 + 1e-6


def test_vehicles_depart_in_their_interval_in_order_and_alike_each_time(tmp_path: Path) -> None:
    counts = Counter({("w", "e"): 30, ("n", "s"): 20})
    intervals = [("a", 0.0, 900.0, counts), ("b", 900.0, 1800.0, counts + counts)]
    files = [tmp_path / name for name in ("one.rou.xml", "two.rou.xml")]
    for file, routes in zip(files, (ROUTES, ROUTES[::-1]), strict=True):
        write_fitted(routes, intervals, "car", file)
    assert files[0].read_bytes() == files[1].read_bytes()
    vehicles = list(top_elements(files[0]))
    departures = [float(vehicle.get("depart", "")) for vehicle in vehicles]
    assert departures == sorted(departures)
    assert (sum(d < 900 for d in departures), len(departures)) == (50, 150)
    assert len({vehicle.get("id") for vehicle in vehicles}) == 150


def test_a_large_fit_takes_this_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.scenarios.counts.test_calibrate import WIDE
    from zhasyl.scenarios.counts.placed import CountedTurn, Placed
    from zhasyl.scenarios.counts.read import read_counts

    counts = tmp_path / "counts.csv"
    counts.write_text(WIDE, "utf-8")
    placed = Placed(tuple(CountedTurn(c, "centre", (c.approach, c.movement)) for c in read_counts(counts)), ())
    candidates = tmp_path / "candidates.rou.xml"
    routes = sorted({place.turn for place in placed.counts})
    rows = "".join(f'<route id="{n}" edges="{" ".join(route)}"/>' for n, route in enumerate(routes))
    candidates.write_text(f"<routes>{rows}</routes>", "utf-8")
    monkeypatch.setattr(module, "MOST_CELLS", 0)
    file = module._sample(placed, "car", candidates, tmp_path, tmp_path, 0)
    made = Counter(tuple(route.get("edges", "").split()) for v in top_elements(file) for route in v.iter("route"))
    counted: Counter[tuple[str, ...]] = Counter()
    for place in placed.counts:
        if place.count.vehicle_class == "car":
            counted[place.turn] += place.count.vehicles
    assert made == +counted

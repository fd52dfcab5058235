"""What the fast model is made from: lanes, routes, the course of the demand, turns, the fit to a record."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.optimise.model.street import plans, street
from zhasyl.network import Connection, Edge, Network
from zhasyl.observation import SignalDemand
from zhasyl.optimise.model.calibration import Measured, fitted, measured
from zhasyl.optimise.model.course import Course, course_of
from zhasyl.optimise.model.fast_model import cycle_sums
from zhasyl.optimise.model.kernel import later_s, occupancy
from zhasyl.optimise.model.lanes import bundles
from zhasyl.optimise.model.routes import Roads
from zhasyl.optimise.model.turning import through_cars
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.volumes import Departure
from zhasyl.timing.permitted import MOST_WALKERS_PER_H, _occupancy


def test_drivers_take_the_less_busy_lane() -> None:
    left_and_through = bundles(
        ["a", "a"], [frozenset({"a_0", "a_1"}), frozenset({"a_1"})], np.array([600.0, 100.0]), np.array([1.0, 2.0])
    )
    through, both = left_and_through
    assert through.volume_vph == {0: pytest.approx(400.0)}
    assert both.volume_vph == {0: pytest.approx(200.0), 1: pytest.approx(100.0)}


def test_lanes_of_the_same_movements_are_one_bundle() -> None:
    (only,) = bundles(["a"], [frozenset({"a_0", "a_1", "a_2"})], np.array([900.0]), np.ones(1))
    assert only.lanes == 3
    assert only.volume_vph == {0: pytest.approx(900.0)}


def _edge(name: str, length_m: float) -> Edge:
    return Edge(name, "", "", "", "", length_m, 10.0, (f"{name}_0",), ((0.0, 0.0), (length_m, 0.0)))


def _network(*turns: tuple[str, str, str], inside_m: float = 0.0) -> Network:
    names = {name for before, after, _ in turns for name in (before, after)}
    connections = tuple(Connection(a, 0, b, 0, way, "", -1, f":{a}{b}_0") for a, b, way in turns)
    inside = {c.via: inside_m for c in connections}
    return Network(Path("roads.net.xml"), {n: _edge(n, 100.0) for n in names}, {}, connections, {}, inside)


def test_traffic_is_followed_over_junctions_without_a_signal() -> None:
    network = _network(("a", "b", "s"), ("b", "c", "s"), ("b", "d", "r"), inside_m=10.0)
    roads = Roads(network, {("a", "b"): 100.0, ("b", "c"): 60.0, ("b", "d"): 20.0, ("c", "e"): 60.0, ("x", "a"): 100.0})
    (feeder,) = roads.feeders("a", {"c"})
    assert feeder.share == pytest.approx(0.6)
    assert feeder.travel_s == pytest.approx((100 + 10 + 100 + 10 + 100) / 10)


def test_a_peak_is_told_from_chance() -> None:
    peak, chance = np.array([10.0, 50.0, 50.0, 10.0]), np.array([29.0, 32.0, 30.0, 29.0])
    profile = Course(900.0, 1, 4, {"peak": peak, "chance": chance}, 1.0).of(["peak", "chance", "nobody"])
    assert profile[0] == pytest.approx([0.36, 0.36, 1.64, 1.64, 0.36], abs=0.02)
    assert profile[1:] == pytest.approx(np.ones((2, 5)))


def test_who_passes_a_road_is_counted_by_when_he_departs(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = [Departure(1000.0 + after_s, "passenger", ("a", "b"), 2.0) for after_s in (0.0, 10.0, 599.0)]
    monkeypatch.setattr("zhasyl.optimise.model.course.departures", lambda _: ways)
    scenario = Scenario("s", 1, "", 1000.0, 1600.0, 150.0, Path("s.net.xml"), ())
    found = course_of(scenario)
    assert (found.slice_s, found.warm, found.measured) == (150.0, 1, 4)
    assert found.trips_vps == pytest.approx(6 / 600)
    assert found.counts["b"].tolist() == [4.0, 0.0, 0.0, 2.0]


def test_tight_turns_follow_each_other_more_slowly() -> None:
    signal = street(300.0, turn_vph=100.0).choices[0].signal
    demand = SignalDemand(np.array([300.0, 100.0, 100.0]), np.zeros(3), {})
    turns = [(m.from_edge, m.to_edge, way) for m, way in zip(signal.movements, "srl", strict=True)]
    tight, wide = (through_cars(_network(*turns, inside_m=inside_m), signal, demand) for inside_m in (6.0, 40.0))
    assert tight[1] > 1.3
    assert wide == pytest.approx(np.ones(3), abs=0.02)


def test_a_lorry_counts_as_two_cars() -> None:
    signal = street(300.0).choices[0].signal
    demand = SignalDemand(np.array([300.0, 0.0, 100.0]), np.array([30.0, 0.0, 0.0]), {})
    assert through_cars(_network(("m0", "m1", "s")), signal, demand)[0] == pytest.approx(1.1)


@pytest.mark.parametrize("per_h", [0.0, 500.0, 1000.0, 3000.0, MOST_WALKERS_PER_H, 9000.0])
def test_pedestrians_occupy_a_crossing_as_in_webster(per_h: float) -> None:
    assert occupancy(per_h) == pytest.approx(_occupancy(per_h))


def test_incremental_delay_is_the_hcms() -> None:
    hours, capacity_vph, degree = 0.25, 600.0, 0.9
    hcm_s = 900 * hours * ((degree - 1) + ((degree - 1) ** 2 + 4 * degree / (capacity_vph * hours)) ** 0.5)
    assert later_s(degree, capacity_vph / 3600, 1.0, hours * 3600) == pytest.approx(hcm_s)


def test_a_record_is_read_in_the_models_order() -> None:
    table = pd.DataFrame({
        "signal": ["J1", "J0"], "approach": ["b", "a"], "vehicles": [30, 60], "control_delay_s": [np.nan, 20.0],
        "queue_mean_veh": [0.5, 1.0],
    })  # fmt: skip
    values = {"delay_s": 25.0, "stops": 1.0, "not_inserted_veh": 0, "loaded_veh": 90}
    seen = measured(table, values, [("J0", "a"), ("J1", "b"), ("J1", "c")], 0.5)
    assert seen.vehicles_per_h.tolist() == [120.0, 60.0, 0.0]
    assert seen.delay_s.tolist() == [20.0, 0.0, 0.0]
    assert (seen.queue_veh, seen.unserved) == (1.5, False)


def test_fitted_to_slower_drivers_the_model_has_less_capacity() -> None:
    model, batch = street(700.0), plans([[30.0]], [[0.0]])
    slow = cycle_sums(model.layout._replace(saturation_vps=0.85 * model.layout.saturation_vps), batch)
    approaches = len(model.layout.outside_vps)
    arrived_vps = np.bincount(
        model.layout.bundle_approach, slow.arrived_veh / slow.seconds, minlength=approaches
    ).astype(float)
    delay_veh = np.bincount(model.layout.bundle_approach, slow.delay_veh, minlength=approaches).astype(float)
    delay_s = np.divide(delay_veh, arrived_vps, out=np.zeros(approaches), where=arrived_vps > 0)
    trip_s = float(delay_veh.sum() / model.layout.trips_vps)
    seen = Measured(3600 * arrived_vps, delay_s, 5.0, trip_s, 1.0, unserved=False)
    made, factors = fitted(model.layout, seen, lambda lay: cycle_sums(lay, batch))
    assert (made.saturation_vps / model.layout.saturation_vps).mean() == pytest.approx(0.85**0.5, abs=0.02)
    left_out, _ = fitted(model.layout, seen._replace(unserved=True), lambda lay: cycle_sums(lay, batch))
    assert (left_out.saturation_vps == model.layout.saturation_vps).all()
    assert factors.delay > 1.0

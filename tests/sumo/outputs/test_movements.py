"""Movements: capacity against saturation flow times green by cycle, odd links, and conservation on real runs."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TINY_NETWORKS, TinyRun
from tests.sensors.road import LENGTHS_M, SIGNAL, road_network
from tests.sumo.outputs.raw import SECONDS, Row, ending, write_routes, write_states, write_vehicles
from zhasyl.files.columns import Table
from zhasyl.lane_groups import lane_groups
from zhasyl.network import Connection, Edge, Network
from zhasyl.signals import Conflicts
from zhasyl.sumo.inputs.command import RAW_TRIPS
from zhasyl.sumo.outputs.movements import ways_of
from zhasyl.sumo.outputs.signal_capacity import Movement, capacities
from zhasyl.sumo.outputs.tables import measure_run
from zhasyl.timing.permitted import SNEAKERS
from zhasyl.timing.shown import Shown

CYCLES, CYCLE_S = 40, 90.0
NOBODY_YIELDS = Conflicts(frozenset(), frozenset())


def fixed_plan(*stages: tuple[str, float]) -> Shown:
    """An hour of a plan of 90 s that begins in its last stage's red."""
    assert sum(seconds for _, seconds in stages) == CYCLE_S
    states = list(dict.fromkeys(state for state, _ in stages))
    runs = [(states.index(state), seconds) for state, seconds in stages] * CYCLES
    return Shown(np.array([state for state, _ in runs]), np.array([seconds for _, seconds in runs]), states)


def test_v_over_c_of_a_saturated_approach_is_volume_by_saturation_flow_times_green_by_cycle() -> None:
    shown = fixed_plan(("r", 51.0), ("G", 36.0), ("y", 3.0))
    (found,) = capacities(shown, NOBODY_YIELDS, [(0, {"a_0": 0, "a_1": 0}, 1600, 1600.0)])
    assert found.protected_s == 36 * CYCLES
    assert found.saturation_veh_h == 2 * 1800
    assert found.vehicles == pytest.approx(2 * 1800 * 36 / 90)
    assert found.degree == pytest.approx(1600 / (2 * 1800 * 36 / 90))


def test_lorries_need_the_green_of_two_cars() -> None:
    shown = fixed_plan(("r", 51.0), ("G", 36.0), ("y", 3.0))
    cars, lorries = (capacities(shown, NOBODY_YIELDS, [(0, {"a_0": 0}, 300, weight * 300.0)])[0] for weight in (1, 2))
    assert lorries.degree == pytest.approx(2 * cars.degree)
    assert lorries.vehicles == pytest.approx(cars.vehicles / 2)


def test_a_left_turn_through_gaps_has_the_capacity_of_the_gaps_and_of_who_goes_in_the_yellow() -> None:
    yields = Conflicts(frozenset({(0, 1), (1, 0)}), frozenset({(0, 1)}))
    shown = fixed_plan(("rr", 51.0), ("gG", 36.0), ("yy", 3.0))

    def left(opposing_veh: int) -> float:
        movements: list[Movement] = [(0, {"a_0": 0}, 50, 50.0), (1, {"b_0": 1}, opposing_veh, float(opposing_veh))]
        return capacities(shown, yields, movements)[0].vehicles

    free, some, many = left(0), left(300), left(700)
    assert free == pytest.approx(1800 * 36 / 90 + SNEAKERS * CYCLES)
    assert free > some > many >= SNEAKERS * CYCLES


def test_movements_nobody_plans_or_no_link_controls_have_no_capacity() -> None:
    shown = fixed_plan(("r", 51.0), ("G", 36.0), ("y", 3.0))
    empty, free = capacities(shown, NOBODY_YIELDS, [(0, {"a_0": 0}, 0, 0.0), (-1, {}, 90, 90.0)])
    assert math.isnan(empty.vehicles)
    assert math.isnan(empty.degree)
    assert (empty.protected_s, empty.saturation_veh_h) == (36 * CYCLES, 1800)
    assert free.protected_s == 0
    assert math.isnan(free.saturation_veh_h)
    assert math.isnan(free.vehicles)


def test_who_never_has_green_is_above_any_capacity() -> None:
    (found,) = capacities(fixed_plan(("r", 90.0)), NOBODY_YIELDS, [(0, {"a_0": 0}, 5, 5.0)])
    assert (found.vehicles, found.degree) == (0.0, math.inf)


def edge(name: str) -> Edge:
    return Edge(name, "", "", "", "", 100.0, 13.9, (f"{name}_0", f"{name}_1"), ((0.0, 0.0), (1.0, 0.0)))


def test_a_free_right_turn_a_u_turn_and_a_shared_lane_are_movements() -> None:
    connections = (
        Connection("in", 0, "right", 0, "r", "", -1, ""),
        Connection("in", 0, "on", 0, "s", "J", 0, ""),
        Connection("in", 1, "on", 1, "s", "J", 0, ""),
        Connection("in", 1, "left", 0, "l", "J", 1, ""),
        Connection("in", 1, "back", 0, "t", "J", 2, ""),
    )
    edges = {name: edge(name) for name in ("in", "right", "on", "left", "back")}
    network = Network(Path(), edges, {}, connections, {}, {})
    found = {way.exit: way for way in ways_of(network, lane_groups(network))}
    assert {exit_edge: way.turn for exit_edge, way in found.items()} == {
        "right": "right", "on": "through", "left": "left", "back": "u-turn"}  # fmt: skip
    assert found["right"].links == {}
    assert found["on"].links == {"in_0": 0, "in_1": 0}
    assert {way.group for way in found.values()} == {0}


def tables(
    raw: Path, routes: list[tuple[str, float, str, str]], waiting: dict[str, tuple[str, ...]]
) -> dict[str, Table]:
    write_vehicles(raw, [Row(5.0, "v", "in_0", 20.0, 0.0)])
    write_states(raw, [(0.0, "J", "GGrr")])
    write_routes(raw, routes)
    trips = "".join(
        f'<tripinfo id="{name}" vType="car" depart="{depart_s}" departDelay="{waited_s}" timeLoss="0" waitingTime="0" '
        f'waitingCount="0" routeLength="0" duration="0"/>'
        for name, depart_s, waited_s in [*((n, at, 0) for n, at, _, _ in routes), *((n, -1, 9) for n in waiting)]
    )
    (raw / RAW_TRIPS).write_text(f"<tripinfos>{trips}</tripinfos>", encoding="utf-8")
    network = road_network(raw)
    end = ending(len(routes) + len(waiting))
    end = type(end)(end.time_s, end.step_s, end.loaded, frozenset(waiting), routes=waiting)
    return measure_run(raw, network, {"J": SIGNAL}, lane_groups(network), end, SECONDS)[0]


def volumes(found: Table) -> dict[tuple[str, str], tuple[int, int]]:
    columns = (np.asarray(found[name]).tolist() for name in ("approach", "exit", "volume_veh", "served_veh"))
    return {(a, b): (veh, served) for a, b, veh, served in zip(*columns, strict=True) if veh or served}


def test_volume_is_who_was_to_come_and_served_who_crossed(tmp_path: Path) -> None:
    in_s = LENGTHS_M["in"] / 13.9
    routes = [("v", 1.0, "in out", "-1 -1"), ("w", 2.0, "in side", f"{2 + in_s} 9"), ("x", 9.0, "in out", "-1 -1")]
    assert 9.0 + in_s > 10.0, "x is planned at the stop line after the end"
    found = tables(tmp_path, routes, {"n": ("in", "side")})
    assert volumes(found["movements"]) == {("in", "out"): (1, 0), ("in", "side"): (2, 1)}
    groups = found["lane_groups"]
    assert np.asarray(groups["volume_veh"]).tolist() == [0, 3, 0]
    assert np.asarray(groups["storage_m"])[1] == pytest.approx(50.0)


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_served_are_all_who_crossed_and_volumes_do_not_depend_on_the_controller(tiny_run: TinyRun, name: str) -> None:
    fixed, other = (tiny_run(name, controller) for controller in ("fixed", "max-pressure"))
    for record in (fixed, other):
        found, passages = record.table("movements"), record.table("passages")
        on = passages[passages["exit"] != ""]
        crossed = on[(on["left_s"] >= record["begin_s"]) & (on["left_s"] < record["end_s"])]
        assert found["served_veh"].sum() == len(crossed) > 0
        assert found["vehicles"].sum() == len(on)
        assert not found["exit"].str.startswith(":").any(), "who walks is no movement"
        groups = record.table("lane_groups")
        assert groups["served_veh"].sum() == found["served_veh"].sum()
        assert groups["volume_veh"].sum() == found["volume_veh"].sum()
        assert (groups["back_p50_m"] <= groups["back_p95_m"]).all()
        assert (groups["back_p95_m"] <= groups["back_max_m"] + 0.01).all()
        assert (groups["spillback_share"] <= groups["full_share"]).all()
        assert record["unrouted_veh"] == 0
    keys = ["signal", "approach", "exit"]
    volumes_of = [record.table("movements").set_index(keys)["volume_veh"] for record in (fixed, other)]
    assert volumes_of[0].equals(volumes_of[1])

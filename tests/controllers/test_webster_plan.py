"""Webster's plan for counted volumes: by hand, and beside SUMO's own tool on a crossing of two one-way roads."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from defusedxml.ElementTree import parse
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import build_network
from tests.fakes import crossroads, demanded
from zhasyl.controllers import parse_controller
from zhasyl.controllers.webster_plan import WebsterParameters, webster_plans
from zhasyl.derive import derive_signals
from zhasyl.errors import ControllerError
from zhasyl.network import Connection, Edge, Network
from zhasyl.observation import Area, SignalDemand
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.by_signal import signal_demands
from zhasyl.scenarios.demand.volumes import volumes
from zhasyl.signals import Signal, SignalPlan, SignalTiming, Stage
from zhasyl.sumo.home import sumo_environment, sumo_home
from zhasyl.sumo.net_file import read_network
from zhasyl.timing.flows import car_lanes, through_cars_vph


def roads(signal: Signal, no_cars: frozenset[int] = frozenset()) -> Network:
    """The approaches and exits of a signal, two lanes each; `no_cars` are closed to cars on all of them."""
    names = {name for m in signal.movements for name in (m.from_edge, m.to_edge)}
    edges = {name: Edge(name, "", "", "", "", 100.0, 14.0, (), (), no_cars) for name in names}
    connections = tuple(
        Connection(m.from_edge, lane, m.to_edge, lane, "s", signal.id, -1, "")
        for m in signal.movements
        for lane in m.from_lanes
    )
    return Network(Path(), edges, {}, connections, {}, {})


def plans(*signals: Signal, vph: Mapping[str, list[float]], **values: object) -> dict[str, SignalPlan]:
    area = Area({s.id: s for s in signals}, roads(signals[0]), lambda name: demanded(vph[name]))
    return webster_plans(area, WebsterParameters.model_validate(values))


def test_the_plan_is_websters_in_whole_seconds() -> None:
    found = plans(crossroads(), vph={"J": [450, 300, 540, 200]}, min_cycle_s=30)["J"]
    cycle_s = (1.5 * 8 + 5) / (1 - 0.25 - 0.3)
    assert found.cycle_s == sum(found.greens_s) + 8 == pytest.approx(cycle_s, abs=1)
    assert found.greens_s[0] == pytest.approx((cycle_s - 8) * 0.25 / 0.55, abs=1)


@given(st.lists(st.floats(0, 1500), min_size=4, max_size=4), st.sampled_from(["own", "common"]))
def test_a_plan_keeps_bounds_and_minimum_greens_whatever_the_demand(vph: list[float], cycle: str) -> None:
    other = replace(crossroads(walk=True), id="K")
    found = plans(crossroads(), other, vph={"J": vph, "K": vph[::-1]}, cycle=cycle)
    for signal in (crossroads(), other):
        plan = found[signal.id]
        assert 59 <= plan.cycle_s <= 121
        assert plan.cycle_s == sum(plan.greens_s) + 8
        assert all(s >= signal.stages[stage].min_green_s for s, stage in zip(plan.greens_s, plan.stages, strict=True))
        assert all(green_s == round(green_s) for green_s in plan.greens_s)
    if cycle == "common":
        assert found["J"].cycle_s == found["K"].cycle_s


def test_the_common_cycle_is_the_longest_any_signal_needs() -> None:
    busy, quiet = crossroads(), replace(crossroads(), id="K")
    vph = {"J": [630.0, 0, 630, 0], "K": [90.0, 0, 90, 0]}
    own = plans(busy, quiet, vph=vph, min_cycle_s=30)
    assert own["K"].cycle_s < own["J"].cycle_s
    common = plans(busy, quiet, vph=vph, min_cycle_s=30, cycle="common")
    assert {plan.cycle_s for plan in common.values()} == {own["J"].cycle_s}


def test_a_stage_that_adds_nothing_is_left_out() -> None:
    """A shows what C shows and more; D alone protects the second movement, so it stays."""
    base = crossroads()
    stages = (
        Stage("A", "Ggrr", 5, 60),
        Stage("B", "rrGG", 5, 60),
        Stage("C", "Grrr", 5, 60),
        Stage("D", "rGrr", 5, 60),
    )
    signal = replace(base, stages=stages, plan=SignalPlan((0, 1, 2, 3), (20.0,) * 4, 96.0))
    assert plans(signal, vph={"J": [400, 100, 400, 0]})["J"].stages == (0, 1, 3)


def test_lanes_closed_to_cars_carry_no_cars() -> None:
    base = crossroads()
    wide = replace(base, movements=(replace(base.movements[0], lanes=2, from_lanes=(0, 1)), *base.movements[1:]))
    area = Area({"J": wide}, roads(wide, frozenset({1})), lambda _: demanded([900, 0, 450, 0]))
    open_to_all = Area({"J": wide}, roads(wide), area.demand)
    closed, free = (webster_plans(a, WebsterParameters())["J"].greens_s for a in (area, open_to_all))
    assert closed[0] / closed[1] == pytest.approx(2.0, rel=0.1)
    assert free[0] / free[1] == pytest.approx(1.0, rel=0.1)


def test_a_connection_closed_to_cars_carries_none() -> None:
    base = crossroads()
    wide = replace(base.movements[0], lanes=2, from_lanes=(0, 1))
    network = roads(replace(base, movements=(wide, *base.movements[1:])))
    bus_only = tuple(replace(c, no_cars=c.from_edge == "n" and c.from_lane == 1) for c in network.connections)
    assert car_lanes(network, wide) == {"n_0", "n_1"}
    assert car_lanes(replace(network, connections=bus_only), wide) == {"n_0"}


def test_buses_trucks_and_turns_need_more_green_than_cars_that_go_on() -> None:
    signal, network = crossroads(), roads(crossroads())
    right = tuple(replace(c, direction="r" if c.from_edge == "e" else "s") for c in network.connections)
    demand = SignalDemand(np.array([100.0, 100, 100, 100]), np.array([0.0, 50, 0, 0]), {})
    found = through_cars_vph(replace(network, connections=right), signal, demand)
    assert found == pytest.approx([100, 150, 100, 118])
    mirrored = through_cars_vph(replace(network, connections=right, left_hand=True), signal, demand)
    assert mirrored == pytest.approx([100, 150, 100, 105])  # the far turn there


def test_bounds_that_contradict_each_other_are_one_line() -> None:
    with pytest.raises(ControllerError, match=r"max_cycle_s=50 is not valid: .*below min_cycle_s=70"):
        parse_controller("webster:min_cycle_s=70,max_cycle_s=50")


ONE_WAY = {
    "nod": '<nodes><node id="c" x="0" y="0" type="traffic_light"/><node id="w" x="-300" y="0"/>'
    '<node id="e" x="300" y="0"/><node id="n" x="0" y="300"/><node id="s" x="0" y="-300"/></nodes>',
    "edg": '<edges><edge id="wc" from="w" to="c"/><edge id="ce" from="c" to="e"/><edge id="nc" from="n" to="c"/>'
    '<edge id="cs" from="c" to="s"/></edges>',
    "con": '<connections><connection from="wc" to="ce"/><connection from="nc" to="cs"/></connections>',
}


def test_it_agrees_with_sumos_own_tool_where_that_is_right(tmp_path: Path) -> None:
    """Critical flow ratios 0.3 and 0.4, 4 s lost a stage: a cycle of (1.5 * 8 + 5) / 0.3 = 56.7 s."""
    folder = tmp_path / "one-way"
    folder.mkdir()
    for kind, text in ONE_WAY.items():
        (folder / f"one-way.{kind}.xml").write_text(text, encoding="utf-8")
    net_file, routes = build_network(folder).with_suffix(".net.xml"), folder / "one-way.rou.xml"
    vehicles = sorted([(i * 3600 / n, f"{road}{i}", edges) for road, n, edges in
                       (("n", 540, "nc cs"), ("w", 720, "wc ce")) for i in range(n)])  # fmt: skip
    rows = (f'<vehicle id="{i}" depart="{t:.2f}"><route edges="{edges}"/></vehicle>' for t, i, edges in vehicles)
    routes.write_text(f"<routes>{''.join(rows)}</routes>", encoding="utf-8")

    scenario = Scenario("one-way", 1, "", 0.0, 3600.0, 0.0, net_file, (routes,))
    network = read_network(net_file)
    signals = derive_signals(network, SignalTiming(yellow_s=4.0)).signals
    demands = signal_demands(network, signals, volumes(scenario))
    area = Area(signals, network, lambda name: demands[name])
    ours = webster_plans(area, WebsterParameters(min_cycle_s=20))["c"]

    tool, made = sumo_home() / "tools" / "tlsCycleAdaptation.py", folder / "made.add.xml"
    options = ["-n", net_file, "-r", routes, "-o", made, "-b", "0", "--lost-time", "4", "--yellow-time", "4"]
    subprocess.run([sys.executable, tool, *map(str, options)], env=sumo_environment(), check=True, capture_output=True)
    theirs = [float(phase.get("duration", "")) for phase in parse(made).iter("phase")]
    assert ours.cycle_s == pytest.approx(sum(theirs), abs=1) == pytest.approx(56.7, abs=1)
    assert ours.greens_s == pytest.approx((theirs[0], theirs[2]), abs=1)


def test_a_stage_for_walkers_alone_is_kept() -> None:
    base = crossroads(walk=True)
    alone = Stage("C", "rrrrG", 12.0, 60.0)
    signal = replace(base, stages=(*base.stages, alone), plan=SignalPlan((0, 1, 2), (20.0, 20.0, 12.0), 64.0))
    assert plans(signal, vph={"J": [400, 300, 400, 300]})["J"].stages == (0, 1, 2)

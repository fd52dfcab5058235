"""The safety check finds every planted violation, and no controller commits one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import TINY_NETWORKS, TinyNetwork, TinyRun
from zhasyl.controllers import parse_controller
from zhasyl.controllers.base import AdaptiveParameters, adapted
from zhasyl.derive import derive_signals
from zhasyl.links import SignalLinks
from zhasyl.network import Network
from zhasyl.runs.simulate import run
from zhasyl.safety import Limits, _links, _places, signal_seconds, violations
from zhasyl.scenarios import load_scenario
from zhasyl.signals import GREEN, Signal, SignalTiming
from zhasyl.sumo.net_file import read_network

CONTROLLERS = ("actuated", "fixed", "max-pressure")
LIMITS = Limits(yellow_s=3.0, min_green_s=5.0, walk_s=5.0, walking_speed_mps=1.2)
T_CYCLE = ((10, "GGGrrr"), (3, "Gyyrrr"), (2, "Grrrrr"), (30, "GrrrGG"), (3, "yrrryy"), (2, "rrrrrr"),
           (15, "rrGGrr"), (3, "rrGyrr"), (2, "rrGrrr"))  # fmt: skip
WALK, NO_WALK, CLOSED = "rrrgGgrrrgGgGrGr", "rrrgGgrrrgGgrrrr", "gGgrrrgGgrrrrrrr"


def shown(*rows: tuple[float, str], signal: str = "centre") -> pd.DataFrame:
    starts = pd.Series([seconds for seconds, _ in rows], dtype=float).cumsum().shift(fill_value=0.0)
    return pd.DataFrame({
        "signal": signal, "start_s": starts, "duration_s": [float(seconds) for seconds, _ in rows],
        "state": [state for _, state in rows],
    })  # fmt: skip


def with_row(position: int, row: tuple[float, str]) -> pd.DataFrame:
    """Three cycles of the T-junction, one row of the second one replaced."""
    changed: list[tuple[float, str]] = list(T_CYCLE)
    changed[position] = row
    return shown(*T_CYCLE, *changed, *T_CYCLE)


@pytest.fixture(scope="session")
def t_junction(tiny_network: TinyNetwork) -> Network:
    return read_network(tiny_network("t-junction-left-turn").with_suffix(".net.xml"))


@pytest.fixture(scope="session")
def with_crossings(tiny_network: TinyNetwork) -> Network:
    return read_network(tiny_network("crossroads-with-crossings").with_suffix(".net.xml"))


def rules(network: Network, table: pd.DataFrame) -> set[str]:
    return {violation.rule for violation in violations(network, table, LIMITS)}


def test_a_clean_record_has_no_violation(t_junction: Network) -> None:
    assert violations(t_junction, shown(*T_CYCLE, *T_CYCLE, *T_CYCLE), LIMITS) == []


@pytest.mark.parametrize("state", ["GGrrGG", "GrrGGG", "GGGGGG"])
def test_conflicting_protected_greens_are_found(t_junction: Network, state: str) -> None:
    assert "conflict" in rules(t_junction, with_row(3, (30, state)))


def test_a_permissive_green_that_has_to_yield_is_no_conflict(t_junction: Network) -> None:
    found = violations(t_junction, shown((30, "GgrrGG")), LIMITS)
    assert found == []


def test_a_permissive_green_against_the_right_of_way_is_a_conflict(t_junction: Network) -> None:
    assert rules(t_junction, shown((30, "GGrrgg"))) == {"conflict"}


@pytest.mark.parametrize(("state", "found"), [
    ("rrsrrG", set()),  # a turn from the south stops and gives way to who comes from the west
    ("rrssrG", set()),
    ("rGrrsr", {"conflict"}),  # the network has the right turn from the west go first: SUMO would not let it wait
    ("rrGrrs", {"conflict", "turn on red after stop"}),
    ("srrrrr", {"turn on red after stop"}),
])  # fmt: skip
def test_who_may_go_after_a_stop_has_to_turn_and_to_give_way(t_junction: Network, state: str, found: set[str]) -> None:
    assert rules(t_junction, shown((30, state))) == found


def test_a_missing_yellow_is_found_with_its_time_and_link(t_junction: Network) -> None:
    found = violations(t_junction, with_row(4, (3, "rrrryy")), LIMITS)
    assert [(v.signal, v.time_s, v.rule) for v in found] == [("centre", 70.0 + 45.0, "yellow too short")]
    assert "link 0 goes from green to red" in found[0].detail


def test_a_short_yellow_is_found(t_junction: Network) -> None:
    found = violations(t_junction, with_row(4, (2, "yrrryy")), LIMITS)
    assert {v.rule for v in found} == {"yellow too short"}
    assert len(found) == 3


def test_a_yellow_that_turns_green_again_is_no_cut_yellow(t_junction: Network) -> None:
    table = shown((20, "GrrrGG"), (2, "yrrrGG"), (20, "GrrrGG"), (3, "yrrryy"), (9, "rrrrrr"))
    assert rules(t_junction, table) == set()


def test_a_cut_green_is_found(t_junction: Network) -> None:
    found = violations(t_junction, with_row(6, (4, "rrGGrr")), LIMITS)
    assert [v.rule for v in found] == ["green too short"]
    assert "link 3 is green for 4 s" in found[0].detail


def test_a_cut_all_red_is_found(t_junction: Network) -> None:
    limits = replace(LIMITS, all_red_s=2.0)
    assert violations(t_junction, with_row(5, (2, "rrrrrr")), limits) == []
    found = violations(t_junction, with_row(5, (1, "rrrrrr")), limits)
    assert {(v.rule, v.time_s) for v in found} == {("all-red too short", 114.0 + 5.0)}


def test_the_first_and_last_indication_are_not_timed(t_junction: Network) -> None:
    assert rules(t_junction, shown((1, "rrGGrr"), (3, "rrGyrr"), (2, "rrGrrr"), (10, "GGGrrr"), (1, "Gyyrrr"))) == set()


def test_a_short_walk_is_found(with_crossings: Network) -> None:
    table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (4, WALK), (30, NO_WALK), (3, "rrryyyrrryyyrrrr"), (9, CLOSED))
    assert rules(with_crossings, table) == {"green too short"}


def test_a_walk_followed_too_early_by_a_rival_is_found(with_crossings: Network) -> None:
    table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (30, WALK), (3, "rrryyyrrryyyrrrr"), (9, CLOSED))
    found = violations(with_crossings, table, LIMITS)
    assert {v.rule for v in found} == {"pedestrian clearance too short"}
    assert {v.time_s for v in found} == {45.0}


def test_a_walk_cleared_before_its_rival_is_clean(with_crossings: Network) -> None:
    table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (30, WALK), (3, NO_WALK), (3, "rrryyyrrryyyrrrr"), (9, CLOSED))
    assert violations(with_crossings, table, LIMITS) == []


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_what_it_reads_of_a_network_is_what_the_others_read(tiny_network: TinyNetwork, name: str) -> None:
    """Two ways that share the parser: a fault in one of them shows."""
    network = read_network(tiny_network(name).with_suffix(".net.xml"))
    places = _places(network)
    theirs = {c: place for c, place in network.requests.items() if c.signal}
    assert {c: place for c, place in places.items() if c.signal} == theirs
    others = SignalLinks(network, "centre")
    own = _links(network, places, network.signal_links["centre"])
    size = range(len(own.known))
    assert {(i, j) for i in size for j in size if own.foes[i, j]} == others.conflicts.foes
    assert {(i, j) for i in size for j in size if own.yields[i, j]} == others.conflicts.yields
    assert set(np.flatnonzero(own.crossing)) == others.walks
    assert {i: own.crossing_m[i] for i in others.walks} == others.crossing_m
    assert {i for i in size if not own.straight[i]} == {i for i in size if others.is_turn(i)}


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_a_place_among_the_rights_of_way_is_that_among_the_inner_lanes(tiny_network: TinyNetwork, name: str) -> None:
    network = read_network(tiny_network(name).with_suffix(".net.xml"))
    places = _places(network)
    known = [c for c in network.connections if c.signal and c.via]
    assert known
    for connection in known:
        junction, place = places[connection]
        assert network.junctions[junction].internal_lanes[place] in network.lanes_inside(connection)


def test_each_signal_has_its_own_limits(t_junction: Network) -> None:
    table = with_row(6, (4, "rrGGrr"))
    assert [v.rule for v in violations(t_junction, table, {"centre": LIMITS})] == ["green too short"]
    assert violations(t_junction, table, {"centre": replace(LIMITS, min_green_s=4.0)}) == []
    assert violations(t_junction, table, {"another": LIMITS}) == []


def test_the_seconds_judged_are_those_of_known_signals(t_junction: Network) -> None:
    both = pd.concat([shown((9, "GGrrrr"), (3, "yyrrrr")), shown((9, "GGGGGG"), signal="other")])
    assert signal_seconds(t_junction, both) == 12.0


def test_a_rival_that_goes_as_the_walk_ends_is_found(with_crossings: Network) -> None:
    table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (30, WALK), (9, CLOSED))
    late = [v for v in violations(with_crossings, table, LIMITS) if v.rule == "pedestrian clearance too short"]
    assert {v.time_s for v in late} == {42.0}
    assert all("is green 0 s after walk" in v.detail for v in late)


def test_a_walk_of_just_its_time_is_clean(with_crossings: Network) -> None:
    table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (5, WALK), (9, NO_WALK), (3, "rrryyyrrryyyrrrr"), (9, CLOSED))
    assert rules(with_crossings, table) == set()


def test_without_a_walk_asked_none_is_too_short(with_crossings: Network) -> None:
    table = shown(
        (9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (0.5, WALK), (30, NO_WALK), (3, "rrryyyrrryyyrrrr"), (9, CLOSED)
    )
    assert violations(with_crossings, table, Limits(yellow_s=3.0, min_green_s=5.0)) == []


def test_without_a_walking_speed_no_clearance_is_asked(with_crossings: Network) -> None:
    table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (30, WALK), (3, "rrryyyrrryyyrrrr"), (9, CLOSED))
    assert violations(with_crossings, table, replace(LIMITS, walking_speed_mps=0.0)) == []


def test_the_clearance_is_the_length_of_the_crossing_at_walking_speed(with_crossings: Network) -> None:
    crossing = next(c for c in with_crossings.signal_links["centre"][12])
    needed_s = with_crossings.edges[crossing.to_edge].length_m / LIMITS.walking_speed_mps
    for gap_s, found in ((needed_s - 0.1, {"pedestrian clearance too short"}), (needed_s, set())):
        table = shown((9, CLOSED), (3, "yyyrrryyyrrrrrrr"), (30, WALK), (gap_s, "r" * 16), (9, CLOSED))
        assert rules(with_crossings, table) - {"yellow too short"} == found


def test_a_rival_that_goes_at_once_has_no_all_red(t_junction: Network) -> None:
    limits = replace(LIMITS, all_red_s=2.0)
    found = violations(t_junction, shown((20, "GrrrGG"), (20, "rrGGrr"), (9, "rrrrrr")), limits)
    cut = [v for v in found if v.rule == "all-red too short"]
    assert {v.time_s for v in cut} == {20.0}
    assert all("0 s after link" in v.detail and "not 5 s" in v.detail for v in cut)


def test_violations_come_in_order_of_time(t_junction: Network) -> None:
    found = violations(t_junction, shown((5, "rrrrrr"), (9, "rrrGrr"), (4, "GrrGrr"), (9, "rrrGrG")), LIMITS)
    assert {v.rule for v in found} == {"conflict", "green too short", "yellow too short"}
    assert [v.time_s for v in found] == sorted(v.time_s for v in found)


def test_a_signal_that_the_network_does_not_know_is_not_judged(t_junction: Network) -> None:
    assert violations(t_junction, shown((9, "GGGGGG"), signal="other"), LIMITS) == []


def shipped_limits(network: Network) -> Limits:
    """Yellow and shortest green of the programme that SUMO itself plays; clearance as for every controller."""
    phases = network.programmes["centre"].phases
    links = range(len(phases[0].state))
    yellows = [p.duration_s for p in phases if "y" in p.state]
    greens = [sum(p.duration_s for p in phases if p.state[link] in GREEN) for link in links]
    return Limits(yellow_s=min(yellows), min_green_s=min(greens), walk_s=min(greens), walking_speed_mps=1.2)


def own_limits(signal: Signal, controller: str) -> Limits:
    parameters = parse_controller(controller).parameters
    assert isinstance(parameters, AdaptiveParameters)
    stages = adapted(signal, parameters).stages
    return Limits(signal.yellow_s, min(stage.min_green_s for stage in stages), signal.walk_s, 1.2)


@pytest.mark.parametrize("name", TINY_NETWORKS)
@pytest.mark.parametrize("controller", CONTROLLERS)
def test_a_controller_runs_clean(tiny_network: TinyNetwork, tiny_run: TinyRun, name: str, controller: str) -> None:
    network = read_network(tiny_network(name).with_suffix(".net.xml"))
    signal = derive_signals(network, SignalTiming()).signals["centre"]
    record = tiny_run(name, controller)
    table = record.table("signals")
    limits = shipped_limits(network) if controller == "fixed" else own_limits(signal, controller)
    assert record["faults"] == []
    assert table["stage"].nunique() == len(signal.stages) + 1, "every stage and an intergreen were shown"
    assert violations(network, table, limits) == []


WRAPPERS = (
    "emergency-preemption",
    "pedestrian-actuated",
    "pedestrian-actuated:walks=scramble",
    "transit-priority",
    "emergency-preemption:of=pedestrian-actuated,of.of=transit-priority,of.of.of=fixed",
    "transit-priority:of=pedestrian-actuated,of.of=max-pressure,of.walks=scramble",
)


@pytest.mark.parametrize("name", ["crossroads-with-bus-line", "crossroads-with-crossings"])
@pytest.mark.parametrize("controller", WRAPPERS)
def test_a_wrapper_runs_clean(tiny_network: TinyNetwork, tiny_run: TinyRun, name: str, controller: str) -> None:
    network = read_network(tiny_network(name).with_suffix(".net.xml"))
    signal = derive_signals(network, SignalTiming()).signals["centre"]
    spec = parse_controller(controller)
    shortest_s = min(stage.min_green_s for stage in spec.cls.signal_for(signal, spec.parameters).stages)
    record = tiny_run(name, controller)
    assert record["faults"] == []
    assert violations(network, record.table("signals"), Limits(signal.yellow_s, shortest_s, signal.walk_s, 1.2)) == []


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        pytest.param(
            "abay-seifullin",
            Limits(yellow_s=3, min_green_s=7, walk_s=5, walking_speed_mps=1.2),
            marks=pytest.mark.slow,
        ),
        ("resco:cologne8", Limits(yellow_s=3, min_green_s=5)),
    ],
)
@pytest.mark.parametrize("controller", CONTROLLERS)
def test_a_controller_runs_clean_on_real_junctions(tmp_path: Path, name: str, limits: Limits, controller: str) -> None:
    scenario = load_scenario(name)
    record = run(scenario, controller, seed=1, out=tmp_path)
    assert record["faults"] == []
    assert record["uncontrolled"] == {}
    assert violations(read_network(scenario.net_file), record.table("signals"), limits) == []


@pytest.mark.slow
def test_a_stage_without_its_walk_keeps_the_minimum_green_of_its_scenario(tmp_path: Path) -> None:
    scenario = load_scenario("abay-seifullin")
    record = run(scenario, "pedestrian-actuated", seed=1, out=tmp_path)
    limits = Limits(yellow_s=3, min_green_s=7, walk_s=5, walking_speed_mps=1.2)
    assert record["faults"] == []
    assert violations(read_network(scenario.net_file), record.table("signals"), limits) == []

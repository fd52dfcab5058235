"""From shipped programmes to signals: what is a stage, a group, a yellow, and what cannot be controlled."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import TINY_NETWORKS, TinyNetwork
from zhasyl.derive import derive_signals
from zhasyl.network import Connection, Edge, Junction, Network, Phase, Programme
from zhasyl.signals import Signal, SignalTiming
from zhasyl.sumo.net_file import read_network

NO_TIMING = SignalTiming()
TWO_STAGES = ((20, "GGrr"), (3, "yyrr"), (2, "rrrr"), (25, "rrGG"), (4, "rryy"), (1, "rrrr"))
CROSSING_PAIRS = ((0, 2), (0, 3), (1, 2), (1, 3))


def edge(name: str, function: str = "normal", length_m: float = 100.0) -> Edge:
    return Edge(name, "", "", function, "", length_m, 13.89, (f"{name}_0",), ((0.0, 0.0), (1.0, 0.0)))


def indices(pairs: Iterable[tuple[int, int]], size: int) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(b for a, b in pairs if a == i) for i in range(size))


def junction_with(
    phases: Sequence[tuple[float, str]],
    foes: Iterable[tuple[int, int]] = CROSSING_PAIRS,
    yields: Iterable[tuple[int, int]] = (),
    walks: Sequence[int] = (),
    links: int = 4,
    kind: str = "static",
) -> Network:
    """One signal 'J'; link i leads from edge in<i> to out<i>, walking links (the last ones) over a 12 m crossing."""
    edges, connections = {}, []
    for i in range(links):
        ends = (f":J_w{i}", f":J_c{i}") if i in walks else (f"in{i}", f"out{i}")
        functions = ("walkingarea", "crossing") if i in walks else ("normal", "normal")
        edges.update({end: edge(end, function, 12.0) for end, function in zip(ends, functions, strict=True)})
        connections.append(Connection(ends[0], 0, ends[1], 0, "s", "J", i, "" if i in walks else f":J_{i}_0"))
    both_ways = [*foes, *((b, a) for a, b in foes)]
    junction = Junction(
        id="J",
        kind="traffic_light",
        incoming_lanes=tuple(f"in{i}_0" for i in range(links) if i not in walks),
        internal_lanes=tuple(f":J_c{i}_0" if i in walks else f":J_{i}_0" for i in range(links)),
        foes=indices(both_ways, links),
        response=indices(yields, links),
    )
    programme = Programme("J", "0", kind, 0.0, tuple(Phase(float(s), state, None, None) for s, state in phases))
    return Network(Path("J.net.xml"), edges, {"J": junction}, tuple(connections), {"J": programme}, {})


def derived(network: Network, timing: SignalTiming = NO_TIMING) -> Signal:
    found = derive_signals(network, timing)
    assert not found.uncontrolled
    (signal,) = found.signals.values()
    return signal


def reason(network: Network) -> str:
    found = derive_signals(network, NO_TIMING)
    assert not found.signals
    (text,) = found.uncontrolled.values()
    assert "\n" not in text
    return text


def tiny_signal(sumocfg: Path) -> Signal:
    return derived(read_network(sumocfg.with_suffix(".net.xml")))


def states(signal: Signal) -> list[str]:
    return [stage.state for stage in signal.stages]


def test_the_t_junction_has_three_stages_and_its_shipped_plan(tiny_network: TinyNetwork) -> None:
    signal = tiny_signal(tiny_network("t-junction-left-turn"))
    assert states(signal) == ["GGGrrr", "GrrrGG", "rrGGrr"]
    assert signal.plan.stages == (0, 1, 2)
    assert signal.plan.greens_s == (10.0, 30.0, 15.0)
    assert signal.plan.cycle_s == 70.0
    assert (signal.yellow_s, signal.all_red_s) == (3.0, 2.0)


def test_a_stage_is_shown_for_a_second_at_least(tiny_network: TinyNetwork) -> None:
    network = read_network(tiny_network("t-junction-left-turn").with_suffix(".net.xml"))
    signal = derived(network, replace(NO_TIMING, min_green_s=0.0))
    assert {stage.min_green_s for stage in signal.stages} == {1.0}


def test_a_left_turn_on_a_shared_lane_is_permissive_and_yields_to_the_opposing_through(
    tiny_network: TinyNetwork,
) -> None:
    signal = tiny_signal(tiny_network("crossroads-shared-lanes"))
    left, opposing = 6, (11, 12)
    assert signal.stages[0].state[left] == "g"
    assert {(left, through) for through in opposing} <= signal.conflicts.yields
    assert not {(through, left) for through in opposing} & signal.conflicts.yields
    movement = next(i for i, m in enumerate(signal.movements) if m.links == (left,))
    assert signal.serves[0, movement]
    assert not signal.protects[:, movement].any()


def test_a_through_movement_on_two_lanes_is_one_movement(tiny_network: TinyNetwork) -> None:
    signal = tiny_signal(tiny_network("crossroads-shared-lanes"))
    (through,) = [m for m in signal.movements if (m.from_edge, m.to_edge) == ("west-in", "east-out")]
    assert (through.links, through.lanes) == ((11, 12), 2)


def test_turns_yield_to_pedestrians_who_cross_their_exit(tiny_network: TinyNetwork) -> None:
    signal = tiny_signal(tiny_network("crossroads-with-crossings"))
    walks = signal.pedestrian_links
    assert walks == {12, 13, 14, 15}
    for stage in signal.stages:
        walking = [link for link in walks if stage.green(link)]
        rivals = [(i, j) for i in range(12) for j in walking if stage.green(i) and (i, j) in signal.conflicts.foes]
        assert rivals
        assert all(stage.state[i] == "g" and (i, j) in signal.conflicts.yields for i, j in rivals)


def test_the_clearance_tail_of_a_walk_is_not_a_stage(tiny_network: TinyNetwork) -> None:
    signal = tiny_signal(tiny_network("crossroads-with-crossings"))
    assert len(signal.stages) == 2
    assert signal.plan.greens_s == (42.0, 42.0)
    assert signal.has_walk(0)
    assert not set(signal.after_walk(0)[12:]) & set("Gg")


def test_the_minimum_green_of_a_walk_covers_its_clearance_up_to_the_yellow() -> None:
    phases = [(20, "GGrrG"), (10, "GGrrr"), (3, "yyrrr"), (25, "rrGGr"), (3, "rryyr")]
    network = junction_with(phases, foes=[*CROSSING_PAIRS, (2, 4), (3, 4)], walks=[4], links=5)
    timing = SignalTiming(walk_s=6.0, walking_speed_mps=1.0)
    signal = derived(network, timing)
    assert signal.stages[0].min_green_s == 6.0 + 12.0 - 3.0
    assert signal.stages[1].min_green_s == 5.0
    assert signal.plan.greens_s == (30.0, 25.0)


@pytest.mark.parametrize("bridge_s", [2, 5])
def test_a_bridging_all_red_with_continuing_greens_is_not_a_stage(bridge_s: int) -> None:
    phases = [(20, "GGrr"), (3, "Gyrr"), (bridge_s, "Grrr"), (25, "GrGr"), (3, "yryr"), (20, "rrrG"), (3, "rrry")]
    signal = derived(junction_with(phases, foes=[(0, 3), (1, 2), (1, 3), (2, 3)]))
    assert states(signal) == ["GGrr", "GrGr", "rrrG"]
    assert signal.plan.greens_s == (20.0, 25.0, 20.0)


def test_an_all_red_before_a_green_that_becomes_protected_is_not_a_stage() -> None:
    phases = [(20, "rGrr"), (3, "ryrr"), (22, "GrGg"), (3, "yrGg"), (2, "rrGg"), (7, "rrGG"), (3, "rryy")]
    signal = derived(junction_with(phases, foes=[(0, 1), (0, 3), (1, 2), (1, 3)], yields=[(3, 0)]))
    assert states(signal) == ["rGrr", "GrGg", "rrGG"]
    assert signal.plan.greens_s == (20.0, 22.0, 7.0)


@pytest.mark.parametrize(
    "phases",
    [
        [(20, "rrGG"), (3, "rryy"), (4, "Grrr"), (20, "GGrr"), (3, "yyrr")],  # was red before
        [(20, "GGrg"), (3, "yyrg"), (4, "rrrg"), (20, "rrGr"), (3, "rryr")],  # ends before the next
    ],
)
def test_a_short_green_is_a_stage_unless_it_was_green_and_stays_green(phases: list[tuple[float, str]]) -> None:
    foes, yields = [*CROSSING_PAIRS, (2, 3)], [(3, 0), (3, 1)]
    foes = foes if "g" in phases[0][1] else list(CROSSING_PAIRS)
    signal = derived(junction_with(phases, foes=foes, yields=yields))
    assert states(signal) == [phases[0][1], phases[2][1], phases[3][1]]


@pytest.mark.parametrize("row_s", [6, 12])
def test_a_long_row_of_continuing_greens_is_a_stage(row_s: int) -> None:
    phases = [(20, "GGrr"), (3, "Gyrr"), (row_s, "Grrr"), (25, "GrGr"), (3, "yryr"), (20, "rrrG"), (3, "rrry")]
    signal = derived(junction_with(phases, foes=[(0, 3), (1, 2), (1, 3), (2, 3)]))
    assert states(signal) == ["GGrr", "Grrr", "GrGr", "rrrG"]


def test_a_short_green_that_does_not_continue_is_a_stage() -> None:
    signal = derived(junction_with([(20, "GGrr"), (3, "Gyrr"), (4, "Grrr"), (25, "rrGG"), (3, "rryy")]))
    assert states(signal) == ["GGrr", "Grrr", "rrGG"]


def test_equal_columns_form_one_group_and_unequal_ones_do_not() -> None:
    phases = [(20, "GGrr"), (3, "yyrr"), (25, "rrGG"), (3, "rryy"), (9, "rrrG"), (3, "rrry")]
    signal = derived(junction_with(phases))
    assert [group.links for group in signal.groups] == [(0, 1), (2,), (3,)]
    assert [group.id for group in signal.groups] == ["1", "2", "3"]


def test_a_walk_with_the_column_of_a_road_is_a_group_of_its_own() -> None:
    phases = [(20, "GGrrG"), (3, "yyrrr"), (25, "rrGGr"), (3, "rryyr")]
    signal = derived(junction_with(phases, foes=[*CROSSING_PAIRS, (2, 4), (3, 4)], walks=[4], links=5))
    assert [(group.links, group.pedestrian) for group in signal.groups] == [
        ((0, 1), False), ((2, 3), False), ((4,), True),
    ]  # fmt: skip
    assert signal.groups[2].clearance_s == pytest.approx(12.0 / 1.2)


def test_a_stage_visited_twice_is_one_stage_and_two_entries_of_the_plan() -> None:
    phases = [(20, "GGrr"), (3, "yyrr"), (9, "rrGr"), (3, "rryr"), (11, "GGrr"), (3, "yyrr"), (8, "rrrG"), (3, "rrry")]
    signal = derived(junction_with(phases))
    assert states(signal) == ["GGrr", "rrGr", "rrrG"]
    assert signal.plan.stages == (0, 1, 0, 2)
    assert signal.plan.greens_s == (20.0, 9.0, 11.0, 8.0)


def test_yellow_and_all_red_are_the_longest_of_the_shipped_programme() -> None:
    signal = derived(junction_with(TWO_STAGES))
    assert (signal.yellow_s, signal.all_red_s) == (4.0, 2.0)


@pytest.mark.parametrize(
    ("phases", "all_red_s"),
    [
        ([(20, "GGrr"), (3, "yyrr"), (1, "rrrr"), (1.5, "rrrr"), (25, "rrGG"), (3, "rryy"), (2, "rrrr")], 2.5),
        ([(2, "rrrr"), (20, "GGrr"), (3, "yyrr"), (25, "rrGG"), (3, "rryy")], 2.0),  # the cycle begins with it
        ([(20, "GGrr"), (3, "yyrr"), (9, "rrrr"), (25, "rrGG"), (3, "rryy")], 5.0),  # no more than a bridge may last
        ([(20, "GGrr"), (4, "rrrr"), (25, "rrGG"), (3, "rryy"), (1, "rrrr")], 1.0),  # after a yellow only
    ],
)
def test_the_all_red_is_what_stays_closed_after_a_yellow(phases: list[tuple[float, str]], all_red_s: float) -> None:
    assert derived(junction_with(phases)).all_red_s == all_red_s


def test_a_yellow_split_over_two_rows_is_one_yellow() -> None:
    phases = [(20, "GGrr"), (2, "yyrr"), (2, "yyrr"), (25, "rrGG"), (3, "rryy")]
    assert derived(junction_with(phases)).yellow_s == 4.0


def test_a_programme_without_yellow_gets_the_default() -> None:
    signal = derived(junction_with([(20, "GGrr"), (25, "rrGG")]))
    assert (signal.yellow_s, signal.all_red_s) == (3.0, 0.0)


def test_given_timings_win_over_shipped_ones() -> None:
    signal = derived(junction_with(TWO_STAGES), SignalTiming(yellow_s=5.0, all_red_s=3.0, min_green_s=9.0))
    assert (signal.yellow_s, signal.all_red_s) == (5.0, 3.0)
    assert [stage.min_green_s for stage in signal.stages] == [9.0, 9.0]


def test_minimum_and_maximum_green_are_read_from_an_actuated_programme() -> None:
    network = junction_with(TWO_STAGES, kind="actuated")
    rows = network.programmes["J"].phases
    timed = (replace(rows[0], min_s=7.0, max_s=33.0), *rows[1:])
    signal = derived(replace(network, programmes={"J": replace(network.programmes["J"], phases=timed)}))
    assert [(stage.min_green_s, stage.max_green_s) for stage in signal.stages] == [(7.0, 33.0), (5.0, 60.0)]


def test_a_stop_before_turning_stays_the_closed_indication() -> None:
    phases = [(20, "GGrs"), (3, "yyrs"), (25, "rrGG"), (3, "rryy")]
    signal = derived(junction_with(phases, yields=[(3, 0), (3, 1)]))
    assert states(signal) == ["GGrs", "rrGG"]
    assert not signal.notes


def test_a_stop_before_turning_that_would_not_give_way_is_closed_and_noted() -> None:
    signal = derived(junction_with([(20, "GGrs"), (3, "yyrs"), (25, "rrGG"), (3, "rryy")], yields=[(0, 3)]))
    assert states(signal) == ["GGrr", "rrGG"]
    assert signal.notes == (
        "stage 'A': link 3 is closed, was shipped for a turn on red after stop where it would not give way",
    )


def test_a_protected_link_that_has_to_yield_is_made_permissive_and_noted() -> None:
    phases = [(20, "GGGr"), (3, "yyyr"), (25, "rrrG"), (3, "rrry")]
    signal = derived(junction_with(phases, yields=[(2, 0), (2, 1)]))
    assert states(signal) == ["GGgr", "rrrG"]
    assert signal.notes == ("stage 'A': link 2 gives way, was shipped as protected",)


def test_protected_conflicting_links_without_a_right_of_way_leave_the_signal_uncontrolled() -> None:
    phases = [(20, "GrGr"), (3, "yryr"), (25, "rGrG"), (3, "ryry")]
    text = reason(junction_with(phases, foes=[(0, 2)]))
    assert "stage 'A'" in text
    assert "links 0 and 2 conflict" in text


def test_a_one_stage_signal_is_named_and_stays_uncontrolled() -> None:
    assert "1 stage; a controller needs at least 2" in reason(junction_with([(60, "GGrr"), (3, "yyrr"), (9, "rrrr")]))


def test_the_same_stage_twice_counts_as_one() -> None:
    phases = [(20, "GGrr"), (3, "yyrr"), (9, "rrrr"), (15, "GGrr"), (3, "yyrr"), (9, "rrrr")]
    assert "1 stage; a controller needs at least 2" in reason(junction_with(phases))


def test_a_pedestrian_only_signal_is_named_and_stays_uncontrolled() -> None:
    network = junction_with([(20, "Gr"), (20, "rG")], foes=[], walks=[0, 1], links=2)
    assert "pedestrian crossings only" in reason(network)


def test_a_nema_programme_is_named_and_stays_uncontrolled() -> None:
    assert "type NEMA" in reason(junction_with(TWO_STAGES, kind="NEMA"))


def test_a_link_index_beyond_the_state_is_named_and_stays_uncontrolled() -> None:
    text = reason(junction_with([(20, "GGr"), (3, "yyr"), (25, "rrG"), (3, "rry")]))
    assert "3 indications for link index 3" in text


def test_a_programme_without_phases_is_named_and_stays_uncontrolled() -> None:
    assert "0 indications for link index 3" in reason(junction_with([]))


def test_a_programme_for_no_connection_is_named_and_stays_uncontrolled() -> None:
    network = replace(junction_with(TWO_STAGES), connections=())
    assert "controls no connection" in reason(network)


def test_one_unusable_signal_leaves_the_others_controlled() -> None:
    network = junction_with(TWO_STAGES)
    other = replace(network.programmes["J"], signal="K", kind="NEMA")
    found = derive_signals(replace(network, programmes={**network.programmes, "K": other}), NO_TIMING)
    assert set(found.signals) == {"J"}
    assert set(found.uncontrolled) == {"K"}


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_every_movement_of_a_tiny_network_is_served_by_a_stage(tiny_network: TinyNetwork, name: str) -> None:
    signal = tiny_signal(tiny_network(name))
    assert signal.serves.any(axis=0).all()
    assert not signal.notes


def test_a_stage_over_the_end_of_the_cycle_is_one_visit() -> None:
    signal = derived(junction_with([(8, "GGrr"), (3, "yyrr"), (25, "rrGG"), (3, "rryy"), (12, "GGrr")]))
    visits = dict(zip(signal.plan.stages, signal.plan.greens_s, strict=True))
    assert len(signal.plan.stages) == 2
    assert {signal.stages[index].state: green_s for index, green_s in visits.items()} == {"GGrr": 20.0, "rrGG": 25.0}


@pytest.mark.parametrize("turned", [False, True])
def test_other_stages_at_the_two_ends_of_the_cycle_are_two(turned: bool) -> None:
    first, last = ("GGrr", "rrGG") if turned else ("rrGG", "GGrr")
    signal = derived(junction_with([(20, first), (3, first.replace("G", "y")), (15, last)]))
    assert states(signal) == [first, last]
    assert signal.plan.greens_s == (20.0, 15.0)


def test_a_walk_alone_at_the_end_and_an_all_red_at_the_beginning_are_no_one_visit() -> None:
    phases = [(2, "rrrrr"), (20, "GGrrr"), (3, "yyrrr"), (25, "rrGGr"), (3, "rryyr"), (15, "rrrrG")]
    signal = derived(junction_with(phases, foes=[*CROSSING_PAIRS, (2, 4), (3, 4)], walks=[4], links=5))
    assert states(signal) == ["GGrrr", "rrGGr", "rrrrG"]


def test_a_stage_is_called_by_the_name_of_its_own_phase() -> None:
    network = junction_with(TWO_STAGES)
    phases = network.programmes["J"].phases
    named = tuple(replace(p, name={"GGrr": "NS", "rrGG": "EW"}.get(p.state, "")) for p in phases)
    signal = derived(replace(network, programmes={"J": replace(network.programmes["J"], phases=named)}))
    assert [stage.id for stage in signal.stages] == ["NS", "EW"]


def test_a_walk_over_the_end_of_the_cycle_has_no_tail_stage() -> None:
    phases = [(5, "GGrrr"), (3, "yyrrr"), (25, "rrGGr"), (3, "rryyr"), (15, "GGrrG")]
    signal = derived(junction_with(phases, foes=[*CROSSING_PAIRS, (2, 4), (3, 4)], walks=[4], links=5))
    assert set(states(signal)) == {"GGrrG", "rrGGr"}


@pytest.mark.parametrize(
    ("phases", "begins_s"),
    [
        ([(20, "GGrr"), (3, "yyrr"), (25, "rrGG"), (3, "rryy")], 0),
        ([(3, "yyrr"), (25, "rrGG"), (3, "rryy"), (20, "GGrr")], 3),
        ([(8, "GGrr"), (3, "yyrr"), (25, "rrGG"), (3, "rryy"), (12, "GGrr")], 39),
    ],
)
def test_the_offset_is_that_of_the_first_stages_green(phases: list[tuple[float, str]], begins_s: float) -> None:
    network = junction_with(phases)
    late = replace(network, programmes={"J": replace(network.programmes["J"], offset_s=7.0)})
    assert derived(late).plan.offset_s == begins_s + 7.0

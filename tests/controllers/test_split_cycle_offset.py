"""Profiles, regions and the three optimisers of control by split, cycle and offset, worked by hand."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import crossroads, demanded, seen
from zhasyl.controllers.parts.flow_profile import BINS, FlowProfile, delay_veh
from zhasyl.controllers.parts.region import LINK_M, Link, Region, links_between, members, needed_cycle_s
from zhasyl.controllers.split_cycle_offset import SplitCycleOffset, SplitCycleOffsetParameters
from zhasyl.network import Connection, Edge, Network
from zhasyl.observation import Area
from zhasyl.signals import Movement, Signal, SignalPlan

PARAMETERS = SplitCycleOffsetParameters()


def built(*signals: Signal, network: Network, **values: float) -> list[SplitCycleOffset]:
    area = Area({s.id: s for s in signals}, network, lambda _: demanded([0.0] * 4))
    make = SplitCycleOffset.for_network(area, SplitCycleOffsetParameters.model_validate(values))
    found = [make(signal) for signal in signals]
    assert all(isinstance(node, SplitCycleOffset) for node in found)
    return [node for node in found if isinstance(node, SplitCycleOffset)]


def beside(base: Signal, name: str, from_edge: str, to_edge: str) -> Signal:
    """A signal like `base` whose east-west movement comes from and leads to the given edges."""
    own = tuple(Movement(f"{m.from_edge}{name}", f"{m.to_edge}{name}", m.links, 1) for m in base.movements)
    return replace(base, id=name, movements=(*own[:2], Movement(from_edge, to_edge, (2,), 1), own[3]))


def chain(*lengths_m: float, fork: bool = False) -> Network:
    """A road from 'road0' over 'road1', ...; with a fork after the first piece."""
    names = [f"road{number}" for number in range(len(lengths_m))]
    lengths = {**dict(zip(names, lengths_m, strict=True)), "side": 100.0}
    edges = {name: Edge(name, "", "", "", "", length_m, 14.0, (), ()) for name, length_m in lengths.items()}
    onward = [*pairwise(names), *([("road0", "side")] if fork else [])]
    links = tuple(Connection(a, 0, b, 0, "s", "", -1, "") for a, b in onward)
    return Network(Path(), edges, {}, links, {}, {})


def two_signals(last: str = "road1") -> tuple[Signal, Signal]:
    return beside(crossroads(), "J", "w", "road0"), beside(crossroads(), "K", last, "e")


def test_a_profile_counts_arrivals_at_their_place_in_the_cycle() -> None:
    """A platoon of 0.5 veh/s that passes between 30 and 42 s of each cycle of 60 s, and nothing else."""
    profile = FlowProfile(4)
    for cycle in range(20):
        for second in range(60):
            due_s = np.arange(30.5, 42, 2.0) - second
            vehicles = [(2, float(due * 13.9), 13.9) for due in due_s if 0 < due * 13.9 <= 150]
            profile.note(seen(crossroads(), vehicles, time_s=60.0 * cycle + second), 60.0)
        profile.smooth()
    rate = profile.rate_vps[:, 2]
    assert rate[15:21] == pytest.approx(0.5, abs=0.02)
    assert np.delete(rate, range(15, 21)) == pytest.approx(0.0, abs=0.02)
    assert not profile.rate_vps[:, [0, 1, 3]].any()


def test_who_stands_is_not_counted_again() -> None:
    profile = FlowProfile(4)
    profile.note(seen(crossroads(), [(0, 90.0, 0.0), (0, 97.0, 0.5)]), 60.0)
    profile.smooth()
    assert not profile.rate_vps.any()


def test_the_delay_of_uniform_arrivals_is_that_of_the_triangle() -> None:
    """Flow 0.2 and capacity 0.5 veh/s, red r of 60 s: r² q s / (2 C (s - q)) vehicles wait, Webster's first term."""
    red_bins, bin_s = BINS // 2, 60.0 / BINS
    capacity = np.full((BINS, 1), 0.5) * (np.arange(BINS) >= red_bins)[:, None]
    waiting = delay_veh(np.full((BINS, 1), 0.2) * bin_s, capacity * bin_s)
    red_s = red_bins * bin_s
    assert waiting == pytest.approx(red_s**2 * 0.2 * 0.5 / (2 * 60 * 0.3), rel=0.08)


@given(st.lists(st.floats(0, 0.4), min_size=2, max_size=4), st.floats(4, 20))
def test_the_needed_cycle_is_the_shortest_that_keeps_the_target(ratios: list[float], lost_s: float) -> None:
    flows, least_s = np.array(ratios), np.full(len(ratios), 7.0)
    cycle_s = needed_cycle_s(flows, least_s, lost_s)
    if np.isinf(cycle_s):
        assert flows.sum() / 0.9 > 1 - (lost_s + least_s.sum()) / 1000
    else:
        greens_s = np.maximum(flows * cycle_s / 0.9, least_s)
        assert greens_s.sum() + lost_s == pytest.approx(cycle_s, abs=1.0)


def test_a_region_moves_its_cycle_by_steps_towards_what_its_busiest_signal_needs() -> None:
    region = Region(40, 120, step_s=8, review_s=150)
    region.join(90, 40)
    region.join(60, 50)
    assert region.cycle_s == 90

    def reviewed(needed: dict[str, float], time_s: float) -> float:
        for name, needed_s in needed.items():
            region.report(name, needed_s)
        region.review(time_s)
        return region.cycle_s

    assert reviewed({"J": 100, "K": 30}, 0) == 90
    assert reviewed({"J": 92}, 149) == 90
    assert reviewed({"J": 80}, 150) == 98
    assert reviewed({"J": 30, "K": 30}, 300) == 90
    assert reviewed({"J": float("inf")}, 450) == 98
    assert [reviewed({"J": 10.0}, 600.0 + 150 * n) for n in range(8)][-1] == 50


@pytest.mark.parametrize(
    ("network", "joined"),
    [
        (chain(200, 300), True),
        (chain(LINK_M, 1), False),
        (chain(200, 300, fork=True), False),
    ],
)
def test_a_region_is_joined_by_short_roads_without_a_fork(network: Network, joined: bool) -> None:
    signals = {signal.id: signal for signal in two_signals()}
    links = links_between(signals, network)
    assert links == ([Link("J", "K", "road1")] if joined else [])
    assert (len(set(members(signals, [(link.signal, link.to) for link in links]).values())) == 1) == joined


def test_signals_of_a_region_share_one_cycle() -> None:
    one, other = two_signals()
    longer = replace(other, plan=SignalPlan((0, 1), (40.0, 30.0), 78.0))
    nodes = built(one, longer, network=chain(200, 300))
    for node in nodes:
        node.next_stage(seen(one, time_s=20.0, green_s=6.0))
    assert {node.plan.cycle_s for node in nodes} == {78.0}
    assert all(sum(node.plan.greens_s) == pytest.approx(78.0 - 8.0) for node in nodes)
    apart = built(one, longer, network=chain(LINK_M, 1))
    assert [node.plan.cycle_s for node in apart] == [58.0, 78.0]


def seconds(node: SplitCycleOffset, vehicles: list[tuple[int, float, float]], until_s: int) -> Iterator[int]:
    """Play a node second by second, intergreens of 4 s, while `vehicles` always stand the same; the stage shown."""
    stage, began_s = node.plan.stages[0], 0
    for time_s in range(until_s):
        if time_s - began_s >= 5:
            observed = seen(node.signal, vehicles, time_s=time_s, stage=stage, green_s=time_s - began_s)
            chosen = node.next_stage(observed)
            if chosen != stage:
                stage, began_s = chosen, time_s + 4
        yield stage


def test_splits_move_by_a_second_a_cycle_towards_the_busier_stage() -> None:
    node = SplitCycleOffset(crossroads(), SplitCycleOffsetParameters(review_s=900))
    before = node.plan.greens_s
    list(seconds(node, [(0, 8.0, 9.0), (0, 20.0, 9.0)], 58 * 6))
    gained_s = node._lasting.greens_s[0] - before[0]
    assert 3 <= gained_s <= 2 * 6
    assert sum(node._lasting.greens_s) == sum(before)


def test_a_split_never_falls_below_the_minimum_green() -> None:
    node = SplitCycleOffset(crossroads(), SplitCycleOffsetParameters(review_s=900))
    list(seconds(node, [(0, 8.0, 9.0), (0, 20.0, 9.0)], 58 * 60))
    assert min(node.plan.greens_s) >= 5.0
    assert node._lasting.greens_s[1] < 10.0


def test_the_offset_follows_a_platoon_to_the_next_signal() -> None:
    """Ours leaves through J's stage B and comes to K 10 places of the cycle later: J and K come into step for it."""
    one, other = two_signals("road0")
    upstream, downstream = built(one, other, network=chain(200))
    platoon = np.zeros((BINS, 4))
    platoon[5:10, 2] = 0.5
    downstream.profile.rate_vps[:] = platoon
    before = downstream.capacity_vps()[:, 2] > 0
    waiting = [upstream._waiting(shift) for shift in range(BINS)]
    assert min(waiting) < max(waiting)
    best = int(np.argmin(waiting))
    arrivals = np.roll(platoon[:, 2], best) > 0
    assert (before & arrivals).sum() == arrivals.sum()
    for _ in range(BINS):
        held = upstream.plan.offset_s
        upstream._change_offset()
        downstream.profile.rate_vps[:] = np.roll(
            downstream.profile.rate_vps, round((upstream.plan.offset_s - held) / 58 * BINS), axis=0
        )
    assert upstream._waiting(0) == pytest.approx(min(waiting))


def test_a_new_cycle_keeps_the_beginning_of_the_old_one() -> None:
    node = SplitCycleOffset(crossroads(), PARAMETERS)
    list(seconds(node, [], 58 * 3))
    node._region.cycle_s = 70.0
    began_s = 58.0 * 3
    node._follow_region(began_s + 10)
    assert (began_s - node.plan.offset_s) % 70.0 == pytest.approx(0.0)
    assert sum(node.plan.greens_s) + 8 == pytest.approx(node.plan.cycle_s) == pytest.approx(70.0)

"""Webster's method on signals whose answer can be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import crossroads
from zhasyl.errors import SignalError
from zhasyl.signals import Conflicts, Movement, Signal, SignalPlan, Stage
from zhasyl.timing.permitted import lane_flow
from zhasyl.timing.webster import WebsterTiming, webster_timing

OWN = [frozenset({name}) for name in ("n_0", "s_0", "w_0", "e_0")]


def timing(*volumes: float, lanes: list[frozenset[str]] = OWN, signal: Signal | None = None) -> WebsterTiming:
    return webster_timing(signal or crossroads(), np.array(volumes, dtype=float), lanes)


def left_turn(shown: str) -> Signal:
    """Of the crossroads' movements the second turns left against the first; its indication in stage A is given."""
    signal = crossroads()
    pairs = {(0, 1), (1, 0)} if shown == "g" else set()
    stages = (replace(signal.stages[0], state=f"G{shown}rr"), signal.stages[1])
    return replace(signal, stages=stages, conflicts=Conflicts(signal.conflicts.foes | pairs, frozenset({(1, 0)})))


def test_the_cycle_is_websters_and_greens_follow_the_critical_flow_ratios() -> None:
    found = timing(450, 300, 540, 200)
    assert found.lost_s == 8.0
    assert found.flow_ratio == pytest.approx(0.25 + 0.3)
    assert found.cycle_s == pytest.approx((1.5 * 8 + 5) / (1 - 0.55))
    assert found.greens_s[0] / found.greens_s[1] == pytest.approx(0.25 / 0.3)
    assert sum(found.greens_s) + found.lost_s == pytest.approx(found.cycle_s)


def test_two_lanes_of_a_movement_halve_its_flow_ratio() -> None:
    wide = [frozenset({"n_0", "n_1"}), *OWN[1:]]
    assert timing(900, 0, 540, 0, lanes=wide).flow_ratio == pytest.approx(0.25 + 0.3)


def test_movements_on_a_shared_lane_add_up() -> None:
    shared = [frozenset({"n_0"}), frozenset({"n_0"}), *OWN[2:]]
    assert timing(300, 150, 540, 0, lanes=shared).flow_ratio == pytest.approx(0.25 + 0.3)


def test_a_shared_lane_beside_an_own_one_takes_what_the_own_one_cannot() -> None:
    lanes = [frozenset({"n_0"}), frozenset({"n_0", "n_1"}), *OWN[2:]]
    assert timing(360, 720, 0, 0, lanes=lanes).flow_ratio == pytest.approx(0.3)
    assert timing(630, 90, 0, 0, lanes=lanes).flow_ratio == pytest.approx(0.35)


def test_a_movement_green_in_two_stages_needs_no_more_than_both() -> None:
    base = crossroads()
    stages = (Stage("A", "GGrr", 5, 60), Stage("B", "rrGG", 5, 60), Stage("C", "Grrr", 5, 60))
    signal = replace(base, stages=stages, plan=SignalPlan((0, 2, 1), (20.0, 10.0, 20.0), 60.0))
    found = timing(720, 180, 360, 0, signal=signal)
    assert found.flow_ratio == pytest.approx(0.4 + 0.2)


def test_a_permitted_turn_needs_more_green_the_more_it_gives_way_to() -> None:
    protected = timing(0, 300, 300, 0, signal=left_turn("G"))
    alone = timing(0, 300, 300, 0, signal=left_turn("g"))
    against = [timing(opposing, 300, 300, 0, signal=left_turn("g")).flow_ratio for opposing in (200, 400, 600)]
    assert alone.flow_ratio <= protected.flow_ratio
    assert alone.flow_ratio < against[0] < against[1] < against[2]


def over_a_crossing() -> Signal:
    """The crossroads with a walk beside its first road, which that road's second movement turns over."""
    signal = crossroads(walk=True)
    pairs = {(1, 4), (4, 1)}
    stages = (replace(signal.stages[0], state="GgrrG"), signal.stages[1])
    return replace(signal, stages=stages, conflicts=Conflicts(signal.conflicts.foes | pairs, frozenset({(1, 4)})))


def test_walkers_take_the_turns_across_their_crossing_a_part_of_the_green() -> None:
    """HCM: 200 pedestrians an hour, all in the 30 s of walk and clearance that fill the green, occupy a share of it."""
    green, cycle_s = np.array([30.0, 20.0]) / 58, 58.0
    flow = lane_flow(over_a_crossing(), np.array([300.0, 300, 300, 0]), OWN, 1800, green, {4: 200.0})
    flow_while_they_walk = 200 * cycle_s / 30
    assert flow[0, 1] == pytest.approx(1800 * (1 - flow_while_they_walk / 2000))
    assert flow[0, 0] == flow[1, 2] == 1800


@given(st.lists(st.floats(0, 6000), min_size=2, max_size=2).map(sorted), st.floats(0, 900))
def test_more_walkers_never_leave_more_flow(walkers_per_h: list[float], opposing_vph: float) -> None:
    green, volume_vph = np.array([30.0, 20.0]) / 58, np.array([opposing_vph, 300, 300, 0])
    fewer, more = (
        lane_flow(over_a_crossing(), volume_vph, OWN, 1800, green, {4: each})[0, 1] for each in walkers_per_h
    )
    assert 0 < more <= fewer <= 1800


def test_a_plan_for_walkers_has_a_longer_green_for_the_turn() -> None:
    volumes_vph = np.array([0.0, 500, 300, 0])
    alone, beside = (
        webster_timing(over_a_crossing(), volumes_vph, OWN, walkers_per_h={4: per_h}) for per_h in (0.0, 800.0)
    )
    assert beside.flow_ratio > alone.flow_ratio
    assert beside.greens_s[0] / beside.greens_s[1] > alone.greens_s[0] / alone.greens_s[1]


def test_the_cycle_stays_within_its_bounds() -> None:
    assert timing(1500, 0, 1500, 0).cycle_s == 120.0
    assert timing(1500, 0, 1500, 0).critical_saturation > 1
    assert timing(10, 0, 10, 0).cycle_s == 30.0


def test_minimum_greens_are_kept_without_any_demand() -> None:
    assert timing(900, 0, 0, 0).greens_s[1] == 5.0
    assert min(timing(0, 0, 0, 0).greens_s) >= 5.0


@pytest.mark.parametrize(
    ("volumes", "lanes", "message"),
    [
        ((1, 2, 3), OWN, "3 volumes and 4 sets of lanes for 4 movements"),
        ((-1, 0, 0, 0), OWN, "movement n → s: -1 veh/h is not a volume"),
        ((float("nan"), 0, 0, 0), OWN, "is not a volume"),
        ((0, 0, 5, 0), [*OWN[:2], frozenset[str](), OWN[3]], "movement w → e: 5 veh/h has no lane"),
    ],
)
def test_demand_that_cannot_be_is_refused(
    volumes: tuple[float, ...], lanes: list[frozenset[str]], message: str
) -> None:
    with pytest.raises(SignalError, match=message):
        timing(*volumes, lanes=lanes)


def test_a_movement_the_plan_never_serves_is_refused() -> None:
    base = crossroads()
    signal = replace(base, movements=(*base.movements[:3], Movement("e", "w", (), 1)))
    with pytest.raises(SignalError, match="has no stage in the plan"):
        timing(1, 1, 1, 1, signal=signal)

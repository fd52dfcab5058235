"""The fast model against theory: delay, capacity, offsets, conservation, spillback, permitted turns, pedestrians."""

from math import isclose

import numpy as np
import pytest

from tests.optimise.model.street import SPEED_MPS, plans, street
from zhasyl.optimise.model.fast_model import FastModel, cycle_sums
from zhasyl.optimise.model.layout import CRUISE_SHARE, END_GAIN_S, START_LAG_S, START_S
from zhasyl.optimise.model.turning import SATURATION_VPS
from zhasyl.optimise.model.vectors import WIDTH
from zhasyl.optimise.plans.choices import PlanBatch

CYCLE_S, GREEN_S = 60.0, 30.0
EFFECTIVE_S = GREEN_S - START_LAG_S + END_GAIN_S
CAPACITY_VPH = 3600 * SATURATION_VPS * EFFECTIVE_S / CYCLE_S


def delay_s(model: FastModel, vph: float, signal: int = 0, **offsets: float) -> float:
    """Delay a vehicle of the street at one signal, as if the side roads had none."""
    count = len(model.choices)
    sums = cycle_sums(model.layout, plans([[GREEN_S] * count], [[offsets.get(f"J{n}", 0.0) for n in range(count)]]))
    approach = list(dict.fromkeys(m.from_edge for c in model.choices for m in c.signal.movements)).index(f"m{signal}")
    return float(sums.delay_veh[model.layout.bundle_approach == approach].sum() / (vph / 3600))


@pytest.mark.parametrize("degree", [0.3, 0.5, 0.65, 0.8])
def test_delay_of_an_isolated_approach_is_websters(degree: float) -> None:
    vph = degree * CAPACITY_VPH
    share = EFFECTIVE_S / CYCLE_S
    uniform_s = CYCLE_S * (1 - share) ** 2 / (2 * (1 - share * degree))
    random_s = degree**2 / (2 * vph / 3600 * (1 - degree))
    webster_s = 0.9 * (uniform_s + random_s)
    assert delay_s(street(vph), vph) == pytest.approx(webster_s, rel=0.15)


def test_above_capacity_the_queue_grows_for_an_hour() -> None:
    degree = 1.2
    vph = degree * CAPACITY_VPH
    overflow_s = 3600 * (degree - 1) / 2 / degree
    uniform_s = CYCLE_S * (1 - EFFECTIVE_S / CYCLE_S) / 2 / degree
    assert delay_s(street(vph), vph) == pytest.approx(overflow_s + uniform_s, rel=0.1)


def test_the_best_offset_is_the_travel_time() -> None:
    model = street(700.0, signals=2, length_m=400.0)
    offsets_s = np.arange(0.0, CYCLE_S, 2.0)
    found = model.evaluate(plans([[GREEN_S] * 2] * len(offsets_s), [[0.0, offset_s] for offset_s in offsets_s]))
    best_s = float(offsets_s[found.delay_s.sum(axis=1).argmin()])
    assert best_s == pytest.approx(400.0 / SPEED_MPS / CRUISE_SHARE + START_S, abs=4.0)


def test_who_leaves_a_signal_comes_to_the_next_one() -> None:
    model = street(600.0, signals=3)
    sums = cycle_sums(model.layout, plans([[GREEN_S] * 3], [[0.0, 17.0, 44.0]]))
    arrived_vph = 3600 * sums.arrived_veh / sums.seconds
    volume_vph = 3600 * model.layout.bundle_vps
    assert arrived_vph == pytest.approx(volume_vph, rel=0.03)


def test_a_full_link_holds_up_the_signal_before_it() -> None:
    long, short = (street(700.0, signals=2, length_m=length_m) for length_m in (400.0, 40.0))
    against = {"J1": 30.0}
    assert delay_s(short, 700.0, 0, **against) > 2 * delay_s(long, 700.0, 0, **against)


def test_a_permitted_turn_waits_for_gaps() -> None:
    one = plans([[GREEN_S]], [[0.0]])
    few, many = (
        (street(vph, turn_vph=250.0).evaluate(one).delay_s - street(vph).evaluate(one).delay_s).item()
        for vph in (100.0, 700.0)
    )
    assert many > 1.5 * few


def test_a_turn_waits_for_pedestrians() -> None:
    nobody, crowd = (
        street(100.0, turn_vph=300.0, walkers_per_h=walkers).evaluate(plans([[GREEN_S]], [[0.0]]))
        for walkers in (0.0, 600.0)
    )
    assert crowd.delay_s.item() > 1.1 * nobody.delay_s.item()


def test_pedestrians_wait_for_their_walk() -> None:
    found = street(300.0, walkers_per_h=100.0).evaluate(plans([[GREEN_S]], [[7.0]]))
    red_s = CYCLE_S - (GREEN_S - (8.0 - 3.0))  # who starts last has 8 s, 3 of them in the yellow
    assert found.walker_delay_s.item() == pytest.approx(red_s**2 / 2 / CYCLE_S)
    assert found.longest_wait_s.item() >= red_s


@pytest.mark.parametrize(
    ("walk_on_s", "lost_s"),
    [
        (0.0, 0.0),  # whoever may cross the first may cross the second
        (30.0, 30.0),  # 30 s later the walk is over by 5 s at the least: all wait for the next one
    ],
)
def test_who_walks_on_comes_to_the_second_crossing_as_the_first_lets_them(walk_on_s: float, lost_s: float) -> None:
    first, both = (
        street(300.0, walkers_per_h=100.0, walk_on_per_h=on, walk_on_s=walk_on_s).evaluate(plans([[30.0]], [[7.0]]))
        for on in (0.0, 100.0)
    )
    red_s, walk_s = CYCLE_S - 25.0, 25.0
    late_s = walk_s**2 / 2 / CYCLE_S  # who has crossed during the walk comes later, and waits for less
    more_s = both.walker_delay_s.item() - first.walker_delay_s.item()
    assert first.walker_delay_s.item() == pytest.approx(red_s**2 / 2 / CYCLE_S)
    assert more_s == pytest.approx(lost_s and lost_s - late_s)


def test_a_walk_that_lasts_while_the_first_half_is_crossed_spares_the_wait_between_the_halves() -> None:
    """Both halves show walk for 5 s and for 25 s; a half takes 8 s."""
    short, long = (
        street(300.0, walkers_per_h=100.0, walk_on_per_h=100.0, walk_on_s=8.0).evaluate(plans([[green_s]], [[0.0]]))
        for green_s in (10.0, 30.0)
    )
    first_s = [(CYCLE_S - walk_s) ** 2 / 2 / CYCLE_S for walk_s in (5.0, 25.0)]
    assert short.walker_delay_s.item() - first_s[0] > 0.8 * (CYCLE_S - 8.0)
    assert long.walker_delay_s.item() - first_s[1] < 8.0 / CYCLE_S * (CYCLE_S - 25.0)


def test_candidates_of_other_cycles_do_not_depend_on_each_other() -> None:
    model = street(650.0, turn_vph=120.0, walkers_per_h=50.0, signals=2)
    rng, count = np.random.default_rng(3), 2 * WIDTH + 3
    greens_s, offsets_s = rng.integers(15, 45, (count, 2)), rng.integers(0, 60, (count, 2))
    longer_s = rng.integers(0, 40, count).astype(float)
    batch = plans(greens_s.tolist(), offsets_s.tolist())
    batch.greens_s[:, :, 1] += longer_s[:, None]
    batch.cycle_s[:] += longer_s[:, None]
    together = model.evaluate(batch)
    for c in range(count):
        alone = model.evaluate(PlanBatch(*(part[c : c + 1] for part in vars(batch).values())))
        assert all((one[0] == many[c]).all() for one, many in zip(alone, together, strict=True))


def test_a_vehicle_beyond_the_storage_is_overflow() -> None:
    beyond, within = (street(vph).evaluate(plans([[GREEN_S]], [[0.0]])) for vph in (1.5 * CAPACITY_VPH, 300.0))
    assert beyond.overflow_s.item() > 0.5 * beyond.delay_s.item()
    assert isclose(within.overflow_s.item(), 0.0)

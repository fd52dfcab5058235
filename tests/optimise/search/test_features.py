"""What of a plan matters at each signal: the same for plans that do the same, another for those that do not."""

from dataclasses import replace

import numpy as np

from tests.fakes import crossroads, demanded
from tests.optimise.plans.problems import named, prepared_of, problem_of
from zhasyl.arrays import FloatArray
from zhasyl.observation import Area
from zhasyl.optimise.plans.choices import batch_of
from zhasyl.optimise.search.features import Features
from zhasyl.signals import SignalPlan

CYCLE_S = 60.0
PLAN = SignalPlan((0, 1), (26.0, 26.0), CYCLE_S)
ROW = [
    replace(named(crossroads(), "J1", last_edge="between"), plan=PLAN),
    replace(named(crossroads(), "J2", first_edge="between"), plan=PLAN),
]
PROBLEM = problem_of(*ROW)
AREA = Area({one.id: one for one in ROW}, prepared_of(ROW).network, lambda signal: demanded([400, 300, 200, 10]))


def features(*plans: tuple[SignalPlan, SignalPlan]) -> list[FloatArray]:
    batch = batch_of([{"J1": first, "J2": second} for first, second in plans], PROBLEM.choices)
    return Features(PROBLEM, AREA).of(batch)


def offset(plan: SignalPlan, offset_s: float) -> SignalPlan:
    return replace(plan, offset_s=offset_s % plan.cycle_s)


def test_only_who_is_fed_looks_at_offsets_and_only_at_their_difference() -> None:
    first, second = features(
        (PLAN, PLAN), (offset(PLAN, 20), offset(PLAN, 20)), (PLAN, offset(PLAN, 30)), (offset(PLAN, 30), PLAN)
    )
    assert np.ptp(first, axis=0).max() == 0
    assert np.allclose(second[0], second[1])
    assert np.allclose(second[2], second[3])  # half a cycle either way
    assert np.abs(second[0] - second[2]).max() > 0.5


def test_signals_with_other_cycles_are_not_coordinated() -> None:
    other = SignalPlan((0, 1), (20.0, 21.0), 49.0)
    _, second = features((PLAN, other), (offset(PLAN, 30), other), (offset(PLAN, 30), PLAN))
    assert np.allclose(second[0], second[1])
    assert (second[0, -2:] == 0).all()
    assert (second[2, -2:] != 0).any()


def test_half_a_cycle_is_coordinated_with_the_whole() -> None:
    half = SignalPlan((0, 1), (11.0, 11.0), CYCLE_S / 2)
    _, second = features((PLAN, half), (offset(PLAN, 15), half), (offset(PLAN, 30), half))
    assert np.allclose(second[0], second[2])
    assert np.abs(second[0] - second[1]).max() > 0.5


def test_shares_of_green_and_the_cycle_are_told_and_little_traffic_is_not() -> None:
    more = SignalPlan((0, 1), (36.0, 16.0), CYCLE_S)
    longer = SignalPlan((0, 1), (56.0, 56.0), 120.0)
    first, _ = features((PLAN, PLAN), (more, PLAN), (longer, longer))
    assert first.shape == (3, 2 + 3)  # cycle, lost time, three of four movements
    assert first[1, 2] > first[0, 2]
    assert first[1, 4] < first[0, 4]
    assert first[2, 0] - first[0, 0] == np.float64(2 * np.log(2))
    assert first[2, 1] == first[0, 1] / 2


def test_all_numbers_are_of_one_size() -> None:
    rng = np.random.default_rng(1)
    plans = []
    for _ in range(50):
        cycle_s, share = 40 + 80 * rng.random(), 0.2 + 0.6 * rng.random()
        greens_s = ((cycle_s - 8) * share, (cycle_s - 8) * (1 - share))
        plans.append((SignalPlan((0, 1), greens_s, cycle_s), SignalPlan((0, 1), greens_s, cycle_s)))
    for rows in features(*plans):
        assert np.isfinite(rows).all()
        assert np.ptp(rows, axis=0).max() < 6

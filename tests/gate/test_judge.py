"""What is a regression: clear, beyond the tolerance, and by the statistics the figures of docs/ci.md rest on."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zhasyl.gate.baseline import Cell, Line
from zhasyl.gate.judge import Judged, judge
from zhasyl.gate.moderated import MOST_FREEDOM, Prior, p_value, prior
from zhasyl.gate.suite import Tolerance

THREE_PERCENT = Tolerance("3%", share=0.03)
CELL = Cell("town", "", "perfect", "all", "max-pressure")


def cells(count: int) -> list[Cell]:
    return [CELL._replace(scenario=f"town {number}") for number in range(count)]


def line(cell: Cell, values: Mapping[str, Sequence[float | None]], first_seed: int = 1) -> Line:
    n = len(next(iter(values.values())))
    told = {key: tuple(each) for key, each in values.items()}
    return Line(cell, "content", "1.28.0", "4", "abc", tuple(range(first_seed, first_seed + n)), told)


def one(
    before: Sequence[float | None],
    now: Sequence[float | None],
    measure: str = "delay_s",
    tolerance: Tolerance = THREE_PERCENT,
    first_seed: int = 1,
) -> Judged:
    """One measure of one cell."""
    lines = line(CELL, {measure: before}), line(CELL, {measure: now}, first_seed)
    (judged,) = judge({CELL: lines[0]}, {CELL: lines[1]}, {measure: tolerance})
    return judged


BEFORE = [40.0, 42.0, 41.0, 43.0, 39.0]


def moved(share: float, noise: Sequence[float] = (0.1, -0.1, 0.2, -0.2, 0.0)) -> list[float]:
    return [value * (1 + share) + each for value, each in zip(BEFORE, noise, strict=True)]


def test_equal_values_are_identical_without_statistics() -> None:
    judged = one(BEFORE, BEFORE)
    assert (judged.verdict, judged.change, judged.p, judged.fails) == ("identical", 0.0, None, False)


def test_a_clear_change_beyond_the_tolerance() -> None:
    worse, better = one(BEFORE, moved(0.1)), one(BEFORE, moved(-0.1))
    assert (worse.verdict, worse.fails, better.verdict, better.fails) == ("regression", True, "improvement", False)
    assert worse.share == pytest.approx(0.1)
    assert better.share == pytest.approx(-0.1)
    assert worse.n == 5
    assert worse.excess == pytest.approx(0.1 / 0.03)


def test_more_is_better_of_some_measures() -> None:
    assert one(BEFORE, moved(-0.1), "arrived_veh").verdict == "regression"
    assert one(BEFORE, moved(0.1), "arrived_veh").verdict == "improvement"


def test_a_clear_change_within_the_tolerance_passes() -> None:
    judged = one(BEFORE, moved(0.02))
    assert judged.verdict == "within tolerance"
    assert judged.p is not None
    assert judged.p < 0.01


def test_a_large_change_that_is_not_clear_passes() -> None:
    judged = one(BEFORE, moved(0.05, noise=[9.0, -8.0, 7.0, -9.0, 1.0]))
    assert (judged.verdict, judged.fails) == ("not clear", False)


def test_a_tolerance_in_the_measures_unit() -> None:
    none, some = [0.0] * 5, [4.0, 5.0, 6.0, 5.0, 5.0]
    assert one(none, some, "not_inserted_veh", Tolerance("6 veh", absolute=6.0)).verdict == "within tolerance"
    assert one(none, some, "not_inserted_veh", Tolerance("2 veh", absolute=2.0)).verdict == "regression"
    judged = one(none, some, "not_inserted_veh")
    assert (judged.verdict, judged.share) == ("regression", None), "no share of nothing is tolerated"


def test_a_value_that_is_no_longer_there_fails() -> None:
    judged = one(BEFORE, [*BEFORE[:4], None])
    assert (judged.verdict, judged.fails) == ("no value", True)
    assert one([None] * 5, [None] * 5).verdict == "identical"
    assert one([*BEFORE[:4], None], [*moved(0.1)[:3], None, 50.0]).verdict == "no value"


def test_seeds_without_a_value_in_the_baseline_are_not_compared() -> None:
    judged = one([*BEFORE[:4], None], moved(0.1))
    assert (judged.verdict, judged.n) == ("regression", 4)
    judged = one([None] * 5, BEFORE)
    assert (judged.verdict, judged.p, judged.fails) == ("not clear", None, False)


def test_what_has_no_value_before_and_now_is_the_same_with_other_seeds_too() -> None:
    assert one([None] * 5, [None] * 5, measure="bus_delay_s", first_seed=6).verdict == "identical"


def test_a_measure_that_the_baseline_does_not_have() -> None:
    (judged,) = judge({CELL: line(CELL, {"stops": BEFORE})}, {CELL: line(CELL, {"delay_s": BEFORE})},
                      {"delay_s": THREE_PERCENT})  # fmt: skip
    assert judged.verdict == "not clear"


def test_a_single_seed_tells_nothing_unless_it_is_equal() -> None:
    assert one([40.0], [80.0]).verdict == "not clear"
    assert one([40.0], [40.0]).verdict == "identical"


def test_some_of_the_baselines_seeds_are_paired() -> None:
    before = line(CELL, {"delay_s": BEFORE})
    now = Line(CELL, "content", "1.28.0", "4", "abc", (5, 2), {"delay_s": (39.0, 42.0)})
    (judged,) = judge({CELL: before}, {CELL: now}, {"delay_s": THREE_PERCENT})
    assert (judged.verdict, judged.paired, judged.before) == ("identical", True, 40.5)


def test_other_seeds_are_compared_unpaired() -> None:
    judged = one(BEFORE, [value + 10 for value in BEFORE], first_seed=6)
    assert (judged.verdict, judged.paired) == ("regression", False)
    p = stats.ttest_ind(BEFORE, [value + 10 for value in BEFORE], equal_var=False).pvalue
    assert judged.p == pytest.approx(p / 2)
    assert one(BEFORE, [*BEFORE[1:], BEFORE[0]], first_seed=6).verdict == "within tolerance"


def test_the_worst_seed_is_the_one_that_got_worse_most() -> None:
    assert one(BEFORE, moved(0.1, noise=[0.0, 0.0, 1.0, 0.0, 0.0])).worst_seed == 3
    assert one(BEFORE, moved(-0.1, noise=[0.0, 0.0, -1.0, 0.0, 0.0]), "arrived_veh").worst_seed == 3
    assert one(BEFORE, [50.0, 50.0, 60.0, 50.0, 50.0], first_seed=6).worst_seed == 8


def test_p_is_corrected_for_all_tests_and_equal_cells_are_none() -> None:
    alone = one(BEFORE, moved(0.1))
    known = dict(zip(cells(3), (moved(0.1), BEFORE, BEFORE), strict=True))
    judged = judge(
        {cell: line(cell, {"delay_s": BEFORE}) for cell in known},
        {cell: line(cell, {"delay_s": now}) for cell, now in known.items()},
        {"delay_s": THREE_PERCENT},
    )
    assert [each.verdict for each in judged] == ["regression", "identical", "identical"]
    assert judged[0].p == alone.p
    two = judge(
        {CELL: line(CELL, {"delay_s": BEFORE, "stops": BEFORE})},
        {CELL: line(CELL, {"delay_s": moved(0.1), "stops": moved(0.0)})},
        {"delay_s": THREE_PERCENT, "stops": THREE_PERCENT},
    )
    assert alone.p is not None
    assert two[0].p == pytest.approx(2 * alone.p)


@given(st.permutations(range(5)), st.floats(0.1, 1000.0))
def test_neither_the_order_of_seeds_nor_the_unit_matters(order: list[int], factor: float) -> None:
    now = moved(0.04, noise=[1.0, -1.0, 0.5, 0.3, -0.2])
    plain = one(BEFORE, now)
    before = Line(CELL, "", "", "", "", tuple(order), {"delay_s": tuple(factor * BEFORE[seed] for seed in order)})
    after = Line(CELL, "", "", "", "", tuple(order), {"delay_s": tuple(factor * now[seed] for seed in order)})
    (other,) = judge({CELL: before}, {CELL: after}, {"delay_s": THREE_PERCENT})
    assert other.verdict == plain.verdict
    assert other.p == pytest.approx(plain.p)


def suite_of(random: np.random.Generator, rise: float, spread: float, first_seed: int) -> list[Judged]:
    """Eight cells of which the first may have got worse; the means of seeds and cells vary as those of networks do."""
    before, now = {}, {}
    for number, cell in enumerate(cells(8)):
        spreads = spread * np.exp(random.normal(0, 0.3))
        common = random.normal(1, 0.1, 5)
        first, second = (40 * common * (1 + random.normal(0, spreads, 5) / np.sqrt(2)) for _ in range(2))
        before[cell] = line(cell, {"delay_s": first.tolist()})
        now[cell] = line(cell, {"delay_s": (second * (1 + rise * (number == 0))).tolist()}, first_seed)
    return judge(before, now, {"delay_s": THREE_PERCENT})


def test_ten_percent_are_found_in_one_of_eight_noisy_cells() -> None:
    random = np.random.default_rng(7)
    found = [suite_of(random, 0.1, 0.03, 1)[0].fails for _ in range(200)]
    assert np.mean(found) > 0.95


@pytest.mark.parametrize(("first_seed", "most"), [(1, 0.05), (6, 0.01)], ids=["paired", "unpaired"])
def test_nothing_is_found_where_nothing_has_changed(first_seed: int, most: float) -> None:
    random = np.random.default_rng(11)
    failed = [any(one.fails for one in suite_of(random, 0.0, 0.06, first_seed)) for _ in range(400)]
    assert np.mean(failed) <= most + 2 * np.sqrt(most * (1 - most) / len(failed))


# The moderated t


def test_without_a_common_variance_it_is_students_t() -> None:
    values = np.array([0.5, 1.5, -0.2, 0.9])
    assert p_value(values) == pytest.approx(stats.ttest_1samp(values, 0.0).pvalue)
    assert p_value(np.zeros(4)) == 1.0
    assert p_value(np.ones(4)) == 0.0


def test_a_common_variance_counts_by_its_degrees_of_freedom() -> None:
    values = np.array([1.0, 2.0, 3.0])
    variance = (4 * 9.0 + 2 * 1.0) / 6
    expected = 2 * stats.t.sf(2.0 / np.sqrt(variance / 3), 6)
    assert p_value(values, Prior(9.0, 4.0)) == pytest.approx(expected)


@pytest.mark.parametrize("worth", [3.0, 8.0, 40.0])
def test_what_variances_have_in_common_is_found(worth: float) -> None:
    random = np.random.default_rng(3)
    true = worth * 2.0 / random.chisquare(worth, 20_000)
    found = prior((true * random.chisquare(4, 20_000) / 4).tolist(), 4)
    assert found.variance == pytest.approx(2.0, rel=0.05)
    assert found.freedom == pytest.approx(worth, rel=0.15)


def test_equal_variances_are_certain() -> None:
    assert prior([2.0, 2.0, 2.0], 4).freedom == MOST_FREEDOM


@pytest.mark.parametrize(("seeds", "mean"), [(2, 3.0), (3, 3.0), (5, 10.0)])
def test_counts_that_move_by_chance_alone_seldom_fail(seeds: int, mean: float) -> None:
    """At most 5 % of suites; a few differences may be equal, and the baseline low, by chance."""
    random, tries, failed = np.random.default_rng(1), 300, 0
    for _ in range(tries):
        before, now = (
            {
                cell: line(cell, {"not_inserted_veh": random.poisson(mean, seeds).astype(float)})  # type: ignore[dict-item]
                for cell in cells(6)
            }
            for _ in range(2)
        )
        failed += any(one.fails for one in judge(before, now, {"not_inserted_veh": Tolerance("0", absolute=0.0)}))
    assert failed <= stats.binom.ppf(0.999, tries, 0.05)


def test_two_equal_differences_of_counts_are_not_certain() -> None:
    judged = one([3.0, 5.0], [4.0, 6.0], "not_inserted_veh", Tolerance("0", absolute=0.0))
    assert judged.verdict == "not clear"
    assert one([0.0] * 5, [1.0] * 5, "not_inserted_veh", Tolerance("0", absolute=0.0)).verdict == "regression"


def test_no_variance_is_known_better_than_all_samples_tell_it() -> None:
    known = prior([1.0, 1.0, 1.0], 1)
    assert known.pooled == 3.0
    differences = np.array([2.0, 2.5])
    assert p_value(differences, known) > p_value(differences, known._replace(pooled=MOST_FREEDOM))

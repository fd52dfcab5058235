"""The paired comparison against a hand-worked example, scipy's paired t-test and its own symmetries."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped, unused-ignore]

from zhasyl.errors import ZhasylError
from zhasyl.optimise.compare import COMPARED, Comparison, compare, compare_all, holm

Runs = list[dict[str, object]]
OPPOSITE = {"better": "worse", "worse": "better", "same": "same", "cannot tell": "cannot tell"}
DELAYS_S = st.floats(min_value=0, max_value=5000).map(lambda value: round(value, 3))


def runs(label: str, values: Sequence[float], measure: str = "delay_s", **changed: object) -> Runs:
    """One record per value, with seeds 1, 2, ..."""
    origin = {"scenario": "abay", "version": 1, "content": "c1", "sensor": "perfect", "status": "done"}
    return [
        {**origin, "label": label, "seed": seed, measure: value, **changed}
        for seed, value in enumerate(values, start=1)
    ]


def test_hand_worked_example() -> None:
    found = compare(runs("fixed", [50.0, 54.0, 58.0]), runs("actuated", [45.0, 50.0, 52.0]), "delay_s")
    # differences −5, −4, −6: mean −5, s = 1, t(0.975; 2) = 4.302653, half width 4.302653 / √3 = 2.484138
    assert (found.scenario, found.baseline, found.controller, found.n) == ("abay", "fixed", "actuated", 3)
    assert (found.baseline_mean, found.candidate_mean, found.difference) == (54.0, 49.0, -5.0)
    assert found.low == pytest.approx(-7.484138, abs=1e-6)
    assert found.high == pytest.approx(-2.515862, abs=1e-6)
    assert found.verdict == "better"


def test_agrees_with_scipy() -> None:
    first, second = [52.1, 49.8, 60.3, 55.0, 51.7], [31.4, 30.2, 38.8, 36.1, 28.9]
    found = compare(runs("fixed", first), runs("max-pressure", second), "delay_s")
    expected = stats.ttest_rel(second, first).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


@given(st.lists(st.tuples(DELAYS_S, DELAYS_S), min_size=1, max_size=12))
def test_swapping_the_controllers_negates_the_difference(pairs: list[tuple[float, float]]) -> None:
    first, second = runs("a", [a for a, _ in pairs]), runs("b", [b for _, b in pairs])
    there, back = compare(first, second, "delay_s"), compare(second, first, "delay_s")
    assert there.difference == -float(back.difference or 0)
    assert OPPOSITE[there.verdict] == back.verdict
    if len(pairs) > 1:
        assert (there.low, there.high) == (-float(back.high or 0), -float(back.low or 0))


def test_more_is_better_for_arrivals() -> None:
    found = compare(
        runs("a", [900.0, 910.0, 905.0], "arrived_veh"),
        runs("b", [950.0, 961.0, 955.0], "arrived_veh"),
        "arrived_veh",
    )
    assert found.verdict == "better"


def test_identical_runs_are_the_same() -> None:
    found = compare(runs("a", [50.0, 60.0]), runs("b", [50.0, 60.0]), "delay_s")
    assert (found.difference, found.low, found.high, found.verdict) == (0.0, 0.0, 0.0, "same")


def test_interval_around_zero_cannot_tell() -> None:
    assert compare(runs("a", [50.0, 60.0]), runs("b", [40.0, 71.0]), "delay_s").verdict == "cannot tell"


@pytest.mark.parametrize(("shift_s", "verdict"), [(-2.0, "better"), (2.0, "worse")])
def test_equal_differences_have_a_point_for_an_interval(shift_s: float, verdict: str) -> None:
    found = compare(runs("a", [50.0, 60.0]), runs("b", [50.0 + shift_s, 60.0 + shift_s]), "delay_s")
    assert (found.low, found.high, found.verdict) == (shift_s, shift_s, verdict)


@pytest.mark.parametrize("value", [50.0, 40.0])
def test_one_seed_cannot_tell(value: float) -> None:
    found = compare(runs("a", [50.0]), runs("b", [value]), "delay_s")
    assert (found.n, found.difference, found.low, found.high) == (1, value - 50.0, None, None)
    assert found.verdict == "cannot tell"


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_value_that_is_no_number_is_not_dropped(value: float) -> None:
    found = compare(runs("a", [50.0, 60.0, 70.0]), runs("b", [40.0, value, 50.0]), "delay_s")
    assert (found.n, found.baseline_mean, found.candidate_mean) == (3, 60.0, None)
    assert (found.difference, found.low, found.high, found.verdict) == (None, None, None, "cannot tell")


def test_only_seeds_that_both_finished_are_paired() -> None:
    first, second = runs("a", [50.0, 60.0, 70.0, 80.0]), runs("b", [40.0, 50.0, 60.0])
    second[2] = {**second[2], "status": "failed"}
    found = compare(first[::-1], second, "delay_s")
    assert (found.n, found.baseline_mean, found.candidate_mean) == (2, 55.0, 45.0)


def test_no_common_seed_cannot_tell() -> None:
    found = compare(runs("a", [50.0]), runs("b", [40.0], seed=9), "delay_s")
    assert (found.n, found.difference, found.verdict) == (0, None, "cannot tell")


@pytest.mark.parametrize("key", ["scenario", "version", "content", "sensor"])
def test_unlike_runs_are_refused(key: str) -> None:
    other = runs("b", [40.0, 50.0])
    other[1] = {**other[1], key: "other"}
    with pytest.raises(ZhasylError, match=f"'a' and 'b' are not compared: {key} '.*' is unlike 'other'"):
        compare(runs("a", [50.0, 60.0]), other, "delay_s")


def test_input_that_is_no_comparison_is_refused() -> None:
    one = runs("a", [50.0])
    with pytest.raises(ZhasylError, match=r"no measure 'delay'. Did you mean 'delay_s'"):
        compare(one, one, "delay")
    with pytest.raises(ZhasylError, match="the candidate of a comparison is one controller, not 0"):
        compare(one, [], "delay_s")
    with pytest.raises(ZhasylError, match="the baseline of a comparison is one controller, not 2"):
        compare(one + runs("b", [1.0]), one, "delay_s")
    with pytest.raises(ZhasylError, match="'a' has two runs with seed 1"):
        compare(one + one, one, "delay_s")


def test_compare_all_keeps_the_order_of_first_appearance() -> None:
    records = [
        *runs("z", [4.0], scenario="north"),
        *runs("fixed", [5.0], scenario="north"),
        *runs("a", [6.0], scenario="north"),
        *runs("fixed", [5.0], scenario="centre"),
        *runs("z", [7.0], scenario="centre"),
    ]
    found = compare_all(records, "fixed", ("stops", "delay_s"))
    expected = [("north", "z"), ("north", "a"), ("centre", "z")]
    assert [(one.scenario, one.controller) for one in found[::2]] == expected
    assert [one.measure for one in found] == ["stops", "delay_s"] * 3
    assert {one.baseline for one in found} == {"fixed"}


def test_compare_all_keeps_sensors_apart() -> None:
    records = [
        run
        for sensor in ("perfect", "loops")
        for label in ("fixed", "actuated")
        for run in runs(label, [50.0, 60.0], sensor=sensor)
    ]
    found: list[Comparison] = compare_all(records, "fixed")
    assert [one.measure for one in found] == list(COMPARED) * 2
    assert [one.sensor for one in found[:: len(COMPARED)]] == ["perfect", "loops"]


def test_compare_all_names_the_situation_without_a_baseline() -> None:
    with pytest.raises(ZhasylError, match=r"scenario 'abay', .*no baseline 'fixd'. Did you mean 'fixed'"):
        compare_all(runs("fixed", [50.0]) + runs("a", [60.0]), "fixd")


# Several comparisons, and effects too small to matter


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12))
def test_holm_by_its_definition(p_values: list[float | None]) -> None:
    corrected = holm(p_values)
    told = sorted(p for p in p_values if p is not None)
    for p, q in zip(p_values, corrected, strict=True):
        if p is None or q is None:
            assert p is None
            assert q is None
            continue
        steps = [min(1.0, other * (len(told) - rank)) for rank, other in enumerate(told) if other <= p]
        assert q == pytest.approx(max(steps))
        assert p <= q <= 1


def test_holm_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_many_comparisons_need_stronger_evidence_than_one() -> None:
    first, second = [50.0, 54.0, 58.0, 52.0], [48.1, 51.0, 57.0, 49.5]
    alone = compare_all([*runs("fixed", first), *runs("a", second)], "fixed", ["delay_s"])[0]
    assert (alone.verdict, alone.p_holm) == ("better", alone.p_value)
    others = [record for name in "bcdefgh" for record in runs(name, [51.0, 53.0, 57.5, 53.1])]
    among = compare_all([*runs("fixed", first), *runs("a", second), *others], "fixed", ["delay_s"])[0]
    assert among.p_value == alone.p_value
    assert (among.low, among.high) == (alone.low, alone.high)
    assert among.p_holm is not None
    assert among.p_holm > 0.05
    assert among.verdict == "cannot tell"


@given(st.lists(st.tuples(DELAYS_S, DELAYS_S), min_size=2, max_size=12), st.floats(0, 0.3))
def test_one_comparison_s_verdict_follows_from_its_interval(
    pairs: list[tuple[float, float]], min_effect: float
) -> None:
    found = compare(runs("a", [a for a, _ in pairs]), runs("b", [b for _, b in pairs]), "delay_s", min_effect)
    assert found.low is not None
    assert found.high is not None
    assert found.p_value is not None
    margin = min_effect * abs(found.baseline_mean or 0.0)
    if 0.049 < found.p_value < 0.051:
        return
    if -margin <= found.low and found.high <= margin:
        assert found.verdict == "same"
    elif found.high < -margin:
        assert found.verdict == "better"
    elif found.low > margin:
        assert found.verdict == "worse"
    else:
        assert found.verdict == "cannot tell"


def test_a_difference_within_the_least_effect_is_the_same() -> None:
    first, second = [50.0, 54.0, 58.0, 52.0], [49.9, 53.8, 57.9, 51.8]
    assert compare(runs("a", first), runs("b", second), "delay_s").verdict == "better"
    assert compare(runs("a", first), runs("b", second), "delay_s", min_effect=0.02).verdict == "same"


def test_a_skewed_measure_with_enough_seeds_is_resampled() -> None:
    first = [100.0 + n for n in range(12)]
    second = [90.0 + 3 * n for n in range(11)] + [400.0]
    assert (
        compare(runs("a", first, "delay_p95_s"), runs("b", second, "delay_p95_s"), "delay_p95_s").method == "bootstrap"
    )
    assert compare(runs("a", first), runs("b", second), "delay_s").method == "t"


def test_runs_of_unlike_variants_are_not_compared() -> None:
    with pytest.raises(ZhasylError, match="variant"):
        compare(runs("a", [1.0, 2.0]), runs("b", [1.0, 2.0], variant="demand_scale=1.1"), "delay_s")


def test_two_thousand_records_are_compared_in_no_time() -> None:
    values = [50.0 + seed % 17 for seed in range(1000)]
    assert len(compare_all([*runs("a", values), *runs("b", values[::-1])], "a")) == len(COMPARED)

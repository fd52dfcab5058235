"""The paired comparison against a hand-worked example, scipy's paired t-test and its own symmetries.

Then what a verdict takes: an interval beyond the minimum effect and a p-value that survives Holm's correction.
"""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped, unused-ignore]

from zhasyl.errors import ZhasylError
from zhasyl.measures import MEASURE_BY_KEY, Measure
from zhasyl.optimise.statistics.compare import COMPARED, compare, compare_all
from zhasyl.optimise.statistics.comparison import Comparison, situation
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS

Runs = list[dict[str, object]]
FIXED_S, ACTUATED_S = [50.0, 54.0, 58.0, 54.0, 54.0], [45.0, 53.0, 49.0, 49.0, 49.0]
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
    found = compare(runs("fixed", FIXED_S), runs("actuated", ACTUATED_S), "delay_s")
    # differences −5, −1, −9, −5, −5: mean −5, s = √8, t(0.975; 4) = 2.776445, half width 2.776445 · √(8 / 5) = 3.511956
    assert (found.scenario, found.baseline, found.controller, found.n) == ("abay", "fixed", "actuated", 5)
    assert (found.baseline_mean, found.candidate_mean, found.difference) == (54.0, 49.0, -5.0)
    assert found.low == pytest.approx(-8.511956, abs=1e-5)
    assert found.high == pytest.approx(-1.488044, abs=1e-5)
    assert (found.verdict, found.why) == ("better", "")


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
        runs("a", [900.0, 910.0, 905.0, 903.0, 901.0], "arrived_veh"),
        runs("b", [950.0, 961.0, 955.0, 953.0, 950.0], "arrived_veh"),
        "arrived_veh",
    )
    assert found.verdict == "better"


def test_identical_runs_are_the_same() -> None:
    found = compare(runs("a", FIXED_S), runs("b", FIXED_S), "delay_s")
    assert (found.difference, found.low, found.high, found.verdict) == (0.0, 0.0, 0.0, "same")


def test_interval_around_zero_cannot_tell() -> None:
    found = compare(runs("a", FIXED_S), runs("b", [40.0, 71.0, 55.0, 50.0, 60.0]), "delay_s")
    assert (found.verdict, found.why) == ("cannot tell", "interval too wide")


@pytest.mark.parametrize(("shift_s", "verdict"), [(-2.0, "better"), (2.0, "worse")])
def test_equal_differences_have_a_point_for_an_interval(shift_s: float, verdict: str) -> None:
    found = compare(runs("a", FIXED_S), runs("b", [value + shift_s for value in FIXED_S]), "delay_s")
    assert (found.low, found.high, found.verdict) == (shift_s, shift_s, verdict)


@pytest.mark.parametrize("value", [50.0, 40.0])
def test_one_seed_cannot_tell(value: float) -> None:
    found = compare(runs("a", [50.0]), runs("b", [value]), "delay_s")
    assert (found.n, found.difference, found.low, found.high) == (1, value - 50.0, None, None)
    assert (found.verdict, found.why) == ("cannot tell", "fewer than 5 seeds")


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


def test_two_seeds_are_the_least_for_an_interval() -> None:
    found = compare(runs("a", [50.0, 52.0]), runs("b", [40.0, 43.0]), "delay_s")
    # differences −10, −9: mean −9.5, s / √2 = 0.5, t(0.975; 1) = 12.7062
    assert (found.low, found.high) == pytest.approx((-9.5 - 0.5 * 12.7062, -9.5 + 0.5 * 12.7062), abs=1e-4)


def test_no_common_seed_cannot_tell() -> None:
    found = compare(runs("a", [50.0]), runs("b", [40.0], seed=9), "delay_s")
    assert (found.n, found.difference, found.verdict) == (0, None, "cannot tell")


@pytest.mark.parametrize("key", ["scenario", "version", "content", "sensor", "variant"])
def test_unlike_runs_are_refused(key: str) -> None:
    other = runs("b", [40.0, 50.0])
    other[1] = {**other[1], key: "other"}
    with pytest.raises(ZhasylError, match=f"'a' and 'b' are not compared: {key} '.*' is unlike 'other'"):
        compare(runs("a", [50.0, 60.0]), other, "delay_s")


def test_the_first_run_of_the_baseline_is_what_others_are_unlike() -> None:
    first = runs("a", [50.0, 60.0])
    first[1] = {**first[1], "sensor": "loops"}
    with pytest.raises(ZhasylError, match="sensor 'perfect' is unlike 'loops'"):
        compare(first, runs("b", [40.0, 50.0]), "delay_s")


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


# Variants


def test_no_variant_is_an_empty_one() -> None:
    plain, named = runs("a", [50.0])[0], runs("a", [50.0], variant="demand=1.1")[0]
    assert situation(plain) == ("abay", "1", "c1", "perfect", "", "")
    assert situation({**plain, "emissions": "none"}) != situation(plain)
    assert situation({**plain, "variant": ""}) == situation(plain)
    assert situation(named)[-1] == "demand=1.1"


def test_compare_all_keeps_variants_apart() -> None:
    records = [
        run
        for variant in ("", "demand=1.1")
        for label in ("fixed", "actuated")
        for run in runs(label, [50.0, 60.0], variant=variant)
    ]
    found = compare_all(records, "fixed", ["delay_s"])
    assert [one.variant for one in found] == ["", "demand=1.1"]
    assert [one.situation for one in found] == [situation(records[0]), situation(records[-1])]


# Method


@pytest.mark.parametrize(("measure", "n", "method"), [("delay_s", 9, "t"), ("delay_p95_s", 7, "t"),
                                                      ("delay_p95_s", 8, "bootstrap")])  # fmt: skip
def test_skewed_measures_with_enough_seeds_are_bootstrapped(measure: str, n: int, method: str) -> None:
    values = [50.0 + seed**2 for seed in range(n)]
    found = compare(runs("a", [100.0] * n, measure), runs("b", values, measure), measure)
    assert found.method == method
    assert found == compare(runs("a", [100.0] * n, measure), runs("b", values, measure), measure)


# Holm's correction

PAIRS = st.lists(st.tuples(DELAYS_S, DELAYS_S), min_size=1, max_size=12)
MEASURES = st.sampled_from(["delay_s", "delay_p95_s"])


@given(PAIRS, MEASURES, st.sampled_from([0.0, 0.02, 0.5]))
def test_one_comparison_is_the_same_alone_and_as_a_family(
    pairs: list[tuple[float, float]], measure: str, min_effect: float
) -> None:
    first, second = runs("a", [a for a, _ in pairs], measure), runs("b", [b for _, b in pairs], measure)
    alone = compare(first, second, measure, min_effect=min_effect)
    assert compare_all([*first, *second], "a", [measure], min_effect=min_effect) == [alone]
    assert alone.p_holm == alone.p_value


@given(PAIRS, MEASURES)
def test_alone_the_p_value_and_the_interval_agree(pairs: list[tuple[float, float]], measure: str) -> None:
    found = compare(runs("a", [a for a, _ in pairs], measure), runs("b", [b for _, b in pairs], measure), measure)
    if found.low is None or found.high is None or found.p_value is None or found.n < LEAST_SEEDS:
        assert found.verdict == "cannot tell"
    elif min(abs(found.low), abs(found.high)) > 1e-9:
        told = found.verdict in ("better", "worse") or found.why == "below resolution"
        assert told == (not found.low <= 0 <= found.high) == (found.p_value <= 0.05)


def test_a_family_takes_more_than_an_interval_beside_zero() -> None:
    baseline = runs("fixed", FIXED_S)
    alone = compare(baseline, runs("actuated", ACTUATED_S), "delay_s")
    # t = −5 · √(5 / 8) = −3.953; with 4 degrees of freedom p = 0.01678
    assert alone.p_value == pytest.approx(0.01678, abs=1e-5)
    others = [run for label in "bcd" for run in runs(label, [51.0, 52.0, 59.0, 55.0, 53.0])]
    found = compare_all([*baseline, *runs("actuated", ACTUATED_S), *others], "fixed", ["delay_s"])[0]
    assert (found.low, found.high, found.p_value) == (alone.low, alone.high, alone.p_value)
    assert found.family == 4
    assert found.p_holm == pytest.approx(4 * 0.01678, abs=1e-4)
    assert (alone.verdict, found.verdict) == ("better", "cannot tell")


def test_each_measure_is_a_family_of_its_own() -> None:
    values = {"delay_s": 50.0, "stops": 1.0}
    records = [
        {**run, "stops": values["stops"] + index / 7}
        for label in ("a", "b", "c")
        for index, run in enumerate(runs(label, [50.0, 54.0, 58.0]))
    ]
    assert [one.family for one in compare_all(records, "a", ["delay_s", "stops"])] == [2] * 4
    assert [one.family for one in compare_all(records, "a", ["delay_s"])] == [2] * 2


def test_a_comparison_without_a_p_value_counts_in_its_family() -> None:
    records = [*runs("a", [50.0, 54.0, 58.0]), *runs("b", [45.0, 50.0, 52.0]), *runs("c", [50.0])]
    told, untold = compare_all(records, "a", ["delay_s"])
    assert told.p_holm == pytest.approx(2 * float(told.p_value or 0))
    assert (untold.p_value, untold.p_holm, untold.verdict) == (None, None, "cannot tell")


# Minimum effect


@pytest.mark.parametrize(
    ("min_effect", "verdict"),
    # baseline mean 54, interval −8.51 to −1.49
    [(0.0, "better"), (0.02, "better"), (0.03, "cannot tell"), (0.15, "cannot tell"), (0.16, "same")],
)
def test_the_whole_interval_has_to_lie_beyond_the_minimum_effect(min_effect: float, verdict: str) -> None:
    found = compare(runs("fixed", FIXED_S), runs("actuated", ACTUATED_S), "delay_s", min_effect=min_effect)
    assert found.verdict == verdict
    assert found.least_effect == pytest.approx(min_effect * 54)


def test_the_p_value_tests_the_end_of_the_minimum_effect() -> None:
    found = compare(runs("fixed", [50.0, 54.0, 58.0]), runs("actuated", [45.0, 50.0, 52.0]), "delay_s", min_effect=0.04)
    expected = stats.ttest_1samp([-5.0, -4.0, -6.0], -0.04 * 54)
    assert found.p_value == pytest.approx(expected.pvalue)


@given(PAIRS, MEASURES, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_minimum_effect_never_makes_a_verdict_of_difference(
    pairs: list[tuple[float, float]], measure: str, one: float, other: float
) -> None:
    first, second = runs("a", [a for a, _ in pairs], measure), runs("b", [b for _, b in pairs], measure)
    small, large = (compare(first, second, measure, min_effect=effect) for effect in sorted((one, other)))
    assert (small.low, small.high) == (large.low, large.high)
    if large.verdict in ("better", "worse"):
        assert small.verdict == large.verdict
    if small.verdict == "same":
        assert large.verdict == "same"
    if small.p_value is not None and large.p_value is not None:
        assert small.p_value <= large.p_value + 1e-12


def test_more_confidence_takes_more_for_a_verdict() -> None:
    first, second = runs("fixed", FIXED_S), runs("actuated", ACTUATED_S)
    found = compare(first, second, "delay_s", confidence=0.99)
    assert (found.confidence, found.verdict) == (0.99, "cannot tell")


@pytest.mark.parametrize("wrong", [{"min_effect": -0.1}, {"min_effect": math.nan}, {"min_effect": math.inf},
                                   {"confidence": 1.0}, {"confidence": 95.0}, {"confidence": 0.0},
                                   {"confidence": -0.5}])  # fmt: skip
def test_an_effect_or_a_confidence_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    one = runs("a", [50.0])
    with pytest.raises(ZhasylError, match="such as 0"):
        compare(one, one, "delay_s", min_effect=wrong.get("min_effect", 0.0), confidence=wrong.get("confidence", 0.95))


# No verdict


@pytest.mark.parametrize(("seeds", "why"), [(4, "fewer than 5 seeds"), (5, "")])
def test_a_verdict_takes_five_seeds(seeds: int, why: str) -> None:
    found = compare(runs("a", [50.0] * seeds), runs("b", [40.0] * seeds), "delay_s")
    assert (found.verdict, found.why) == ("cannot tell" if why else "better", why)
    same = compare(runs("a", [50.0] * seeds), runs("b", [50.0] * seeds), "delay_s")
    assert (same.verdict, same.why) == ("cannot tell" if why else "same", why)


@pytest.mark.parametrize("measure", MEASURE_BY_KEY.values(), ids=MEASURE_BY_KEY)
def test_a_difference_below_the_resolution_has_no_verdict(measure: Measure) -> None:
    values = [50.0, 51.0, 53.0, 49.0, 50.0]
    below, beyond = (
        compare(runs("a", values, measure.key), runs("b", [v + far * measure.resolution for v in values], measure.key),
                measure.key)
        for far in (0.9, 1.1)
    )  # fmt: skip
    assert (below.verdict, below.why) == ("cannot tell", "below resolution")
    assert (beyond.verdict, beyond.why) == ("worse" if measure.better == "lower" else "better", "")


def test_the_resolution_is_half_the_last_decimal_or_half_a_step_of_the_log() -> None:
    resolutions = {key: MEASURE_BY_KEY[key].resolution for key in ("delay_s", "stops", "queue_max_veh", "delay_p95_s")}
    assert resolutions == pytest.approx({"delay_s": 0.05, "stops": 0.005, "queue_max_veh": 0.5, "delay_p95_s": 0.5})


LOST: list[dict[str, object]] = [{"signal": "J1", "time_s": 60.0, "reason": "it raised"}]


@pytest.mark.parametrize(
    ("signals", "fault", "verdict"), [(1, "every signal", "cannot tell"), (2, "some signals", "better")]
)
@pytest.mark.parametrize("role", ["baseline", "candidate"])
def test_a_controller_that_failed_at_every_signal_of_a_run_has_no_verdict(
    role: str, signals: int, fault: str, verdict: str
) -> None:
    both = {"baseline": runs("a", [50.0] * 5), "candidate": runs("b", [40.0] * 5)}
    both[role][3] |= {"faults": LOST, "controlled_signals": signals}
    found = compare(both["baseline"], both["candidate"], "delay_s")
    assert (found.difference, found.fault, found.verdict) == (-10.0, fault, verdict)
    assert found.why == ("controller failed" if signals == 1 else "")

"""Is it better on seeds that the search never saw, and elsewhere?"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reports import builders
from zhasyl.controllers import parse_controller
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.proof import Place, Proof, check_robust, elsewhere, pair, prove, remarks_on, verdict_of
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import parse_variant

PRESENT, WINNER = parse_controller("fixed"), parse_controller("actuated")
SEEDS = range(101, 107)
Value = Callable[[RunSpec], float]
DELAY = parse_objective("delay_s")


@pytest.fixture
def scenario(tiny_network: Callable[[str], Path]) -> Scenario:
    return load_scenario(str(tiny_network("crossroads-shared-lanes")))


def place(tmp_path: Path, value: Value, fails: Value = lambda spec: 0) -> Place:
    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return [_record(spec, value, bool(fails(spec))) for spec in specs]

    return Place(tmp_path, run)


def _record(spec: RunSpec, value: Value, fails: bool) -> RunRecord:
    about: dict[str, object] = {"scenario": spec.scenario.id, "variant": spec.scenario.variant}
    if fails:
        return RunRecord(builders.failed(spec.controller.label, spec.seed, **about), spec.folder)
    whole = {**builders.run(spec.controller.label, spec.seed, **about), **builders.measures(value(spec))}
    return RunRecord(whole, spec.folder)


def proven(scenario: Scenario, place: Place, objective: str = "delay_s") -> Proof:
    return prove(scenario, PRESENT, WINNER, SEEDS, parse_objective(objective), place)


def shifted(by_s: float, spread_s: float = 1.0) -> Value:
    """The winner's delay differs by so much, and by seed."""
    return lambda spec: (
        50.0 + (spec.seed % 4) * 5 + (by_s + spread_s * (spec.seed % 3 - 1) if spec.controller == WINNER else 0.0)
    )


def test_both_meet_the_same_seeds(scenario: Scenario, tmp_path: Path) -> None:
    specs = pair(scenario, (PRESENT, WINNER), (1, 2), Place(tmp_path, lambda specs: [], "perfect"))
    assert [(one.controller.label, one.seed) for one in specs] == [
        ("fixed", 1), ("fixed", 2), ("actuated", 1), ("actuated", 2)]  # fmt: skip


def test_better_is_an_interval_wholly_below(scenario: Scenario, tmp_path: Path) -> None:
    proof = proven(scenario, place(tmp_path, shifted(-3.0)))
    assert (proof.better, proof.reason) == (True, "")
    assert proof.comparisons[0].measure == "delay_s"
    assert proof.comparisons[0].verdict == "better"
    assert proof.comparisons[0].difference == pytest.approx(-3.0)
    assert [record["label"] for record in proof.records] == ["fixed"] * 6 + ["actuated"] * 6


def test_worse_and_unsure_are_told_apart_with_their_interval(scenario: Scenario, tmp_path: Path) -> None:
    worse = proven(scenario, place(tmp_path, shifted(3.0)))
    assert not worse.better
    assert worse.reason == (
        "on 6 seeds that the search never saw the best plan's Delay differs by +3.0 s/trip [+2.1, +3.9]: it is worse"
    )
    unsure = proven(scenario, place(tmp_path, shifted(-0.5)))
    assert not unsure.better
    assert unsure.reason.endswith("−0.5 s/trip [−1.4, +0.4]: more seeds or runs may tell")
    assert proven(scenario, place(tmp_path, shifted(0.5))).reason.endswith(": no gain is in sight")


def test_the_present_plan_found_again_asks_for_no_more_runs(scenario: Scenario, tmp_path: Path) -> None:
    proof = proven(scenario, place(tmp_path, shifted(0.0, spread_s=0.0)))
    assert (proof.better, proof.reason) == (
        False,
        "on 6 seeds that the search never saw the best plan's Delay does not differ in any run",
    )


def test_the_objective_as_a_whole_decides(scenario: Scenario, tmp_path: Path) -> None:
    proof = proven(scenario, place(tmp_path, shifted(-3.0)), "walker_delay_s + 0.5*delay_s")
    assert proof.better  # walkers wait the same
    assert [one.measure for one in proof.comparisons[:2]] == ["walker_delay_s", "delay_s"]


def test_a_run_that_failed_leaves_nothing_proven(scenario: Scenario, tmp_path: Path) -> None:
    proof = proven(scenario, place(tmp_path, shifted(-30.0), lambda spec: spec.seed == 102))
    assert (proof.better, proof.reason) == (False, "1 of 6 runs of the proof have no value")


def test_elsewhere_is_the_same_with_other_demand_and_in_rain(scenario: Scenario) -> None:
    found = elsewhere(scenario, parse_variant(""))
    assert [text for text, _ in found] == ["demand_scale=0.85", "demand_scale=1.15", "rain=heavy"]
    assert [one.demand_scale for _, one in found] == [0.85, 1.15, 1.0]
    scaled = dict(elsewhere(scenario, parse_variant("demand_scale=1.2")))
    assert scaled["demand_scale=1.15"].demand_scale == pytest.approx(1.38)
    assert scaled["rain=heavy"].demand_scale == pytest.approx(1.2)
    raining = dict(elsewhere(scenario, parse_variant("rain=heavy")))
    assert "rain=heavy" in raining["demand_scale=0.85"].variant


def test_the_robustness_table_leaves_out_what_cannot_be_simulated(scenario: Scenario, tmp_path: Path) -> None:
    places = elsewhere(scenario, parse_variant(""))
    made = place(tmp_path, shifted(-3.0), lambda spec: spec.scenario.variant == "rain=heavy")
    found = check_robust(places, PRESENT, WINNER, SEEDS, DELAY, made)
    assert [(one.variant, one.comparison.measure, one.comparison.verdict) for one in found] == [
        ("demand_scale=0.85", "delay_s", "better"),
        ("demand_scale=1.15", "delay_s", "better"),
    ]
    assert [one.comparison.variant for one in found] == ["demand_scale=0.85", "demand_scale=1.15"]


def test_lower_with_all_of_six_seeds_is_better_however_wide_the_interval() -> None:
    jammed = [-3.0, -2.0, -4.0, -3.5, -2.5, -600.0]
    assert verdict_of(jammed, "it", "s", 1) == (True, "")
    assert not verdict_of(jammed[1:], "it", "s", 1)[0]
    assert not verdict_of([*jammed, 0.1], "it", "s", 1)[0]


def test_the_price_of_change_is_counted_in_the_verdict_alone(scenario: Scenario, tmp_path: Path) -> None:
    better = place(tmp_path, shifted(-3.0))
    dear = prove(scenario, PRESENT, WINNER, SEEDS, DELAY, better, price=4.0)
    assert not dear.better
    assert "the best plan's Delay with the price of its change differs by +1.0 s/trip" in dear.reason
    assert dear.comparisons[0].difference == pytest.approx(-3.0)
    assert list(remarks_on(dear, DELAY, 4.0)) == ["the price of this change, 4.0 s/trip, is counted in the verdict"]
    assert prove(scenario, PRESENT, WINNER, SEEDS, DELAY, better, price=1.0).better


def test_runs_that_jam_are_named_with_the_median(scenario: Scenario, tmp_path: Path) -> None:
    proof = proven(scenario, place(tmp_path, shifted(-3.0)))
    assert list(remarks_on(proof, DELAY, 0.0)) == []
    jammed = {("fixed", 102), ("fixed", 105)}
    records = tuple(
        replace(one, values={**one.values, "gridlocked": (one["label"], one["seed"]) in jammed})
        for one in proof.records
    )
    [said] = remarks_on(replace(proof, records=records), DELAY, 0.0)
    assert said == (
        "gridlock: the present plan in 2 of 6 runs (seeds 102, 105), the best plan in 0 of 6 runs; a jam moves the "
        "mean and widens its interval, the median of the differences is −3.0 s/trip"
    )


def test_the_sign_test_is_named_where_it_decides_and_the_median_where_there_is_one(
    scenario: Scenario, tmp_path: Path
) -> None:
    def often(spec: RunSpec) -> float:
        jam = 5000.0 if spec.seed == 104 and spec.controller == PRESENT else 0.0
        return shifted(-3.0)(spec) + jam

    proof = proven(scenario, place(tmp_path, often))
    assert list(remarks_on(proof, DELAY, 0.0)) == ["better by the sign test: lower with each of 6 seeds (p = 0.031)"]
    whole = parse_objective("delay_s + 2*stops")
    assert list(remarks_on(proven(scenario, place(tmp_path, shifted(-3.0)), "delay_s + 2*stops"), whole, 0.0)) == []
    lost = proven(scenario, place(tmp_path, shifted(-3.0), lambda spec: spec.seed == 101))
    records = tuple(replace(one, values={**one.values, "gridlocked": True}) for one in lost.records)
    [said] = remarks_on(replace(lost, records=records), DELAY, 0.0)
    assert said.endswith("a jam moves the mean and widens its interval")

"""What a search minimises: read from text, written back, and its value in records."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.errors import ZhasylError
from zhasyl.measures import MEASURES
from zhasyl.optimise.objective import MINIMISED, Objective, missing, parse_front, parse_objective

RECORD = {"scenario": "crossing", "status": "done", "delay_s": 40.0, "walker_delay_s": 20.0, "co2_kg": 300.0}


def test_one_measure() -> None:
    found = parse_objective(" delay_s ")
    assert (found.measures, found.key, found.unit, found.title) == (("delay_s",), "delay_s", "s/trip", "Delay")
    assert found.value(RECORD) == 40.0


def test_a_sum_weighs_each_measure_and_is_in_the_unit_of_the_first() -> None:
    found = parse_objective("delay_s+ 0.5*walker_delay_s +1e-1 * co2_kg")
    assert found.measures == ("delay_s", "walker_delay_s", "co2_kg")
    assert found.value(RECORD) == pytest.approx(40.0 + 10.0 + 30.0)
    assert found.unit == "s/trip"
    assert found.key == "delay_s + 0.5*walker_delay_s + 0.1*co2_kg"
    assert found.title == "Delay + 0.5 × Pedestrian delay + 0.1 × CO2"


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("delay_s", "delay_s"),
        ("delay_s + 2*co2_kg", "delay_s + 2 (s/trip)/kg × co2_kg"),
        ("delay_s + walker_delay_s", "delay_s + 1 (s/trip)/(s/walk) × walker_delay_s"),
        ("delay_s + 0.25*waiting_s", "delay_s + 0.25 × waiting_s"),
        ("co2_kg + 3*nox_g", "co2_kg + 3 kg/g × nox_g"),
    ],
)
def test_the_unit_of_a_weight_is_said(text: str, described: str) -> None:
    assert parse_objective(text).described() == described


WEIGHTS = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
SUMS = st.lists(st.sampled_from(sorted(MINIMISED)), min_size=1, unique=True).flatmap(
    lambda keys: st.tuples(st.just(keys), st.lists(WEIGHTS, min_size=len(keys) - 1, max_size=len(keys) - 1))
)


@given(SUMS)
def test_its_key_reads_back(drawn: tuple[list[str], list[float]]) -> None:
    keys, weights = drawn
    objective = Objective(tuple(zip(keys, (1.0, *weights), strict=True)))
    assert parse_objective(objective.key) == objective
    assert pickle.loads(pickle.dumps(objective)) == objective  # noqa: S301 - own bytes


@pytest.mark.parametrize("measure", MINIMISED)
def test_every_measure_that_is_better_the_lower_can_be_minimised(measure: str) -> None:
    assert parse_objective(measure).measures == (measure,)


def test_a_failed_run_is_worse_than_any_and_a_measure_without_value_has_none() -> None:
    walkers = parse_objective("delay_s + walker_delay_s")
    assert walkers.value({"status": "failed", "delay_s": None, "walker_delay_s": None}) == math.inf
    assert math.isnan(walkers.value({**RECORD, "walker_delay_s": None}))
    assert math.isnan(walkers.value({"status": "done", "delay_s": 40.0}))


def test_why_there_is_no_value() -> None:
    walkers, delay = parse_objective("delay_s + walker_delay_s"), parse_objective("delay_s")
    assert missing(walkers, RECORD) == ""
    assert missing(walkers, {"status": "failed"}) == ""
    assert missing(walkers, {**RECORD, "walker_delay_s": None}) == (
        "objective 'delay_s + walker_delay_s' has no value in 'crossing': nobody walks there, so 'walker_delay_s' "
        "cannot be told; choose other measures"
    )
    assert "no trip is planned" in missing(delay, {**RECORD, "delay_s": None})
    stored_before = {key: value for key, value in RECORD.items() if key != "walker_delay_s"}
    assert "run it again with --rerun" in missing(walkers, stored_before)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delays_s", "Did you mean 'delay_s'?"),
        ("los", "no measure to minimise 'los'"),
        ("", "'' is no [WEIGHT*]MEASURE"),
        ("delay_s +", "'' is no [WEIGHT*]MEASURE"),
        ("delay_s co2_kg", "'delay_s co2_kg' is no [WEIGHT*]MEASURE"),
        ("delay_s - co2_kg", "'delay_s - co2_kg' is no [WEIGHT*]MEASURE"),
        ("delay_s + 0*co2_kg", "weight '0' of 'co2_kg' is no finite number above 0"),
        ("delay_s + -1*co2_kg", "weight '-1' of 'co2_kg'"),
        ("delay_s + nan*co2_kg", "weight 'nan' of 'co2_kg'"),
        ("delay_s + 1e999*co2_kg", "weight '1e999' of 'co2_kg'"),
        ("delay_s + *co2_kg", "weight '' of 'co2_kg'"),
        ("delay_s + two*co2_kg", "weight 'two' of 'co2_kg'"),
        ("delay_s + 2*3*co2_kg", "is no [WEIGHT*]MEASURE"),
        ("delay_s + co2_kg*2", "no measure to minimise '2'"),
        ("2*delay_s + co2_kg", "'delay_s' comes first"),
        ("delay_s + 2*delay_s", "has 'delay_s' 2 times"),
        ("arrived_veh", "take 'unfinished_veh' or 'not_inserted_veh'"),
        ("delay_s + loaded_veh", "demand decides it"),
        ("delay_s,co2_kg", "ask for a front"),
    ],
)
def test_what_is_no_objective_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ZhasylError) as refused:
        parse_objective(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_front_has_objectives_in_the_order_given() -> None:
    found = parse_front("delay_s, co2_kg + 0.001*nox_g ,walker_delay_s")
    assert [one.key for one in found] == ["delay_s", "co2_kg + 0.001*nox_g", "walker_delay_s"]
    assert len(parse_front("delay_s + walker_delay_s,delay_s + 2*walker_delay_s")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delay_s", "a front of one objective, 'delay_s'"),
        ("delay_s,", "'' is no [WEIGHT*]MEASURE"),
        ("delay_s,delay_s", "'delay_s' and 'delay_s' rank plans alike"),
        ("delay_s + 2*co2_kg,co2_kg + 0.5*delay_s", "rank plans alike"),
        ("delay_s,speed", "no measure to minimise 'speed'"),
    ],
)
def test_what_is_no_front_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ZhasylError) as refused:
        parse_front(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_only_what_is_better_the_higher_cannot_be_minimised() -> None:
    assert {measure.key for measure in MEASURES} - MINIMISED.keys() == {"arrived_veh", "loaded_veh"}

"""What RESCO's baselines decide."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers import parse_controller
from zhasyl.controllers.resco.maxpressure import RescoMaxPressure, RescoMaxPressureParameters
from zhasyl.controllers.resco.maxwave import MaxWave, MaxWaveParameters

WAVE = MaxWave(crossroads(), MaxWaveParameters())
PRESSURE = RescoMaxPressure(crossroads(), RescoMaxPressureParameters())


def test_maxwave_counts_who_stands_or_comes_within_50_m() -> None:
    assert WAVE.next_stage(seen(crossroads(), [(2, 10, 0), (3, 49, 12), (0, 5, 9)])) == 1
    assert WAVE.next_stage(seen(crossroads(), [(2, 10, 0), (3, 51, 12), (0, 5, 9)])) == 0, "a tie: the first stage"


@pytest.mark.parametrize("rule", [WAVE, PRESSURE])
def test_an_empty_junction_shows_the_first_stage_and_a_switch_costs_nothing(rule: MaxWave) -> None:
    assert rule.next_stage(seen(crossroads(), stage=1)) == 0
    assert rule.next_stage(seen(crossroads(), [(0, 10, 0), (2, 10, 0), (3, 20, 0)], stage=0)) == 1


def test_maxpressure_counts_who_stands_less_who_stands_on_the_exits() -> None:
    moving = [(2, 10.0, 9.0), (3, 20.0, 9.0), (0, 150.0, 0.0)]
    assert PRESSURE.next_stage(seen(crossroads(), moving, stage=1)) == 0
    waiting = seen(crossroads(), [(0, 10, 0), (1, 10, 0), (2, 10, 0)])
    assert PRESSURE.next_stage(waiting) == 0
    full = replace(waiting, downstream_queue_veh=np.array([1.0, 1.0, 0.0, 0.0]))
    assert PRESSURE.next_stage(full) == 1


def test_vehicles_count_by_their_lane_whatever_their_way() -> None:
    signal = crossroads()
    at = signal.lanes.index(("w", 0))
    observation = seen(signal, [(0, 10, 0), (0, 20, 0)])
    assert WAVE.next_stage(replace(observation, lane=np.array([at, at]))) == 1


def test_a_decision_each_10_s_with_its_yellow() -> None:
    for name in ("resco-maxwave", "resco-maxpressure"):
        spec = parse_controller(name)
        assert spec.cls.pace(spec.parameters) == (10.0, 0.0)
        assert [stage.min_green_s for stage in spec.cls.signal_for(crossroads(), spec.parameters).stages] == [7.0, 7.0]
    assert (
        parse_controller("resco-maxwave:interval_s=5,min_green_s=3").label == "resco-maxwave:interval_s=5,min_green_s=3"
    )

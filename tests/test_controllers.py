"""The contract every controller keeps, built in or installed, and what each algorithm decides."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.controllers.own import OWN
from tests.fakes import FakeSimulation, FakeVehicle, crossroads, seen
from tests.sensors.road import SIGNAL, fleets, road_network
from zhasyl.controllers import controller_names, load_controller, parse_controller, split_controllers
from zhasyl.controllers.actuated import Actuated, ActuatedParameters
from zhasyl.controllers.base import AdaptiveParameters, adapted, seeded
from zhasyl.controllers.max_pressure import MaxPressure, MaxPressureParameters
from zhasyl.controllers.sumo.base import SumoController
from zhasyl.errors import ControllerError
from zhasyl.network import Network
from zhasyl.sensors import parse_sensor
from zhasyl.sensors.memory import Memory
from zhasyl.signals import Conflicts

VEHICLES = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 150), st.floats(0, 20)), max_size=40)
NAMES = [name for name in controller_names() if name != "policy"]  # which needs a file: test_policy
ASKED = [name for name in NAMES if not issubclass(load_controller(name), SumoController)]
SPECS = {**{name: parse_controller(name) for name in ASKED}, **OWN}
SENSORS = ("perfect", "loops", "camera", "loops:drop_out=0.5,stuck=0.5", "camera:miss=0.5,drop_out=0.5,stuck=0.5")


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return road_network(tmp_path_factory.mktemp("road"))


@pytest.mark.parametrize("name", ASKED)
@settings(max_examples=60, deadline=None)
@given(VEHICLES, st.integers(0, 1), st.floats(0, 300), st.floats(0, 30))
def test_every_controller_answers_a_stage_and_always_the_same(
    name: str, vehicles: list[tuple[int, float, float]], stage: int, green_s: float, downstream_veh: float
) -> None:
    spec, signal = parse_controller(name), crossroads()
    observation = seen(signal, vehicles, stage=stage, green_s=green_s, downstream_queue_veh=downstream_veh)
    answers = {int(spec.cls(signal, spec.parameters).next_stage(observation)) for _ in range(2)}
    assert len(answers) == 1
    assert answers <= {0, 1}


SUITED = [
    (name, sensor)
    for name, spec in SPECS.items()
    for sensor in SENSORS
    if spec.cls.reads(spec.parameters).isdisjoint(parse_sensor(sensor).unknown)
]


@pytest.mark.parametrize(("name", "sensor"), SUITED)
@settings(max_examples=15, deadline=None)
@given(fleet=fleets(), seed=st.integers(0, 100))
def test_every_controller_answers_a_stage_on_every_sensor(
    road: Network, name: str, sensor: str, fleet: dict[str, FakeVehicle], seed: int
) -> None:
    spec = SPECS[name]
    needs = spec.cls.reads(spec.parameters)

    def answers() -> list[int]:
        eyes = parse_sensor(sensor).build(FakeSimulation(fleet=fleet), road, SIGNAL, seed, needs)
        memory = Memory(eyes.observe, SIGNAL, needs)
        with seeded(seed):
            controller = spec.cls(SIGNAL, spec.parameters)
        found = []
        for n in range(6):
            memory.begin(n % 2)
            seen_now = memory.observe(10.0 * n, n % 2, 10.0 * (n + 1))
            controller.observe(seen_now)
            found.append(int(controller.next_stage(seen_now)))
        json.dumps(controller.finish(), default=np.ndarray.tolist)
        return found

    found = answers()
    assert found == answers()
    assert set(found) <= {0, 1}


@pytest.mark.parametrize("name", NAMES)
def test_every_controller_says_what_it_does_and_what_its_parameters_are(name: str) -> None:
    cls = load_controller(name)
    assert cls.summary
    assert not cls.summary.endswith(".")
    for key, field in cls.parameters_type.model_fields.items():
        assert field.description, f"{name}: parameter {key} has no description"
        if not isinstance(field.default, str):  # a choice by name or a file
            assert key.endswith(("_s", "_m", "_veh", "_vph", "_ratio")), (
                f"{name}: parameter {key} has no unit in its name"
            )


def test_max_pressure_shows_the_stage_with_most_vehicles_upstream() -> None:
    signal = crossroads()
    controller = MaxPressure(signal, MaxPressureParameters())
    assert controller.next_stage(seen(signal, [(2, 10, 0), (2, 20, 0), (3, 20, 0), (0, 5, 0)], stage=0)) == 1


def test_max_pressure_switches_only_for_more_than_the_switch_costs() -> None:
    signal = crossroads()
    controller = MaxPressure(signal, MaxPressureParameters())
    waiting = [(0, 10.0 * n, 0.0) for n in range(1, 10)]
    rivals = [(2, 7.5 * n, 0.0) for n in range(1, 12)]
    assert controller.next_stage(seen(signal, [*waiting, *rivals], stage=0)) == 0
    assert controller.next_stage(seen(signal, [*waiting, *rivals, (3, 8, 0), (3, 16, 0)], stage=0)) == 1


def test_max_pressure_subtracts_the_queue_downstream() -> None:
    signal = crossroads()
    controller = MaxPressure(signal, MaxPressureParameters())
    blocked = seen(signal, [(2, 10, 0), (3, 20, 0)], stage=0, downstream_queue_veh=5)
    assert controller.next_stage(blocked) == 0


def test_max_pressure_keeps_the_running_stage_in_a_tie() -> None:
    signal = crossroads()
    controller = MaxPressure(signal, MaxPressureParameters())
    for stage in (0, 1):
        assert controller.next_stage(seen(signal, [(0, 10, 0), (2, 10, 0)], stage=stage)) == stage


def test_max_pressure_sees_as_far_as_its_range() -> None:
    signal = crossroads()
    controller = MaxPressure(signal, MaxPressureParameters(range_m=50))
    assert controller.next_stage(seen(signal, [(2, 60, 0), (3, 60, 0), (0, 40, 0)], stage=0)) == 0


def actuated(**values: float) -> Actuated:
    return Actuated(crossroads(), ActuatedParameters(**values))


def test_actuated_rests_without_a_call_from_elsewhere() -> None:
    assert actuated().next_stage(seen(crossroads(), [(0, 10, 0)], green_s=500)) == 0


def test_actuated_extends_while_vehicles_follow_within_the_passage_time() -> None:
    calls = [(2, 5.0, 0.0)]
    assert actuated().next_stage(seen(crossroads(), [*calls, (0, 30, 14)])) == 0
    assert actuated().next_stage(seen(crossroads(), [*calls, (0, 39, 8)])) == 1


def test_actuated_maxes_out_when_somebody_waits() -> None:
    observation = seen(crossroads(), [(2, 5, 0), (0, 30, 14)], green_s=60)
    assert actuated().next_stage(observation) == 1


def test_own_greens_never_undercut_a_walk() -> None:
    quick = AdaptiveParameters(min_green_s=2, max_green_s=30)
    assert [s.min_green_s for s in adapted(crossroads(), quick).stages] == [2, 2]
    walking = adapted(crossroads(walk=True), quick)
    assert [s.min_green_s for s in walking.stages] == [12, 2]
    assert [s.max_green_s for s in walking.stages] == [30, 30]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("maxpressure", "no controller 'maxpressure'. Did you mean 'max-pressure'?"),
        ("max-pressure:range=5", "no parameter 'range'. Did you mean 'range_m'?"),
        ("max-pressure:range_m=far", "range_m=far is not valid"),
        ("max-pressure:range_m=5", "range_m=5 is not valid: give a number from 20 to "),
        ("max-pressure:interval_s=nan", "interval_s=nan is not valid"),
        ("max-pressure:interval_s", "'interval_s' is not of the form parameter=value"),
        ("max-pressure:interval_s=5,interval_s=6", "'interval_s' is given twice"),
        ("fixed:min_green_s=5", "no parameter 'min_green_s'"),
        ("", "no controller ''"),
    ],
)
def test_a_wrong_controller_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(ControllerError) as caught:
        parse_controller(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_label_names_only_what_differs_from_the_defaults() -> None:
    assert parse_controller("max-pressure:interval_s=5,range_m=100").label == "max-pressure:range_m=100"
    assert parse_controller(" max-pressure ").label == "max-pressure"


def test_controllers_are_split_at_commas_that_do_not_start_a_parameter() -> None:
    text = "fixed,max-pressure:range_m=100,interval_s=10,actuated"
    assert split_controllers(text) == ["fixed", "max-pressure:range_m=100,interval_s=10", "actuated"]


def test_actuated_does_not_wait_for_a_vehicle_that_is_blocked_at_green() -> None:
    calls = [(2, 5.0, 0.0)]
    assert actuated().next_stage(seen(crossroads(), [*calls, (0, 5, 0)], green_s=4)) == 0
    assert actuated().next_stage(seen(crossroads(), [*calls, (0, 5, 0)], green_s=20)) == 1


def test_actuated_serves_a_movement_that_gives_way_wherever_it_is_green() -> None:
    """The stem of a T-junction: both its turns cross a walk, and no stage protects them."""
    signal = crossroads()
    a, b = signal.stages
    signal = replace(
        signal,
        stages=(a, replace(b, state="rrgg")),
        conflicts=Conflicts(signal.conflicts.foes, signal.conflicts.foes),
    )
    controller = Actuated(signal, ActuatedParameters())
    assert controller.next_stage(seen(signal, [(2, 5.0, 0.0)])) == 1
    assert controller.next_stage(seen(signal, [(2, 5.0, 0.0), (0, 60.0, 14.0)])) == 1

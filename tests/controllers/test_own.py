"""What a researcher's own controller meets in a run: memory, arrivals, chance, a last word, a wrapper."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import TinyNetwork
from tests.controllers.own import OWN, RememberedQueue
from zhasyl.controllers import BUILT_IN, ControllerSpec, parse_controller
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.errors import ControllerError
from zhasyl.observation import Observation
from zhasyl.runs.simulate import run

SMALLEST = "t-junction-left-turn"


def test_a_run_with_memory_and_chance_is_repeated_to_the_byte_and_has_its_last_word(
    tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    scenario = str(tiny_network(SMALLEST))
    first, again = (run(scenario, OWN["remembered-queue"], 3, tmp_path / name) for name in "ab")
    says = first["controller_says"]["centre"]
    assert (first["faults"], again["controller_says"]["centre"]) == ([], says)
    assert (first.folder / "trips.parquet").read_bytes() == (again.folder / "trips.parquet").read_bytes()
    assert says["seconds"] == first["end_s"] - first["begin_s"] + first["warm_up_s"]
    assert says["explored"] > 0
    others = run(scenario, OWN["remembered-queue"], 4, tmp_path / "a")["controller_says"]["centre"]
    assert others["weights"] != says["weights"]
    departed = len(first.table("trips"))
    assert 0.9 * departed <= sum(says["came_veh"]) <= departed


@pytest.mark.parametrize("sensor", ["loops", "camera:miss=0.2"])
def test_arrivals_that_a_sensor_counts_are_near_those_that_come(
    tiny_network: TinyNetwork, tmp_path: Path, sensor: str
) -> None:
    record = run(str(tiny_network(SMALLEST)), OWN["remembered-queue"], 3, tmp_path, sensor=sensor)
    came = sum(record["controller_says"]["centre"]["came_veh"])
    assert record["faults"] == []
    assert 0.8 <= came / len(record.table("trips")) <= 1.1


@pytest.mark.parametrize("walks", ["with-vehicles", "scramble"])
def test_a_wrapped_one_sees_its_own_stages_and_all_arrivals(
    tiny_network: TinyNetwork, tmp_path: Path, walks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BUILT_IN, "remembered", "tests.controllers.own:RememberedQueue")
    wrapped = parse_controller(f"pedestrian-actuated:of=remembered,of.interval_s=5,walks={walks}")
    record = run(str(tiny_network("crossroads-with-crossings")), wrapped, 1, tmp_path)
    assert record["faults"] == []
    says = record["controller_says"]["centre"]
    assert says["seconds"] == record["end_s"] - record["begin_s"] + record["warm_up_s"]
    assert 0.9 <= sum(says["came_veh"]) / len(record.table("trips")) <= 1.0


# A class that is not installed


def test_a_class_is_named_as_it_is_called() -> None:
    assert ControllerSpec.of(RememberedQueue).label == "remembered-queue"
    made = ControllerSpec.of(RememberedQueue, "mine", interval_s=5)
    assert (made.label, made.cls) == ("mine:interval_s=5", RememberedQueue)


@pytest.mark.parametrize(
    ("arguments", "parameters", "said"),
    [
        ((RememberedQueue,), {"interval": 5}, "no parameter 'interval'. Did you mean 'interval_s'?"),
        ((RememberedQueue,), {"interval_s": 0}, "interval_s=0 is not valid"),
        ((RememberedQueue, "a:b"), {}, "'a:b' is no name of a controller"),
        ((int,), {}, "not a subclass of zhasyl.Controller"),
    ],
)
def test_a_class_that_is_none_or_a_wrong_parameter_is_one_clear_line(
    arguments: tuple[Any, ...], parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(ControllerError) as caught:
        ControllerSpec.of(*arguments, **parameters)
    assert said in str(caught.value)


class Writes(Controller):
    """Changes what it is told."""

    summary = "writes"
    needs = frozenset({"arrived_veh", "waiting_s"})

    def next_stage(self, observation: Observation) -> int:
        for array in (observation.arrived_veh, observation.waiting_s, observation.exit_capacity_veh):
            with pytest.raises(ValueError, match="read-only"):
                np.add(array, 1.0, out=array)
        return observation.stage


def test_nobody_can_change_what_it_is_told(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    spec = ControllerSpec("writes", Writes, AdaptiveParameters())
    assert run(str(tiny_network(SMALLEST)), spec, 1, tmp_path)["faults"] == []

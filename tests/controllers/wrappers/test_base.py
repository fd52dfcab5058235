"""Wrappers: named with the controller they wrap, silent when nobody asks for anything, and no shield for its faults."""

from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.closed_loop import World, two_walks
from tests.fakes import crossroads, seen
from zhasyl.controllers import parse_controller, split_controllers
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.wrappers.base import Wrapper, WrapperParameters, inner_of, stage_for
from zhasyl.errors import ControllerError
from zhasyl.observation import Observation

WRAPPERS = ("emergency-preemption", "pedestrian-actuated", "transit-priority")
WRAPPED = ("actuated", "fixed", "max-pressure:interval_s=1", "rolling-horizon", "sotl")
PARAMETERS = {"actuated": "passage_s=4", "max-pressure": "range_m=100", "sotl": "min_green_s=8", "fixed": ""}


@st.composite
def descriptions(draw: st.DrawFn) -> str:
    """Wrappers of wrappers of a controller with a parameter, as the command line takes them."""
    name = draw(st.sampled_from(sorted(PARAMETERS)))
    wrappers = draw(st.lists(st.sampled_from(WRAPPERS), min_size=1, max_size=4))
    parts = [f"{'of.' * (n - 1)}of={wrapper}" for n, wrapper in enumerate(wrappers) if n]
    parts.append(f"{'of.' * (len(wrappers) - 1)}of={name}")
    if PARAMETERS[name]:
        parts.append(f"{'of.' * len(wrappers)}{PARAMETERS[name]}")
    return f"{wrappers[0]}:{','.join(draw(st.permutations(parts)))}"


@given(descriptions())
def test_a_label_reads_back_to_the_same_controller(text: str) -> None:
    spec = parse_controller(text)
    assert parse_controller(spec.label) == spec
    assert parse_controller(spec.label).label == spec.label
    assert split_controllers(f"fixed,{spec.label},actuated") == ["fixed", spec.label, "actuated"]


@given(descriptions(), descriptions())
def test_unlike_controllers_have_unlike_labels(one: str, other: str) -> None:
    first, second = parse_controller(one), parse_controller(other)
    assert (first.label == second.label) == (first == second)


def test_the_parameters_of_the_wrapped_one_have_a_prefix() -> None:
    spec = parse_controller("transit-priority:of=max-pressure,of.range_m=100,extension_s=8")
    assert inner_of(spec.parameters).label == "max-pressure:range_m=100"
    assert spec.label == "transit-priority:extension_s=8,of=max-pressure,of.range_m=100"


def test_a_record_says_all_of_the_wrapped_one() -> None:
    dump = parse_controller("transit-priority:of=max-pressure").parameters.model_dump()
    assert dump["wrapped"]["parameters"]["interval_s"] == 5.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("transit-priority:of=maxpressure", "no controller 'maxpressure'. Did you mean 'max-pressure'?"),
        ("transit-priority:of=max-pressure,of.range=5", "no parameter 'range'. Did you mean 'range_m'?"),
        ("transit-priority:of.passage_s=900", "controller 'actuated': passage_s=900 is not valid"),
        ("transit-priority:fo.x=1", "controller 'transit-priority': no parameter 'fo.x'"),
        ("max-pressure:of.range_m=5", "controller 'max-pressure': no parameter 'of.range_m'"),
        ("transit-priority:of=sumo-actuated", "'sumo-actuated' is played by SUMO and cannot be wrapped"),
        ("transit-priority:of=fixed,of=actuated", "'of' is given twice"),
        ("transit-priority:of=fixed,of.plans=/nowhere.csv", "no such CSV file"),
        (
            "transit-priority:" + ",".join(f"{'of.' * n}of=transit-priority" for n in range(20)),
            "controllers are wrapped more than 8 deep",
        ),
    ],
)
def test_a_wrong_one_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(ControllerError) as caught:
        parse_controller(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("wrapper", ["emergency-preemption", "transit-priority"])
@pytest.mark.parametrize("wrapped", WRAPPED)
@settings(max_examples=5, deadline=None)
@given(queue=st.lists(st.integers(0, 3), max_size=8))
def test_without_a_request_it_is_the_wrapped_one(wrapper: str, wrapped: str, queue: list[int]) -> None:
    alone = World(queue=queue).play(wrapped, crossroads(walk=True))
    name, _, parameters = wrapped.partition(":")
    around = f"{wrapper}:of={name}" + (f",of.{parameters}" if parameters else "")
    assert World(queue=queue).play(around, crossroads(walk=True)) == alone


def test_without_a_walk_pedestrian_actuation_is_the_wrapped_one() -> None:
    alone = World(queue=(0, 2, 2)).play("actuated", crossroads())
    assert World(queue=(0, 2, 2)).play("pedestrian-actuated:of=actuated", crossroads()) == alone


class _Listens(Wrapper):
    """Proposes what the wrapped one does."""

    summary: ClassVar[str] = "listens"

    def next_stage(self, observation: Observation) -> int:
        return self.proposed(observation)


class _Counts(Controller):
    """Counts how often it is asked."""

    summary: ClassVar[str] = "counts"
    asked = 0

    def next_stage(self, observation: Observation) -> int:
        self.asked += 1
        return observation.stage


def test_the_wrapped_one_is_asked_at_its_own_interval() -> None:
    parameters = WrapperParameters.model_validate({"of": "max-pressure"})
    wrapped = _Counts(crossroads(), AdaptiveParameters())
    listens = _Listens(crossroads(), parameters, wrapped)
    for second in range(20):
        listens.next_stage(seen(crossroads(), time_s=float(second), green_s=float(second)))
    assert wrapped.asked == 4
    listens.next_stage(seen(crossroads(), time_s=20.0, stage=1))
    listens.next_stage(seen(crossroads(), time_s=21.0, stage=0))
    assert wrapped.asked == 6, "a new green is a new decision"


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("answer", [-1, 2, 99])
def test_nonsense_of_the_wrapped_one_ends_in_the_fixed_plan(
    monkeypatch: pytest.MonkeyPatch, wrapper: str, answer: int
) -> None:
    monkeypatch.setattr("zhasyl.controllers.max_pressure.MaxPressure.next_stage", lambda *_: answer)
    world = World(queue=(0, 2))
    states = world.play(f"{wrapper}:of=max-pressure", two_walks())
    assert f"answered stage {answer}" in world.fault
    assert {"GGrrrr", "rrGGrr"} <= set(states), "the fixed plan goes on"


def test_a_wrapper_sees_what_the_wrapped_one_needs_too() -> None:
    spec = parse_controller("emergency-preemption:of=pedestrian-actuated")
    assert spec.cls.reads(spec.parameters) == {"announced", "calls"}
    plain = parse_controller("max-pressure")
    assert plain.cls.reads(plain.parameters) == frozenset()


def test_a_protected_stage_goes_before_a_permissive_one_and_the_shorter_before_the_longer() -> None:
    signal = crossroads(walk=True)
    assert stage_for(signal, 0, 0) == 0
    assert stage_for(signal, 0, 1) == 0
    on_call = parse_controller("pedestrian-actuated")
    own = on_call.cls.signal_for(signal, on_call.parameters)
    assert own.stages[stage_for(own, 0, 1) or 0].state == "GGrrr"

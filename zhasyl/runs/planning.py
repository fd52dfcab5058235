"""What controllers do before any run: refuse a network, plan for it, and what they have planned."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from zhasyl.controllers import BUILT_IN, ControllerSpec, controller_names
from zhasyl.controllers.parts.plan_file import plans_csv
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.errors import ControllerError, SimulationError, ZhasylError
from zhasyl.guard import Guard
from zhasyl.observation import Area
from zhasyl.process.output import unheard
from zhasyl.process.stopping import stop_if_asked
from zhasyl.process.workers import run_isolated
from zhasyl.runs.prepared import prepare
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.spec import with_priority
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.plans.export import Timed, played_csv
from zhasyl.scenarios.plans.out.leaving import LeavingPlan, played_plans, shipped_plans
from zhasyl.sensors import parse_sensor
from zhasyl.signals import Signal

if TYPE_CHECKING:
    from zhasyl.controllers.green_wave import GreenWave

T = TypeVar("T")


@unheard()
def check(scenario: Scenario, controllers: Iterable[ControllerSpec], sensors: Sequence[str] = ()) -> None:
    """Raise ScenarioError if the network cannot be read or has no signal these controllers can control.

    Raises SensorError if one of the sensors that they are to see with can say nothing of what they need.

    Controllers plan for the network once here, so that what they refuse is said before anything runs. Those of others
    do so in a process of their own; one that ends it is not refused: its runs fail, and say why.
    """
    ours: list[ControllerSpec] = []
    others: list[ControllerSpec] = []
    for controller in controllers:
        (ours if _is_built_in(controller) else others).append(controller)
    check_here(scenario, ours, sensors)
    if others:
        with suppress(SimulationError):
            run_isolated(partial(check_here, scenario, sensors=sensors), others)


def _is_built_in(controller: ControllerSpec) -> bool:
    """Is all code of this controller, and of those it is made from, ours?"""
    installed = set(controller_names()) - BUILT_IN.keys()
    return controller.cls.__module__.startswith("zhasyl.") and not installed & set(re.split("[:,=]", controller.label))


def check_here(scenario: Scenario, controllers: Iterable[ControllerSpec], sensors: Sequence[str] = ()) -> None:
    """As `check`, in this process."""
    prepared = prepare(scenario)
    for controller in (with_priority(scenario, named) for named in controllers):
        prepared.check_controllable(controller)
        prepared.programmes(controller)
        if not controller.plays_in_sumo:
            with Guard() as guard:
                set_up = SetUp(controller, guard)
                for sensor in sensors:
                    parse_sensor(sensor).check(controller.label, set_up.needs)
                set_up.builder(prepared.area(set_up.signal))


@unheard()
def plans_of(scenario: Scenario, controller: ControllerSpec, stages: bool = False) -> str:
    """The plans that a controller begins with, as a CSV file that `fixed:plans=FILE.csv` plays.

    With `stages` as one that `zhasyl scenario plan` takes. Raises ControllerError for a controller that plays no plan,
    or fails to.
    """
    return _planned(partial(_plans, scenario, stages), controller)


@unheard()
def waves_of(scenario: Scenario, controller: ControllerSpec) -> "list[GreenWave]":
    """The green waves that a controller with GreenWaveParameters plans. Raises ControllerError if it fails to."""
    return _planned(partial(_waves, scenario), controller)


def _planned(task: Callable[[ControllerSpec], T], controller: ControllerSpec) -> T:
    """What a task answers: with a controller of others in a process of its own, as that may end it."""
    if _is_built_in(controller):
        return task(controller)
    try:
        return run_isolated(task, controller, called="its planning")
    except SimulationError as error:
        raise _cannot_plan(controller, str(error)) from None


def leaving_plans(scenario: Scenario, controller: ControllerSpec) -> list[LeavingPlan]:
    """The plans of a controller as stages and as what a run of it shows.

    Raises ControllerError for a controller that plays no plan, or fails to.
    """
    if controller.keeps_plan:
        return shipped_plans(scenario)
    return _planned(partial(_leaving, scenario), controller)


def _leaving(scenario: Scenario, controller: ControllerSpec) -> list[LeavingPlan]:
    signals, plans = _timetables(scenario, controller)
    return played_plans(prepare(scenario).network, signals, plans, scenario.timing)


def _plans(scenario: Scenario, stages: bool, controller: ControllerSpec) -> str:
    signals, plans = _timetables(scenario, controller)
    network = prepare(scenario).network
    return played_csv(network, signals, plans, scenario.timing) if stages else plans_csv(signals, plans)


def _timetables(
    scenario: Scenario, controller: ControllerSpec
) -> tuple[Mapping[str, Signal], dict[str, Sequence[Timed]]]:
    """The signals as the controller plays them, and the plans of each by time of day."""
    prepared = prepare(scenario)
    with _failing_said(controller), Guard() as guard:
        set_up = SetUp(controller, guard)
        area = prepared.area(set_up.signal)
        build = set_up.builder(area)
        players = {name: guard.construct(build, signal) for name, signal in area.signals.items()}
        plans: dict[str, Sequence[Timed]] = {
            name: player.timetable for name, player in players.items() if isinstance(player, PlanPlayer)
        }
    if len(plans) < len(players):
        raise ControllerError(f"controller '{controller.label}' plays no plan; choose for example fixed or webster")
    return area.signals, plans


def _waves(scenario: Scenario, controller: ControllerSpec) -> "list[GreenWave]":
    from zhasyl.controllers.green_wave import GreenWaveParameters, green_waves

    with _failing_said(controller), Guard() as guard:
        area = area_of(scenario, controller)
        return guard.construct(green_waves, area, cast(GreenWaveParameters, controller.parameters))


@contextmanager
def _failing_said(controller: ControllerSpec) -> Iterator[None]:
    """Whatever a controller of others raises while it plans is its own fault; from ours it is a fault to report."""
    try:
        yield
    except ZhasylError:
        raise
    except BaseException as error:
        stop_if_asked()
        if _is_built_in(controller):
            raise
        raise _cannot_plan(controller, f"{type(error).__name__}: {' '.join(str(error).split())}") from error


def _cannot_plan(controller: ControllerSpec, why: str) -> ControllerError:
    return ControllerError(f"controller '{controller.label}' cannot plan: {why}; fix it or choose another one")


def area_of(scenario: Scenario, controller: ControllerSpec) -> Area:
    """The network as a controller plans for it, without a run. Raises ScenarioError as `check` does."""
    prepared = prepare(scenario)
    prepared.check_controllable(controller)
    return prepared.area(lambda signal: controller.cls.signal_for(signal, controller.parameters))

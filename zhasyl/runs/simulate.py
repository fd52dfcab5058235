"""A run: one simulation of a scenario under a controller with a seed, measured and stored."""

import platform
import re
import shlex
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar, cast

from zhasyl.controllers import BUILT_IN, ControllerSpec, controller_names, load_controller, parse_controller
from zhasyl.controllers.base import Controller
from zhasyl.controllers.parts.plan_file import plans_csv
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.controllers.sumo.base import SumoController
from zhasyl.derive import DerivedSignals, derive_signals
from zhasyl.errors import ControllerError, ScenarioError, SimulationError, ZhasylError
from zhasyl.guard import Guard
from zhasyl.lane_groups import lane_groups
from zhasyl.limits import refuse_full_disk
from zhasyl.measures import Period
from zhasyl.network import Network
from zhasyl.observation import Area
from zhasyl.output import unheard
from zhasyl.parameters import check_parameters, recorded
from zhasyl.paths import real_path
from zhasyl.runs.provenance import build, files_of, plug_ins_of
from zhasyl.runs.store import (
    MEASURES_VERSION,
    RunRecord,
    aside,
    check_writable,
    load_record,
    origin_key,
    run_folder,
    settle,
    settle_failed,
)
from zhasyl.runs.workers import DEFAULT_LIMIT_S, run_isolated
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.demand.by_signal import signal_demands
from zhasyl.scenarios.demand.route_order import refuse_left_out
from zhasyl.scenarios.demand.volumes import volumes
from zhasyl.scenarios.plans.export import played_csv
from zhasyl.scenarios.variants.noise import with_noise
from zhasyl.sensors import PERFECT, SENSORS_VERSION, SensorSpec, parse_sensor
from zhasyl.sensors.requests import with_requests
from zhasyl.sequencer import SEQUENCER_VERSION, Fault, Sequencer
from zhasyl.set_up import SetUp
from zhasyl.signals import Signal, stage_names
from zhasyl.stopping import stop_if_asked
from zhasyl.sumo.inputs import SUMO_LOG, sumo_options
from zhasyl.sumo.messages import UNSORTED, Log, warnings_of
from zhasyl.sumo.programme import SumoProgrammes
from zhasyl.sumo.simulation import Api, Simulation, SumoSimulation, quiet_sumo

if TYPE_CHECKING:
    from zhasyl.controllers.green_wave import GreenWave

T = TypeVar("T")

PRIORITY = "transit-priority"  # the wrapper of the variant bus_priority
CLOCK_S = 0.001  # what SUMO's clock counts in: asked for less, it stays where it is
STEP_CHUNK_S = 600.0  # how long SUMO runs without coming back, so that Ctrl-C is heard


_version = cache(version)  # it reads files, and a study asks for it some times a run


@dataclass(frozen=True)
class RunSpec:
    """Everything that determines a run. Picklable: workers receive it whole."""

    scenario: Scenario
    controller: ControllerSpec
    seed: int
    out: Path
    api: Api = "libsumo"
    sensor: str = PERFECT  # its label: the text form with the parameters that differ from their defaults
    rerun: bool = False  # simulate it even if its record is stored; the new one takes its place

    @property
    def origin(self) -> dict[str, Any]:
        """The run's identity, without times of day."""
        controller = self.controller
        return {
            "scenario": self.scenario.id,
            "version": self.scenario.version,
            "variant": self.scenario.variant,
            "content": self.scenario.content,
            "controller": controller.name,
            "controller_version": controller.cls.version,
            "label": controller.label,
            "parameters": recorded(controller.parameters),
            **plug_ins_of(controller),
            **self._files,
            "sensor": self.sensor,
            "seed": self.seed,
            "versions": {
                "zhasyl": _version("zhasyl"),
                "sumo": _version("libsumo"),
                "measures": str(MEASURES_VERSION),
                "sequencer": str(SEQUENCER_VERSION),
                **({} if self.sensor == PERFECT else {"sensors": str(SENSORS_VERSION)}),
                **({PRIORITY: str(load_controller(PRIORITY).version)} if self.scenario.bus_priority else {}),
            },
        }

    @cached_property
    def _files(self) -> dict[str, Any]:
        """As they were when first asked for: a run may write to a file that its parameters name."""
        return files_of(self.controller)

    @property
    def folder(self) -> Path:
        """Where the record of this run is or will be."""
        place = f"{self.scenario.id} {self.scenario.variant}"
        return run_folder(self.out, place, self.controller.label, self.seed, origin_key(self.origin))

    @property
    def command(self) -> str:
        """What a user types to run it again."""
        options = ["--controller", self.controller.label, "--seed", str(self.seed)]
        if self.scenario.variant:
            options += ["--variant", self.scenario.variant]
        if self.sensor != PERFECT:
            options += ["--sensor", self.sensor]
        return shlex.join(["zhasyl", "run", self.scenario.source or self.scenario.id, *options])


def run(
    scenario: str | Scenario,
    controller: str | ControllerSpec = "fixed",
    seed: int = 1,
    out: str | Path = "results",
    api: Api = "libsumo",
    sensor: str = PERFECT,
    limit_s: float | None = DEFAULT_LIMIT_S,
    rerun: bool = False,
) -> RunRecord:
    """Run a scenario once in a process of its own, or answer its stored record.

    scenario is a name or path as on the command line; out is the folder records are kept in.
    sensor is what the controller sees with, `perfect` or for example `camera:range_m=80,miss=0.1`.
    limit_s is the wall time it may take, one hour unless said otherwise, None for no limit.
    rerun simulates it even if its record is stored.
    Raises ScenarioError, ControllerError, SensorError, OutputError for what the caller can mend, and SimulationError
    for a run that died, was ended past its limit or failed in a way nobody foresaw: its record is stored as failed.
    """
    loaded = load_scenario(scenario) if isinstance(scenario, str) else scenario
    chosen = parse_controller(controller) if isinstance(controller, str) else controller
    spec = RunSpec(loaded, chosen, seed, real_path(out), api, parse_sensor(sensor).label, rerun)
    return run_stored(spec, limit_s)


def player(controller: str) -> Callable[[Scenario], None]:
    """What simulates a scenario once under a controller, seed 1, and keeps no record.

    Raises ControllerError for one that is not known, as does the simulation for one that fails in it.
    """
    chosen = parse_controller(controller)

    def play(scenario: Scenario) -> None:
        with TemporaryDirectory(prefix="zhasyl-") as scratch:
            for fault in run(scenario, chosen, 1, scratch)["faults"]:
                raise ControllerError(
                    f"controller '{chosen.label}' failed at signal '{fault['signal']}' at {fault['time_s']:.0f} s: "
                    f"{fault['reason']}; choose another --controller"
                )

    return play


def run_stored(spec: RunSpec, limit_s: float | None = DEFAULT_LIMIT_S) -> RunRecord:
    """The stored record of a run, simulated first if there is none. A SimulationError is stored before it is raised."""
    stored = finished(spec)
    if stored is not None:
        return stored
    try:
        return run_isolated(simulate, spec, limit_s)
    except SimulationError as error:
        settle_failed(spec.out, spec.folder, about(spec), error)
        raise


def finished(spec: RunSpec) -> RunRecord | None:
    """The stored record of a run that is done and whole; none if it is to be run again."""
    if spec.rerun:
        return None
    stored = load_record(spec.folder)
    return stored if stored is not None and stored.done else None


@unheard()
def simulate(spec: RunSpec) -> RunRecord:
    """Simulate a run in this process, measure it and store its record; another's finished record stays."""
    started_at, began = datetime.now(UTC), time.perf_counter()
    scenario, named = spec.scenario, spec
    spec = replace(spec, controller=_with_priority(scenario, spec.controller))
    network = scenario.network()
    derived = derive_signals(network, scenario.timing)
    _check_controllable(scenario, spec.controller, network, derived)
    native = _programmes(spec.controller, derived)
    groups = lane_groups(network)
    check_writable(spec.out)
    guard = Guard()
    set_up = SetUp(spec.controller, guard)
    if not spec.controller.plays_in_sumo:
        set_up.prepare()
    with TemporaryDirectory(prefix="zhasyl-") as scratch, _full_disk_said(Path(scratch)):
        raw = Path(scratch)
        controlled = frozenset() if spec.controller.keeps_plan else derived.signals.keys() - native.refused.keys()
        options = sumo_options(
            with_noise(scenario, spec.seed, raw),
            spec.seed,
            raw,
            groups.edges,
            sorted(network.programmes),
            native.programmes,
            controlled,
        )
        log = Log(raw / SUMO_LOG)
        with quiet_sumo(log.path), SumoSimulation(options, spec.api, log) as simulation, guard:
            faults, sumo_s, control_s = _play(spec, simulation, network, derived, set_up, guard, log)
            ending = simulation.ending()
        _refuse_lost_demand(scenario, log)
        said = warnings_of(log.lines())
        from zhasyl.sumo.log_times import log_times
        from zhasyl.sumo.outputs import measure_run  # with pandas and Arrow, when SUMO's memory is free again

        times = log_times(scenario.start_s, Period(scenario.begin_s, scenario.end_s), scenario.step_s)
        tables, measures = measure_run(raw, network, derived.signals, groups, ending, times)
    values = {
        **about(named),
        "status": "done",
        **measures,
        "faults": [asdict(fault) for fault in faults],
        "controlled_signals": len(derived.signals.keys() - native.refused.keys()),
        "uncontrolled": {**derived.uncontrolled, **native.refused},
        "notes": {s.id: list(s.notes) for s in derived.signals.values() if s.notes},
        **_named_stages(derived),
        "warnings": [asdict(message) for message in said],
        "started_at": started_at.isoformat(timespec="seconds"),
        "wall_s": round(time.perf_counter() - began, 3),
        "sumo_s": round(sumo_s, 3),
        "control_s": round(control_s, 3),
    }
    with aside(spec.out) as unfinished:
        return settle(unfinished, named.folder, values, tables, spec.rerun)


def _named_stages(derived: DerivedSignals) -> dict[str, Any]:
    """The names of stages, of signals whose programme names some; nothing where all are called by their place."""
    names = {signal.id: [stage.id for stage in signal.stages] for signal in derived.signals.values()}
    given = {name: stages for name, stages in names.items() if stages != stage_names([""] * len(stages))}
    return {"stages": given} if given else {}


@contextmanager
def _full_disk_said(outputs: Path) -> Iterator[None]:
    """SUMO does not say that it cannot write its outputs; they cannot be read then."""
    try:
        yield
    except ZhasylError:
        raise
    except Exception:
        refuse_full_disk(outputs.iterdir())
        raise


def about(spec: RunSpec) -> dict[str, Any]:
    """What a record says of a run whatever its outcome."""
    scenario = spec.scenario
    return {
        **spec.origin,
        "title": scenario.title,
        "source": scenario.source,
        "command": spec.command,
        "begin_s": scenario.begin_s,
        "end_s": scenario.end_s,
        "warm_up_s": scenario.warm_up_s,
        "attribution": list(scenario.attribution),
        "assumptions": [asdict(assumption) for assumption in scenario.assumptions],
        "replaced_options": list(scenario.replaced_options),
        "python": platform.python_version(),
        "key": origin_key(spec.origin),
        "build": build(),
    }


def _with_priority(scenario: Scenario, controller: ControllerSpec) -> ControllerSpec:
    """The controller that plays: within transit-priority if the variant says so, unless it is already."""
    if not scenario.bus_priority or PRIORITY in controller.label:
        return controller
    cls = load_controller(PRIORITY)
    owner = f"variant '{scenario.variant}'"
    parameters = check_parameters(owner, {"of": controller.label}, cls.parameters_type, ControllerError)
    return ControllerSpec(PRIORITY, cls, parameters)


@unheard()
def check(scenario: Scenario, controllers: Iterable[ControllerSpec]) -> None:
    """Raise ScenarioError if the network cannot be read or has no signal these controllers can control.

    Controllers plan for the network once here, so that what they refuse is said before anything runs. Those of others
    do so in a process of their own; one that ends it is not refused: its runs fail, and say why.
    """
    ours: list[ControllerSpec] = []
    others: list[ControllerSpec] = []
    for controller in controllers:
        (ours if _is_built_in(controller) else others).append(controller)
    check_here(scenario, ours)
    if others:
        with suppress(SimulationError):
            run_isolated(partial(check_here, scenario), others)


def _is_built_in(controller: ControllerSpec) -> bool:
    """Is all code of this controller, and of those it is made from, ours?"""
    installed = set(controller_names()) - BUILT_IN.keys()
    return controller.cls.__module__.startswith("zhasyl.") and not installed & set(re.split("[:,=]", controller.label))


def check_here(scenario: Scenario, controllers: Iterable[ControllerSpec]) -> None:
    """As `check`, in this process."""
    network = scenario.network()
    derived = derive_signals(network, scenario.timing)
    for controller in (_with_priority(scenario, named) for named in controllers):
        _check_controllable(scenario, controller, network, derived)
        _programmes(controller, derived)
        if not controller.plays_in_sumo:
            with Guard() as guard:
                set_up = SetUp(controller, guard)
                set_up.builder(_area(scenario, network, derived, set_up.signal))


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


def _plans(scenario: Scenario, stages: bool, controller: ControllerSpec) -> str:
    network = scenario.network()
    with _failing_said(controller), Guard() as guard:
        set_up = SetUp(controller, guard)
        area = _area(scenario, network, derive_signals(network, scenario.timing), set_up.signal)
        build = set_up.builder(area)
        players = {name: guard.construct(build, signal) for name, signal in area.signals.items()}
        plans = {name: player.timetable for name, player in players.items() if isinstance(player, PlanPlayer)}
    if len(plans) < len(players):
        raise ControllerError(f"controller '{controller.label}' plays no plan; choose for example fixed or webster")
    return played_csv(network, area.signals, plans, scenario.timing) if stages else plans_csv(area.signals, plans)


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
    return ControllerError(f"controller '{controller.label}' cannot plan: {why}; mend it or choose another one")


def _check_controllable(
    scenario: Scenario, controller: ControllerSpec, network: Network, derived: DerivedSignals
) -> None:
    if not network.programmes:
        raise ScenarioError(f"scenario '{scenario.id}': its network has no signal; choose one that has")
    if not derived.signals and not controller.keeps_plan:
        name, reason = next(iter(derived.uncontrolled.items()))
        raise ScenarioError(
            f"scenario '{scenario.id}': none of its {len(derived.uncontrolled)} signals can be controlled "
            f"('{name}': {reason}); run it with the controller 'fixed'"
        )


def _programmes(controller: ControllerSpec, derived: DerivedSignals) -> SumoProgrammes:
    """What SUMO plays in place of the shipped programmes; nothing unless the controller is one of SUMO's types."""
    if not issubclass(controller.cls, SumoController):
        return SumoProgrammes((), {})
    return controller.cls.programmes(derived.signals, controller.parameters)


def _play(
    spec: RunSpec,
    simulation: SumoSimulation,
    network: Network,
    derived: DerivedSignals,
    set_up: SetUp,
    guard: Guard,
    log: Log,
) -> tuple[list[Fault], float, float]:
    """Run from start to end. Answers the faults, and the seconds spent in SUMO and in control."""
    scenario = spec.scenario
    now_s, sumo_s, control_s = scenario.start_s, 0.0, 0.0
    began = time.perf_counter()
    sensor = parse_sensor(spec.sensor)
    players = (
        [] if spec.controller.plays_in_sumo else sequencers(spec, simulation, network, derived, sensor, set_up, guard)
    )
    shown: dict[str, str] = {}
    while now_s < scenario.end_s:
        for player in players:
            if player.next_s <= now_s + 1e-6:
                state = player.step(now_s)
                if shown.get(player.signal.id) != state:
                    simulation.show(player.signal.id, state)
                    shown[player.signal.id] = state
        until_s = min([scenario.end_s, now_s + STEP_CHUNK_S, *(player.next_s for player in players)])
        until_s = max(until_s, now_s + CLOCK_S)
        guard.rest()
        decided = time.perf_counter()
        simulation.step(until_s)
        stepped = time.perf_counter()
        control_s += decided - began
        sumo_s += stepped - decided
        now_s, began = simulation.time_s(), stepped
        _refuse_lost_demand(scenario, log)
    return [player.fault for player in players if player.fault], sumo_s, control_s


def _refuse_lost_demand(scenario: Scenario, log: Log) -> None:
    """End a run whose route files SUMO reads in part only: it would measure another demand."""
    if UNSORTED in log.news():
        refuse_left_out(scenario)


def sequencers(
    spec: RunSpec,
    simulation: Simulation,
    network: Network,
    derived: DerivedSignals,
    sensor: SensorSpec,
    set_up: SetUp,
    guard: Guard,
) -> list[Sequencer]:
    """The sequencer of every signal that the run's controller controls."""
    scenario = spec.scenario
    area = _area(scenario, network, derived, set_up.signal)
    build = set_up.builder(area)
    return [
        sequencer_for(signal, set_up, build, simulation, network, scenario.start_s, sensor, spec.seed, guard)
        for signal in area.signals.values()
    ]


def area_of(scenario: Scenario, controller: ControllerSpec) -> Area:
    """The network as a controller plans for it, without a run. Raises ScenarioError as `check` does."""
    network = scenario.network()
    derived = derive_signals(network, scenario.timing)
    _check_controllable(scenario, controller, network, derived)
    return _area(scenario, network, derived, lambda s: controller.cls.signal_for(s, controller.parameters))


def _area(
    scenario: Scenario, network: Network, derived: DerivedSignals, signal_for: Callable[[Signal], Signal]
) -> Area:
    own = {name: signal_for(signal) for name, signal in derived.signals.items()}
    demands = cache(lambda: signal_demands(network, own, volumes(scenario)))
    return Area(own, network, lambda signal: demands()[signal])


def sequencer_for(
    signal: Signal,
    set_up: SetUp,
    build: Callable[[Signal], Controller],
    simulation: Simulation,
    network: Network,
    start_s: float,
    sensor: SensorSpec,
    seed: int,
    guard: Guard,
) -> Sequencer:
    """The sequencer that plays a signal under a controller that sees with a sensor."""
    (interval_s, clearing_s), needs = set_up.pace, set_up.needs
    eyes = sensor.build(simulation, network, signal, seed)
    return Sequencer(
        signal,
        partial(build, signal),
        with_requests(eyes.observe, simulation, network, signal, needs),
        start_s,
        interval_s,
        occupied=eyes.standing_inside,
        clearing_s=clearing_s,
        recall=eyes.can_miss,
        buttons="calls" in needs,
        guard=guard,
    )

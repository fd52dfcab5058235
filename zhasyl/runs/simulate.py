"""A run: one simulation of a scenario under a controller with a seed, measured and stored."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.derive import DerivedSignals
from zhasyl.errors import ControllerError, SimulationError, ZhasylError
from zhasyl.files.output import check_writable
from zhasyl.files.paths import real_path
from zhasyl.guard import Guard
from zhasyl.measures import Period
from zhasyl.process.limits import refuse_full_disk
from zhasyl.process.output import unheard
from zhasyl.process.workers import DEFAULT_LIMIT_S, run_isolated
from zhasyl.runs.players import finished as finished_players
from zhasyl.runs.players import play, refuse_lost_demand, sequencers
from zhasyl.runs.prepared import Prepared, prepare
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.spec import RunSpec, about, finished, with_priority
from zhasyl.runs.store import (
    RunRecord,
    aside,
    settle,
    settle_failed,
)
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.beside.table import beside_tables
from zhasyl.scenarios.variants.noise import with_noise
from zhasyl.sensors import PERFECT, parse_sensor
from zhasyl.signals import Signal
from zhasyl.sumo.display import check_display
from zhasyl.sumo.inputs.command import RAW_ROUTES, SUMO_LOG, sumo_options
from zhasyl.sumo.messages import Log, warnings_of
from zhasyl.sumo.simulation import Api, SumoSimulation, quiet_sumo
from zhasyl.text.stage_names import stage_names
from zhasyl.text.values import parse_emissions, parse_seed
from zhasyl.walks import walked_edges

if TYPE_CHECKING:
    from zhasyl.files.columns import Table
    from zhasyl.sumo.outputs.ending import Ending


def run(
    scenario: str | Path | Scenario,
    controller: str | ControllerSpec = "fixed",
    seed: int = 1,
    out: str | Path = "results",
    api: Api = "libsumo",
    sensor: str = PERFECT,
    limit_s: float | None = DEFAULT_LIMIT_S,
    rerun: bool = False,
    emissions: str | float = "all",
    record: bool = False,
) -> RunRecord:
    """Run a scenario once in a process of its own, or answer its stored record.

    scenario is a name or path as on the command line; out is the folder records are kept in.
    sensor is what the controller sees with, `perfect` or for example `camera:range_m=80,miss=0.1`.
    limit_s is the wall time it may take, one hour unless said otherwise, None for no limit.
    rerun simulates it even if its record is stored.
    emissions says of which vehicles they are measured: `all`, `none`, or a share, from which totals are estimated.
    record keeps everybody's trajectory for `zhasyl replay`; a stored run without them is simulated again and has to
    come to the same.
    Raises ScenarioError, ControllerError, SensorError, OutputError for what the caller can fix, and SimulationError
    for a run that died, was ended past its limit or failed in a way nobody foresaw: its record is stored as failed.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(str(scenario))
    chosen = parse_controller(controller) if isinstance(controller, str) else controller
    seed = parse_seed(str(seed))
    share = parse_emissions(emissions)
    spec = RunSpec(loaded, chosen, seed, real_path(out), api, parse_sensor(sensor).label, share, rerun, record)
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
    if spec.api == "gui":
        check_display()
    try:
        return run_isolated(simulate, spec, limit_s)
    except SimulationError as error:
        settle_failed(spec.out, spec.folder, about(spec), error)
        raise


@unheard()
def simulate(spec: RunSpec) -> RunRecord:
    """Simulate a run in this process, measure it and store its record; another's finished record stays."""
    started_at, began = datetime.now(UTC), time.perf_counter()
    scenario, named = spec.scenario, spec
    spec = replace(spec, controller=with_priority(scenario, spec.controller))
    prepared = prepare(scenario)
    network, derived = prepared.network, prepared.derived
    prepared.check_controllable(spec.controller)
    native = prepared.programmes(spec.controller)
    check_writable(spec.out)
    guard = Guard()
    set_up = SetUp(spec.controller, guard, spec.seed)
    in_sumo = prepared.plays_in_sumo(spec.controller)
    if not in_sumo:
        parse_sensor(spec.sensor).check(spec.controller.label, set_up.needs)
        set_up.prepare()
    with TemporaryDirectory(prefix="zhasyl-") as scratch, _full_disk_said(Path(scratch)):
        raw = Path(scratch)
        controlled = frozenset() if spec.controller.keeps_plan else derived.signals.keys() - native.refused.keys()
        options = sumo_options(
            with_noise(scenario, spec.seed, raw),
            spec.seed,
            raw,
            prepared.groups.edges,
            sorted(network.programmes),
            native.programmes,
            controlled,
            spec.emissions,
            spec.record,
            walked_edges(network),
        )
        log = Log(raw / SUMO_LOG)
        with quiet_sumo(log.path), SumoSimulation(options, spec.api, log) as simulation, guard:
            asked = time.perf_counter()
            players = [] if in_sumo else sequencers(spec, simulation, prepared, set_up, guard)
            set_up_s = time.perf_counter() - asked
            played = play(spec.scenario, simulation, players, guard, log)
            says = finished_players(players, set_up.made, played.until_s, guard)
            ending = simulation.ending()
        refuse_lost_demand(scenario, log)
        said = warnings_of(log.lines())
        if scenario.routes_to:
            copyfile(raw / RAW_ROUTES, scenario.routes_to)
        signals = played.signals or prepared.played_in_sumo(spec.controller)
        tables, found = measured(prepared, spec.controller, signals, raw, ending, spec.emissions, spec.record)
    values = {
        **about(named),
        "status": "done",
        **found,
        "faults": [asdict(player.fault) for player in players if player.fault],
        **({"controller_says": says} if says else {}),
        "warnings": [asdict(message) for message in said],
        "started_at": started_at.isoformat(timespec="seconds"),
        "wall_s": round(time.perf_counter() - began, 3),
        "sumo_s": round(played.sumo_s, 3),
        "control_s": round(set_up_s + played.control_s, 3),
    }
    with aside(spec.out) as unfinished:
        if not spec.record or spec.rerun:
            return settle(unfinished, named.folder, values, tables, spec.rerun)
        from zhasyl.runs.recording import gaining

        return settle(unfinished, named.folder, values, tables, True, gaining(named.folder))


class Measured(NamedTuple):
    """Tables by name, and values of the record."""

    tables: "dict[str, Table]"
    values: dict[str, Any]


def measured(
    prepared: Prepared,
    controller: ControllerSpec,
    played: Iterable[Signal],
    raw: Path,
    ending: "Ending",
    emissions: float = 1.0,
    record: bool = False,
) -> Measured:
    """Read a run's outputs in `raw`; `played` are the signals as those who controlled them played them."""
    from zhasyl.runs.read_back import read_back  # with Arrow, when SUMO's memory is free again
    from zhasyl.sumo.outputs.log_times import log_times
    from zhasyl.sumo.outputs.tables import measure_run

    scenario, network, derived = prepared.scenario, prepared.network, prepared.derived
    times = log_times(scenario.start_s, Period(scenario.begin_s, scenario.end_s), scenario.step_s)
    recorded: dict[str, Table] = {}
    if record:
        from zhasyl.runs.recording import recorded_tables

        recorded = recorded_tables(raw, prepared, ending, times)
    tables, measures = measure_run(raw, network, derived.signals, prepared.groups, ending, times, emissions)
    refused = prepared.programmes(controller).refused
    values = {
        **measures,
        **read_back(prepared, played, tables["signals"]),
        "controlled_signals": len(derived.signals.keys() - refused.keys()),
        "uncontrolled": {**derived.uncontrolled, **refused},
        "notes": {s.id: list(s.notes) for s in derived.signals.values() if s.notes},
        **_named_stages(derived),
    }
    return Measured({**tables, **recorded, **beside_tables(scenario)}, values)


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

"""A scenario made of another one and a controller's log: its signal plays what it played, its vehicles were counted.

log-plans.csv   the plans, as `zhasyl scenario plan` reads them
programme.csv   what was played by time of day and phase: splits as played, used up, and as the controller says
log-check.csv   by phase: counted, arrivals on green and split failures in the log and in a run of the scenario
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.csv_table import write_csv
from zhasyl.network import Network
from zhasyl.scenarios.beside.files import name_beside
from zhasyl.scenarios.beside.model import Way
from zhasyl.scenarios.counts.calibrate import Calibration, Play, calibrate
from zhasyl.scenarios.demand.volumes import departures
from zhasyl.scenarios.load import load_scenario
from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.as_synchro import TURNS
from zhasyl.scenarios.logs.check import check_phases
from zhasyl.scenarios.logs.config import COUNT, Config, Movement, word
from zhasyl.scenarios.logs.counts import LogCounts, count
from zhasyl.scenarios.logs.event_log import QUARTER_S, EventLog
from zhasyl.scenarios.logs.plans import LogPlans, log_plans
from zhasyl.scenarios.logs.tables import (
    CHECK_TABLE,
    PROGRAMME_TABLE,
    PhaseRow,
    say_in_reports,
    write_check,
    write_programme,
)
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.turns import find_junction, junction_turns, turns_along

PLAN_TABLE = "log-plans.csv"
HOLE_S = 60.0  # without any event
HOLE_CYCLES = 1.5

Watch = Callable[[Scenario, str, Config], tuple[EventLog, Config]]
"""Simulates a scenario once; answers the log that its controller would have written of a signal, and its detectors."""


@dataclass(frozen=True)
class Imported:
    """What came of it."""

    signal: str
    plans: LogPlans
    calibration: Calibration
    phases: tuple[PhaseRow, ...]
    remarks: tuple[str, ...]


def import_log(
    scenario: Scenario,
    log: EventLog,
    config: Config,
    folder: Path,
    scenario_id: str,
    play: Play,
    watch: Watch,
    signal: str = "",
) -> Imported:
    """Fill an empty folder. Raises ZhasylError."""
    network = scenario.network()
    name = _signal(network, signal, scenario)
    plans = log_plans(log, config, scenario, network, name)
    longest_s = max(HOLE_S, HOLE_CYCLES * max(one.stretch.cycle_s for one in plans.programmes))
    counts = count(log, config, plans.ran, _weights(scenario, network, name), longest_s)
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        planned, tables = Path(scratch) / "planned", Path(scratch)
        planned.mkdir()
        plans.write(tables / PLAN_TABLE)
        counted = tables / f"log-counts-{log.date}.csv"
        counts.write(counted, name)
        plan_scenario(replace(scenario, timing=plans.timing), tables / PLAN_TABLE, planned, scenario_id)
        try:
            found = calibrate(load_scenario(str(planned)), counted, folder, scenario_id, play)
        except ScenarioError as error:
            raise ScenarioError(str(error).replace(str(counted), f"{log.path}: its counts,")) from None
    plans.write(folder / PLAN_TABLE)
    write_programme(folder / PROGRAMME_TABLE, plans, config)
    rows = tuple(_phases(log, load_scenario(str(folder)), name, config, plans, counts, watch))
    write_check(folder / CHECK_TABLE, name, rows)
    name_beside(folder, "log", CHECK_TABLE)
    say_in_reports(folder, log, rows)
    remarks = (*log.remarks, *plans.remarks, *counts.remarks, *found.remarks)
    write_csv(folder / "remarks.csv", ("remark",), ((remark,) for remark in remarks))
    return Imported(name, plans, found, rows, remarks)


def _signal(network: Network, signal: str, scenario: Scenario) -> str:
    known = sorted(network.programmes)
    if signal:
        found = find_junction(network, signal).id
        if found not in network.programmes:
            raise ScenarioError(unknown_name("signal", signal[:60], known)[:500] + "; correct --signal")
        return found
    if len(known) != 1:
        named = ", ".join(known)[:200] or "none"
        raise ScenarioError(
            f"scenario '{scenario.id}' has {len(known)} signals ({named}); say whose log it is with --signal"
        )
    return known[0]


def _weights(scenario: Scenario, network: Network, signal: str) -> Mapping[Movement, float]:
    """How many vehicles of the scenario's own demand make each movement; nothing where it cannot be routed."""
    names = _movements(network, signal)
    try:
        driven = departures(scenario)
    except ScenarioError:
        return {}
    return Counter(names[turn] for one in driven for turn, _ in turns_along(one.edges, names))


def _movements(network: Network, signal: str) -> dict[Way, Movement]:
    """What each turn of a signal is called in a configuration."""
    turns = junction_turns(network, signal)
    return {
        (approach, exit_): (turns.headings[approach], TURNS[movement])
        for approach, ways in turns.movements.items()
        for movement, exits in ways.items()
        for exit_ in exits
    }


def _phases(
    log: EventLog, scenario: Scenario, signal: str, config: Config, plans: LogPlans, counts: LogCounts, watch: Watch
) -> Iterator[PhaseRow]:
    simulated, own = watch(scenario, signal, config)
    part = log.between(scenario.begin_s, scenario.end_s)
    ours = check_phases(simulated, own, plans.ran)
    theirs = check_phases(part, config, plans.ran)
    whole = {begin_s for _, begin_s in counts.phases}
    called = _movements(scenario.network(), signal)
    for phase in plans.ran:
        ways = tuple(way for way, movement in called.items() if movement in config.phases[phase])
        movements = " ".join(word(movement) for movement in config.phases[phase])
        counted_vph = simulated_vph = float("nan")
        if phase in counts.counters:
            passed = _passed(simulated, own, phase, whole)
            counted_vph, simulated_vph = counts.of_phase(phase) / counts.hours, passed / counts.hours
        yield PhaseRow(phase, movements, ways, counted_vph, simulated_vph, theirs[phase], ours[phase])


def _passed(simulated: EventLog, config: Config, phase: int, quarters: set[float]) -> int:
    total = 0
    for one in config.of(phase, COUNT):
        times_s = simulated.times_s(codes.DETECTOR_ON, one.number)
        total += sum(int(((times_s >= begin_s) & (times_s < begin_s + QUARTER_S)).sum()) for begin_s in quarters)
    return total

"""A scenario made of another one and a controller's log: its signal plays what the log shows, its vehicles are those counted.

log-plans.csv   the plans, as `zhasyl scenario plan` reads them
programme.csv   what was played by time of day and phase: splits as played, used up, and as the controller says
log-check.csv   by phase: counted, arrivals on green and split failures in the log and in a run of the scenario
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import clock
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.files.csv_table import write_csv
from zhasyl.network import Network
from zhasyl.scenarios.counts.calibrate import Calibration, Play, calibrate
from zhasyl.scenarios.counts.placed import geh
from zhasyl.scenarios.demand.volumes import departures
from zhasyl.scenarios.load import load_scenario
from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.as_synchro import TURNS
from zhasyl.scenarios.logs.check import PhaseCheck, check_phases
from zhasyl.scenarios.logs.config import COUNT, Config, Movement, word
from zhasyl.scenarios.logs.counts import LogCounts, count
from zhasyl.scenarios.logs.event_log import QUARTER_S, EventLog
from zhasyl.scenarios.logs.plans import LogPlans, log_plans
from zhasyl.scenarios.logs.programme import LATEST, PLAYED
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.turns import find_junction, junction_turns, turns_along

PLAN_TABLE, PROGRAMME_TABLE, CHECK_TABLE = "log-plans.csv", "programme.csv", "log-check.csv"
HOLE_S = 60.0  # without any event
HOLE_CYCLES = 1.5

Watch = Callable[[Scenario, str, Config], tuple[EventLog, Config]]
"""Simulates a scenario once; answers the log that its controller would have written of a signal, and its detectors."""


@dataclass(frozen=True)
class PhaseRow:
    """One phase in the log and in the simulation; vehicles an hour are NaN where it has no detector that counts."""

    phase: int
    movements: str
    counted_vph: float
    simulated_vph: float
    log: PhaseCheck
    simulated: PhaseCheck

    @property
    def geh(self) -> float:
        return geh(self.simulated_vph, self.counted_vph)


@dataclass(frozen=True)
class Imported:
    """What came of it."""

    signal: str
    plans: LogPlans
    calibration: Calibration
    phases: tuple[PhaseRow, ...]
    remarks: tuple[str, ...]


def import_log(
    scenario: Scenario, log: EventLog, config: Config, folder: Path, scenario_id: str, play: Play, watch: Watch, signal: str = ""
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
        counts.write(tables / f"log-counts-{log.date}.csv", name)
        plan_scenario(replace(scenario, timing=plans.timing), tables / PLAN_TABLE, planned, scenario_id)
        found = calibrate(load_scenario(str(planned)), tables / f"log-counts-{log.date}.csv", folder, scenario_id, play)
    plans.write(folder / PLAN_TABLE)
    _write_programme(folder / PROGRAMME_TABLE, plans, config)
    rows = tuple(_phases(log, load_scenario(str(folder)), name, config, plans, counts, watch))
    _write_check(folder / CHECK_TABLE, rows)
    _say_in_reports(folder, log, rows)
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
        raise ScenarioError(f"scenario '{scenario.id}' has {len(known)} signals ({named}); say whose log it is with --signal")
    return known[0]


def _weights(scenario: Scenario, network: Network, signal: str) -> Mapping[Movement, float]:
    """How many vehicles of the scenario's own demand make each movement; nothing where it cannot be routed."""
    turns = junction_turns(network, signal)
    names = {
        (approach, exit_): (turns.headings[approach], TURNS[movement])
        for approach, ways in turns.movements.items()
        for movement, exits in ways.items()
        for exit_ in exits
    }
    try:
        driven = departures(scenario)
    except ScenarioError:
        return {}
    return Counter(names[turn] for one in driven for turn, _ in turns_along(one.edges, names))


def _phases(
    log: EventLog, scenario: Scenario, signal: str, config: Config, plans: LogPlans, counts: LogCounts, watch: Watch
) -> Iterator[PhaseRow]:
    simulated, own = watch(scenario, signal, config)
    part = log.between(scenario.begin_s, scenario.end_s)
    ours = check_phases(simulated, own, plans.ran)
    theirs = check_phases(part, config, plans.ran)
    whole = {begin_s for _, begin_s in counts.phases}
    for phase in plans.ran:
        movements = " ".join(word(movement) for movement in config.phases[phase])
        counted_vph = simulated_vph = float("nan")
        if phase in counts.counters:
            passed = _passed(simulated, own, phase, whole)
            counted_vph, simulated_vph = counts.of_phase(phase) / counts.hours, passed / counts.hours
        yield PhaseRow(phase, movements, counted_vph, simulated_vph, theirs[phase], ours[phase])


def _passed(simulated: EventLog, config: Config, phase: int, quarters: set[float]) -> int:
    total = 0
    for one in config.of(phase, COUNT):
        times_s = simulated.times_s(codes.DETECTOR_ON, one.number)
        total += sum(int(((times_s >= begin_s) & (times_s < begin_s + QUARTER_S)).sum()) for begin_s in quarters)
    return total


def _write_programme(path: Path, plans: LogPlans, config: Config) -> None:
    columns = (
        "from", "to", "cycle_s", "cycle_from", "offset_s", "offset_from", "coordinated_phase", "phase", "movements", "barrier",
        "ring", "place", "begin_s", "split_s", "green_s", "yellow_s", "red_clearance_s", "used_split_s", "said_split_s",
        "latest_split_s", "set_split_s", "served_share", "plan_split_s",
    )  # fmt: skip
    rows = []
    for one, share in zip(plans.programmes, plans.set_at, strict=True):
        stretch = one.stretch
        latest, shown = ({part.phase: part.split_s for part in one.at(q)} for q in (LATEST, share))
        for part in one.at(PLAYED):
            rows.append((
                clock(stretch.begin_s), clock(stretch.end_s), f"{stretch.cycle_s:g}", stretch.cycle_from,
                "" if stretch.free else f"{stretch.zero_s % stretch.cycle_s:.1f}", stretch.zero_from,
                stretch.coordinated or "", part.phase, " ".join(map(word, config.phases.get(part.phase, ()))),
                part.barrier, part.ring, part.place,
                *(_number(value, 1) for value in (part.begin_s, part.split_s, part.green_s, part.yellow_s, part.red_s,
                                                  part.used_s, part.said_s, latest[part.phase], part.set_s)),
                f"{part.served:.2f}", f"{shown[part.phase]:.1f}",
            ))  # fmt: skip
    write_csv(path, columns, rows)


def _write_check(path: Path, rows: tuple[PhaseRow, ...]) -> None:
    columns = (
        "phase", "movements", "counted_vph", "simulated_vph", "geh", "greens_log", "greens_simulated", "green_s_log",
        "green_s_simulated", "arrivals_log", "arrivals_simulated", "on_green_log", "on_green_simulated", "failures_log",
        "judged_log", "failures_simulated", "judged_simulated",
    )  # fmt: skip
    write_csv(path, columns, ((
        r.phase, r.movements, _number(r.counted_vph, 0), _number(r.simulated_vph, 0), _number(r.geh, 2), r.log.greens,
        r.simulated.greens, _number(r.log.green_s, 1), _number(r.simulated.green_s, 1), r.log.arrivals, r.simulated.arrivals,
        _number(r.log.on_green, 3), _number(r.simulated.on_green, 3), r.log.failures, r.log.judged, r.simulated.failures,
        r.simulated.judged) for r in rows))  # fmt: skip


def _number(value: float, digits: int) -> str:
    return "" if isnan(value) else f"{value:.{digits}f}"


def _say_in_reports(folder: Path, log: EventLog, rows: tuple[PhaseRow, ...]) -> None:
    """What the log and the scenario have apart, among the assumptions that each report shows."""
    said = "; ".join(
        f"phase {r.phase} {r.log.on_green:.0%} and {r.simulated.on_green:.0%} on green, split failures "
        f"{r.log.failures} of {r.log.judged} and {r.simulated.failures} of {r.simulated.judged}"
        for r in rows
        if not isnan(r.log.on_green)
    )
    text = f"In the log and in a run under its own plan: {said}" if said else "The log has no advance detectors to check with"
    with (folder / "assumptions.csv").open("a", encoding="utf-8", newline="") as file:
        CsvWriter(file).writerow(("controller log", text, "measured", f"{log.path.name}, {log.date}; {CHECK_TABLE}"))

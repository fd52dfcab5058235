"""A run repeated under detectors: the log that its controllers would have written.

A stored run keeps what its signals showed, but not who was over a detector when: so it is simulated again with loops
that change nothing, and has to show the same signals as its record. The log is of the measured period.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.errors import OutputError, ScenarioError, unknown_name
from zhasyl.links import SignalLinks
from zhasyl.network import Network
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.runs.events.phases import Phase, phases_of
from zhasyl.runs.events.placed import LaneDetectors, Numbered, lanes_of, numbered
from zhasyl.runs.events.seen import Crossings, calls, is_quiet, seen_events, spells
from zhasyl.runs.events.shown import GAP_S, Event, Row, shown_events
from zhasyl.runs.simulate import run
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.config import PRESENCE, Config
from zhasyl.scenarios.logs.detection import Actuations, occupied
from zhasyl.scenarios.logs.event_log import EventLog
from zhasyl.sensors import PERFECT
from zhasyl.sumo.inputs.loops import write_loops
from zhasyl.sumo.outputs.loops import read_loops

if TYPE_CHECKING:
    import pandas as pd

DATE = dt.date(2000, 1, 1)  # a simulation has a time of day and no date


class Watched(NamedTuple):
    """One signal's log, and the configuration that belongs to it."""

    log: EventLog
    config: Config


def watch_fixed(scenario: Scenario, signal: str, config: Config) -> tuple[EventLog, Config]:
    """The log of one signal of a scenario under its own plan, seed 1."""
    found = watch(scenario, [signal], parse_controller("fixed"), config=config)[signal]
    return found.log, found.config


def watch(
    scenario: Scenario,
    signals: Sequence[str],
    controller: ControllerSpec,
    seed: int = 1,
    sensor: str = PERFECT,
    emissions: str | float = "none",
    config: Config | None = None,
    stored: RunRecord | None = None,
    limit_s: float | None = DEFAULT_LIMIT_S,
) -> dict[str, Watched]:
    """Simulate a run with loops before these signals. Raises ZhasylError, also if it is not as it is `stored`."""
    network = scenario.network()
    lanes = lanes_of(scenario, network, signals, config)
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        output, additional = Path(scratch) / "loops.xml", Path(scratch) / "loops.add.xml"
        write_loops([loop for lane in lanes for loop in lane.loops()], additional, output)
        under = replace(scenario, watched_by=(additional,))
        record = run(under, controller, seed, Path(scratch) / "out", sensor=sensor, limit_s=limit_s,
                     emissions=emissions)  # fmt: skip
        shown, crossed = record.table("signals"), read_loops(output)
    if stored is not None and not shown.equals(stored.table("signals")):
        raise OutputError(
            f"simulated again, the run shows other signals than its record in {stored.folder}: zhasyl, SUMO or the "
            "scenario has changed since; run it again with --rerun"
        )
    by_plan = controller.keeps_plan or issubclass(controller.cls, PlanPlayer)
    return {
        signal: _one(scenario, network, signal, [lane for lane in lanes if lane.signal == signal],
                     shown[shown["signal"] == signal], crossed, config, by_plan)
        for signal in signals
    }  # fmt: skip


def chosen_signals(network: Network, signal: str) -> list[str]:
    """The signal named, or all in the order of their ids. Raises ScenarioError."""
    known = sorted(network.programmes)
    if signal and signal not in known:
        raise ScenarioError(unknown_name("signal", signal[:60], known)[:500] + "; correct --signal")
    return [signal] if signal else known


def _one(
    scenario: Scenario,
    network: Network,
    signal: str,
    lanes: Sequence[LaneDetectors],
    shown: "pd.DataFrame",
    crossed: Crossings,
    config: Config | None,
    by_plan: bool,
) -> Watched:
    rows: list[Row] = list(zip(shown["start_s"].astype(float), shown["state"].astype(str), strict=True))
    phases = phases_of(network, signal, list(dict.fromkeys(state for _, state in rows)), config)
    detectors = numbered(network, lanes, phases)
    seen = {one.detector.number: spells(one, crossed) for one in detectors}
    presence = _presence(phases, detectors, seen)
    events: list[Event] = [event for number, found in seen.items() for event in seen_events(number, found)]
    links = SignalLinks(network, signal)
    quiet = _Quiet(presence)
    events += shown_events(links, phases, rows, by_plan, quiet, scenario.timing.walking_speed_mps)
    for phase in phases:
        if not phase.walks:
            greens = list(_greens(events, phase.number))
            events += list(calls(phase.number, presence[phase.number], greens, scenario.begin_s))
    within = sorted(event for event in events if scenario.begin_s <= event[0] < scenario.end_s)
    time_s, code, parameter = (
        (np.array(column) for column in zip(*within, strict=True)) if within else (np.zeros(0),) * 3
    )
    log = EventLog(
        scenario.net_file,
        signal,
        DATE,
        time_s.astype(np.float64).round(1),
        code.astype(np.int64),
        parameter.astype(np.int64),
    )
    own = Config({p.number: p.movements for p in phases if not p.walks}, tuple(one.detector for one in detectors))
    return Watched(log, own)


class _Quiet:
    """Asks whether a phase's detectors were quiet before a moment."""

    def __init__(self, presence: Mapping[int, Actuations]) -> None:
        self._presence = presence

    def __call__(self, phase: int, time_s: float) -> bool:
        return is_quiet(self._presence[phase], time_s, GAP_S)


def _presence(
    phases: Sequence[Phase], detectors: Sequence[Numbered], seen: Mapping[int, Actuations]
) -> dict[int, Actuations]:
    """By phase, when somebody was before its stop lines."""
    return {
        phase.number: Actuations(*occupied(
            seen[one.detector.number] for one in detectors
            if (one.detector.phase, one.detector.function) == (phase.number, PRESENCE)
        ))
        for phase in phases
    }  # fmt: skip


def _greens(events: Sequence[Event], phase: int) -> Iterator[tuple[float, float]]:
    """(begin, end) of a phase's greens, from its events; one that was green at first begins with the run."""
    turns = sorted(
        (t, code) for t, code, number in events if number == phase and code in (codes.GREEN, codes.GREEN_ENDS)
    )
    begin_s = float("-inf")
    for time_s, code in turns:
        if code == codes.GREEN:
            begin_s = time_s
        else:
            yield begin_s, time_s
    if turns and turns[-1][1] == codes.GREEN:
        yield begin_s, float("inf")

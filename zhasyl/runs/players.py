"""Who plays the signals of a run, a sequencer each with what it sees, until its end; and what controllers say then."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from heapq import heapify, heappop, heappush
from math import inf
from typing import Any, NamedTuple

from zhasyl.controllers.base import Controller
from zhasyl.guard import Guard
from zhasyl.observation import REMEMBERED, Need
from zhasyl.runs.in_step import InStep
from zhasyl.runs.prepared import Prepared
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.route_order import refuse_left_out
from zhasyl.sensors import parse_sensor
from zhasyl.sensors.requests import with_requests
from zhasyl.sequencer import Observe, Sequencer, Watch
from zhasyl.signals import Signal
from zhasyl.sumo.messages import UNSORTED, Log
from zhasyl.sumo.simulation import Simulation

CLOCK_S = 0.001  # what SUMO's clock counts in: asked for less, it stays where it is
STEP_CHUNK_S = 600.0  # how long SUMO runs without coming back, so that Ctrl-C is heard
LONGEST = 20_000  # characters that a record keeps of what one controller says


class Played(NamedTuple):
    """What came of playing: the signals as sequencers played them, the end, and seconds spent."""

    signals: list[Signal]
    until_s: float
    sumo_s: float
    control_s: float


def _nothing(time_s: float) -> None:
    """Nobody else looks at the moment."""


def play(
    scenario: Scenario,
    simulation: Simulation,
    players: Sequence[Sequencer],
    guard: Guard,
    log: Log,
    before: Callable[[float], None] = _nothing,
    after: Callable[[float], None] = _nothing,
) -> Played:
    """Run from start to end; `before` is told the time of each moment before signals are played, `after` afterwards."""
    now_s, sumo_s, control_s = scenario.start_s, 0.0, 0.0
    began = time.perf_counter()
    shown: dict[str, str] = {}
    agenda = [(player.next_s, place) for place, player in enumerate(players)]
    heapify(agenda)
    while now_s < scenario.end_s:
        before(now_s)
        due: list[int] = []
        while agenda and agenda[0][0] <= now_s + 1e-6:
            due.append(heappop(agenda)[1])
        for place in sorted(due):
            player = players[place]
            state = player.step(now_s)
            if shown.get(player.signal.id) != state:
                simulation.show(player.signal.id, state)
                shown[player.signal.id] = state
            heappush(agenda, (player.next_s, place))
        after(now_s)
        until_s = min(scenario.end_s, now_s + STEP_CHUNK_S, agenda[0][0] if agenda else inf)
        until_s = max(until_s, now_s + CLOCK_S)
        guard.rest()
        decided = time.perf_counter()
        simulation.step(until_s)
        stepped = time.perf_counter()
        control_s += decided - began
        sumo_s += stepped - decided
        now_s, began = simulation.time_s(), stepped
        refuse_lost_demand(scenario, log)
    return Played([player.signal for player in players], now_s, sumo_s, control_s)


def refuse_lost_demand(scenario: Scenario, log: Log) -> None:
    """End a run whose route files SUMO reads in part only: it would measure another demand."""
    if UNSORTED in log.news():
        refuse_left_out(scenario)


def sequencers(
    spec: RunSpec,
    simulation: Simulation,
    prepared: Prepared,
    set_up: SetUp,
    guard: Guard,
    only: Callable[[str], bool] = lambda signal: True,
    seen: Callable[[str, Observe], Observe] = lambda signal, observe: observe,
) -> list[Sequencer]:
    """The sequencer of every signal that the run's controller controls, with what it sees.

    `only` says which signals are meant; `seen` may put itself between a signal's sensor and who looks at it.
    """
    area = prepared.area(set_up.signal, set_up.seed)
    build = set_up.builder(area)
    (interval_s, clearing_s), needs, watches = set_up.pace, set_up.needs, set_up.watches
    sensor = parse_sensor(spec.sensor)
    in_step = spec.controller.cls.in_step is True
    remembers = watches or not needs.isdisjoint(REMEMBERED)

    def sequencer(signal: Signal) -> Sequencer:
        eyes = sensor.build(simulation, prepared.network, signal, spec.seed, needs)
        observe = with_requests(eyes.observe, simulation, prepared.network, signal, needs)
        watch = Watch(
            seen(signal.id, observe),
            spec.scenario.start_s,
            interval_s,
            occupied=eyes.standing_inside,
            clearing_s=clearing_s,
            recall=eyes.can_miss,
            absent=eyes.absent,
            buttons="calls" in needs,
        )
        own = partial(build, signal)
        if remembers:
            return _attended(signal, own, watch, guard, needs, watches, in_step)
        return (InStep if in_step else Sequencer)(signal, own, watch, guard)

    return [sequencer(signal) for signal in area.signals.values() if only(signal.id)]


def _attended(
    signal: Signal,
    build: Callable[[], Controller],
    watch: Watch,
    guard: Guard,
    needs: frozenset[Need],
    watches: bool,
    in_step: bool,
) -> Sequencer:
    """A sequencer with a memory, which is not imported by others."""
    from zhasyl.runs.attended import Attended, AttendedInStep
    from zhasyl.sensors.memory import Memory

    memory = Memory(watch.observe, signal, needs)
    return (AttendedInStep if in_step else Attended)(
        signal, build, replace(watch, observe=memory.observe), guard, memory, watches
    )


def finished(
    players: Sequence[Sequencer], made: Mapping[str, Controller], time_s: float, guard: Guard
) -> dict[str, Any]:
    """What the controllers say when the run is over, by signal; one that fails at it has its fault."""
    says = {}
    for player in players:
        name = player.signal.id
        if player.fault is None and name in made:
            try:
                said = guard.decide(_said, made[name])
            except BaseException as error:
                player.replace_controller(time_s, error)
            else:
                if said is not None:
                    says[name] = said
    return says


def _said(controller: Controller) -> Any:
    """What a controller's `finish` answers, as JSON holds it. Raises ValueError, TypeError for what cannot be kept."""
    answer = controller.finish()
    if answer is None:
        return None
    if not isinstance(answer, Mapping):
        raise TypeError(f"finish answered {repr(answer)[:80]}; answer a dictionary, or None")
    text = json.dumps(dict(answer), default=_plain)
    if len(text) > LONGEST:
        raise ValueError(f"finish answered {len(text)} characters of JSON; answer at most {LONGEST}")
    return json.loads(text)


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as JSON knows them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"finish answered a {type(value).__name__}; answer numbers, texts, lists and dictionaries")

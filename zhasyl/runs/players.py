"""Who plays the signals of a run: a sequencer each, with what it sees; and what controllers say when it is over."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from zhasyl.controllers.base import Controller
from zhasyl.guard import Guard
from zhasyl.observation import REMEMBERED, Need
from zhasyl.runs.prepared import Prepared
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.spec import RunSpec
from zhasyl.sensors import parse_sensor
from zhasyl.sensors.requests import with_requests
from zhasyl.sequencer import Sequencer, Watch
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

LONGEST = 20_000  # characters that a record keeps of what one controller says


def sequencers(
    spec: RunSpec, simulation: Simulation, prepared: Prepared, set_up: SetUp, guard: Guard
) -> list[Sequencer]:
    """The sequencer of every signal that the run's controller controls, with what it sees."""
    area = prepared.area(set_up.signal, set_up.seed)
    build = set_up.builder(area)
    (interval_s, clearing_s), needs, watches = set_up.pace, set_up.needs, set_up.watches
    sensor = parse_sensor(spec.sensor)
    remembers = watches or not needs.isdisjoint(REMEMBERED)

    def sequencer(signal: Signal) -> Sequencer:
        eyes = sensor.build(simulation, prepared.network, signal, spec.seed, needs)
        observe = with_requests(eyes.observe, simulation, prepared.network, signal, needs)
        watch = Watch(
            observe,
            spec.scenario.start_s,
            interval_s,
            occupied=eyes.standing_inside,
            clearing_s=clearing_s,
            recall=eyes.can_miss,
            buttons="calls" in needs,
        )
        own = partial(build, signal)
        if remembers:
            return _attended(signal, own, watch, guard, needs, watches)
        return Sequencer(signal, own, watch, guard)

    return [sequencer(signal) for signal in area.signals.values()]


def _attended(
    signal: Signal, build: Callable[[], Controller], watch: Watch, guard: Guard, needs: frozenset[Need], watches: bool
) -> Sequencer:
    """A sequencer with a memory, which is not imported by others."""
    from zhasyl.runs.attended import Attended
    from zhasyl.sensors.memory import Memory

    memory = Memory(watch.observe, signal, needs)
    return Attended(signal, build, replace(watch, observe=memory.observe), guard, memory, watches)


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

"""The process of an episode: an ordinary run in which agents are asked through a pipe.

At each moment at which one of them may choose, all are told what they see in one message, and choose in its answer.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from zhasyl.controllers.parts.sight import counts
from zhasyl.guard import Guard
from zhasyl.measures import Period
from zhasyl.observation import Observation
from zhasyl.process.conversation import Ear
from zhasyl.process.output import unheard
from zhasyl.rl.agent import AgentSetUp
from zhasyl.rl.messages import Form, chosen
from zhasyl.rl.rewards import REWARDS, Meter, NoReward
from zhasyl.rl.setting import Setting
from zhasyl.runs.in_step import InStep
from zhasyl.runs.players import Played, finished, play, refuse_lost_demand, sequencers
from zhasyl.runs.prepared import Prepared, prepare
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.simulate import measured
from zhasyl.runs.spec import RunSpec, about
from zhasyl.runs.store import aside, origin_key, run_folder, settle
from zhasyl.scenarios.variants.noise import with_noise
from zhasyl.sensors import parse_sensor
from zhasyl.sequencer import EPSILON_S, Observe, Sequencer
from zhasyl.sumo.inputs.command import SUMO_LOG, sumo_options
from zhasyl.sumo.messages import Log, Message, warnings_of
from zhasyl.sumo.simulation import SumoSimulation, quiet_sumo
from zhasyl.walks import walked_edges

if TYPE_CHECKING:
    from zhasyl.sumo.outputs.ending import Ending


@dataclass(frozen=True)
class Asked:
    """One episode."""

    setting: Setting
    seed: int


class Eyes:
    """A signal's sensor, read once a moment: for the agent, and again by its sequencer."""

    def __init__(self, observe: Observe) -> None:
        self._observe = observe
        self._kept: tuple[tuple[float, int, float], Observation] | None = None

    def look(self, clock: tuple[float, int, float]) -> Observation:
        """Read, and keep it for who looks in the same moment."""
        read = self(*clock)
        self._kept = clock, read
        return read

    def __call__(self, time_s: float, stage: int, green_s: float) -> Observation:
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] == (time_s, stage, green_s):
            return kept[1]
        return self._observe(time_s, stage, green_s)

    def close(self) -> None:
        """The moment is over."""
        self._kept = None


class Round:
    """Tells all agents of a moment and hands each what it has chosen."""

    def __init__(self, ear: Ear, asked: Asked, set_up: AgentSetUp, meter: Meter) -> None:
        setting = asked.setting
        self._ear, self._set_up, self._meter = ear, set_up, meter
        self._form = Form(len(setting.signals), setting.layout.stages)
        self._start_s = self._told_s = setting.scenario.start_s
        self._interval_s = set_up.pace[0]
        self._next_s = self._start_s
        self._agents: Sequence[InStep] = ()
        self._eyes: dict[str, Eyes] = {}
        self.decisions, self.started_at = sha256(), datetime.now(UTC)

    def seen(self, signal: str, observe: Observe) -> Observe:
        """Put itself between a signal's sensor and its sequencer."""
        self._eyes[signal] = Eyes(observe)
        return self._eyes[signal]

    def join(self, agents: Sequence[Sequencer]) -> None:
        """The agents' sequencers, in the order of the setting's signals."""
        self._agents = [agent for agent in agents if isinstance(agent, InStep)]

    def before(self, time_s: float) -> None:
        """Ask if an agent may choose now."""
        self._meter.stepped()
        if time_s < self._next_s - EPSILON_S:
            return
        passed = int((time_s - self._start_s + EPSILON_S) / self._interval_s)
        self._next_s = self._start_s + (passed + 1) * self._interval_s
        if any(agent.asks(time_s) for agent in self._agents):
            granted = [agent.granted(time_s) for agent in self._agents]
            if any(len(one) > 1 for one in granted):
                answer = self._ear.ask(self._news(False, time_s, granted))
                self.decisions.update(answer)
                self._set_up.chosen.update(zip(self._eyes, chosen(answer), strict=True))

    def after(self, time_s: float) -> None:
        """Forget what was seen: the road changes now."""
        for eyes in self._eyes.values():
            eyes.close()

    def end(self, time_s: float) -> None:
        """Tell of the last moment."""
        self._meter.stepped()
        running = [range(stage, stage + 1) for _, stage, _ in (agent.clock(time_s) for agent in self._agents)]
        self._ear.say(self._news(True, time_s, running))

    def _news(self, ended: bool, time_s: float, granted: Sequence[range]) -> bytes:
        rows = [counts(self._eyes[agent.signal.id].look(agent.clock(time_s))) for agent in self._agents]
        elapsed_s, self._told_s = time_s - self._told_s, time_s
        return self._form.news(ended, time_s, self._meter.read(time_s, elapsed_s), granted, rows)


class _Parts(NamedTuple):
    """Who takes part in an episode."""

    spec: RunSpec  # of the others, who have no agent
    prepared: Prepared
    agents: AgentSetUp
    others: SetUp
    guard: Guard


class _Ended(NamedTuple):
    """What came of an episode that is measured."""

    played: Played
    players: Sequence[Sequencer]
    says: dict[str, Any]
    ending: "Ending"


@unheard()
def play_episode(asked: Asked, ear: Ear) -> None:
    """Play one episode and tell of it; measured as a run if that is asked for."""
    parts = _parts(asked)
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        raw = Path(scratch)
        meter = REWARDS.get(asked.setting.reward, NoReward)
        log = Log(raw / SUMO_LOG)
        options = [*_options(asked, parts, raw), *meter.options]
        with quiet_sumo(log.path), SumoSimulation(options, log=log) as simulation, parts.guard:
            period = Period(asked.setting.scenario.begin_s, asked.setting.scenario.end_s)
            read = meter(simulation, parts.prepared.network, asked.setting.played, period)
            round_ = Round(ear, asked, parts.agents, read)
            ended = _play(asked, parts, simulation, round_, log)
        refuse_lost_demand(asked.setting.scenario, log)
        if ended is not None:
            told = _told_of(asked, parts, raw, ended, round_, warnings_of(log.lines()))
            ear.say(json.dumps(told).encode())


def _parts(asked: Asked) -> _Parts:
    setting, guard = asked.setting, Guard()
    spec = RunSpec(setting.scenario, setting.others, asked.seed, Path(), sensor=setting.sensor)
    others = SetUp(setting.others, guard, asked.seed)
    parts = _Parts(spec, prepare(setting.scenario), AgentSetUp(setting.agent, guard), others, guard)
    if not parts.prepared.plays_in_sumo(setting.others):
        parse_sensor(setting.sensor).check(setting.others.label, others.needs)
        others.prepare()
    return parts


def _options(asked: Asked, parts: _Parts, raw: Path) -> list[str]:
    setting, prepared = asked.setting, parts.prepared
    native = prepared.programmes(setting.others)
    signals = prepared.derived.signals.keys()
    played = frozenset() if setting.others.keeps_plan else signals - native.refused.keys()
    return sumo_options(
        with_noise(setting.scenario, asked.seed, raw),
        asked.seed,
        raw,
        prepared.groups.edges,
        sorted(prepared.network.programmes),
        [one for one in native.programmes if one.signal not in setting.signals],
        played | set(setting.signals),
        walked=walked_edges(prepared.network),
        measured=setting.record,
    )


def _play(asked: Asked, parts: _Parts, simulation: SumoSimulation, round_: Round, log: Log) -> _Ended | None:
    """Play to the end; what came of it, if it is measured."""
    setting, (spec, prepared, agents, others, guard) = asked.setting, parts
    own = set(setting.signals)
    of_agents = replace(spec, controller=setting.agent)
    players = sequencers(of_agents, simulation, prepared, agents, guard, own.__contains__, round_.seen)
    round_.join(players)
    if not prepared.plays_in_sumo(setting.others):
        players += sequencers(spec, simulation, prepared, others, guard, lambda signal: signal not in own)
    played = play(setting.scenario, simulation, players, guard, log, round_.before, round_.after)
    round_.end(played.until_s)
    if not setting.record:
        return None
    says = finished(players, others.made, played.until_s, guard)
    return _Ended(played, players, says, simulation.ending())


def _told_of(
    asked: Asked, parts: _Parts, raw: Path, ended: _Ended, round_: Round, warnings: Sequence[Message]
) -> dict[str, Any]:
    """What a record of a run says of an episode; it is stored if there is a folder for it."""
    setting, prepared, own, played = asked.setting, parts.prepared, set(asked.setting.signals), ended.played
    in_sumo = [one for one in prepared.played_in_sumo(setting.others) if one.id not in own]
    tables, values = measured(prepared, setting.others, [*played.signals, *in_sumo], raw, ended.ending)
    values["faults"] = [asdict(player.fault) for player in ended.players if player.fault]
    if setting.out is None:
        return values
    spec = replace(parts.spec, controller=setting.agent, out=setting.out)
    who = {"agents": list(setting.signals), "others": setting.others.label, "decisions": round_.decisions.hexdigest()}
    key = origin_key({**spec.origin, **who, "origin_of_others": parts.spec.origin})
    more = {
        **({"controller_says": ended.says} if ended.says else {}),
        "key": key,
        "command": "",
        "status": "done",
        "warnings": [asdict(message) for message in warnings],
        "started_at": round_.started_at.isoformat(timespec="seconds"),
        "wall_s": round((datetime.now(UTC) - round_.started_at).total_seconds(), 3),
        "sumo_s": round(played.sumo_s, 3),
        "control_s": round(played.control_s, 3),
    }
    folder = run_folder(setting.out, setting.scenario.id, setting.agent.label, asked.seed, key)
    with aside(setting.out) as unfinished:
        settle(unfinished, folder, {**about(spec), **who, **values, **more}, tables)
    return {**values, "folder": str(folder)}

"""The agents of an environment and the episode that they play, whatever library asks for it."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.sight import FIRST, GREEN, STAGE, Seen, Sights, counted, layout_of
from zhasyl.errors import LearningError
from zhasyl.process.conversation import Partner
from zhasyl.process.workers import preload
from zhasyl.rl.messages import Form, News, answer
from zhasyl.rl.setting import Setting
from zhasyl.rl.worker import Asked, play_episode
from zhasyl.signals import Signal
from zhasyl.text.values import parse_seed

Mask = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Moment:
    """What an own reward function is told of a signal now; `before`: what it was told last, None the first time.

    vehicles, queued, exit_queue   by movement of `signal`, as the sensor sees them [veh]
    stage, green_s                 the stage that is green or comes next, and for how long it has been green
    elapsed_s                      since the last time, or since the start
    """

    signal: Signal
    time_s: float
    elapsed_s: float
    stage: int
    green_s: float
    vehicles: FloatArray
    queued: FloatArray
    exit_queue: FloatArray
    before: "Moment | None" = None


Reward = Callable[[Moment], float]


class Turn(NamedTuple):
    """A moment as the agents are told of it, in their order.

    `rewards` are since the last turn, those of the first of an episode in the second. `choosing`: who may choose now.
    `queued`: vehicles that stand upstream of each [veh].
    """

    ended: bool
    time_s: float
    elapsed_s: float
    rewards: FloatArray
    choosing: npt.NDArray[np.bool_]
    seen: list[Seen]
    masks: list[Mask]
    queued: list[float]
    measures: Mapping[str, Any] | None = None

    def info(self, agent: int) -> dict[str, Any]:
        """What an environment says beside observation and reward."""
        about: dict[str, Any] = {
            "time_s": self.time_s,
            "elapsed_s": self.elapsed_s,
            "action_mask": self.masks[agent],
            "queued_veh": self.queued[agent],
        }
        return {**about, "measures": dict(self.measures)} if self.measures else about


class Team:
    """Agents in the order of their signals. An episode is begun by `reset`, and ends by itself or with `close`."""

    def __init__(self, asked: Setting, own_reward: Reward | None, padded: bool) -> None:
        preload(["zhasyl.rl.worker"])
        self.setting, self.signals = asked, asked.played
        self.layouts = [asked.layout if padded else layout_of([signal]) for signal in self.signals]
        self._own_reward = own_reward
        self._form = Form(len(self.signals), asked.layout.stages)
        self._sights = Sights(self.signals, self.layouts)
        ends = np.cumsum([counted(signal) for signal in self.signals]).tolist()
        self._rows = [slice(end - counted(signal), end) for end, signal in zip(ends, self.signals, strict=True)]
        standing = [_standing(row, signal) for row, signal in zip(self._rows, self.signals, strict=True)]
        self._standing = np.array(standing, dtype=np.intp).ravel()
        self._partner: Partner | None = None
        self._told_s = 0.0
        self._carried: FloatArray | None = None
        self._moments: list[Moment | None] = []

    def reset(self, seed: int) -> Turn:
        """Begin an episode, up to the first moment at which an agent may choose."""
        self.begin(seed)
        return self.first()

    def begin(self, seed: int) -> None:
        """Begin an episode; `first` is its first moment."""
        self.close()
        asked = Asked(self.setting, parse_seed(str(seed)))
        self._partner = Partner(play_episode, asked, "the process of an environment")
        self._told_s = self.setting.scenario.start_s
        self._carried, self._moments = None, [None] * len(self.signals)

    def first(self) -> Turn:
        """The first moment at which an agent may choose."""
        turn = self.hear()
        self._carried = turn.rewards
        return turn

    def tell(self, stages: Iterable[int]) -> None:
        """Let every agent choose; what one chooses that may not has no effect."""
        self._under_way().tell(answer(list(stages)))

    def hear(self) -> Turn:
        """The next moment after `tell`."""
        partner = self._under_way()
        news = self._form.read(partner.hear())
        turn = self._turn(news)
        if news.ended:
            measures = json.loads(partner.hear()) if self.setting.record else {}
            self.close()
            return turn._replace(measures=measures)
        return turn

    def check(self, agent: int, stage: object) -> int:
        """A stage that an agent may name. Raises LearningError."""
        signal = self.signals[agent]
        number = int(stage) if isinstance(stage, int | np.integer) else -1
        if not 0 <= number < len(signal.stages):
            raise LearningError(
                f"signal '{signal.id}': action {stage!r} is none of its stages 0 to {len(signal.stages) - 1}; keep to "
                "the action mask"
            )
        return number

    @property
    def pid(self) -> int:
        """The process of the episode."""
        return self._under_way().pid

    def close(self) -> None:
        """End the episode if there is one."""
        if self._partner is not None:
            self._partner.close()
            self._partner = None

    def _under_way(self) -> Partner:
        if self._partner is None or self._partner.closed:
            raise LearningError("no episode is under way; call reset() first")
        return self._partner

    def _turn(self, news: News) -> Turn:
        elapsed_s, self._told_s = news.time_s - self._told_s, news.time_s
        rewards = news.rewards if self._own_reward is None else self._judged(news, elapsed_s)
        if self._carried is not None:
            rewards, self._carried = rewards + self._carried, None
        choosing = news.granted.sum(axis=1) > 1
        return Turn(
            news.ended,
            news.time_s,
            elapsed_s,
            rewards,
            choosing,
            self._sights.see(news.counts, choosing),
            [row[: one.stages] for row, one in zip(news.granted, self.layouts, strict=True)],
            np.add.reduceat(news.counts, self._standing)[::2].tolist(),
        )

    def _judged(self, news: News, elapsed_s: float) -> FloatArray:
        assert self._own_reward is not None  # noqa: S101 - the caller's own condition
        self._moments = [
            _moment(signal, news.time_s, elapsed_s, row, replace(before, before=None) if before else None)
            for signal, row, before in zip(
                self.signals, (news.counts[place] for place in self._rows), self._moments, strict=True
            )
        ]
        return np.array([float(self._own_reward(one)) for one in self._moments if one is not None])


def _moment(signal: Signal, time_s: float, elapsed_s: float, row: Seen, before: Moment | None) -> Moment:
    vehicles, queued, exits = _by_movement(row).astype(float)
    return Moment(signal, time_s, elapsed_s, int(row[STAGE]), float(row[GREEN]), vehicles, queued, exits, before)


def _standing(row: slice, signal: Signal) -> tuple[int, int]:
    """Where the counts of standing vehicles begin and end in those of all agents."""
    movements = len(signal.movements)
    return row.start + FIRST + movements, row.start + FIRST + 2 * movements


def _by_movement(row: Seen) -> Seen:
    """[3, movement] vehicles, those that stand, and those halted on the exits, of an agent's counts."""
    return row[FIRST:].reshape(3, -1)

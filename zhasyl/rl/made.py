"""What all environments share: their options, and spaces and seeds."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium import spaces

from zhasyl.controllers.parts.sight import Layout
from zhasyl.errors import LearningError
from zhasyl.rl.rewards import REWARDS
from zhasyl.rl.setting import setting
from zhasyl.rl.team import Reward, Team
from zhasyl.scenarios import Scenario
from zhasyl.sensors import PERFECT

DEFAULT_REWARD = "wait"
INTERVAL_S = 5.0
MOST_SEED = 2**31 - 1


def team(
    scenario: str | Scenario,
    signals: Iterable[str] | None,
    *,
    others: str = "fixed",
    variant: str = "",
    sensor: str = PERFECT,
    reward: str | Reward = DEFAULT_REWARD,
    interval_s: float = INTERVAL_S,
    min_green_s: float | None = None,
    clearing_s: float = 8.0,
    record: bool = False,
    out: str | Path | None = None,
    padded: bool = False,
) -> Team:
    """The agents of some signals, of all where none is named.

    others       the controller of the signals without an agent
    variant      a change of the scenario, as `--variant` takes it
    sensor       what agents see with
    reward       a name of `zhasyl.rl.rewards`, or a function of a `Moment`
    interval_s   agents choose at whole intervals since the start
    min_green_s  the shortest green of a stage; the scenario's own where it is None
    clearing_s   the longest wait for vehicles that stand inside the junction
    record       measure each episode as a run: `measures` in the last info
    out          the folder to store these records in, for `zhasyl report`
    padded       spaces of one size, with zeros, for signals that are unlike

    Raises a ZhasylError.
    """
    if not (isinstance(reward, str) or callable(reward)):
        raise LearningError(f"reward {reward!r} is no name and no function; give one of {', '.join(sorted(REWARDS))}")
    name, own = (reward, None) if isinstance(reward, str) else ("", reward)
    parameters = {"interval_s": interval_s, "min_green_s": min_green_s, "clearing_s": clearing_s}
    given = {key: value for key, value in parameters.items() if value is not None}
    return Team(setting(scenario, variant, signals, others, sensor, name, record, out, given), own, padded)


def observation_space(layout: Layout) -> Any:
    """What an agent sees: numbers between 0 and 1."""
    return spaces.Box(0.0, 1.0, (layout.size,), np.float32)


def action_space(layout: Layout) -> Any:
    """The stage to show."""
    return spaces.Discrete(layout.stages)


def episode_seed(seed: int | None, random: np.random.Generator) -> int:
    """The seed of an episode's traffic: the one that was given, else drawn."""
    return int(random.integers(1, MOST_SEED)) if seed is None else seed

"""Several episodes of one signal at once, for Gymnasium: their processes run side by side."""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from zhasyl.controllers.parts.sight import Seen
from zhasyl.errors import LearningError
from zhasyl.rl.gym_env import SignalEnv
from zhasyl.rl.made import episode_seed
from zhasyl.rl.team import Turn
from zhasyl.scenarios import Scenario


class SignalVectorEnv(gymnasium.vector.VectorEnv[Any, Any, Any]):
    """`num_envs` environments as `SignalEnv`, each in an episode of its own: all are told before one is waited for.

    The step after an end throws its action away and answers the first observation of the next episode, with reward 0
    (gymnasium's NEXT_STEP). `reset(seed=n)` gives them the seeds n, n + 1, ...
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012 - as in the class above it

    def __init__(self, scenario: str | Scenario, signal: str | None = None, num_envs: int = 2, **options: Any) -> None:
        if num_envs < 1:
            raise LearningError(f"{num_envs} environments; give num_envs=1 or more")
        envs = [SignalEnv(scenario, signal, **options) for _ in range(num_envs)]
        self.num_envs, self._teams = num_envs, [env.team for env in envs]
        self.single_observation_space, self.single_action_space = envs[0].observation_space, envs[0].action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._random = [np.random.default_rng() for _ in envs]
        self._ended = [True] * num_envs

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Seen, dict[str, Any]]:
        """Begin an episode in each."""
        seeds = self._seeds(seed)
        for place, (team, one) in enumerate(zip(self._teams, seeds, strict=True)):
            if one is not None:
                self._random[place] = np.random.default_rng(one)
            team.begin(episode_seed(one, self._random[place]))
        self._ended = [False] * self.num_envs
        return self._told([team.first() for team in self._teams])

    def step(self, actions: Any) -> tuple[Seen, Any, Any, Any, dict[str, Any]]:
        """Let every agent choose, and wait for all."""
        begun = list(self._ended)
        for place, (team, action) in enumerate(zip(self._teams, actions, strict=True)):
            if begun[place]:
                team.begin(episode_seed(None, self._random[place]))
            else:
                team.tell([team.check(0, action)])
        turns = [team.first() if new else team.hear() for team, new in zip(self._teams, begun, strict=True)]
        rewards = [0.0 if new else float(turn.rewards[0]) for turn, new in zip(turns, begun, strict=True)]
        self._ended = [turn.ended for turn in turns]
        observations, infos = self._told(turns)
        never = np.zeros(self.num_envs, dtype=bool)
        return observations, np.array(rewards), never, np.array(self._ended), infos

    def close_extras(self, **kwargs: Any) -> None:
        """End the processes."""
        for team in self._teams:
            team.close()

    def _told(self, turns: Sequence[Turn]) -> tuple[Seen, dict[str, Any]]:
        infos: dict[str, Any] = {}
        for place, turn in enumerate(turns):
            infos = self._add_info(infos, turn.info(0), place)
        return np.stack([turn.seen[0] for turn in turns]), infos

    def _seeds(self, seed: int | Sequence[int | None] | None) -> Sequence[int | None]:
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int | np.integer):
            return [int(seed) + place for place in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise LearningError(f"{len(seed)} seeds for {self.num_envs} environments; give one for each")
        return seed

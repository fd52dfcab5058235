"""The signals of a network under agents that move one after the other, for PettingZoo (AEC)."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from pettingzoo import AECEnv

from zhasyl.controllers.parts.sight import Seen
from zhasyl.errors import LearningError
from zhasyl.rl.made import action_space, episode_seed, observation_space, team
from zhasyl.rl.team import Turn
from zhasyl.scenarios import Scenario


class TurnsEnv(AECEnv):  # type: ignore[misc]  # it has no types
    """As `NetworkEnv`, but only those that may choose have a turn, in the order of the signals.

    The time goes on when the last of them has chosen. The reward that `last` gives, and `elapsed_s`, are since the
    agent's own last turn.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "zhasyl_turns_v1", "render_modes": [], "is_parallelizable": False}
    render_mode = None

    def __init__(self, scenario: str | Scenario, signals: Iterable[str] | None = None, **options: Any) -> None:
        super().__init__()
        self.team = team(scenario, signals, **options)
        self.possible_agents = [signal.id for signal in self.team.signals]
        self.agents: list[str] = []
        layouts = dict(zip(self.possible_agents, self.team.layouts, strict=True))
        self.observation_spaces = {name: observation_space(layout) for name, layout in layouts.items()}
        self.action_spaces = {name: action_space(layout) for name, layout in layouts.items()}
        self._place = {name: agent for agent, name in enumerate(self.possible_agents)}
        self._random = np.random.default_rng()
        self._turn: Turn | None = None
        self.agent_selection = self.possible_agents[0]

    def observation_space(self, agent: str) -> spaces.Box:
        """What an agent sees."""
        found: spaces.Box = self.observation_spaces[agent]
        return found

    def action_space(self, agent: str) -> spaces.Discrete:
        """The stages of an agent."""
        found: spaces.Discrete = self.action_spaces[agent]
        return found

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin an episode."""
        if seed is not None:
            self._random = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self._chose_s = dict.fromkeys(self.agents, self.team.setting.scenario.start_s)
        self._skip_agent_selection = None
        self._take(self.team.reset(episode_seed(seed, self._random)))
        self._clear_rewards()  # the team gives those of the first moment with those of the second

    def observe(self, agent: str) -> Seen:
        """What an agent sees now."""
        return self._now().seen[self._place[agent]]

    def step(self, action: int | None) -> None:
        """Let the agent whose turn it is choose; None at the end of the period, as PettingZoo wants it."""
        turn, agent = self._now(), str(self.agent_selection)
        if not self.agents:
            raise LearningError("no episode is under way; call reset() first")
        if self.truncations[agent]:
            self._was_dead_step(action)
            return
        self._stages[self._place[agent]] = self.team.check(self._place[agent], action)
        self._chose_s[agent] = turn.time_s
        self._cumulative_rewards[agent] = 0.0
        self._waiting.remove(agent)
        if self._waiting:
            self._clear_rewards()
            self.agent_selection = self._waiting[0]
        else:
            self.team.tell(self._stages)
            self._take(self.team.hear())
        self._accumulate_rewards()

    def close(self) -> None:
        """End the episode's process."""
        self.team.close()

    def _now(self) -> Turn:
        if self._turn is None:
            raise LearningError("no episode is under way; call reset() first")
        return self._turn

    def _take(self, turn: Turn) -> None:
        """A moment: who may choose now, or everybody at the end."""
        self._turn = turn
        self.rewards = dict(zip(self.possible_agents, turn.rewards.tolist(), strict=True))
        self.truncations = dict.fromkeys(self.possible_agents, turn.ended)
        self._waiting = [name for name, may in zip(self.possible_agents, turn.choosing, strict=True) if may]
        self._stages = [0] * len(self.possible_agents)
        self.agent_selection = (self._waiting or self.agents)[0]
        self.infos = {
            name: {**turn.info(agent), "elapsed_s": turn.time_s - self._chose_s[name]}
            for name, agent in self._place.items()
        }

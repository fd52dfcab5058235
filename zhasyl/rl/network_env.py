"""The signals of a network under agents that all move at once, for PettingZoo."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from pettingzoo import ParallelEnv

from zhasyl.controllers.parts.sight import Seen
from zhasyl.errors import LearningError
from zhasyl.rl.made import action_space, episode_seed, observation_space, team
from zhasyl.rl.team import Turn
from zhasyl.scenarios import Scenario

Infos = dict[str, dict[str, Any]]
Step = tuple[dict[str, Seen], dict[str, float], dict[str, bool], dict[str, bool], Infos]


class NetworkEnv(ParallelEnv):  # type: ignore[misc]  # it has no types
    """Signals of a scenario under an agent each, named as they are; the others keep a controller (`others`).

    A step lasts until one of the agents may choose. Who may not has one 1 in its action_mask, and what it answers has
    no effect. Actions, observations, infos, seeds, ends and options are those of `SignalEnv`; `signals` names those
    under agents, all that can be controlled unless said otherwise.
    """

    metadata: ClassVar[dict[str, Any]] = {"name": "zhasyl_network_v1", "render_modes": []}
    render_mode = None

    def __init__(self, scenario: str | Scenario, signals: Iterable[str] | None = None, **options: Any) -> None:
        self.team = team(scenario, signals, **options)
        self.possible_agents = [signal.id for signal in self.team.signals]
        self.agents: list[str] = []
        layouts = dict(zip(self.possible_agents, self.team.layouts, strict=True))
        self.observation_spaces = {name: observation_space(layout) for name, layout in layouts.items()}
        self.action_spaces = {name: action_space(layout) for name, layout in layouts.items()}
        self._random = np.random.default_rng()
        self._turn: Turn | None = None

    def observation_space(self, agent: str) -> spaces.Box:
        """What an agent sees."""
        found: spaces.Box = self.observation_spaces[agent]
        return found

    def action_space(self, agent: str) -> spaces.Discrete:
        """The stages of an agent."""
        found: spaces.Discrete = self.action_spaces[agent]
        return found

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[dict[str, Seen], Infos]:
        """Begin an episode."""
        if seed is not None:
            self._random = np.random.default_rng(seed)
        self._turn = turn = self.team.reset(episode_seed(seed, self._random))
        self.agents = list(self.possible_agents)
        return self._seen(turn), self._infos(turn)

    def step(self, actions: Mapping[str, int]) -> Step:
        """Show the stages that are chosen until an agent may choose again."""
        self.tell(actions)
        return self.hear()

    def tell(self, actions: Mapping[str, int]) -> None:
        """The first half of `step`: several environments can be told before one is waited for."""
        self.team.tell(self._chosen(actions))

    def hear(self) -> Step:
        """The second half of `step`."""
        self._turn = turn = self.team.hear()
        names = self.possible_agents
        rewards = dict(zip(names, turn.rewards.tolist(), strict=True))
        if turn.ended:
            self.agents = []
        ends = dict.fromkeys(names, turn.ended)
        return self._seen(turn), rewards, dict.fromkeys(names, False), ends, self._infos(turn)

    def close(self) -> None:
        """End the episode's process."""
        self.team.close()

    def _chosen(self, actions: Mapping[str, int]) -> list[int]:
        choosing = [] if self._turn is None else self._turn.choosing.tolist()
        return [
            self.team.check(agent, _action(actions, name)) if may else 0
            for agent, (name, may) in enumerate(zip(self.possible_agents, choosing, strict=False))
        ]

    def _seen(self, turn: Turn) -> dict[str, Seen]:
        return dict(zip(self.possible_agents, turn.seen, strict=True))

    def _infos(self, turn: Turn) -> Infos:
        return {name: turn.info(agent) for agent, name in enumerate(self.possible_agents)}


def _action(actions: Mapping[str, int], name: str) -> int:
    if name not in actions:
        raise LearningError(f"signal '{name}' has no action; give one for each of env.agents")
    return actions[name]

"""One signal under an agent, for Gymnasium."""

from typing import Any

import gymnasium
import numpy as np

from zhasyl.controllers.parts.sight import Seen
from zhasyl.errors import LearningError, unknown_name
from zhasyl.rl.made import action_space, episode_seed, observation_space, team
from zhasyl.rl.team import Mask, Turn
from zhasyl.scenarios import Scenario

gymnasium.register("zhasyl/Signal-v1", "zhasyl.rl.gym_env:SignalEnv")


class SignalEnv(gymnasium.Env[Seen, np.int64]):
    """One signal of a scenario under an agent; the others keep a controller (`others`).

    action       the stage to show: the running one's place extends it
    observation  what `zhasyl.controllers.parts.sight` says, of the one signal
    info         time_s, elapsed_s (since the last step), action_mask, queued_veh; at the end `measures` if `record`

    `reset(seed=n)` is the traffic of `zhasyl run --seed n`; without a seed each episode has another. Each episode has a
    process of its own, ended by `close`. An episode is truncated at the end of the period, never terminated.
    The options are those of `zhasyl.rl.made.team`.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - as in the class above it
    render_mode = None

    def __init__(self, scenario: str | Scenario, signal: str | None = None, **options: Any) -> None:
        self.team = team(scenario, None if signal is None else [signal], **options)
        if len(self.team.signals) != 1:
            names = [one.id for one in self.team.signals]
            raise LearningError(unknown_name("signal", "", names).replace("no signal ''.", "name one `signal`."))
        (layout,) = self.team.layouts
        self.observation_space, self.action_space = observation_space(layout), action_space(layout)
        self._masks: Mask = np.ones(layout.stages, dtype=np.int8)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Begin an episode."""
        super().reset(seed=seed)
        turn = self.team.reset(episode_seed(seed, self.np_random))
        return self._seen(turn), turn.info(0)

    def step(self, action: np.int64 | int) -> tuple[Seen, float, bool, bool, dict[str, Any]]:
        """Show a stage until the agent may choose again."""
        self.team.tell([self.team.check(0, action)])
        turn = self.team.hear()
        return self._seen(turn), float(turn.rewards[0]), False, turn.ended, turn.info(0)

    def action_masks(self) -> Mask:
        """As MaskablePPO of sb3-contrib asks for it."""
        return self._masks

    def close(self) -> None:
        """End the episode's process."""
        self.team.close()

    def _seen(self, turn: Turn) -> Seen:
        self._masks = turn.masks[0]
        return turn.seen[0]

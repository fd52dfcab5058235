"""Train an agent in sumo-rl's own environment, for peer_records.py. Run where sumo-rl and stable-baselines3 are.

    python -m benchmarks.peer_agent SCENARIO FOLDER [--steps 100000] [--seed 1]

A deep Q-network with the settings of sumo-rl's own example (its experiments/dqn_2way-single-intersection.py; sumo-rl
1.4.5): its observations and reward (`diff-waiting-time`), learning rate 0.001, one gradient step a decision,
exploration of 0.05 that falls to 0.01, 100,000 decisions; decisions each 5 s, yellow 3 s, least green 5 s. Each episode
has a seed of its own. What it has learned is written every 5,000 decisions as layers of weights and biases, so that
playing takes no torch; peer_records.py chooses among them.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from zhasyl.scenarios import load_scenario
from zhasyl.sumo.home import sumo_environment

KEPT_EVERY = 5_000
TIMINGS = {"delta_time": 5, "yellow_time": 3, "min_green": 5}


class Seeded(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Another traffic each episode, and the same ones again in another training of this seed."""

    def __init__(self, env: gymnasium.Env[Any, Any], first: int) -> None:
        super().__init__(env)
        self._next = first

    def reset(self, **_: Any) -> tuple[Any, dict[str, Any]]:
        self._next += 1
        return self.env.reset(seed=self._next)


def train(scenario: str, folder: Path, steps: int, seed: int) -> None:
    """Write weights and biases of the layers, in turn. Raises ModuleNotFoundError without torch or sumo-rl."""
    os.environ["LIBSUMO_AS_TRACI"] = "1"
    from stable_baselines3 import DQN  # type: ignore[import-not-found,unused-ignore]
    from sumo_rl import SumoEnvironment  # type: ignore[import-not-found,import-untyped,unused-ignore]

    loaded = load_scenario(scenario)
    environment = SumoEnvironment(
        net_file=str(loaded.net_file), route_file=",".join(map(str, loaded.route_files)),
        begin_time=int(loaded.start_s), num_seconds=int(loaded.end_s - loaded.start_s), single_agent=True,
        sumo_warnings=False, add_system_info=False, add_per_agent_info=False, **TIMINGS,
    )  # fmt: skip
    model = DQN(
        "MlpPolicy", Seeded(environment, seed * 1000), seed=seed, learning_rate=0.001, learning_starts=0, train_freq=1,
        target_update_interval=500, exploration_initial_eps=0.05, exploration_final_eps=0.01,
    )  # fmt: skip

    def keep(*_: Any) -> bool:
        if model.num_timesteps % KEPT_EVERY == 0:
            layers = [part.detach().numpy() for part in model.policy.q_net.q_net.parameters()]
            np.savez(folder / f"agent-{model.num_timesteps:06d}.npz", *layers)
            print(f"{model.num_timesteps} decisions", flush=True)
        return True

    model.learn(steps, callback=keep)


def best_action(layers: list[np.ndarray], observation: np.ndarray) -> int:
    """The action of the highest value; ReLU between the layers, the lowest index wins a tie."""
    *hidden, last = zip(layers[::2], layers[1::2], strict=True)
    for weights, bias in hidden:
        observation = np.maximum(weights @ observation + bias, 0.0)
    return int(np.argmax(last[0] @ observation + last[1]))


def load(path: Path) -> list[np.ndarray]:
    """Layers that were written by this script."""
    with np.load(path, allow_pickle=False) as stored:
        return [stored[f"arr_{place}"] for place in range(len(stored.files))]


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ.update(sumo_environment())
    asked.folder.mkdir(parents=True, exist_ok=True)
    try:
        train(asked.scenario, asked.folder, asked.steps, asked.seed)
    except ModuleNotFoundError as error:
        raise SystemExit(f"{error.name} is not installed; run: pip install stable-baselines3 sumo-rl") from None
    os._exit(0)  # sumo-rl closes its connections twice


if __name__ == "__main__":
    main()

"""make bench-learning: learn to control resco:cologne1, and compare what was learned with controllers on other seeds.

A deep Q-network (V. Mnih et al., Human-level control through deep reinforcement learning, Nature 518, 2015) of
stable-baselines3, with two layers of 64, learns from EPISODES hours of traffic, each with a seed of its own. Its reward
is minus the vehicles that stand before the signal, times the seconds; every fifth episode the policy is written down,
and the one with the least delay on VALIDATION seeds is compared on TEST seeds, which it has never met.
Writes benchmarks/learning.md. stable-baselines3 and torch are installed by the make target; neither is needed to play.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gymnasium

import zhasyl
from zhasyl.errors import ZhasylError
from zhasyl.rl import SignalEnv, export_policy
from zhasyl.runs.batch import run_many
from zhasyl.runs.spec import RunSpec

SCENARIO = "resco:cologne1"
EPISODES, EVERY = 40, 5
STEPS = 640  # decisions an episode, about
VALIDATION, TEST = range(901, 904), range(1001, 1011)
RIVALS = ("actuated", "max-pressure", "fixed")
RESULT = Path(__file__).with_name("learning.md")


def learner(env: gymnasium.Env[Any, Any], seed: int, episodes: int) -> Any:
    """A deep Q-network that has learned nothing yet."""
    import torch  # type: ignore[import-not-found,unused-ignore]
    from stable_baselines3 import DQN  # type: ignore[import-not-found,unused-ignore]

    torch.set_num_threads(1)
    return DQN(
        "MlpPolicy", env, seed=seed, learning_rate=5e-4, buffer_size=50_000, learning_starts=1_000, batch_size=64,
        gamma=0.95, train_freq=1, gradient_steps=1, target_update_interval=500,
        exploration_fraction=min(10.0 / episodes, 1.0), exploration_final_eps=0.02,
    )  # fmt: skip


def train(folder: Path, episodes: int, seed: int, scenario: str = SCENARIO) -> list[Path]:
    """Learn for some episodes; answers the policies that were written on the way."""
    env = SignalEnv(scenario, reward="queue")
    env.reset(seed=seed)
    scaled = gymnasium.wrappers.TransformReward(env, lambda reward: float(reward) / 100.0)
    model = learner(scaled, seed, episodes)
    written: list[Path] = []

    def keep(*_: Any) -> bool:
        """Called after every step: write the policy down every few episodes."""
        if model.num_timesteps % (EVERY * STEPS) == 0:
            written.append(export_policy(model, env, folder / f"policy-{len(written):02d}.npz"))
            print(f"{EVERY * len(written)} episodes", flush=True)
        return True

    model.learn(episodes * STEPS, callback=keep)
    env.close()
    return written


def delay_s(policies: list[Path], out: Path, scenario: str = SCENARIO) -> list[float]:
    """Mean delay under each policy on the seeds of validation."""
    loaded = zhasyl.load_scenario(scenario)
    controllers = [zhasyl.parse_controller(f"policy:file={path}") for path in policies]
    specs = [RunSpec(loaded, one, seed, out) for one in controllers for seed in VALIDATION]
    found = [record["delay_s"] for record in run_many(specs)]
    size = len(VALIDATION)
    return [sum(found[start : start + size]) / size for start in range(0, len(found), size)]


def page(best: Path, validated: list[float], compared: Any, minutes: float, episodes: int) -> str:
    """What came of it, in Markdown."""
    lines = [
        "# Learning",
        "",
        f"`make bench-learning`: {episodes} episodes of `{SCENARIO}` in {minutes:.0f} minutes on a machine of 2 "
        f"shared cores. Seeds {VALIDATION.start} to {VALIDATION.stop - 1} chose `{best.name}` of {len(validated)} "
        f"policies ({min(validated):.1f} s/trip there); the table is of seeds {TEST.start} to {TEST.stop - 1}, which "
        "it never met.",
        "",
        "| controller | mean delay, s/trip | against actuated, paired by seed (95 %) | verdict |",
        "|---|---|---|---|",
    ]
    means: dict[str, list[float]] = {}
    for record in compared.records:
        means.setdefault(record["label"], []).append(record["delay_s"])
    differences = {one.controller: one for one in compared.comparisons if one.measure == "delay_s"}
    for label, values in sorted(means.items(), key=lambda item: sum(item[1])):
        name = "learned" if label.startswith("policy") else label
        one = differences.get(label)
        said = f"{one.difference:+.1f} ({one.low:+.1f} to {one.high:+.1f})" if one else ""
        lines.append(f"| {name} | {sum(values) / len(values):.1f} | {said} | {one.verdict if one else ''} |")
    learned = next((one for label, one in differences.items() if label.startswith("policy")), None)
    beats = learned is not None and learned.verdict == "better"
    course = ", ".join(f"{one:.1f}" for one in validated)
    lines += [
        "",
        f"The learned policy {'beats' if beats else 'does not beat'} `actuated` on these seeds.",
        "",
        f"One training, with one seed of the learner. Mean delay of the {len(validated)} policies on the seeds of "
        f"validation, after every fifth episode: {course} s/trip.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Train, choose, compare, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=EPISODES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=None, help="where the best policy is kept")
    asked = parser.parse_args()
    began_s = time.monotonic()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            policies = train(folder, asked.episodes, asked.seed)
        except ModuleNotFoundError as error:
            raise SystemExit(f"{error.name} is not installed; run: pip install stable-baselines3") from None
        minutes = (time.monotonic() - began_s) / 60.0
        validated = delay_s(policies, folder / "validation")
        print([round(one, 1) for one in validated], flush=True)
        best = policies[validated.index(min(validated))]
        if asked.out:
            asked.out.write_bytes(best.read_bytes())
        try:
            compared = zhasyl.compare(
                SCENARIO, [*RIVALS, f"policy:file={best}"], TEST, baseline="actuated", out=folder / "test"
            )
        except ZhasylError as error:
            raise SystemExit(str(error)) from None
        text = page(best, validated, compared, minutes, asked.episodes)
    print(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

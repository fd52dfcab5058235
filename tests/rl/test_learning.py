"""What stable-baselines3 and sb3-contrib learn, written down and played without them. Needs torch: make test-slow."""

from pathlib import Path

import pytest

from tests.rl.conftest import Short
from zhasyl.controllers.parts.policy_file import read_policy
from zhasyl.rl import SignalEnv, export_policy
from zhasyl.runs.simulate import run


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["A2C", "DQN", "PPO", "MaskablePPO"])
def test_a_policy_answers_as_its_model_does(short: Short, tmp_path: Path, name: str) -> None:
    library = pytest.importorskip("sb3_contrib" if name == "MaskablePPO" else "stable_baselines3")
    scenario = short("crossroads-with-crossings")
    env = SignalEnv(scenario, reward="queue")
    own = {"n_steps": 32} if name.endswith("PPO") else {"learning_starts": 20} if name == "DQN" else {}
    model = getattr(library, name)("MlpPolicy", env, seed=1, **own).learn(64)
    path = export_policy(model, env, tmp_path / "policy.npz")
    policy = read_policy(path)
    observation, _ = env.reset(seed=2)
    ended = False
    while not ended:
        stage = int(model.predict(observation, deterministic=True)[0])
        assert policy.best(observation, int(env.action_space.n)) == stage  # type: ignore[attr-defined]
        observation, _, _, ended, _ = env.step(stage)
    env.close()
    assert run(scenario, f"policy:file={path}", seed=2, out=tmp_path)["faults"] == []

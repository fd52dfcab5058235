"""Several episodes at once."""

import numpy as np
import pytest

from tests.rl.conftest import Short
from zhasyl.errors import LearningError
from zhasyl.rl import SignalEnv, SignalVectorEnv

SMALL = "crossroads-shared-lanes"


def test_each_is_what_it_would_be_alone(short: Short) -> None:
    envs = SignalVectorEnv(short(SMALL), num_envs=2)
    observations, infos = envs.reset(seed=7)
    assert infos["action_mask"].shape == (2, 2)
    seen, said, ended = [observations], list[np.ndarray](), np.zeros(2, dtype=bool)
    while not ended.any():
        observations, rewards, terminated, ended, infos = envs.step(np.full(2, len(said) % 2))
        assert not terminated.any()
        seen.append(observations)
        said.append(rewards)
    assert ended.all()  # the same decisions
    fresh, nothing, _, ended, infos = envs.step(np.zeros(2, dtype=int))
    assert nothing.tolist() == [0.0, 0.0]
    assert not ended.any()
    assert infos["time_s"].tolist() == [5.0, 5.0]
    assert fresh.shape == (2, *envs.single_observation_space.shape)  # type: ignore[misc]
    envs.close()
    for place in range(2):
        alone = SignalEnv(short(SMALL))
        observation, _ = alone.reset(seed=7 + place)
        assert observation.tolist() == seen[0][place].tolist()
        for number, reward in enumerate(said):
            observation, own, _, _, _ = alone.step(number % 2)
            assert own == reward[place]
            assert observation.tolist() == seen[number + 1][place].tolist()


def test_what_cannot_be_is_said(short: Short) -> None:
    with pytest.raises(LearningError, match="0 environments; give num_envs=1 or more"):
        SignalVectorEnv(short(SMALL), num_envs=0)
    with pytest.raises(LearningError, match="3 seeds for 2 environments"):
        SignalVectorEnv(short(SMALL)).reset(seed=[1, 2, 3])

"""One signal under an agent, as Gymnasium wants it."""

from collections.abc import Iterator
from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from tests.conftest import TINY_NETWORKS
from tests.rl.conftest import Short
from zhasyl.errors import LearningError
from zhasyl.rl import Moment, SignalEnv
from zhasyl.scenarios import Scenario

SMALL = "crossroads-shared-lanes"


@pytest.fixture
def env(short: Short) -> Iterator[SignalEnv]:
    made = SignalEnv(short(SMALL))
    yield made
    made.close()


def episode(env: SignalEnv, seed: int | None, stages: int = 2) -> tuple[bytes, list[float], dict[str, object]]:
    """All observations, rewards and the last info where every stage is shown in turn."""
    observation, info = env.reset(seed=seed)
    seen, ended = [observation], False
    rewards: list[float] = []
    while not ended:
        action = len(rewards) % stages
        observation, reward, terminated, ended, info = env.step(action)
        assert not terminated
        seen.append(observation)
        rewards.append(reward)
    return np.concatenate(seen).tobytes(), rewards, info


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_gymnasium_finds_nothing_wrong(short: Short, name: str) -> None:
    made = gymnasium.make("zhasyl/Signal-v1", scenario=replace(short(name), end_s=40.0))
    check_env(made.unwrapped)
    made.close()


def test_an_episode_is_truncated_at_the_end_of_the_period(env: SignalEnv) -> None:
    _, rewards, info = episode(env, 1)
    assert info["time_s"] == 120.0
    assert len(rewards) > 5
    with pytest.raises(LearningError, match=r"no episode is under way; call reset\(\) first"):
        env.step(0)


def test_a_seed_is_an_episode_to_the_byte_whatever_was_before(env: SignalEnv, short: Short) -> None:
    first, rewards, _ = episode(env, 3)
    episode(env, None)
    again, same, _ = episode(env, 3)
    assert (again, same) == (first, rewards)
    other = SignalEnv(short(SMALL))
    assert episode(other, 3)[:2] == (first, rewards)
    assert episode(other, 4)[0] != first
    other.close()


def test_without_a_seed_the_traffic_is_another_each_time_and_follows_from_the_last_seed(env: SignalEnv) -> None:
    env.reset(seed=5)
    drawn = [episode(env, None)[0] for _ in range(2)]
    env.reset(seed=5)
    assert [episode(env, None)[0] for _ in range(2)] == drawn
    assert drawn[0] != drawn[1]


def test_what_is_recorded_changes_nothing(short: Short) -> None:
    said = {}
    for record in (False, True):
        env = SignalEnv(short(SMALL), record=record)
        said[record] = episode(env, 1)
        env.close()
    assert said[True][:2] == said[False][:2]
    assert "measures" not in said[False][2]
    measures = said[True][2]["measures"]
    assert isinstance(measures, dict)
    assert measures["violations"] == 0
    assert measures["loaded_veh"] > 0


def test_an_agent_is_asked_when_it_may_choose(env: SignalEnv) -> None:
    """The running stage every five seconds; another one after its intergreen and minimum green, at whole intervals."""
    _, info = env.reset(seed=1)
    assert info["time_s"] == 5.0
    assert info["action_mask"].tolist() == env.action_masks().tolist() == [1, 1]
    for action, elapsed_s in ((0, 5.0), (0, 5.0), (1, 10.0), (1, 5.0)):
        _, _, _, _, info = env.step(action)
        assert info["elapsed_s"] == elapsed_s


@pytest.mark.parametrize("action", [2, -1, 0.5, None])
def test_an_action_that_is_none_is_said(env: SignalEnv, action: object) -> None:
    env.reset(seed=1)
    with pytest.raises(LearningError, match="is none of its stages 0 to 1; keep to the action mask"):
        env.step(action)  # type: ignore[arg-type]


def test_an_own_reward_is_told_of_the_moment_and_the_one_before(short: Short) -> None:
    told: list[Moment] = []

    def fewer_queued(moment: Moment) -> float:
        told.append(moment)
        return 7.0

    env = SignalEnv(short(SMALL), reward=fewer_queued)
    _, rewards, _ = episode(env, 1)
    env.close()
    assert rewards == [14.0, *[7.0] * (len(rewards) - 1)]  # the first is since the start
    assert told[0].before is None
    assert told[2].before is not None
    assert told[2].before.time_s == told[1].time_s
    assert len(told[2].queued) == len(told[2].signal.movements)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reward": "qeue"}, "no reward 'qeue'. Did you mean 'queue'?"),
        ({"signal": "J"}, "no signal 'J'"),
        ({"interval_s": 0}, "agents: interval_s=0 is not valid"),
        ({"variant": "bus_priority=true"}, "agents give no bus priority"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(short: Short, options: dict[str, object], said: str) -> None:
    with pytest.raises(LearningError) as caught:
        SignalEnv(short(SMALL), **options)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_signal_of_several_has_to_be_named(four_signals: Scenario) -> None:
    with pytest.raises(LearningError, match="name one `signal`"):
        SignalEnv(four_signals)

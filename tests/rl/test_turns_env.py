"""Agents that move one after the other."""

import pytest
from pettingzoo.test import api_test, seed_test

from zhasyl.errors import LearningError
from zhasyl.rl import TurnsEnv
from zhasyl.scenarios import Scenario


@pytest.mark.filterwarnings("ignore:Environment has not defined a render", "ignore:We recommend agents to be named")
def test_pettingzoo_finds_nothing_wrong(four_signals: Scenario) -> None:
    env = TurnsEnv(four_signals)
    api_test(env, 30)
    env.close()
    seed_test(lambda: TurnsEnv(four_signals), 20)


def test_rewards_since_an_agents_own_last_turn_add_up_to_the_delay(four_signals: Scenario) -> None:
    env = TurnsEnv(four_signals, reward="delay", record=True)
    env.reset(seed=2)
    total, waits, measures = 0.0, set[float](), dict[str, float]()
    for count, name in enumerate(env.agent_iter()):
        _, reward, _, ended, info = env.last()
        total += reward
        if ended:
            measures = info["measures"]
        else:
            assert info["action_mask"].sum() > 1
            waits.add(info["elapsed_s"])
        env.step(None if ended else count % int(env.action_space(name).n))
    assert -total / measures["loaded_veh"] == pytest.approx(measures["delay_s"], rel=0.001)
    assert {5.0, 10.0} <= waits  # on it goes, or after an intergreen and a minimum green


def test_before_the_first_episode_there_is_none(four_signals: Scenario) -> None:
    with pytest.raises(LearningError, match=r"call reset\(\) first"):
        TurnsEnv(four_signals).step(0)

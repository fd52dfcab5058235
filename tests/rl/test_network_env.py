"""A network under agents, as PettingZoo wants it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test

from tests.rl.conftest import Short
from zhasyl.errors import LearningError
from zhasyl.rl import NetworkEnv
from zhasyl.runs.store import load_records
from zhasyl.scenarios import Scenario


def episode(env: NetworkEnv, seed: int) -> tuple[bytes, float, Mapping[str, Any]]:
    """All observations, the sum of all rewards and the last infos, where stages are drawn."""
    observations, infos = env.reset(seed=seed)
    seen, total, random = [*observations.values()], 0.0, np.random.default_rng(seed)
    while env.agents:
        actions = {name: int(random.choice(np.flatnonzero(infos[name]["action_mask"]))) for name in env.agents}
        observations, rewards, _, _, infos = env.step(actions)
        seen += observations.values()
        total += sum(rewards.values())
    return np.concatenate(seen).tobytes(), total, infos


@pytest.fixture(params=["four signals", "crossroads-with-crossings", "t-junction-left-turn"])
def network(request: pytest.FixtureRequest, four_signals: Scenario, short: Short) -> Scenario:
    return four_signals if request.param == "four signals" else short(request.param)


def test_pettingzoo_finds_nothing_wrong(network: Scenario) -> None:
    env = NetworkEnv(network)
    parallel_api_test(env, 10)
    env.close()
    parallel_seed_test(lambda: NetworkEnv(network, padded=True), 10)


def test_the_rewards_of_all_agents_are_minus_the_delay_of_the_record(four_signals: Scenario) -> None:
    env = NetworkEnv(four_signals, reward="delay", record=True)
    _, total, infos = episode(env, 2)
    measures = infos[env.possible_agents[0]]["measures"]
    assert -total / measures["loaded_veh"] == pytest.approx(measures["delay_s"], rel=0.001)
    assert measures["violations"] == 0


def test_who_may_not_choose_has_one_choice_and_is_not_heard(four_signals: Scenario) -> None:
    env = NetworkEnv(four_signals)
    first, *_ = env.possible_agents
    observations, _ = env.reset(seed=1)
    others = {name: int(np.argmax(observations[name][2:])) for name in env.agents}
    _, _, _, _, infos = env.step({**others, first: 1 - others[first]})
    del others[first]
    held = infos[first]
    assert held["action_mask"].sum() == 1
    env.step(others)  # what it says is not missed
    env.close()


def test_who_may_choose_has_to(four_signals: Scenario) -> None:
    env = NetworkEnv(four_signals)
    env.reset(seed=1)
    with pytest.raises(LearningError, match=r"signal 'A0' has no action; give one for each of env\.agents"):
        env.step({})
    env.close()


def test_others_keep_their_controller(four_signals: Scenario) -> None:
    """Under `fixed`, a controller that sequencers play, and one of SUMO's own."""
    for others in ("fixed", "max-pressure", "sumo-actuated"):
        env = NetworkEnv(four_signals, ["B1", "A0"], others=others, record=True)
        assert env.possible_agents == ["A0", "B1"]
        _, _, infos = episode(env, 1)
        assert infos["A0"]["measures"]["violations"] == 0


def test_records_are_stored_by_what_was_decided(four_signals: Scenario, tmp_path: Path) -> None:
    env = NetworkEnv(four_signals, ["A0"], others="max-pressure", out=tmp_path)
    for stage in (0, 1, 1):
        _, infos = env.reset(seed=1)
        while env.agents:
            *_, infos = env.step({"A0": stage})
    records = load_records(tmp_path)
    assert len(records) == 2
    last = next(record for record in records if str(record.folder) == infos["A0"]["measures"]["folder"])
    about = {key: last[key] for key in ("controller", "agents", "others", "seed", "status", "delay_s")}
    assert about == {
        "controller": "agent", "agents": ["A0"], "others": "max-pressure", "seed": 1, "status": "done",
        "delay_s": infos["A0"]["measures"]["delay_s"],
    }  # fmt: skip
    assert len(last.table("trips")) == last["loaded_veh"]


def test_a_reward_that_is_no_function_is_said(four_signals: Scenario) -> None:
    with pytest.raises(LearningError, match="reward 3 is no name and no function; give one of delay, pressure"):
        NetworkEnv(four_signals, reward=3)


@pytest.mark.parametrize(
    ("signals", "said"),
    [(["C1"], "no signal 'C1'"), ([], "no signal is under an agent")],
)
def test_signals_that_cannot_be_are_said(four_signals: Scenario, signals: list[str], said: str) -> None:
    with pytest.raises(LearningError, match=said):
        NetworkEnv(four_signals, signals)

"""A learned policy leaves its library: what is written, and that it plays as in the environment."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.rl.conftest import Short
from zhasyl.controllers.parts.policy_file import Policy, read_policy, write_policy
from zhasyl.errors import LearningError
from zhasyl.rl import NetworkEnv, SignalEnv, export_policy
from zhasyl.runs.simulate import run
from zhasyl.scenarios import Scenario

SMALL = "crossroads-shared-lanes"


class Tensor:
    """As much of torch's as is asked for."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def detach(self) -> "Tensor":
        return self

    cpu = detach

    def numpy(self) -> Any:
        return self._array


class Linear:
    def __init__(self, random: np.random.Generator, before: int, after: int) -> None:
        self.weight, self.bias = Tensor(random.normal(size=(after, before))), Tensor(random.normal(size=after))


class Tanh:
    pass


class Dropout:
    pass


class FlattenExtractor:
    pass


class CombinedExtractor:
    pass


def ppo(size: int, stages: int, between: Sequence[object] = (Tanh(),), extractor: object = FlattenExtractor()) -> Any:
    """A model as stable-baselines3 builds them."""
    random = np.random.default_rng(3)
    hidden = SimpleNamespace(policy_net=[Linear(random, size, 8), *between])
    policy = SimpleNamespace(features_extractor=extractor, mlp_extractor=hidden, action_net=Linear(random, 8, stages))
    return SimpleNamespace(policy=policy, get_vec_normalize_env=lambda: None)


def longest_queue(env: SignalEnv) -> Policy:
    """The score of a stage is who stands before it."""
    (signal,), (layout,) = env.team.signals, env.team.layouts
    weights = np.zeros((layout.size, layout.stages), dtype=np.float32)
    standing = 2 + layout.stages + layout.movements
    weights[standing : standing + layout.movements] = signal.serves.T
    return Policy(layout, 5.0, 8.0, 6.0, "tanh", [(weights, np.zeros(layout.stages, dtype=np.float32))])


def test_a_policy_plays_in_a_run_as_in_the_environment(short: Short, tmp_path: Path) -> None:
    env, path = SignalEnv(short(SMALL), record=True, min_green_s=6.0), tmp_path / "policy.npz"
    policy = longest_queue(env)
    write_policy(path, policy)
    observation, info = env.reset(seed=4)
    ended, shown = False, set()
    while not ended:
        stage = policy.best(observation, 2)
        shown.add(stage)
        observation, _, _, ended, info = env.step(stage)
    record = run(short(SMALL), f"policy:file={path}", seed=4, out=tmp_path)
    assert shown == {0, 1}
    assert record["faults"] == []
    for key in ("delay_s", "stops", "co2_kg", "queue_mean_veh", "violations", "signal_s_checked"):
        assert record[key] == info["measures"][key]


def test_what_a_model_has_learned_is_written(short: Short, tmp_path: Path) -> None:
    env = SignalEnv(short(SMALL), min_green_s=6.0)
    model = ppo(env.observation_space.shape[0], 2)  # type: ignore[index]
    read = read_policy(export_policy(model, env, tmp_path / "policy.npz"))
    assert (read.interval_s, read.clearing_s, read.min_green_s, read.activation) == (5.0, 8.0, 6.0, "tanh")
    inputs = np.linspace(0.0, 1.0, read.layout.size, dtype=np.float32)
    first, last = model.policy.mlp_extractor.policy_net[0], model.policy.action_net
    hidden = np.tanh(first.weight.numpy() @ inputs + first.bias.numpy())
    assert read.best(inputs, 2) == int(np.argmax(last.weight.numpy() @ hidden + last.bias.numpy()))


def test_a_q_network_is_written_too(short: Short, tmp_path: Path) -> None:
    env = SignalEnv(short(SMALL))
    random = np.random.default_rng(1)
    layers = [Linear(random, env.observation_space.shape[0], 2)]  # type: ignore[index]
    net = SimpleNamespace(q_net=layers, features_extractor=FlattenExtractor())
    policy = SimpleNamespace(q_net=net, features_extractor=None)
    read = read_policy(export_policy(SimpleNamespace(policy=policy), env, tmp_path / "q.npz"))
    assert read.layers[0][0].T.tolist() == pytest.approx(layers[0].weight.numpy(), rel=1e-6)


def test_layers_of_any_library_are_written(short: Short, tmp_path: Path) -> None:
    env = SignalEnv(short(SMALL))
    layers = [(weights.tolist(), biases) for weights, biases in longest_queue(env).layers]
    read = read_policy(export_policy(layers, env, tmp_path / "own.npz", activation="relu"))
    assert read.activation == "relu"
    assert read.layers[0][0].tolist() == layers[0][0]


@pytest.mark.parametrize(
    ("layers", "activation", "said"),
    [
        ([], "tanh", "do not lead from"),
        ([(np.zeros((3, 2)), np.zeros(2))], "tanh", r"layers \[\(3, 2\)\] with \[2\] biases do not lead"),
        ([np.zeros(2), 1], "tanh", "give pairs of weights"),
        ([], "sigmoid", "activation 'sigmoid'; give relu or tanh"),
    ],
)
def test_layers_that_do_not_fit_are_said(
    layers: list[Any], activation: str, said: str, short: Short, tmp_path: Path
) -> None:
    with pytest.raises(LearningError, match=said):
        export_policy(layers, SignalEnv(short(SMALL)), tmp_path / "own.npz", activation)


def test_what_cannot_be_written_is_said(short: Short, four_signals: Scenario, tmp_path: Path) -> None:
    env, path = SignalEnv(short(SMALL)), tmp_path / "policy.npz"
    size = env.observation_space.shape[0]  # type: ignore[index]
    with pytest.raises(LearningError, match='looks through CombinedExtractor; train it with "MlpPolicy"'):
        export_policy(ppo(size, 2, extractor=CombinedExtractor()), env, path)
    with pytest.raises(LearningError, match="a layer Dropout cannot be written"):
        export_policy(ppo(size, 2, between=[Dropout()]), env, path)
    with pytest.raises(LearningError, match="5 is neither a model nor a list of layers"):
        export_policy(5, env, path)
    with pytest.raises(LearningError, match=r"is no environment of zhasyl\.rl"):
        export_policy(ppo(size, 2), object(), path)
    normal = ppo(size, 2)
    normal.get_vec_normalize_env = lambda: 1
    with pytest.raises(LearningError, match="normalised by VecNormalize"):
        export_policy(normal, env, path)
    unlike = NetworkEnv(four_signals)
    if len(set(unlike.team.layouts)) > 1:
        with pytest.raises(LearningError, match="use padded=True"):
            export_policy(ppo(size, 2), unlike, path)
    with pytest.raises(LearningError, match="cannot write"):
        export_policy(ppo(size, 2), env, tmp_path / "none" / "policy.npz")

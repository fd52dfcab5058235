"""From a model of stable-baselines3 or sb3-contrib, or bare layers, to a file that `policy` plays without torch."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zhasyl.controllers.parts.policy_file import Layer, Policy, check_layers, write_policy
from zhasyl.controllers.parts.sight import Layout
from zhasyl.errors import LearningError
from zhasyl.rl.team import Team

FLAT = "FlattenExtractor"
ACTIVATIONS = {"ReLU": "relu", "Tanh": "tanh"}


def export_policy(model: Any, env: Any, path: str | Path, activation: str = "tanh") -> Path:
    """Write what `model` has learned in `env`, a SignalEnv or a NetworkEnv whose agents share it (`padded`).

    A PPO, MaskablePPO, A2C or DQN with "MlpPolicy"; or, from any other library, a list of layers: pairs of weights
    [in, out] and biases [out] as arrays, with `activation` (tanh or relu) between them. Raises LearningError for
    another one.
    """
    team = getattr(getattr(env, "unwrapped", env), "team", None)
    if not isinstance(team, Team):
        raise LearningError(f"{env!r} is no environment of zhasyl.rl; give the one that the model was trained in")
    if len(set(team.layouts)) != 1:
        raise LearningError("the agents' spaces differ in size, and one policy cannot see them all; use padded=True")
    room = team.layouts[0]
    if getattr(model, "get_vec_normalize_env", lambda: None)() is not None:
        raise LearningError("its observations are normalised by VecNormalize; they are between 0 and 1 without that")
    if isinstance(model, list | tuple):
        layers = _bare(model, room, activation)
    elif not hasattr(model, "policy"):
        raise LearningError(f"{model!r} is neither a model nor a list of layers; give one of them")
    else:
        layers, activation = _layers(list(_modules(model.policy)))
    agent = team.setting.agent.parameters
    given = {name: getattr(agent, name) for name in ("interval_s", "clearing_s", "min_green_s")}
    path = Path(path)
    try:
        write_policy(path, Policy(room, **given, activation=activation, layers=layers))
    except OSError as error:
        raise LearningError(f"cannot write {path}: {error.strerror or error}; choose another folder") from error
    return path


def _bare(model: Sequence[Any], room: Layout, activation: str) -> list[Layer]:
    """Layers that somebody hands over. Raises LearningError where they do not fit."""
    if activation not in ACTIVATIONS.values():
        raise LearningError(f"activation {activation!r}; give {' or '.join(sorted(ACTIVATIONS.values()))}")
    try:
        layers = [(np.asarray(w, dtype=np.float32), np.asarray(b, dtype=np.float32)) for w, b in model]
        check_layers(layers, room)
    except (TypeError, ValueError) as error:
        raise LearningError(f"{error}; give pairs of weights [in, out] and biases [out]") from None
    return layers


def _modules(policy: Any) -> Iterator[Any]:
    """What stands one after the other from observation to scores."""
    extractor = type(getattr(policy, "features_extractor", None) or policy.q_net.features_extractor).__name__
    if extractor != FLAT:
        raise LearningError(f'it looks through {extractor}; train it with "MlpPolicy"')
    if hasattr(policy, "q_net"):
        yield from policy.q_net.q_net
    elif hasattr(policy, "action_net"):
        yield from policy.mlp_extractor.policy_net
        yield policy.action_net
    else:
        raise LearningError(f"{type(policy).__name__} has no score for each stage; train PPO, MaskablePPO, A2C or DQN")


def _layers(modules: list[Any]) -> tuple[list[Layer], str]:
    layers: list[Layer] = []
    activations = set()
    for module in modules:
        kind = type(module).__name__
        if kind == "Linear":
            weights, biases = (part.detach().cpu().numpy().astype(np.float32) for part in (module.weight, module.bias))
            layers.append((weights.T.copy(), biases))
        elif kind in ACTIVATIONS:
            activations.add(ACTIVATIONS[kind])
        else:
            raise LearningError(f"a policy with a layer {kind} cannot be written; use Linear, ReLU and Tanh")
    if len(activations) > 1:
        raise LearningError("a policy with ReLU and Tanh cannot be written; use one of them")
    return layers, activations.pop() if activations else "tanh"

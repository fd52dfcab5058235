"""Environments for learning signal control: Gymnasium for one signal, PettingZoo for a network (extra `rl`).

    from zhasyl.rl import SignalEnv
    env = SignalEnv("abay-seifullin", reward="queue")
    observation, info = env.reset(seed=1)
    observation, reward, terminated, truncated, info = env.step(0)

An episode is an ordinary run (docs/learning.md): the same simulation, sensors, sequencer and measures. The names below
are loaded when first used, so that the process of an episode needs neither library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zhasyl.errors import LearningError

if TYPE_CHECKING:
    from zhasyl.rl.export import export_policy
    from zhasyl.rl.gym_env import SignalEnv
    from zhasyl.rl.network_env import NetworkEnv
    from zhasyl.rl.team import Moment
    from zhasyl.rl.turns_env import TurnsEnv
    from zhasyl.rl.vector_env import SignalVectorEnv

LIBRARIES = ("gymnasium", "pettingzoo")
_HOME = {
    "Moment": "zhasyl.rl.team",
    "NetworkEnv": "zhasyl.rl.network_env",
    "SignalEnv": "zhasyl.rl.gym_env",
    "SignalVectorEnv": "zhasyl.rl.vector_env",
    "TurnsEnv": "zhasyl.rl.turns_env",
    "export_policy": "zhasyl.rl.export",
}

__all__ = ["Moment", "NetworkEnv", "SignalEnv", "SignalVectorEnv", "TurnsEnv", "export_policy"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zhasyl.rl' has no attribute '{name}'")
    try:
        return getattr(import_module(_HOME[name]), name)
    except ModuleNotFoundError as error:
        if error.name in LIBRARIES:
            raise LearningError(f"zhasyl.rl needs {error.name}; run: pip install 'zhasyl[rl]'") from None
        raise

"""Of benchmarks/rl.py what is counted: an episode, or the same processes without one. It imports nothing else.

python -m benchmarks.rl_episode SCENARIO episode|nothing
"""

import operator
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from zhasyl.errors import SimulationError
from zhasyl.process.conversation import Partner
from zhasyl.rl import NetworkEnv

ROTATE_S = 30.0


def made(name: str, **options: Any) -> NetworkEnv:
    """The environment that is measured."""
    return NetworkEnv(name, clearing_s=0.0, **options)


def rotated(env: NetworkEnv, infos: Mapping[str, Any]) -> dict[str, int]:
    """The stage of each signal whose time it is."""
    now_s = infos[env.agents[0]]["time_s"]
    return {name: int(now_s // ROTATE_S) % int(env.action_space(name).n) for name in env.agents}


def child(name: str, what: str) -> None:
    """What is counted: an episode, or the same processes without one. Prints who they are."""
    env = made(name)
    print("environment", os.getpid(), flush=True)
    if what == "nothing":
        nothing: Any = operator.is_  # which says nothing, and is of no module of ours
        partner = Partner(nothing, env.team.setting, "nothing")
        print("episode", partner.pid, flush=True)
        with suppress(SimulationError):
            partner.hear()
        return
    _, infos = env.reset(seed=1)
    print("episode", env.team.pid, flush=True)
    while env.agents:
        *_, infos = env.step(rotated(env, infos))


if __name__ == "__main__":
    child(*sys.argv[1:])

"""A policy that was learned in an environment of `zhasyl.rl`, played as it was trained.

It sees with the run's sensor what `zhasyl.controllers.parts.sight` says, is asked at the pace of its training, and
shows the stage of the highest score: nothing is drawn. Its file's digest is part of what identifies a run. It needs
none of the libraries that it was trained with.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import numpy as np
from pydantic import Field, PrivateAttr

from zhasyl.controllers.base import Controller, GreenParameters, adapted
from zhasyl.controllers.parts.policy_file import Policy, read_policy
from zhasyl.controllers.parts.sight import Sights, counts
from zhasyl.errors import ControllerError
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

MAY_CHOOSE = np.ones(1, dtype=bool)


class PolicyParameters(Parameters):
    """Parameters of a learned policy. The file is read when they are made. Raises ControllerError."""

    file: Annotated[str, Field(description="NPZ file of a learned policy; docs/learning.md")] = ""
    _policy: Policy = PrivateAttr()

    def model_post_init(self, _: Any) -> None:
        if not self.file:
            raise ControllerError("controller 'policy' needs a policy; give policy:file=FILE.npz (docs/learning.md)")
        self._policy = read_policy(Path(self.file))

    @property
    def policy(self) -> Policy:
        """What the file holds."""
        return self._policy


class Learned(Controller):
    """Shows the stage that the policy gives the highest score."""

    summary = "a policy learned in zhasyl.rl, from its file"
    parameters_type: ClassVar[type[Parameters]] = PolicyParameters
    in_step: ClassVar[bool] = True

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._policy = _policy_of(parameters)
        self._sights = Sights([signal], [self._policy.layout])

    @classmethod
    def signal_for(cls, signal: Signal, parameters: Parameters) -> Signal:
        return adapted(signal, GreenParameters(min_green_s=_policy_of(parameters).min_green_s))

    @classmethod
    def pace(cls, parameters: Parameters) -> tuple[float, float]:
        policy = _policy_of(parameters)
        return policy.interval_s, policy.clearing_s

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        """Raises ControllerError for a signal that is larger than those it was trained on."""
        room = _policy_of(parameters).layout
        for signal in area.signals.values():
            if not room.holds(signal):
                raise ControllerError(
                    f"policy {cast(PolicyParameters, parameters).file} has room for {room.stages} stages and "
                    f"{room.movements} movements, signal '{signal.id}' has {len(signal.stages)} and "
                    f"{len(signal.movements)}; train one with `padded` on signals as large"
                )
        return lambda signal: cls(signal, parameters)

    def next_stage(self, observation: Observation) -> int:
        (seen,) = self._sights.see(np.array(counts(observation), dtype=np.float32), MAY_CHOOSE)
        return self._policy.best(seen, len(self.signal.stages))


def _policy_of(parameters: Parameters) -> Policy:
    return cast(PolicyParameters, parameters).policy

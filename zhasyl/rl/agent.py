"""An agent at its signal: a controller that shows what somebody outside has chosen."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.base import Controller
from zhasyl.guard import Guard
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.runs.set_up import SetUp
from zhasyl.signals import Signal


class Agent(Controller):
    """Proposes the stage that `chosen` holds for its signal."""

    summary = "what a learning agent chooses"
    in_step: ClassVar[bool] = True

    def __init__(self, signal: Signal, parameters: Parameters, chosen: Mapping[str, int]) -> None:
        super().__init__(signal, parameters)
        self._chosen = chosen

    def next_stage(self, observation: Observation) -> int:
        return self._chosen[self.signal.id]


class AgentSetUp(SetUp):
    """Makes agents that share `chosen`: signal id → stage."""

    def __init__(self, controller: ControllerSpec, guard: Guard) -> None:
        super().__init__(controller, guard)
        self.chosen: dict[str, int] = {}

    def builder(self, area: Area) -> Callable[[Signal], Controller]:
        return lambda signal: Agent(signal, self._parameters, self.chosen)

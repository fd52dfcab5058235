"""The shipped or given plan: each stage for its split, in the plan's order."""

from typing import ClassVar

from zhasyl.controllers.base import Controller, Observation, Parameters
from zhasyl.signals import Signal


class Fixed(Controller):
    """Plays the signal's plan. As the controller of a whole run it leaves the programme to SUMO, untouched."""

    summary = "the shipped or given plan, untouched"
    parameters_type: ClassVar[type[Parameters]] = Parameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._position = 0

    def next_stage(self, observation: Observation) -> int:
        plan = self.signal.plan
        if plan.stages[self._position] != observation.stage:
            self._position = plan.stages.index(observation.stage) if observation.stage in plan.stages else 0
        if observation.green_s >= plan.splits_s[self._position]:
            self._position = (self._position + 1) % len(plan.stages)
        return plan.stages[self._position]

"""SUMO's own controller types as baselines: a programme for each signal, which SUMO plays without the sequencer.

The programmes are made from the derived stages, with the scenario's yellow, all-red and minimum greens, so that the
types are compared with ours on equal terms. What a type then shows is SUMO's: none keeps a maximum red, and none
waits for vehicles that stand inside the junction. They see with detectors of their own, not with the run's sensor.

Source: SUMO, Simulation/Traffic_Lights, https://sumo.dlr.de/docs/Simulation/Traffic_Lights.html
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, ClassVar

from zhasyl.controllers.base import GreenParameters
from zhasyl.controllers.sumo.played import PlayedInSumo, Span
from zhasyl.errors import ControllerError, SignalError
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, Stage
from zhasyl.sumo.programme import SumoProgramme, SumoProgrammes


class SumoController(PlayedInSumo):
    """A type of SUMO's. A subclass writes `programme`."""

    version: ClassVar[int] = 2
    parameters_type: ClassVar[type[Parameters]] = GreenParameters

    @classmethod
    def plays_in_sumo(cls, parameters: Parameters) -> bool:
        """Always."""
        return True

    @classmethod
    @abstractmethod
    def programme(cls, signal: Signal, parameters: Parameters) -> SumoProgramme:
        """What SUMO plays at this signal, which has the parameters' own greens.

        Raises SignalError with the reason if the type cannot play it; the signal then keeps its plan.
        """

    @classmethod
    def programmes(cls, signals: Mapping[str, Signal], parameters: Parameters, span: Span) -> SumoProgrammes:
        """What SUMO plays at each signal. Raises ControllerError if the type can play none of them."""
        played: list[SumoProgramme] = []
        refused: dict[str, str] = {}
        for name, signal in signals.items():
            try:
                played.append(cls.programme(cls.signal_for(signal, parameters), parameters))
            except SignalError as error:
                refused[name] = str(error)
        if refused and not played:
            name, reason = next(iter(refused.items()))
            raise ControllerError(
                f"SUMO's type can play none of the {len(refused)} signals ('{name}': {reason}); "
                "choose another controller, for example sumo-actuated"
            )
        steps = (programme.in_steps(span.step_s) for programme in played)
        return SumoProgrammes(tuple(steps), refused)

    def next_stage(self, observation: Observation) -> int:
        """Never asked in a run."""
        raise ControllerError(f"{type(self).__name__} is played by SUMO itself and cannot be asked for a stage")


def cycle(signal: Signal) -> tuple[Mapping[str, Any], ...]:
    """The plan's stages in order as phases between their minimum and maximum green, with full intergreens between.

    A stage that walks pedestrians begins with the walk, of constant length; the clearance runs after it.
    All times are whole seconds, rounded up; a run rounds them up to whole steps: SUMO cuts what is left of a step off.
    """
    return tuple(_cycle(signal))


def _cycle(signal: Signal) -> Iterator[Mapping[str, Any]]:
    order, greens_s = signal.plan.stages, signal.plan.greens_s
    for old, new, green_s in zip(order, (*order[1:], order[0]), greens_s, strict=True):
        stage, walk_s = signal.stages[old], 0
        if signal.has_walk(old):
            walk_s = ceil(signal.walk_s)
            yield {"duration": walk_s, "state": stage.state}
        yield _green(stage, green_s, walk_s, signal.after_walk(old))
        for seconds, state in signal.intergreen(old, new):
            yield {"duration": ceil(seconds), "state": state}


def _green(stage: Stage, green_s: float, walk_s: int, state: str) -> Mapping[str, Any]:
    """The part of a stage that traffic can lengthen. SUMO plays no phase of less than a second."""
    least_s = max(ceil(stage.min_green_s) - walk_s, 1)
    most_s = max(ceil(stage.max_green_s) - walk_s, least_s)
    duration_s = min(max(ceil(green_s) - walk_s, least_s), most_s)
    return {"duration": duration_s, "minDur": least_s, "maxDur": most_s, "state": state}

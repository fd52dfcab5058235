"""Controllers around another controller: they change its answer when a bus, an ambulance or a pedestrian asks for it.

`transit-priority:of=max-pressure,of.range_m=100` wraps `max-pressure:range_m=100`; wrappers wrap wrappers. The wrapped
controller is asked at its own interval and sees what is really shown, so that it takes up its work where it finds it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import numpy as np
from pydantic import Field, PrivateAttr, SerializerFunctionWrapHandler, field_validator, model_serializer

from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.base import Controller
from zhasyl.controllers.sumo.base import SumoController
from zhasyl.errors import ControllerError
from zhasyl.observation import Area, Need, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, read_only

INTERVAL_S = 1.0  # a request is answered within a second, however seldom the wrapped controller decides
DEEPEST = 8
EPSILON_S = 1e-6


class WrapperParameters(Parameters):
    """Parameters of every wrapper. Raises ControllerError for a wrapped controller that cannot be."""

    of: Annotated[str, Field(description="the wrapped controller; its own parameters have the prefix of.")] = "actuated"
    _wrapped: ControllerSpec = PrivateAttr()

    @field_validator("of")
    @classmethod
    def _known(cls, text: str) -> str:
        if text.count("of=") >= DEEPEST:
            raise ControllerError(f"controllers are wrapped more than {DEEPEST} deep; wrap fewer")
        spec = parse_controller(text)
        if issubclass(spec.cls, SumoController):
            raise ControllerError(
                f"controller '{spec.name}' is played by SUMO and cannot be wrapped; choose another one"
            )
        return spec.label

    def model_post_init(self, _: Any) -> None:
        self._wrapped = parse_controller(self.of)

    @property
    def wrapped(self) -> ControllerSpec:
        """The wrapped controller."""
        return self._wrapped

    @model_serializer(mode="wrap")
    def _with_wrapped(self, own: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What a run is known by: the wrapped controller's parameters and version, too."""
        inner = self._wrapped
        about = {"version": inner.cls.version, "parameters": inner.parameters.model_dump()}
        return {**own(self), "wrapped": about}


class Wrapper(Controller):
    """A controller that may override another one's answer. Subclasses write `next_stage` with `proposed`."""

    parameters_type: ClassVar[type[Parameters]] = WrapperParameters

    def __init__(self, signal: Signal, parameters: Parameters, wrapped: Controller | None = None) -> None:
        super().__init__(signal, parameters)
        inner = inner_of(parameters)
        self.wrapped = wrapped or inner.cls(self.inner_signal(signal), inner.parameters)
        self._inner_interval_s = inner.cls.pace(inner.parameters)[0]
        self._asked: tuple[tuple[int, float], float, int] | None = None
        self._inner_needs = inner.cls.reads(inner.parameters)
        self._counts = "arrived_veh" in self._inner_needs
        self._arrived: FloatArray = np.zeros(len(signal.movements))

    @classmethod
    def signal_for(cls, signal: Signal, parameters: Parameters) -> Signal:
        inner = inner_of(parameters)
        return inner.cls.signal_for(signal, inner.parameters)

    @classmethod
    def reads(cls, parameters: Parameters) -> frozenset[Need]:
        inner = inner_of(parameters)
        return cls.needs | inner.cls.reads(inner.parameters)

    @classmethod
    def watches(cls, parameters: Parameters) -> bool:
        inner = inner_of(parameters)
        return inner.cls.watches(inner.parameters)

    @classmethod
    def files(cls, parameters: Parameters) -> Iterable[str | Path]:
        inner = inner_of(parameters)
        return inner.cls.files(inner.parameters)

    @classmethod
    def preloads(cls, parameters: Parameters) -> Iterable[str]:
        inner = inner_of(parameters)
        return (*super().preloads(parameters), *inner.cls.preloads(inner.parameters))

    @classmethod
    def pace(cls, parameters: Parameters) -> tuple[float, float]:
        inner = inner_of(parameters)
        interval_s, clearing_s = inner.cls.pace(inner.parameters)
        return min(interval_s, INTERVAL_S), clearing_s

    @classmethod
    def prepare(cls, parameters: Parameters) -> None:
        inner = inner_of(parameters)
        inner.cls.prepare(inner.parameters)

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        inner = inner_of(parameters)
        signals = {name: cls.inner_signal(signal) for name, signal in area.signals.items()}
        build = inner.cls.for_network(replace(area, signals=signals), inner.parameters)
        return lambda signal: cls(signal, parameters, build(cls.inner_signal(signal)))

    @classmethod
    def inner_signal(cls, signal: Signal) -> Signal:
        """The signal as the wrapped controller knows it."""
        return signal

    def proposed(self, observation: Observation) -> int:
        """The wrapped controller's answer, asked at its own interval; in between, its last one for this green."""
        green = (observation.stage, observation.time_s - observation.green_s)
        if self._counts:
            self._arrived = self._arrived + observation.arrived_veh
        if self._asked is not None:
            asked_in, time_s, answer = self._asked
            if asked_in == green and observation.time_s < time_s + self._inner_interval_s - EPSILON_S:
                return answer
        if self._counts:
            observation = observation.told(arrived_veh=read_only(self._arrived))
            self._arrived = np.zeros(len(self.signal.movements))
        answer = self.wrapped.next_stage(observation)
        self._asked = (green, observation.time_s, answer)
        return answer

    def observe(self, observation: Observation) -> None:
        self.wrapped.observe(observation)

    def finish(self) -> Mapping[str, Any] | None:
        return self.wrapped.finish()


def inner_of(parameters: Parameters) -> ControllerSpec:
    """The controller that a wrapper's parameters name."""
    return cast(WrapperParameters, parameters).wrapped


def stage_for(signal: Signal, movement: int, running: int) -> int | None:
    """The stage that serves a movement best: the running one, else the one of the shortest minimum green.

    A stage that protects the movement goes before one in which it has to give way. None if no stage serves it.
    """
    fit = signal.serves_best[:, movement]
    if fit[running]:
        return running
    if not fit.any():
        return None
    least_s = np.array([stage.min_green_s for stage in signal.stages])
    return int(np.argmin(np.where(fit, least_s, np.inf)))

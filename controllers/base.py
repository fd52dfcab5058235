"""What a controller is: one method that answers which stage to show next, from what a sensor reads.

A controller is added by one file and one line in the registry (`zhasyl.controllers`). It never shows
anything itself: the sequencer asks, checks the answer and plays yellow, all-red and minimum greens.
"""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from zhasyl.area.chance import generator
from zhasyl.observation import Area, Need, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal

MOVED = {
    "Announced": "zhasyl.observation:PriorityRequest",
    "FloatArray": "zhasyl.arrays:FloatArray",
    "IntArray": "zhasyl.arrays:IntArray",
    "Kind": "zhasyl.observation:Kind",
    "SignalDemand": "zhasyl.observation:SignalDemand",
}

_SEED: ContextVar[int] = ContextVar("seed of the run whose controllers are made", default=0)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Controllers that are made meanwhile draw from this seed."""
    before = _SEED.set(seed)
    try:
        yield
    finally:
        _SEED.reset(before)


def __getattr__(name: str) -> object:
    """Names that plug-ins imported from here; for one version."""
    if name not in MOVED:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    module, _, new = MOVED[name].partition(":")
    warnings.warn(f"{__name__}.{name} is {module}.{new} now", DeprecationWarning, stacklevel=2)
    return getattr(import_module(module), new)


class GreenParameters(Parameters):
    """Greens of a controller's own; None: the scenario's or the shipped programme's value."""

    min_green_s: Annotated[float | None, Field(ge=1, le=120, description="shortest green of a stage")] = None
    max_green_s: Annotated[float | None, Field(ge=1, le=600, description="longest green of a stage")] = None


class AdaptiveParameters(GreenParameters):
    """Parameters of every controller that the sequencer asks as traffic comes."""

    interval_s: Annotated[float, Field(gt=0, le=60, description="seconds between two decisions")] = 1.0
    clearing_s: Annotated[
        float, Field(ge=0, le=30, description="longest wait for vehicles that stand inside the junction")
    ] = 8.0


class Controller(ABC):
    """Decides for one signal. Subclasses set `summary`, may set `parameters_type`, and write `next_stage`.

    `needs` names the fields of an observation that are read for it beside the sensor's usual ones.

    One that plans for the whole network overrides `for_network`, too; others need not know of it. A class method that
    raises, or answers what cannot be meant, hands every signal (`signal_for`: its signal) to its fixed plan; a
    ZhasylError ends the run and is shown to the user.
    """

    summary: ClassVar[str]
    version: ClassVar[int] = 1
    parameters_type: ClassVar[type[Parameters]] = AdaptiveParameters
    needs: ClassVar[frozenset[Need]] = frozenset()
    in_step: ClassVar[bool] = False  # asked at whole intervals since the run's start alone, all signals at once

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        self.signal = signal
        self.parameters = parameters
        self._seed = _SEED.get()

    @cached_property
    def random(self) -> "np.random.Generator":
        """Chance for this signal, from the run's seed and the signal's id: no other signal's draws change it.

        Use no other source of chance, or a run cannot be repeated. Made outside a run it is as with seed 0.
        """
        return generator(self._seed, type(self).__qualname__, self.signal.id)

    @classmethod
    def signal_for(cls, signal: Signal, parameters: Parameters) -> Signal:
        """The signal as this controller is to play it: by default with its parameters' own greens."""
        return adapted(signal, parameters) if isinstance(parameters, GreenParameters) else signal

    @classmethod
    def plays_in_sumo(cls, parameters: Parameters) -> bool:
        """Does SUMO itself play the signals in a run under this controller, without the sequencer?"""
        return False

    @classmethod
    def reads(cls, parameters: Parameters) -> frozenset[Need]:
        """What is read for this controller beside the sensor."""
        return cls.needs

    @classmethod
    def watches(cls, parameters: Parameters) -> bool:
        """Is it told what is seen each second? Where it overrides `observe`, unless this says otherwise."""
        return cls.observe is not Controller.observe

    @classmethod
    def prolongs_walks(cls, parameters: Parameters) -> bool:
        """Is it asked whether walks go on? Where it overrides `keeps_walk`, unless this says otherwise."""
        return cls.keeps_walk is not Controller.keeps_walk

    @classmethod
    def files(cls, parameters: Parameters) -> Iterable[str | Path]:
        """Files and folders that its decisions depend on and no parameter names, such as weights beside its data.

        What is in them is part of a run's key, as is the content of each file whose path is a parameter's value, and
        the source of the controller's package.
        """
        return ()

    @classmethod
    def preloads(cls, parameters: Parameters) -> Iterable[str]:
        """Modules that each of its runs needs: a batch imports them once, before its runs. A plug-in's own is none."""
        return (cls.__module__,) if cls.__module__.startswith("zhasyl.") else ()

    @classmethod
    def pace(cls, parameters: Parameters) -> tuple[float, float]:
        """Seconds between two decisions, and the longest wait [s] for vehicles that stand inside the junction."""
        return (
            (parameters.interval_s, parameters.clearing_s) if isinstance(parameters, AdaptiveParameters) else (1.0, 0.0)
        )

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> "Callable[[Signal], Controller]":
        """What makes the controller of each signal; asked for once a run, before it begins.

        Override it to plan for all signals together or to let their controllers share what they measure. If it
        raises or takes over 120 s, every signal is handed to its fixed plan; a ZhasylError ends the run and is
        shown to the user.
        """
        return lambda signal: cls(signal, parameters)

    @classmethod  # noqa: B027 - most have nothing to prepare
    def prepare(cls, parameters: Parameters) -> None:
        """Load or compile what takes long; called once a run, before its time is measured. Nothing by default."""

    @abstractmethod
    def next_stage(self, observation: Observation) -> int:
        """Answer the index of the stage to show: the running one's extends it, another one's ends it.

        The sequencer calls this every `interval_s` seconds while a stage is green and its minimum green
        is over, never during yellow or all-red. An exception, an index out of range or no answer within
        30 s of wall time hands the signal to its fixed plan for the rest of the run.
        """

    def known_green_s(self, stage: int, time_s: float) -> float:
        """How long the stage whose green begins now will be green, as far as that is settled; else 0.

        Its walks are shown for as much of it as their clearance leaves, `Signal.walk_s` at least. A green that ends
        before is followed by a longer intergreen, until who walks is across. It fails as `next_stage` does.
        """
        return 0.0

    def keeps_walk(self, observation: Observation, green_s: float) -> bool:
        """Is the running green to last for `green_s` at least, so that its walks may go on for another interval?

        Asked when they would end, and after each yes again; once a no is said they end. The green then lasts until they
        are cleared. Override it to be asked; it fails as `next_stage` does.
        """
        return False

    def observe(self, observation: Observation) -> None:  # noqa: B027 - most keep no memory
        """Note what is seen. Override it to be called each second, in yellow and all-red, too; nothing by default.

        In a second in which `next_stage` is called this comes before, with the same reading. Signals are asked in the
        order of `Area.signals`. It fails as `next_stage` does.
        """

    def finish(self) -> Mapping[str, Any] | None:
        """What the record of the run is to keep of this signal, as JSON can hold it; nothing by default.

        Called once when the run is over, unless the signal has been handed to its fixed plan.
        """
        return None


def adapted(signal: Signal, parameters: GreenParameters) -> Signal:
    """The signal with the controller's own minimum and maximum greens, never shorter than a walk needs."""
    stages = []
    for index, stage in enumerate(signal.stages):
        shortest_s, vehicles_s = stage.min_green_s, stage.vehicle_min_green_s
        if parameters.min_green_s is not None:
            floor_s = stage.min_green_s if signal.has_walk(index) else 0.0
            shortest_s, vehicles_s = max(parameters.min_green_s, floor_s), parameters.min_green_s
        longest_s = stage.max_green_s if parameters.max_green_s is None else parameters.max_green_s
        stages.append(replace(
            stage, min_green_s=shortest_s, max_green_s=max(shortest_s, longest_s), vehicle_min_green_s=vehicles_s
        ))  # fmt: skip
    return replace(signal, stages=tuple(stages))

"""Webster's plan for the demand counted from the scenario's own routes, played on the clock.

The demand is the mean over the measured period: a peak within the hour is averaged out, as with any fixed plan.
The method is `zhasyl.timing.webster`, and its sources stand there.

stages        the shipped ones in their order; one whose links are green elsewhere, and protected if it protects
              them, is left out where that shortens Webster's cycle: it would cost its minimum green and an intergreen
lanes         those open to cars
vehicles      as cars that go straight on: HCM 2010, ch. 18, equivalents of heavy vehicles and of protected turns
cycle         each signal's own, or with `cycle=common` the longest that any signal needs, for all
offset        the shipped one: this method does not coordinate
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import Annotated, ClassVar, Literal, cast

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import Controller
from zhasyl.controllers.parts.plan_player import PlanPlayer, fitted
from zhasyl.observation import Area
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, SignalPlan
from zhasyl.timing.cycle import least_delay_cycle_s
from zhasyl.timing.flows import car_lanes, through_cars_vph
from zhasyl.timing.webster import LARGEST_RATIO, SATURATION_FLOW_VPH, WebsterTiming, webster_timing

SHORTEST_CYCLE_S = 60.0  # of practice; below it start-up losses and chance weigh most, and Webster knows neither


class WebsterParameters(Parameters):
    """Parameters of Webster's plan."""

    saturation_flow_vph: Annotated[
        float, Field(ge=600, le=2400, description="what one lane discharges in an hour of green")
    ] = SATURATION_FLOW_VPH
    min_cycle_s: Annotated[float, Field(ge=20, le=300, description="shortest cycle, intergreens included")] = (
        SHORTEST_CYCLE_S
    )
    max_cycle_s: Annotated[float, Field(ge=20, le=300, description="longest cycle, intergreens included")] = 120.0
    cycle: Annotated[
        Literal["own", "common"], Field(description="each signal's own cycle, or one for all: the longest needed")
    ] = "own"

    @field_validator("max_cycle_s")
    @classmethod
    def _not_below_the_shortest(cls, max_cycle_s: float, info: ValidationInfo) -> float:
        if max_cycle_s < info.data.get("min_cycle_s", 0.0):
            raise ValueError(f"it is below min_cycle_s={info.data['min_cycle_s']:g}")
        return max_cycle_s


class WebsterPlan(PlanPlayer):
    """Plays Webster's plan for the counted demand; made by itself, without a demand, the shipped plan."""

    summary = "Webster's plan for the demand counted from the scenario's routes"
    version: ClassVar[int] = 5
    parameters_type: ClassVar[type[Parameters]] = WebsterParameters

    @classmethod
    def preloads(cls, parameters: Parameters) -> Iterable[str]:
        return (*super().preloads(parameters), "scipy.optimize")

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        plans = webster_plans(area, cast(WebsterParameters, parameters))
        return lambda signal: cls(signal, parameters, plans[signal.id])


def webster_plans(area: Area, parameters: WebsterParameters) -> dict[str, SignalPlan]:
    """Webster's plan of every signal, in whole seconds."""
    plans = {name: _plan(area, signal, parameters) for name, signal in area.signals.items()}
    if parameters.cycle == "own":
        return plans
    longest_s = max((plan.cycle_s for plan in plans.values()), default=0.0)
    same = parameters.model_copy(update={"min_cycle_s": longest_s, "max_cycle_s": longest_s})
    return {name: _plan(area, signal, same) for name, signal in area.signals.items()}


def _plan(area: Area, signal: Signal, parameters: WebsterParameters) -> SignalPlan:
    """The plan of the stages that are worth their time: left out one by one, the most costly first."""
    demand = area.demand(signal.id)
    volume_vph = through_cars_vph(area.network, signal, demand)
    lanes = [car_lanes(area.network, movement) for movement in signal.movements]
    timed = partial(
        _timing, volume_vph=volume_vph, walkers_per_h=demand.walkers_per_h, lanes=lanes, parameters=parameters
    )
    best, timing = signal, timed(signal)
    while True:
        candidates = [(leaner, timed(leaner)) for leaner in _leaner(best)]
        found = min(candidates, key=lambda candidate: _cost(candidate[1], parameters), default=(best, timing))
        if _cost(found[1], parameters) >= _cost(timing, parameters):
            return fitted(signal, replace(best.plan, greens_s=timing.greens_s, cycle_s=timing.cycle_s))
        best, timing = found


def _timing(
    signal: Signal,
    volume_vph: FloatArray,
    walkers_per_h: Mapping[int, float],
    lanes: Sequence[frozenset[str]],
    parameters: WebsterParameters,
) -> WebsterTiming:
    served = signal.serves[list(signal.plan.stages)].any(axis=0)
    return webster_timing(
        signal,
        np.where(served, volume_vph, 0.0),  # what drives without a green needs none
        lanes,
        parameters.saturation_flow_vph,
        parameters.min_cycle_s,
        parameters.max_cycle_s,
        walkers_per_h,
    )


def _cost(timing: WebsterTiming, parameters: WebsterParameters) -> tuple[float, float]:
    """Webster's cycle of least delay without bounds; near capacity what counts is the saturation at the longest."""
    longest_s = max(parameters.max_cycle_s, timing.cycle_s)
    rest = 1 - timing.flow_ratio
    unbounded_s = least_delay_cycle_s(timing.flow_ratio, timing.lost_s) if rest > 1 - LARGEST_RATIO else inf
    return unbounded_s, timing.flow_ratio / (longest_s - timing.lost_s)


def _leaner(signal: Signal) -> Iterator[Signal]:
    """The signal with one position of its plan left out, where every link keeps its green and its protection.

    A stage for pedestrians alone stays: it is there for another reason than its greens.
    """
    plan = signal.plan
    for position in np.flatnonzero(signal.serves[list(plan.stages)].any(axis=1)).tolist():
        kept = [p for p in range(len(plan.stages)) if p != position]
        stages = tuple(plan.stages[p] for p in kept)
        if len(set(stages)) >= 2 and signal.greens(stages) == signal.greens(plan.stages):
            yield replace(signal, plan=replace(plan, stages=stages, greens_s=tuple(plan.greens_s[p] for p in kept)))

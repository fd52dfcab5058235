"""Green waves: along each corridor one cycle, Webster's splits, and offsets that let platoons pass, both ways.

corridors   `zhasyl.controllers.parts.corridors`; signals outside of them keep a cycle of their own, uncoordinated
cycle       of a corridor: Webster's longest among its signals, or up to `longer_s` more where the bands gain by it
splits      `zhasyl.timing.webster` for the demand counted from the scenario's routes
offsets     `zhasyl.timing.maxband`: one band through the corridor, or one on each stretch; directions count by
            their volumes. Who turned in before a signal and stands in its queue goes before the band
speeds      the limits, or down to SLOWEST_SHARE of them where that lets the bands fit
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, cast

import numpy as np
from pydantic import Field

from zhasyl.controllers.base import Controller
from zhasyl.controllers.parts.corridors import Corridor, Leg, find_corridors
from zhasyl.controllers.parts.plan_player import PlanPlayer, green_starts_s
from zhasyl.controllers.webster_plan import WebsterParameters, webster_plans
from zhasyl.observation import Area
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, SignalPlan
from zhasyl.timing.maxband import Method, best_progression
from zhasyl.timing.progression import Direction, Progression, Stretch, Window

SLOWEST_SHARE, FASTEST_SHARE = 0.9, 1.0  # of the speed limits
SATURATION_FLOW_VPH = 1800.0
MOST_CLEARANCE = 0.5  # of a green: a queue that needs more is not cleared before the band


class GreenWaveParameters(WebsterParameters):
    """Parameters of green waves."""

    bands: Annotated[
        Method, Field(description="maxband: one band through a corridor; multiband: one on each stretch")
    ] = "multiband"
    spacing_m: Annotated[
        float, Field(ge=50, le=2000, description="signals farther apart along the road are not coordinated")
    ] = 800.0
    longer_s: Annotated[
        float, Field(ge=0, le=120, description="how much longer than Webster's a corridor's cycle may be")
    ] = 0.0


@dataclass(frozen=True)
class GreenWave:
    """A corridor, the plans of its signals with their offsets, and what these were found from and lead to."""

    corridor: Corridor
    plans: Mapping[str, SignalPlan]
    outbound: Direction
    inbound: Direction
    progression: Progression


class GreenWaves(PlanPlayer):
    """Plays the plan of its corridor; alone, without a network, the shipped one."""

    summary = "green waves: offsets of greatest bandwidth along the corridors with most traffic"
    version: ClassVar[int] = 4
    parameters_type: ClassVar[type[Parameters]] = GreenWaveParameters

    @classmethod
    def preloads(cls, parameters: Parameters) -> Iterable[str]:
        return (*super().preloads(parameters), "scipy.optimize")

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        own = _settled(area, cast(GreenWaveParameters, parameters))
        plans = {name: plan for wave in green_waves(area, own) for name, plan in wave.plans.items()}
        rest = {name: signal for name, signal in area.signals.items() if name not in plans}
        plans |= webster_plans(replace(area, signals=rest), own)
        return lambda signal: cls(signal, parameters, plans[signal.id])


def green_waves(area: Area, parameters: GreenWaveParameters) -> list[GreenWave]:
    """The green waves of all corridors, the heaviest corridor's first."""
    settled = _settled(area, parameters)
    return [_wave(area, corridor, settled) for corridor in find_corridors(area, parameters.spacing_m)]


def _settled(area: Area, parameters: GreenWaveParameters) -> GreenWaveParameters:
    """The parameters with the cycle that all signals share, if they are to share one."""
    if parameters.cycle == "own" or parameters.min_cycle_s == parameters.max_cycle_s:
        return parameters
    longest_s = max((plan.cycle_s for plan in webster_plans(area, parameters).values()), default=0.0)
    return _with_cycle(parameters, longest_s)


def _with_cycle(parameters: GreenWaveParameters, cycle_s: float) -> GreenWaveParameters:
    return parameters.model_copy(update={"min_cycle_s": cycle_s, "max_cycle_s": cycle_s})


def _wave(area: Area, corridor: Corridor, parameters: GreenWaveParameters) -> GreenWave:
    wave = _banded(area, corridor, parameters, parameters.longer_s)
    if wave.progression.cycle_s > wave.plans[corridor.signals[0]].cycle_s + 1e-3:
        longer = _with_cycle(parameters, float(np.ceil(wave.progression.cycle_s - 1e-3)))
        wave = _banded(area, corridor, longer, 0.0)
    return replace(wave, plans=rounded(wave, wave.progression.offsets_s))


def rounded(wave: GreenWave, offsets_s: Sequence[float]) -> dict[str, SignalPlan]:
    """The plans with their offsets in whole seconds, below the cycle."""
    return {
        name: replace(wave.plans[name], offset_s=round(offset_s) % wave.plans[name].cycle_s)
        for name, offset_s in zip(wave.corridor.signals, offsets_s, strict=True)
    }


def _banded(area: Area, corridor: Corridor, parameters: GreenWaveParameters, longer_s: float) -> GreenWave:
    """The bands of Webster's plans, for their own cycle or one up to `longer_s` above it."""
    plans = _common_plans(area, corridor, parameters)
    outbound, inbound = (_direction(area, corridor, plans, back) for back in (False, True))
    cycle_s = plans[corridor.signals[0]].cycle_s
    longest_s = max(cycle_s, min(cycle_s + longer_s, parameters.max_cycle_s))
    found = best_progression(outbound, inbound, cycle_s, longest_s, parameters.bands)
    return GreenWave(corridor, plans, outbound, inbound, found)


def _common_plans(area: Area, corridor: Corridor, parameters: GreenWaveParameters) -> dict[str, SignalPlan]:
    """Webster's plans of a corridor's signals with exactly the same cycle."""
    own = {name: area.signals[name] for name in corridor.signals}
    plans = webster_plans(replace(area, signals=own), parameters.model_copy(update={"cycle": "common"}))
    longest_s = max(plan.cycle_s for plan in plans.values())
    return {name: _lengthened(plan, longest_s) for name, plan in plans.items()}


def _lengthened(plan: SignalPlan, cycle_s: float) -> SignalPlan:
    """What is missing to the cycle (intergreens need not be whole seconds) goes to the longest green."""
    greens_s = np.array(plan.greens_s)
    greens_s[np.argmax(greens_s)] += cycle_s - plan.cycle_s
    return replace(plan, greens_s=tuple(greens_s.tolist()), cycle_s=cycle_s)


def _direction(area: Area, corridor: Corridor, plans: Mapping[str, SignalPlan], inbound: bool) -> Direction:
    windows = []
    for index, name in enumerate(corridor.signals):
        movement = corridor.movement(index, inbound)
        windows.append(Window(0.0, 0.0) if movement is None else window(area.signals[name], plans[name], movement))
    legs = corridor.inbound if inbound else corridor.outbound
    stretches = [_stretch(area, leg, plans[leg.to_signal]) if leg else None for leg in legs]
    return Direction(tuple(windows), tuple(stretches))


def _stretch(area: Area, leg: Leg, plan: SignalPlan) -> Stretch:
    speed_mps = leg.length_m / leg.travel_s
    return Stretch(
        leg.length_m,
        SLOWEST_SHARE * speed_mps,
        FASTEST_SHARE * speed_mps,
        leg.volume_vph,
        _clearance_s(area, leg, plan),
    )


def _clearance_s(area: Area, leg: Leg, plan: SignalPlan) -> float:
    """Time in which those leave who joined the leg in the red, at 1800 veh/h and lane."""
    signal = area.signals[leg.to_signal]
    green_s = window(signal, plan, leg.to_movement).length * plan.cycle_s
    queue_veh = leg.joining_vph / 3600.0 * (plan.cycle_s - green_s) / signal.movements[leg.to_movement].lanes
    return min(queue_veh * 3600.0 / SATURATION_FLOW_VPH, MOST_CLEARANCE * green_s)


def window(signal: Signal, plan: SignalPlan, movement: int) -> Window:
    """The longest green of a movement in a plan; it lasts over intergreens between stages that both serve it."""
    serves = [bool(signal.serves[stage, movement]) for stage in plan.stages]
    if all(serves):
        return Window(0.0, 1.0)
    starts_s, count = green_starts_s(signal, plan), len(serves)
    runs = []
    for first in (p for p in range(count) if serves[p] and not serves[p - 1]):
        last = next(p for p in range(first, first + count) if not serves[(p + 1) % count])
        length_s = (starts_s[last % count] + plan.greens_s[last % count] - starts_s[first]) % plan.cycle_s
        runs.append(Window(float(starts_s[first] / plan.cycle_s), float(length_s / plan.cycle_s)))
    return max(runs, key=lambda run: run.length, default=Window(0.0, 0.0))

"""Splits, cycle and offsets changed a little at a time, in the way of SCOOT.

Sources: D. I. Robertson, R. D. Bretherton, Optimizing networks of traffic signals in real time: the SCOOT method, IEEE
Transactions on Vehicular Technology 40 (1991) 11-15; P. B. Hunt, D. I. Robertson, R. D. Bretherton, R. I. Winton,
SCOOT: a traffic responsive method of coordinating signals, TRRL Report LR 1014, 1981.

split    shortly before a stage ends: earlier, as planned or later by `split_step_s`, whichever makes the larger degree
         of saturation of it and the next stage least; `LASTING_S` of the change stays, the rest is for this cycle
offset   once a cycle: earlier, as it is or later by a thirtieth of the cycle, whichever makes the vehicles that wait
         here and at the next signals fewest, by the cyclic flow profiles of all
cycle    one for the region, every `review_s`, so that its busiest signal is at a degree of saturation of 0.9

SCOOT measures with a loop at the upstream end of a link and models the queue; here profiles come from the far half of
the sensor's range and degrees of saturation from vehicles near the line. Stages are those of the plan, each in every
cycle; there is no double cycling.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, ClassVar, cast

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.parts.discharge import SATURATION_HEADWAY_S, lane_counts
from zhasyl.controllers.parts.flow_profile import BINS, FlowProfile, delay_veh
from zhasyl.controllers.parts.plan_player import PlanPlayer, green_starts_s, intergreens_s
from zhasyl.controllers.parts.region import Link, Region, links_between, members, needed_cycle_s
from zhasyl.controllers.parts.saturation_meter import SaturationMeter
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, SignalPlan
from zhasyl.timing.webster import shared

DECIDE_BEFORE_S = 5.0  # SCOOT decides on a split this long before the stage ends
LASTING_S = 1.0  # what of a split's change stays in the cycles after
QUEUE_LEFT_M = 40.0  # vehicles this near the line at the end of green were left over


class SplitCycleOffsetParameters(AdaptiveParameters):
    """Parameters of control by split, cycle and offset."""

    min_cycle_s: Annotated[float, Field(ge=20, le=300, description="shortest cycle, intergreens included")] = 40.0
    max_cycle_s: Annotated[float, Field(ge=20, le=300, description="longest cycle, intergreens included")] = 120.0
    split_step_s: Annotated[float, Field(ge=1, le=10, description="change of a split in one cycle")] = 4.0
    cycle_step_s: Annotated[float, Field(ge=1, le=32, description="most the cycle changes at once")] = 4.0
    review_s: Annotated[float, Field(ge=60, le=900, description="time between two changes of the cycle")] = 150.0


class SplitCycleOffset(PlanPlayer):
    """One signal of a region; made by itself, it is a region of its own."""

    summary = "splits, offsets and a region's cycle moved a little at a time by measured flows, in the way of SCOOT"
    version: ClassVar[int] = 3
    parameters_type: ClassVar[type[Parameters]] = SplitCycleOffsetParameters
    parameters: SplitCycleOffsetParameters

    def __init__(
        self,
        signal: Signal,
        parameters: Parameters,
        region: Region | None = None,
        links: Sequence[Link] = (),
        nodes: "dict[str, SplitCycleOffset] | None" = None,
    ) -> None:
        super().__init__(signal, parameters)
        self.profile = FlowProfile(len(signal.movements))
        self.meter = SaturationMeter(signal, len(self.plan.stages), QUEUE_LEFT_M)
        self._saturation_vps = lane_counts(signal) / SATURATION_HEADWAY_S
        self._least_s = np.array([signal.stages[stage].min_green_s for stage in self.plan.stages])
        self._lost_s = float(intergreens_s(signal, self.plan.stages).sum())
        self._links = links
        self._nodes = {} if nodes is None else nodes
        self._nodes[signal.id] = self
        self._region = region or new_region(self.parameters)
        self._region.join(self.plan.cycle_s, float(np.ceil(self._least_s.sum() + self._lost_s)))
        self._lasting = self.plan
        self._last_position = 0
        self._split_decided = -1

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        links, nodes = links_between(area.signals, area.network), dict[str, SplitCycleOffset]()
        first = members(area.signals, ((link.signal, link.to) for link in links))
        regions = {name: new_region(cast(SplitCycleOffsetParameters, parameters)) for name in set(first.values())}
        own: Mapping[str, list[Link]] = defaultdict(list)
        for link in links:
            own[link.signal].append(link)
        return lambda signal: cls(signal, parameters, regions[first[signal.id]], own[signal.id], nodes)

    def next_stage(self, observation: Observation) -> int:
        self._adapt(observation)
        return super().next_stage(observation)

    def known_green_s(self, stage: int, time_s: float) -> float:
        """All but the step by which its end may come earlier."""
        return max(super().known_green_s(stage, time_s) - self.parameters.split_step_s, 0.0)

    def _adapt(self, observation: Observation) -> None:
        """Change the plan, now or for the next cycle, as what is seen calls for."""
        self._follow_region(observation.time_s)
        position = self._place(self.plan, observation.stage)
        if position == 0 < self._last_position:
            self._begin_cycle(observation.time_s)
        self._last_position = position
        self.meter.note(observation, position, self.plan.greens_s[position])
        self.profile.note(observation, self.plan.cycle_s)
        if position != self._split_decided and self._left_s(observation, position) <= DECIDE_BEFORE_S:
            self._split_decided = position
            self._change_split(position)

    def _left_s(self, observation: Observation, position: int) -> float:
        """Green that is left until the plan ends it; below 0 when the signal is late."""
        end_s = green_starts_s(self.signal, self.plan)[position] + self.plan.greens_s[position]
        left_s = float(end_s - observation.time_s + self.plan.offset_s) % self.plan.cycle_s
        return left_s if left_s <= self.plan.cycle_s / 2 else left_s - self.plan.cycle_s

    def _begin_cycle(self, time_s: float) -> None:
        """Once a cycle: measure, report, choose the offset; what of the splits does not last goes."""
        self.profile.smooth()
        if self.meter.measure():
            ratios = self.meter.degrees * self.plan.greens_s / self.plan.cycle_s
            self._region.report(self.signal.id, needed_cycle_s(ratios, self._least_s, self._lost_s))
        self._region.review(time_s)
        self.plan = self._lasting
        self._split_decided = -1
        if self._links:
            self._change_offset()
        self._follow_region(time_s)

    def _change_split(self, position: int) -> None:
        """Move the end of a stage, if that evens out its degree of saturation and the next one's."""
        following = (position + 1) % len(self.plan.stages)
        step_s = self.parameters.split_step_s
        best_s = min((0.0, -step_s, step_s), key=lambda shift_s: self._worst_degree(position, following, shift_s))
        if not best_s:
            return
        lasting_s = LASTING_S if best_s > 0 else -LASTING_S
        self._lasting = self._shifted(self._lasting, position, lasting_s)
        if following:
            self.plan = self._shifted(self.plan, position, best_s)

    def _worst_degree(self, position: int, following: int, shift_s: float) -> float:
        greens_s, degrees = self.plan.greens_s, self.meter.degrees
        longer_s, shorter_s = greens_s[position] + shift_s, greens_s[following] - shift_s
        if longer_s < self._least_s[position] or shorter_s < self._least_s[following]:
            return float("inf")
        used_s = degrees * greens_s
        return max(float(used_s[position]) / longer_s, float(used_s[following]) / shorter_s)

    def _shifted(self, plan: SignalPlan, position: int, shift_s: float) -> SignalPlan:
        """The plan with the end of a position later by `shift_s`, as far as minimum greens let it; same cycle."""
        greens_s, following = list(plan.greens_s), (position + 1) % len(plan.stages)
        if min(greens_s[p] + d - self._least_s[p] for p, d in ((position, shift_s), (following, -shift_s))) < 0:
            return plan
        greens_s[position] += shift_s
        greens_s[following] -= shift_s
        offset_s = plan.offset_s + (0.0 if following else shift_s)
        return SignalPlan(plan.stages, tuple(greens_s), plan.cycle_s, offset_s % plan.cycle_s)

    def _change_offset(self) -> None:
        """Shift the plan by a bin, if fewer vehicles wait here and at the next signals."""
        waiting = {shift: self._waiting(shift) for shift in (0, -1, 1)}
        best = min(waiting, key=lambda shift: waiting[shift])
        offset_s = (self.plan.offset_s + best * self.plan.cycle_s / BINS) % self.plan.cycle_s
        self.plan = self._lasting = SignalPlan(self.plan.stages, self.plan.greens_s, self.plan.cycle_s, offset_s)

    def _waiting(self, shift: int) -> float:
        """Vehicles that wait here and where ours go, if this plan were later by `shift` bins."""
        total = delay_veh(self.profile.rate_vps, np.roll(self.capacity_vps(), shift, axis=0))
        for link in self._links:
            other = self._nodes.get(link.to)
            if other is not None and other.plan.cycle_s == self.plan.cycle_s:
                ours = [index for index, m in enumerate(other.signal.movements) if m.from_edge == link.approach]
                rate_vps = np.roll(other.profile.rate_vps[:, ours], shift, axis=0)
                total += delay_veh(rate_vps, other.capacity_vps()[:, ours])
        return total

    def capacity_vps(self) -> FloatArray:
        """What the plan lets through by place in the cycle, [bin, movement], veh/s."""
        plan = self.plan
        clock_s = ((np.arange(BINS) + 0.5) / BINS * plan.cycle_s - plan.offset_s) % plan.cycle_s
        starts_s = green_starts_s(self.signal, plan)
        in_green = (clock_s[:, None] >= starts_s) & (clock_s[:, None] < starts_s + np.array(plan.greens_s))
        served = self.signal.serves[list(plan.stages)]
        found: FloatArray = (in_green.astype(float) @ served > 0) * self._saturation_vps
        return found

    def _follow_region(self, time_s: float) -> None:
        """Take up the region's cycle: splits in proportion, this cycle begun when it was."""
        cycle_s = self._region.cycle_s
        if cycle_s == self.plan.cycle_s:
            return
        began_s = time_s - (time_s - self.plan.offset_s) % self.plan.cycle_s
        greens_s = shared(cycle_s - self._lost_s, np.array(self._lasting.greens_s), self._least_s)
        self.plan = SignalPlan(self.plan.stages, tuple(greens_s.tolist()), cycle_s, began_s % cycle_s)
        self._lasting = self.plan


def new_region(parameters: SplitCycleOffsetParameters) -> Region:
    """A region without signals."""
    return Region(parameters.min_cycle_s, parameters.max_cycle_s, parameters.cycle_step_s, parameters.review_s)

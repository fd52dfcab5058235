"""Plans on the clock: each stage for its split, in the plan's order, in step with the plan's offset.

A signal out of step (at the start, after a change of plan, after a maximum red) comes back into it by minimum greens,
or by longer ones where the clock is nearly there or minimum greens would take too many cycles.
"""

from collections.abc import Sequence

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import Controller
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, SignalPlan
from zhasyl.timing.webster import shared

DWELL_SHARE = 0.25  # of the cycle: a signal no farther ahead of its plan waits for it; most a green is lengthened
CATCH_UP_CYCLES = 2.0  # a signal that minimum greens cannot bring into step in this time is lengthened into it


class PlanPlayer(Controller):
    """Plays `plan`, which may be replaced at any time; the first stage's green begins at the offset of each cycle.

    The cycle is the splits with the signal's own intergreens; the plan's `cycle_s` must be their sum.
    Without a plan it is the shipped one.
    """

    summary = "a given plan, in step with its offset"

    def __init__(self, signal: Signal, parameters: Parameters, plan: SignalPlan | None = None) -> None:
        super().__init__(signal, parameters)
        self.plan = plan or fitted(signal, signal.plan)
        self._position = 0

    def next_stage(self, observation: Observation) -> int:
        plan = self.plan_at(observation.time_s)
        self._position = self._place(plan, observation.stage)
        starts_s = green_starts_s(self.signal, plan)
        clock_s = (observation.time_s - plan.offset_s) % plan.cycle_s
        if self._due(plan, starts_s, clock_s) != self._position:
            ahead_s = float(starts_s[self._position] - clock_s) % plan.cycle_s
            if not self._waits(plan, ahead_s, observation.green_s):
                self._position = (self._position + 1) % len(plan.stages)
        return plan.stages[self._position]

    def known_green_s(self, stage: int, time_s: float) -> float:
        """What is left of the stage's place in the cycle, and the wait for it where that is short; else 0."""
        plan = self.plan_at(time_s)
        position = self._place(plan, stage)
        if plan.stages[position] != stage:
            return 0.0
        green_s, starts_s = plan.greens_s[position], green_starts_s(self.signal, plan)
        since_s = float(time_s - plan.offset_s - starts_s[position]) % plan.cycle_s
        early_s = plan.cycle_s - since_s
        if since_s < green_s:
            return green_s - since_s
        return early_s + green_s if early_s <= DWELL_SHARE * plan.cycle_s else 0.0

    def _waits(self, plan: SignalPlan, ahead_s: float, green_s: float) -> bool:
        """Does the running green go on until its time has come, rather than end early?"""
        most_s, planned_s = DWELL_SHARE * plan.cycle_s, plan.greens_s[self._position]
        least_s = sum(self.signal.stages[stage].min_green_s for stage in plan.stages)
        late_s = plan.cycle_s - ahead_s - planned_s
        slow = late_s > CATCH_UP_CYCLES * (sum(plan.greens_s) - least_s)
        return ahead_s <= most_s or (slow and green_s < planned_s + most_s)

    @property
    def timetable(self) -> tuple[tuple[float, SignalPlan], ...]:
        """The plans it begins with, and the time of day from which each is played."""
        return ((0.0, self.plan),)

    def plan_at(self, time_s: float) -> SignalPlan:
        """The plan to play then; asked for with rising times."""
        return self.plan

    def _place(self, plan: SignalPlan, stage: int) -> int:
        """The position of the running stage: the present one, else the next that shows it, else the present one.

        A position beyond the end is one of a longer plan before this one.
        """
        for step in range(len(plan.stages)):
            candidate = (self._position + step) % len(plan.stages)
            if plan.stages[candidate] == stage:
                return candidate
        return self._position % len(plan.stages)

    def _due(self, plan: SignalPlan, starts_s: FloatArray, clock_s: float) -> int:
        """The position that is green at this place in the cycle, or that the running intergreen leads to."""
        ends_s = starts_s + np.array(plan.greens_s)
        return int(np.searchsorted(ends_s, clock_s + 1e-6, side="left")) % len(plan.stages)


def intergreens_s(signal: Signal, stages: Sequence[int]) -> FloatArray:
    """The intergreen after each position of a plan's stages."""
    following = [*stages[1:], stages[0]]
    return np.array([signal.intergreen_s(old, new) for old, new in zip(stages, following, strict=True)])


def fitted(signal: Signal, plan: SignalPlan) -> SignalPlan:
    """The plan with its cycle in whole seconds, splits that fill it beside the signal's intergreens, its least greens.

    The splits keep their proportions as far as the minimum greens let them; where these do not fit, the cycle grows.
    """
    least_s = np.ceil([signal.stages[stage].min_green_s for stage in plan.stages])
    lost_s = float(intergreens_s(signal, plan.stages).sum())
    green_s = max(round(plan.cycle_s - lost_s), least_s.sum())
    greens_s = whole_seconds(shared(green_s, np.array(plan.greens_s), least_s))
    cycle_s = float(greens_s.sum()) + lost_s
    return SignalPlan(plan.stages, tuple(greens_s.tolist()), cycle_s, plan.offset_s % cycle_s)


def whole_seconds(greens_s: FloatArray) -> FloatArray:
    """Whole seconds with the same sum (which is whole), none below its floor: the largest remainders are rounded up."""
    floor_s: FloatArray = np.floor(greens_s + 1e-6)
    missing = round(float(greens_s.sum() - floor_s.sum()))
    floor_s[np.argsort(floor_s - greens_s, kind="stable")[:missing]] += 1.0
    return floor_s


def green_starts_s(signal: Signal, plan: SignalPlan) -> FloatArray:
    """When each position's green begins, from the start of the first one's."""
    lengths_s = np.array(plan.greens_s) + intergreens_s(signal, plan.stages)
    starts_s: FloatArray = np.concatenate([[0.0], np.cumsum(lengths_s)[:-1]])
    return starts_s

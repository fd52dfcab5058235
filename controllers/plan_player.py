"""Plans on the clock: each stage for its split, in the plan's order, in step with the plan's offset.

A signal out of step (at the start, after a change of plan, after a maximum red) comes back into it by minimum greens,
or by waiting where the clock is nearly there.
"""

from collections.abc import Sequence

import numpy as np

from zhasyl.controllers.base import Controller, FloatArray, Observation, Parameters
from zhasyl.signals import Signal, SignalPlan

DWELL_SHARE = 0.25  # of the cycle: a signal no farther ahead of its plan waits for it


class PlanPlayer(Controller):
    """Plays `plan`, which may be replaced at any time; the first stage's green begins at the offset of each cycle.

    The cycle is the splits with the signal's own intergreens; the plan's `cycle_s` must be their sum.
    """

    summary = "a given plan, in step with its offset"

    def __init__(self, signal: Signal, parameters: Parameters, plan: SignalPlan) -> None:
        super().__init__(signal, parameters)
        self.plan = plan
        self._position = 0

    def next_stage(self, observation: Observation) -> int:
        plan = self.plan_at(observation)
        self._position = _place(plan.stages, self._position, observation.stage)
        starts_s = green_starts_s(self.signal, plan)
        clock_s = (observation.time_s - plan.offset_s) % plan.cycle_s
        if self._due(plan, starts_s, clock_s) != self._position:
            ahead_s = (starts_s[self._position] - clock_s) % plan.cycle_s
            if ahead_s > DWELL_SHARE * plan.cycle_s:
                self._position = (self._position + 1) % len(plan.stages)
        return plan.stages[self._position]

    def plan_at(self, observation: Observation) -> SignalPlan:
        """The plan to play now."""
        return self.plan

    def _due(self, plan: SignalPlan, starts_s: FloatArray, clock_s: float) -> int:
        """The position that is green at this place in the cycle, or that the running intergreen leads to."""
        ends_s = starts_s + np.array(plan.splits_s)
        return int(np.searchsorted(ends_s, clock_s + 1e-6, side="left")) % len(plan.stages)


def green_starts_s(signal: Signal, plan: SignalPlan) -> FloatArray:
    """When each position's green begins, from the start of the first one's."""
    following = [*plan.stages[1:], plan.stages[0]]
    lost_s = [signal.lost_time_s(old, new) for old, new in zip(plan.stages, following, strict=True)]
    lengths_s = np.array(plan.splits_s) + np.array(lost_s)
    starts_s: FloatArray = np.concatenate([[0.0], np.cumsum(lengths_s)[:-1]])
    return starts_s


def _place(stages: Sequence[int], position: int, stage: int) -> int:
    """The position of the running stage: the present one, else the next that shows it, else the present one."""
    for step in range(len(stages)):
        candidate = (position + step) % len(stages)
        if stages[candidate] == stage:
            return candidate
    return position

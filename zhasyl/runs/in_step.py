"""A sequencer that asks at whole intervals since the run's start: several signals are asked at once then.

A controller's class wants it with `in_step`. Who decides for all signals together asks first what may be decided.
"""

import math

from zhasyl.sequencer import EPSILON_S, Sequencer


class InStep(Sequencer):
    """Asks its controller at the first whole interval after the minimum green, and at each one from there on."""

    def clock(self, time_s: float) -> tuple[float, int, float]:
        """(time in s, stage that is green or comes next, its green so far in s), as its controller is told."""
        return time_s, self.stage, 0.0 if self._intergreen else time_s - self._green_since_s

    def asks(self, time_s: float) -> bool:
        """Does `step` ask the controller now, unless somebody has waited for too long?"""
        return not self._intergreen and time_s >= self._ask_s - EPSILON_S

    def granted(self, time_s: float) -> range:
        """The stages that `step` can bring now by what is proposed: one where nobody is asked, or somebody is due."""
        if not self.asks(time_s):
            return range(self.stage, self.stage + 1)
        if time_s >= self._waits.first_due_s:
            observation = self._watch.observe(*self.clock(time_s))
            self._waits.follow(observation)
            forced = self._waits.due(observation)
            if forced is not None:
                return range(forced, forced + 1)
        return range(len(self.signal.stages))

    def _begin_green(self, time_s: float) -> None:
        super()._begin_green(time_s)
        intervals = math.ceil(self._intervals(self._ask_s) - EPSILON_S)
        self._decide_s = self._ask_s = self._watch.start_s + intervals * self._interval_s

    def _chosen(self, time_s: float) -> int | None:
        asked_s = self._ask_s
        chosen = super()._chosen(time_s)
        if self._ask_s != asked_s:
            intervals = math.floor(self._intervals(time_s) + EPSILON_S) + 1
            self._ask_s = self._watch.start_s + intervals * self._interval_s
        return chosen

    def _intervals(self, time_s: float) -> float:
        """How many intervals have passed since the start."""
        return (time_s - self._watch.start_s) / self._interval_s

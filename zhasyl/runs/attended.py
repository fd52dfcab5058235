"""A sequencer for controllers with a memory: it looks each second, in yellow and all-red, too, and counts meanwhile."""

from collections.abc import Callable

from zhasyl.controllers.base import Controller
from zhasyl.guard import Guard
from zhasyl.observation import Observation
from zhasyl.runs.in_step import InStep
from zhasyl.sensors.memory import Memory
from zhasyl.sequencer import EPSILON_S, Sequencer, Watch
from zhasyl.signals import Signal

LOOK_S = 1.0


class Attended(Sequencer):
    """Plays as any sequencer does. `watch` observes by `memory`; a controller that `watches` is told each second."""

    def __init__(
        self,
        signal: Signal,
        build: Callable[[], Controller],
        watch: Watch,
        guard: Guard,
        memory: Memory,
        watches: bool,
    ) -> None:
        self._memory, self._watches = memory, watches
        self._look_s = watch.start_s
        super().__init__(signal, build, watch, guard)
        self.next_s = watch.start_s

    def step(self, time_s: float) -> str:
        if time_s >= self._look_s - EPSILON_S:
            self._attend(time_s)
            self._look_s = time_s + LOOK_S
        state = super().step(time_s)
        self._memory.settle()
        self.next_s = min(self.next_s, self._look_s)
        return state

    def _attend(self, time_s: float) -> None:
        """Read the sensor, before anything is decided in this second, and let the controller know."""
        green_s = 0.0 if self._intergreen else time_s - self._green_since_s
        observation = self._memory.look(time_s, self.stage, green_s)
        if self._watches and self.fault is None:
            try:
                self._guard.decide(self._controller.observe, observation)
            except BaseException as error:
                self.replace_controller(time_s, error)

    def _begin_green(self, time_s: float) -> None:
        super()._begin_green(time_s)
        self._memory.begin(self.stage)

    def _switch(self, time_s: float, chosen: int) -> None:
        self._memory.end(self.stage, time_s)
        super()._switch(time_s, chosen)

    def _ask(self, observation: Observation) -> int:
        answer = super()._ask(observation)
        self._memory.decide()
        return answer


class AttendedInStep(Attended, InStep):
    """As `Attended`, and asked at whole intervals since the start."""

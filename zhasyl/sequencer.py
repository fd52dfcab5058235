"""The sequencer: it plays one signal, and whatever its controller proposes, what is shown stays safe.

It alone decides when a proposal may take effect: after the minimum green (with the walk and its clearance), through
yellow and all-red, which it prolongs by up to `clearing_s` while a vehicle stands in the junction on a losing way, and
at once against the controller when a vehicle has waited at red for `MAX_RED_S` (`waits`). With `recall`, for a sensor
that can miss a vehicle, every movement counts as waiting all its red but while the sensor vouches for its absence: its
failure starves nobody. Without push buttons each crossing, and each stage for pedestrians alone, is shown by then. A
controller that raises, answers nonsense or, under a `guard`, does not answer in time is replaced by the fixed plan for
the rest of the run, and the fault is kept.
"""

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from weakref import ref

from zhasyl.controllers.base import Controller
from zhasyl.controllers.fixed import Fixed
from zhasyl.guard import Fault, Guard
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.process.stopping import stop_if_asked
from zhasyl.signals import Signal
from zhasyl.waits import Waits
from zhasyl.walks import RunningWalks

SEQUENCER_VERSION = 6  # raised when it plays the same proposals differently, so that unlike records are not mixed
MAX_RED_S = 120.0
HOLD_STEP_S = 1.0
OVERDUE_STEP_S = 1.0  # between two looks at movements past their maximum red, however seldom the controller is asked
EPSILON_S = 1e-6

A = TypeVar("A")
Observe = Callable[[float, int, float], Observation]
"""(time_s, running stage, its green so far in s) → what the sensor reads."""

Occupied = Callable[[frozenset[int]], bool]
"""Does a vehicle stand inside the junction on the way of one of these links?"""


@dataclass(frozen=True)
class Watch:
    """What a sequencer sees of its signal, and the pace at which it looks and decides; the module says what for."""

    observe: Observe
    start_s: float
    interval_s: float = 1.0  # between two questions to the controller
    max_red_s: float = MAX_RED_S
    occupied: Occupied = field(default=lambda _: False)
    clearing_s: float = 0.0
    recall: bool = False
    absent: Callable[[], Iterable[int]] = field(default=lambda: ())
    buttons: bool = False


class Sequencer:
    """Plays `signal` as the controller that `build` makes proposes.

    Call `step` at `next_s` or earlier; it answers the state to show from now on and sets the next `next_s`.
    """

    def __init__(
        self,
        signal: Signal,
        build: Callable[[], Controller],
        watch: Watch,
        guard: Guard | None = None,
    ) -> None:
        self.signal = signal
        self.fault: Fault | None = None
        self._watch, start_s = watch, watch.start_s
        self._interval_s = watch.interval_s
        self._guard = guard or Guard()
        self._clearing_links: frozenset[int] = frozenset()
        self._hold_until_s = start_s
        self.stage = signal.plan.stages[0]
        self._waits = Waits(signal, start_s, watch.max_red_s, watch.absent if watch.recall else None, watch.buttons)
        self._clear_at_s: dict[int, float] = {}
        self._losing: frozenset[int] = frozenset()
        self._intergreen: list[tuple[float, str]] = []
        self._running = RunningWalks(signal)
        self._walks_begin = self._walks_go_on = False  # the controller is asked when the green is first shown
        self.next_s = start_s
        self._begin_green(start_s)
        try:
            self._controller = self._guard.construct(build)
        except BaseException as error:
            self.replace_controller(start_s, error)

    def step(self, time_s: float) -> str:
        """State string to show from `time_s` on, one character per link."""
        if self._intergreen:
            self._pass_intergreen(time_s)
        elif time_s >= self._decide_s - EPSILON_S:
            self._decide(time_s)
        return self._show(time_s)

    def _show(self, time_s: float) -> str:
        if self._intergreen:
            self.next_s, state = self._intergreen[0]
            return state
        if self._walks_begin:
            self._walks_begin = False
            self._running.begin(self.stage, time_s, self._answer(time_s, self._known_green_s))
        over = self._running.over(time_s)
        if over and self._walks_go_on:
            self._walks_go_on = self._prolong_walks(time_s)
            over = self._running.over(time_s)
        self._end_walks(time_s, over)
        self.next_s = min([self._decide_s, *self._running.ends_s.values()])
        return self.signal.walking(self.stage, self._running.ends_s)

    def _begin_green(self, time_s: float) -> None:
        self._green_since_s = time_s
        self._decide_s = self._ask_s = time_s + self.signal.stages[self.stage].min_green_s
        self._walks_begin = self._walks_go_on = self.signal.has_walk(self.stage)

    def _known_green_s(self) -> float:
        answer = float(self._controller.known_green_s(self.stage, self._green_since_s))
        if not 0 <= answer < math.inf:
            raise ValueError(f"knows of a green of {answer} s, it must be a finite number from 0 on")
        return answer

    def _prolong_walks(self, time_s: float) -> bool:
        """Do the walks go on for an interval, and with them the green until they are cleared?"""
        if not self._answer(time_s, self._prolongs_walks):
            return False
        until_s = self._running.longer(time_s, self._interval_s)
        kept = self._look(time_s, partial(self._keeps_walk, until_s))
        if kept:
            self._running.prolong(until_s)
            self._decide_s = self._ask_s = max(self._decide_s, until_s)
        return kept

    def _keeps_walk(self, until_s: float, observation: Observation) -> bool:
        question = partial(self._kept, observation, until_s - self._green_since_s)
        return until_s <= self._waits.first_due_s and self._answer(observation.time_s, question)

    def _prolongs_walks(self) -> bool:
        return bool(self._controller.prolongs_walks(self._controller.parameters))

    def _kept(self, observation: Observation, green_s: float) -> bool:
        return bool(self._controller.keeps_walk(observation, green_s))

    def _end_walks(self, time_s: float, links: Iterable[int]) -> None:
        cleared_s = self._running.end(links)
        self._clear_at_s.update((link, time_s + seconds) for link, seconds in cleared_s.items())

    def _pass_intergreen(self, time_s: float) -> None:
        state = self._intergreen[0][1]
        if time_s >= self._intergreen[0][0] - EPSILON_S:
            until_s = self._intergreen.pop(0)[0]
            if self._intergreen:
                self._put_off(max(time_s - until_s, 0.0))
        if self._intergreen:
            return
        if time_s < self._hold_until_s - EPSILON_S and self._watch.occupied(self._clearing_links):
            self._intergreen.append((time_s + HOLD_STEP_S, state.replace("y", "r")))
        else:
            self._begin_green(time_s)

    def _put_off(self, late_s: float) -> None:
        """Let what remains of an intergreen last as long as it must, where a long step of SUMO came late."""
        self._intergreen = [(until_s + late_s, state) for until_s, state in self._intergreen]
        self._hold_until_s += late_s
        self._clear_at_s.update((link, self._clear_at_s[link] + late_s) for link in self._losing)

    def _decide(self, time_s: float) -> None:
        chosen = self._chosen(time_s)
        if chosen is None or chosen == self.stage:
            self._decide_s = min(self._ask_s, max(self._waits.first_due_s, time_s + OVERDUE_STEP_S))
        else:
            self._switch(time_s, chosen)

    def _chosen(self, time_s: float) -> int | None:
        """The stage to show by what is seen now; None where nobody is asked."""
        return self._look(time_s, self._choice)

    def _look(self, time_s: float, use: Callable[[Observation], A]) -> A:
        """What is made of what is seen now; it is read to its end where somebody keeps it."""
        observation = self._watch.observe(time_s, self.stage, time_s - self._green_since_s)
        self._waits.follow(observation)
        answer = use(observation)
        unread = ref(observation.unread)
        del observation
        kept = unread()
        if kept is not None:
            kept.read()
        return answer

    def _choice(self, observation: Observation) -> int | None:
        time_s = observation.time_s
        chosen = self._waits.due(observation) if time_s >= self._waits.first_due_s else None
        if chosen is None and time_s >= self._ask_s - EPSILON_S:
            chosen = self._ask(observation)
            self._ask_s = time_s + self._interval_s
        return chosen

    def _switch(self, time_s: float, chosen: int) -> None:
        """Start the way to another stage."""
        self._end_walks(time_s, list(self._running.ends_s))
        until_s = time_s
        for seconds, state in self.signal.intergreen(self.stage, chosen):
            until_s += seconds
            self._intergreen.append((until_s, state))
        until_s = self._wait_for_earlier_greens(time_s, until_s, chosen)
        self._clearing_links = self.signal.clearing_links(self.stage, chosen)
        self._hold_until_s = until_s + (self._watch.clearing_s if self._clearing_links else 0.0)
        self._waits.show(chosen, time_s, self.stage)
        self.stage = chosen
        if not self._intergreen:
            self._begin_green(time_s)

    def _wait_for_earlier_greens(self, time_s: float, until_s: float, chosen: int) -> float:
        """Prolong the intergreen for links that lost their green before this stage, a short one, began."""
        signal, (losing, gaining) = self.signal, self.signal.changes(self.stage, chosen)
        self._losing = frozenset(losing)
        late = {link: clear_at_s for link, clear_at_s in self._clear_at_s.items() if clear_at_s > until_s + EPSILON_S}
        self._clear_at_s.update((link, time_s + signal.yellow_s + signal.all_red_s) for link in losing)
        needed_s = max((late[i] for i, j in signal.conflicts.foes if i in late and j in gaining), default=until_s)
        if needed_s > until_s:
            state = self._intergreen[-1][1].replace("y", "r") if self._intergreen else signal.after_walk(self.stage)
            self._intergreen.append((needed_s, state))
        return needed_s

    def _ask(self, observation: Observation) -> int:
        return self._answer(observation.time_s, partial(self._proposal, observation))

    def _answer(self, time_s: float, question: Callable[[], A]) -> A:
        """What the controller answers, or the fixed plan in its place from now on."""
        try:
            return self._guard.decide(question)
        except BaseException as error:
            self.replace_controller(time_s, error)
            return question()

    def _proposal(self, observation: Observation) -> int:
        answer = operator.index(self._controller.next_stage(observation))
        if not 0 <= answer < len(self.signal.stages):
            raise ValueError(f"answered stage {answer}, it has stages 0 to {len(self.signal.stages) - 1}")
        return answer

    def replace_controller(self, time_s: float, error: BaseException) -> None:
        """Hand the signal to its fixed plan, and keep why."""
        stop_if_asked()
        self.fault = Fault(self.signal.id, time_s, f"{type(error).__name__}: {self._guard.text(error)}")
        self._controller = Fixed(self.signal, Parameters())
        self._interval_s = 1.0

"""Pedestrian actuation: a walk is shown only when somebody called for it, and a call does not wait beyond a bound.

with vehicles   a call's walk begins with the next green of a stage that has it, whoever asks for that green
scramble        all pedestrians walk in a stage of their own, when the wrapped controller next ends a green
both            at once when the wrapped controller rests in a green that no vehicle is near to; and in time for the
                bound, as far as the minimum greens of what runs, the maximum red of vehicles and other calls allow

Any call shows all walks of its stage. The wrapped controller knows the original stages only; it is told the green that
its stage has had with and without walk. The first green of a run and the fixed plan after a fault show their walks
without a call.

Sources: Traffic Signal Timing Manual, 2nd ed. (NCHRP 812, 2015), ch. 6 (pedestrian actuation, recall off); SUMO's
tutorial on pedestrian crossings for what a call is.
"""

from typing import Annotated, ClassVar, Literal, cast

import numpy as np
from pydantic import Field

from zhasyl.arrays import FloatArray
from zhasyl.controllers.base import Controller
from zhasyl.controllers.wrappers.base import INTERVAL_S, Wrapper, WrapperParameters
from zhasyl.controllers.wrappers.walks_on_call import SignalOnCall, on_call
from zhasyl.observation import Need, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, read_only

NEAR_M = 40.0  # a vehicle nearer than this to its line can use a green
EPSILON_S = 1e-6


class PedestrianActuatedParameters(WrapperParameters):
    """Parameters of pedestrian actuation."""

    max_wait_s: Annotated[float, Field(ge=30, le=300, description="longest wait of a call for its walk")] = 75.0
    walks: Annotated[
        Literal["with-vehicles", "scramble"], Field(description="walks beside vehicles or in a stage of their own")
    ] = "with-vehicles"


class PedestrianActuated(Wrapper):
    """Shows the wrapped controller's stages, their walks only when called."""

    summary = "another controller (of=NAME), with walks only when a pedestrian calls"
    parameters_type: ClassVar[type[Parameters]] = PedestrianActuatedParameters
    parameters: PedestrianActuatedParameters
    needs: ClassVar[frozenset[Need]] = frozenset({"calls"})

    def __init__(self, signal: Signal, parameters: Parameters, wrapped: Controller | None = None) -> None:
        super().__init__(signal, parameters, wrapped)
        self._called_s: dict[int, float] = {}  # pedestrian link → since when somebody waits
        self._green = (-1, 0.0)  # the running stage and when its green began
        self._origin, self._origin_since_s = 0, 0.0  # the same of the wrapped controller's stage
        self._seen_s = float("-inf")
        self._clearing_s = self.pace(parameters)[1]
        self._clock = "since_green_s" in self._inner_needs

    @classmethod
    def signal_for(cls, signal: Signal, parameters: Parameters) -> Signal:
        own = cast(PedestrianActuatedParameters, parameters)
        return on_call(super().signal_for(signal, parameters), own.walks == "scramble")

    @classmethod
    def inner_signal(cls, signal: Signal) -> Signal:
        return signal.original or signal if isinstance(signal, SignalOnCall) else signal

    def next_stage(self, observation: Observation) -> int:
        signal = self.signal
        if not isinstance(signal, SignalOnCall):
            return self.proposed(observation)
        self._follow(signal, observation)
        self._keep_calls(observation)
        proposal = self._checked(self.proposed(self._translated(observation)))
        urgent = self._urgent(signal, observation, proposal)
        if urgent is None and proposal == self._origin and self._is_free(signal, observation):
            urgent = min(self._called_s, key=lambda link: self._called_s[link], default=None)
        if urgent is not None:
            return self._towards(signal, observation.stage, urgent, proposal)
        return self._regular(signal, observation.stage, proposal)

    def _follow(self, signal: SignalOnCall, observation: Observation) -> None:
        """Note a new green: the calls it serves, and whether it goes on with the wrapped controller's stage."""
        stage, begun_s = observation.stage, observation.time_s - observation.green_s
        if self._green != (stage, begun_s):
            self._green = (stage, begun_s)
            self._called_s = {k: v for k, v in self._called_s.items() if not signal.stages[stage].green(k)}
            origin = signal.origins[stage]
            if origin is not None:
                if origin != self._origin or begun_s > self._seen_s + EPSILON_S:
                    self._origin_since_s = begun_s
                self._origin = origin
        self._seen_s = observation.time_s

    def _keep_calls(self, observation: Observation) -> None:
        """A call stands while somebody waits; who could not cross in the running green's walk calls again after it.

        Nobody is forgotten and nobody is remembered who walked in a green that the maximum red brought unasked.
        """
        (stage, begun_s), before_s, self._called_s = self._green, self._called_s, {}
        for link, waited_s in observation.calls.items():
            since_s = observation.time_s - waited_s
            if self.signal.stages[stage].green(link):
                since_s = max(since_s, begun_s + self.signal.walk_s)
            self._called_s[link] = min(since_s, before_s.get(link, since_s))

    def _translated(self, observation: Observation) -> Observation:
        """What the wrapped controller sees; while pedestrians alone walk, the stage before that."""
        own = {"stage": self._origin, "green_s": observation.time_s - self._origin_since_s}
        if self._clock:
            return observation.told(**own, since_green_s=self._since_green_s(observation))
        return observation.told(**own)

    def _since_green_s(self, observation: Observation) -> FloatArray:
        """Of each original stage, with or without its walk."""
        since_s = np.full(len(self.inner_signal(self.signal).stages), np.inf)
        origins = self.signal.origins if isinstance(self.signal, SignalOnCall) else ()
        for origin, own_s in zip(origins, observation.since_green_s.tolist(), strict=True):
            if origin is not None:
                since_s[origin] = min(since_s[origin], own_s)
        since_s[self._origin] = 0.0
        return read_only(since_s)

    def observe(self, observation: Observation) -> None:
        """Let the wrapped controller, if it watches, see the stages that it knows."""
        if isinstance(self.signal, SignalOnCall):
            if observation.green_s > 0:
                self._follow(self.signal, observation)
            observation = self._translated(observation)
        super().observe(observation)

    def _checked(self, proposal: int) -> int:
        known = len(self.inner_signal(self.signal).stages)
        if not 0 <= proposal < known:
            raise ValueError(f"the wrapped controller answered stage {proposal}, it has stages 0 to {known - 1}")
        return proposal

    def _regular(self, signal: SignalOnCall, running: int, proposal: int) -> int:
        """The proposed stage with its walk if that is called; the scramble before it."""
        origin = signal.origins[running]
        if proposal == origin:
            return running
        if None in signal.origins and self._called_s and origin is not None:
            return signal.origins.index(None)
        return self._version(signal, running, proposal)

    def _version(self, signal: SignalOnCall, running: int, proposal: int) -> int:
        """The stage to show for an original one: with its walk, without it, or another if only pedestrians have it."""
        if None not in signal.origins:
            for link in self._called_s:
                stage = signal.walk_stage(link, proposal)
                if stage is not None and signal.origins[stage] == proposal:
                    return stage
        return self._after(signal, running, proposal) if signal.alone(proposal) else proposal

    def _after(self, signal: SignalOnCall, running: int, skipped: int) -> int:
        """The next stage of the plan that serves vehicles, after one that nobody called."""
        order = self.inner_signal(signal).plan.stages
        begin = order.index(skipped) if skipped in order else 0
        following = [order[(begin + step) % len(order)] for step in range(1, len(order))]
        stage = next((stage for stage in following if not signal.alone(stage)), running)
        return running if stage == signal.origins[running] else stage

    def _is_free(self, signal: SignalOnCall, observation: Observation) -> bool:
        """Does nobody near its line use the running green, while somebody calls?"""
        near = observation.vehicles(within_m=NEAR_M)
        return bool(self._called_s) and not near[signal.serves[observation.stage]].any()

    def _urgent(self, signal: SignalOnCall, observation: Observation, proposal: int) -> int | None:
        """The oldest call, if one of the calls would wait beyond the bound when the proposal is shown first."""
        running = observation.stage
        stage = self._regular(signal, running, proposal)
        ready_s = observation.time_s + (INTERVAL_S if stage == running else self._visit_s(signal, running, stage))
        served = set() if stage == running else {link for link in self._called_s if signal.stages[stage].green(link)}
        calls = sorted(self._called_s, key=lambda link: self._called_s[link])
        for link in calls:
            target = signal.walk_stage(link, proposal)
            if target is None or link in served:
                continue
            begins_s = ready_s + self._way_s(signal, stage, target)
            if begins_s > self._called_s[link] + self.parameters.max_wait_s:
                return calls[0]
            ready_s, stage = begins_s + signal.stages[target].min_green_s, target
            served |= {other for other in calls if signal.stages[target].green(other)}
        return None

    def _visit_s(self, signal: SignalOnCall, running: int, stage: int) -> float:
        return self._way_s(signal, running, stage) + signal.stages[stage].min_green_s

    def _way_s(self, signal: SignalOnCall, running: int, target: int) -> float:
        """Longest time from the end of a green to the beginning of another, or of its own walk once more."""
        if running == target or signal.origins[running] == signal.origins[target]:
            origin = signal.origins[running]
            return signal.stages[origin].min_green_s if origin is not None and signal.has_walk(running) else 0.0
        return signal.intergreen_s(running, target) + (
            self._clearing_s if signal.clearing_links(running, target) else 0.0
        )

    def _towards(self, signal: SignalOnCall, running: int, link: int, proposal: int) -> int:
        """The next stage on the way to a walk of the link; a walk is repeated after its stage without it."""
        target = signal.walk_stage(link, proposal, self._origin)
        if target is None or (running == target and signal.alone(running)):
            return self._version_other(signal, running, proposal)
        if running == target:
            origin = signal.origins[running]
            return running if origin is None else origin
        return target

    def _version_other(self, signal: SignalOnCall, running: int, proposal: int) -> int:
        """The proposed stage without further calls; never the running walk again."""
        origin = signal.origins[running]
        return self._after(signal, running, proposal) if proposal == origin or signal.alone(proposal) else proposal

"""A signal whose walks are shown only when called: its stages without their walks, and the walks beside them.

The first stages are the original ones without their walks, by the same index, so that whoever takes the first stage
that serves a movement shows no walk. Then come, with walks beside vehicles, the original stages that have one; or a
scramble, in which all pedestrians walk and every vehicle stops. A stage of pedestrians alone stays as it is.
"""

from dataclasses import dataclass, replace

from zhasyl.signals import GREEN, Signal, SignalPlan, Stage


@dataclass(frozen=True)
class SignalOnCall(Signal):
    """A signal with its walks apart.

    original  the signal as it was
    origins   original stage of each stage; None for a scramble
    """

    original: Signal | None = None
    origins: tuple[int | None, ...] = ()

    def alone(self, stage: int) -> bool:
        """Do only pedestrians have a green in this stage?"""
        return self.has_walk(stage) and not self.serves[stage].any()

    def walk_stage(self, link: int, *first: int) -> int | None:
        """A stage that walks this pedestrian link, of the original stages in `first` if they have one."""
        walking = [stage for stage in range(len(self.stages)) if self.stages[stage].green(link)]
        preferred = [stage for origin in first for stage in walking if self.origins[stage] == origin]
        return next(iter([*preferred, *reversed(walking)]), None)


def on_call(signal: Signal, scramble: bool) -> Signal:
    """The signal with its walks on call; itself if it has none. A stage without its walk has its vehicles' minimum."""
    walking = [stage for stage in range(len(signal.stages)) if signal.has_walk(stage)]
    if not walking:
        return signal
    bare = [_bare(signal, stage) for stage in range(len(signal.stages))]
    origins: list[int | None] = [*range(len(bare))]
    if scramble:
        more, plan = [_scramble(signal)], _with_scramble(signal, len(bare))
        origins.append(None)
    else:
        apart = [stage for stage in walking if bare[stage] != signal.stages[stage]]
        more = [signal.stages[stage] for stage in apart]
        place = {stage: len(bare) + position for position, stage in enumerate(apart)}
        plan = replace(signal.plan, stages=tuple(place.get(stage, stage) for stage in signal.plan.stages))
        origins += apart
    return SignalOnCall(
        signal.id,
        signal.groups,
        (*bare, *more),
        signal.movements,
        signal.conflicts,
        signal.yellow_s,
        signal.all_red_s,
        signal.walk_s,
        plan,
        signal.notes,
        original=signal,
        origins=tuple(origins),
    )


def _bare(signal: Signal, index: int) -> Stage:
    """The stage without its walk; unchanged where only pedestrians have a green, or none has a walk."""
    stage, state = signal.stages[index], signal.after_walk(index)
    if not signal.has_walk(index) or not set(state) & GREEN:
        return stage
    least_s = stage.min_green_s if stage.vehicle_min_green_s is None else stage.vehicle_min_green_s
    return replace(stage, id=f"{stage.id} no walk", state=state, min_green_s=least_s)


def _scramble(signal: Signal) -> Stage:
    """All pedestrian links green, the others as they are when closed; its minimum covers walk and clearance."""
    closed = [stage.state for stage in signal.stages]
    state = "".join(
        "G" if link in signal.pedestrian_links else next((s for s in shown if s not in GREEN), "r")
        for link, shown in enumerate(zip(*closed, strict=True))
    )
    clearance_s = max(group.clearance_s for group in signal.groups if group.pedestrian)
    green_s = signal.walk_s + max(0.0, clearance_s - signal.yellow_s)
    return Stage("scramble", state, green_s, green_s)


def _with_scramble(signal: Signal, scramble: int) -> SignalPlan:
    """The plan with the scramble at the end of each cycle."""
    plan, green_s = signal.plan, _scramble(signal).min_green_s
    cycle_s = plan.cycle_s + green_s + signal.yellow_s + signal.all_red_s
    return SignalPlan((*plan.stages, scramble), (*plan.greens_s, green_s), cycle_s, plan.offset_s)

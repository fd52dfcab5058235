"""What a search for plans may change and must keep: choices by signal, signals that share a cycle, cycle limits.

keep     'cycle', 'greens' (and with them cycle and stages), 'offsets', 'stages', or 'signal:ID': as in the present plan
group    signals that share a cycle or half of it: those near each other along the road
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.plan_player import fitted
from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.optimise.plans.choices import SignalChoice, sequences_of
from zhasyl.optimise.plans.neighbours import Neighbour, neighbours
from zhasyl.runs.prepared import Prepared
from zhasyl.scenarios.limits import Limits
from zhasyl.signals import Signal, SignalPlan
from zhasyl.text.stage_names import stage_index

LONGEST_CYCLE_S = 120.0  # without limits; where the present one is longer
LONGEST_OF_LONG_S = 180.0
SHORTEST_CYCLE_S = 30.0
PARTS = ("cycle", "greens", "offsets", "stages")
OF_SIGNAL = "signal:"


@dataclass(frozen=True)
class Keep:
    """What stays as it is, everywhere or at some signals."""

    parts: frozenset[str] = frozenset()
    signals: frozenset[str] = frozenset()

    def has(self, part: str) -> bool:
        """Does this part of every plan stay? The greens cannot without the cycle and the stages."""
        return part in self.parts or (part in ("cycle", "stages") and "greens" in self.parts)


@dataclass(frozen=True)
class Problem:
    """A search for plans of `choices`; `groups` are indices of choices, each in one."""

    choices: tuple[SignalChoice, ...]
    groups: tuple[tuple[int, ...], ...]
    near: tuple[Neighbour, ...]
    shortest_s: float
    longest_s: float
    keep: Keep

    @cached_property
    def free(self) -> tuple[bool, ...]:
        """By choice: may anything of its plan change?"""
        everything = self.keep.has("greens") and self.keep.has("offsets")
        return tuple(one.signal.id not in self.keep.signals and not everything for one in self.choices)

    @property
    def present(self) -> dict[str, SignalPlan]:
        """The present plans, in whole seconds."""
        return {one.signal.id: one.present for one in self.choices}

    @cached_property
    def present_cycle_s(self) -> FloatArray:
        """The present cycle by choice."""
        return np.array([one.present.cycle_s for one in self.choices])


def state_problem(prepared: Prepared, limits: Limits, keep: Sequence[str] = ()) -> Problem:
    """The problem of a scenario. Raises ScenarioError for limits that name nothing, or contradict each other."""
    own = dict(sorted(prepared.derived.signals.items()))
    kept = read_keep((*limits.keep, *keep), own)
    as_they_are = own.keys() if kept.has("greens") else kept.signals
    signals = {name: signal if name in as_they_are else _walking(signal, limits) for name, signal in own.items()}
    _check_stages(limits, signals)
    plans = {name: fitted(prepared.derived.signals[name], signal.plan) for name, signal in signals.items()}
    shortest_s, longest_s = _cycles(limits, plans)
    choices = tuple(
        _choice(signal, plans[name], limits, kept, longest_s, name in kept.signals) for name, signal in signals.items()
    )
    near = neighbours(prepared.network, signals)
    found = Problem(choices, _groups(choices, near), near, shortest_s, longest_s, kept)
    if not any(found.free):
        raise ScenarioError(
            f"nothing is left to search: {', '.join((*limits.keep, *keep))} keep every plan as it is; keep less"
        )
    return found


def read_keep(texts: Iterable[str], signals: Iterable[str]) -> Keep:
    """What `--keep` and limits say. Raises ScenarioError for what is no part of a plan and no signal."""
    parts, names, known = set(), set(), set(signals)
    for text in (one.strip() for one in texts):
        if text.startswith(OF_SIGNAL):
            name = text.removeprefix(OF_SIGNAL)
            if name not in known:
                raise ScenarioError(f"keep '{text}': {unknown_name('controlled signal', name, known)}")
            names.add(name)
        elif text in PARTS:
            parts.add(text)
        else:
            raise ScenarioError(f"keep: {unknown_name('part of a plan', text, (*PARTS, OF_SIGNAL + 'ID'))}")
    return Keep(frozenset(parts), frozenset(names))


def _walking(signal: Signal, limits: Limits) -> Signal:
    """The signal with the limits' walk, where that is longer."""
    more_s = (limits.walk_s or 0.0) - signal.walk_s
    if more_s <= 0:
        return signal
    stages = tuple(
        replace(stage, min_green_s=stage.min_green_s + more_s) if signal.has_walk(index) else stage
        for index, stage in enumerate(signal.stages)
    )
    return replace(signal, stages=stages)


def _cycles(limits: Limits, plans: dict[str, SignalPlan]) -> tuple[float, float]:
    present_s = max((plan.cycle_s for plan in plans.values()), default=0.0)
    longest_s = limits.max_cycle_s or (LONGEST_CYCLE_S if present_s <= LONGEST_CYCLE_S else LONGEST_OF_LONG_S)
    shortest_s = limits.min_cycle_s or min(SHORTEST_CYCLE_S, longest_s)
    if shortest_s > longest_s:
        raise ScenarioError(
            f"limits: min_cycle_s {shortest_s:g} is above the longest cycle of {longest_s:g} s; lower it or give "
            "max_cycle_s"
        )
    return shortest_s, longest_s


def _check_stages(limits: Limits, signals: dict[str, Signal]) -> None:
    named = set[tuple[str, int]]()
    for one in limits.stages:
        if one.signal not in signals:
            raise ScenarioError(f"limits: {unknown_name('controlled signal', one.signal, signals)}")
        stage = (one.signal, _stage(signals[one.signal], one.stage))
        if stage in named:
            raise ScenarioError(f"limits: stage '{one.stage}' of signal '{one.signal}' is given twice; join the two")
        named.add(stage)


def _stage(signal: Signal, name: str) -> int:
    try:
        return stage_index(name, [stage.id for stage in signal.stages])
    except ValueError as error:
        raise ScenarioError(f"limits of signal '{signal.id}': {error}") from None


def _choice(signal: Signal, plan: SignalPlan, limits: Limits, keep: Keep, longest_s: float, kept: bool) -> SignalChoice:
    own = {_stage(signal, one.stage): one for one in limits.stages if one.signal == signal.id}
    forbidden = {stage for stage, one in own.items() if one.forbidden} & set(plan.stages)
    staying = {stage for stage, one in own.items() if one.stays}
    least = [
        max(
            signal.stages[stage].min_green_s,
            limits.min_green_s or 0.0,
            (own[stage].min_green_s or 0.0) if stage in own else 0.0,
        )
        for stage in plan.stages
    ]
    if forbidden and (kept or keep.has("stages")):
        _refuse_both(signal, forbidden)
    sequences = sequences_of(signal, plan, staying, forbidden)
    if kept or keep.has("stages"):
        sequences = sequences[:1]
    if forbidden and len(sequences) == 1:
        _refuse_forbidden(signal, forbidden)
    if not kept:
        _check_kept(signal, plan, limits, keep)
    choice = SignalChoice(signal, plan, sequences, tuple(float(ceil(green_s - 1e-6)) for green_s in least))
    return choice if kept or keep.has("greens") else _fitting(choice, keep, longest_s, 1 if forbidden else 0)


def _check_kept(signal: Signal, plan: SignalPlan, limits: Limits, keep: Keep) -> None:
    """Raise ScenarioError where what every plan keeps is not within the limits."""
    cycle_s, most_s, fewest_s = plan.cycle_s, limits.max_cycle_s, limits.min_cycle_s
    beyond = ""
    if most_s and cycle_s > most_s:
        beyond = f"above max_cycle_s {most_s:g}"
    elif fewest_s and cycle_s < fewest_s:
        beyond = f"below min_cycle_s {fewest_s:g}"
    if keep.has("cycle") and beyond:
        raise ScenarioError(
            f"limits cannot hold together: signal '{signal.id}' keeps its cycle of {cycle_s:g} s, {beyond}; keep less "
            "or change that limit"
        )
    if keep.has("greens"):
        _check_kept_greens(signal, plan, limits)


def _check_kept_greens(signal: Signal, plan: SignalPlan, limits: Limits) -> None:
    walking = _walking(signal, limits)
    for stage, green_s in zip(plan.stages, plan.greens_s, strict=True):
        own = (one for one in limits.stages if one.signal == signal.id and _stage(signal, one.stage) == stage)
        least_s = max(limits.min_green_s or 0.0, *(one.min_green_s or 0.0 for one in own), 0.0)
        with_walk_s = walking.stages[stage].min_green_s if walking is not signal and signal.has_walk(stage) else 0.0
        if green_s < max(least_s, with_walk_s):
            limit = f"min_green_s {least_s:g}" if with_walk_s <= least_s else (
                f"the {with_walk_s:g} s of a walk_s of {limits.walk_s:g}")  # fmt: skip
            raise ScenarioError(
                f"limits cannot hold together: signal '{signal.id}' keeps the green of {green_s:g} s of its stage "
                f"'{signal.stages[stage].id}', below {limit}; keep less or lower that limit"
            )


def _fitting(choice: SignalChoice, keep: Keep, longest_s: float, first: int) -> SignalChoice:
    """The choice without the sequences that are too long; from `first` on they may be chosen."""
    most_s = choice.present.cycle_s if keep.has("cycle") else longest_s
    fits = choice.shortest_s <= most_s + 1e-6
    if not fits[first:].any():
        most = f"its kept cycle of {most_s:g} s; keep less" if keep.has("cycle") else (
            f"the longest cycle of {most_s:g} s; raise max_cycle_s")  # fmt: skip
        raise ScenarioError(
            f"limits cannot hold together: signal '{choice.signal.id}' needs {choice.shortest_s[first:].min():g} s for "
            f"its least greens and intergreens, above {most} or lower its least greens"
        )
    others = tuple(order for order, fit in zip(choice.sequences[1:], fits[1:], strict=True) if fit)
    return replace(choice, sequences=(choice.sequences[0], *others), first=first if fits[0] else 1)


def _refuse_both(signal: Signal, forbidden: set[int]) -> None:
    name = signal.stages[min(forbidden)].id
    raise ScenarioError(
        f"limits: stage '{name}' of signal '{signal.id}' is kept (keep stages, greens or signal:{signal.id}) and "
        "forbidden at once; drop one of both"
    )


def _refuse_forbidden(signal: Signal, forbidden: set[int]) -> None:
    name = signal.stages[min(forbidden)].id
    raise ScenarioError(
        f"limits: stage '{name}' of signal '{signal.id}' is forbidden, but without it a green, a stage for pedestrians "
        "alone or one that stays is lost; allow it"
    )


def _groups(choices: Sequence[SignalChoice], near: Iterable[Neighbour]) -> tuple[tuple[int, ...], ...]:
    """Indices of signals joined by the roads between them."""
    group = list(range(len(choices)))
    place = {one.signal.id: index for index, one in enumerate(choices)}
    for one in near:
        old, new = group[place[one.to_signal]], group[place[one.from_signal]]
        group = [new if number == old else number for number in group]
    return tuple(tuple(np.flatnonzero(np.array(group) == number).tolist()) for number in dict.fromkeys(group))

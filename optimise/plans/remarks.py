"""What a reader of plans has to know of their limits: what stays outside them, and what they cost."""

from collections.abc import Iterator, Mapping

import numpy as np

from zhasyl.optimise.plans.choices import SignalChoice
from zhasyl.optimise.plans.problem import PARTS, Problem
from zhasyl.scenarios.limits import Limits, StageLimits
from zhasyl.signals import SignalPlan

Plans = Mapping[str, SignalPlan]
SHARES = (0.5, 1.0, 2.0)  # of a neighbour's cycle, with which a signal can be coordinated


def described(limits: Limits, problem: Problem) -> tuple[str, ...]:
    """What every plan of a search has to hold, in words."""
    kept = [part for part in PARTS if part in problem.keep.parts]
    kept += [f"signal '{name}'" for name in sorted(problem.keep.signals)]
    found = [
        "" if problem.keep.has("cycle") else f"cycles of {problem.shortest_s:g} to {problem.longest_s:g} s",
        f"greens of at least {limits.min_green_s:g} s" if limits.min_green_s else "",
        f"walks of at least {limits.walk_s:g} s" if limits.walk_s else "",
        *map(_stage, limits.stages),
        f"kept as they are: {', '.join(kept)}" if kept else "",
    ]
    return tuple(filter(None, found))


def _stage(one: StageLimits) -> str:
    said = [f"at least {one.min_green_s:g} s"] if one.min_green_s else []
    said += (["in every plan"] if one.stays else []) + (["in none"] if one.forbidden else [])
    return f"stage '{one.stage}' of signal '{one.signal}' {' and '.join(said)}" if said else ""


def beyond(problem: Problem) -> Iterator[str]:
    """Which signals' present plans, that stay, are not as the limits ask."""
    for choice, free in zip(problem.choices, problem.free, strict=True):
        if free and (choice.first or _is_beyond(problem, choice)):
            yield (
                f"signal '{choice.signal.id}': the present plan, which stays, is not within the limits of the search: "
                "it shows a stage that they forbid, or a green or a cycle that is shorter or longer than they allow"
            )


def kept_apart(problem: Problem, plans: Plans) -> Iterator[str]:
    """Which signals that are kept are not within the limits, or cannot be coordinated with those near them."""
    for group in problem.groups:
        choices = [problem.choices[index] for index in group]
        others = {plans[one.signal.id].cycle_s for one in choices if one.signal.id not in problem.keep.signals}
        for one in choices:
            if one.signal.id not in problem.keep.signals:
                continue
            if _is_beyond(problem, one):
                yield f"signal '{one.signal.id}' is kept as it is, though its plan is not what is asked of others"
            cycle_s = one.present.cycle_s
            if others and not any(np.isclose(share * cycle_s, other) for share in SHARES for other in others):
                yield (
                    f"signal '{one.signal.id}' keeps its cycle of {cycle_s:g} s beside {_range(others)} of those near "
                    "it: no offset holds between them from cycle to cycle"
                )


def _is_beyond(problem: Problem, choice: SignalChoice) -> bool:
    cycle_s = choice.present.cycle_s
    if any(green_s < least_s for green_s, least_s in zip(choice.present.greens_s, choice.least_s, strict=True)):
        return True
    return not (problem.keep.has("cycle") or problem.shortest_s <= cycle_s <= problem.longest_s)


def _range(cycles_s: set[float]) -> str:
    low_s, high_s = min(cycles_s), max(cycles_s)
    return f"{low_s:g} s" if low_s == high_s else f"{low_s:g} to {high_s:g} s"


def unprotected(problem: Problem, plans: Plans) -> Iterator[str]:
    """Who gives way at all times though a stage that the limits forbid protected them."""
    for choice in problem.choices:
        signal = choice.signal
        before, after = (
            signal.protects[list(stages)].any(axis=0) for stages in (choice.present.stages, plans[signal.id].stages)
        )
        lost = [signal.movements[index] for index in np.flatnonzero(before & ~after)]
        if lost:
            named = ", ".join(f"{one.from_edge} → {one.to_edge}" for one in lost)
            yield f"signal '{signal.id}': without the stage that the limits forbid {named} always gives way"

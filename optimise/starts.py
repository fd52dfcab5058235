"""Plans of analytic methods, from which a search starts, and what its runs say of them."""

import math
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from zhasyl.controllers import parse_controller
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.errors import ZhasylError
from zhasyl.observation import Area
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.result import Start
from zhasyl.optimise.search.plan_space import Plans, PlanSpace
from zhasyl.optimise.search.trials import Trials

METHODS = {
    "webster": "Webster, own cycles",
    "webster:cycle=common": "Webster, one cycle",
    "green-wave": "Green wave (MAXBAND)",
}


def analytic_plans(area: Area) -> Iterator[tuple[str, Plans]]:
    """The plans of each method by its name; of one that fails here, nothing."""
    for label, name in METHODS.items():
        with suppress(ZhasylError):
            made = parse_controller(label)
            build = made.cls.for_network(area, made.parameters)
            players = {name: build(signal) for name, signal in area.signals.items()}
            yield name, {name: player.plan for name, player in players.items() if isinstance(player, PlanPlayer)}


def reached(space: PlanSpace, trials: Trials, objective: Objective) -> tuple[Start, ...]:
    """What the methods' plans reached beside the present plan with the same seeds; methods of one plan stand together.

    A plan is the method's within the limits. One that was not simulated with a seed of the present plan is left out.
    """
    named: dict[str, list[str]] = {}
    for name, point in space.methods.items():
        named.setdefault(space.controller(point).label, []).append(name)
    present = _values(trials, objective, space.present.label)
    present = present or _values(trials, objective, space.controller(space.starts[0]).label)
    found = ((names, _values(trials, objective, label)) for label, names in named.items())
    return tuple(start for names, own in found if (start := _start("; ".join(names), own, present)))


def _values(trials: Trials, objective: Objective, label: str) -> dict[int, float]:
    """The objective by seed in the runs of the search, where it has a value."""
    runs = [record.values for record in trials.records.values() if record["label"] == label]
    told = {int(str(run["seed"])): objective.value(run) for run in runs}
    return {seed: value for seed, value in told.items() if math.isfinite(value)}


def _start(name: str, own: dict[int, float], present: dict[int, float]) -> Start | None:
    seeds = tuple(sorted(own.keys() & present.keys()))
    if not seeds:
        return None
    means = (float(np.mean([values[seed] for seed in seeds])) for values in (present, own))
    return Start(name, seeds, *means)

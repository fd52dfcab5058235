"""Plans of analytic methods, from which a search starts, and what its runs say of them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.errors import ZhasylError
from zhasyl.observation import Area
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.proof import Place, Proof, pair
from zhasyl.optimise.result import Start, paired
from zhasyl.optimise.search.plan_space import Plans, PlanSpace
from zhasyl.optimise.search.trials import Trials
from zhasyl.optimise.statistics.intervals import CONFIDENCE, mean_interval
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario

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


def reached(space: PlanSpace, trials: Trials, objective: Objective) -> list[tuple[ControllerSpec, Start]]:
    """What the methods' plans reached beside the present plan with the same seeds; methods of one plan stand together.

    A plan is the method's within the limits. One that was not simulated with a seed of the present plan is left out.
    """
    named: dict[str, list[str]] = {}
    played: dict[str, ControllerSpec] = {}
    for name, point in space.methods.items():
        player = space.controller(point)
        named.setdefault(player.label, []).append(name)
        played[player.label] = player

    def values(label: str) -> dict[int, float]:
        return _values((one for one in trials.records.values() if one["label"] == label), objective)

    present = values(space.present.label) or values(space.controller(space.starts[0]).label)
    found = ((played[label], names, values(label)) for label, names in named.items())
    return [(player, start) for player, names, own in found if (start := _start("; ".join(names), own, present))]


def beside(
    scenario: Scenario,
    known: Sequence[tuple[ControllerSpec, Start]],
    proof: Proof,
    tried: ControllerSpec,
    objective: Objective,
    place: Place,
) -> tuple[Start, ...]:
    """What analytic plans reached; the best one, by the search's runs, with the proof's seeds beside the tried plan."""
    if not known:
        return ()
    best, start = min(known, key=lambda one: one[1].after - one[1].before)
    pairs = paired(proof.records)
    runs = place.run(pair(scenario, (best,), [int(str(old["seed"])) for old, _ in pairs], place))
    present, found, own = (_values(records, objective) for records in (*zip(*pairs, strict=True), runs))
    measured = _start(start.name, own, present)
    common = sorted(own.keys() & present.keys() & found.keys())
    if measured and len(common) > 1 and best.label != tried.label:
        lead = mean_interval([found[seed] - own[seed] for seed in common], CONFIDENCE)
        mean = float(np.mean([found[seed] - own[seed] for seed in common]))
        measured = replace(measured, lead=(mean, lead.low, lead.high))
    return tuple(measured if measured and player is best else other for player, other in known)


def _values(records: Iterable[RunRecord], objective: Objective) -> dict[int, float]:
    """The objective by seed, where it has a value."""
    told = {int(str(one["seed"])): objective.value(one.values) for one in records}
    return {seed: value for seed, value in told.items() if math.isfinite(value)}


def _start(name: str, own: dict[int, float], present: dict[int, float]) -> Start | None:
    seeds = tuple(sorted(own.keys() & present.keys()))
    if not seeds:
        return None
    before, after = (float(np.mean([values[seed] for seed in seeds])) for values in (present, own))
    return Start(name, seeds, before, after)

"""Plans of analytic methods, from which a search starts, and what they reach beside what it has found."""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers import parse_controller
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.errors import ZhasylError
from zhasyl.observation import Area
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.proof import Place, Proof, pair
from zhasyl.optimise.result import Start, paired
from zhasyl.optimise.search.plan_space import Plans, PlanSpace
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


def beside(
    scenario: Scenario,
    space: PlanSpace,
    proof: Proof,
    tried: FloatArray,
    objective: Objective,
    place: Place,
) -> tuple[tuple[Start, ...], list[RunRecord]]:
    """What the methods' plans, within the limits, reach with the proof's seeds beside the tried point; and their runs.

    Methods that come to one plan stand together.
    """
    named: dict[str, list[str]] = {}
    points: dict[str, FloatArray] = {}
    for name, point in space.methods.items():
        label = space.controller(point).label
        named.setdefault(label, []).append(name)
        points[label] = point
    pairs = paired(proof.records)
    seeds = [int(str(old["seed"])) for old, _ in pairs]
    runs = place.run(pair(scenario, [space.controller(point) for point in points.values()], seeds, place))
    found = space.controller(tried).label
    starts = []
    for number, (label, point) in enumerate(points.items()):
        own = runs[number * len(seeds) : (number + 1) * len(seeds)]
        dearer = float(np.diff(space.penalty(np.array([point, tried])))[0])
        start = _start("; ".join(named[label]), pairs, own, objective, dearer)
        starts.append(replace(start, lead=None, is_tried=True) if label == found else start)
    return tuple(starts), runs


def _start(
    name: str,
    pairs: Sequence[tuple[RunRecord, RunRecord]],
    runs: Sequence[RunRecord],
    objective: Objective,
    dearer: float,
) -> Start:
    rows = [
        [objective.value(one.values) for one in (old, own, new)] for (old, new), own in zip(pairs, runs, strict=True)
    ]
    without = sum(not all(map(math.isfinite, row)) for row in rows)
    if without:
        return Start(name, len(rows), without, dearer=dearer)
    before, after, found = np.array(rows).T
    interval = mean_interval(list(found - after), CONFIDENCE)
    lead = (float(np.mean(found - after)), interval.low, interval.high)
    return Start(name, len(rows), 0, float(np.mean(before)), float(np.mean(after)), lead, dearer)

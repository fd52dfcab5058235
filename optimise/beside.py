"""What plans of analytic methods reach beside what a search has found, with the seeds of its proof."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.proof import Place, Proof, pair
from zhasyl.optimise.result import Start, paired
from zhasyl.optimise.search.plan_space import PlanSpace
from zhasyl.optimise.statistics.intervals import CONFIDENCE, mean_interval
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario


class Beside(NamedTuple):
    """The methods' plans with the seeds of the proof, and the runs by which that is known."""

    starts: tuple[Start, ...]
    records: tuple[RunRecord, ...]


def beside(
    scenario: Scenario,
    space: PlanSpace,
    proof: Proof,
    tried: FloatArray,
    objective: Objective,
    place: Place,
) -> Beside:
    """What the methods' plans, within the limits, reach with the proof's seeds beside the tried point.

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
    return Beside(tuple(starts), tuple(runs))


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

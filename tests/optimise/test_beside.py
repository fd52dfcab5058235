"""What the plans of analytic methods reach with the seeds of the proof, beside what a search has found."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from zhasyl.arrays import FloatArray
from zhasyl.optimise.beside import beside
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.proof import Place, Proof
from zhasyl.optimise.result import Start
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

SEEDS = (101, 102, 103)


def run(label: str, seed: int, delay_s: float) -> RunRecord:
    return RunRecord({"label": label, "seed": seed, "delay_s": delay_s}, Path())


PROOF = Proof(
    (*(run("fixed", seed, 50.0) for seed in SEEDS), *(run("plan 4", seed, 40.0) for seed in SEEDS)), (), True, ""
)


def beside_found(
    methods: Mapping[str, float], delays_s: Mapping[tuple[str, int], float], found: float = 4.0
) -> tuple[Start, ...]:
    """What is told of methods whose points are these, with delays by label and seed: 42 s where none is given."""
    ran: list[str] = []

    def simulated(specs: Iterable[RunSpec]) -> list[RunRecord]:
        ran.extend(one.controller.label for one in specs)
        return [
            run(one.controller.label, one.seed, delays_s.get((one.controller.label, one.seed), 42.0)) for one in specs
        ]

    def penalty(points: FloatArray) -> FloatArray:
        return 0.5 * points[:, 0]

    space = SimpleNamespace(
        methods={name: np.array([point]) for name, point in methods.items()}, penalty=penalty,
        controller=lambda point: SimpleNamespace(label=f"plan {point[0]:g}"),
    )  # fmt: skip
    place = Place(Path(), simulated)
    starts, runs = beside(
        cast(Any, None), cast(Any, space), PROOF, np.array([found]), parse_objective("delay_s"), place
    )
    assert len(runs) == len(ran) == len(SEEDS) * len(set(methods.values()))
    return starts


def test_each_plan_once_with_the_seeds_of_the_proof() -> None:
    delays_s = {("plan 1", 101): 46.0, ("plan 1", 102): 47.0, ("plan 1", 103): 48.0}
    webster, wave = beside_found({"Webster, own": 1.0, "Webster, one": 1.0, "Wave": 2.0}, delays_s)
    assert (webster.name, webster.seeds, webster.before, webster.after) == ("Webster, own; Webster, one", 3, 50.0, 47.0)
    assert webster.lead == pytest.approx((-7.0, -7.0 - 2.484, -7.0 + 2.484), abs=1e-3)  # t(0.975; 2) / √3 = 2.484
    assert webster.dearer == 0.5 * (4 - 1)
    assert (wave.name, wave.after, wave.lead) == ("Wave", 42.0, (-2.0, -2.0, -2.0))
    assert not webster.is_tried


def test_where_a_run_has_no_value_no_mean_is_told() -> None:
    (wave,) = beside_found({"Wave": 2.0}, {("plan 2", 102): math.nan})
    assert (wave.seeds, wave.without_value, wave.before, wave.after, wave.lead) == (3, 1, None, None, None)


def test_a_found_plan_that_is_an_analytic_one_has_no_lead_over_itself() -> None:
    (wave,) = beside_found({"Wave": 2.0}, {}, found=2.0)
    assert (wave.is_tried, wave.lead, wave.after) == (True, None, 42.0)


def test_where_no_method_has_a_plan_nothing_is_told() -> None:
    assert beside_found({}, {}) == ()

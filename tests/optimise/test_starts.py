"""What the plans of analytic methods reached in a search, beside the present plan."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.proof import Place, Proof
from zhasyl.optimise.result import Start
from zhasyl.optimise.starts import beside, reached
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord


def found(delays_s: dict[tuple[str, int], float]) -> list[tuple[str, tuple[int, ...], float, float]]:
    """Name, seeds, the present plan's delay and the method's, of Webster's plan after these runs by label and seed."""
    records = {
        run: RunRecord({"label": run[0], "seed": run[1], "delay_s": delay_s}, Path())
        for run, delay_s in delays_s.items()
    }
    space = SimpleNamespace(
        methods={"Webster": "w"}, present=SimpleNamespace(label="fixed"), starts=["p"],
        controller=lambda point: SimpleNamespace(label=f"plan {point}"),
    )  # fmt: skip
    starts = reached(cast(Any, space), cast(Any, SimpleNamespace(records=records)), parse_objective("delay_s"))
    return [(one.name, one.seeds, one.before, one.after) for _, one in starts]


def test_present_is_what_the_street_has_and_not_its_greens_frozen() -> None:
    """A shipped programme that SUMO actuates, and the fixed plan of its greens, which a search begins with."""
    runs = {("fixed", 1): 8.0, ("fixed", 2): 8.2, ("plan p", 1): 18.0, ("plan p", 2): 19.0, ("plan w", 1): 11.0}
    assert found(runs) == [("Webster", (1,), 8.0, 11.0)]


def test_a_present_plan_that_is_played_as_one_of_the_search() -> None:
    assert found({("plan p", 1): 18.0, ("plan w", 1): 11.0, ("plan w", 2): 9.0}) == [("Webster", (1,), 18.0, 11.0)]


def player(label: str) -> Any:
    return SimpleNamespace(label=label)


def run(label: str, seed: int, delay_s: float) -> RunRecord:
    return RunRecord({"label": label, "seed": seed, "delay_s": delay_s}, Path())


KNOWN = [(player("w"), Start("Webster", (1,), 50.0, 46.0)), (player("g"), Start("Green wave", (1, 2), 52.0, 44.0))]
SEEDS = (101, 102, 103)
PROOF = Proof(
    (*(run("fixed", seed, 50.0 + seed) for seed in SEEDS), *(run("found", seed, 40.0) for seed in SEEDS)), (), True, ""
)


def beside_found(known: Sequence[tuple[Any, Start]], tried: str, delays_s: Sequence[float]) -> tuple[Start, ...]:
    """What is told of analytic plans whose best one has these delays with the seeds of the proof."""

    def simulated(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return [run(one.controller.label, one.seed, delays_s[SEEDS.index(one.seed)]) for one in specs]

    place = Place(Path(), simulated)
    return beside(cast(Any, None), known, PROOF, player(tried), parse_objective("delay_s"), place)


def test_the_best_of_them_meets_the_seeds_of_the_proof() -> None:
    webster, wave = beside_found(KNOWN, "found", (42.0, 43.0, math.nan))  # one failed
    assert webster == KNOWN[0][1]
    assert (wave.name, wave.seeds, wave.before, wave.after) == ("Green wave", (101, 102), 151.5, 42.5)
    assert wave.lead is not None
    assert wave.lead[0] == -2.5
    assert wave.lead[1] < -2.5 < wave.lead[2]


def test_a_found_plan_that_is_an_analytic_one_is_not_told_of_beside_itself() -> None:
    _, wave = beside_found(KNOWN, "g", (40.0, 40.0, 40.0))
    assert (wave.seeds, wave.lead) == (SEEDS, None)


def test_where_no_method_has_a_plan_nothing_is_told() -> None:
    assert beside_found([], "found", ()) == ()

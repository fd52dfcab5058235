"""Fronts of the optimiser's benchmark: NSGA-II in a cube without SUMO, what is stored, and what the page counts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.optimise_answers import Asked
from benchmarks.optimise_front import (
    FrontAnswer,
    FrontTask,
    Values,
    nsga2,
    search_front,
    stored_fronts,
)
from benchmarks.optimise_front_tables import choices, fronts, undominated, volume
from zhasyl.arrays import FloatArray
from zhasyl.optimise.plans.encoding import Variable
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, write_text

SEEDS = [101, 102, 103]
"""Held-out."""


def by_seed(delay_s: float, walker_s: float) -> Values:
    return {seed: [delay_s + 0.1 * number, walker_s + 0.2 * number] for number, seed in enumerate(SEEDS)}


def front(method: str, *means: tuple[float, float]) -> FrontAnswer:
    plans = [by_seed(*one) for one in means]
    labels = ["webster"] * len(plans)
    return FrontAnswer("grid", "delay_s,walker_delay_s", method, 100, 1, 98, labels, plans, by_seed(10.0, 10.0))


def test_nsga2_spends_its_runs_from_the_shipped_plan_and_answers_a_front() -> None:
    asked: list[tuple[FloatArray, int]] = []

    def simulate(pairs: Sequence[tuple[FloatArray, int]]) -> FloatArray:
        asked.extend(pairs)
        return np.array([[1 + 5 * one[1] + one[0] + 0.1 * seed, 2 + 5 * one[1] - one[0]] for one, seed in pairs])

    variables = (Variable("cycle", 0), Variable("weight", 0), Variable("sequence", 0, choices=2))
    start = np.array([0.5, 0.1, 0.25])
    found = nsga2(FrontTask(2, variables, start, range(1, 40), 80, 1, simulate))
    assert len(asked) == 80
    assert asked[0][0] == pytest.approx(start)
    assert [seed for _, seed in asked[3:9]] == [1, 2, 3, 1, 2, 3]
    children = [point for point, _ in asked[30:54]]
    assert any(point[1] == start[1] for point in children)  # of the shipped plan, too
    assert len(found) >= 2
    assert all(point[1] < 0.5 for point in found)


class Gives30s(Asked):
    def run(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        todo = list(specs)
        assert {spec.controller.label for spec in todo} <= {"webster", "fixed"}
        return [RunRecord({"status": "done", "delay_s": 30.0, "walker_delay_s": 3.0}, self.out) for _ in todo]


def test_a_stored_front_is_read_as_it_was_and_more_seeds_run_its_plans(tmp_path: Path) -> None:
    known = replace(front("ours", (8.0, 9.0)), network="resco:grid4x4")
    text = json.dumps(asdict(known))
    write_text(tmp_path / "fronts" / "resco-grid4x4-delay_s-walker_delay_s-ours-100-1.json", text)
    assert stored_fronts(tmp_path) == [known]
    same = ("resco:grid4x4", "delay_s,walker_delay_s", "ours", 100, 1)
    assert search_front(*same, Asked(tmp_path, (101, 103))) == known
    more = search_front(*same, Gives30s(tmp_path, (*SEEDS, 104)))
    assert more.held_out == [{seed: [30.0, 3.0] for seed in (*SEEDS, 104)}]
    assert stored_fronts(tmp_path) == [more]


def test_the_volume_is_up_to_the_shipped_plan_and_a_tenth() -> None:
    shipped = np.array([10.1, 10.2])
    sides = 1.1 - np.array([8.1, 9.2]) / shipped
    assert volume(front("ours", (8.0, 9.0), (8.5, 9.5), (20.0, 1.0)), SEEDS) == pytest.approx(sides.prod())


def test_who_is_dominated_beyond_noise_does_not_count_and_who_differs_within_it_is_no_choice() -> None:
    noisy = front("ours", (5.0, 9.0), (9.0, 5.0), (9.5, 9.5), (7.0, 7.0))
    near = {seed: [7.05 + value, 6.95 - value] for seed, value in zip(SEEDS, (0.9, -0.9, 0.1), strict=True)}
    told = replace(noisy, plans=["webster"] * 5, held_out=[*noisy.held_out, near])
    assert undominated(told, SEEDS) == [0, 1, 3, 4]
    assert choices(told, SEEDS) == [0, 3, 1]
    assert undominated(replace(told, shipped=by_seed(6.0, 6.5)), SEEDS) == [0, 1, 4]


def test_the_page_has_both_fronts_and_says_what_is_met() -> None:
    many = [(5.0 + 0.4 * number, 9.0 - 0.4 * number) for number in range(10)]
    text = "\n".join(fronts([front("ours", *many), front("nsga2", (7.0, 8.0))]))
    assert "### grid, delay_s,walker_delay_s, 100 runs, 3 held-out seeds" in text
    assert "| ours | 1 | 10 | 10 | 10 |" in text
    assert "| plans not dominated | 10 | at least 10 | met |" in text
    assert "| volume, ours / NSGA-II (optuna) | 2." in text
    assert "| shipped | 10.10 | 10.20 |" in text
    assert text.count("| NSGA-II (optuna) |") == 2
    assert fronts([]) == []


def test_a_front_beyond_the_shipped_plan_s_reach_meets_nothing() -> None:
    beaten = [front(method, (20.0, 20.0), (21.0, 19.0)) for method in ("ours", "nsga2")]
    text = "\n".join(fronts(beaten))
    assert "| ours | 1 | 2 | 0 | 0 | 0.0000 |" in text
    assert "| volume, ours / NSGA-II (optuna) | nan | at least 1.05 | **missed** |" in text

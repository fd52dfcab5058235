"""Plans as a space to search in: their files, what is seen of them in a run, what the model and the price say."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.reports import builders
from zhasyl.controllers import parse_controller
from zhasyl.optimise.finding import plan_space
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.question import ask_plans
from zhasyl.optimise.search.plan_space import PlanSpace
from zhasyl.runs.store import RunRecord

DELAY = parse_objective("delay_s")


@pytest.fixture
def space(tiny_network: Callable[[str], Path], tmp_path: Path) -> PlanSpace:
    config = str(tiny_network("crossroads-with-crossings"))
    question = ask_plans(config, 40, None, "delay_s", "", (), "", "cycle=2", 1, "101-105", 0, tmp_path)
    return plan_space(question)[1]


def test_a_plan_lies_in_one_file_under_its_content(space: PlanSpace, tmp_path: Path) -> None:
    first = space.starts[0]
    spec = space.controller(first)
    path = tmp_path / "plans" / f"{space.key(first)}.csv"
    assert spec == parse_controller(f"fixed:plans={path}")
    assert path.read_text("utf-8") == space.text(space.plans(first))
    written = path.stat().st_mtime_ns
    assert space.controller(first) == spec
    assert path.stat().st_mtime_ns == written
    path.write_text("changed by somebody", encoding="utf-8")
    assert space.controller(first) == spec
    assert path.read_text("utf-8") == space.text(space.plans(first))
    nearly, other = first + 1e-9, np.clip(first + 0.3, 0, 1)
    assert space.key(nearly) == space.key(first) != space.key(other)


def test_the_starts_are_the_present_plan_and_the_analytic_ones(space: PlanSpace) -> None:
    assert len(space.starts) >= 3
    (name,) = space.problem.present
    present, found = space.problem.present[name], space.plans(space.starts[0])[name]
    assert found.stages == present.stages
    assert abs(found.cycle_s - present.cycle_s) <= 1
    assert len({space.key(point) for point in space.starts}) >= 2


def test_what_arises_at_its_signals_is_seen(space: PlanSpace, tmp_path: Path) -> None:
    table = {"signal": ["centre", "elsewhere"], "vehicles": [30, 50], "control_delay_s": [20.0, 90.0]}
    (tmp_path / "summary.json").write_text(json.dumps({"approaches": table}), encoding="utf-8")
    assert space.local(RunRecord(builders.run(loaded_veh=100), tmp_path), DELAY).tolist() == [6.0]


def test_the_model_and_the_price_take_points(space: PlanSpace) -> None:
    points = np.stack([space.starts[0], np.full(len(space.variables), 0.9)])
    delay, stops, both = (
        space.estimate(points, parse_objective(text)) for text in ("delay_s", "stops", "delay_s + 10*stops")
    )
    assert delay.shape == (2, 1)
    assert (delay > 0).all()
    assert np.allclose(both, delay + 10 * stops)
    assert np.allclose(space.estimate(points, parse_objective("co2_kg")), delay)  # taken to rise with delay
    for text in ("longest_wait_s", "overflow_share", "queue_max_veh"):
        told = space.estimate(points, parse_objective(text))
        assert np.ptp(told) > 0
        assert not np.allclose(told, delay)
    moved_s = [abs(space.plans(point)["centre"].cycle_s - space.problem.present["centre"].cycle_s) for point in points]
    assert space.penalty(points).tolist() == [2 * one for one in moved_s]
    assert [rows.shape[0] for rows in space.features(points)] == [2]

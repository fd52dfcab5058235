"""What a run says of an objective at each signal."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.reports import builders
from zhasyl import load_scenario, run_many
from zhasyl.controllers import parse_controller
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.search.at_signals import at_signals
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

PLACES = {"west": 0, "east": 1}
TABLES = {
    "approaches": {
        "signal": ["west", "elsewhere", "west", "east"],
        "vehicles": [30, 50, 10, 0],
        "control_delay_s": [20.0, 90.0, 40.0, None],
    },
    "movements": {"signal": ["west", "east"], "vehicles": [40, 10], "stops": [0.5, 1.0]},
    "crossings": {"signal": ["west", "east", "east"], "walkers": [10, 20, 0], "crossing_delay_s": [40.0, 10.0, None]},
}


def run(folder: Path, tables: object = TABLES, status: str = "done", walker_delay_s: float = 30.0) -> RunRecord:
    (folder / "summary.json").write_text(json.dumps(tables), encoding="utf-8")
    return RunRecord(builders.run(status=status, loaded_veh=100, walker_delay_s=walker_delay_s), folder)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("delay_s", [10.0, 0.0]),
        ("stops", [0.2, 0.1]),
        ("walker_delay_s", [20.0, 10.0]),  # 400 s and 200 s were lost before the crossings
        ("delay_s + 0.5*walker_delay_s", [20.0, 5.0]),
        ("co2_kg", [0.0, 0.0]),
    ],
)
def test_each_measure_is_told_by_its_table(tmp_path: Path, text: str, seen: list[float]) -> None:
    assert at_signals(run(tmp_path), parse_objective(text), PLACES).tolist() == pytest.approx(seen)


def test_nothing_is_seen_where_nothing_is_told(tmp_path: Path) -> None:
    walks = parse_objective("walker_delay_s")
    assert at_signals(run(tmp_path, status="failed"), parse_objective("delay_s"), PLACES).tolist() == [0.0, 0.0]
    assert at_signals(run(tmp_path, walker_delay_s=float("nan")), walks, PLACES).tolist() == [0.0, 0.0]
    assert at_signals(run(tmp_path, {"approaches": TABLES["approaches"]}), walks, PLACES).tolist() == [0.0, 0.0]


def test_of_a_real_run_walks_lose_all_they_lose_at_its_signal(
    tiny_network: Callable[[str], Path], tmp_path: Path
) -> None:
    scenario = load_scenario(str(tiny_network("crossroads-with-crossings")))
    (record,) = run_many([RunSpec(scenario, parse_controller("fixed"), 1, tmp_path)])
    (signal,) = set(record.summary()["crossings"]["signal"])
    told = at_signals(record, parse_objective("walker_delay_s"), {signal: 0})
    assert np.isfinite(record["walker_delay_s"])
    assert told.tolist() == pytest.approx([record["walker_delay_s"]])

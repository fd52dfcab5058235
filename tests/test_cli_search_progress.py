"""Progress of a search on standard error."""

from pathlib import Path

import pytest
from rich.console import Console

from zhasyl.cli.search_progress import SearchProgress
from zhasyl.controllers import parse_controller
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.result import Step
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario

SCENARIO = Scenario("x", 1, "x", 0.0, 60.0, 0.0, Path("x.net.xml"), ())
SPEC = RunSpec(SCENARIO, parse_controller("fixed"), 7, Path())
DONE = RunRecord({"status": "done"}, Path())


@pytest.fixture
def now_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("zhasyl.cli.search_progress.time.monotonic", lambda: now[0])
    return now


def progress(total: int = 420) -> SearchProgress:
    return SearchProgress(parse_objective("delay_s"), total)


def test_runs_part_and_time_left(now_s: list[float]) -> None:
    with progress() as shown:
        assert shown.counts() == "0 of 420 runs, starting"
        assert shown.best() == ""
        for _ in range(3):
            shown.done(SPEC, DONE)
        shown.step(Step(3, 75.31, "present plan"))
        assert shown.counts() == "3 of 420 runs, present plan"
        now_s[0] = 300.0  # the model is made, and searched; then eight at a time
        for _ in range(8):
            now_s[0] += 60
            shown.done(SPEC, DONE)
            assert shown.counts().endswith(" of 420 runs, present plan")
        shown.step(Step(11, 70.0, "first plans"))
        for _ in range(200):
            now_s[0] += 4.5
            shown.done(SPEC, DONE)
        shown.step(Step(211, 66.14, "searching", 64.94, 67.34))
        assert shown.counts() == "211 of 420 runs, searching; 16 min left"
        assert shown.best() == "best so far: delay_s 66.1 s/trip [64.9, 67.3] (present 75.3)"


def test_what_was_stored_counts_and_no_time_is_left_at_the_end(now_s: list[float]) -> None:
    with progress(5) as shown:
        shown.step(Step(5, 70.0, "race"))
        assert shown.counts() == "5 of 5 runs, race"
        assert shown.best() == "best so far: delay_s 70.0 s/trip (present 70.0)"
        for _ in range(6):
            shown.done(SPEC, DONE)
        assert shown.counts() == "6 of 5 runs, race"


def test_a_line_a_step_and_a_line_a_failure_where_there_is_no_terminal(
    now_s: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with progress() as shown:
        shown.step(Step(3, 75.31, "present plan"))
        shown.done(SPEC, DONE)
        shown.done(SPEC, RunRecord({"status": "failed", "reason": "SUMO: no route"}, Path()))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "3 of 420 runs, present plan; best so far: delay_s 75.3 s/trip (present 75.3)",
        "fixed seed 7 failed: SUMO: no route",
    ]


@pytest.mark.parametrize("width", [30, 80])
def test_two_lines_on_a_terminal_of_any_width(now_s: list[float], width: int) -> None:
    shown = progress()
    shown.step(Step(3, 75.31, "present plan"))
    console = Console(width=width, force_terminal=True, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(shown.view())
    lines = captured.get().splitlines()
    assert len(lines) == 2
    assert all(len(line) <= width for line in lines)
    assert "3 of 420" in lines[0]

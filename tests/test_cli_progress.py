"""Progress: plain lines into a file, two lines that never wrap on a terminal, and answers that stay apart from it."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.conftest import TinyNetwork
from tests.test_cli import Capture
from zhasyl.cli.progress import Progress
from zhasyl.cli.words import duration, plural
from zhasyl.controllers import parse_controller
from zhasyl.runs.batch import Plan
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import Scenario

NARROW = 80
SCENARIO = Scenario("abay", 1, "Abay", 0.0, 60.0, 0.0, Path("a.net.xml"), (), variant="demand_scale=1.25")


def planned(runs: int, stored: int = 0, each_s: float = 10.0, label: str = "fixed") -> Plan:
    """A plan of runs nobody simulates, the first of them stored."""
    specs = [RunSpec(SCENARIO, parse_controller(label), seed, Path("out")) for seed in range(1, runs + 1)]
    done = {spec.folder: RunRecord({}, spec.folder) for spec in specs[:stored]}
    return Plan(tuple(specs), done, dict.fromkeys((spec.folder for spec in specs), each_s), guessed=False)


def outcome(spec: RunSpec, failed: bool = False) -> RunRecord:
    ended = {"status": "failed", "reason": "died"} if failed else {"delay_s": 12.34, "wall_s": 1.26}
    return RunRecord(ended, spec.folder)


def terminal(width: int = NARROW) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width)


def seen(progress: Progress, width: int = NARROW) -> list[str]:
    """The lines of the view on a terminal."""
    console = Console(file=io.StringIO(), width=width)
    console.print(progress.view())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the time that the progress sees."""
    now = [1000.0]
    monkeypatch.setattr("zhasyl.cli.progress.time.monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


# Plain lines


def test_into_a_file_every_run_is_a_line(capsys: Capture) -> None:
    plan = planned(4, stored=1)
    with Progress(plan, 2) as progress:
        progress.done(plan.todo[0], outcome(plan.todo[0]))
        progress.done(plan.todo[1], outcome(plan.todo[1], failed=True))
        progress.done(plan.todo[2], RunRecord({"delay_s": None, "wall_s": 2.0}, plan.todo[2].folder))
    out, err = capsys.readouterr()
    names = [f"abay demand_scale=1.25 fixed seed {spec.seed}" for spec in plan.todo]
    assert out == ""
    assert err.splitlines() == [
        "1 of 4 runs are stored already",
        f"2/4 {names[0]}: delay 12.3 s/trip (1.3 s)",
        f"3/4 {names[1]}: failed: died",
        f"4/4 {names[2]}: no trips (2.0 s)",
    ]


# On a terminal


def test_the_view_counts_what_is_done_stored_failed_running_and_waiting(clock: Callable[[float], None]) -> None:
    plan = planned(10, stored=2)
    progress = Progress(plan, 3, terminal())
    assert seen(progress) == ["━━           2 stored, 3 running, 5 waiting", ""]
    clock(6.0)
    progress.done(plan.todo[0], outcome(plan.todo[0]))
    progress.done(plan.todo[1], outcome(plan.todo[1], failed=True))
    first, second = seen(progress)
    assert first.endswith(" 1 done, 2 stored, 1 failed, 3 running, 3 waiting")
    assert second == f"20 a minute, 18 s left; last: abay demand_scale=1.25 fixed seed {plan.todo[1].seed}"


def test_what_is_left_follows_the_pace_of_the_runs_so_far(clock: Callable[[float], None]) -> None:
    plan = planned(4, each_s=10.0)
    progress = Progress(plan, 1, terminal())
    clock(40.0)  # four times as long as estimated
    progress.done(plan.todo[0], outcome(plan.todo[0]))
    assert "1.5 a minute, 2 min left" in seen(progress)[1]
    clock(20.0)
    for spec in plan.todo[1:]:
        progress.done(spec, outcome(spec))
    assert seen(progress)[0].endswith(" 4 done")
    assert "4.0 a minute, 0 s left" in seen(progress)[1]


@given(runs=st.integers(1, 60), slots=st.integers(1, 1024), data=st.data())
def test_the_counts_add_up_and_the_view_never_wraps(runs: int, slots: int, data: st.DataObject) -> None:
    stored = data.draw(st.integers(0, runs))
    plan = planned(runs, stored, label="max-pressure:interval_s=10,min_green_s=7,max_green_s=60,range_m=120")
    progress = Progress(plan, slots, terminal())
    for spec in plan.todo[: data.draw(st.integers(0, runs - stored))]:
        progress.done(spec, outcome(spec, failed=data.draw(st.booleans())))
    assert sum(int(count) for count in re.findall(r"(\d+) [a-z]", progress.counts())) == runs
    width = data.draw(st.integers(30, 120))
    lines = seen(progress, width)
    assert len(lines) == 2
    assert max(map(len, lines)) <= width


def test_a_large_study_fits_a_narrow_terminal(clock: Callable[[float], None]) -> None:
    plan = planned(3_000, stored=900)
    progress = Progress(plan, 64, terminal())
    clock(7200.0)
    for number, spec in enumerate(plan.todo[:200]):
        progress.done(spec, outcome(spec, failed=number % 2 == 0))
    first, second = seen(progress)
    assert first.endswith("100 done, 900 stored, 100 failed, 64 running, 1836 waiting")
    assert second.startswith("1.7 a minute, 19 h 0 min left; last: abay")


def test_the_view_leaves_nothing_behind() -> None:
    console, plan = terminal(), planned(2)
    with Progress(plan, 1, console) as progress:
        progress.done(plan.todo[0], outcome(plan.todo[0]))
    assert isinstance(console.file, io.StringIO)
    written = console.file.getvalue()
    assert "1 running" in written
    assert written.endswith("\x1b[2K")  # the last thing done is to clear its lines
    assert "\x1b[?25h" in written  # and the cursor is back


def read_all(descriptor: int, into: list[bytes]) -> None:
    while True:
        try:
            into.append(os.read(descriptor, 65536))
        except OSError:  # Linux says so when the other end is closed
            return


@pytest.fixture
def screen() -> Iterator[tuple[int, list[bytes]]]:
    """A terminal: what to write to, and what was written."""
    ours, theirs = pty.openpty()
    written: list[bytes] = []
    reader = Thread(target=read_all, args=(ours, written))
    reader.start()
    yield theirs, written
    os.close(theirs)
    reader.join()
    os.close(ours)


def test_answers_reach_the_pipe_while_a_terminal_shows_the_progress(
    tiny_network: TinyNetwork, tmp_path: Path, screen: tuple[int, list[bytes]]
) -> None:
    (tmp_path / "study.toml").write_text(
        f'scenarios = ["{tiny_network("t-junction-left-turn")}"]\ncontrollers = ["fixed"]\nseeds = "1-3"'
    )
    arguments = ["batch", str(tmp_path / "study.toml"), "--jobs", "2", "--out", str(tmp_path / "out"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "zhasyl", *arguments], stdout=subprocess.PIPE, stderr=screen[0], text=True, check=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"})  # fmt: skip
    assert [run["seed"] for run in json.loads(done.stdout)["runs"]] == [1, 2, 3]
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", b"".join(screen[1]).decode())
    assert "2 running, 1 waiting" in shown
    assert "delay_s" not in shown


# Words


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (50.4, "50 s"), (89, "89 s"), (90, "2 min"), (5400, "1 h 30 min"), (12000, "3 h 20 min")],
)  # fmt: skip
def test_durations_are_said_as_people_do(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_one_is_singular() -> None:
    assert [plural(count, "run") for count in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]

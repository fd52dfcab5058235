"""Every task in a fresh process: answers and errors come back, a death is told, and nobody's result is lost."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import pytest

from zhasyl.errors import ControllerError, OutputError, ScenarioError, SignalError, SimulationError, ZhasylError
from zhasyl.process import limits, workers
from zhasyl.process.workers import LocalExecutor, run_isolated

ROOT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]

# Tasks: a child finds them by their module, so they stand at the top of it.


def doubled(number: int) -> int:
    return 2 * number


def process_id(_: int) -> int:
    return os.getpid()


def refuse(error: ZhasylError) -> int:
    raise error


def divide_by_zero(number: int) -> float:
    return number / 0


def fail_in_two_lines(_: int) -> int:
    raise ValueError("1 validation error\n  greens: too few")


def fail_when_negative(number: int) -> int:
    if number < 0:
        raise ScenarioError(f"{number} is negative")
    return number


def die_when_negative(number: int) -> int:
    if number < 0:
        os._exit(-number)
    return number


def exit_with_7(_: int) -> int:
    os._exit(7)


def kill_itself(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def leave(_: int) -> int:
    raise SystemExit(5)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def sleep_deaf(seconds: float) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(seconds)


def sleep_and_write(path: Path) -> None:
    path.touch()
    time.sleep(60)


def close_everything(seconds: float) -> None:
    os.closerange(3, 256)
    time.sleep(seconds)


def leave_a_file(where: Path) -> int:
    left = Path(mkdtemp()) / "file"
    left.write_text("half of it", encoding="utf-8")
    where.write_text(str(left.parent), encoding="utf-8")
    return 0


def leave_a_file_and_die(where: Path) -> int:
    leave_a_file(where)
    return kill_itself(0)


def write_id_and_sleep(path: Path) -> None:
    path.write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(60)


def leave_a_child(where: Path) -> int:
    child = subprocess.Popen(SLEEP)
    where.write_text(str(child.pid), encoding="utf-8")
    return 0


def leave_a_deaf_child(where: Path) -> int:
    child = subprocess.Popen(SLEEP, preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN))
    where.write_text(str(child.pid), encoding="utf-8")
    return 0


def leave_a_copy(where: Path) -> int:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    where.write_text(str(child), encoding="utf-8")
    return 0


def leave_a_copy_and_die(where: Path) -> int:
    leave_a_copy(where)
    return exit_with_7(0)


def leave_a_child_and_sleep(where: Path) -> int:
    leave_a_child(where)
    time.sleep(60)
    return 0


def leave_a_child_beside(where: Path) -> None:
    leave_a_child(where.with_name("child"))
    write_id_and_sleep(where)


def ended(where: Path) -> bool:
    """Has the process whose number stands in a file ended, or will within a few seconds? Nobody may have taken note."""
    about = Path("/proc") / where.read_text(encoding="utf-8") / "stat"
    for _ in range(250):
        try:
            if about.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_the_answer_of_a_task_comes_back() -> None:
    assert run_isolated(doubled, 21) == 42


@pytest.mark.parametrize("kind", [ScenarioError, SignalError, ControllerError, SimulationError])
def test_an_error_raised_on_purpose_is_raised_here_as_it_was(kind: type[ZhasylError]) -> None:
    with pytest.raises(ZhasylError) as caught:
        run_isolated(refuse, kind("signal 'J1': stage 'A' cannot be shown"))
    assert type(caught.value) is kind
    assert str(caught.value) == "signal 'J1': stage 'A' cannot be shown"


def test_any_other_exception_is_a_failed_run_that_names_it() -> None:
    with pytest.raises(SimulationError) as caught:
        run_isolated(divide_by_zero, 1)
    assert str(caught.value) == "a run failed: ZeroDivisionError: division by zero"


def test_an_exception_of_several_lines_is_told_in_one() -> None:
    with pytest.raises(SimulationError) as caught:
        run_isolated(fail_in_two_lines, 1)
    assert str(caught.value) == "a run failed: ValueError: 1 validation error greens: too few"


@pytest.mark.parametrize(("task", "code"), [(exit_with_7, "7"), (kill_itself, "-9"), (leave, "5")])
def test_a_process_that_dies_is_a_failed_run_that_names_the_exit_code(task: Callable[[int], int], code: str) -> None:
    with pytest.raises(SimulationError, match=f"exit code {code}") as caught:
        run_isolated(task, 0)
    assert "\n" not in str(caught.value)


def test_each_task_runs_in_a_process_of_its_own() -> None:
    with LocalExecutor(2) as executor:
        found = set(executor.map(partial(run_isolated, process_id), range(4)))
    assert len(found) == 4
    assert os.getpid() not in found


@pytest.mark.parametrize("jobs", [1, 3])
def test_all_answers_come_in_order(jobs: int) -> None:
    with LocalExecutor(jobs) as executor:
        assert list(executor.map(partial(run_isolated, doubled), [5, 1, 3, 2])) == [10, 2, 6, 4]


def test_leaving_an_executor_ends_its_processes(tmp_path: Path) -> None:
    began = time.monotonic()
    with LocalExecutor(2) as executor:
        waiting = [executor.submit(run_isolated, sleep_and_write, tmp_path / str(n)) for n in range(4)]
        while not all(path.exists() for path in (tmp_path / "0", tmp_path / "1")):
            time.sleep(0.01)
    assert time.monotonic() - began < 30
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
    assert all(future.cancelled() or isinstance(future.exception(), SimulationError) for future in waiting)


def test_a_task_past_its_limit_is_ended() -> None:
    with pytest.raises(SimulationError, match=r"longer than 0\.3 s and was ended"):
        run_isolated(sleep, 60.0, limit_s=0.3)


def test_a_task_that_does_not_listen_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE_S", 0.1)
    with pytest.raises(SimulationError, match="was ended"):
        run_isolated(sleep_deaf, 60.0, limit_s=0.3)


def test_a_task_that_closes_what_it_answers_with_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "GRACE_S", 0.1)
    with pytest.raises(SimulationError, match="the process of a run died"):
        run_isolated(close_everything, 60.0)


@pytest.mark.parametrize("task", [leave_a_file, leave_a_file_and_die])
def test_what_a_task_leaves_in_its_temporary_folder_is_removed(task: Callable[[Path], int], tmp_path: Path) -> None:
    with suppress(SimulationError):
        run_isolated(task, tmp_path / "where")
    left = Path((tmp_path / "where").read_text(encoding="utf-8"))
    assert left.is_relative_to(gettempdir())
    assert not left.exists()
    assert not left.parent.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
class TestChildren:
    """What a task has started is ended with it."""

    @pytest.mark.parametrize("task", [leave_a_child, leave_a_deaf_child, leave_a_copy])
    def test_of_a_task_that_is_done(self, task: Callable[[Path], int], tmp_path: Path) -> None:
        assert run_isolated(task, tmp_path / "child") == 0
        assert ended(tmp_path / "child")

    def test_of_a_task_that_dies_which_is_told_at_once(self, tmp_path: Path) -> None:
        began = time.monotonic()
        with pytest.raises(SimulationError, match="died with exit code 7"):
            run_isolated(leave_a_copy_and_die, tmp_path / "child")
        assert time.monotonic() - began < 30
        assert ended(tmp_path / "child")

    def test_of_a_task_past_its_limit(self, tmp_path: Path) -> None:
        with pytest.raises(SimulationError, match="was ended"):
            run_isolated(leave_a_child_and_sleep, tmp_path / "child", limit_s=1.0)
        assert ended(tmp_path / "child")

    def test_of_tasks_that_are_left(self, tmp_path: Path) -> None:
        with LocalExecutor(1) as executor:
            executor.submit(run_isolated, leave_a_child_and_sleep, tmp_path / "child")
            while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text(encoding="utf-8"):
                time.sleep(0.01)
        assert ended(tmp_path / "child")


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LEAST_FREE_MB", math.inf)
    with pytest.raises(OutputError, match="is full"):
        run_isolated(kill_itself, 0)


def test_a_process_ends_when_its_parent_is_killed_and_its_temporary_folder_goes(tmp_path: Path) -> None:
    scratch, written = tmp_path / "scratch", tmp_path / "id"
    scratch.mkdir()
    code = (
        "from pathlib import Path; from zhasyl.process.workers import run_isolated;"
        "from tests.process import test_workers as t;"
        f"run_isolated(t.leave_a_child_beside, Path({str(written)!r}))"
    )
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment) as parent:
        while not written.exists() or not written.read_text(encoding="utf-8"):
            time.sleep(0.01)
        assert list(scratch.glob("zhasyl-*"))
        parent.kill()
    assert ended(written.with_name("child"))
    child = int(written.read_text(encoding="utf-8"))
    for _ in range(500):
        if not Path(f"/proc/{child}").exists() and not list(scratch.glob("zhasyl-*")):
            return
        time.sleep(0.02)
    pytest.fail(f"process {child} or its folder are still there")


def test_the_next_tasks_run_after_a_failure() -> None:
    with pytest.raises(SimulationError):
        run_isolated(exit_with_7, 0)
    assert run_isolated(doubled, 4) == 8


def test_the_server_of_processes_imports_what_exists_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PRELOADED", ["zhasyl.runs.preloaded", "libsumo"])
    workers.preload(["zhasyl.controllers.fixed", "zhasyl.controllers.fixed", "libsumo"])
    assert workers._PRELOADED == ["zhasyl.runs.preloaded", "libsumo", "zhasyl.controllers.fixed"]
    assert all(find_spec(name) for name in workers._PRELOADED)


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no autogroups of sessions here")
def test_a_run_is_as_polite_as_the_command_that_started_it() -> None:
    """A session of its own would have a full share, whatever its niceness."""
    polite = min(os.nice(0) + 7, 19)
    code = (
        "import os; os.nice(7); from pathlib import Path; from zhasyl.process.workers import run_isolated; "
        "print(run_isolated(Path.read_text, Path('/proc/self/autogroup'), 60.0))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split()[-2:] == ["nice", str(polite)]

"""A run that dies, leaves or is ended costs itself alone: `zhasyl.run` stores why, and its process outlives it."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.controllers import BUILT_IN, ControllerSpec, parse_controller
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.errors import SimulationError
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.runs import planning, simulate
from zhasyl.runs.batch import run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import load_records
from zhasyl.scenarios import load_scenario
from zhasyl.signals import Signal

ROOT = Path(__file__).resolve().parent.parent
SMALLEST = "t-junction-left-turn"


class Leaves(Controller):
    """Takes its process with it."""

    summary = "leaves"

    def next_stage(self, observation: Observation) -> int:
        os._exit(0)


class Kills(Leaves):
    def next_stage(self, observation: Observation) -> int:
        os.kill(os.getpid(), signal.SIGSEGV)
        return 0


class Aborts(Leaves):
    def next_stage(self, observation: Observation) -> int:
        os.abort()


class Reads(Leaves):
    def next_stage(self, observation: Observation) -> int:
        return ctypes.string_at(0)[0]


class Raises(Leaves):
    def next_stage(self, observation: Observation) -> int:
        raise SystemExit("enough")


class Waits(Leaves):
    """Sleeps, without coming back to Python."""

    def next_stage(self, observation: Observation) -> int:
        Path(os.environ.get("ZHASYL_TEST_ASKED", os.devnull)).write_text(str(os.getpid()), encoding="utf-8")
        ctypes.PyDLL(None).sleep(60)
        return 0


def spec(cls: type[Controller]) -> ControllerSpec:
    return ControllerSpec(cls.__name__, cls, AdaptiveParameters())


@pytest.mark.parametrize("threads", [0, 1])
@pytest.mark.parametrize(
    ("cls", "said"),
    [(Leaves, "exit code 0"), (Kills, "SUMO or a controller crashed"), (Aborts, "SIGABRT"), (Reads, "SIGSEGV")],
)  # fmt: skip
def test_a_run_that_dies_is_stored_as_failed_with_its_reason(
    tiny_network: TinyNetwork, tmp_path: Path, cls: type[Controller], said: str, threads: int
) -> None:
    """From a process of one thread, which is copied, and from one of several, which a server starts."""
    over = threading.Event()
    others = [threading.Thread(target=over.wait) for _ in range(threads)]
    for other in others:
        other.start()
    try:
        with pytest.raises(SimulationError, match=said):
            simulate.run(str(tiny_network(SMALLEST)), spec(cls), out=tmp_path)
    finally:
        over.set()
    (record,) = load_records(tmp_path)
    assert (record["status"], record["error"], record["delay_s"]) == ("failed", "SimulationError", None)
    assert said in record["reason"]
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_a_run_past_its_limit_is_stored_as_failed(
    tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhasyl.process.workers.GRACE_S", 0.2)
    with pytest.raises(SimulationError, match=r"longer than 3 s and was ended; raise --limit-s"):
        simulate.run(str(tiny_network(SMALLEST)), spec(Waits), out=tmp_path / "out", limit_s=3.0)
    assert [record["status"] for record in load_records(tmp_path / "out")] == ["failed"]


def test_a_controller_that_leaves_loses_its_signal_and_nothing_else(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    record = simulate.run(str(tiny_network(SMALLEST)), spec(Raises), out=tmp_path)
    assert record["status"] == "done"
    assert [fault["reason"] for fault in record["faults"]] == ["SystemExit: enough"]


class LeavesEarly(Leaves):
    """Ends its process while it plans for the network."""

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        os._exit(0)


def test_a_controller_that_leaves_while_it_plans_costs_its_own_runs(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network(SMALLEST)))
    chosen = [parse_controller("fixed"), spec(LeavesEarly)]
    planning.check(scenario, chosen)
    records = run_many([RunSpec(scenario, controller, 1, tmp_path) for controller in chosen])
    assert [record["status"] for record in records] == ["done", "failed"]
    assert "exit code 0" in records[1]["reason"]


def test_a_failed_run_is_run_again_when_it_is_asked_for(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario, leaving = str(tiny_network(SMALLEST)), ControllerSpec("fixed-again", Leaves, AdaptiveParameters())
    with pytest.raises(SimulationError):
        simulate.run(scenario, leaving, out=tmp_path)
    mended = ControllerSpec("fixed-again", Raises, AdaptiveParameters())
    assert simulate.run(scenario, mended, out=tmp_path)["status"] == "done"
    assert [record["status"] for record in load_records(tmp_path)] == ["done"]


def test_a_script_without_a_main_guard_runs_several(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import zhasyl\nfor seed in (1, 2):\n"
        f"    print(zhasyl.run({str(tiny_network(SMALLEST))!r}, 'fixed', seed, {str(tmp_path / 'out')!r})['status'])\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\ndone\n", "")


def test_what_a_notebook_defines_runs_and_runs_again(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    """A notebook has threads, and its classes have no file that a fresh process could import."""
    cells = f"""
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
import zhasyl
from zhasyl.controllers import ControllerSpec

class Mine(zhasyl.Controller):
    summary = "mine"
    def next_stage(self, observation):
        return observation.stage

for seed in (1, 2):
    mine = ControllerSpec("mine", Mine, zhasyl.AdaptiveParameters())
    record = zhasyl.run({str(tiny_network(SMALLEST))!r}, mine, seed, {str(tmp_path)!r})
    record.table("trips")
    print(record["status"], len(record["faults"]))
"""
    done = subprocess.run([sys.executable, "-"], input=cells, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "done 0\ndone 0\n"), done.stderr


# The command line, with a controller from here in place of a built-in one

AS_COMMAND = (
    "import sys; from zhasyl.controllers import BUILT_IN; from zhasyl.cli import main;"
    "BUILT_IN[{name!r}] = 'tests.test_isolation:{cls}'; main(sys.argv[1:])"
)


def command(cls: type[Controller], *arguments: str) -> list[str]:
    return [sys.executable, "-c", AS_COMMAND.format(name="longest-queue", cls=cls.__name__), *arguments]


def test_the_command_says_in_one_line_that_a_run_died(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    assert "longest-queue" in BUILT_IN
    arguments = ["run", str(tiny_network(SMALLEST)), "--controller", "longest-queue", "--out", str(tmp_path), "--json"]
    done = subprocess.run(command(Leaves, *arguments), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "zhasyl: the process of a run died with exit code 0\n"
    (file,) = tmp_path.glob("runs/*/*/record.json")
    assert json.loads(file.read_text(encoding="utf-8"))["status"] == "failed"


@pytest.mark.parametrize("verb", ["run", "compare"])
@pytest.mark.parametrize(
    ("number", "said"), [(signal.SIGINT, "stopped"), (signal.SIGTERM, "ended by SIGTERM"), (signal.SIGHUP, "SIGHUP")]
)
def test_a_signal_ends_children_and_leaves_nothing(
    tiny_network: TinyNetwork, tmp_path: Path, verb: str, number: int, said: str
) -> None:
    out, scratch, asked = tmp_path / "out", tmp_path / "scratch", tmp_path / "asked"
    scratch.mkdir()
    chosen = ["--controller", "longest-queue"] if verb == "run" else ["--controllers", "longest-queue", "--seeds", "1"]
    process = subprocess.Popen(
        command(Waits, verb, str(tiny_network(SMALLEST)), *chosen, "--out", str(out)),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(scratch), "ZHASYL_TEST_ASKED": str(asked)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))  # fmt: skip
    wait_for(lambda: asked.exists() and bool(asked.read_text(encoding="utf-8")))
    worker = int(asked.read_text(encoding="utf-8"))
    assert os.getpgid(worker) == worker  # the terminal's signals are not for it
    os.killpg(process.pid, number)  # as a terminal does
    printed, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert (printed, err.count("\n")) == ("", 1), err
    assert err.startswith("zhasyl: ")
    assert said in err
    assert not list(scratch.iterdir())
    assert [path.name for path in out.iterdir()] in ([], ["runs"])
    wait_for(lambda: not alive(process.pid) and not alive(worker))


def test_a_signal_that_is_ignored_stays_so(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    """As under nohup."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zhasyl", "run", str(tiny_network(SMALLEST)), "--out", str(tmp_path)],
        stdout=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))  # fmt: skip
    while process.poll() is None:
        process.send_signal(signal.SIGHUP)
        time.sleep(0.05)
    assert process.returncode == 0


def alive(group: int) -> bool:
    """Does a process of this process group live?"""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(1500):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen within 30 s")

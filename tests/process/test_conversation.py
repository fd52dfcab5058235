"""A process that one talks with: it answers, fails in one line, and never outlives who started it."""

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zhasyl.errors import ScenarioError, SimulationError
from zhasyl.process.conversation import Ear, Partner


def ended(number: int) -> bool:
    """Has a process ended? Nobody may have taken note."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def doubles(times: int, ear: Ear) -> None:
    """Says its number, and twice what it is answered."""
    said = str(os.getpid()).encode()
    for _ in range(times):
        said = ear.ask(said) * 2
    ear.say(said)


def fails(kind: str, ear: Ear) -> None:
    if kind == "ours":
        raise ScenarioError("no such road; draw one")
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise ValueError("two\nlines")


@contextmanager
def partner(task: object, argument: object) -> Iterator[tuple[Partner, int]]:
    made = Partner(task, argument, "the process of a test")  # type: ignore[arg-type]
    try:
        yield made, int(made.hear())
    finally:
        made.close()


def test_it_hears_and_answers_from_a_process_of_its_own() -> None:
    with partner(doubles, 2) as (made, number):
        assert number != os.getpid()
        made.tell(b"ab")
        assert made.hear() == b"abab"
        made.tell(b"")
        assert made.hear() == b""
    assert ended(number)


def test_several_live_at_once_and_each_ends_alone() -> None:
    with partner(doubles, 9) as (first, one):
        with partner(doubles, 9) as (_, other):
            first.close()
            assert ended(one)
            assert not ended(other)
        assert ended(other)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Does it come to hold?"""
    until_s = time.monotonic() + seconds
    while not holds() and time.monotonic() < until_s:
        time.sleep(0.02)
    return holds()


def test_one_that_is_forgotten_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = Partner(doubles, 9, "the process of a test")
    number = int(made.hear())
    del made
    gc.collect()
    assert within(60, lambda: ended(number) and not list(tmp_path.glob("zhasyl-*")))


@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        ("ours", ScenarioError, "no such road; draw one"),
        ("other", SimulationError, "an episode failed: ValueError: two lines"),
        ("killed", SimulationError, "the process of a test died with exit code -9, SIGKILL: out of memory, or killed"),
    ],
)
def test_what_went_wrong_is_said_in_one_line(kind: str, error: type[Exception], said: str) -> None:
    made = Partner(fails, kind, "the process of a test")
    with pytest.raises(error) as caught:
        made.hear()
    assert str(caught.value).startswith(said)
    assert made.closed
    made.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_none_is_left_when_who_started_it_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    code = (
        "import time; from tests.process.test_conversation import doubles;"
        "from zhasyl.process.conversation import Partner;"
        "made = [Partner(doubles, 9, 'it') for _ in range(2)];"
        "print(*[int(one.hear()) for one in made], flush=True); time.sleep(600)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    root = Path(__file__).resolve().parent.parent.parent
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, cwd=root) as parent:
        assert parent.stdout is not None
        numbers = [int(one) for one in parent.stdout.readline().split()]
        assert len(numbers) == 2
        parent.send_signal(number)
        parent.wait()
    assert within(60, lambda: all(map(ended, numbers)))

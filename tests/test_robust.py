"""Whatever a machine lacks or a path leads to is one line, at once, with nothing half-written."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.conftest import TinyNetwork
from tests.test_isolation import command
from zhasyl.cli import status
from zhasyl.controllers.base import Controller
from zhasyl.errors import ScenarioError, StudyError
from zhasyl.files.toml_file import DEEPEST, read_toml
from zhasyl.observation import Observation
from zhasyl.runs.store import load_records
from zhasyl.scenarios import load_scenario
from zhasyl.text.steering import neutral

SMALLEST = "t-junction-left-turn"
ZHASYL = (sys.executable, "-m", "zhasyl")
EVIL = "\x1b]0;x\x07\x1b[2J\r\x9b1m\u202e"

Copy = Callable[..., Path]


@pytest.fixture
def copied(tiny_network: TinyNetwork, tmp_path: Path) -> Copy:
    """A copy of the smallest network whose .sumocfg has a piece replaced."""

    def copy(old: str = "", new: str = "", name: str = "town") -> Path:
        folder = tmp_path / name
        shutil.copytree(tiny_network(SMALLEST).parent, folder)
        config = folder / f"{SMALLEST}.sumocfg"
        config.write_text(config.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        return config

    return copy


def zhasyl(*arguments: object, limit: tuple[int, int] | None = None, cwd: Path | None = None) -> CompletedProcess[str]:
    """The command, perhaps under a limit of the shell."""
    return subprocess.run(
        [*ZHASYL, *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=cwd, timeout=100,
        preexec_fn=(lambda: resource.setrlimit(limit[0], (limit[1], limit[1]))) if limit else None)  # fmt: skip


def one_line(done: CompletedProcess[str], code: int) -> str:
    """The line with which a command ended."""
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("zhasyl: ")
    assert "ZHASYL_DEBUG" not in done.stderr
    return done.stderr


# Standard streams


NAMING: list[list[str]] = [
    ["run", "TOWN"], ["run", "TOWN", "--json"], ["store", "ls", "OUT"], ["report", "OUT"],
    ["compare", "TOWN", "--controllers", "fixed", "--seeds", "1", "--json"],
]  # fmt: skip
VERBS = [["--help"], ["scenarios"], ["scenario", "counts", "TOWN", "--minutes", "10"], *NAMING]


@pytest.fixture(scope="module")
def filled(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], list[str]]:
    """A verb's arguments with TOWN and a folder OUT that has its runs."""
    town, out = str(tiny_network(SMALLEST)), str(tmp_path_factory.mktemp("out"))
    assert zhasyl("run", town, "--out", out).returncode == 0
    places = {"TOWN": town, "OUT": out}

    def fill(verb: list[str]) -> list[str]:
        return [places.get(part, part) for part in verb] + (["--out", out] if verb[0] in ("run", "compare") else [])

    return fill


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_standard_output_that_is_full_closed_or_heard_no_longer(
    filled: Callable[[list[str]], list[str]], verb: list[str]
) -> None:
    arguments = [*ZHASYL, *filled(verb)]
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("zhasyl: cannot write to standard output: No space left")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run(arguments, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    assert done.returncode == 128 + signal.SIGPIPE
    assert "zhasyl: " not in done.stderr
    closed = subprocess.run(arguments, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=lambda: os.close(1))
    assert closed.returncode == 0, closed.stderr


def test_standard_error_that_is_full_or_closed_changes_nothing(copied: Copy, tmp_path: Path) -> None:
    arguments = [*ZHASYL, "compare", str(copied()), "--controllers", "fixed", "--seeds", "1", "--json"]
    arguments += ["--out", str(tmp_path / "out")]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=lambda: os.close(2))
    assert len(json.loads(done.stdout)["runs"]) == 1
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(arguments, stderr=full, stdout=subprocess.PIPE, text=True, check=True)
    assert len(json.loads(done.stdout)["runs"]) == 1


def test_a_narrow_encoding_shows_what_it_can() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*ZHASYL, "scenarios", "--json"], capture_output=True, check=True, env=environment)
    assert any("×" in row["title"] for row in json.loads(done.stdout))


# What steers a terminal


def test_what_steers_a_terminal_is_shown_as_json_shows_it() -> None:
    assert neutral(EVIL) == r"\u001b]0;x\u0007\u001b[2J\r\u009b1m\u202e"
    assert json.loads(f'"{neutral(EVIL)}"') == EVIL
    kept = "Абай × Сейфуллин, שלום, ع‌ا, 👩‍🚒\n\t"
    assert neutral(kept) == kept
    assert neutral("\udcff\u2028") == r"\udcff\u2028"


@pytest.mark.parametrize("verb", NAMING, ids=" ".join)
def test_no_name_of_a_file_steers_the_terminal(copied: Copy, tmp_path: Path, verb: list[str]) -> None:
    config = copied()
    town = config.rename(config.with_name(f"town{EVIL}.sumocfg"))
    out = tmp_path / f"out{EVIL}"
    if "OUT" in verb:
        assert zhasyl("run", town, "--out", out).returncode == 0
    arguments = [{"TOWN": str(town), "OUT": str(out)}.get(part, part) for part in verb]
    arguments += ["--out", str(out)] if verb[0] in ("run", "compare") else []
    done = zhasyl(*arguments)
    assert done.returncode == 0, done.stderr
    assert not set(done.stdout + done.stderr) & {"\x1b", "\x07", "\r", "\x9b", "\u202e"}
    if "--json" in verb:
        shown = json.loads(done.stdout)
        assert (shown["runs"][0] if "runs" in shown else shown)["scenario"] == f"town{EVIL}"
    missing = one_line(zhasyl("run", f"{town}.toml"), 2)
    assert "\x1b" not in missing
    assert "\u202e" not in missing


class Surrogate(Controller):
    """Fails in words that UTF-8 cannot hold."""

    summary = "surrogate"

    def next_stage(self, observation: Observation) -> int:
        raise ValueError("\udcff\x1b[31m")


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["table", "json"])
def test_a_lone_surrogate_in_a_fault_loses_no_run(copied: Copy, tmp_path: Path, more: list[str]) -> None:
    arguments = ["run", str(copied()), "--controller", "longest-queue", "--out", str(tmp_path / "o"), "--allow-faults"]
    call = command(Surrogate, *arguments, *more)
    call = [part.replace("test_isolation:", "test_robust:") for part in call]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    assert done.returncode == 0, done.stderr
    assert r"ValueError: \udcff\u001b[31m" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    (record,) = load_records(tmp_path / "o")
    assert record["faults"][0]["reason"] == "ValueError: \\udcff\x1b[31m"
    if more:
        assert json.loads(done.stdout)["faults"] == record["faults"]


# Paths


def test_a_name_that_is_no_text_is_refused(copied: Copy) -> None:
    config = copied()
    broken = config.rename(config.with_name("town\udcff.sumocfg"))
    assert "no UTF-8 text" in one_line(zhasyl("run", broken), 2)


@pytest.fixture
def no_files(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """What is no file: a pipe, a socket, a folder, links in a circle; and a device, which has no end."""
    pipe, loop, sock = tmp_path / "pipe", tmp_path / "loop", tmp_path / "socket"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    with socket.socket(socket.AF_UNIX) as bound:
        before = Path.cwd()
        os.chdir(tmp_path)  # a socket's path may have 108 characters
        bound.bind(sock.name)
        os.chdir(before)
        yield {"pipe": pipe, "loop": loop, "socket": sock, "folder": tmp_path, "device": Path("/dev/zero")}


KINDS = ["pipe", "loop", "socket", "folder", "device"]
INPUTS = {
    "town.sumocfg": ("run", "{}"),
    "scenario.toml": ("run", "{}"),
    "study.toml": ("batch", "{}"),
    "counts.csv": ("scenario", "calibrate", "TOWN", "{}", "--out", "OUT"),
    "approaches.csv": ("scenario", "new", "{}", "--out", "OUT"),
    "plans.csv": ("run", "TOWN", "--controller", "fixed:plans={}", "--out", "OUT"),
    "map.osm": ("scenario", "import-osm", "{}", "--out", "OUT"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", INPUTS)
def test_what_is_no_file_is_refused_at_once(
    copied: Copy, tmp_path: Path, no_files: dict[str, Path], capsys: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    given = tmp_path / "given" / name
    given.parent.mkdir()
    if kind == "folder":
        given.mkdir()
    else:
        given.symlink_to(no_files[kind])
    places = {"TOWN": str(copied()), "OUT": str(tmp_path / "out")}
    assert status([places.get(part, part).format(given) for part in INPUTS[name]]) == 2
    printed, said = capsys.readouterr()
    assert (printed, said.count("\n")) == ("", 1)
    assert name.split(".")[0] in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["net-file", "route-files", "additional-files"])
def test_a_named_input_that_is_no_file_is_refused(copied: Copy, no_files: dict[str, Path], key: str, kind: str) -> None:
    config = copied("</input>", f'<additional-files value="{no_files[kind]}"/></input>')
    if key != "additional-files":
        old = {"net-file": f"{SMALLEST}.net.xml", "route-files": f"{SMALLEST}.rou.xml"}[key]
        config.write_text(config.read_text(encoding="utf-8").replace(old, str(no_files[kind])), encoding="utf-8")
    with pytest.raises(ScenarioError, match="sumocfg"):
        load_scenario(str(config))


@pytest.mark.parametrize("verb", ["run", "compare", "batch", "new"])
def test_an_output_folder_whose_links_lead_in_a_circle(
    copied: Copy, tmp_path: Path, no_files: dict[str, Path], verb: str
) -> None:
    town, out = copied(), no_files["loop"] / "results"
    (tmp_path / "study.toml").write_text(
        f'scenarios = ["{town}"]\ncontrollers = ["fixed"]\nseeds = "1"', encoding="utf-8"
    )
    given = {"run": ["run", town], "compare": ["compare", town], "batch": ["batch", tmp_path / "study.toml"],
             "new": ["scenario", "new", tmp_path / "study.toml"]}[verb]  # fmt: skip
    assert "loop" in one_line(zhasyl(*given, "--out", out), 2)


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for arguments in (["scenarios"], ["run", "town.sumocfg"], ["store", "ls"]):
        gone.mkdir(exist_ok=True)
        code = f"import os; os.rmdir({str(gone)!r}); os.execv({sys.executable!r}, {[*ZHASYL, *arguments]!r})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=gone)
        assert "the working folder is gone" in one_line(done, 2)


# Sizes


DEEP = (
    "a = " + "[" * 5000 + "]" * 5000,
    "a = " + "{a = " * 900 + "1" + "}" * 900,
    ".".join("a" * 20_000) + " = 1",
    "[" + " . ".join(["a", '"b"', "'c'"] * 70) + "]",
    "a = {" + ".".join("a" * 99) + " = 1}",
)


@pytest.mark.parametrize("text", DEEP, ids=["arrays", "tables", "key", "header", "inline key"])
def test_a_deep_toml_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "town" / "scenario.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    for wrong in (StudyError, ScenarioError):
        with pytest.raises(wrong, match=f"at most {DEEPEST} levels"):
            read_toml(file, "this", wrong)
    assert f"at most {DEEPEST} levels" in one_line(zhasyl("scenario", "check", file), 2)


def test_a_toml_file_as_deep_as_may_be(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("a = " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1), encoding="utf-8")
    assert "a" in read_toml(tmp_path / "a.toml")[0]


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<end value="1e9"/>', "its period of 1000000000 s is longer than 30 days; lower its end"),
        ('<end value="40:00:00:00"/>', "longer than 30 days"),
        ('<end value="600"/><threads value="99999"/>', "threads 99999 is over 64; lower it"),
    ],
)
def test_a_size_without_sense_is_refused(copied: Copy, element: str, said: str) -> None:
    assert said in one_line(zhasyl("run", copied('<end value="600"/>', element)), 2)


def test_a_clock_may_begin_anywhere(copied: Copy) -> None:
    config = copied('<begin value="0"/>', '<begin value="1700000000"/>')
    config.write_text(config.read_text(encoding="utf-8").replace('"600"', '"1700000600"'), encoding="utf-8")
    assert load_scenario(str(config)).end_s == 1_700_000_600.0


# Limits


@pytest.mark.parametrize("verb", ["run", "compare"])
@pytest.mark.parametrize(
    ("kind", "size", "codes"),
    [("RLIMIT_AS", 100_000_000, (2,)), ("RLIMIT_AS", 500_000_000, (2, 3)), ("RLIMIT_FSIZE", 8192, (2, 3)),
     ("RLIMIT_FSIZE", 10, (2, 3))],
)  # fmt: skip
def test_a_limit_of_the_shell_is_said(
    copied: Copy, tmp_path: Path, verb: str, kind: str, size: int, codes: tuple[int, ...]
) -> None:
    chosen = ["--controllers", "fixed", "--seeds", "1", "--jobs", "1"] if verb == "compare" else []
    out = tmp_path / "out"
    done = zhasyl(verb, copied(), *chosen, "--out", out, "--json", limit=(getattr(resource, kind), size))
    assert done.returncode in codes, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("zhasyl: ")
    assert any(word in last for word in ("memory", "limit", "too large")), last
    assert "Traceback" not in done.stderr
    assert "ZHASYL_DEBUG" not in done.stderr
    left = [path.name for path in out.iterdir()] if out.exists() else []
    assert set(left) <= {"runs", "comparison.json"}
    assert {record["status"] for record in load_records(out)} <= {"failed"}

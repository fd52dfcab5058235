"""`zhasyl optimise`: what it prints and writes, how it goes on, and one clear line for each wrong input."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.optimise.made_runs import MadeRuns, search_little
from tests.test_cli import fails
from zhasyl.cli import status
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

Capture = pytest.CaptureFixture[str]
LONGEST_S = 80.0


@pytest.fixture
def config(tiny_network: Callable[[str], Path]) -> Path:
    return tiny_network("crossroads-with-crossings")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> MadeRuns:
    """Nothing is simulated, and no page is drawn."""
    runs = MadeRuns(LONGEST_S)
    search_little(monkeypatch)

    def run_many(specs: Iterable[RunSpec], jobs: int, on_done: Callable[..., None], *_: object) -> list[RunRecord]:
        asked = list(specs)
        records = runs(asked)
        for spec, record in zip(asked, records, strict=True):
            on_done(spec, record)
        return records

    monkeypatch.setattr("zhasyl.runs.batch.run_many", run_many)
    monkeypatch.setattr("zhasyl.reports.optimisation.page.write_page", lambda out, result: out / "optimise.html")
    monkeypatch.setattr("zhasyl.reports.optimisation.screen.print_result", lambda console, result: None)
    return runs


def options(config: Path, out: Path, *more: str) -> list[str]:
    return ["optimise", str(config), "--budget", "16", "--out", str(out), "--robust-seeds", "0", *more]


def test_it_tells_its_steps_and_where_the_report_is(
    config: Path, made: MadeRuns, tmp_path: Path, capsys: Capture
) -> None:
    assert status(options(config, tmp_path)) == 0
    out, err = capsys.readouterr()
    assert out == f"report: {tmp_path / 'optimise.html'}\n"
    lines = err.splitlines()
    assert lines[0].startswith("2 of 66 runs, present plan; ")
    assert "best so far: delay_s " in lines[-1]
    assert lines[-1].split("; ")[0].endswith("66 runs, race")
    assert {path.name for path in tmp_path.glob("*.*")} == {
        "plan.csv", "plan.add.xml", "optimise.json", "question.json"}  # fmt: skip


def test_json_is_one_document(config: Path, made: MadeRuns, tmp_path: Path, capsys: Capture) -> None:
    assert status(options(config, tmp_path, "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((tmp_path / "optimise.json").read_text("utf-8"))
    assert (said["better"], said["objective"], said["budget"]) == (True, "delay_s", 16)
    assert said["spent"] <= 16


def test_no_better_plan_is_an_answer(config: Path, made: MadeRuns, tmp_path: Path, capsys: Capture) -> None:
    made.slope = 0.0
    assert status(options(config, tmp_path, "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["better"] is False
    assert said["reason"]
    assert not (tmp_path / "plan.csv").exists()


def test_runs_of_the_proof_that_fail_are_named(config: Path, made: MadeRuns, tmp_path: Path, capsys: Capture) -> None:
    made.failing = frozenset({104})
    assert status(options(config, tmp_path)) == 3
    err = capsys.readouterr().err
    assert "fixed seed 104 failed: SUMO: no route from 'a' to 'b'" in err
    assert "3 of 30 runs failed; the same command tries them again" in err


def test_resume_asks_the_same_again(config: Path, made: MadeRuns, tmp_path: Path, capsys: Capture) -> None:
    assert status(options(config, tmp_path, "--json", "--keep", "cycle", "--keep", "offsets", "--seed", "3")) == 0
    first, asked = capsys.readouterr().out, [(one.controller.label, one.seed) for one in made.specs]
    made.specs.clear()
    assert status(["optimise", "--resume", "--out", str(tmp_path), "--json"]) == 0
    assert capsys.readouterr().out == first
    assert [(one.controller.label, one.seed) for one in made.specs] == asked
    err = fails(capsys, "optimise", "abay-corridor", "--resume", "--out", str(tmp_path))
    assert "is a search for" in err


def test_dry_run_counts_and_runs_nothing(config: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "new"
    asked = ["optimise", str(config), "--out", str(out), "--dry-run", "--jobs", "2"]
    assert status([*asked, "--budget", "50"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "search: 50 runs; proof and robustness: 80 runs"
    assert lines[1].startswith("about ")
    assert " with 2 at a time, " in lines[1]
    assert " s a run (a guess: the demand has about " in lines[1]
    assert lines[1].endswith(" under way at a time)")
    assert status([*asked, "--budget", "50", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["search_runs"], said["further_runs"], said["guessed"]) == (50, 80, True)
    assert said["ground"] in lines[1]
    assert said["wall_s"] == pytest.approx(said["run_s"] * 130 / 2)
    assert status([*asked, "--minutes", "30"]) == 0
    assert capsys.readouterr().out.startswith("search: as many runs as 30 minutes allow; proof")
    assert status([*asked, "--minutes", "30", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["search_runs"] is None
    assert said["wall_s"] == pytest.approx(1800 + said["run_s"] * 80 / 2)
    assert not list(out.glob("*")) if out.exists() else True


WRONG = {
    "objective": [
        (["--objective", "speed"], "no measure to minimise 'speed'."),
        (["--objective", "delay"], "Did you mean 'delay_s'?"),
        (["--objective", "delay_s,co2_kg"], "names several; give one"),
        (["--objective", "delay_s + 0*co2_kg"], "weight '0' of 'co2_kg' is no finite number above 0"),
        (["--objective", ""], "objective ''"),
    ],
    "limit": [
        (["--limits", "nowhere.toml"], "nowhere.toml"),
        (["--limits", "max_cycle_s = 10"], "limits.max_cycle_s 10"),
        (["--limits", "longest = 10"], "no key 'longest'"),
        (["--limits", "min_green_s = 110"], "limits cannot hold together: signal 'centre' needs"),
        (["--limits", "min_cycle_s = 200"], "min_cycle_s 200 is above the longest cycle of 120 s"),
        (["--limits", "min_cycle_s = 90\nmax_cycle_s = 60"], "min_cycle_s 90 is above max_cycle_s 60"),
        (["--limits", "walk_s = 'long'"], "limits.walk_s long"),
    ],
    "period": [
        (["--variant", "period=night"], "night"),
        (["--variant", "period="], "period"),
        (["--variant", "periods=am"], "periods"),
        (["--variant", "period=am,period=pm"], "period"),
        (["--variant", "demand_scale=-1"], "demand_scale"),
    ],
    "signal": [
        (["--keep", "signal:J1"], "no controlled signal 'J1'. Known: centre"),
        (["--keep", "signal:"], "no controlled signal ''"),
        (["--keep", "signal:center"], "Did you mean 'centre'?"),
        (["--keep", "Signal:centre"], "no part of a plan 'Signal:centre'."),
        (["--keep", "signal:centre"], "nothing is left to search: signal:centre keep every plan"),
    ],
    "budget": [
        (["--budget", "0"], "budget 0 is below the 10 runs that one comparison takes"),
        (["--budget", "-5"], "budget -5 is below the 10 runs"),
        (["--budget", "9"], "budget 9 is below the 10 runs"),
        (["--budget", "100001"], "budget 100001 is over 100,000 runs"),
        (["--minutes", "0"], "minutes 0.0 is no time above 0"),
        (["--minutes", "nan"], "minutes nan is no time above 0"),
        (["--proof-seeds", "101-104"], "proof-seeds 101, 102, 103, 104: a verdict takes at least 5"),
        (["--budget", "20", "--minutes", "1"], "--budget 20 beside --minutes 1: give one of both"),
        (["--robust-seeds", "11"], "robust-seeds 11 is not within 0 to the 10 seeds of the proof"),
    ],
    "front": [
        (["--front", "delay_s"], "a front of one objective, 'delay_s'"),
        (["--front", "delay_s,2*delay_s"], "delay_s"),
        (["--front", "delay_s,speed"], "no measure to minimise 'speed'"),
        (["--front", "delay_s,delay_s"], "rank plans alike"),
        (["--front", "delay_s,co2_kg", "--budget", "39"], "budget 39 is below the 40 runs that a front takes"),
    ],
    "frozen and forbidden": [
        (["--limits", '[[limits.stages]]\nsignal = "centre"\nstage = "A"\nforbidden = true', *keep], said)
        for keep, said in (
            (["--keep", "stages"], "is kept (keep stages, greens or signal:centre) and forbidden at once"),
            (["--keep", "greens"], "is kept (keep stages, greens or signal:centre) and forbidden at once"),
            (["--keep", "signal:centre"], "is kept (keep stages, greens or signal:centre) and forbidden at once"),
            (["--keep", "offsets"], "is forbidden, but without it"),
            ([], "is forbidden, but without it"),
        )
    ]
    + [
        (
            ["--limits", '[[limits.stages]]\nsignal = "centre"\nstage = "A"\nforbidden = true\nstays = true'],
            "stays and is forbidden at once",
        )
    ],
}


CASES = [pytest.param(*one, id=f"{kind} {n}") for kind, ones in WRONG.items() for n, one in enumerate(ones)]


@pytest.mark.parametrize(("arguments", "said"), CASES)
def test_a_wrong_input_is_one_line(
    config: Path, tmp_path: Path, capsys: Capture, arguments: list[str], said: str
) -> None:
    if arguments[0] == "--limits" and "=" in arguments[1]:
        path = tmp_path / "limits.toml"
        path.write_text(arguments[1] if "[[" in arguments[1] else f"[limits]\n{arguments[1]}\n", encoding="utf-8")
        arguments = ["--limits", str(path), *arguments[2:]]
    out = tmp_path / "out"
    assert said in fails(capsys, "optimise", str(config), "--out", str(out), *arguments)
    assert not out.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"scenarios": 1}', "\x00"])
def test_a_folder_without_a_search_or_with_a_damaged_one(tmp_path: Path, capsys: Capture, text: str) -> None:
    if text:
        (tmp_path / "question.json").write_text(text, encoding="utf-8")
    err = fails(capsys, "optimise", "--resume", "--out", str(tmp_path))
    assert "holds no search to go on with; start one without --resume, or name its --out" in err


def test_no_scenario_at_all(tmp_path: Path, capsys: Capture) -> None:
    assert "no scenario is named" in fails(capsys, "optimise", "--out", str(tmp_path))
    assert "abay-corridor" in fails(capsys, "optimise", "abay-coridor", "--out", str(tmp_path))

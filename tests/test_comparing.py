"""Python's compare and report write what the verbs write, and refuse what they refuse, before anything runs."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import zhasyl
from tests.conftest import TinyNetwork
from zhasyl.cli import status
from zhasyl.comparing import more_seeds
from zhasyl.runs import planning
from zhasyl.text.values import MAX_SEED

WRITTEN = ("comparison.json", "comparisons.csv", "movements.csv", "report.html", "report.seal.json", "runs.csv")


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.is_file()}


def remove(out: Path) -> None:
    for name in files(out):
        (out / name).unlink()


def test_python_writes_the_same_files_as_the_verbs(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    config, out = str(tiny_network("t-junction-left-turn")), tmp_path / "out"
    options = ["--controllers", "fixed,max-pressure", "--seeds", "1-2", "--min-effect", "2%", "--out", str(out)]
    assert status(["compare", config, *options]) == 0
    by_verb = files(out)
    assert tuple(by_verb) == WRITTEN
    remove(out)
    results = zhasyl.compare(
        zhasyl.load_scenario(config),
        ["fixed", zhasyl.parse_controller("max-pressure")],
        (1, 2),
        min_effect=0.02,
        out=out,
    )
    assert files(out) == by_verb
    assert results.page.read_bytes() == by_verb["report.html"]
    assert [(record["label"], record["seed"]) for record in results.records] == [
        ("fixed", 1), ("fixed", 2), ("max-pressure", 1), ("max-pressure", 2)]  # fmt: skip
    assert {one.min_effect for one in results.comparisons} == {0.02}
    for name in ("comparisons.csv", "report.html", "report.seal.json", "runs.csv"):
        (out / name).unlink()
    again = zhasyl.report(out)
    assert files(out) == by_verb
    assert again == results
    assert status(["report", str(out), "--baseline", "max-pressure"]) == 0
    by_verb = files(out)
    remove(out)
    (out / "comparison.json").write_bytes(by_verb["comparison.json"])
    assert {one.baseline for one in zhasyl.report(str(out), "max-pressure").comparisons} == {"max-pressure"}
    assert files(out) == by_verb


def test_python_adds_seeds_until_the_difference_is_known(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    done: list[int] = []
    results = zhasyl.compare(
        tiny_network("t-junction-left-turn"), "fixed,max-pressure", "1-2", until=0.99, most_seeds=7, out=tmp_path,
        jobs=2, on_done=lambda spec, _: done.append(spec.seed),
    )  # fmt: skip
    assert sorted(done) == sorted([1, 2, 3, 4, 5] * 2)
    assert {one.n for one in results.comparisons} == {5}
    assert results.comparisons[0].confidence == pytest.approx(0.975)


@pytest.mark.parametrize(
    ("asked", "kind", "told"),
    [
        ({"scenarios": "abay-seifulin"}, zhasyl.ScenarioError, "Did you mean 'abay-seifullin'"),
        ({"scenarios": []}, zhasyl.ZhasylError, "scenarios: none is named"),
        ({"controllers": []}, zhasyl.ControllerError, "controllers: none is named"),
        ({"controllers": ["fixed", "max-presure"]}, zhasyl.ControllerError, "Did you mean 'max-pressure'"),
        ({"baseline": "webster"}, zhasyl.ControllerError, "no baseline among the controllers 'webster'"),
        ({"seeds": []}, zhasyl.ZhasylError, "is no integer or range"),
        ({"seeds": [1, -1]}, zhasyl.ZhasylError, "is no integer or range"),
        ({"seeds": 1.5}, zhasyl.ZhasylError, "seeds=1.5 is no text, whole number or list of them"),
        ({"sensor": "eyes"}, zhasyl.SensorError, "no sensor 'eyes'"),
        ({"min_effect": 2.0}, zhasyl.ZhasylError, "is no share"),
        ({"until": "much"}, zhasyl.ZhasylError, "is no share"),
        ({"until": 0.05, "most_seeds": 3}, zhasyl.ZhasylError, "below the 5 seeds"),
        ({"cluster": "here"}, zhasyl.ZhasylError, "cluster 'here'"),
    ],
)
def test_what_is_asked_amiss_is_told_before_anything_runs(
    tiny_network: TinyNetwork, tmp_path: Path, asked: Mapping[str, Any], kind: type[Exception], told: str
) -> None:
    question = {"scenarios": tiny_network("t-junction-left-turn"), "out": tmp_path / "out", **asked}
    with pytest.raises(kind, match=told) as caught:
        zhasyl.compare(**question)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out" / "runs").exists()


def test_a_report_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(zhasyl.OutputError, match="no run records"):
        zhasyl.report(tmp_path)
    with pytest.raises(zhasyl.OutputError, match="no folder"):
        zhasyl.report(tmp_path / "none")


def test_further_seeds_follow_the_greatest() -> None:
    assert more_seeds([7, 2], 4) == [7, 2, 8, 9]
    assert more_seeds([1, 2], 1) == [1, 2]
    assert more_seeds([MAX_SEED], 3) == [MAX_SEED]


@pytest.mark.parametrize("emissions", ["all", "none"])
def test_with_its_runs_stored_it_reads_no_network_and_plans_nothing(
    tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emissions: str
) -> None:
    config = str(tiny_network("t-junction-left-turn"))
    first = zhasyl.compare(config, "fixed,max-pressure", "1", out=tmp_path, emissions=emissions)
    checked: list[list[str]] = []

    def check(_: zhasyl.Scenario, controllers: list[zhasyl.ControllerSpec], sensors: list[str]) -> None:
        checked.append([one.label for one in controllers])

    monkeypatch.setattr(planning, "check", check)
    assert zhasyl.compare(config, "fixed,max-pressure", "1", out=tmp_path, emissions=emissions).records == first.records
    assert not checked
    (first.records[0].folder / "record.json").unlink()
    zhasyl.compare(config, "fixed,max-pressure", "1", out=tmp_path, emissions=emissions)
    assert checked == [["fixed"]]


LIGHT = """
import sys

from zhasyl.cli import status

code = status(["compare", *sys.argv[1:]])
heavy = "pandas pyarrow matplotlib scipy numba cmaes jinja2 libsumo zhasyl.runs.simulate zhasyl.runs.prepared".split()
print(code, [name for name in heavy if name in sys.modules])
"""


def test_with_its_runs_stored_it_imports_nothing_that_runs_or_draws(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    asked = [str(tiny_network("t-junction-left-turn")), "--controllers", "fixed,max-pressure,webster", "--seeds", "1-2"]
    asked += ["--out", str(tmp_path)]
    assert status(["compare", *asked]) == 0
    done = subprocess.run([sys.executable, "-c", LIGHT, *asked, "--json"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


SCRIPT = """
import zhasyl

found = zhasyl.compare({config!r}, "fixed,max-pressure", "1", jobs=2, out={out!r})
print(all(record.done for record in found.records), len(found.records))
"""


@pytest.mark.parametrize("how", ["file", "standard input"])
def test_a_script_needs_no_guard_around_its_calls(tiny_network: TinyNetwork, tmp_path: Path, how: str) -> None:
    text = SCRIPT.format(config=str(tiny_network("t-junction-left-turn")), out=str(tmp_path / "out"))
    path = tmp_path / "script.py"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, str(path) if how == "file" else "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "True 2\n"), done.stderr


@pytest.mark.parametrize(
    "wrong", [{"jobs": "2"}, {"jobs": -1}, {"jobs": 1.5}, {"limit_s": "10"}, {"limit_s": -1}, {"most_seeds": 5.5}]
)
def test_a_number_that_is_none_is_refused_before_anything_runs(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(zhasyl.ZhasylError, match=next(iter(wrong))):
        zhasyl.compare("abay-seifullin", "fixed", 1, out=tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_run_takes_a_path_and_refuses_a_seed_that_is_none(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    assert zhasyl.run(tiny_network("t-junction-left-turn"), out=tmp_path)["status"] == "done"
    with pytest.raises(zhasyl.ZhasylError, match="seed '-1' is no integer"):
        zhasyl.run(tiny_network("t-junction-left-turn"), seed=-1, out=tmp_path)

"""Results of two folders on one page: what was rebuilt beside what was there."""

from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from tests.reports.pages import Page
from zhasyl.cli import status
from zhasyl.comparing import compare
from zhasyl.controllers import parse_controller
from zhasyl.errors import OutputError
from zhasyl.reports.before_after import before_after
from zhasyl.runs.batch import run_many
from zhasyl.runs.read_back import _scenario
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    """Runs of a junction in `old`, and in `new` of the same with a lower speed limit."""
    config = tiny_network("t-junction-left-turn")
    for path in config.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    here = tmp_path / config.name
    recorded(here, ("fixed", "max-pressure"), 2, tmp_path / "old")
    net = here.with_suffix(".net.xml")
    net.write_text(net.read_text("utf-8").replace('speed="13.89"', 'speed="8.33"'), "utf-8")
    _scenario.cache_clear()  # a process that reports meets one of them alone
    recorded(here, ("fixed",), 3, tmp_path / "new")
    return tmp_path


def recorded(config: Path, controllers: tuple[str, ...], seeds: int, out: Path) -> None:
    """Runs without a page."""
    scenario = load_scenario(str(config))
    numbers = range(1, seeds + 1)
    specs = [RunSpec(scenario, parse_controller(name), seed, out) for name in controllers for seed in numbers]
    assert len(list(run_many(specs, jobs=2))) == len(specs)


def test_the_page_compares_what_both_folders_have(folder: Path, capsys: Capture) -> None:
    found = before_after(folder / "old", folder / "new")
    assert {(one.baseline, one.controller, one.n, one.method) for one in found.comparisons} == {
        ("fixed, before", "fixed, after", 2, "welch")
    }
    delay = next(one for one in found.comparisons if one.measure == "delay_s")
    assert delay.difference != 0, "the network is another one"
    assert [one["label"] for one in found.records] == ["fixed, before"] * 2 + ["fixed, after"] * 3
    page = Page((folder / "new" / "before-after.html").read_text("utf-8"))
    assert "Differences before and after, not paired" in page.texts["h3"]
    assert [row[:2] for row in page.rows("Means over the seeds: delay")] == [
        ["fixed, before", "2"],
        ["fixed, after", "3"],
    ]
    assert "Map: control delay of the junctions" in page.texts["h3"]
    assert "Distribution of delay over trips" in page.texts["h3"]
    instead = "Map: fixed, before on the network of fixed, after, as their own is not there any more."
    assert instead in page.texts["p"]
    assert any("fixed, before: 1 " in text and "fixed, after: 1 " in text for text in page.texts["figcaption"])
    assert status(["report", str(folder / "new"), "--before", str(folder / "old")]) == 0
    assert "fixed, after against fixed, before" in capsys.readouterr().out


def test_what_cannot_be_compared_is_one_line(folder: Path, capsys: Capture) -> None:
    new, old = str(folder / "new"), str(folder / "old")
    compare(folder / next(folder.glob("*.sumocfg")).name, "max-pressure", "1", out=folder / "other", jobs=1)
    here = next(folder.glob("*.sumocfg"))
    compare(here, "fixed", "1", out=folder / "slow", variant="demand_scale=0.5", sensor="loops", jobs=1)
    for arguments, told in (
        ([new, "--before", str(folder / "other")], "nothing to compare"),
        ([new, "--before", str(folder / "slow")], "(demand_scale=0.5, sensor loops) with fixed, "),
        ([new, "--before", str(folder / "none")], "no folder"),
        ([new, "--before", str(folder)], "no run records"),
        ([new, "--before", old, "--short"], "leave --baseline, --short, --format and --pdf out"),
    ):
        assert status(["report", *arguments]) == 2
        err = capsys.readouterr().err
        assert told in err
        assert err.count("\n") == 1
    assert not (folder / "new" / "before-after.html").exists()


def test_runs_of_two_builds_in_one_folder_are_not_taken_for_one(folder: Path) -> None:
    here = next(folder.glob("*.sumocfg"))
    compare(here, "fixed", "1", out=folder / "old", jobs=1)
    (folder / "old" / "comparison.json").unlink()
    with pytest.raises(OutputError, match=r"has runs of 2 versions of scenario .*; compare each into a folder"):
        before_after(folder / "old", folder / "new")

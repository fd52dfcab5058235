"""docs/six-ways.md is run as it stands, each way in a folder with files of its kind that are ours, with one seed."""

from pathlib import Path
from shutil import copytree

import pytest

from tests.conftest import TinyNetwork
from tests.docs.blocks import ROOT, Command, commands
from tests.scenarios.counts.sheets import rendered
from tests.scenarios.logs.test_import_log import CONFIG, made_log
from tests.scenarios.osm.osm_town import town
from tests.scenarios.utdf.given import utdf
from zhasyl.cli import status

MOST_COMMANDS = 5
HEAD = "approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph\n"
CROSS = "".join(f"{a},Street {a},left|straight+right,1,3.5,60,20,100,20\n" for a in ("EB", "WB", "NB", "SB"))
TEE = """EB,Main,straight|straight+right,2,3.5,60,,300,150
WB,Main,left|straight,2,3.5,60,80,320,
NB,Stem,left|right,1,3.5,50,150,,150
"""


def ways() -> dict[str, list[Command]]:
    """The commands of each way: blocks of the page, in order."""
    found: dict[str, list[Command]] = {}
    for command in commands(ROOT / "docs" / "six-ways.md"):
        if command.whole:
            found.setdefault(command.place, []).append(command)
    return {" ".join(one.words[one.words[0] == "scenario"] for one in own): own for own in found.values()}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, tiny_network: TinyNetwork) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "cross.csv").write_text(HEAD + CROSS, "utf-8")
    (folder / "tee.csv").write_text(HEAD + TEE, "utf-8")
    town(folder)
    (folder / "synchro.csv").write_text(utdf(), "utf-8")
    keys = [(a, m, "car", n) for a in rendered.APPROACHES for m in rendered.MOVEMENTS for n in range(4)]
    counts = rendered.CountSet(15, dict.fromkeys(keys, 9), {(a, n): 3 for a in rendered.APPROACHES for n in range(4)})
    rendered.write_book(folder / "counts.xlsx", {"AM": rendered.merged(counts, "car")})
    (folder / "log.csv").write_text(made_log(), "utf-8")
    (folder / "config.csv").write_text(CONFIG, "utf-8")
    made = tiny_network("t-junction-left-turn")
    copytree(made.parent, folder / "mine")
    (folder / "mine" / made.name).rename(folder / "mine" / "run.sumocfg")
    return folder


@pytest.mark.slow  # six scenarios, each under three controllers
@pytest.mark.parametrize("way", ways().values(), ids=ways())
def test_each_way_ends_in_a_report(
    way: list[Command], files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = copytree(files, tmp_path / "here")
    (here / ("tee.csv" if any("import-log" in one.words for one in way) else "cross.csv")).rename(
        here / "approaches.csv"
    )
    monkeypatch.chdir(here)
    assert len(way) <= MOST_COMMANDS
    for command in way:
        words = ["1" if word == "1-5" else word for word in command.words]
        assert status(words) == 0, f"{command.said}\n{capsys.readouterr().err}"
    assert (here / "results" / "report.html").is_file()


def test_there_are_six() -> None:
    assert len(ways()) == 6

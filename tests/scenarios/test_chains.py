"""What one verb or variant makes, the others take: plan, calibrate, scramble, and again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from zhasyl.cli import status
from zhasyl.derive import derive_signals
from zhasyl.runs.simulate import run
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sumo.net_file import read_network

TinyNetwork = Callable[[str], Path]
COUNTS = """junction,begin,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR
centre,7:00,4,20,5,3,18,6,7,40,5,6,44,8
centre,7:15,5,24,6,4,20,5,6,45,7,5,40,9
"""


@pytest.fixture
def crossroads(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    """A scenario of a folder of its own, with a declared variant of each kind."""
    assert made("calibrate", tiny_network("crossroads-with-crossings"), counts(tmp_path), tmp_path / "base") == 0
    with (tmp_path / "base" / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write('"wet day" = "rain=heavy,demand_scale=0.9"\nearly = "period=morning"\n')
    return tmp_path / "base"


def counts(folder: Path) -> Path:
    (folder / "counts.csv").write_text(COUNTS, "utf-8")
    return folder / "counts.csv"


def made(verb: str, scenario: Path, file: Path, out: Path) -> int:
    return status(["scenario", verb, str(scenario), str(file), "--out", str(out), "--json"])


def two_plans(scenario: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The scenario's own plan, and the same from 7:10 on with longer greens."""
    capsys.readouterr()
    assert status(["plans", str(scenario), "--stages"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    begin, green = (header.split(",").index(name) for name in ("from", "green_s"))
    later = [row.split(",") for row in rows]
    for cells in later:
        cells[begin], cells[green] = "07:10", str(float(cells[green]) + 5)
    path = folder / "plans.csv"
    path.write_text("\n".join([header, *rows, *(",".join(cells) for cells in later)]) + "\n", "utf-8")
    return path


def stages(scenario: Scenario) -> int:
    network = read_network(scenario.net_file, scenario.additional_files)
    (signal,) = derive_signals(network, scenario.timing).signals.values()
    return len(signal.stages)


def test_each_verb_takes_what_the_others_made(
    crossroads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = two_plans(crossroads, tmp_path, capsys)
    before = crossroads
    for number, verb in enumerate(("plan", "plan", "calibrate", "plan", "calibrate")):
        after = tmp_path / f"{number}{verb}"
        assert made(verb, before, plans if verb == "plan" else counts(tmp_path), after) == 0
        before = after
    scenario = load_scenario(str(before))
    names = [re.sub(r"^\d+-", "", path.name) for path in scenario.additional_files]
    assert sorted(names) == ["plans.add.xml", "vehicles.add.xml"]
    assert dict(scenario.variants) == {"wet day": "rain=heavy,demand_scale=0.9"}
    for text in ("", "name=wet day"):
        assert run(vary(scenario, parse_variant(text)), "fixed", seed=1, out=tmp_path / "runs")["faults"] == []


def test_given_plans_get_a_scramble_too(crossroads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert made("plan", crossroads, two_plans(crossroads, tmp_path, capsys), tmp_path / "planned") == 0
    planned = load_scenario(str(tmp_path / "planned"))
    scrambled = vary(planned, parse_variant("scramble=true"))
    assert stages(scrambled) == stages(planned) + 1
    table = run(scrambled, "fixed", 1, tmp_path / "runs").table("signals")
    walks = table[~table["state"].str.contains("[gy]") & table["state"].str.contains("G")]
    assert len(walks[walks["start_s"] < 25_800]) > 1  # under the first plan
    assert len(walks[walks["start_s"] > 26_000]) > 1  # and the second

"""A tlLogic file beside a scenario in bare SUMO: the delays of `zhasyl run` under that plan."""

from pathlib import Path

import pytest

from tests.scenarios.plans.given import TinyNetwork
from zhasyl.cli import status
from zhasyl.runs.simulate import run
from zhasyl.sumo.programs import run_program
from zhasyl.sumo.xml_files import read_root

PLANS = "signal,from,offset_s,stages,greens_s\ncentre,00:00,7,B A,25 31\n"
OF_A_DAY = PLANS + "centre,00:05,3,B A,14 19\n"
OPTIONS = {
    "time-to-teleport": -1,
    "no-step-log": "true",
    "no-warnings": "true",
    "seed": 1,
    "tripinfo-output.write-unfinished": "true",
}


def losses_s(config: Path, additional: Path | None, out: Path) -> float:
    """The time that all trips lost, the depart delay included, in bare SUMO."""
    more = {"additional-files": additional} if additional else {}
    run_program("sumo", {"configuration-file": config, "tripinfo-output": out, **OPTIONS, **more})
    trips = read_root(out).findall("tripinfo")
    return sum(float(trip.attrib["timeLoss"]) + float(trip.attrib["departDelay"]) for trip in trips) / len(trips)


def test_bare_sumo_has_the_delays_of_a_run(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    config = tiny_network("crossroads-with-crossings")
    file, sumo = tmp_path / "plans.csv", tmp_path / "plan.add.xml"
    file.write_text(PLANS)
    controller = f"fixed:plans={file}"
    assert status(["plans", str(config), "--controller", controller, "--format", "tllogic", "--out", str(sumo)]) == 0
    record = run(str(config), controller, seed=1, out=tmp_path / "out")
    assert losses_s(config, sumo, tmp_path / "trips.xml") == pytest.approx(record["delay_s"], abs=0.01)
    assert losses_s(config, None, tmp_path / "shipped.xml") != pytest.approx(record["delay_s"], abs=0.5)


def test_bare_sumo_changes_plans_as_a_run_does(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    """Plans of a day become a scenario; its own timetable leaves as SUMO's, for the scenario without it."""
    config = tiny_network("crossroads-with-crossings")
    file, table, sumo = tmp_path / "plans.csv", tmp_path / "table.csv", tmp_path / "plan.add.xml"
    file.write_text(OF_A_DAY)
    plans = ["plans", str(config), "--controller", f"fixed:plans={file}", "--format", "csv", "--out", str(table)]
    assert status(plans) == 0
    assert status(["scenario", "plan", str(config), str(table), "--out", str(tmp_path / "made")]) == 0
    assert status(["plans", str(tmp_path / "made"), "--format", "tllogic", "--out", str(sumo)]) == 0
    tags = [element.tag for element in read_root(sumo)]
    assert tags == ["tlLogic", "tlLogic", "WAUT", "wautJunction"]
    record = run(str(tmp_path / "made"), "fixed", seed=1, out=tmp_path / "out")
    assert losses_s(config, sumo, tmp_path / "trips.xml") == pytest.approx(record["delay_s"], abs=0.01)

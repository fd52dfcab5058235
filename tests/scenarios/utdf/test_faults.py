"""Odd and broken UTDF files: one line with row and column, exit status 2, and no folder."""

from contextlib import suppress
from pathlib import Path

import pytest

from tests.scenarios.utdf.given import LINKS, NODES, PHASES, TIMEPLANS, utdf, with_change, written
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.scenarios.plans.synchro import placed_nodes
from zhasyl.scenarios.utdf.import_town import check_controllers
from zhasyl.scenarios.utdf.read_town import read_town
from zhasyl.scenarios.utdf.sections import read_sections

Capture = pytest.CaptureFixture[str]
RING = "1,0,-1000,500\n2,0,500,700\n3,4,-200,500,{}\n" + "".join(
    f"{node},1,{x},{y}\n"
    for node, x, y in ((11, -2500, 500), (12, -1000, 1900), (13, -1000, -900), (21, 2000, 700), (22, 500, -700))
)
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no nodes": (utdf({"Nodes": ""}), "no section [Nodes]; export the combined"),
    "no links": (utdf({"Links": ""}), "no section [Links]"),
    "no lanes": (utdf({"Lanes": ""}), "no section [Lanes]"),
    "no timeplans": (utdf({"Timeplans": ""}), "no section [Timeplans]"),
    "no phases": (utdf({"Phases": ""}), "no section [Phases]"),
    "no section at all": ("a,b\n1,2\n", "no section as [Nodes]"),
    "nodes without a row": (utdf({"Nodes": "INTID,TYPE,X,Y,Z\n"}), "[Nodes] has no row"),
    "an empty file": ("", "is empty"),
    "a binary file": (b"[Nodes]\n\0\0", "a binary file"),
    "an open quote": (with_change('"Main & Oak"', '"Main & Oak'), "not CSV"),
    "a node twice": (with_change("2,0,500", "1,0,500"), "row 16: node 1 stands there twice"),
    "a record twice": (with_change("Name,1,Oak", "Lanes,1,Oak"), "'lanes' of node 1 stands there twice"),
    "a record without a node": (with_change("Speed,3,,,45", "Speed,,,,45"), "a record of [Links] without an INTID"),
    "a record without a name": (with_change("Speed,3,,,45", ",3,,,45"), "a record of [Links] without a RECORDNAME"),
    "no number": (with_change("1,0,-1000,500", "1,0,west,500"), "row 15, column X: node 1: X 'west' is no number"),
    "NaN": (with_change("2,0,500,700", "2,0,500,nan"), "column Y: node 2: Y 'nan' is no number"),
    "infinity": (with_change("Speed,1,30", "Speed,1,1e999"), "column NB: node 1: Speed '1e999' is no number"),
    "a node far away": (with_change("22,1,500,-700", "22,1,999999999,-700"), "column X: node 22: X '999999999'"),
    "a node on another planet": (with_change("22,1,500,-700", "22,1,5e6,-700"), "km from the other nodes"),
    "a type that is none": (with_change("11,1,-2500", "11,9,-2500"), "column TYPE: node 11: TYPE '9'"),
    "half a lane": (with_change("Lanes,1,2,2", "Lanes,1,2.5,2"), "Lanes '2.5' is no whole number"),
    "a negative volume": (with_change("Volume,1,60", "Volume,1,-60"), "column NBL: node 1: Volume '-60'"),
    "a negative storage": (with_change("Storage,1,150", "Storage,1,-150"), "column NBL: node 1: Storage '-150'"),
    "a volume beyond all roads": (with_change("Volume,1,60", "Volume,1,1e6"), "from 0 to 20000"),
    "a link from nowhere": (with_change("Up ID,2,22", "Up ID,2,77"), "column NB: node 2: Up ID '77' is no node"),
    "a link to itself": (with_change("Up ID,2,22", "Up ID,2,2"), "Up ID is the node itself"),
    "two headings to one node": (with_change("Up ID,1,13,12", "Up ID,1,13,13"), "Up ID '13' stands at NB, too"),
    "a link of no node": (with_change("Up ID,21,,,2", "Up ID,99,,,2"), "node 99: a node that is not in [Nodes]"),
    "a heading that is none": (with_change("INTID,NB,SB", "INTID,N,SB"), "column N: node 1: no heading"),
    "a way to nowhere": (with_change("Dest Node,1,11", "Dest Node,1,44"), "column NBL: node 1: Dest Node '44'"),
    "a way without a road": (with_change("Dest Node,2,3", "Dest Node,2,12"), "no link of [Links] leads from 2 to 12"),
    "lanes from elsewhere": (with_change("Up Node,1,13", "Up Node,1,12"), "Up Node '12', but NB comes from 13"),
    "a signal without links": (utdf({"Nodes": f"INTID,TYPE,X,Y,Z\n{NODES}5,0,0,0,0\n"}), "no link with Lanes leads to"),
    "two nodes at one place": (with_change("3,2,-200,500", "3,2,-1000,500"), "lies at the same place"),
    "lanes of a heading without a link": (with_change("Up ID,2,22,,,21,3", "Up ID,2,22,,,21,"), "has no Up ID at NE"),
    "a lane as wide as a road": (with_change("Width,1,12", "Width,1,90"), "Width is 27.4 m, lanes are 2 to 10"),
    "PHF": (with_change("PHF,1,0.9", "PHF,1,0.1"), "PHF 0.1 is below 0.25"),
    "Metric": (with_change("Metric,0", "Metric,2"), "Metric '2' is no number from 0 to 1"),
    "a node of two controllers": (
        with_change(TIMEPLANS, f"{TIMEPLANS}Node 1,2,3\n").replace("Node 1,1,0", "Node 1,1,3"),
        "Node 1 is 3, which has the controller 1; keep one of them",
    ),
    "a controller of no node": (with_change("Node 1,1,0", "Node 1,1,70"), "Node 1 '70' is no node"),
    "lanes that lead nowhere": (with_change("Dest Node,2,3,", "Dest Node,2,,"), "column NBL: node 2: no Dest Node"),
    "a movement that is none": (with_change("NET,NER,PED", "NET2,NER,PED"), "column NET2: node 2: no movement; write"),
    "thousands or decimals": (with_change("Volume,1,60", 'Volume,1,"1,200"'), "20000 (thousands or decimals?"),
    "growth as a factor": (with_change("Growth,1,100", "Growth,1,1.00"), "node 1: Growth '1.00' is per cent"),
    "a ring over its neighbour": (
        utdf({"Nodes": "INTID,TYPE,X,Y,Inside Radius,Outside Radius\n" + RING.format("900,1000")}),
        "column OUTSIDE RADIUS: node 3: a ring of 289.6 m, the mean of the radii: it takes 3 m and has 222 m to node 2",
    ),
    "a ring of inches": (
        utdf({"Nodes": "INTID,TYPE,X,Y,Inside Radius,Outside Radius\n" + RING.format(",0.5")}),
        "column OUTSIDE RADIUS: node 3: a ring of 0.1 m",
    ),
    "a crawl": (with_change("Speed,1,30", "Speed,1,0.01"), "node 1: Speed '0.01' is below 1; correct it"),
    "no ends": (
        utdf({
            "Nodes": "INTID,TYPE,X,Y\n1,3,0,0\n2,3,900,0\n3,3,400,800\n",
            "Links": "RECORDNAME,INTID,NB,SW,SE\nUp ID,1,,3,\nUp ID,2,1,,\nUp ID,3,,,2\n"
            "Lanes,1,,1,\nLanes,2,1,,\nLanes,3,,,1\n",
            "Lanes": "RECORDNAME,INTID,NBL,SWL,SEL\nDest Node,1,,2,\nDest Node,2,3,,\nDest Node,3,,,1\n"
            "Volume,1,,9,\nVolume,2,9,,\nVolume,3,,,9\n",
            "Timeplans": "RECORDNAME,INTID,DATA\n",
        }),
        "no way through the network has a volume all along; export its ends (TYPE 1), too",
    ),
    "a plan of no node": (with_change("Control Type,2,1", "Control Type,70,1"), "node 70: a node that is not"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_one_line_and_no_folder(tmp_path: Path, capsys: Capture, name: str) -> None:
    text, said = REFUSED[name]
    path, out = written(tmp_path, text), tmp_path / "out"
    assert status(["scenario", "import-utdf", str(path), "--out", str(out)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert str(path) in shown.err
    assert len(shown.err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("section", "text"), [("Links", LINKS), ("Phases", PHASES), ("Timeplans", TIMEPLANS)])
def test_no_record_of_rubbish_makes_a_traceback(tmp_path: Path, section: str, text: str) -> None:
    """Each record of a section once with a huge number in it, read as far as the network."""
    for line in text.splitlines()[1:]:
        record, node, *cells = line.split(",")
        rubbish = ",".join((record, node, *("-1e30" if cell else "" for cell in cells)))
        path = written(tmp_path, utdf({section: text.replace(line, rubbish, 1)}))
        lines = read_sheet(path)
        with suppress(ScenarioError):
            read_town(read_sections(path, lines))
        with suppress(ScenarioError):
            placed_nodes(path, lines)


def test_a_node_with_records_of_its_own_is_no_other_controllers(tmp_path: Path) -> None:
    path = written(tmp_path, with_change("Node 1,1,0", "Node 1,1,2"))
    lines = read_sheet(path)
    file = read_sections(path, lines)
    town = read_town(file)
    check_controllers(file, town)
    assert [(guess.id, guess.value) for guess in town.guesses.found if guess.kind == "plan"] == [
        ("2", "its own records")
    ]
    assert placed_nodes(path, lines)["2"].number("timeplans", "Cycle Length", "DATA") == 80

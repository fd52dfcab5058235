"""Whose counts a sheet holds: by its name, its titles, its streets; from a workbook to a report in three commands."""

import csv
import io
from pathlib import Path

import pytest

from tests.conftest import build_network
from tests.scenarios.counts.sheets import rendered as r
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.counts.from_demand import write_own_counts
from zhasyl.scenarios.counts.placed import place_counts
from zhasyl.scenarios.counts.read import read_found
from zhasyl.scenarios.directions import nearest
from zhasyl.scenarios.streets import same_street
from zhasyl.sumo.net_file import read_network

NODES = """<nodes><node id="w" x="0" y="0"/><node id="a" x="300" y="0" type="traffic_light"/>
<node id="b" x="600" y="0" type="traffic_light"/><node id="e" x="900" y="0"/>
<node id="an" x="300" y="300"/><node id="bn" x="700" y="260"/></nodes>"""
STREETS = {
    "wa": "Abay avenue",
    "ab": "Abay avenue",
    "be": "Abay avenue",
    "ana": "Satpayev street",
    "bnb": "Dostyk avenue",
}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Two T-junctions of a main street with a side street each; the second one's comes in from the north-east."""
    folder = tmp_path_factory.mktemp("pair") / "pair"
    folder.mkdir()
    ends = [("w", "a"), ("a", "b"), ("b", "e"), ("an", "a"), ("bn", "b")]
    edges = "".join(
        f'<edge id="{f}{t}" from="{f}" to="{t}" name="{STREETS.get(x + y, "")}"/>'
        for x, y in ends for f, t in ((x, y), (y, x))
    )  # fmt: skip
    (folder / "pair.nod.xml").write_text(NODES, "utf-8")
    (folder / "pair.edg.xml").write_text(f"<edges>{edges}</edges>", "utf-8")
    return read_network(build_network(folder).with_suffix(".net.xml"))


def tee(side: str = "Southbound") -> r.Rows:
    over = ["", "Eastbound", "", "Westbound", "", side, ""]
    return [over, ["Time", "Left", "Thru", "Thru", "Right", "Left", "Right"], ["7:00-8:00", 10, 200, 210, 12, 14, 16]]


def placed(network: Network, folder: Path, sheets: r.Sheets, name: str = "counts.xlsx") -> dict[str, list[str]]:
    path = r.write_book(folder / name, sheets)
    found = place_counts(path, read_found(path).counts, network)
    return {
        junction: sorted(f"{p.turn[0]}>{p.turn[1]}" for p in found.counts if p.junction == junction)
        for junction in sorted({p.junction for p in found.counts})
    }


AT_A = ["ana>ab", "ana>aw", "ba>aan", "ba>aw", "wa>aan", "wa>ab"]
AT_B = ["ab>bbn", "ab>be", "bnb>ba", "bnb>be", "eb>ba", "eb>bbn"]


def test_a_sheet_a_junction(pair: Network, tmp_path: Path) -> None:
    assert placed(pair, tmp_path, {"a": tee(), "b": tee("0°")}) == {"a": AT_A, "b": AT_B}
    assert placed(pair, tmp_path, {"1": tee(), "2": tee("Northeast leg")}) == {"a": AT_A, "b": AT_B}


@pytest.mark.parametrize(
    "title", ["Intersection: Abay Ave & Satpayev St", "Абая - Сатпаева", "пр. Абая / ул. Сатпаева"]
)
def test_a_title_may_name_the_streets(pair: Network, tmp_path: Path, title: str) -> None:
    assert placed(pair, tmp_path, {"Sheet1": [[title], *tee()]}) == {"a": AT_A}


def test_approaches_may_be_named_by_their_streets(pair: Network, tmp_path: Path) -> None:
    rows = tee("Достык")
    rows[0][1], rows[0][3] = "Абая запад", "Абая (восток)"
    assert placed(pair, tmp_path, {"b": rows}) == {"b": AT_B}


def test_a_sheet_that_names_no_junction_of_several_is_refused(pair: Network, tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"sheet 'AM' cell B3: no junction is named \('AM', 'counts'\); name the sheet"
    ):
        placed(pair, tmp_path, {"AM": tee()})


def test_headings_are_given_to_the_nearest_arms_each_once() -> None:
    assert nearest({"NB": 0, "EB": 90, "WB": 270}, {"x": 40, "y": 100, "z": 250}) == {"NB": "x", "EB": "y", "WB": "z"}
    assert nearest({"NB": 0, "NEB": 45}, {"x": 30, "y": 5}) == {"NB": "y", "NEB": "x"}
    assert nearest({"NB": 0}, {"x": 45}) == {}


@pytest.mark.parametrize(("one", "other", "same"), [
    ("ул. Абая", "Abay avenue", True), ("Назарбаева пр-т", "Nazarbayev avenue", True), ("Абай даңғылы",
        "Abay Ave.", True),
    ("Сейфуллина", "Seifullin", True), ("Abay", "Abylai khan", False), ("street", "avenue", False), ("Mira",
        "Mir", False),
])  # fmt: skip
def test_streets_are_compared_as_people_write_them(one: str, other: str, same: bool) -> None:
    assert same_street(one, other) is same


def own_counts(scenario: str) -> tuple[str, r.CountSet]:
    text = io.StringIO()
    write_own_counts(load_scenario(scenario), 900, text)
    rows = list(csv.DictReader(text.getvalue().splitlines()))
    begins = sorted({row["begin"] for row in rows})
    vehicles = {
        (row["approach"], row["movement"], row["class"], begins.index(row["begin"])): int(row["count"]) for row in rows
    }
    return text.getvalue(), r.CountSet(15, vehicles, {})


def test_a_built_in_scenarios_counts_are_the_same_rows_as_a_workbook(tmp_path: Path) -> None:
    """From 7:00 in the workbook, from 18:00 in the scenario; the rows are the same in all else."""
    text, counts = own_counts("abay-seifullin")
    network = load_scenario("abay-seifullin").network()
    (tmp_path / "counts.csv").write_text(text, "utf-8")
    files = [tmp_path / "counts.csv", r.write_book(tmp_path / "counts.xlsx", r.by_class(counts, people=False))]
    rows = []
    for path, first_s in zip(files, (64_800, 25_200), strict=True):
        found = place_counts(path, read_found(path).counts, network)
        rows.append({
            (p.turn, p.count.vehicle_class, p.count.begin_s - first_s, p.count.end_s - first_s, p.count.approach,
             p.count.movement): p.count.vehicles for p in found.counts
        })  # fmt: skip
    assert rows[0] == rows[1]
    assert len(rows[0]) > 60


APPROACHES = """approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph
EB,Main street,left|straight+right,1,3.5,60,20,100,20
WB,Main street,left|straight+right,1,3.5,60,20,100,20
NB,Side street,left+straight+right,1,3.25,50,20,100,20
SB,Side street,left+straight+right,1,3.25,50,20,100,20
"""


@pytest.mark.slow
def test_from_a_workbook_to_a_report_in_three_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("approaches.csv").write_text(APPROACHES, "utf-8")
    values = {"left": 3, "straight": 12, "right": 4}
    keys = [(a, m, "car", n) for a in r.APPROACHES for m in r.MOVEMENTS for n in range(2)]
    counts = r.CountSet(5, {key: values[key[1]] for key in keys}, {(a, n): 3 for a in r.APPROACHES for n in range(2)})
    r.write_book(Path("counts.xlsx"), {"AM": r.merged(counts, "car")})
    assert status(["scenario", "new", "approaches.csv", "--out", "junction"]) == 0
    assert status(["scenario", "calibrate", "junction", "counts.xlsx", "--out", "counted"]) == 0
    assert status(["compare", "counted", "--controllers", "fixed", "--seeds", "1", "--out", "results"]) == 0
    assert "100% of 16 movements as assigned" in capsys.readouterr().out
    assert list(Path("results").rglob("*.html"))
    fit = list(csv.DictReader(Path("counted/fit.csv").read_text("utf-8").splitlines()))
    walked = {row["approach"]: row for row in fit if row["movement"] == "on foot"}
    assert {name: float(row["counted_vph"]) for name, row in walked.items()} == dict.fromkeys(
        ("crossing:south", "crossing:north", "crossing:west", "crossing:east"), 36.0
    )
    assert all(float(row["simulated_vph"]) > 0 for row in walked.values())
    made = load_scenario("counted")
    assert [a.status for a in made.assumptions if a.subject == "pedestrians"] == ["measured"]

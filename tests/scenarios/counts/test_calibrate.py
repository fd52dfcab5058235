"""Counts on a network become vehicles that make them; what cannot be met is said, what cannot be true refused."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.counts.placed import place_counts
from zhasyl.scenarios.counts.read import Count
from zhasyl.scenarios.turns import find_junction, junction_turns
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import top_elements

TinyNetwork = Callable[[str], Path]
Capture = pytest.CaptureFixture[str]
WIDE = """junction,begin,class,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR
centre,7:00,car,4,20,5,3,18,6,7,40,5,6,44,8
centre,7:15,car,5,24,6,4,20,5,6,45,7,5,40,9
centre,7:00,truck,0,1,0,0,2,0,0,4,1,0,3,0
centre,7:15,truck,0,2,0,1,1,0,0,5,0,0,4,1
"""
BOTH = """junction,begin,EBT,WBT
a,7:00,100,40
b,7:00,60,40
a,7:15,100,40
b,7:15,60,40
"""
NODES = """<nodes>
<node id="w" x="0" y="0"/><node id="a" x="300" y="0" type="traffic_light"/>
<node id="b" x="600" y="0" type="traffic_light"/><node id="e" x="900" y="0"/>
<node id="an" x="300" y="300"/><node id="bn" x="600" y="300"/>
</nodes>"""


@pytest.fixture
def crossroads(tiny_network: TinyNetwork) -> Path:
    return tiny_network("crossroads-shared-lanes")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two signals in a row with a side street each, and cars that go straight on."""
    from tests.conftest import build_network

    folder = tmp_path_factory.mktemp("pair") / "pair"
    folder.mkdir()
    ends = [("w", "a"), ("a", "b"), ("b", "e"), ("an", "a"), ("bn", "b")]
    edges = "".join(f'<edge id="{f}{t}" from="{f}" to="{t}"/>' for x, y in ends for f, t in ((x, y), (y, x)))
    (folder / "pair.nod.xml").write_text(NODES, "utf-8")
    (folder / "pair.edg.xml").write_text(f"<edges>{edges}</edges>", "utf-8")
    (folder / "pair.rou.xml").write_text('<routes><trip id="t" depart="0" from="wa" to="be"/></routes>', "utf-8")
    (folder / "pair.sumocfg").write_text(
        '<configuration><net-file value="pair.net.xml"/><route-files value="pair.rou.xml"/><end value="60"/>'
        "</configuration>",
        "utf-8",
    )
    return build_network(folder)


def counts_file(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def network_of(config: Path) -> Network:
    return read_network(load_scenario(str(config)).net_file)


def test_vehicles_make_the_counted_turns(crossroads: Path, tmp_path: Path, capsys: Capture) -> None:
    path, out = counts_file(tmp_path, WIDE), tmp_path / "fitted"
    assert status(["scenario", "calibrate", str(crossroads), str(path), "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["share_assigned"], found["met"], found["remarks"]) == (1.0, True, [])
    assert all(row["assigned_vph"] == row["counted_vph"] for row in found["movements"])
    ebt = next(row for row in found["movements"] if (row["approach"], row["movement"]) == ("EB", "straight"))
    assert ebt["counted_vph"] == 2 * (40 + 45 + 4 + 5)
    scenario = load_scenario(str(out))
    assert (scenario.begin_s, scenario.end_s, scenario.warm_up_s) == (25200, 27000, 900)
    assert any(a.subject == "volumes" and a.status == "measured" for a in scenario.assumptions)
    departed: Counter[tuple[str, bool]] = Counter()
    for route_file in scenario.route_files:
        departed.update((v.get("type", ""), float(v.get("depart", "")) >= 25200) for v in top_elements(route_file))
    assert departed["car", True] == sum(map(int, ",".join(WIDE.splitlines()[n][16:] for n in (1, 2)).split(",")))
    assert departed["truck", True] == 25
    assert departed["car", False] == pytest.approx(166, abs=5)
    assert status(["run", str(out), "--controller", "actuated", "--json", "--out", str(tmp_path / "r")]) == 0


def test_the_tables_say_how_well_and_where_from(crossroads: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "fitted"
    status(["scenario", "calibrate", str(crossroads), str(counts_file(tmp_path, WIDE)), "--out", str(out)])
    assert "GEH below 5 on 100% of 12 movements as assigned" in capsys.readouterr().out
    fit, trips = (list(csv.DictReader((out / name).read_text("utf-8").splitlines())) for name in ("fit.csv", "od.csv"))
    assert len(fit) == 12
    assert max(float(row["geh_assigned"]) for row in fit) == 0
    west_east = {
        row["class"]: int(row["vehicles"]) for row in trips if (row["from"], row["to"]) == ("west-in", "east-out")
    }
    assert west_east == {"car": 85, "truck": 9}


def test_counts_that_contradict_each_other_are_said_and_not_met(pair: Path, tmp_path: Path, capsys: Capture) -> None:
    text = "junction,approach,movement,begin,end,count\n" + "".join(
        f"{junction},{approach},T,7:00,8:00,{number}\n"
        for junction, approach, number in (("a", "wa", 900), ("b", "ab", 200), ("b", "eb", 100), ("a", "ba", 100))
    ) + "b,ab,L,7:00,8:00,0\n"  # fmt: skip
    out = tmp_path / "fitted"
    assert status(["scenario", "calibrate", str(pair), str(counts_file(tmp_path, text)), "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "rows 2 send 900 veh/h along ab, rows 3-6 receive 200; the difference would begin or end in between" in said
    assert "not met:" in said
    assert (out / "scenario.toml").is_file()


def test_only_the_time_that_was_counted_counts(pair: Path, tmp_path: Path, capsys: Capture) -> None:
    """A morning and an evening peak in one file, and an approach that was counted in the evening only."""
    sheet = "junction,begin,end,EBT,WBT\na,7:00,7:15,60,40\nb,17:00,17:15,80,30\na,17:00,17:15,80,30\n"
    assert status(["scenario", "calibrate", str(pair), str(counts_file(tmp_path, sheet)),
                   "--out", str(tmp_path / "made"), "--json"]) == 0  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    counted = {(m["junction"], m["approach"]): m["counted_vph"] for m in said["movements"]}
    assert counted == {("a", "EB"): 280, ("a", "WB"): 140, ("b", "EB"): 320, ("b", "WB"): 120}
    assigned = {(m["junction"], m["approach"]): m["assigned_vph"] for m in said["movements"]}
    assert assigned == pytest.approx(counted, abs=8)
    (gap,) = [remark for remark in said["remarks"] if "nothing is counted" in remark]
    assert "from 07:15 to 17:00" in gap
    assert not [remark for remark in said["remarks"] if "check both" in remark]


def test_missing_movements_are_said(pair: Path, tmp_path: Path, capsys: Capture) -> None:
    path = counts_file(tmp_path, BOTH)
    status(["scenario", "calibrate", str(pair), str(path), "--out", str(tmp_path / "fitted"), "--json"])
    remarks = json.loads(capsys.readouterr().out)["remarks"]
    assert "'a', EB: no count of left; any volume is taken to be right" in remarks
    assert "'b', SB: no count of left, right; any volume is taken to be right" in remarks


def test_columns_of_movements_that_are_not_there_may_hold_zeros(pair: Path, tmp_path: Path, capsys: Capture) -> None:
    text = "junction,begin,EBT,WBT,NBL,NBT\na,7:00,50,40,0,0\na,7:15,50,40,0,0\n"
    out = tmp_path / "fitted"
    assert status(["scenario", "calibrate", str(pair), str(counts_file(tmp_path, text)), "--out", str(out)]) == 0
    assert "100% of 2 movements" in " ".join(capsys.readouterr().out.split())
    text = text.replace("40,0,0\na,7:15", "40,3,0\na,7:15")
    assert status(["scenario", "calibrate", str(pair), str(counts_file(tmp_path, text)), "--out", str(out) + "2"]) == 2
    assert "row 2 column 5: no approach at 'a' 'NB'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_calibrated_scenario_can_be_calibrated_again(crossroads: Path, tmp_path: Path) -> None:
    path = counts_file(tmp_path, WIDE)
    assert status(["scenario", "calibrate", str(crossroads), str(path), "--out", str(tmp_path / "first")]) == 0
    assert status(["scenario", "calibrate", str(tmp_path / "first"), str(path), "--out", str(tmp_path / "again")]) == 0
    first, again = (load_scenario(str(tmp_path / name)) for name in ("first", "again"))
    assert [path.name for path in again.additional_files] == ["vehicles.add.xml"]
    assert [path.read_bytes() for path in first.route_files] == [path.read_bytes() for path in again.route_files]
    assert sorted(a.subject for a in first.assumptions) == sorted(a.subject for a in again.assumptions)


def test_turns_are_named_as_planners_do(crossroads: Path) -> None:
    turns = junction_turns(network_of(crossroads), "centre")
    assert turns.headings == {"east-in": "WB", "north-in": "SB", "south-in": "NB", "west-in": "EB"}
    assert turns.find("NB", "left") == ("south-in", "west-out")
    assert turns.find("westbound", "right") == ("east-in", "north-out")
    assert turns.find("west-in", "east-out") == ("west-in", "east-out")
    assert find_junction(network_of(crossroads), "1").id == "centre"


def test_a_class_without_a_row_where_another_was_counted_was_not_there(pair: Path, tmp_path: Path) -> None:
    """Trucks are counted on their way through only; they must not turn where the cars were counted."""
    turns = (("a", "wa", "T", 200), ("a", "wa", "L", 60), ("b", "ab", "T", 150), ("b", "ab", "L", 50))
    cars = [f"{j},{a},{m},car,7:00,8:00,{n}" for j, a, m, n in turns]
    trucks = [f"{j},{a},T,truck,7:00,8:00,80" for j, a in (("a", "wa"), ("b", "ab"))]
    text = "\n".join(("junction,approach,movement,class,begin,end,count", *cars, *trucks)) + "\n"
    out = tmp_path / "fitted"
    status(["scenario", "calibrate", str(pair), str(counts_file(tmp_path, text)), "--out", str(out)])
    routes = [
        v.find("route") for v in top_elements(out / "demand-truck.rou.xml") if float(v.get("depart", "0")) >= 25200
    ]
    through = Counter(route.get("edges", "") for route in routes if route is not None)
    assert through == {"wa ab be": 80}


@pytest.mark.slow
def test_buses_get_routes_on_roads_of_their_own(pair: Path, tmp_path: Path) -> None:
    """The same two signals with a west end that only buses may use."""
    config = load_scenario(str(pair))
    network = config.net_file.read_text("utf-8")
    edge = network[network.index('<edge id="wa"') :]
    closed = edge[: edge.index("</edge>")].replace("<lane ", '<lane allow="bus" ')
    folder = tmp_path / "buses"
    folder.mkdir()
    (folder / "pair.net.xml").write_text(network.replace(edge[: edge.index("</edge>")], closed), "utf-8")
    (folder / "pair.rou.xml").write_text("<routes/>", "utf-8")
    (folder / "pair.sumocfg").write_text(pair.read_text("utf-8"), "utf-8")
    rows = ("a,wa,T,bus,7:00,8:00,30", "a,ba,T,car,7:00,8:00,90", "b,ab,T,bus,7:00,8:00,30")
    path = counts_file(tmp_path, "\n".join(("junction,approach,movement,class,begin,end,count", *rows)) + "\n")
    out = tmp_path / "fitted"
    assert status(["scenario", "calibrate", str(folder / "pair.sumocfg"), str(path), "--out", str(out)]) == 0
    fit = csv.DictReader((out / "fit.csv").read_text("utf-8").splitlines())
    assigned = {(row["junction"], row["approach"]): float(row["assigned_vph"]) for row in fit}
    wanted = {("a", "wa"): 30, ("a", "ba"): 90, ("b", "ab"): 30}
    assert assigned == pytest.approx(wanted, abs=3)  # routeSampler rounds each route's share down


MALFORMED = {
    "unknown-junction": ("Centre2,NB,T,7:00,7:15,3", "row 2: no junction 'Centre2'. Did you mean 'centre'?"),
    "number-too-large": ("2,NB,T,7:00,7:15,3", "or a number from 1 to 1"),
    "unknown-approach": ("centre,NE,T,7:00,7:15,3", "row 2: no approach at 'centre' 'NE'"),
    "unknown-movement": ("centre,NB,back,7:00,7:15,3", "row 2: no movement of approach NB at 'centre' 'back'"),
    "above-capacity": (
        "centre,NB,T,7:00,7:15,900",
        "row 2: 900 vehicles in 900 s are 3600 an hour, 1 lanes carry 2400",
    ),
    "same-turn": ("centre,NB,T,7:00,7:15,3\n1,south-in,T,7:00,7:15,3", "row 3: the same turn and time as row 2"),
    "all-zero": ("centre,NB,T,7:00,7:15,0", "all counts are 0"),
}


@pytest.mark.parametrize(("rows", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_does_not_fit_the_network_ends_in_one_line_and_no_folder(
    crossroads: Path, tmp_path: Path, capsys: Capture, rows: str, reason: str
) -> None:
    path = counts_file(tmp_path, f"junction,approach,movement,begin,end,count\n{rows}\n")
    out = tmp_path / "fitted"
    assert status(["scenario", "calibrate", str(crossroads), str(path), "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), reason in err) == (1, True), err
    assert [file.name for file in tmp_path.iterdir()] == ["counts.csv"]


def test_vehicles_in_additional_files_are_refused(crossroads: Path, tmp_path: Path, capsys: Capture) -> None:
    extra = crossroads.parent / "more.add.xml"
    extra.write_text('<additional><trip id="x" depart="0" from="a" to="b"/></additional>', "utf-8")
    config = crossroads.parent / "more.sumocfg"
    text = crossroads.read_text("utf-8")
    config.write_text(text.replace("</input>", '<additional-files value="more.add.xml"/></input>'), "utf-8")
    path = counts_file(tmp_path, WIDE)
    assert status(["scenario", "calibrate", str(config), str(path), "--out", str(tmp_path / "out")]) == 2
    assert "would add to the counts" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["north-in", "centre"])
def test_ids_that_the_tools_of_sumo_cannot_read_again_are_refused(
    crossroads: Path, tmp_path: Path, capsys: Capture, name: str
) -> None:
    copytree(crossroads.parent, tmp_path / "marked")
    for path in (tmp_path / "marked").glob("*.xml"):
        path.write_text(path.read_text("utf-8").replace(name, "A&amp;B"), "utf-8")
    config, path = tmp_path / "marked" / crossroads.name, counts_file(tmp_path, WIDE)
    assert status(["scenario", "calibrate", str(config), str(path), "--out", str(tmp_path / "out")]) == 2
    assert "cannot read the id 'A&B' that they write; rename it" in capsys.readouterr().err


@given(st.integers(0, 600), st.sampled_from(["NB", "SB", "EB", "WB"]), st.sampled_from(["left", "straight", "right"]))
def test_a_count_is_taken_or_refused_by_what_its_lanes_carry(
    tiny_network: TinyNetwork, vehicles: int, approach: str, movement: str
) -> None:
    network = NETWORKS.setdefault("crossroads", network_of(tiny_network("crossroads-shared-lanes")))
    count = Count(2, "centre", approach, movement, "car", 0.0, 450.0, vehicles)
    turn = junction_turns(network, "centre").find(approach, movement)
    lanes = junction_turns(network, "centre").lanes[turn]
    if vehicles > 300 * lanes:
        with pytest.raises(ScenarioError, match=f"row 2: {vehicles} vehicles"):
            place_counts(Path("counts.csv"), [count], network)
    else:
        assert place_counts(Path("counts.csv"), [count], network).counts[0].turn == turn


NETWORKS: dict[str, Network] = {}

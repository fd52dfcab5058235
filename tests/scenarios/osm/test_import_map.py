"""An OSM extract becomes a scenario that runs, and says what was guessed; a bad one leaves one line and no folder."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.osm.osm_town import osm, town, way
from zhasyl.cli import status
from zhasyl.derive import derive_signals
from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.osm.extract import Box, read_osm
from zhasyl.scenarios.osm.guesses import Guess, fill_gaps
from zhasyl.scenarios.osm.import_map import import_osm
from zhasyl.scenarios.osm.pbf import pbf_elements
from zhasyl.signals import SignalTiming
from zhasyl.sumo.net_file import read_network

Capture = pytest.CaptureFixture[str]
BOX = Box(0, 0, 0.01, 0.01)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two by two signals, imported by the command line."""
    folder = tmp_path_factory.mktemp("osm")
    assert status(["scenario", "import-osm", str(town(folder, 2, 2)), "--out", str(folder / "Town 2"), "--json"]) == 0
    return folder / "Town 2"


def test_a_town_becomes_a_scenario_folder(imported: Path) -> None:
    assert {path.name for path in imported.iterdir()} == {
        "scenario.toml", "scenario.sumocfg", "network.net.xml", "demand.rou.xml", "assumptions.csv", "guessed.csv",
        "signals.csv", "network.png"}  # fmt: skip
    scenario = load_scenario(str(imported / "scenario.toml"))
    assert (scenario.id, scenario.begin_s, scenario.end_s, scenario.warm_up_s) == ("town-2", 900, 4500, 900)
    assert any("ODbL" in line for line in scenario.attribution)
    assert {"volumes", "speed limits", "signal plans"} <= {a.subject for a in scenario.assumptions}
    assert load_scenario(str(imported)).content == scenario.content


def test_every_mapped_signal_can_be_controlled(imported: Path) -> None:
    scenario = load_scenario(str(imported))
    derived = derive_signals(read_network(scenario.net_file), scenario.timing)
    assert sorted(derived.signals) == ["102", "103", "202", "203"]
    assert derived.uncontrolled == {}


def test_the_imported_scenario_runs(imported: Path, tmp_path: Path, capsys: Capture) -> None:
    assert status(["run", str(imported), "--controller", "max-pressure", "--json", "--out", str(tmp_path)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["status"], record["faults"], record["gridlocked"]) == ("done", [], False)
    assert record["loaded_veh"] > 200


def test_signals_are_listed_with_place_streets_and_approaches(imported: Path) -> None:
    with (imported / "signals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[0]["lat"]) == pytest.approx(0.0018, abs=1e-4)
    assert float(rows[0]["lon"]) == pytest.approx(0.0018, abs=1e-4)
    assert rows[0]["streets"] == "Street 0 × Street 2"
    assert [pair.partition("=")[0] for pair in sorted(rows[0]["approaches"].split())] == ["EB", "NB", "SB", "WB"]


def test_each_guess_is_listed_with_way_name_and_reason(imported: Path) -> None:
    with (imported / "guessed.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("speed", "lanes")]
    assert len(rows) == 8
    assert rows[0] == {"kind": "lanes", "osm_id": "7000", "name": "Street 0", "value": "2",
                       "reason": "no lanes mapped; default of a tertiary road"}  # fmt: skip


def test_the_same_map_gives_the_same_bytes(imported: Path, tmp_path: Path) -> None:
    import_osm(town(tmp_path, 2, 2), tmp_path, "Town 2", None, "", 60.0)
    for name in ("network.net.xml", "demand.rou.xml", "scenario.toml", "guessed.csv", "signals.csv"):
        assert (tmp_path / name).read_bytes() == (imported / name).read_bytes()
    assert load_scenario(str(imported)).content == load_scenario(str(tmp_path)).content


def guessed(tmp_path: Path, **tags: str) -> tuple[dict[str, str], list[Guess]]:
    """A way's tags after guessing, and the guesses."""
    marked = {key.replace("__", ":"): value for key, value in tags.items()}
    roads, guesses = fill_gaps(read_osm(town(tmp_path, tags={"highway": "secondary", **marked})), 50.0)
    return roads.ways[0].tags, [guess for guess in guesses if guess.osm_id == "7000"]


@pytest.mark.parametrize(
    ("said", "kmh", "is_guess"),
    [("40", "40", False), ("40 km/h", "40", False), ("30 mph", "48.2803", False), ("RU:urban", "60", False),
     ("KZ:urban", "60", False),     ("UZ:urban", "70", False), ("KZ:zone30", "30", False), ("XX:urban", "50", True),
     ("walk", "50", True), ("0", "50", True), ("999", "50", True), ("-60", "50", True), ("nan", "50", True)],
)  # fmt: skip
def test_a_speed_that_is_none_becomes_the_towns(tmp_path: Path, said: str, kmh: str, is_guess: bool) -> None:
    tags, guesses = guessed(tmp_path, maxspeed=said, lanes="2")
    assert tags["maxspeed"] == kmh
    assert [guess.kind for guess in guesses] == ["speed"] * is_guess


@pytest.mark.parametrize(
    ("tags", "expected", "is_guess"),
    [
        ({"lanes": "4"}, ("4", "2", "2"), False),
        ({"lanes": "5"}, ("5", "3", "2"), True),
        ({"lanes": "5", "lanes__forward": "2"}, ("5", "2", "3"), False),
        ({"lanes__forward": "3", "lanes__backward": "1"}, ("4", "3", "1"), False),
        ({"turn__lanes__forward": "left|through|right", "turn__lanes__backward": "|"}, ("5", "3", "2"), False),
        ({"lanes": "2", "oneway": "yes"}, ("2", "", ""), False),
        ({"oneway": "yes"}, ("1", "", ""), True),
        ({"lanes": "99"}, ("2", "1", "1"), True),
        ({"lanes": "two"}, ("2", "1", "1"), True),
        ({}, ("2", "1", "1"), True),
    ],
)
def test_lanes_come_from_the_map_or_are_said_to_be_guessed(
    tmp_path: Path, tags: dict[str, str], expected: tuple[str, str, str], is_guess: bool
) -> None:
    found, guesses = guessed(tmp_path, maxspeed="50", **tags)
    assert (found["lanes"], found.get("lanes:forward", ""), found.get("lanes:backward", "")) == expected
    assert [guess.kind for guess in guesses] == ["lanes"] * is_guess


def network_of(tmp_path: Path, path: Path, signals: str = "") -> Network:
    (tmp_path / "made").mkdir()
    return import_osm(path, tmp_path / "made", "town", None, signals, 60.0).network


def test_speed_and_lanes_reach_the_network(tmp_path: Path) -> None:
    network = network_of(tmp_path, town(tmp_path, tags={"highway": "secondary", "lanes": "6", "maxspeed": "70"}))
    roads = [edge for edge in network.edges.values() if edge.function in ("", "normal")]
    assert {round(edge.speed_mps * 3.6) for edge in roads} == {70}
    assert {len(edge.lanes) - len(edge.no_cars) for edge in roads} == {3}


def test_signals_are_added_and_taken_away_by_node(tmp_path: Path) -> None:
    assert sorted(network_of(tmp_path, town(tmp_path, 2, 1, signals=False), "102").programmes) == ["102"]
    (tmp_path / "made").rename(tmp_path / "first")
    assert sorted(network_of(tmp_path, town(tmp_path, 2, 1), "-202").programmes) == ["102"]


def test_a_box_cuts_ways_into_parts(tmp_path: Path) -> None:
    path = osm(tmp_path, "".join(
        (*(f'<node id="{n}" lat="0.001" lon="{lon}"/>' for n, lon in enumerate((0, 0.002, 0.02, 0.004, 0.006), 1)),
         way(9, [1, 2, 3, 4, 5], {"highway": "primary"}))))  # fmt: skip
    parts = read_osm(path, BOX).ways
    assert [(part.osm_id, part.nodes) for part in parts] == [(9, (1, 2)), (9, (4, 5))]
    assert len({part.id for part in parts}) == 2


def test_a_turn_that_the_map_forbids_is_not_built(tmp_path: Path) -> None:
    arms = ([2, 102], [102, 202], [101, 102], [102, 103])  # west, east, south, north of the signal
    streets = "".join(way(n, nodes, {"highway": "tertiary"}) for n, nodes in enumerate(arms, start=1))
    nodes = town(tmp_path).read_text("utf-8").partition("<way")[0].partition('"0.6">')[2]
    ban = (
        '<relation id="5"><member type="way" ref="1" role="from"/><member type="node" ref="102" role="via"/>'
        '<member type="way" ref="4" role="to"/><tag k="type" v="restriction"/>'
        '<tag k="restriction" v="no_left_turn"/></relation>'
    )
    allowed = network_of(tmp_path, osm(tmp_path, nodes + streets))
    (tmp_path / "made").rename(tmp_path / "first")
    banned = network_of(tmp_path, osm(tmp_path, nodes + streets + ban))
    turns = [{(c.from_edge, c.to_edge) for c in n.connections if c.direction in "lL"} for n in (allowed, banned)]
    assert turns[0] - turns[1] == {("1", "4")}


@pytest.mark.parametrize("left", [False, True])
def test_traffic_keeps_to_the_side_that_is_said(left: bool, tmp_path: Path) -> None:
    out = tmp_path / "made"
    flag = ["--left-hand"] * left
    assert status(["scenario", "import-osm", str(town(tmp_path)), "--out", str(out), *flag]) == 0
    network = read_network(out / "network.net.xml")
    assert network.left_hand is left
    eastbound, westbound = (
        next(edge for edge in network.edges.values() if edge.id.split("#")[0] == name) for name in ("7000", "-7000")
    )
    assert (eastbound.shape[0][1] > westbound.shape[-1][1]) is left  # north of it
    side = next(a for a in load_scenario(str(out)).assumptions if a.subject == "side of the road")
    assert side.statement == f"Traffic keeps to the {'left' if left else 'right'}"


def test_a_pbf_file_gives_the_same_roads(tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium")
    path, packed = town(tmp_path, 2, 1), tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for item in osmium.FileProcessor(str(path)):
            writer.add(item)
    assert read_osm(packed) == read_osm(path)


def test_without_pyosmium_the_next_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("zhasyl.scenarios.osm.pbf.import_module", absent)
    with pytest.raises(ScenarioError, match=r"pip install 'zhasyl\[osm\]'"):
        list(pbf_elements(tmp_path / "town.osm.pbf"))


NODES = '<node id="1" lat="0" lon="0"/><node id="2" lat="0.002" lon="0"/>'
ROAD = way(9, [1, 2], {"highway": "primary"})
BOMB = '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><osm version="0.6"><node id="&b;"/></osm>'
OUTSIDE = '<!DOCTYPE osm [<!ENTITY a SYSTEM "/etc/hostname">]><osm version="0.6"><node id="&a;"/></osm>'


def raw(content: bytes | str) -> Callable[[Path], Path]:
    """A file of this content."""

    def written(folder: Path) -> Path:
        path = folder / "bad.osm"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def huge(folder: Path) -> Path:
    path = folder / "huge.osm"
    with path.open("wb") as file:
        file.truncate(301_000_000)
    return path


MALFORMED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no-file": (lambda folder: folder / "nowhere.osm", "No such file"),
    "a-folder": (lambda folder: folder, "bad"),
    "empty": (raw(""), "is empty"),
    "too-large": (huge, "301 MB, at most 300"),
    "garbage": (raw(bytes(range(256)) * 4000), "not valid OSM XML"),
    "200-mb-token": (raw('<osm version="0.6"><node id="' + "x" * 3_000_000), "over 1 MB without a '>'"),
    "entity-bomb": (raw(BOMB), "declares a DTD or entities"),
    "external-entity": (raw(OUTSIDE), "declares a DTD or entities"),
    "cut-off": (raw(f'<osm version="0.6">{NODES}'), "not valid OSM XML"),
    "wrong-encoding": (raw(f"<osm>{ROAD}</osm>".encode().replace(b"primary", b"pr\xeemary")), "not valid OSM XML"),
    "unknown-encoding": (raw('<?xml version="1.0" encoding="morse"?><osm/>'), "not valid OSM XML"),
    "html": (raw("<html><body>404</body></html>"), "<html> is not an OSM file"),
    "nested": (raw("<osm>" + "<a>" * 5000), "too deep or too long"),
    "endless-way": (raw("<osm><way id='1'>" + "<nd ref='1'/>" * 60_000 + "</way></osm>"), "too deep or too long"),
    "no-roads": (lambda folder: osm(folder, NODES), "no road for cars"),
    "no-nodes": (lambda folder: osm(folder, ROAD), "no road for cars"),
    "way-id-in-words": (lambda folder: osm(folder, NODES + ROAD.replace('id="9"', 'id="nine"')), "id 'nine'"),
    "ref-in-words": (lambda folder: osm(folder, NODES + ROAD.replace('ref="1"', 'ref="x"')), "ref 'x'"),
    "latitude": (lambda folder: osm(folder, NODES.replace("0.002", "443") + ROAD), "lat '443' is not within ±85"),
    "no-number": (lambda folder: osm(folder, NODES.replace("0.002", "nan") + ROAD), "lat 'nan'"),
    "no-signal": (lambda folder: town(folder, signals=False), "no signal at any junction"),
    "bad-pbf": (lambda folder: raw(b"\0\0\0\x0dnot a pbf")(folder).rename(folder / "bad.osm.pbf"), ".pbf"),
}  # fmt: skip


@pytest.mark.parametrize(("made", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_bad_map_ends_in_one_line_and_no_folder(
    tmp_path: Path, capsys: Capture, made: Callable[[Path], Path], reason: str
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    out = tmp_path / "new" / "made"
    assert status(["scenario", "import-osm", str(made(folder)), "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1, err
    assert reason in err
    assert "bad" in err
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--bbox", "1,2,3"], "is not west,south,east,north"),
        (["--bbox", "2,0,1,1"], "west must be below east"),
        (["--bbox", "nan,0,1,1"], "west must be below east"),
        (["--bbox", "50,50,51,51"], "no road for cars inside --bbox"),
        (["--signals", "77"], "no OSM node on a road here '77'"),
        (["--signals", "Abay"], "no OSM node on a road here 'Abay'"),
        (["--download"], "give either an OSM file or --download"),
    ],
)
def test_a_bad_option_ends_in_one_line_and_no_folder(
    tmp_path: Path, capsys: Capture, options: list[str], reason: str
) -> None:
    out = tmp_path / "made"
    assert status(["scenario", "import-osm", str(town(tmp_path)), "--out", str(out), *options]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), reason in err) == (1, True), err
    assert not out.exists()


def test_a_folder_with_files_is_not_touched(tmp_path: Path, capsys: Capture) -> None:
    path = town(tmp_path)
    assert status(["scenario", "import-osm", str(path), "--out", str(tmp_path)]) == 2
    assert "is not an empty folder" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_comma_in_the_folders_name_is_refused_at_once(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "Almaty, centre"
    assert status(["scenario", "import-osm", str(town(tmp_path)), "--out", str(out)]) == 2
    assert "has a comma" in capsys.readouterr().err
    assert not out.exists()


def test_thirty_signals_are_imported_and_all_can_be_controlled(tmp_path: Path) -> None:
    network = network_of(tmp_path, town(tmp_path, 6, 5, {"highway": "secondary", "lanes": "4"}))
    derived = derive_signals(network, SignalTiming())
    assert (len(derived.signals), derived.uncontrolled) == (30, {})


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("end_s = 4500", "end_s = 60", "end it after it begins"),
        ("version = 1", "version = 0", "version: "),
        ('sumocfg = "scenario.sumocfg"', 'sumocfg = "../other.sumocfg"', "sumocfg: "),
        ("[signals]", "[signals]\ncolour = 1", "signals.colour: "),
    ],
)
def test_a_bad_scenario_toml_is_refused_in_one_line(
    imported: Path, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = (imported / "scenario.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "scenario.toml").write_text(text.replace(old, new), "utf-8")
    for name in ("scenario.sumocfg", "network.net.xml", "demand.rou.xml", "assumptions.csv"):
        (tmp_path / name).symlink_to(imported / name)
    with pytest.raises(ScenarioError, match=reason):
        load_scenario(str(tmp_path))


def test_the_content_changes_with_the_period(imported: Path, tmp_path: Path) -> None:
    def loaded() -> Scenario:
        return load_scenario(str(tmp_path))

    for path in imported.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = loaded()
    text = (tmp_path / "scenario.toml").read_text("utf-8")
    (tmp_path / "scenario.toml").write_text(text.replace("begin_s = 900", "begin_s = 1000"), "utf-8")
    assert loaded().content != before.content

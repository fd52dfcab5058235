"""A GTFS feed becomes bus lines on an imported map; a bad one ends in one line and leaves no folder."""

import csv
import json
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from tests.scenarios.osm.gtfs_feed import (
    CALENDAR,
    DATES,
    FREQUENCIES,
    ROUTES,
    STOPS,
    TIMES,
    TRIPS,
    feed,
)
from tests.scenarios.osm.osm_town import town
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.osm.extract import Box, read_osm
from zhasyl.scenarios.osm.gtfs import Window, bus_lines
from zhasyl.scenarios.osm.gtfs_day import Services, chosen_day, parse_day, runs_of_day
from zhasyl.scenarios.osm.gtfs_feed import Feed
from zhasyl.scenarios.osm.gtfs_stops import StopFinder
from zhasyl.scenarios.osm.guesses import fill_gaps
from zhasyl.scenarios.osm.network import Plane, build_network, plane_of
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import read_root

Capture = pytest.CaptureFixture[str]
HOUR_S = 3600.0
Streets = tuple[Network, Plane]
MORNING = Window("", 7.75 * HOUR_S, 9 * HOUR_S)
BOX = Box(-0.001, -0.001, 0.01, 0.01)


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Plane]:
    """Three junctions in a row, as netconvert makes them."""
    folder = tmp_path_factory.mktemp("gtfs")
    roads, _ = fill_gaps(read_osm(town(folder, 3, 1)), 60.0)
    build_network(roads, folder / "x.net.xml", folder)
    return read_network(folder / "x.net.xml"), plane_of(roads, folder / "x.net.xml")


def lines(folder: Path, streets: Streets, **tables: str) -> list[dict[str, str]]:
    """The list of lines that come of a feed with other tables."""
    network, plane = streets
    bus_lines(feed(folder, tables), network, plane, BOX, folder, MORNING)
    with (folder / "bus_lines.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_buses_run_on_an_imported_map(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "made"
    asked = [
        "scenario",
        "import-osm",
        str(town(tmp_path, 3, 1)),
        "--gtfs",
        str(feed(tmp_path)),
        "--out",
        str(out),
        "--json",
    ]
    assert status(asked) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["bus_lines"], facts["bus_stops"], facts["buses"]) == (1, 6, 8)
    assert facts["checked"]["error"] == 0
    scenario = load_scenario(str(out))
    assert (scenario.begin_s, scenario.end_s, scenario.warm_up_s) == (8 * HOUR_S, 9 * HOUR_S, 900)
    assert "bus lines" in {a.subject for a in scenario.assumptions}
    assert "GTFS feed feed.zip" in (out / "scenario.toml").read_text()


def test_headways_are_flows_from_the_first_stop_in_the_map(tmp_path: Path, streets: Streets) -> None:
    rows = lines(tmp_path, streets, frequencies=FREQUENCIES)
    assert [(row["line"], row["stops"], row["from"], row["buses"], row["headways_s"]) for row in rows] == [
        ("37", "3", "e1 street", "7", "600"), ("37", "3", "w3 street", "1", "")]  # fmt: skip
    (flow,) = read_root(tmp_path / "buses.rou.xml").findall("flow")
    assert (flow.get("begin"), flow.get("end"), flow.get("period")) == ("28220", "32400", "600")
    assert [stop.get("duration") for stop in flow.findall("stop")] == ["20", "15", "15"]


def test_each_stop_is_at_the_kerb_of_its_direction(tmp_path: Path, streets: Streets) -> None:
    lines(tmp_path, streets)
    network = streets[0]
    for element in read_root(tmp_path / "bus_stops.add.xml"):
        edge = network.edges[str(element.get("lane")).rpartition("_")[0]]
        assert (edge.shape[-1][0] > edge.shape[0][0]) == str(element.get("name")).startswith("e")
    for route in read_root(tmp_path / "buses.rou.xml").iter("route"):
        edges = str(route.get("edges")).split()
        assert all(any(c.to_edge == b for c in network.outgoing[a]) for a, b in pairwise(edges))


@pytest.mark.parametrize(
    ("leave", "tables", "day", "services"),
    [
        ("", {"calendar_dates": DATES}, "20260303", {"week"}),
        ("", {"calendar_dates": DATES}, "2026-03-04", {"sunday"}),
        ("calendar_dates", {}, "20260308", {"sunday"}),
        ("calendar", {"calendar_dates": "service_id,date,exception_type\nweek,20260601,1\n"}, "20260601", {"week"}),
        ("frequencies", {}, "", {"week"}),
    ],
)
def test_a_calendar_of_either_kind_alone_is_enough(
    tmp_path: Path, leave: str, tables: dict[str, str], day: str, services: set[str]
) -> None:
    one = Feed(feed(tmp_path, tables, leave=leave))
    found = Services(one)
    assert found.on(chosen_day(one, found, day)) == services


def test_a_time_that_is_blank_lies_between_its_neighbours(tmp_path: Path) -> None:
    one = Feed(feed(tmp_path, inside="town/", leave="frequencies"))
    runs = runs_of_day(one, {"week": [0.0]}, dict.fromkeys(("e1", "e2", "e3")), 8 * HOUR_S, 9 * HOUR_S)
    assert [(halt.stop, halt.leaves_s - 8 * HOUR_S) for halt in runs[0].halts] == [
        ("e1", 620),
        ("e2", 730),
        ("e3", 840),
    ]


@pytest.mark.parametrize(
    ("day", "begin", "found"),
    [
        ("20260303", 0.0, [(0.5, 0.0), (0.4, 600.0)]),  # Tuesday: Monday's trips and headways run past midnight
        ("20260302", 0.0, []),  # the first day of the calendar
        ("20260307", 0.0, [(0.5, 0.0), (0.4, 600.0)]),  # Saturday, on which nothing of its own begins
        ("20260302", 23.75, [(24.5, 0.0), (24.4, 600.0)]),
        ("20260301", 23.75, [(24.2, 0.0)]),  # the first trip of the day after
    ],
)
def test_trips_of_the_day_before_run_past_midnight(
    tmp_path: Path, day: str, begin: float, found: list[tuple[float, float]]
) -> None:
    times = (
        TIMES.splitlines()[0]
        + """
back,24:30:00,24:30:00,w3,1
back,24:32:00,24:32:00,w2,2
out,08:00:00,08:00:00,e1,1
out,08:02:00,08:02:00,e2,2
late,00:12:00,00:12:00,e1,1
late,00:14:00,00:14:00,e2,2
"""
    )
    tables = {"stop_times": times, "frequencies": FREQUENCIES.replace("07:00:00,10:00:00", "24:24:00,24:30:00")}
    if day == "20260301":
        tables["trips"] = TRIPS.replace("r,week,", "r,none,").replace("sunday,late", "week,late")
    one = Feed(feed(tmp_path, tables))
    services = Services(one).around(parse_day(day))
    runs = runs_of_day(one, services, dict.fromkeys(("e1", "e2", "w2", "w3")), begin * HOUR_S, (begin + 1.25) * HOUR_S)
    assert [(run.first_s / HOUR_S, run.headway_s) for run in runs] == found


def test_what_does_not_fit_the_map_is_told(tmp_path: Path, streets: Streets) -> None:
    network, plane = streets
    field = STOPS.replace("e2 street,0.001740", "e2 street,0.003000")
    assert field != STOPS
    made = bus_lines(feed(tmp_path, {"stops": field}), network, plane, BOX, tmp_path, MORNING)
    assert [(g.kind, g.osm_id, g.name, g.value) for g in made.guesses] == [("bus", "e2", "37", "stop left out")]
    assert StopFinder(network).course([(1e6, 1e6), (2e6, 1e6)]) is None


def swapped(table: str, old: str, new: str) -> dict[str, str]:
    text = {"stops": STOPS, "stop_times": TIMES, "calendar": CALENDAR, "frequencies": FREQUENCIES, "routes": ROUTES,
            "trips": TRIPS}[table]  # fmt: skip
    assert old in text
    return {table: text.replace(old, new, 1)}


BAD = {
    "time": (swapped("stop_times", "8:10:20", "8h10"), "stop_times.txt row 3: departure_time '8h10' is no time"),
    "late time": (swapped("stop_times", "8:10:20", "99:10:20"), "row 3: departure_time '99:10:20' is no time"),
    "all times blank": (swapped("stop_times", "8:14:00,8:14:00", ","), "first and the last time of a trip are blank"),
    "sequence": (swapped("stop_times", "e1,2", "e1,x"), "stop_times.txt row 3: stop_sequence 'x' is no number"),
    "latitude": (swapped("stops", "0.001740", "north"), "stops.txt row 2: stop_lat 'north' is no number from -90"),
    "longitude": (swapped("stops", "0.000900", "nan"), "stops.txt row 2: stop_lon 'nan' is no number from -180 to 180"),
    "headway": (swapped("frequencies", ",600", ",0"), "frequencies.txt row 2: headway_secs '0' is no number from 1"),
    "endless headway": (swapped("frequencies", ",600", ",inf"), "headway_secs 'inf' is no number from 1 to 86400"),
    "turned round": (swapped("frequencies", "10:00:00", "06:00:00"), "end_time 06:00:00 is not after start_time"),
    "day": (swapped("calendar", "20260302", "2 March"), "calendar.txt row 2: start_date '2 March' is no day"),
    "column": (swapped("stops", "stop_lat", "lat"), "stops.txt: column stop_lat is missing"),
    "far away": ({"stops": re.sub(r",0\.0", ",7.0", STOPS)}, "none of its stops lies in the map"),
    "only trams": (swapped("routes", "37,,3", "37,,0"), "no bus calls at two stops in the map"),
    "no service": (swapped("calendar", "week,1,1,1,1,1", "week,0,0,0,0,0") | {
        "trips": TRIPS.replace("sunday", "week")}, "no trip in the first 28 days of its calendars"),
    "no such day": (swapped("calendar", "20260302", "20261399"), "calendar.txt row 2: start_date '20261399' is no day"),
    "a comma too many": (swapped("stops", "e1 street", "e1,street"), "stops.txt row 2: stop_lat 'street' is no number"),
    "quotes": ({"trips": TRIPS + '"r,week\n'}, "trips.txt: not CSV in UTF-8"),
    "empty calendar": ({"calendar": CALENDAR.splitlines()[0] + "\n"}, "its calendars are empty"),
    "empty table": ({"trips": ""}, "trips.txt: not CSV in UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_feed_is_refused(tmp_path: Path, streets: Streets, name: str) -> None:
    tables, says = BAD[name]
    with pytest.raises(ScenarioError) as refused:
        lines(tmp_path, streets, **tables)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(tmp_path / "feed.zip") in str(refused.value)


@pytest.mark.parametrize(
    ("leave", "says"),
    [("stops", "stops.txt is not in it"), ("stop_times", "stop_times.txt is not in it"),
     ("calendar", "neither calendar.txt nor calendar_dates.txt is in it")],
)  # fmt: skip
def test_a_feed_without_a_table_is_refused(tmp_path: Path, streets: Streets, leave: str, says: str) -> None:
    network, plane = streets
    with pytest.raises(ScenarioError, match=says):
        bus_lines(feed(tmp_path, leave=leave), network, plane, BOX, tmp_path, MORNING)


def test_a_zip_is_hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only tables at the top are read, nothing is unpacked to a disk, and no table beyond a size."""
    path = feed(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("a/b/stops.txt", "x")
    assert len(Feed(path).table("stops")) == 7
    monkeypatch.setattr("zhasyl.scenarios.osm.gtfs_feed.LARGEST_TABLE_MB", 0)
    with pytest.raises(ScenarioError, match=r"stops\.txt: over 0 MB unpacked"):
        Feed(path).table("stops")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ScenarioError, match="no GTFS feed"):
        Feed(path)


def test_a_damaged_zip_or_one_of_two_feeds_is_refused(tmp_path: Path) -> None:
    path = feed(tmp_path)
    data = bytearray(path.read_bytes())
    packed = data.find(b"stops.txt") + len(b"stops.txt")
    data[packed : packed + 30] = b"\xff" * 30
    path.write_bytes(bytes(data))
    with pytest.raises(ScenarioError, match=r"stops\.txt: cannot be unpacked"):
        Feed(path).table("stops")
    path = feed(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other/stops.txt", STOPS)
    with pytest.raises(ScenarioError, match=r"'stops\.txt' and 'other/stops\.txt' are both in it"):
        Feed(path)


def test_names_and_days_at_the_edge_are_read(tmp_path: Path, streets: Streets) -> None:
    """Control characters, which XML cannot hold; a last day without a day after; a blank departure with an arrival."""
    odd = {
        "routes": ROUTES.replace("37", "3\x017"), "stops": STOPS.replace("e1 street", "e1 \x0bstreet"),
        "calendar": CALENDAR.replace("20260302", "99991220").replace("20260329", "99991231"),
        "stop_times": TIMES.replace("out,8:14:00,8:14:00", "out,8:14:00,"),
    }  # fmt: skip
    assert {row["line"] for row in lines(tmp_path, streets, **odd)} == {"3 7"}
    assert len(read_root(tmp_path / "buses.rou.xml").findall("flow")) == 1
    assert len(read_root(tmp_path / "bus_stops.add.xml")) == 6


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--gtfs-date", "20260302"], "--gtfs-date and --from are for --gtfs FEED.zip"),
        (["--gtfs", "FEED", "--from", "8"], "--from '8': it is no clock time"),
        (["--gtfs", "FEED", "--from", "00:05"], "give 00:15 or later"),
        (["--gtfs", "FEED", "--gtfs-date", "yesterday"], "--gtfs-date 'yesterday' is no day; write it as 20260302"),
        (["--gtfs", "FEED", "--gtfs-date", "20260502"], "no trip on 2026-05-02; its calendars begin on 2026-03-02"),
        (["--gtfs", "FEED", "--from", "03:00"], "no bus calls at two stops in the map on 2026-03-02"),
        (["--gtfs", "none.zip"], "none.zip"),
    ],
)
def test_wrong_options_leave_no_folder(tmp_path: Path, capsys: Capture, options: list[str], says: str) -> None:
    out, path = tmp_path / "made", feed(tmp_path)
    given = [str(path) if word == "FEED" else word for word in options]
    assert status(["scenario", "import-osm", str(town(tmp_path)), "--out", str(out), *given]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_days_are_read(tmp_path: Path) -> None:
    assert str(parse_day("2026-03-02")) == "2026-03-02"

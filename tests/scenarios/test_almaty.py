"""The built-in Almaty scenarios: true to the map, complete in every period, and nothing in them that nobody uses.

Expected values were read from OpenStreetMap (ODbL) and from published statements; see the README of each scenario.
"""

import math
import statistics
import subprocess
import tomllib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.catalogue import catalogue
from zhasyl.scenarios.check.lanes import unused_lanes
from zhasyl.scenarios.check.subject import Subject
from zhasyl.scenarios.compile import demand
from zhasyl.scenarios.compile.city import CITY_FILE, write_city
from zhasyl.scenarios.compile.demand import path_shares
from zhasyl.scenarios.compile.scenario import compile_scenario
from zhasyl.scenarios.load import BUILT_IN_FOLDER, built_in_names
from zhasyl.scenarios.new.webster import movement_volumes, signal_timing
from zhasyl.scenarios.tables.geometry import local_xy
from zhasyl.scenarios.tables.model import Tables
from zhasyl.scenarios.tables.read import read_tables
from zhasyl.scenarios.tables.rows import Link
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.inputs.command import sumo_options
from zhasyl.sumo.simulation import SumoSimulation

MAPPED = ("abay-corridor", "abay-nazarbayev", "abay-seifullin", "downtown-grid")
PERIODS = ("morning", "midday", "evening", "night")
ABAY = ("baitursynov", "masanchi", "seifullin", "nauryzbai", "zheltoksan", "abylai_khan", "nazarbayev", "dostyk")
ABAY_SPACING_M = (295, 276, 285, 279, 148, 426, 700)
GRID_DISTANCES_M = (
    ("abay_nazarbayev", "kurmangazy_nazarbayev", 250),
    ("kurmangazy_zheltoksan", "shevchenko_zheltoksan", 194),
    ("shevchenko_zheltoksan", "zhambyl_zheltoksan", 191),
    ("zhambyl_abylai_khan", "kabanbay_abylai_khan", 189),
    ("kurmangazy_nauryzbai", "kurmangazy_zheltoksan", 281),
)  # great-circle distances between the mapped centres
SIGNALS_OF_ROWS = {
    "abay": {"nauryzbai", "zheltoksan", "abylai_khan", "nazarbayev", "dostyk"},
    "kurmangazy": {
        "nauryzbai", "zheltoksan", "abylai_khan", "baiseitova", "nazarbayev", "tulebaev", "konaev", "dostyk",
    },
    "shevchenko": {
        "nauryzbai", "tchaikovsky", "zheltoksan", "abylai_khan", "baiseitova", "nazarbayev", "tulebaev", "konaev",
        "dostyk",
    },
    "zhambyl": {"zheltoksan", "abylai_khan", "nazarbayev", "konaev"},
    "kabanbay": {"nauryzbai", "zheltoksan", "abylai_khan", "baiseitova", "panfilov", "nazarbayev", "konaev"},
}  # fmt: skip
CROSSINGS = (
    "kurmangazy_baiseitova",
    "kurmangazy_tulebaev",
    "shevchenko_tulebaev",
    "kabanbay_baiseitova",
    "kabanbay_panfilov",
)
POSITIONS = {
    "abay_abylai_khan": (43.24212, 76.94311), "abay_baitursynov": (43.24111, 76.92736),
    "abay_dostyk": (43.24305, 76.95693), "abay_masanchi": (43.24129, 76.93098),
    "abay_nauryzbai": (43.24176, 76.93787), "abay_nazarbayev": (43.24248, 76.94833),
    "abay_seifullin": (43.24152, 76.93437), "abay_zheltoksan": (43.24197, 76.94129),
    "kabanbay_abylai_khan": (43.24949, 76.94214), "kabanbay_baiseitova": (43.24960, 76.94385),
    "kabanbay_konaev": (43.25011, 76.95084), "kabanbay_nauryzbai": (43.24908, 76.93698),
    "kabanbay_nazarbayev": (43.24988, 76.94738), "kabanbay_panfilov": (43.24974, 76.94572),
    "kabanbay_zheltoksan": (43.24934, 76.94040), "kurmangazy_abylai_khan": (43.24435, 76.94280),
    "kurmangazy_baiseitova": (43.24447, 76.94456), "kurmangazy_dostyk": (43.24533, 76.95664),
    "kurmangazy_konaev": (43.24495, 76.95150), "kurmangazy_nauryzbai": (43.24401, 76.93761),
    "kurmangazy_nazarbayev": (43.24473, 76.94804), "kurmangazy_tulebaev": (43.24486, 76.94978),
    "kurmangazy_zheltoksan": (43.24424, 76.94107), "shevchenko_abylai_khan": (43.24610, 76.94256),
    "shevchenko_baiseitova": (43.24622, 76.94436), "shevchenko_dostyk": (43.24709, 76.95641),
    "shevchenko_konaev": (43.24672, 76.95126), "shevchenko_nauryzbai": (43.24574, 76.93737),
    "shevchenko_nazarbayev": (43.24647, 76.94782), "shevchenko_tchaikovsky": (43.24586, 76.93910),
    "shevchenko_tulebaev": (43.24660, 76.94956), "shevchenko_zheltoksan": (43.24598, 76.94086),
    "zhambyl_abylai_khan": (43.24780, 76.94235), "zhambyl_konaev": (43.24837, 76.95105),
    "zhambyl_nazarbayev": (43.24817, 76.94760), "zhambyl_zheltoksan": (43.24768, 76.94061),
}  # fmt: skip
UNSIGNALISED = {
    "kurmangazy_tchaikovsky", "kurmangazy_panfilov", "kurmangazy_pushkin",
    "shevchenko_panfilov", "shevchenko_pushkin", "zhambyl_nauryzbai", "kabanbay_tchaikovsky", "abay_tchaikovsky",
    "abay_konaev",
}  # fmt: skip
LANES = {
    "abay-corridor": {
        "abay_masanchi_seifullin": 4, "abay_nauryzbai_seifullin": 4, "abay_nazarbayev_valikhanov": 3,
        "abay_valikhanov_dostyk": 4, "seifullin_sb": 3, "seifullin_sb_far": 2, "seifullin_nb": 2, "nauryzbai_sb": 4,
        "nauryzbai_sb_exit": 2, "zheltoksan_nb_exit": 4, "zheltoksan_sb_bus": 1, "zheltoksan_nb": 3,
        "zheltoksan_sb_exit": 3, "abylai_khan_sb": 2, "abylai_khan_nb_exit": 2, "nazarbayev_sb": 2,
        "nazarbayev_nb": 3, "nazarbayev_sb_exit": 2, "dostyk_nb": 3, "dostyk_sb_exit": 3, "konaev_sb": 4,
    },
    "downtown-grid": {
        "kurmangazy_nauryzbai_tchaikovsky": 4, "kurmangazy_pushkin_dostyk": 3, "shevchenko_konaev_tulebaev": 4,
        "shevchenko_dostyk_pushkin": 2, "shevchenko_pushkin_konaev": 3, "zhambyl_nauryzbai_tchaikovsky": 1,
        "kabanbay_nauryzbai_tchaikovsky": 3, "kabanbay_tchaikovsky_nauryzbai_bus": 1,
        "zheltoksan_abay_kurmangazy": 4, "zheltoksan_kurmangazy_abay_bus": 1, "nauryzbai_kurmangazy_abay": 4,
        "konaev_kurmangazy_abay": 4, "konaev_kabanbay_zhambyl": 2, "abylai_khan_kabanbay_zhambyl": 2,
        "tchaikovsky_kurmangazy_shevchenko": 2, "nazarbayev_south_abay": 3,
    },
}  # fmt: skip
ONE_WAY = {"kurmangazy": "east", "shevchenko": "west", "nauryzbai": "south"}
BUS_ONLY = {"zheltoksan": "south", "kabanbay": "west"}  # against the one-way street


@pytest.fixture(scope="module")
def tables() -> dict[str, Tables]:
    return {name: read_tables(BUILT_IN_FOLDER / name) for name in MAPPED}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def distance_m(tables: Tables, one: str, other: str) -> float:
    places = {row.id: local_xy((row.lat, row.lon), tables.settings.map) for row in tables.junctions.rows}
    return math.dist(places[one], places[other])


def heading(tables: Tables, link: Link) -> str:
    (x0, y0), (x1, y1) = (local_xy(point, tables.settings.map) for point in (link.geometry[0], link.geometry[-1]))
    if abs(x1 - x0) > abs(y1 - y0):
        return "east" if x1 > x0 else "west"
    return "north" if y1 > y0 else "south"


def test_the_five_are_there() -> None:
    assert {*MAPPED, "almaty-scale"} == set(built_in_names())
    assert {row["id"] for row in catalogue()} >= {*MAPPED, "almaty-scale"}


def test_the_signals_of_abay_stand_where_they_are_mapped(tables: dict[str, Tables]) -> None:
    corridor = tables["abay-corridor"]
    assert set(corridor.signal_ids) == {f"abay_{name}" for name in ABAY}
    for one, other, expected_m in zip(ABAY, ABAY[1:], ABAY_SPACING_M, strict=False):
        assert distance_m(corridor, f"abay_{one}", f"abay_{other}") == pytest.approx(expected_m, abs=1.5)


@pytest.mark.parametrize(("one", "other", "expected_m"), GRID_DISTANCES_M)
def test_blocks_of_the_grid_are_as_long_as_mapped(
    tables: dict[str, Tables], one: str, other: str, expected_m: float
) -> None:
    assert distance_m(tables["downtown-grid"], one, other) == pytest.approx(expected_m, abs=2)


def test_the_grid_has_the_mapped_signals_and_no_others(tables: dict[str, Tables]) -> None:
    grid = tables["downtown-grid"]
    assert set(grid.signal_ids) == {f"{row}_{column}" for row, columns in SIGNALS_OF_ROWS.items() for column in columns}
    assert len(grid.signal_ids) == 33
    assert {row.id for row in grid.junctions.rows if row.type == "priority"} >= UNSIGNALISED


@pytest.mark.parametrize("name", ["abay-corridor", "downtown-grid"])
def test_signals_stand_where_they_are_mapped(tables: dict[str, Tables], name: str) -> None:
    scenario = tables[name]
    for row in scenario.junctions.rows:
        if row.type == "signal":
            here, mapped = (local_xy(p, scenario.settings.map) for p in ((row.lat, row.lon), POSITIONS[row.id]))
            assert math.dist(here, mapped) < 2, row.id


def test_a_crossing_between_junctions_has_a_stage_for_traffic_and_one_for_walkers(tables: dict[str, Tables]) -> None:
    grid = tables["downtown-grid"]
    for signal in CROSSINGS:
        street, walk = (stage for stage in grid.plan.rows if stage.signal == signal)
        assert (bool(street.greens), street.crossings, walk.greens, walk.crossings) == (
            True,
            (),
            (),
            (f"{signal}_walk",),
        )
        assert {row.walkers_ph > 0 for row in grid.walks.rows if row.junction == signal} == {True}


def test_who_walks_over_a_crossing_between_junctions_waits_for_its_signal(tmp_path: Path) -> None:
    """Pedestrians wait at it, all get across, and no vehicle passes a red light while they do."""
    scenario = compile_scenario(BUILT_IN_FOLDER / "downtown-grid", tmp_path, "night")
    with SumoSimulation(sumo_options(scenario, 1, tmp_path, [], []), "traci") as simulation:
        sumo = simulation._sumo
        crossing = ":kurmangazy_baiseitova_c0"
        states = set()
        for second in range(300):
            simulation.step(scenario.start_s + second + 1)
            on_it = [p for p in sumo.edge.getLastStepPersonIDs(crossing) if sumo.person.getSpeed(p) > 0.5]
            if on_it:
                states.add(sumo.trafficlight.getRedYellowGreenState("kurmangazy_baiseitova")[:4])
    assert states == {"rrrr"}


@pytest.mark.parametrize("name", LANES)
def test_lanes_are_those_mapped(tables: dict[str, Tables], name: str) -> None:
    links = tables[name].link_by_id
    assert {link: links[link].lanes for link in LANES[name]} == LANES[name]


@pytest.mark.parametrize(("street", "direction"), ONE_WAY.items())
def test_one_way_streets_lead_one_way(tables: dict[str, Tables], street: str, direction: str) -> None:
    grid = tables["downtown-grid"]
    found = {heading(grid, link) for link in grid.links.rows if link.id.startswith(f"{street}_")}
    assert found == {direction}


@pytest.mark.parametrize(("street", "direction"), BUS_ONLY.items())
def test_against_the_one_way_only_buses_drive(tables: dict[str, Tables], street: str, direction: str) -> None:
    grid = tables["downtown-grid"]
    against = [
        link
        for link in grid.links.rows
        if link.id.startswith(f"{street}_") and heading(grid, link) == direction and "south" not in link.id.split("_")
    ]
    assert against
    assert {(link.lanes, link.bus_lane) for link in against} == {(1, 1)}


@pytest.mark.parametrize("name", ["abay-corridor", "abay-nazarbayev", "downtown-grid"])
def test_nobody_turns_left_from_nazarbayev_into_abay(tables: dict[str, Tables], name: str) -> None:
    links = tables[name].link_by_id
    turns = [
        turn
        for turn in tables[name].turns.rows
        if links[turn.from_link].to_junction == "abay_nazarbayev" and links[turn.from_link].name == "Nazarbayev avenue"
    ]
    assert {turn.movement for turn in turns} == {"straight", "right"}


@pytest.mark.parametrize("name", MAPPED)
def test_every_lane_is_used(tables: dict[str, Tables], name: str) -> None:
    """A lane that traffic can leave is led to by a turn, or vehicles enter there or change onto it."""
    scenario = tables[name]
    volumes = movement_volumes(scenario)
    passed = {link for before, after, _ in volumes for link in (before, after)}
    assert {link.id for link in scenario.links.rows if link.lanes} <= passed
    ends = {row.id for row in scenario.junctions.rows if row.type == "end"}
    for link in filter(lambda link: link.lanes, scenario.links.rows):
        leading_on = {turn.lane for turn in scenario.turns_from[link.id]}
        assert link.to_junction in ends or leading_on == set(range(1, link.lanes + 1)), link.id
    used = {(before, after) for (before, after, _), volume_vph in volumes.items() if volume_vph > 0}
    left_by = {(turn.from_link, turn.lane) for turn in scenario.turns.rows if (turn.from_link, turn.to_link) in used}
    assert {(turn.from_link, turn.lane) for turn in scenario.turns.rows} == left_by


@pytest.mark.parametrize("period", [p if p == "evening" else pytest.param(p, marks=pytest.mark.slow) for p in PERIODS])
@pytest.mark.parametrize("name", MAPPED)
def test_somebody_drives_on_every_lane_in_every_period(cache: Path, name: str, period: str) -> None:
    scenario = compile_scenario(BUILT_IN_FOLDER / name, cache, period)
    assert [finding.place for finding in unused_lanes(Subject(scenario))] == []


@pytest.mark.slow
def test_somebody_drives_on_every_lane_of_the_large_city(tmp_path: Path) -> None:
    """Expected are at least two vehicles for each lane's own turns in the quietest hour."""
    folder = tmp_path / "almaty-scale"
    folder.mkdir()
    write_city(BUILT_IN_FOLDER / "almaty-scale", folder)
    city = read_tables(folder, "night")
    volumes = movement_volumes(city)
    lanes: dict[tuple[str, int], float] = defaultdict(float)
    for turn in city.turns.rows:
        lanes[turn.from_link, turn.lane] += volumes.get((turn.from_link, turn.to_link, "general"), 0.0)
    assert len(lanes) == sum(link.lanes for link in city.links.rows if link.to_junction in set(city.signal_ids))
    assert min(lanes.values()) > 2


@pytest.mark.parametrize("name", MAPPED)
def test_every_bus_lane_carries_buses(tables: dict[str, Tables], name: str) -> None:
    scenario = tables[name]
    mixes = {vehicle.mix for vehicle in scenario.vehicles.rows if vehicle.vclass == "bus"}
    driven = {link for before, after, mix in movement_volumes(scenario) if mix in mixes for link in (before, after)}
    assert {link.id for link in scenario.links.rows if link.bus_lane} <= driven


@pytest.mark.parametrize("name", MAPPED)
def test_names_stand_in_three_languages(tables: dict[str, Tables], name: str) -> None:
    named = {row.name for row in tables[name].names.rows}
    assert {link.name for link in tables[name].links.rows} <= named
    assert {row.name for row in tables[name].junctions.rows if row.type == "signal"} <= named
    assert all(row.name_kk != row.name_ru for row in tables[name].names.rows)


@pytest.mark.parametrize("name", MAPPED)
@pytest.mark.parametrize("period", PERIODS)
def test_each_period_has_a_plan_within_the_rules(name: str, period: str) -> None:
    scenario = read_tables(BUILT_IN_FOLDER / name, period)
    volumes = movement_volumes(scenario)
    cycles_s: dict[str, float] = defaultdict(float)
    for stage in scenario.plan.rows:
        cycles_s[stage.signal] += stage.green_s + stage.yellow_s + stage.all_red_s
        assert stage.green_s >= 7
        assert 3 <= stage.yellow_s <= 4
        assert 3 <= stage.yellow_s + stage.all_red_s <= 8
    assert set(cycles_s) == set(scenario.signal_ids)
    assert len(set(cycles_s.values())) == 1
    assert all(25 <= cycle_s <= 120 for cycle_s in cycles_s.values())
    for signal in scenario.signal_ids:
        assert signal_timing(scenario, signal, volumes).critical_saturation <= 0.95


def test_the_evening_is_the_worst_and_midday_never_frees_up() -> None:
    entering = {}
    for period in PERIODS:
        scenario = read_tables(BUILT_IN_FOLDER / "abay-nazarbayev", period)
        entering[period] = sum(v for (link, _, _), v in movement_volumes(scenario).items() if link == "abay_eb_far")
    assert entering["night"] < 0.5 * entering["evening"]
    assert 0.75 * entering["evening"] < entering["midday"] < entering["morning"] < entering["evening"]


@pytest.mark.parametrize("name", MAPPED)
def test_every_way_leads_out_and_its_shares_are_whole(tables: dict[str, Tables], name: str) -> None:
    scenario = tables[name]
    ends = {row.id for row in scenario.junctions.rows if row.type == "end"}
    for volume in scenario.volumes.rows:
        ways = path_shares(scenario, volume.link, volume.mix)
        assert {scenario.link_by_id[way[-1]].to_junction for way, _ in ways} <= ends
        assert sum(share for _, share in ways) == pytest.approx(1)


def test_drawn_ways_lead_out_by_the_turning_shares_and_are_always_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    write_city(small_city(tmp_path / "town", 6, 5), folder)
    town = read_tables(folder)
    monkeypatch.setattr(demand, "LEAST_SHARE_KEPT", 1.1)
    movement = {(turn.from_link, turn.to_link): turn.movement for turn in town.turns.rows}
    made: dict[str, float] = defaultdict(float)
    for volume in town.volumes.rows:
        ways = path_shares(town, volume.link, volume.mix)
        assert ways == path_shares(town, volume.link, volume.mix)
        assert sum(share for _, share in ways) == pytest.approx(1)
        for way, share in ways:
            places = [town.link_by_id[link].to_junction for link in way]
            assert len(set(places)) == len(places)
            assert town.link_by_id[way[-1]].to_junction not in town.signal_ids
            for turn in pairwise(way):
                made[movement[turn]] += share
    assert made["left"] / sum(made.values()) == pytest.approx(0.08, abs=0.01)
    assert made["right"] / sum(made.values()) == pytest.approx(0.08, abs=0.01)


def test_a_network_without_a_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demand, "_open_ways", lambda *_: {})
    with pytest.raises(ScenarioError, match="no way out of the network from 'abay_eb_far'; add turns or an end"):
        path_shares(read_tables(BUILT_IN_FOLDER / "abay-nazarbayev"), "abay_eb_far", "general")


def test_a_period_is_a_variant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path))
    evening = compile_scenario(BUILT_IN_FOLDER / "abay-nazarbayev")
    night = vary(evening, parse_variant("period=night,demand_scale=0.9"))
    assert (night.begin_s, night.end_s) == (79200, 82800)
    assert night.variant == "demand_scale=0.9,period=night"
    assert night.content != evening.content
    assert night.demand_scale == 0.9
    with pytest.raises(ScenarioError, match=r"no period 'nigt'\. Did you mean 'night'\?"):
        vary(evening, parse_variant("period=nigt"))


def test_sumo_runs_buses_and_walkers_and_everyone_has_a_way(tmp_path: Path) -> None:
    """SUMO refuses a trip without a route; pedestrians have to get across, buses to halt."""
    scenario = compile_scenario(BUILT_IN_FOLDER / "abay-nazarbayev", tmp_path)
    options = sumo_options(scenario, 1, tmp_path, [], [])
    with SumoSimulation(options, "traci") as simulation:
        simulation.step(scenario.start_s + 600)
        sumo = simulation._sumo
        assert sumo.simulation.getDepartedPersonNumber() >= 0
        assert len(sumo.vehicle.getIDList()) > 50
        halted = {bus for stop in sumo.busstop.getIDList() for bus in sumo.busstop.getVehicleIDs(stop)}
        assert halted <= set(sumo.vehicle.getIDList())


def test_a_small_city_compiles_and_the_large_one_has_640_signals(tmp_path: Path) -> None:
    large = tomllib.loads((BUILT_IN_FOLDER / "almaty-scale" / CITY_FILE).read_text("utf-8"))
    assert large["columns"] * large["rows"] == 640
    folder = small_city(tmp_path / "town", 3, 2)
    town = compile_scenario(folder, tmp_path / "cache")
    assert town.net_file.read_text("utf-8").count("<tlLogic ") == 6
    again = compile_scenario(folder, tmp_path / "other-cache")
    assert again.net_file.read_bytes() == town.net_file.read_bytes()
    other = compile_scenario(small_city(tmp_path / "other", 3, 2, seed=2), tmp_path / "cache")
    assert other.net_file.read_bytes() != town.net_file.read_bytes()


def test_a_wrong_city_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"town/city.toml: columns: Input should be .*; fix this key"):
        compile_scenario(small_city(tmp_path / "town", 0, 2), tmp_path / "cache")


def small_city(folder: Path, columns: int, rows: int, seed: int = 1) -> Path:
    folder.mkdir()
    for file in (BUILT_IN_FOLDER / "almaty-scale").iterdir():
        text = file.read_text("utf-8")
        text = text.replace("columns = 32", f"columns = {columns}").replace("rows = 20", f"rows = {rows}")
        folder.joinpath(file.name).write_text(text.replace("seed = 20260427", f"seed = {seed}"), "utf-8")
    return folder


STRAIGHT_LANES = {"abay_eb_2": "ew", "abay_eb_3": "ew", "abay_wb_2": "ew", "abay_wb_3": "ew", "nazarbayev_nb_2": "ns"}


def test_saturation_flow_is_within_a_tenth_of_the_one_assumed(discharge: tuple[Tables, dict[str, list[float]]]) -> None:
    """3600 over the median headway from the fifth vehicle of a green on: a gap that a lane change left is no queue."""
    scenario, passages = discharge
    headways_s = [
        h for lane, stage in STRAIGHT_LANES.items() for h in queued_headways_s(scenario, stage, passages[lane])
    ]
    assert len(headways_s) > 500
    assert 3600 / statistics.median(headways_s) == pytest.approx(scenario.settings.saturation.straight_vph, rel=0.1)


@pytest.mark.parametrize("lane", [lane for lane in STRAIGHT_LANES if lane.startswith("abay")])
def test_saturation_flow_of_each_through_lane_of_the_dual_carriageway(
    discharge: tuple[Tables, dict[str, list[float]]], lane: str
) -> None:
    scenario, passages = discharge
    headways_s = list(queued_headways_s(scenario, STRAIGHT_LANES[lane], passages[lane]))
    assert len(headways_s) > 100
    assert 3600 / statistics.median(headways_s) == pytest.approx(scenario.settings.saturation.straight_vph, rel=0.1)


def queued_headways_s(scenario: Tables, stage: str, passages_s: list[float]) -> list[float]:
    rows = scenario.plan.rows
    number = next(number for number, row in enumerate(rows) if row.stage == stage)
    lengths_s = [row.green_s + row.yellow_s + row.all_red_s for row in rows]
    start_s = rows[number].offset_s + sum(lengths_s[:number])
    greens: dict[float, list[float]] = defaultdict(list)
    for time_s in passages_s:
        cycle, green_s = divmod(time_s - start_s, sum(lengths_s))
        if green_s < rows[number].green_s:
            greens[cycle].append(time_s)
    return [after - before for times in greens.values() for before, after in pairwise(times[4:])]


@pytest.fixture(scope="module")
def discharge(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, dict[str, list[float]]]:
    """When vehicles pass the stop lines at Abay and Nazarbayev, with 1.6 times the demand."""
    work = tmp_path_factory.mktemp("discharge")
    folder = BUILT_IN_FOLDER / "abay-nazarbayev"
    scenario = compile_scenario(folder, work)
    loops = "".join(
        f'<instantInductionLoop id="{x}" lane="{x}" pos="-1" file="{work}/loops.xml"/>' for x in STRAIGHT_LANES
    )
    (work / "loops.add.xml").write_text(f"<additional>{loops}</additional>", "utf-8")
    additional = ",".join(map(str, (*scenario.additional_files, work / "loops.add.xml")))
    subprocess.run(
        [
            sumo_binary("sumo"), "-n", scenario.net_file, "-r", scenario.route_files[0], "-a", additional,
            "--begin", f"{scenario.start_s}", "--end", f"{scenario.start_s + 1800}", "--scale", "1.6",
            "--time-to-teleport", "-1", "--no-step-log", "--no-warnings", "--seed", "1",
        ],
        env=sumo_environment(), check=True, capture_output=True,
    )  # fmt: skip
    passages: dict[str, list[float]] = defaultdict(list)
    for event in ET.parse(work / "loops.xml").getroot():  # noqa: S314  SUMO wrote it for us
        if event.get("state") == "leave":
            passages[event.get("id", "")].append(float(event.get("time", "0")))
    return read_tables(folder), passages

"""The compiled files: their plan is safe, their trips have routes, the cache can be trusted."""

import math
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.links import SignalLinks
from zhasyl.scenarios.compile.scenario import NET_FILE, SEAL_FILE, compile_scenario
from zhasyl.scenarios.load import BUILT_IN_FOLDER
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.new.webster import signal_timing
from zhasyl.scenarios.tables.read import read_tables
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network

SHIPPED = BUILT_IN_FOLDER / "abay-seifullin"
GREEN = frozenset("gG")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def scenario(cache: Path) -> Scenario:
    return compile_scenario(SHIPPED, cache)


@pytest.fixture(scope="module")
def links(scenario: Scenario) -> SignalLinks:
    return SignalLinks(read_network(scenario.net_file), "abay_seifullin")


def xml(file: Path) -> ET.Element:
    return ET.parse(file).getroot()  # noqa: S314  SUMO wrote it for us


def phases(scenario: Scenario, signal: str = "abay_seifullin") -> list[tuple[float, str]]:
    logic = xml(scenario.net_file).find(f"tlLogic[@id='{signal}']")
    assert logic is not None
    return [(float(phase.get("duration", "0")), phase.get("state", "")) for phase in logic]


def test_a_scenario_says_all_of_itself(scenario: Scenario) -> None:
    assert (scenario.id, scenario.version, scenario.start_s) == ("abay-seifullin", 2, 63900)
    assert scenario.net_file.is_file()
    assert all(file.is_file() for file in scenario.route_files)
    assert (scenario.timing.yellow_s, scenario.timing.all_red_s, scenario.timing.min_green_s) == (3, 2, 7)
    assert "OpenStreetMap" in scenario.attribution[0]
    assert {"volumes", "signal plan", "bus lane"} <= {item.subject for item in scenario.assumptions}


def test_the_second_time_it_comes_from_the_cache(scenario: Scenario, cache: Path) -> None:
    written = scenario.net_file.stat().st_mtime_ns
    again = compile_scenario(SHIPPED, cache)
    assert again == scenario
    assert again.net_file.stat().st_mtime_ns == written


def test_from_the_cache_its_tables_are_not_read_but_what_is_said_of_it_is(
    scenario: Scenario, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhasyl.scenarios.compile.scenario.read_tables", None)
    assert compile_scenario(SHIPPED, cache) == scenario
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    (folder / "assumptions.csv").write_text("subject,statement,status,reason\na,b,guessed,c\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"copy/assumptions\.csv row 2"):
        compile_scenario(folder, cache)


def test_the_same_sources_give_the_same_bytes(scenario: Scenario, tmp_path: Path) -> None:
    other = compile_scenario(SHIPPED, tmp_path)
    assert other.content == scenario.content
    assert other.net_file.read_bytes() == scenario.net_file.read_bytes()
    assert other.route_files[0].read_bytes() == scenario.route_files[0].read_bytes()


def test_other_volumes_are_another_content_and_other_assumptions_are_not(scenario: Scenario, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    (folder / "assumptions.csv").write_text("subject,statement,status,reason\n", "utf-8")
    assert compile_scenario(folder, tmp_path / "cache").content == scenario.content
    text = (folder / "volumes.csv").read_text("utf-8")
    (folder / "volumes.csv").write_text(text.replace("1370", "1371"), "utf-8")
    assert compile_scenario(folder, tmp_path / "cache").content != scenario.content


@pytest.mark.parametrize("damage", ["truncated", "unsealed", "a file in its place"])
def test_a_damaged_entry_is_built_again(scenario: Scenario, tmp_path: Path, damage: str) -> None:
    entry = compile_scenario(SHIPPED, tmp_path).net_file.parent
    if damage == "truncated":
        (entry / NET_FILE).write_text("<net>", "utf-8")
    elif damage == "unsealed":
        (entry / SEAL_FILE).unlink()
    else:
        shutil.rmtree(entry)
        entry.write_text("", "utf-8")
    assert compile_scenario(SHIPPED, tmp_path).net_file.read_bytes() == scenario.net_file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [entry.name]


def test_two_processes_may_compile_at_once(scenario: Scenario, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from zhasyl.scenarios.compile.scenario import compile_scenario as c; "
        "print(c(Path(sys.argv[1]), Path(sys.argv[2])).content)"
    )
    command = [sys.executable, "-c", code, str(SHIPPED), str(tmp_path)]
    root = BUILT_IN_FOLDER.parent
    started = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=120)[0].strip() for process in started]
    assert answers == [scenario.content] * 2
    assert len(list(tmp_path.iterdir())) == 1


def test_the_cache_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path))
    assert compile_scenario(SHIPPED).net_file.is_relative_to(tmp_path)


def test_protected_greens_never_conflict(scenario: Scenario, links: SignalLinks) -> None:
    assert links.conflicts.foes
    for _, state in phases(scenario):
        assert not [(a, b) for a, b in links.conflicts.foes if state[a] == "G" == state[b]]
        giving_way = {a for a, b in links.conflicts.yields if state[a] in GREEN and state[b] in GREEN}
        assert giving_way <= {i for i, shown in enumerate(state) if shown == "g"}


def test_only_right_turns_give_way_and_only_to_crossings(scenario: Scenario, links: SignalLinks) -> None:
    for _, state in phases(scenario):
        for a, b in links.conflicts.foes:
            if state[a] in GREEN and state[b] in GREEN and b in links.walks:
                assert {connection.direction for connection in links.links[a]} == {"r"}
            else:
                assert not (state[a] in GREEN and state[b] in GREEN) or a in links.walks


def test_yellow_is_3_s_and_all_red_2_s(scenario: Scenario, links: SignalLinks) -> None:
    rows = phases(scenario)
    for number, (_, state) in enumerate(rows):
        (yellow_s, closing), (red_s, closed) = (rows[(number + step) % len(rows)] for step in (1, 2))
        losing = {i for i, shown in enumerate(state) if shown in GREEN and closing[i] not in GREEN} - links.walks
        if losing:
            assert {closing[i] for i in losing} == {"y"}
            assert (yellow_s, red_s, set(closed)) == (3, 2, {"r"})


def test_every_vehicle_green_lasts_7_s_and_every_link_has_one(scenario: Scenario, links: SignalLinks) -> None:
    for index in links.links:
        assert sum(s for s, state in phases(scenario) if state[index] in GREEN) >= 7


def test_walkers_are_across_before_a_conflicting_vehicle_starts(scenario: Scenario, links: SignalLinks) -> None:
    timing = scenario.timing
    rows = phases(scenario)
    for walk, length_m in links.crossing_m.items():
        begins = next(n for n in range(len(rows)) if rows[n][1][walk] == "G" and rows[n - 1][1][walk] == "r")
        turned = rows[begins:] + rows[:begins]
        green_s = sum(s for s, state in turned if state[walk] == "G")
        ended = [state for _, state in turned].index(next(state for _, state in turned if state[walk] == "r"))
        foes = {b for a, b in links.conflicts.foes if a == walk}
        clear_s = 0.0
        for (_, before), (seconds, state) in pairwise(turned[ended - 1 :]):
            if any(state[foe] in GREEN and before[foe] not in GREEN for foe in foes):
                break
            clear_s += seconds
        assert green_s >= timing.walk_s
        assert clear_s >= math.floor(length_m / timing.walking_speed_mps)
        assert clear_s >= length_m / timing.walking_speed_mps


def test_every_trip_has_a_route_and_traffic_flows(scenario: Scenario, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(sumo_binary("sumo")),
            f"--net-file={scenario.net_file}",
            f"--route-files={scenario.route_files[0]}",
            f"--begin={scenario.start_s}",
            f"--end={scenario.start_s + 900}",
            "--time-to-teleport=-1",
            "--no-step-log=true",
            f"--statistic-output={tmp_path / 'statistics.xml'}",
        ],
        env=sumo_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    vehicles = xml(tmp_path / "statistics.xml").find("vehicles")
    assert vehicles is not None
    loaded, inserted, running = (int(vehicles.get(key, "0")) for key in ("loaded", "inserted", "running"))
    assert loaded == pytest.approx(4160 * 0.96 / 4, rel=0.1)
    assert inserted >= loaded - 10
    assert running < 0.35 * loaded


def test_a_conflict_in_the_plan_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    plan = (folder / "plan.csv").read_text("utf-8")
    (folder / "plan.csv").write_text(
        plan.replace("abay_wb:straight+right", "seifullin_nb:straight abay_wb:straight+right")
    )
    with pytest.raises(ScenarioError, match=r"plan.csv row 2: .*, stage 'abay': .*conflict") as caught:
        compile_scenario(folder, tmp_path / "cache")
    assert "'NB:straight' (seifullin_nb to " in str(caught.value)
    assert not list((tmp_path / "cache").iterdir())


def test_a_walk_that_is_too_short_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    plan = (folder / "plan.csv").read_text("utf-8")
    (folder / "plan.csv").write_text(plan.replace("north south,40", "north south,15"))
    with pytest.raises(ScenarioError, match=r"stage 'abay': 'crossing:south' \(.*\) has a walk of 3 s, least 5"):
        compile_scenario(folder, tmp_path / "cache")


def test_netconvert_s_own_error_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhasyl.sumo.programs.NETCONVERT_OPTIONS", {"no-such-option": "1"})
    with pytest.raises(ScenarioError, match=r"netconvert: .*no-such-option.*; fix"):
        compile_scenario(SHIPPED, tmp_path)
    assert not list(tmp_path.iterdir())


CORRIDOR = {
    "junctions.csv": [
        "id,lat,lon,type,name,status,source",
        *(
            f"{name},{lat},{lon},{kind},,inferred,made up"
            for name, lat, lon, kind in [
                ("w", 0, -0.002, "end"), ("a", 0, 0, "signal"), ("b", 0, 0.003, "signal"), ("e", 0, 0.005, "end"),
                ("as", -0.002, 0, "end"), ("bs", -0.002, 0.003, "end"),
            ]
        ),
    ],
    "links.csv": [
        "id,from,to,name,lanes,bus_lane,lane_width_m,sidewalk_m,speed_limit_kmh,axis,geometry,status,source",
        *(
            f"{a}_{b},{a},{b},,1,,3.5,{walk},50,left,{points},inferred,made up"
            for a, b, walk, points in [
                ("w", "a", 2, "0 -0.002; 0 -0.0001"),
                ("a", "w", 2, "0 -0.0001; 0 -0.002"), ("a", "b", 0, "0 0.0001; 0 0.0029"),
                ("b", "e", 0, "0 0.0031; 0 0.005"), ("as", "a", 0, "-0.002 0; -0.0001 0"),
                ("bs", "b", 0, "-0.002 0.003; -0.0001 0.003"),
            ]
        ),
    ],
    "turns.csv": [
        "from_link,lane,to_link,to_lane,movement,classes",
        "w_a,1,a_b,1,straight,all", "as_a,1,a_b,1,right,all", "as_a,1,a_w,1,left,all",
        "a_b,1,b_e,1,straight,all", "bs_b,1,b_e,1,right,all",
    ],
    "crossings.csv": ["id,junction,links,width_m,status,source", "zebra,a,w_a a_w,4,inferred,made up"],
    "volumes.csv": [
        "link,mix,volume_vph,status,reason",
        *(f"{name},cars,300,synthetic,-" for name in ("w_a", "as_a", "bs_b")),
    ],
    "turning.csv": ["link,mix,left,straight,right,status,reason", "as_a,cars,0.25,0,0.75,synthetic,-"],
    "profile.csv": ["begin_s,end_s,factor,status,reason", "0,600,1,synthetic,-"],
    "vehicles.csv": [
        "mix,type,share,vclass,length_m,max_speed_kmh,emission_class,status,source",
        "cars,cars,1,passenger,4.5,180,HBEFA4/PC_petrol_Euro-4,synthetic,-",
    ],
    "plan.csv": [
        "signal,stage,greens,crossings,green_s,yellow_s,all_red_s,offset_s",
        "a,main,w_a:straight,,20,3,1,0", "a,side,as_a:left+right,zebra,15,3,1,0",
        "b,main,a_b:straight,,20,3,1,12", "b,side,bs_b:right,,15,3,1,12",
    ],
    "assumptions.csv": ["subject,statement,status,reason"],
}  # fmt: skip


def corridor(folder: Path) -> Path:
    """Two signals in a row with a side street each, nothing in common with the shipped scenario."""
    folder.mkdir()
    for name, lines in CORRIDOR.items():
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    toml = (SHIPPED / "scenario.toml").read_text("utf-8")
    for old, new in (
        ("64800 #", "60 #"), ("68400 ", "600 "), ("warm_up_s = 900", "warm_up_s = 60"),
        ("all_red_s = 2", "all_red_s = 1"),
        ("43.2415195", "0"), ("76.9343675", "0"), ('"abay-seifullin"', '"corridor"'),
    ):  # fmt: skip
        assert old in toml
        toml = toml.replace(old, new)
    (folder / "scenario.toml").write_text(toml, "utf-8")
    return folder


def test_another_folder_with_two_signals_compiles(tmp_path: Path) -> None:
    made = compile_scenario(corridor(tmp_path / "corridor"), tmp_path / "cache")
    walk, clearing = phases(made, "a")[3:5]
    assert [seconds for seconds, _ in phases(made, "a")] == [20, 3, 1, walk[0], clearing[0], 3, 1]
    assert [seconds for seconds, _ in phases(made, "b")] == [20, 3, 1, 15, 3, 1]
    root = xml(made.net_file)
    assert {logic.get("id"): logic.get("offset") for logic in root.iter("tlLogic")} == {"a": "0", "b": "12"}
    routes = xml(made.route_files[0])
    assert {route.get("edges") for route in routes.iter("route")} == {
        "w_a a_b b_e",
        "as_a a_b b_e",
        "as_a a_w",
        "bs_b b_e",
    }


def test_flow_ratios_of_a_second_signal_count_what_the_first_one_sends(tmp_path: Path) -> None:
    timing = signal_timing(read_tables(corridor(tmp_path / "corridor")), "b")
    assert timing.flow_ratios == pytest.approx({"main": 525 / 1860, "side": 300 / 1800})

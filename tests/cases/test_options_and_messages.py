"""Cases: options of a .sumocfg, a route file out of order, and SUMO's own words for what it refuses."""

import gzip
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.runs.simulate import run
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.check import check_scenario
from zhasyl.scenarios.demand.volumes import volumes
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.inputs.trial import try_start
from zhasyl.sumo.xml_files import top_elements

CASES = Path(__file__).resolve().parent
Case = Callable[[str], Path]

SAID = {
    "process-error-e_detlane": "The lane with the id 'zz_0' is not known (while building e1Detector 'l').",
    "process-error-e_step": "the minimum step-length is 0.001.",
    "process-error-e_stop": "Invalid position for busStop 'b'.",
    "process-error-e_tls": "Invalid linkIndex '15' in connection controlled by 'c'",
}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case's name → the .sumocfg of its copy."""
    return lambda name: Path(copytree(CASES / name, tmp_path / name)) / "x.sumocfg"


def ran(config: Path, out: Path) -> RunRecord:
    return run(str(config), "fixed", 1, out)


def refusal(config: Path, out: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        ran(config, out)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def add(config: Path, options: str) -> None:
    text = config.read_text("utf-8")
    config.write_text(text.replace("</configuration>", f"{options}</configuration>"), "utf-8")


def test_junction_taz_is_passed_on_to_sumo_and_to_the_count_of_turns(case: Case, tmp_path: Path) -> None:
    config = case("junction-taz")
    assert ran(config, tmp_path)["delay_s"] == pytest.approx(18.154, abs=0.001)
    scenario = load_scenario(str(config))
    assert sum(volumes(scenario).turns_vph.values()) > 0
    assert not [one for one in check_scenario(scenario, try_start) if one.severity == "error"]


def of_bare_sumo_s(config: Path) -> float:
    """Mean delay of a .sumocfg under SUMO alone, teleports off."""
    trips = config.with_name("bare.trips.xml")
    options = ["-c", config, "--seed", "1", "--time-to-teleport", "-1", "--max-depart-delay", "-1"]
    options += ["--collision.action", "warn", "--no-step-log", "--tripinfo-output", trips]
    options += ["--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted"]
    command = [str(part) for part in (sumo_binary("sumo"), *options)]
    subprocess.run(command, env=sumo_environment(), capture_output=True, check=True)
    found = list(top_elements(trips))
    delays_s = [float(trip.get("timeLoss", "")) + float(trip.get("departDelay", "")) for trip in found]
    return sum(delays_s) / len(delays_s)


TRAFFIC_OPTIONS = {
    "departures": '<default.departspeed value="max"/><default.departlane value="free"/><random-depart-offset v="9"/>',
    "models": '<carfollow.model value="IDM"/><default.speeddev value="0.3"/><lateral-resolution value="0.8"/>',
    "devices": '<device.glosa.probability value="1"/><device.toc.probability value="0"/>'
    '<device.rerouting.probability value="0.5"/><device.routing.period value="30"/>',
    "insertion": '<max-num-vehicles value="20"/><eager-insert value="x"/><insertion-checks value="collision"/>',
    "steps": '<step-method.ballistic value="on"/><step-length value="0.5"/><default.action-step-length value="1"/>',
    "routes": '<w value="weights.xml"/><weights.random-factor value="2"/><routing-algorithm value="astar"/>',
    "collisions": '<collision.check-junctions value="1"/><collision.mingap-factor value="1"/>',
}


@pytest.mark.parametrize("kind", TRAFFIC_OPTIONS)
def test_options_that_change_the_traffic_change_it_as_in_sumo(kind: str, case: Case, tmp_path: Path) -> None:
    config = case("junction-taz")
    weights = '<meandata><interval begin="0" end="600"><edge id="ce" traveltime="500"/></interval></meandata>'
    config.with_name("weights.xml").write_text(weights, "utf-8")
    add(config, TRAFFIC_OPTIONS[kind])
    assert ran(config, tmp_path)["delay_s"] == pytest.approx(of_bare_sumo_s(config), rel=0.001)


def test_mesosim_ignored_is_refused(case: Case, tmp_path: Path) -> None:
    assert "mesosim 'true': the mesoscopic model" in refusal(case("mesosim-ignored"), tmp_path)


def test_route_file_unsorted_is_refused_and_found(case: Case, tmp_path: Path) -> None:
    config = case("route-file-unsorted")
    said = refusal(config, tmp_path)
    assert "x.rou.xml: SUMO leaves out flow 'early', which departs at 0 s after flow 'late' at 300 s; sort" in said
    (found,) = [one for one in check_scenario(load_scenario(str(config))) if one.severity == "error"]
    assert (found.check, found.place) == ("route-order", "x.rou.xml")
    add(config, '<route-steps value="0"/>')
    assert ran(config, tmp_path)["loaded_veh"] == 150


@pytest.mark.parametrize("name", SAID)
def test_process_error_says_what_sumo_says(name: str, case: Case, tmp_path: Path) -> None:
    assert refusal(case(name), tmp_path) == f"SUMO refuses the scenario: {SAID[name]}"
    found = check_scenario(load_scenario(str(tmp_path / name / "x.sumocfg")), try_start)
    assert f"SUMO refuses it: {SAID[name]}" in {one.what for one in found if one.check == "sumo-refuses"}


def test_process_error_says_what_sumo_says_over_a_socket(case: Case, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="busStop 'b'"):
        run(str(case("process-error-e_stop")), "fixed", 1, tmp_path, "traci")


FAULTS_IN_MID_RUN = {
    "type": (
        '<trip id="t" depart="400" from="wc" to="ce" type="nobody"/>',
        "The vehicle type 'nobody' for vehicle 't'",
    ),
    "id": ('<trip id="t" depart="400" from="wc" to="ce"/>' * 2, "A vehicle with id 't' already exists"),
    "route": ('<vehicle id="t" depart="400"><route edges="wc ec"/></vehicle>', "Vehicle 't' has no valid route"),
}


@pytest.mark.parametrize("fault", FAULTS_IN_MID_RUN)
def test_faults_that_sumo_meets_in_mid_run_are_said_in_its_words(fault: str, case: Case, tmp_path: Path) -> None:
    config = case("route-file-unsorted")
    rows, said = FAULTS_IN_MID_RUN[fault]
    config.with_name("x.rou.xml").write_text(f"<routes>{rows}</routes>", "utf-8")
    assert said in refusal(config, tmp_path)


def test_warnings_are_kept_by_kind(case: Case, tmp_path: Path) -> None:
    config = case("route-file-unsorted")
    trip = '<trip id="t{}" depart="{}" from="wc" to="ce"/>'
    rows = trip.format("", 30) + "".join(trip.format(n, n) for n in range(9))
    config.with_name("x.rou.xml").write_text(f"<routes>{rows}</routes>", "utf-8")
    config.write_text(config.read_text("utf-8").replace('begin value="0"', 'begin value="20"'), "utf-8")
    record = ran(config, tmp_path)
    unsorted = "Route file should be sorted by departure time, ignoring '{}'!"
    assert record["warnings"] == [{"text": unsorted.format("%"), "count": 9, "example": unsorted.format("t0")}]
    assert record["loaded_veh"] == 1


def test_what_the_run_sets_otherwise_stands_in_its_record(case: Case, tmp_path: Path) -> None:
    config = case("junction-taz")
    add(config, '<time-to-teleport value="120"/>')
    (line,) = ran(config, tmp_path)["replaced_options"]
    assert line.startswith("time-to-teleport: 120 in the .sumocfg, -1 in the run: no vehicle")


LIFTED = (
    '<vType id="car" timeToTeleport="20"/>'
    '<vTypeDistribution id="d"><vType id="e" timeToTeleport="20" probability="1"/></vTypeDistribution>'
)
FLOWS = "".join(
    f'<flow id="{a}" type="{kind}" from="{a}" to="{b}" begin="0" end="600" vehsPerHour="1500"/>'
    for a, b, kind in (("wc", "ce", "car"), ("ec", "cw", "d"), ("nc", "cs", "car"))
)


@pytest.mark.parametrize("place", ["route file", "packed", "UTF-16", "included", "additional file"])
def test_no_vehicle_type_lifts_vehicles_out_of_a_jam(place: str, case: Case, tmp_path: Path) -> None:
    config = case("route-file-unsorted")
    rows, types = config.with_name("x.rou.xml"), config.with_name("types.xml")
    types.write_text(f"<additional>{LIFTED}</additional>", "utf-8")
    head = {"included": '<include href="types.xml"/>', "additional file": ""}.get(place, LIFTED)
    text = f"<routes>{head}{FLOWS}</routes>"
    code = "utf-16" if place == "UTF-16" else "utf-8"
    raw = f'<?xml version="1.0" encoding="{code}"?>{text}'.encode(code)
    rows.write_bytes(gzip.compress(raw) if place == "packed" else raw)
    if place == "additional file":
        add(config, '<additional-files value="types.xml"/>')
    before = {path: path.read_bytes() for path in config.parent.iterdir()}
    record = ran(config, tmp_path)
    assert not [one for one in record["warnings"] if "eleport" in one["text"]]
    assert record["delay_s"] == pytest.approx(23.958, abs=0.001)
    assert {path: path.read_bytes() for path in config.parent.iterdir()} == before


HIDDEN = {
    "trips": '<param key="has.tripinfo.device" value="false"/>',
    "log": "<param value='false' key='has.fcd.device'/>",
    "seconds": '<param key="device.fcd.period" value="10"/><param key="device.fcd.begin" value="300"></param>',
    "emissions": '<param key="has.emissions.device" value="0"/>',
    "over two lines": '<param\n key="has.tripinfo.device"\n value="false"/>',
}


@pytest.mark.parametrize("what", HIDDEN)
def test_no_vehicle_type_hides_from_the_outputs(what: str, case: Case, tmp_path: Path) -> None:
    config = case("junction-taz")
    rows = config.with_name("x.rou.xml")
    plain = ran(config, tmp_path)
    hiding = f'<routes><vType id="DEFAULT_VEHTYPE">{HIDDEN[what]}</vType>'
    rows.write_text(rows.read_text("utf-8").replace("<routes>", hiding), "utf-8")
    record = ran(config, tmp_path)
    assert record["key"] != plain["key"]
    for measure in ("delay_s", "loaded_veh", "queue_mean_veh", "control_delay_s", "co2_kg"):
        assert record[measure] == pytest.approx(plain[measure], rel=1e-9)


def test_a_long_clock_loses_no_trip(case: Case, tmp_path: Path) -> None:
    config = case("junction-taz")
    rows = config.with_name("x.rou.xml")
    expected = ran(config, tmp_path)["loaded_veh"]
    begin_s = 1_234_560 + 7
    for file, old in ((config, ('value="0"', 'value="600"')), (rows, ('begin="0"', 'end="600"'))):
        text = file.read_text("utf-8")
        for word, time_s in zip(old, (begin_s, begin_s + 600), strict=True):
            text = text.replace(word, f'{word.split("=")[0]}="{time_s}"')
        file.write_text(text, "utf-8")
    record = ran(config, tmp_path)
    assert (record["begin_s"], record["loaded_veh"]) == (begin_s, expected)


def test_a_device_that_measures_safety_writes_nowhere(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = case("junction-taz")
    rows = config.with_name("x.rou.xml")
    device = '<vType id="DEFAULT_VEHTYPE"><param key="has.ssm.device" value="true"/>'
    device += f'<param key="device.ssm.file" value="{config.with_name("ssm.xml")}"/></vType>'
    rows.write_text(rows.read_text("utf-8").replace("<routes>", f"<routes>{device}"), "utf-8")
    before = sorted(config.parent.iterdir())
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert ran(config, tmp_path)["delay_s"] == pytest.approx(18.154, abs=0.001)
    assert list(Path().iterdir()) == []
    assert sorted(config.parent.iterdir()) == before


def test_a_flow_without_an_end_that_begins_later_is_no_error_of_the_check(case: Case, tmp_path: Path) -> None:
    config = case("route-file-unsorted")
    rows = '<flow id="f" begin="30" period="20" from="wc" to="ce"/>'
    config.with_name("x.rou.xml").write_text(f"<routes>{rows}</routes>", "utf-8")
    assert ran(config, tmp_path / "out")["loaded_veh"] > 0
    assert try_start(load_scenario(str(config))).refusal == ""

"""Each change of a variant has the effect it promises, composes with others, and refuses what it cannot do."""

import subprocess
from dataclasses import replace
from pathlib import Path
from statistics import mean
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import TinyNetwork
from zhasyl.derive import derive_signals
from zhasyl.errors import ScenarioError
from zhasyl.experiment import run
from zhasyl.network import read_network
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.noise import Noise
from zhasyl.scenarios.rain import make_wet
from zhasyl.scenarios.variants import parse_variant, vary
from zhasyl.scenarios.varied_files import read_root
from zhasyl.sumo_home import sumo_binary, sumo_environment

TURNS, LANES, WALKS = "t-junction-left-turn", "crossroads-shared-lanes", "crossroads-with-crossings"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))


def varied(scenario: Scenario, text: str) -> Scenario:
    return vary(scenario, parse_variant(text))


def entered(scenario: Scenario, folder: Path) -> dict[str, float]:
    """Vehicles that were on each lane in a run of bare SUMO."""
    meter = folder / "meter.add.xml"
    meter.write_text(f'<additional><laneData id="m" file="{folder / "lanes.xml"}"/></additional>', "utf-8")
    files: dict[str, tuple[Path, ...]] = {
        "--net-file": (scenario.net_file,),
        "--route-files": scenario.route_files,
        "--additional-files": (*scenario.additional_files, meter),
    }
    options = [f"{key}={','.join(map(str, paths))}" for key, paths in files.items()]
    command = [str(sumo_binary("sumo")), *options, "--end", "600", "--time-to-teleport", "-1", "--no-step-log"]
    subprocess.run(command, env=sumo_environment(), check=True, capture_output=True)
    lanes = read_root(folder / "lanes.xml").iter("lane")
    return {lane.get("id", ""): float(lane.get("sampledSeconds", "0")) for lane in lanes}


def test_a_closed_lane_carries_nobody(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network(TURNS)))
    route = tmp_path / "west.rou.xml"
    route.write_text(
        '<routes><flow id="w" from="east-in" to="west-out" end="500" number="50" departLane="best"/></routes>',
        "utf-8",
    )
    scenario = replace(scenario, route_files=(route,))
    closed = varied(scenario, "closed_lane=east-in_1")
    assert entered(closed, tmp_path).get("east-in_1", 0) == 0
    with pytest.raises(ScenarioError, match="'east-in_0' cannot be closed: it is the only one for the turn"):
        varied(scenario, "closed_lane=east-in_0")


@pytest.mark.parametrize(("rain", "speed", "flow"), [("light", 0.94, 0.95), ("heavy", 0.90, 0.90)])
@pytest.mark.parametrize("given", ["", "1.2", "normc(1,0.1,0.2,2)"])
def test_rain_scales_speed_and_headway(rain: str, speed: float, flow: float, given: str) -> None:
    element = ET.Element("vType", {"id": "car", "tau": "2"} | ({"speedFactor": given} if given else {}))
    make_wet(element, rain)
    middle = 1.2 if given == "1.2" else 1.0
    assert float(element.get("speedFactor", "").split("(")[1].split(",")[0]) == pytest.approx(middle * speed)
    assert float(element.get("tau", "")) == pytest.approx(2 / flow, rel=1e-5)


def test_rain_reaches_the_default_type(tiny_network: TinyNetwork) -> None:
    wet = varied(load_scenario(str(tiny_network(LANES))), "rain=heavy")
    types = [kind for file in (*wet.additional_files, *wet.route_files) for kind in read_root(file).iter("vType")]
    assert "DEFAULT_VEHTYPE" in {kind.get("id") for kind in types}
    assert all(kind.get("tau") for kind in types)


def test_noise_keeps_the_mean_and_has_the_variation() -> None:
    factors = [Noise(0.3, seed, {}, 3600).factor(f"edge{edge}", 0) for seed in range(1, 41) for edge in range(50)]
    assert mean(factors) == pytest.approx(1, abs=0.03)
    assert mean((factor - 1) ** 2 for factor in factors) == pytest.approx(0.09, rel=0.15)


def test_noise_differs_by_seed_and_not_by_controller(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network(TURNS)))
    one, two = (varied(scenario, f"demand_noise=0.5,noise_seed={seed}") for seed in (1, 2))
    assert one.route_files[0].read_bytes() != two.route_files[0].read_bytes()
    assert varied(scenario, "demand_noise=0.5") == one
    loaded = {run(one, name, 1, tmp_path)["loaded_veh"] for name in ("fixed", "max-pressure")}
    assert len(loaded) == 1


def test_a_scramble_stops_every_vehicle(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = varied(load_scenario(str(tiny_network(WALKS))), "scramble=true")
    network = read_network(scenario.net_file, scenario.additional_files)
    (signal,) = derive_signals(network, scenario.timing).signals.values()
    alone = [stage for stage in range(len(signal.stages)) if signal.has_walk(stage) and not signal.serves[stage].any()]
    assert alone
    state = signal.stages[alone[-1]].state
    assert all((shown == "G") == (link in signal.pedestrian_links) for link, shown in enumerate(state))
    for controller in ("fixed", "max-pressure"):
        record = run(scenario, controller, 1, tmp_path)
        assert (record["status"], record["faults"]) == ("done", [])


def test_bus_priority_is_in_the_record_and_plays(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network("crossroads-with-bus-line")))
    plain, first = run(scenario, "fixed", 1, tmp_path), run(varied(scenario, "bus_priority=true"), "fixed", 1, tmp_path)
    direct = run(scenario, "transit-priority:of=fixed", 1, tmp_path)
    assert first["delay_s"] == direct["delay_s"] != plain["delay_s"]
    assert (first["controller"], "bus_priority" in first["variant"]) == ("fixed", True)
    assert first["key"] != plain["key"]


def test_order_does_not_matter_and_changes_compose(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network(WALKS)))
    one = varied(scenario, "rain=light,scramble=true,demand_noise=0.2")
    assert one == varied(scenario, "demand_noise=0.2,scramble=true,rain=light")
    assert one.net_file == varied(scenario, "scramble=true").net_file != scenario.net_file


def test_a_named_variant_yields_to_what_is_given(tiny_network: TinyNetwork) -> None:
    scenario = replace(load_scenario(str(tiny_network(TURNS))), variants=(("wet", "rain=heavy,demand_scale=1.1"),))
    assert varied(scenario, "name=wet,demand_scale=0.9").variant == "demand_scale=0.9,rain=heavy"
    with pytest.raises(ScenarioError, match=r"no variant 'wat'\. Did you mean 'wet'\?"):
        varied(scenario, "name=wat")


WRONG = {
    "rain=wet": "rain=wet is not valid",
    "demand_noise=2": "less than or equal to 1",
    "noise_seed=0": "greater than or equal to 1",
    "scramble=maybe": "scramble=maybe is not valid",
    "scramble=true": "no signal of its network has a crossing",
    "bus_lane=open": "it has no bus lane",
    "bus_lane=shut": "bus_lane=shut is not valid",
    "closed_lane=east-in_9": r"no lane 'east-in_9'\. Did you mean 'east-in_[01]'\?",
    "closed_lane=west-in_0": "no lane for cars is left",
    "incident=east-in_1": "not of the form LANE@h:mm\\+minutes",
    "incident=east-in_1@0:02+0": "not of the form",
    "incident=east-in_1@9:00+10": "runs from 0 to",
    "name=evening": "no variant 'evening'",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_change_is_refused_in_one_line(tiny_network: TinyNetwork, text: str) -> None:
    with pytest.raises(ScenarioError, match=WRONG[text]) as caught:
        varied(load_scenario(str(tiny_network(TURNS))), text)
    assert "\n" not in str(caught.value)

"""Each change of a variant has the effect it promises, composes with others, and refuses what it cannot do."""

import json
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import mean, stdev
from xml.etree import ElementTree as ET

import pytest
from defusedxml.ElementTree import fromstring

from tests.conftest import TinyNetwork
from tests.scenarios.new.test_junction import FOUR
from zhasyl.cli import status
from zhasyl.derive import derive_signals
from zhasyl.errors import ScenarioError
from zhasyl.parameters import parameters_text
from zhasyl.runs.simulate import run
from zhasyl.safety import Limits, violations
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.demand.volumes import turn_volumes_vph
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.noise import Noise, with_noise
from zhasyl.scenarios.variants.rain import make_wet
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import read_root

TURNS, LANES, WALKS = "t-junction-left-turn", "crossroads-shared-lanes", "crossroads-with-crossings"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))


def varied(scenario: Scenario, text: str) -> Scenario:
    return vary(scenario, parse_variant(text))


def sumo(command: list[str]) -> None:
    """Run a program of the SUMO installation."""
    program, *arguments = command
    subprocess.run([sumo_binary(program), *arguments], env=sumo_environment(), check=True, capture_output=True)


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
    command = ["sumo", *options, "--end", "600", "--time-to-teleport", "-1", "--no-step-log"]
    sumo(command)
    lanes = read_root(folder / "lanes.xml").iter("lane")
    return {lane.get("id", ""): float(lane.get("sampledSeconds", "0")) for lane in lanes}


def test_a_pavement_is_no_lane_to_close(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network(WALKS)))
    edge = next(edge for edge in read_root(scenario.net_file).iter("edge") if not edge.get("function"))
    pavement, road = (lane.get("id", "") for lane in list(edge.iter("lane"))[:2])
    with pytest.raises(ScenarioError, match=f"'{pavement}' cannot be closed: it is no lane for vehicles.*: {road}"):
        varied(scenario, f"closed_lane={pavement}")


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
    with pytest.raises(ScenarioError, match="'east-in_0' cannot be closed: no way is left for a passenger"):
        varied(scenario, "closed_lane=east-in_0")


def road(folder: Path, bus_lane: bool = False) -> Scenario:
    """Three lanes for 600 m, then three more, with so many vehicles that all lanes are used."""
    lane = '<lane index="0" allow="bus"/>' if bus_lane else ""
    edges = "".join(
        f'<edge id="{a}{b}" from="{a}" to="{b}" numLanes="3" speed="13.89">{lane}</edge>' for a, b in ("ab", "bc")
    )
    nodes = "".join(f'<node id="{name}" x="{x}" y="0"/>' for name, x in (("a", 0), ("b", 600), ("c", 1200)))
    (folder / "w.nod.xml").write_text(f"<nodes>{nodes}</nodes>", "utf-8")
    (folder / "w.edg.xml").write_text(f"<edges>{edges}</edges>", "utf-8")
    flow = '<flow id="w" from="ab" to="bc" end="600" number="300" departLane="random" departSpeed="max"/>'
    (folder / "w.rou.xml").write_text(f"<routes>{flow}</routes>", "utf-8")
    (folder / "w.sumocfg").write_text(
        '<configuration><net-file value="w.net.xml"/><route-files value="w.rou.xml"/>'
        '<begin value="0"/><end value="600"/></configuration>',
        "utf-8",
    )
    plain = [f"--node-files={folder / 'w.nod.xml'}", f"--edge-files={folder / 'w.edg.xml'}"]
    sumo(["netconvert", *plain, f"--output-file={folder / 'w.net.xml'}"])
    return load_scenario(str(folder / "w.sumocfg"))


def test_a_lane_that_was_used_is_left_before_it_is_closed(tmp_path: Path) -> None:
    scenario = road(tmp_path)
    before = entered(scenario, tmp_path)
    after = entered(varied(scenario, "closed_lane=bc_2"), tmp_path)
    assert before["bc_2"] > 1000
    assert after.get("bc_2", 0) == 0
    assert sum(after.values()) == pytest.approx(sum(before.values()), rel=0.15)


def test_an_incident_closes_its_lane_for_its_time(tmp_path: Path) -> None:
    scenario = road(tmp_path)
    before = entered(scenario, tmp_path)
    during = entered(varied(scenario, "incident=bc_2@0:03+4"), tmp_path)
    assert 0.4 * before["bc_2"] < during["bc_2"] < 0.75 * before["bc_2"]


def test_an_opened_bus_lane_carries_cars(tmp_path: Path) -> None:
    scenario = road(tmp_path, bus_lane=True)
    assert entered(scenario, tmp_path).get("ab_0", 0) == 0
    assert entered(varied(scenario, "bus_lane=open"), tmp_path)["ab_0"] > 1000


def test_a_closure_between_a_lane_and_its_turn_is_refused(tmp_path: Path) -> None:
    scenario = road(tmp_path)
    with pytest.raises(ScenarioError, match="no way is left"):
        varied(scenario, "closed_lane=ab_0+bc_1+bc_2+ab_1")


@pytest.mark.parametrize(("rain", "speed", "flow"), [("light", 0.94, 0.95), ("heavy", 0.90, 0.90)])
@pytest.mark.parametrize("given", ["", "1.2", "normc(1,0.1,0.2,2)"])
def test_rain_scales_speed_and_headway(rain: str, speed: float, flow: float, given: str) -> None:
    element = ET.Element("vType", {"id": "car", "tau": "2"} | ({"speedFactor": given} if given else {}))
    make_wet(element, rain)
    middle = 1.2 if given == "1.2" else 1.0
    assert float(element.get("speedFactor", "").split("(")[1].split(",")[0]) == pytest.approx(middle * speed)
    assert float(element.get("tau", "")) == pytest.approx(2 / flow, rel=1e-5)


def discharge(folder: Path, rain: str) -> tuple[float, float]:
    """Vehicles an hour of a queue that drives off, and the mean free speed in m/s, in bare SUMO."""
    (folder / "r.nod.xml").write_text(
        '<nodes><node id="a" x="0" y="0"/><node id="b" x="600" y="0"/><node id="c" x="1600" y="0"/></nodes>', "utf-8"
    )
    (folder / "r.edg.xml").write_text(
        '<edges><edge id="ab" from="a" to="b" numLanes="1" speed="13.89"/>'
        '<edge id="bc" from="b" to="c" numLanes="1" speed="13.89"/></edges>',
        "utf-8",
    )
    queue = "".join(
        f'<vehicle id="q{n}" depart="0" departPos="{590 - 7.5 * n}" departSpeed="0"><route edges="ab bc"/></vehicle>'
        for n in range(60)
    )
    alone = "".join(
        f'<vehicle id="f{n}" depart="{600 + 60 * n}" departSpeed="max"><route edges="ab bc"/></vehicle>'
        for n in range(40)
    )
    (folder / "r.rou.xml").write_text(f"<routes>{queue}{alone}</routes>", "utf-8")
    (folder / "r.sumocfg").write_text(
        '<configuration><net-file value="r.net.xml"/><route-files value="r.rou.xml"/>'
        '<begin value="0"/><end value="3600"/></configuration>',
        "utf-8",
    )
    plain = [f"--node-files={folder / 'r.nod.xml'}", f"--edge-files={folder / 'r.edg.xml'}"]
    sumo(["netconvert", *plain, f"--output-file={folder / 'r.net.xml'}"])
    scenario = varied(load_scenario(str(folder / "r.sumocfg")), f"rain={rain}" if rain else "")
    meter = folder / "meter.add.xml"
    meter.write_text(
        f'<additional><instantInductionLoop id="m" lane="bc_0" pos="5" file="{folder / "m.xml"}"/></additional>',
        "utf-8",
    )
    added = ",".join(map(str, (*scenario.additional_files, meter)))
    sumo([
        "sumo", f"--net-file={scenario.net_file}", f"--route-files={scenario.route_files[0]}",
        f"--additional-files={added}", f"--tripinfo-output={folder / 't.xml'}", "--step-length=0.2", "--seed=1",
    ])  # fmt: skip
    entered_s = sorted(float(one.get("time", "")) for one in read_root(folder / "m.xml") if one.get("state") == "enter")
    headways_s = [after - before for before, after in pairwise(entered_s[:60])][4:]
    alone_s = [t for t in read_root(folder / "t.xml") if t.get("id", "").startswith("f")]
    free_mps = mean(float(t.get("routeLength", "")) / float(t.get("duration", "")) for t in alone_s)
    return 3600 / mean(headways_s), free_mps


@pytest.mark.parametrize(("rain", "speed", "flow"), [("light", 0.94, 0.95), ("heavy", 0.90, 0.90)])
def test_rain_lowers_speed_and_saturation_flow_in_sumo(tmp_path: Path, rain: str, speed: float, flow: float) -> None:
    (dry_vph, dry_mps), (wet_vph, wet_mps) = discharge(tmp_path, ""), discharge(tmp_path, rain)
    assert wet_mps / dry_mps == pytest.approx(speed, abs=0.01)
    assert wet_vph / dry_vph == pytest.approx(flow, abs=0.015)


def test_rain_reaches_the_default_type(tiny_network: TinyNetwork) -> None:
    wet = varied(load_scenario(str(tiny_network(LANES))), "rain=heavy")
    types = [kind for file in (*wet.additional_files, *wet.route_files) for kind in read_root(file).iter("vType")]
    assert "DEFAULT_VEHTYPE" in {kind.get("id") for kind in types}
    assert all(kind.get("tau") for kind in types)


def test_noise_keeps_the_mean_and_has_the_variation() -> None:
    factors = [Noise(0.3, seed, {}, 3600).factor(f"edge{edge}", 0) for seed in range(1, 41) for edge in range(50)]
    assert mean(factors) == pytest.approx(1, abs=0.03)
    assert mean((factor - 1) ** 2 for factor in factors) == pytest.approx(0.09, rel=0.15)


def vehicles(root: ET.Element) -> float:
    """How many the flows and vehicles of a file are on the mean."""
    total = 0.0
    for element in root:
        seconds = float(element.get("end", "0")) - float(element.get("begin", "0"))
        period = element.get("period", "inf")
        per_s = float(period[4:-1]) if period.startswith("exp(") else 1 / float(period)
        per_s += float(element.get("vehsPerHour", "0")) / 3600 + float(element.get("probability", "0"))
        total += float(element.get("number", "0")) + per_s * seconds + (element.tag == "vehicle")
    return total


@pytest.mark.parametrize(
    "demand",
    [
        '<flow id="f" from="a" begin="0" end="3600" number="900"/>',
        '<flow id="f" from="a" begin="0:00:00" end="1:00:00" vehsPerHour="900"/>',
        '<flow id="f" from="a" begin="0" end="3600" probability="0.25"/>',
        '<flow id="f" from="a" begin="0" end="3600" period="4"/>',
        '<flow id="f" from="a" begin="0" period="exp(0.25)"/>',
        "".join(f'<vehicle id="{n}" depart="0:{n // 60:02}:{n % 60:02}"/>' for n in range(0, 3600, 4)),
    ],
)
def test_noise_varies_every_kind_of_demand(demand: str) -> None:
    found = []
    for seed in range(60):
        root = fromstring(f"<routes>{demand}</routes>")
        assert Noise(0.3, seed, {}, 3600.0).apply(root)
        found.append(vehicles(root))
    assert mean(found) == pytest.approx(900, rel=0.07)
    assert stdev(found) == pytest.approx(900 * 0.3 / 2, rel=0.35)  # the mean of four quarters of an hour


def test_noise_refuses_a_period_it_cannot_read() -> None:
    root = fromstring('<routes><flow id="f" from="a" begin="0" end="9" period="norm(1)"/></routes>')
    with pytest.raises(ValueError, match="norm"):
        Noise(0.3, 1, {}, 3600.0).apply(root)


def test_noise_varies_the_flows_of_a_scenario_of_tables(tmp_path: Path) -> None:
    scenario = varied(load_scenario("abay-seifullin"), "demand_noise=0.5")
    flows = [list(read_root(with_noise(scenario, seed, tmp_path).route_files[0]).iter("flow")) for seed in (1, 2)]
    shown = [[(flow.get("id"), flow.get("period")) for flow in own if not flow.get("line")] for own in flows]
    assert shown[0]
    assert shown[0] != shown[1]


def test_noise_differs_by_seed_and_not_by_controller(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network(TURNS)))
    noisy = varied(scenario, "demand_noise=0.5")
    loaded = [[run(noisy, name, seed, tmp_path)["loaded_veh"] for name in ("fixed", "max-pressure")] for seed in (1, 2)]
    assert loaded[0][0] == loaded[0][1] != loaded[1][0] == loaded[1][1]
    plain = {run(scenario, "fixed", seed, tmp_path)["loaded_veh"] for seed in (1, 2)}
    assert len(plain) == 1


def test_plans_are_made_for_the_mean_demand_and_not_for_the_draw(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network(TURNS)))
    assert turn_volumes_vph(varied(scenario, "demand_noise=0.5")) == turn_volumes_vph(scenario)


def test_noise_of_a_seed_is_always_the_same_and_written_where_it_is_asked_for(
    tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    noisy = varied(load_scenario(str(tiny_network(TURNS))), "demand_noise=0.5")
    texts = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        (tmp_path / name).mkdir()
        (made,) = with_noise(noisy, seed, tmp_path / name).route_files
        assert made.parent == tmp_path / name
        texts.append(made.read_bytes())
    assert texts[0] == texts[1] != texts[2]


def test_a_scramble_stops_every_vehicle(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = varied(load_scenario(str(tiny_network(WALKS))), "scramble=true")
    network = read_network(scenario.net_file, scenario.additional_files)
    (signal,) = derive_signals(network, scenario.timing).signals.values()
    alone = [stage for stage in range(len(signal.stages)) if signal.has_walk(stage) and not signal.serves[stage].any()]
    assert alone
    state = signal.stages[alone[-1]].state
    assert all((shown == "G") == (link in signal.pedestrian_links) for link, shown in enumerate(state))
    for controller in ("fixed", "webster", "actuated", "max-pressure", "rolling-horizon"):
        record = run(scenario, controller, 1, tmp_path)
        assert (record["status"], record["faults"]) == ("done", [])
        shown = record.table("signals")
        assert violations(network, shown, Limits(3.0, 0.0, 5.0, 1.2)) == []
        assert state in set(shown["state"])


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
    "demand_noise=2": "give a number from 0 to 1",
    "noise_seed=2": "noise_seed",
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


def test_a_variant_is_declared_in_scenario_toml_and_named_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, folder = tmp_path / "cross.csv", tmp_path / "cross"
    table.write_text(FOUR, "utf-8")
    assert status(["scenario", "new", str(table), "--out", str(folder)]) == 0
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write('\n[variants]\nwet = "rain=heavy,demand_scale=0.3"\n')
    asked = ["run", str(folder), "--out", str(tmp_path / "results"), "--json", "--variant"]
    capsys.readouterr()
    assert status([*asked, "name=wet"]) == 0
    assert json.loads(capsys.readouterr().out)["variant"] == "demand_scale=0.3,rain=heavy"
    for text, said in {
        "name=wett": "Did you mean 'wet'?",
        "rain=snow": "rain=snow",
        "closed_lane=x": "no lane 'x'",
    }.items():
        assert status([*asked, text]) == 2
        assert (said in (error := capsys.readouterr().err), error.count("\n")) == (True, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rain=snow", "cross/scenario.toml: variants.odd: variant 'rain=snow': rain=snow is not valid"),
        ("wetness=1", "cross/scenario.toml: variants.odd: variant 'wetness=1': no parameter 'wetness'"),
        ("name=wet", "cross/scenario.toml: variants.odd: it names variant 'wet'; write that one's keys"),
    ],
)
def test_a_wrong_declaration_is_refused_when_the_scenario_is_loaded(tmp_path: Path, text: str, said: str) -> None:
    table, folder = tmp_path / "cross.csv", tmp_path / "cross"
    table.write_text(FOUR, "utf-8")
    assert status(["scenario", "new", str(table), "--out", str(folder)]) == 0
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[variants]\nodd = "{text}"\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(folder))
    assert said in str(caught.value)


def test_a_label_with_a_switch_reads_back() -> None:
    (text,) = {parameters_text(parse_variant(f"scramble={word}")) for word in ("true", "True", "yes", "1")}
    assert text == "scramble=true"
    assert parse_variant(text).scramble

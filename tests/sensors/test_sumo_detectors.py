"""Loops against SUMO's own detectors: an E2 in place of the stop-line zone, an E1 in place of the advance loop."""

from pathlib import Path

import pytest
import traci

from tests.conftest import TinyNetwork
from zhasyl.derive import derive_signals
from zhasyl.scenarios import load_scenario
from zhasyl.sensors import parse_sensor
from zhasyl.sensors.loops import LoopSensor
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.simulation import SumoSimulation

STOP_LINE_M, ADVANCE_M, SECONDS = 20.0, 80.0, 400


@pytest.mark.parametrize("name", ["t-junction-left-turn", "crossroads-shared-lanes"])
def test_loops_count_what_sumos_detectors_count(tiny_network: TinyNetwork, tmp_path: Path, name: str) -> None:
    scenario = load_scenario(str(tiny_network(name)))
    network = read_network(scenario.net_file)
    signal = next(iter(derive_signals(network, scenario.timing).signals.values()))
    approaches = {
        lane: network.edges[m.from_edge] for m in signal.movements for lane in network.edges[m.from_edge].lanes
    }
    detectors = "".join(
        f'<laneAreaDetector id="{lane}" lane="{lane}" pos="{-STOP_LINE_M}" endPos="-0.1" period="1000" file="NUL"/>'
        f'<inductionLoop id="{lane}" lane="{lane}" pos="{-ADVANCE_M}" period="1000" file="NUL"/>'
        for lane in approaches
    )
    additional = tmp_path / "detectors.add.xml"
    additional.write_text(f"<additional>{detectors}</additional>", encoding="utf-8")
    files = {"-n": scenario.net_file, "-r": scenario.route_files[0], "-a": additional}
    options = [str(part) for pair in files.items() for part in pair]
    with SumoSimulation([*options, "--no-step-log", "--no-warnings"], "traci") as simulation:
        sensor = parse_sensor("loops").build(simulation, network, signal, seed=1)
        assert isinstance(sensor, LoopSensor)
        passed: dict[str, str] = {}
        counted: dict[str, str] = {}
        for second in range(1, SECONDS):
            simulation.step(float(second))
            sensor.observe(float(second), 0, 5.0)
            for way in sensor._ways:
                lane, _ = way.lead(None)
                body_counts = traci.lanearea.getLastStepVehicleNumber(way.id)  # until the rear has left the zone
                assert len(lane.zone) <= body_counts <= len(lane.zone) + 1
                for vehicle in traci.inductionloop.getLastStepVehicleIDs(way.id):
                    counted.setdefault(vehicle, way.id)
                for vehicle in set(simulation.lane_vehicles(way.id)) & (sensor._passed or {}).keys():
                    passed.setdefault(vehicle, way.id)
    differ = [vehicle for vehicle in passed if passed[vehicle] != counted.get(vehicle)]
    assert passed.keys() == counted.keys()
    assert len(differ) <= 1  # it changed lanes within the second of its passage
    assert len(passed) > 100

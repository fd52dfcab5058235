"""Spillback at Abay and Nazarbayev: who cannot leave the box stays out of it, and the others still cross."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from zhasyl.network import Network
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.sumo.inputs.command import sumo_options
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.simulation import SumoSimulation

JUNCTION, FULL_EXIT = "abay_nazarbayev", "nazarbayev_nb_exit"
WATCHED_S = 900
STOPPED_M = 20.0  # from the end of the exit
HALTED_MPS = 0.1
LONGEST_WALK_S = 20


@dataclass
class Watched:
    """What was seen while the exit filled and was full: seconds stood in the box by vehicle, and who passed where."""

    stood_s: Counter[str] = field(default_factory=Counter)
    entered: set[str] = field(default_factory=set)
    crossed: set[str] = field(default_factory=set)
    waiting_for_exit: int = 0
    on_exit: int = 0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    scenario = load_scenario(JUNCTION.replace("_", "-"))
    network = read_network(scenario.net_file, scenario.additional_files)
    options = sumo_options(scenario, 1, tmp_path_factory.mktemp("box"), [], [])
    with SumoSimulation(options, "traci") as simulation:
        return watch(simulation._sumo, scenario, network)


def watch(sumo: Any, scenario: Scenario, network: Network) -> Watched:
    """Whoever comes to the end of the exit stays there; then look into the box each second."""
    found = Watched()
    lanes = [lane for c in network.connections if c.signal == JUNCTION for lane in network.lanes_inside(c)]
    for second in range(WATCHED_S):
        sumo.simulationStep(scenario.start_s + second + 1)
        for vehicle in sumo.edge.getLastStepVehicleIDs(FULL_EXIT):
            length_m = network.edges[FULL_EXIT].length_m
            if sumo.vehicle.getLanePosition(vehicle) > length_m - STOPPED_M:
                sumo.vehicle.setSpeed(vehicle, 0)
        for vehicle in {v for lane in lanes for v in sumo.lane.getLastStepVehicleIDs(lane)}:
            leads_to = sumo.vehicle.getRoute(vehicle)[sumo.vehicle.getRouteIndex(vehicle) + 1]
            if leads_to != FULL_EXIT:
                found.crossed.add(vehicle)
                continue
            found.entered.add(vehicle)
            if sumo.vehicle.getSpeed(vehicle) < HALTED_MPS:
                found.stood_s[vehicle] += 1
    found.on_exit = sumo.edge.getLastStepHaltingNumber(FULL_EXIT)
    found.waiting_for_exit = sumo.edge.getLastStepHaltingNumber("nazarbayev_nb")
    return found


def test_the_exit_is_full_and_its_queue_spills_back_over_the_junction(watched: Watched) -> None:
    assert len(watched.entered) > 40
    assert watched.on_exit > 50
    assert watched.waiting_for_exit > 40


def test_nobody_stands_in_the_box_for_the_exit(watched: Watched) -> None:
    """Right turns stop for pedestrians on the exit's crossing, which may take as long as a walk across."""
    assert max(watched.stood_s.values(), default=0) <= LONGEST_WALK_S


def test_the_others_still_cross(watched: Watched) -> None:
    assert len(watched.crossed) > 600

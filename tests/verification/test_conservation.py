"""No trip is lost between the route file and the record, and bare SUMO, asked without zhasyl, measures the same."""

import math
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

from tests.conftest import TINY_NETWORKS, TinyNetwork, TinyRun
from zhasyl.measures import HALTING_SPEED_MPS, LOG_S
from zhasyl.runs.simulate import run
from zhasyl.scenarios.sumocfg import load_sumocfg
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network

CONTROLLERS = ("actuated", "fixed", "max-pressure")
PERIOD_S = 600.0
SAME_DRIVING = [
    "--seed", "1", "--time-to-teleport", "-1", "--max-depart-delay", "-1", "--collision.action", "warn",
    "--no-step-log", "--no-warnings",
]  # fmt: skip


def planned_times(sumocfg: Path) -> list[float]:
    """Planned departures of all vehicles in the route file, from its flows alone."""
    flows = parse(sumocfg.with_suffix(".rou.xml")).iter("flow")
    numbers = [int(flow.attrib["number"]) for flow in flows]
    return [index * PERIOD_S / number for number in numbers for index in range(number)]


@pytest.mark.parametrize("controller", CONTROLLERS)
@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_every_planned_trip_is_arrived_unfinished_or_outside(
    tiny_network: TinyNetwork, tiny_run: TinyRun, name: str, controller: str
) -> None:
    record = tiny_run(name, controller)
    assert record["loaded_veh"] == len(planned_times(tiny_network(name)))
    assert record["loaded_veh"] == record["arrived_veh"] + record["unfinished_veh"] + record["not_inserted_veh"]


def test_vehicles_that_never_got_in_are_counted_with_the_delay_they_have(
    tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    scenario = replace(load_sumocfg(tiny_network("t-junction-left-turn")), sumo_options=(("scale", "6"),))
    record = run(scenario, "fixed", seed=1, out=tmp_path)
    trips = record.table("trips")
    assert record["loaded_veh"] == 6 * len(planned_times(tiny_network("t-junction-left-turn")))
    assert record["not_inserted_veh"] > 50
    assert record["loaded_veh"] == record["arrived_veh"] + record["unfinished_veh"] + record["not_inserted_veh"]
    outside = trips[~trips["departed"]]
    assert outside["delay_s"].to_numpy() == pytest.approx((PERIOD_S - outside["planned_s"]).to_numpy(), abs=1.0)
    assert outside["delay_s"].max() > 60
    assert record["delay_s"] == pytest.approx(trips["delay_s"].mean())


def test_trips_planned_in_the_warm_up_are_simulated_and_not_counted(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    path = tiny_network("crossroads-shared-lanes")
    scenario = replace(load_sumocfg(path), begin_s=200.0, warm_up_s=200.0)
    record = run(scenario, "fixed", seed=1, out=tmp_path)
    assert record["loaded_veh"] == sum(planned_s >= 200.0 for planned_s in planned_times(path))
    assert record.table("trips")["planned_s"].min() >= 200.0
    assert record.table("queues")["time_s"].min() == 200
    first_second = record.table("queues").query("time_s == 200")
    assert first_second["queue_veh"].sum() > 0, "the streets are not empty when the period begins"


@pytest.mark.parametrize("controller", CONTROLLERS)
@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_the_tables_add_up_to_the_record(tiny_run: TinyRun, name: str, controller: str) -> None:
    record = tiny_run(name, controller)
    trips, queues = record.table("trips"), record.table("queues")
    assert len(trips) == record["loaded_veh"]
    assert trips["arrived"].sum() == record["arrived_veh"]
    assert (trips["delay_s"].sum()) == pytest.approx(record["delay_s"] * record["loaded_veh"])
    assert trips["co2_g"].sum() / 1000 == pytest.approx(record["co2_kg"])
    assert (trips["nox_g"].sum(), trips["pm_g"].sum()) == pytest.approx((record["nox_g"], record["pm_g"]))
    assert record["co2_kg"] * 1000 > record["nox_g"] > record["pm_g"] > 0
    assert trips["persons"].sum() * record["person_delay_s"] == pytest.approx(
        (trips["delay_s"] * trips["persons"]).sum()
    )
    assert trips["stops"].sum() == pytest.approx(record["stops"] * record["loaded_veh"])
    assert queues.groupby("time_s")["queue_veh"].sum().mean() == pytest.approx(record["queue_mean_veh"])
    assert queues["queue_veh"].max() == record["queue_max_veh"]
    assert queues["time_s"].nunique() == math.ceil(PERIOD_S / LOG_S)


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_each_vehicle_passes_one_approach(tiny_run: TinyRun, name: str) -> None:
    record = tiny_run(name, "fixed")
    inserted = record["loaded_veh"] - record["not_inserted_veh"]
    assert record.table("approaches")["vehicles"].sum() == inserted


@pytest.mark.parametrize("controller", CONTROLLERS)
@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_the_signal_table_covers_the_period_without_gap(tiny_run: TinyRun, name: str, controller: str) -> None:
    table = tiny_run(name, controller).table("signals")
    assert table["start_s"].iloc[0] == 0.0
    assert (table["start_s"] + table["duration_s"]).iloc[:-1].tolist() == table["start_s"].iloc[1:].tolist()
    assert table["duration_s"].sum() == PERIOD_S


def bare_sumo(sumocfg: Path, *own_options: str) -> None:
    command = [str(sumo_binary("sumo")), "--configuration-file", str(sumocfg), *SAME_DRIVING, *own_options]
    subprocess.run(command, env=sumo_environment(), check=True, capture_output=True, text=True)


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_bare_sumo_measures_the_same_delay(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, name: str
) -> None:
    output = tmp_path / "trips.xml"
    unserved_too = ("--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted")
    bare_sumo(tiny_network(name), "--tripinfo-output", str(output), *unserved_too)
    delays = {
        trip.attrib["id"]: max(0.0, float(trip.attrib["timeLoss"])) + float(trip.attrib["departDelay"])
        for trip in parse(output).iter("tripinfo")
    }
    record = tiny_run(name, "fixed")
    own = record.table("trips").set_index("trip_id")["delay_s"]
    assert len(delays) == record["loaded_veh"]
    assert {trip: own[trip] for trip in delays} == pytest.approx(delays)
    assert record["delay_s"] == pytest.approx(sum(delays.values()) / len(delays), rel=1e-6)


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_bare_sumo_measures_the_same_delay_of_walks(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, name: str
) -> None:
    trips, persons = str(tmp_path / "trips.xml"), tmp_path / "persons.xml"
    unfinished_too = ("--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted")
    bare_sumo(tiny_network(name), "--tripinfo-output", trips, "--personinfo-output", str(persons), *unfinished_too)
    walks = [walk.attrib for walk in parse(persons).iter("walk")] if persons.exists() else []
    begun = [walk for walk in walks if walk["depart"] != "-1"]
    lost_s = [float(walk["waitingTime" if walk["arrival"] == "-1" else "timeLoss"]) for walk in begun]
    assert bool(lost_s) == (name == "crossroads-with-crossings")
    assert tiny_run(name, "fixed")["walker_delay_s"] == (pytest.approx(sum(lost_s) / len(lost_s)) if lost_s else None)


@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_bare_sumo_counts_the_same_queue(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, name: str
) -> None:
    path, output = tiny_network(name), tmp_path / "trajectories.xml"
    # two decimals would take 0.096 m/s for 0.1 m/s
    bare_sumo(path, "--fcd-output", str(output), "--precision", "6")
    network = read_network(path.with_suffix(".net.xml"))
    approaches = {c.from_edge for c in network.connections if c.signal and not network.is_pedestrian(c)}
    halted: Counter[float] = Counter()
    for second in parse(output).iter("timestep"):
        for vehicle in second.iter("vehicle"):
            stands = float(vehicle.attrib["speed"]) < HALTING_SPEED_MPS
            if stands and vehicle.attrib["lane"].rsplit("_", 1)[0] in approaches:
                halted[float(second.attrib["time"])] += 1
    record = tiny_run(name, "fixed")
    sampled = {time_s: halted[time_s] for time_s in record.table("queues")["time_s"].unique()}
    assert sum(sampled.values()) > 0
    assert record["queue_mean_veh"] == pytest.approx(sum(sampled.values()) / len(sampled), rel=0.02)
    assert record["queue_mean_veh"] <= sum(sampled.values()) / len(sampled), "who just entered is no queue"
    assert record["queue_mean_veh"] == pytest.approx(sum(halted.values()) / PERIOD_S, rel=0.03)

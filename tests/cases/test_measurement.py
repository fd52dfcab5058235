"""Cases: what is measured on valid inputs of every kind, beside bare SUMO and beside the same without the oddity."""

import math
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from xml.etree.ElementTree import iterparse

import pandas as pd
import pytest

from zhasyl.runs.simulate import run
from zhasyl.runs.store import RunRecord
from zhasyl.safety import Limits, violations
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.demand.volumes import turn_volumes_vph
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network

CASES = Path(__file__).resolve().parent
CROSS, PARKED = "triggered-vehicle-nobody-fetches", "parked-cars-are-no-queue"
Case = Callable[[str], Path]
SAME_DRIVING = ["--seed", "1", "--time-to-teleport", "-1", "--max-depart-delay", "-1", "--collision.action", "warn"]
UNSERVED_TOO = ["--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted", "--no-warnings"]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case's name → the .sumocfg of its copy."""
    return lambda name: Path(copytree(CASES / name, tmp_path / name)) / "x.sumocfg"


def ran(config: Path, variant: str = "", controller: str = "fixed", seed: int = 1) -> RunRecord:
    scenario = vary(load_scenario(str(config)), parse_variant(variant))
    return run(scenario, controller, seed, config.parent / "out")


def changed(config: Path, *replaced: tuple[str, str]) -> Path:
    for path in [config, *config.parent.glob("*.rou.xml")]:
        text = path.read_text("utf-8")
        for old, new in replaced:
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
    return config


def with_demand(config: Path, elements: str) -> Path:
    """The case with this demand in place of its own."""
    (routes,) = config.parent.glob("*.rou.xml")
    routes.write_text(f'<routes><route id="ns" edges="n2c c2s"/>{elements}</routes>', "utf-8")
    return config


def bare(config: Path, *options: str, output: str = "bare.xml") -> pd.DataFrame:
    """Planned time, departure and time loss of each trip under bare SUMO."""
    trips = config.parent / output
    command: list[str | Path] = [
        sumo_binary("sumo"),
        "-c",
        config,
        *SAME_DRIVING,
        *UNSERVED_TOO,
        "--tripinfo-output",
        trips,
        *options,
    ]
    subprocess.run(command, env=sumo_environment(), check=True, capture_output=True)
    if output.endswith(".parquet"):
        frame = pd.read_parquet(trips).rename(columns=lambda name: name.removeprefix("tripinfo_"))
    else:
        frame = pd.DataFrame([dict(e.attrib) for _, e in iterparse(trips) if e.tag == "tripinfo"])  # noqa: S314
    return frame.set_index("id").sort_index()


@pytest.mark.parametrize("step_s", ["0.05", "0.3", "0.4", "0.6", "0.7", "0.8", "1.3", "1.5", "2", "3"])
def test_step_not_dividing_second(case: Case, step_s: str) -> None:
    config = changed(case("step-not-dividing-second"), ('"0.4"', f'"{step_s}"'))
    record = ran(config)
    trips = bare(config)
    assert record["loaded_veh"] == len(trips)
    assert record["time_loss_s"] == pytest.approx(trips["timeLoss"].astype(float).mean(), abs=0.01)
    assert record["control_delay_s"] == pytest.approx(record["time_loss_s"], rel=0.2)
    assert record["queue_mean_veh"] * 600 == pytest.approx(record["waiting_s"] * len(trips), rel=0.08)
    every_s = float(step_s) * max(7000 // round(1000 * float(step_s)), 1)
    times_s = record.table("queues")["time_s"].drop_duplicates()
    assert times_s.tolist() == pytest.approx([every_s * k for k in range(math.ceil(600 / every_s - 1e-9))])


def test_a_period_that_is_not_whole_seconds(case: Case) -> None:
    config = changed(
        case("step-not-dividing-second"), ('<begin value="0"/>', '<begin value="0.5"/>'), ('"600"/></t', '"580.7"/></t')
    )
    record = ran(config)
    assert record["control_delay_s"] == pytest.approx(record["time_loss_s"], rel=0.2)
    times_s = record.table("queues")["time_s"].drop_duplicates()
    assert (times_s.iloc[0], len(times_s)) == (0.5, 86)


@pytest.mark.parametrize("step_s", ["0.3", "0.7", "1.5", "2"])
@pytest.mark.parametrize("controller", ["actuated", "max-pressure"])
def test_no_intergreen_is_cut_by_the_steps_of_sumo(case: Case, step_s: str, controller: str) -> None:
    config = changed(case("step-not-dividing-second"), ('"0.4"', f'"{step_s}"'))
    record, scenario = ran(config, controller=controller), load_scenario(str(config))
    network = read_network(scenario.net_file, scenario.additional_files)
    assert violations(network, record.table("signals"), Limits(yellow_s=3.0, min_green_s=5.0)) == []


EMPTY = {
    "nobody": "",
    "persons only": '<person id="p" depart="1"><walk edges="n2c" arrivalPos="60"/></person>',
    "a car that meets no signal": '<vehicle id="a" depart="1"><route edges="c2s"/></vehicle>',
    "a parked car": '<vehicle id="a" depart="1"><route edges="n2c"/>'
    '<stop lane="n2c_0" startPos="1" endPos="60" duration="9999" parking="true"/></vehicle>',
    "too late": '<vehicle id="a" route="ns" depart="5000"/>',
}


@pytest.mark.parametrize("demand", EMPTY.values(), ids=EMPTY)
def test_an_empty_log_is_a_quiet_night(case: Case, demand: str) -> None:
    record = ran(with_demand(case(CROSS), demand))
    assert record["queue_mean_veh"] <= 0.01
    assert record["arrived_veh"] + record["unfinished_veh"] == record["loaded_veh"] == ('"a" depart="1"' in demand)
    if "parking" not in demand:
        assert (record["los"], record["control_delay_s"], record["queue_max_veh"]) == ("-", None, 0)


def test_parked_cars_are_no_queue(case: Case) -> None:
    config = case(PARKED)
    parked = ran(config)
    moved = ran(changed(config, ('duration="800" parking="true"/>', 'duration="0" parking="true"/>')))
    for key, within in {"back_of_queue_p95_m": 0.01, "queue_mean_veh": 0.03, "control_delay_s": 0.03}.items():
        assert parked[key] == pytest.approx(moved[key], rel=within)


def test_a_bus_at_its_stop_neither_queues_nor_loses_time(case: Case) -> None:
    bus = '<vehicle id="b" route="ns" depart="0"><stop lane="n2c_0" endPos="200" duration="300"/></vehicle>'
    record = ran(with_demand(case(PARKED), bus))
    (trip,) = record.table("trips").itertuples()
    assert record["control_delay_s"] == pytest.approx(trip.time_loss_s, abs=6)
    assert record["queue_mean_veh"] * 900 == pytest.approx(trip.waiting_s, abs=7)  # a sample every 7 s


def test_a_slow_truck_and_a_bicycle_at_their_own_speed_lose_nothing(case: Case) -> None:
    slow = (
        '<vType id="truck" vClass="truck" maxSpeed="6" speedDev="0"/><vType id="bike" vClass="bicycle" speedDev="0"/>'
        '<route id="in" edges="n2c"/><vehicle id="t" type="truck" route="in" depart="0" departSpeed="max"/>'
        '<vehicle id="b" type="bike" route="in" depart="100" departSpeed="max" departPos="100"/>'
    )
    record = ran(with_demand(case(PARKED), slow))
    assert record["time_loss_s"] < 5
    assert record["control_delay_s"] == pytest.approx(record["time_loss_s"], abs=1.5)


def test_triggered_vehicle_nobody_fetches(case: Case) -> None:
    config = case(CROSS)
    record, trips = ran(config), bare(config)
    assert (record["never_triggered_veh"], record["gridlocked"], record["loaded_veh"]) == (1, False, len(trips) - 1)
    others = trips.drop("tr")
    assert record["delay_s"] == pytest.approx((others["timeLoss"].astype(float)).mean(), abs=0.01)


def test_a_triggered_vehicle_is_planned_when_it_is_triggered(case: Case) -> None:
    demand = (
        '<vehicle id="tr" route="ns" depart="triggered" departPos="50"/><flow id="f" route="ns" begin="0" end="300" '
        'period="20"/><person id="p" depart="310"><ride from="n2c" to="c2s" lines="tr"/></person>'
    )
    record = ran(with_demand(case(CROSS), demand))
    trip = record.table("trips").set_index("trip_id").loc["tr"]
    assert (record["never_triggered_veh"], trip["planned_s"], trip["depart_delay_s"]) == (0, 310.0, 0.0)


def test_removed_vehicles_are_counted(case: Case) -> None:
    config = with_demand(case(CROSS), '<flow id="f" route="ns" begin="0" end="300" period="5"/>')
    changed(config, ("</input>", '<additional-files value="v.add.xml"/></input>'))
    vaporizer = '<additional><vaporizer id="c2s" begin="50" end="250"/></additional>'
    (config.parent / "v.add.xml").write_text(vaporizer, "utf-8")
    record = ran(config)
    assert record["removed_veh"] > 10
    counted = sum(record[key] for key in ("arrived_veh", "unfinished_veh", "not_inserted_veh", "removed_veh"))
    assert record["loaded_veh"] == counted == 60


def test_vehicles_that_leave_no_trip_are_counted_as_removed(case: Case) -> None:
    discarded = (
        '<flow id="f" route="ns" begin="0" end="300" period="20"/><flow id="g" route="ns" begin="0" end="300" '
        'period="30" departSpeed="99"/><vehicle id="late" route="ns" depart="1250"/>'
    )
    config = with_demand(case(CROSS), discarded)
    changed(config, ("</configuration>", '<ignore-route-errors value="true"/></configuration>'))
    record = ran(config)
    assert (record["loaded_veh"], record["removed_veh"]) == (15, 10)


@pytest.mark.parametrize("scale", [0.5, 1.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_scale_of_explicit_vehicles(case: Case, scale: float, seed: int) -> None:
    trips = ran(case("scale-of-explicit-vehicles"), f"demand_scale={scale}", seed=seed).table("trips")
    streams = Counter(name[:3] for name in trips["trip_id"])
    assert len(streams) == 4
    assert all(abs(count - 45 * scale) < 1 for count in streams.values())


def test_a_seed_draws_the_same_vehicles_for_every_controller_and_other_seeds_draw_others(case: Case) -> None:
    config = case("scale-of-explicit-vehicles")
    runs = [(controller, seed) for seed in (1, 2) for controller in ("fixed", "max-pressure")]
    found = [frozenset(ran(config, "demand_scale=0.5", *one).table("trips")["trip_id"]) for one in runs]
    assert found[0] == found[1] != found[2] == found[3]


def test_plans_are_made_for_the_scaled_demand(case: Case) -> None:
    scenario = load_scenario(str(case("scale-of-explicit-vehicles")))
    half = turn_volumes_vph(vary(scenario, parse_variant("demand_scale=0.5")))
    assert half == {turn: count / 2 for turn, count in turn_volumes_vph(scenario).items()}


def test_taxi_device_mixed(case: Case) -> None:
    config = case("taxi-device-mixed")
    record, trips = ran(config), bare(config)
    assert record["loaded_veh"] == len(trips) == 260
    own = record.table("trips").set_index("trip_id").sort_index()
    assert own["time_loss_s"].to_numpy() == pytest.approx(trips["timeLoss"].astype(float).to_numpy(), abs=0.01)


def test_both_writers_of_sumo_say_the_same_of_trips(case: Case) -> None:
    config = case(PARKED)
    xml, parquet = bare(config), bare(config, output="bare.parquet")
    own = ran(config).table("trips").set_index("trip_id").sort_index()
    for column, name in {
        "time_loss_s": "timeLoss",
        "depart_delay_s": "departDelay",
        "waiting_s": "waitingTime",
    }.items():
        for other in (xml, parquet):
            assert own[column].to_numpy() == pytest.approx(other[name].astype(float).to_numpy(), abs=0.01)

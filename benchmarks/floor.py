"""The floor of a network's delay: each vehicle drives alone, and every signal is green. No control can be below it.

    python -m benchmarks.floor resco:cologne1 abay-seifullin ...

duarouter turns the scenario's demand into vehicles with routes. Those that are planned in the measured period set out
one after the other, each when the one before has had twice the time that its route takes at the limits, and two minutes
more. What they lose then is due to bends, to giving way where nobody comes, and to drivers that dawdle. Same definition
as `delay_s`: time loss and waiting for entry, seconds a planned trip. Pedestrians stay at home.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.network import Network
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.sumo.programs import run_program
from zhasyl.sumo.xml_files import Element, read_root, write_xml

FACTOR, SPARE_S = 2.0, 120.0
LONG_S = 1_000_000
VEHICLES = ("vehicle", "trip")


def floor_s(scenario: Scenario) -> float:
    """Mean delay of the planned trips in s. Raises ScenarioError where a program of SUMO's fails."""
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        folder = Path(scratch)
        network = scenario.network()
        until_s = _write_demand(scenario, network, folder)
        _write_greens(network, folder / "green.add.xml")
        run_program("sumo", {
            "net-file": scenario.net_file,
            "route-files": folder / "alone.rou.xml",
            "additional-files": _joined(*scenario.additional_files, folder / "green.add.xml"),
            "end": f"{until_s:.0f}",
            "tripinfo-output": folder / "trips.xml",
            "tripinfo-output.write-undeparted": "true",
            "no-step-log": "true",
            "no-warnings": "true",
            "seed": 1,
        })  # fmt: skip
        trips = [one for one in read_root(folder / "trips.xml") if one.tag == "tripinfo"]
        lost_s = [float(one.get("timeLoss", 0)) + float(one.get("departDelay", 0)) for one in trips]
    return sum(lost_s) / len(lost_s)


def _write_demand(scenario: Scenario, network: Network, folder: Path) -> float:
    """Write the vehicles one after the other; answers when the last has surely arrived."""
    routed = folder / "routed.rou.xml"
    given: dict[str, object] = {
        "net-file": scenario.net_file,
        "route-files": _joined(*scenario.route_files),
        "output-file": routed,
        "ignore-errors": "true",
        "no-warnings": "true",
    }
    if scenario.additional_files:
        given["additional-files"] = _joined(*scenario.additional_files)
    run_program("duarouter", given)
    root, alone = read_root(routed), Element("routes")
    shared = {route.get("id", ""): route for route in root if route.tag == "route"}
    alone.extend(one for one in root if one.tag in ("vType", "vTypeDistribution", "route"))
    at_s = 0.0
    for vehicle in _planned(root, scenario):
        vehicle.set("depart", f"{at_s:.0f}")
        alone.append(vehicle)
        at_s += FACTOR * _takes_s(vehicle, shared, network) + SPARE_S
    write_xml(alone, folder / "alone.rou.xml")
    return at_s


def _planned(root: Element, scenario: Scenario) -> Iterator[Element]:
    """The vehicles of the measured period."""
    for one in root:
        if one.tag in VEHICLES and scenario.begin_s <= float(one.get("depart", "-1")) < scenario.end_s:
            yield one


def _takes_s(vehicle: Element, shared: Mapping[str, Element], network: Network) -> float:
    """Its route at the limits, and its stops."""
    route = vehicle.find("route")
    if route is None:
        route = shared[vehicle.get("route", "")]
    edges = [network.edges[edge] for edge in route.get("edges", "").split()]
    stops_s = sum(float(stop.get("duration", 0)) for part in (vehicle, route) for stop in part.iter("stop"))
    return stops_s + sum(edge.length_m / edge.speed_mps for edge in edges)


def _write_greens(network: Network, file: Path) -> None:
    root = Element("additional")
    for signal, programme in network.programmes.items():
        logic = Element("tlLogic", id=signal, type="static", programID="floor", offset="0")
        logic.append(Element("phase", duration=str(LONG_S), state="G" * len(programme.phases[0].state)))
        root.append(logic)
    write_xml(root, file)


def _joined(*files: Path) -> str:
    return ",".join(map(str, files))


def main() -> None:
    """Print the floor of each scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="+")
    for name in parser.parse_args().scenario:
        print(f"{name}: {floor_s(load_scenario(name)):.2f} s/trip", flush=True)


if __name__ == "__main__":
    main()

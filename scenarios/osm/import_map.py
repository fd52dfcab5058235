"""An OpenStreetMap extract as a scenario folder: roads, signals, synthetic demand, and what was guessed."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import clock
from zhasyl.files.csv_table import write_csv
from zhasyl.network import Network
from zhasyl.scenarios.demand.random_trips import random_demand
from zhasyl.scenarios.model import Assumption, Scenario
from zhasyl.scenarios.osm.corrected_programmes import mend_programmes
from zhasyl.scenarios.osm.extract import Box, read_osm
from zhasyl.scenarios.osm.gtfs import BUS_FILE, STOP_FILE, Buses, Window, box_of, bus_lines
from zhasyl.scenarios.osm.guesses import Guess, fill_gaps
from zhasyl.scenarios.osm.network import (
    ALL_RED_S,
    SignalPlace,
    build_network,
    plane_of,
    set_signals,
    signal_places,
    signals_joined,
    signals_left_out,
)
from zhasyl.scenarios.osm.signal_nodes import at_junctions
from zhasyl.scenarios.sumo_folder import write_ready
from zhasyl.sumo.net_file import read_network

NET_FILE = "network.net.xml"
ROUTE_FILE = "demand.rou.xml"
WARM_UP_S, MEASURED_S = 900.0, 3600.0
ATTRIBUTION = "Map data © OpenStreetMap contributors, Open Database License (ODbL) 1.0, openstreetmap.org/copyright"


@dataclass(frozen=True)
class Imported:
    """What came of an import."""

    network: Network
    signals: tuple[SignalPlace, ...]
    guesses: tuple[Guess, ...]
    buses: Buses | None = None


@dataclass(frozen=True)
class Timetable:
    """A GTFS feed, the day of it ('' for its busiest), and the clock time at which the measured hour begins."""

    feed: Path
    day: str = ""
    from_s: float = 8 * 3600.0


def import_osm(
    path: Path, folder: Path, name: str, box: Box | None, signals: str, town_kmh: float, left_hand: bool = False,
    timetable: Timetable | None = None,
) -> Imported:  # fmt: skip
    """Fill an empty folder with the scenario of an .osm file. Raises ScenarioError."""
    begin_s = timetable.from_s if timetable else WARM_UP_S
    if begin_s < WARM_UP_S:
        raise ScenarioError(f"--from {clock(begin_s)}: the run begins 15 minutes earlier; give 00:15 or later")
    roads = read_osm(path, box)
    roads, guesses = fill_gaps(roads, town_kmh)
    roads, moved = at_junctions(roads)
    roads, chosen = set_signals(roads, signals)
    net_file = folder / NET_FILE
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        warnings = build_network(roads, net_file, Path(scratch), left_hand)
    changes = mend_programmes(net_file)
    network = read_network(net_file)
    if not network.programmes:
        raise ScenarioError(f"{path}: no signal at any junction; name nodes that have one with --signals")
    plane = plane_of(roads, net_file)
    guesses += [*moved, *chosen, *signals_left_out(roads, network, plane), *signals_joined(network), *changes]
    guesses += [Guess("netconvert", "", "", "warning", warning) for warning in warnings]
    buses = None
    if timetable:
        window = Window(timetable.day, begin_s - WARM_UP_S, begin_s + MEASURED_S)
        around = box_of((node.lat, node.lon) for node in roads.nodes.values())
        buses = bus_lines(timetable.feed, network, plane, around, folder, window)
        guesses += buses.guesses
    demand = random_demand(network, folder / ROUTE_FILE, begin_s - WARM_UP_S, begin_s + MEASURED_S)
    places = signal_places(network, plane)
    assumptions = (*demand, *_assumptions(guesses, town_kmh, left_hand), *(buses.assumptions if buses else ()))
    _write(folder, path, name, assumptions, begin_s, timetable.feed if timetable else None)
    write_csv(
        folder / "guessed.csv",
        ("kind", "osm_id", "name", "value", "reason"),
        ((g.kind, g.osm_id, g.name, g.value, g.reason) for g in sorted(guesses)),
    )
    write_csv(
        folder / "signals.csv",
        ("number", "id", "lat", "lon", "streets", "approaches"),
        ((p.number, p.id, p.lat, p.lon, " × ".join(p.streets), " ".join(p.approaches)) for p in places),
    )
    return Imported(network, tuple(places), tuple(guesses), buses)


def scenario_id(text: str) -> str:
    """A scenario's id from the name of its folder: lower case, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "imported"


def _write(
    folder: Path, path: Path, name: str, assumptions: tuple[Assumption, ...], begin_s: float, feed: Path | None
) -> None:
    scenario = Scenario(
        id=scenario_id(name),
        version=1,
        title=f"{name}, from OpenStreetMap",
        begin_s=begin_s,
        end_s=begin_s + MEASURED_S,
        warm_up_s=WARM_UP_S,
        net_file=folder / NET_FILE,
        route_files=(folder / ROUTE_FILE, *((folder / BUS_FILE,) if feed else ())),
        additional_files=(folder / STOP_FILE,) if feed else (),
        attribution=(ATTRIBUTION,),
        assumptions=assumptions,
    )
    sources = (f"OpenStreetMap extract {path.name}", *((f"GTFS feed {feed.name}",) if feed else ()))
    write_ready(folder, scenario, sources)


def _assumptions(guesses: Iterable[Guess], town_kmh: float, left_hand: bool) -> tuple[Assumption, ...]:
    numbers = Counter(guess.kind for guess in guesses)
    return (
        Assumption("speed limits", f"{numbers['speed']} guessed, most as {town_kmh:g} km/h", "inferred",
                   "ways without a usable maxspeed, listed in guessed.csv"),
        Assumption("lanes", f"{numbers['lanes']} guessed", "inferred",
                   "ways without usable lanes, listed in guessed.csv"),
        Assumption("side of the road", f"Traffic keeps to the {'left' if left_hand else 'right'}", "inferred",
                   "as --left-hand was given or not"),
        Assumption("signal plans", f"Two to four stages of netconvert's design, all-red {ALL_RED_S} s", "synthetic",
                   "no plan given; yellow follows from the speed limit, clearance from the length of a crossing"),
        Assumption("signals", f"{numbers['signal']} joined, set or left out", "inferred", "listed in guessed.csv"),
        Assumption("crossings", "Every signal has crossings on the arms with pavements", "inferred",
                   "pavements are assumed on streets up to 70 km/h"),
    )  # fmt: skip

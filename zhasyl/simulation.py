"""The one seam to SUMO: start, step, read vehicles, show states, close.

libsumo runs in this process and is the default; `traci` drives a `sumo` or `sumo-gui` of its own over a
socket. Both offer the same calls, so there is one code path.
"""

import ctypes
import importlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Literal, Protocol, Self
from xml.etree.ElementTree import Element, ElementTree, SubElement

from defusedxml.ElementTree import parse

from zhasyl.controllers.sumo_controller import SumoProgramme
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo_home import sumo_binary, sumo_environment

RAW_TRIPS = "raw-trips.parquet"
RAW_VEHICLES = "raw-vehicles.parquet"
RAW_PERSONS = "raw-persons.xml"  # SUMO cannot write persons into the Parquet file of the trips
RAW_SIGNALS = "raw-signals.parquet"

OUTPUT_TAGS = frozenset({
    "edgeData", "laneData", "timedEvent", "e1Detector", "e2Detector", "e3Detector", "laneAreaDetector",
    "inductionLoop", "instantInductionLoop", "entryExitDetector", "routeProbe", "vTypeProbe", "calibrator",
})  # fmt: skip
CHANGED_ELEMENT = re.compile(rf"<({'|'.join(sorted(OUTPUT_TAGS))}|wautJunction)\s".encode())

PROGRAMME_ID = "zhasyl"  # of programmes that SUMO plays for one of its own controller types

Api = Literal["libsumo", "traci", "gui"]


class Simulation(Protocol):
    """What the sequencers and sensors need of a simulator. Times in seconds, positions in metres."""

    def step(self, until_s: float) -> None:
        """Advance the simulation to `until_s`."""

    def time_s(self) -> float:
        """The simulation clock."""

    def vehicles(self, edge: str) -> Sequence[str]:
        """Vehicles on an edge now."""

    def lane_vehicles(self, lane: str) -> Sequence[str]:
        """Vehicles on a lane now."""

    def position_m(self, vehicle: str) -> float:
        """Distance of a vehicle's front from the start of its lane."""

    def lane_index(self, vehicle: str) -> int:
        """Which lane of its edge a vehicle is on, 0 the rightmost."""

    def speed_mps(self, vehicle: str) -> float:
        """Speed of a vehicle."""

    def route(self, vehicle: str) -> Sequence[str]:
        """The edges of a vehicle's route, from its start."""

    def route_index(self, vehicle: str) -> int:
        """Where on its route a vehicle is."""

    def vehicle_class(self, vehicle: str) -> str:
        """SUMO's class of a vehicle: passenger, bus, emergency, ..."""

    def next_stop_edge(self, vehicle: str) -> str:
        """The edge of the scheduled stop at which a vehicle stands or will stand next; '' if none is left."""

    def persons(self, edge: str) -> Sequence[str]:
        """Persons on an edge now: a pavement, walking area or crossing."""

    def next_edge(self, person: str) -> str:
        """Where a walking person goes next; '' at the end of the walk."""

    def waiting_s(self, person: str) -> float:
        """How long a person has stood still."""

    def show(self, signal: str, state: str) -> None:
        """Show a state, one character per link, until the next call."""

    def close(self) -> None:
        """End the simulation and let its outputs be written."""


class SumoSimulation:
    """SUMO behind `Simulation`; use as a context manager. One at a time in a process when on libsumo.

    Raises ScenarioError with SUMO's own words when SUMO refuses an input, at the start or while running.
    """

    started_in_process: ClassVar[bool] = False

    def __init__(self, options: Iterable[str], api: Api = "libsumo") -> None:
        os.environ.update(sumo_environment())
        self._sumo: Any = importlib.import_module("libsumo" if api == "libsumo" else "traci")
        self._refusals = (self._sumo.TraCIException, self._sumo.FatalTraCIError)
        self._start(list(options), api)
        self.vehicles = self._sumo.edge.getLastStepVehicleIDs
        self.lane_vehicles = self._sumo.lane.getLastStepVehicleIDs
        self.position_m = self._sumo.vehicle.getLanePosition
        self.lane_index = self._sumo.vehicle.getLaneIndex
        self.speed_mps = self._sumo.vehicle.getSpeed
        self.route = self._sumo.vehicle.getRoute
        self.route_index = self._sumo.vehicle.getRouteIndex
        self.vehicle_class = self._sumo.vehicle.getVehicleClass
        self.persons = self._sumo.edge.getLastStepPersonIDs
        self.next_edge = self._sumo.person.getNextEdge
        self.waiting_s = self._sumo.person.getWaitingTime
        self.show = self._sumo.trafficlight.setRedYellowGreenState
        self.time_s = self._sumo.simulation.getTime

    def _start(self, options: list[str], api: Api) -> None:
        if api == "gui" and sys.platform == "linux" and not os.environ.get("DISPLAY"):
            raise ScenarioError("--gui needs a screen, and DISPLAY is not set; run without --gui")
        try:
            if api == "libsumo":
                SumoSimulation.started_in_process = True
                self._sumo.start(["sumo", *options])
            else:
                extra = ["--start", "--quit-on-end"] if api == "gui" else []
                binary = sumo_binary("sumo-gui" if api == "gui" else "sumo")
                with redirect_stdout(io.StringIO()):  # traci prints that it tries again
                    self._sumo.start([str(binary), *options, *extra], stdout=subprocess.DEVNULL)
        except self._refusals as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> ScenarioError:
        return ScenarioError(f"SUMO refuses the scenario: {' '.join(str(error).split())}")

    def step(self, until_s: float) -> None:
        try:
            self._sumo.simulationStep(until_s)
        except self._refusals as error:
            raise self._refused(error) from error

    def next_stop_edge(self, vehicle: str) -> str:
        stops = self._sumo.vehicle.getStops(vehicle, 1)
        return str(stops[0].lane).rsplit("_", 1)[0] if stops else ""

    def type_lengths_m(self) -> dict[str, float]:
        """Length of each vehicle type known by now."""
        types = self._sumo.vehicletype
        return {name: types.getLength(name) for name in types.getIDList()}

    def close(self) -> None:
        self._sumo.close()
        with suppress(AttributeError):  # glibc keeps what SUMO has freed: 60 MB on 256 signals
            ctypes.CDLL(None).malloc_trim(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with suppress(*self._refusals) if kind else nullcontext():
            self.close()


@contextmanager
def quiet_sumo() -> Iterator[None]:
    """Keep SUMO's warnings off standard error; what stops a run is raised, and Python still writes there."""
    sys.stderr.flush()
    python, kept = sys.stderr, os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    if python is sys.__stderr__:
        sys.stderr = os.fdopen(os.dup(kept), "w", buffering=1)
    try:
        yield
    finally:
        if sys.stderr is not python:
            sys.stderr.close()
        sys.stderr = python
        os.dup2(kept, 2)
        os.close(kept)


def sumo_options(
    scenario: Scenario,
    seed: int,
    outputs: Path,
    edges: Iterable[str],
    signals: Iterable[str],
    programmes: Iterable[SumoProgramme] = (),
    controlled: Container[str] = frozenset(),
) -> list[str]:
    """SUMO's options for one measured run; `edges` are recorded vehicle by vehicle, `signals` state by state.

    `programmes` take the place of the shipped ones: SUMO plays the one it has read last. The scenario's own timetables
    of programmes (WAUT) leave the `controlled` signals alone.
    Writes the input files SUMO needs for that into `outputs`, where its Parquet outputs go as well.
    """
    selection = outputs / "edges.txt"
    selection.write_text("".join(f"edge:{edge}\n" for edge in edges), encoding="utf-8")
    additional = outputs / "signals.add.xml"
    _write_additional(additional, outputs / RAW_SIGNALS, signals, programmes)
    options = {
        "net-file": str(scenario.net_file),
        "route-files": ",".join(map(str, scenario.route_files)),
        "additional-files": ",".join(map(str, (*_muted(scenario.additional_files, outputs, controlled), additional))),
        "begin": f"{scenario.start_s:g}",
        "end": f"{scenario.end_s:g}",
        "seed": str(seed),
        **dict(scenario.sumo_options),
        "time-to-teleport": "-1",
        "max-depart-delay": "-1",
        "collision.action": "warn",
        "tripinfo-output": str(outputs / RAW_TRIPS),
        "tripinfo-output.write-unfinished": "true",
        "tripinfo-output.write-undeparted": "true",
        "personinfo-output": str(outputs / RAW_PERSONS),
        "device.emissions.probability": "1",
        "fcd-output": str(outputs / RAW_VEHICLES),
        "fcd-output.attributes": "lane,pos,speed",
        "fcd-output.filter-edges.input-file": str(selection),
        "device.fcd.period": "1",
        "person-device.fcd.probability": "0",
        "device.fcd.begin": f"{scenario.begin_s:g}",
        "no-step-log": "true",
        "no-warnings": "true",
        "xml-validation": "never",
    }
    return [part for key, value in options.items() for part in (f"--{key}", value)]


def _muted(files: Iterable[Path], scratch: Path, controlled: Container[str]) -> Iterator[Path]:
    """Additional files whose detectors write nowhere: runs side by side would overwrite each other's files.

    Without what would switch a controlled signal to another programme in mid-run.
    """
    for number, path in enumerate(files):
        if not CHANGED_ELEMENT.search(path.read_bytes()):
            yield path
            continue
        tree = parse(path)
        for root in tree.iterfind("."):
            for junction in root.findall("wautJunction"):
                if junction.get("junctionID") in controlled:
                    root.remove(junction)
        for element in tree.iter():
            for attribute in ("file", "dest", "output"):
                if attribute in element.attrib and element.tag in OUTPUT_TAGS:
                    element.set(attribute, "NUL")
        tree.write(scratch / f"{number}-{path.name}", encoding="utf-8", xml_declaration=True)
        yield scratch / f"{number}-{path.name}"


def _write_additional(
    path: Path, destination: Path, signals: Iterable[str], programmes: Iterable[SumoProgramme]
) -> None:
    root = Element("additional")
    for programme in programmes:
        root.append(tl_logic(programme))
    for signal in signals:
        SubElement(root, "timedEvent", type="SaveTLSSwitchStates", source=signal, dest=str(destination))
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def tl_logic(programme: SumoProgramme) -> Element:
    """The programme in SUMO's XML, beside whatever others its signal has."""
    element = Element("tlLogic", id=programme.signal, type=programme.kind, programID=PROGRAMME_ID, offset="0")
    for key, value in programme.parameters.items():
        SubElement(element, "param", key=key, value=str(value))
    for phase in programme.phases:
        SubElement(element, "phase", {key: str(value) for key, value in phase.items()})
    return element

"""The one seam to SUMO: start, step, read vehicles, show states, close.

libsumo runs in this process and is the default; `traci` drives a `sumo` or `sumo-gui` of its own over a
socket. Both offer the same calls, so there is one code path.
"""

import ctypes
import importlib
import io
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from zhasyl.errors import ScenarioError
from zhasyl.sumo.home import chosen_home, sumo_binary, sumo_environment
from zhasyl.sumo.messages import Log, first_error
from zhasyl.sumo.outputs.ending import Ending, VehicleType

Api = Literal["libsumo", "traci", "gui"]


class Simulation(Protocol):
    """What the sequencers and sensors need of a simulator. Times in seconds, positions in metres."""

    def step(self, until_s: float) -> None:
        """Advance the simulation to `until_s`."""

    def time_s(self) -> float:
        """The simulation clock."""

    def vehicles(self, edge: str) -> Sequence[str]:
        """Vehicles on an edge now."""

    def halted(self, edge: str) -> int:
        """How many vehicles on an edge are slower than 0.1 m/s now."""

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

    def vehicle_waiting_s(self, vehicle: str) -> float:
        """How long a vehicle has stood, below 0.1 m/s, since it last moved."""

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

    Raises ScenarioError with SUMO's own words when SUMO refuses an input, at the start or while running. They stand in
    `log`, the file that its standard error goes to: the exception often says no more than "Process Error".
    """

    def __init__(self, options: Iterable[str], api: Api = "libsumo", log: Log | None = None) -> None:
        self._log = log
        api = "traci" if api == "libsumo" and chosen_home() else api  # libsumo's wheel is another SUMO
        os.environ.update(sumo_environment())
        self._sumo: Any = importlib.import_module("libsumo" if api == "libsumo" else "traci")
        self._refusals = (self._sumo.TraCIException, self._sumo.FatalTraCIError)
        self._start(list(options), api)
        self.vehicles = self._getter("edge", "getLastStepVehicleIDs")
        self.halted = self._getter("edge", "getLastStepHaltingNumber")
        self.lane_vehicles = self._getter("lane", "getLastStepVehicleIDs")
        self.position_m = self._getter("vehicle", "getLanePosition")
        self.lane_index = self._getter("vehicle", "getLaneIndex")
        self.speed_mps = self._getter("vehicle", "getSpeed")
        self.route = self._getter("vehicle", "getRoute")
        self.route_index = self._getter("vehicle", "getRouteIndex")
        self.vehicle_class = self._getter("vehicle", "getVehicleClass")
        self.vehicle_waiting_s = self._getter("vehicle", "getWaitingTime")
        self.persons = self._getter("edge", "getLastStepPersonIDs")
        self.next_edge = self._getter("person", "getNextEdge")
        self.waiting_s = self._getter("person", "getWaitingTime")
        self.count = self._getter("edge", "getLastStepVehicleNumber")
        self.standing_s = self._getter("edge", "getWaitingTime")
        self.time_loss_s = self._getter("vehicle", "getTimeLoss")
        self.entry_delay_s = self._getter("vehicle", "getDepartDelay")
        self.edge = self._getter("vehicle", "getRoadID")
        self.departed_s = self._getter("vehicle", "getDeparture")
        self.show = self._sumo.trafficlight.setRedYellowGreenState
        self.time_s = self._sumo.simulation.getTime

    def _getter(self, domain: str, name: str) -> Any:
        """A getter of one argument: libsumo's own function, a sixth of whose cost its wrapper in Python would add."""
        own = getattr(getattr(self._sumo, "_libsumo", None), f"{domain}_{name}", None)
        return own or getattr(getattr(self._sumo, domain), name)

    def _start(self, options: list[str], api: Api) -> None:
        try:
            if api == "libsumo":
                self._sumo.start(["sumo", *options])
            else:
                extra = ["--start", "--quit-on-end"] if api == "gui" else []
                binary = sumo_binary("sumo-gui" if api == "gui" else "sumo")
                with redirect_stdout(io.StringIO()):  # traci prints that it tries again
                    self._sumo.start([str(binary), *options, *extra], stdout=subprocess.DEVNULL)
        except self._refusals as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> ScenarioError:
        said = first_error(self._log.lines()) if self._log else ""
        return ScenarioError(f"SUMO refuses the scenario: {said or ' '.join(str(error).split())}")

    def step(self, until_s: float) -> None:
        try:
            self._sumo.simulationStep(until_s)
        except self._refusals as error:
            raise self._refused(error) from error

    def next_stop_edge(self, vehicle: str) -> str:
        stops = self._sumo.vehicle.getStops(vehicle, 1)
        return str(stops[0].lane).rsplit("_", 1)[0] if stops else ""

    def under_way(self) -> Sequence[str]:
        """Vehicles in the network now."""
        found: Sequence[str] = self._sumo.vehicle.getIDList()
        return found

    def arrived(self) -> Sequence[str]:
        """Vehicles that have left the network in the last `step`."""
        found: Sequence[str] = self._sumo.simulation.getArrivedIDList()
        return found

    def outside(self) -> Sequence[str]:
        """Vehicles that wait to be let in."""
        found: Sequence[str] = self._sumo.simulation.getPendingVehicles()
        return found

    def ending(self) -> Ending:
        """What the run's outputs do not say, asked before `close`."""
        types, simulation, vehicle = self._sumo.vehicletype, self._sumo.simulation, self._sumo.vehicle
        waiting = frozenset(simulation.getPendingVehicles())
        return Ending(
            time_s=simulation.getTime(),
            step_s=simulation.getDeltaT(),
            loaded=int(simulation.getParameter("", "stats.vehicles.loaded")),
            waiting=waiting,
            routes={name: tuple(vehicle.getRoute(name)) for name in sorted(waiting)},
            ahead=frozenset(vehicle.getLoadedIDList()) - waiting - frozenset(vehicle.getIDList()),
            types={
                name: VehicleType(types.getLength(name), types.getMaxSpeed(name), types.getVehicleClass(name))
                for name in types.getIDList()
            },
        )

    def close(self) -> None:
        try:
            self._sumo.close()
        except self._refusals as error:
            raise self._refused(error) from error
        with suppress(AttributeError):  # glibc keeps what SUMO has freed: 60 MB on 256 signals
            ctypes.CDLL(None).malloc_trim(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with suppress(ScenarioError) if kind else nullcontext():
            self.close()


@contextmanager
def quiet_sumo(path: Path) -> Iterator[None]:
    """Send to a file what SUMO writes to standard error; Python still writes there."""
    sys.stderr.flush()
    python, kept = sys.stderr, os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
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

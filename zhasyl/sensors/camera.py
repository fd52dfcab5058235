"""A camera at the junction: it sees as far as its range, misses vehicles, and misplaces those it sees."""

from typing import Annotated, ClassVar

from pydantic import Field

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.network import Network
from zhasyl.observation import Observation, Row
from zhasyl.parameters import Parameters
from zhasyl.sensors.base import FaultyParameters
from zhasyl.sensors.draws import Draws
from zhasyl.sensors.perfect import PerfectSensor, Whose
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

HIDDEN_S = 10.0  # how long a vehicle behind a lorry or a pole stays hidden, or misplaced by the same error


class CameraParameters(FaultyParameters):
    """Parameters of the camera."""

    range_m: Annotated[float, Field(ge=20, le=500, description="how far up- and downstream it sees")] = 100.0
    miss: Annotated[float, Field(ge=0, le=1, description="probability that a vehicle is hidden, for 10 s each")] = 0.05
    error_m: Annotated[float, Field(ge=0, le=20, description="standard deviation of a vehicle's position")] = 1.0


class CameraSensor(PerfectSensor):
    """Sees what the perfect sensor sees within `range_m`, turns and exits as well, but

    miss      a vehicle's time is cut into pieces of 10 s, with a start of its own; in each piece it is hidden as a
              whole or not at all. So `miss` is the share of vehicles hidden at any moment, a hidden one stays hidden
              for a while, and how often the controller asks changes nothing.
    error_m   the distance is off by a normal error that is drawn anew for each piece; it is kept within 0 and range_m.
    stuck     share of movements whose zone is stuck: half of them never show a vehicle, the others show one that
              stands at the stop line, and nothing else.
    drop_out  in every 600 s it gives nothing once, for this share of them.

    Lanes, speeds, classes and how long a vehicle has stood are exact. With miss, error_m, stuck and drop_out of 0 it is
    the perfect sensor.
    """

    parameters_type: ClassVar[type[Parameters]] = CameraParameters
    can_miss: ClassVar[bool] = True

    def __init__(
        self, simulation: Simulation, network: Network, signal: Signal, parameters: CameraParameters, draws: Draws
    ) -> None:
        super().__init__(simulation, network, signal, parameters.range_m)
        self._parameters = parameters
        self._draws = draws
        self._time_s = 0.0
        self._began_s: float | None = None
        self._start_s: dict[str, float] = {}
        self._view: dict[str, tuple[int, bool, float]] = {}
        stuck = {index: draws.stuck(parameters.stuck, index) for index in range(len(signal.movements))}
        self._stuck = frozenset(index for index, state in stuck.items() if state is not None)
        self._always: list[Row] = [(0.0, index, 0.0) for index, state in stuck.items() if state]

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now."""
        self._time_s = time_s
        if self._began_s is None:
            self._began_s = time_s
        if self._draws.dropped_out(self._parameters.drop_out, time_s):
            return self._nothing((time_s, stage, green_s), self._range_m)
        return super().observe(time_s, stage, green_s)

    def _upstream(self) -> tuple[list[Row], list[Whose]]:
        rows, whose = list(self._always), [("", "")] * len(self._always)
        for (distance_m, movement, speed_mps), (vehicle, approach) in zip(*super()._upstream(), strict=True):
            hidden, error_m = self._seen_as(vehicle)
            if not hidden and movement not in self._stuck:
                placed_m = min(max(distance_m + error_m, 0.0), self._range_m)
                rows.append((placed_m, movement, speed_mps))
                whose.append((vehicle, approach))
        return rows, whose

    def _downstream(self, edge: str) -> tuple[float, float]:
        simulation = self._simulation
        near = [v for v in simulation.vehicles(edge) if simulation.position_m(v) <= self._range_m]
        seen = [v for v in near if not self._seen_as(v)[0]]
        return len(seen), sum(simulation.speed_mps(v) < HALTING_SPEED_MPS for v in seen)

    def _queue(self, edge: str) -> float:
        return self._downstream(edge)[1]

    def _waiting_s(self, vehicle: str) -> float:
        """Of a stuck zone's vehicle, which has no name: as long as anybody has looked."""
        return super()._waiting_s(vehicle) if vehicle else self._time_s - (self._began_s or 0.0)

    def _class_of(self, vehicle: str) -> str:
        return super()._class_of(vehicle) if vehicle else "passenger"

    def _seen_as(self, vehicle: str) -> tuple[bool, float]:
        """Is this vehicle hidden now, and how far off in metres does it appear?"""
        draws, parameters = self._draws, self._parameters
        start_s = self._start_s.get(vehicle)
        if start_s is None:
            start_s = self._start_s[vehicle] = HIDDEN_S * draws.uniform("start", vehicle)
        piece = int((self._time_s + start_s) // HIDDEN_S)
        known = self._view.get(vehicle)
        if known is None or known[0] != piece:
            hidden = draws.uniform("miss", vehicle, piece) < parameters.miss
            error_m = parameters.error_m * draws.normal("error", vehicle, piece) if parameters.error_m else 0.0
            known = self._view[vehicle] = (piece, hidden, error_m)
        return known[1:]

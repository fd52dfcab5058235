"""A camera at the junction: it sees as far as its range, misses vehicles, and misplaces those it sees."""

from collections.abc import Iterable, Sequence
from math import ceil, inf, log
from typing import Annotated, Any, ClassVar

from pydantic import Field

from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.network import Network
from zhasyl.observation import Observation, Row
from zhasyl.parameters import Parameters
from zhasyl.sensors.base import FaultyParameters
from zhasyl.sensors.draws import Draws
from zhasyl.sensors.faults import STUCK_ON_S
from zhasyl.sensors.perfect import PerfectSensor, Whose
from zhasyl.sensors.tracks import Track, Tracks
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

HIDDEN_S = 10.0  # how long a vehicle behind a lorry or a pole stays hidden, or misplaced by the same error
VOUCHED_S = 300.0  # a camera that has seen a movement's vehicles works there; so long after it may have failed
OVERLOOKED_SHARE = 0.01  # of those who stand on an approach that seems empty for long enough to be believed


class CameraParameters(FaultyParameters):
    """Parameters of the camera."""

    range_m: Annotated[float, Field(ge=20, le=500, description="how far up- and downstream it sees")] = 100.0
    miss: Annotated[float, Field(ge=0, le=1, description="probability that a vehicle is hidden, for 10 s each")] = 0.05
    error_m: Annotated[float, Field(ge=0, le=20, description="standard deviation of a vehicle's position")] = 1.0


class CameraSensor(PerfectSensor):
    """Sees what the perfect sensor sees within `range_m`, turns and exits as well, but

    miss      a vehicle's time is cut into pieces of 10 s, with a start of its own; in each piece it is hidden as a
              whole or not at all. So `miss` is the share of vehicles hidden at any moment, and a hidden one stays
              hidden for a while. One that was in sight before keeps its track (`zhasyl.sensors.tracks`) and is told of
              where that has come to; one that never was is not known. On exits the hidden are not counted.
    error_m   the distance is off by a normal error that is drawn anew for each piece; it is kept within 0 and range_m.
    stuck     share of movements whose zone is stuck: half of them never show a vehicle, the others show one that
              stands at the stop line, and nothing else, until that is noticed after `STUCK_ON_S`.
    drop_out  in every 600 s it gives nothing once, for this share of them; the historic mean stands in.

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
        self._clock = (0.0, 0, 0.0)
        self._tracks = Tracks(signal.serves)
        self._sighted_s = [-inf] * len(signal.movements)
        self._here = frozenset[int]()
        self._out = False
        stuck = {index: draws.stuck(parameters.stuck, index) for index in range(len(signal.movements))}
        self._stuck = frozenset(index for index, state in stuck.items() if state is not None)
        self._always: list[Row] = [(0.0, index, 0.0) for index, state in stuck.items() if state]

    def observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        """Read the surroundings now."""
        self._time_s, self._clock = time_s, (time_s, stage, green_s)
        if self._began_s is None:
            self._began_s = time_s
        self._out = self._draws.dropped_out(self._parameters.drop_out, time_s)
        if self._out:
            self._tracks.clear()
            return self._nothing((time_s, stage, green_s), self._range_m)
        reading = super().observe(time_s, stage, green_s)
        if self._parameters.drop_out:
            self._historic.learn(time_s, reading.rows, self._range_m)
        return reading

    def _upstream(self) -> tuple[list[Row], list[Whose]]:
        seen: list[tuple[Row, Whose]] = []
        for (distance_m, movement, speed_mps), whose in zip(*super()._upstream(), strict=True):
            hidden, error_m = self._seen_as(whose[0])
            if not hidden and movement not in self._stuck:
                seen.append(((min(max(distance_m + error_m, 0.0), self._range_m), movement, speed_mps), whose))
        for (_, movement, _), _ in seen:
            self._sighted_s[movement] = self._time_s
        if self._parameters.miss:
            in_sight = {vehicle for _, (vehicle, _) in seen}
            gone = [one for one in self._tracks.known() if one not in in_sight and not self._seen_as(one)[0]]
            self._tracks.look(self._clock, seen, gone)
            seen += self._tracks.hidden()
        if self._always and self._time_s - (self._began_s or 0.0) >= STUCK_ON_S:
            self._always = []
        self._here = frozenset(row[1] for row, _ in seen)
        seen += [(row, ("", "")) for row in self._always]
        return [row for row, _ in seen], [whose for _, whose in seen]

    def absent(self) -> Iterable[int]:
        first_s, last_s = self._time_s - VOUCHED_S, self._time_s - believed_s(self._parameters.miss)
        within = [m for m, at_s in enumerate(self._sighted_s) if first_s <= at_s <= last_s]
        return [] if self._out else [m for m in within if m not in self._here]

    def with_lanes(self, seen: Any) -> Sequence[tuple[Any, ...]]:
        return sorted(
            (distance_m, movement, lane, speed_mps, *more)
            for (distance_m, movement, speed_mps), whose in zip(*seen, strict=True)
            for lane, more in (self._rest(speed_mps, *whose),)
        )

    def _rest(self, speed_mps: float, vehicle: str, approach: str) -> tuple[int, tuple[Any, ...]]:
        """The lane of a vehicle and what else was asked for of it; out of sight, as they were last seen."""
        track = self._tracks.described(vehicle)
        if track is not None:
            return track.lane, self._aged(track, speed_mps) if self.more else ()
        lane = self._lane.get((approach, self._simulation.lane_index(vehicle)), -1) if approach else -1
        more = self._more(vehicle) if self.more else ()
        self._tracks.describe(vehicle, lane, more)
        return lane, more

    def _aged(self, track: Track, speed_mps: float) -> tuple[Any, ...]:
        """What was asked for of a vehicle out of sight: while it stands, its wait goes on."""
        known = dict(zip(self.more, track.more, strict=False))
        waited_s = (
            known.get("waiting_s", 0.0) + self._time_s - track.sighted_s if speed_mps < HALTING_SPEED_MPS else 0.0
        )
        told = {"waiting_s": waited_s, "vehicle_class": known.get("vehicle_class", "passenger")}
        return tuple(told[name] for name in self.more)

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


def believed_s(miss: float) -> float:
    """How long a camera that hides a share `miss` has to see nobody before it is believed."""
    if miss <= 0 or miss >= 1:
        return inf if miss else 0.0
    return HIDDEN_S * ceil(log(OVERLOOKED_SHARE) / log(miss))

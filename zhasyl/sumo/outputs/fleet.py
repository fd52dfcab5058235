"""What SUMO's logs do not say of a vehicle: how long and how fast it is, and where its trip begins and ends."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from zhasyl.sumo.outputs.ending import VehicleType
from zhasyl.sumo.outputs.trips import Trips

PASSENGER_CAR = VehicleType(5.0, 200 / 3.6, "passenger")  # SUMO's own, for a type that is no longer known
DESIRED_MPS = {"bicycle": 20 / 3.6, "scooter": 20 / 3.6}  # SUMO's defaults of desiredMaxSpeed

Floats = npt.NDArray[np.float64]


class Fleet:
    """The vehicles of a run, asked for by name. One that left no trip counts as a car."""

    def __init__(self, trips: Trips, types: Mapping[str, VehicleType]) -> None:
        self._trips = trips
        self._place = {name: place for place, name in enumerate(trips.ids)}
        self._types = [types.get(kind, PASSENGER_CAR) for kind in trips.types] + [PASSENGER_CAR]

    def lengths_m(self, names: list[str]) -> Floats:
        """The length of each."""
        return np.array([self._types[place].length_m for place in self._places(names)], dtype=float)

    def depart_s(self, names: list[str]) -> Floats:
        """When each entered the network; NaN for one that left no trip."""
        return self._known("depart", names, np.nan)

    def ends_m(self, names: list[str]) -> tuple[Floats, Floats]:
        """Where on its first edge each departs, and on its last one it arrives."""
        return self._known("departPos", names, 0.0), self._known("arrivalPos", names, np.inf)

    def free_mps(self, names: list[str]) -> Floats:
        """[vehicle, 3] its greatest speed, its desired one, and the factor by which it takes that or a limit."""
        types = [self._types[place] for place in self._places(names)]
        free = [(one.speed_mps, DESIRED_MPS.get(one.vehicle_class, np.inf)) for one in types]
        factor = self._known("speedFactor", names, 1.0)
        return np.column_stack([np.array(free, dtype=float).reshape(-1, 2), factor])

    def _known(self, number: str, names: list[str], otherwise: float) -> Floats:
        found: Floats = np.append(self._trips.numbers[number], np.nan)[self._places(names)]
        return np.where(np.isfinite(found), found, otherwise)

    def _places(self, names: list[str]) -> list[int]:
        return [self._place.get(name, -1) for name in names]

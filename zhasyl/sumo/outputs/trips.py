"""Trips, from SUMO's own output of them. Times in seconds on the simulation clock.

The output is XML: SUMO's Parquet writer takes the columns of the first vehicle for all, and ends the simulation when
another one has other devices (a taxi, an electric car).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhasyl.files.columns import Table, coded, texts
from zhasyl.measures import Period
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.persons import persons_in
from zhasyl.sumo.written import read_starts

EMISSIONS = {"co2_g": "CO2_abs", "nox_g": "NOx_abs", "pm_g": "PMx_abs", "fuel_g": "fuel_abs"}  # in mg
TEXTS = ("id", "vType", "vaporized")
NUMBERS = (
    "depart", "departDelay", "departPos", "arrival", "arrivalPos", "duration", "timeLoss", "waitingTime",
    "waitingCount", "routeLength", "speedFactor",
)  # fmt: skip
CAR = "passenger"  # the class of a type that SUMO no longer knows
NOTICE_STEPS = 3  # until SUMO lets a vehicle of a flow wait to be let in, where steps do not divide a second
UNSEEN = "nan"  # what a vehicle emits without the device

Floats = npt.NDArray[np.float64]


class Trips:
    """What SUMO wrote of every vehicle, in its order: `ids`, `types`, `vaporized`, and `numbers` by SUMO's own names.

    NaN stands for what it wrote none of, of emissions for a vehicle without the device.
    """

    def __init__(self, raw: Path) -> None:
        texts: dict[str, list[str]] = {name: [] for name in TEXTS}
        numbers: dict[str, list[str]] = {name: [] for name in (*NUMBERS, *EMISSIONS.values())}
        columns = [*((name, texts[name], "") for name in TEXTS), *((name, numbers[name], "nan") for name in NUMBERS)]
        emitted = [(name, numbers[name]) for name in EMISSIONS.values()]

        def started(tag: str, found: dict[str, str]) -> None:
            if tag == "tripinfo":
                for name, column, none in columns:
                    column.append(found.get(name, none))
                for _, column in emitted:
                    column.append(UNSEEN)
            elif tag == "emissions":
                for name, column in emitted:
                    column[-1] = found.get(name, "0")

        read_starts(raw, started)
        self.ids, self.types, self.vaporized = (texts[name] for name in TEXTS)
        self.numbers: dict[str, Floats] = {name: np.array(column, dtype=float) for name, column in numbers.items()}


def every_trip(trips: Trips, ending: Ending) -> Table:
    """All trips SUMO loaded, finished or not, inserted or not, in order of planned departure.

    `triggered` is False for a vehicle that waits for a person or container to the end: no trip is planned for it.
    `duration_s` is the time in the network so far.
    """
    read = trips.numbers
    departed, ended = read["depart"] >= 0, read["arrival"] >= 0
    removed = ended & np.array([word != "" for word in trips.vaporized], dtype=bool)
    waited_s = read["departDelay"].clip(min=0)
    planned_s = (np.where(departed, read["depart"], ending.time_s) - waited_s).round(3)
    due = planned_s <= ending.time_s - NOTICE_STEPS * ending.step_s + 1e-6

    def inside(name: str) -> Floats:
        value: Floats = np.where(departed, read[name], 0.0).clip(min=0)
        return value

    lost_s = inside("timeLoss")
    classes = [_class_of(kind, ending) for kind in trips.types]
    columns = {
        "trip_id": texts(trips.ids), "type": texts(trips.types), "vehicle_class": coded(classes),
        "planned_s": planned_s, "depart_s": np.where(departed, read["depart"], np.nan),
        "arrival_s": np.where(ended & ~removed, read["arrival"], np.nan),
        "departed": departed, "arrived": ended & ~removed, "removed": removed,
        "delay_s": (lost_s + waited_s).round(3), "time_loss_s": lost_s, "depart_delay_s": waited_s,
        "waiting_s": inside("waitingTime"), "stops": inside("waitingCount").astype(np.int64),
        **{name: np.where(departed, read[attribute] / 1000.0, 0.0) for name, attribute in EMISSIONS.items()},
        "route_length_m": inside("routeLength"), "duration_s": inside("duration"),
        "persons": np.array([persons_in(one) for one in classes], dtype=float),
        "triggered": departed | ~due | np.array([name in ending.waiting for name in trips.ids], dtype=bool),
    }  # fmt: skip
    return Table(columns).take(np.lexsort((np.array(trips.ids, dtype=str), planned_s)))


def planned_in(trips: Table, period: Period) -> Table:
    """Trips planned in the period, as the run's record keeps them."""
    planned_s, triggered = np.asarray(trips["planned_s"]), np.asarray(trips["triggered"])
    inside = (planned_s >= period.begin_s - 1e-6) & (planned_s < period.end_s)
    return trips.take(inside & triggered).without("triggered")


def without_trip(trips: Trips, ending: Ending) -> int:
    """Vehicles that SUMO has loaded and says no more of: it discarded them, or their type has no trip output."""
    return max(ending.loaded - len(trips.ids) - len(ending.ahead - set(trips.ids)), 0)


def _class_of(kind: str, ending: Ending) -> str:
    known = ending.types.get(kind)
    return known.vehicle_class if known else CAR

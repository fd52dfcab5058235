"""Trips, from SUMO's own output of them. Times in seconds on the simulation clock.

The output is XML: SUMO's Parquet writer takes the columns of the first vehicle for all, and ends the simulation when
another one has other devices (a taxi, an electric car).
"""

from pathlib import Path
from xml.parsers.expat import ParserCreate

import numpy as np
import pandas as pd

from zhasyl.measures import Period
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.persons import PERSONS_IN_CAR, persons_in

EMISSIONS = {"co2_g": "CO2_abs", "nox_g": "NOx_abs", "pm_g": "PMx_abs"}  # in mg
TEXTS = ("id", "vType", "vaporized")
NUMBERS = ("depart", "departDelay", "arrival", "timeLoss", "waitingTime", "waitingCount", "routeLength", "speedFactor")
NOTICE_STEPS = 3  # until SUMO lets a vehicle of a flow wait to be let in, where steps do not divide a second


def read_trips(raw: Path, ending: Ending) -> pd.DataFrame:
    """All trips SUMO loaded, finished or not, inserted or not, in order of planned departure.

    `triggered` is False for a vehicle that waits for a person or container to the end: no trip is planned for it.
    """
    read = _columns(raw)
    depart_s, delay_s, arrival_s = read["depart"], read["departDelay"], read["arrival"]
    departed, ended = depart_s >= 0, arrival_s >= 0
    removed = ended & (read["vaporized"] != "")
    waited_s = delay_s.clip(lower=0)
    lost_s = read["timeLoss"].where(departed, 0.0).clip(lower=0)
    planned_s = (depart_s.where(departed, ending.time_s) - waited_s).round(3)
    due = planned_s <= ending.time_s - NOTICE_STEPS * ending.step_s + 1e-6
    trips = pd.DataFrame({
        "trip_id": read["id"], "type": read["vType"], "planned_s": planned_s,
        "depart_s": depart_s.where(departed), "arrival_s": arrival_s.where(ended & ~removed),
        "departed": departed, "arrived": ended & ~removed, "removed": removed,
        "delay_s": (lost_s + waited_s).round(3), "time_loss_s": lost_s, "depart_delay_s": waited_s,
        "waiting_s": read["waitingTime"].where(departed, 0.0).clip(lower=0),
        "stops": read["waitingCount"].where(departed, 0).clip(lower=0).astype(int),
        **{name: read[attribute] / 1000.0 for name, attribute in EMISSIONS.items()},
        "route_length_m": read["routeLength"].where(departed, 0.0).clip(lower=0),
        "speed_factor": read["speedFactor"], "persons": read["vType"].map(_persons(ending)).fillna(PERSONS_IN_CAR),
        "triggered": departed | ~due | read["id"].isin(ending.waiting),
    })  # fmt: skip
    return trips.sort_values(["planned_s", "trip_id"], kind="stable", ignore_index=True)


def planned_in(trips: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Trips planned in the period, as the run's record keeps them."""
    inside = (trips["planned_s"] >= period.begin_s - 1e-6) & (trips["planned_s"] < period.end_s)
    kept = trips[inside & trips["triggered"]].reset_index(drop=True)
    return kept.drop(columns=["speed_factor", "triggered"])


def without_trip(trips: pd.DataFrame, ending: Ending) -> int:
    """Vehicles that SUMO has loaded and says no more of: it discarded them, or their type has no trip output."""
    return max(ending.loaded - len(trips) - len(ending.ahead - set(trips["trip_id"])), 0)


def _persons(ending: Ending) -> dict[str, float]:
    return {name: persons_in(known.vehicle_class) for name, known in ending.types.items()}


def _columns(raw: Path) -> pd.DataFrame:
    """The attributes of each vehicle in the order SUMO wrote them; NaN where it wrote none."""
    texts: dict[str, list[str]] = {name: [] for name in TEXTS}
    numbers: dict[str, list[str]] = {name: [] for name in (*NUMBERS, *EMISSIONS.values())}
    columns = [*((name, texts[name], "") for name in TEXTS), *((name, numbers[name], "nan") for name in NUMBERS)]
    emitted = [(name, numbers[name]) for name in EMISSIONS.values()]

    def started(tag: str, found: dict[str, str]) -> None:
        if tag == "tripinfo":
            for name, column, none in columns:
                column.append(found.get(name, none))
            for _, column in emitted:
                column.append("0")
        elif tag == "emissions":
            for name, column in emitted:
                column[-1] = found.get(name, "0")

    parser = ParserCreate()
    parser.StartElementHandler = started
    with raw.open("rb") as stream:
        parser.ParseFile(stream)
    return pd.DataFrame(texts | {name: np.array(column, dtype=float) for name, column in numbers.items()})

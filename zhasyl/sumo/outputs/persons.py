"""Persons: how many sit in a vehicle, and how much time each loses walking.

Occupancies: Department for Transport (UK), TAG data book, table A1.3.3: cars 1.48 per trip on weekdays, all purposes
(v2.03); as in the versions before it goods vehicles up to 3.5 t 1.2, heavier ones 1.0, buses 12.2 passengers and the
driver (v2.03 has 5 % more passengers). Trams and trains have no figure there and count as a bus.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhasyl.measures import PUBLIC_TRANSPORT, Period
from zhasyl.sumo.written import read_starts

PERSONS_IN_CAR = 1.5
PERSONS_IN_BUS = 13.2
PERSONS_IN = {
    **dict.fromkeys(PUBLIC_TRANSPORT, PERSONS_IN_BUS),
    "delivery": 1.2,
    **dict.fromkeys(("truck", "trailer"), 1.0),
    **dict.fromkeys(("motorcycle", "moped", "bicycle", "scooter", "pedestrian", "wheelchair"), 1.0),
}  # fmt: skip


def persons_in(vehicle_class: str) -> float:
    """Mean persons in a vehicle of one of SUMO's classes; those not named in the table are cars."""
    return PERSONS_IN.get(vehicle_class, PERSONS_IN_CAR)


def read_walks(raw: Path, period: Period) -> npt.NDArray[np.float64]:
    """[walk] the time lost in each walk begun in the period, from SUMO's output of persons.

    Of a walk under way at the end SUMO says the time stood still alone: that is what it counts with. Without persons
    there is no output.
    """
    lost_s: list[float] = []
    if not raw.exists():
        return np.array(lost_s)

    def started(tag: str, found: dict[str, str]) -> None:
        if tag == "walk" and period.begin_s - 1e-6 <= float(found["depart"]) < period.end_s:
            lost_s.append(
                max(float(found["timeLoss"]), float(found["waitingTime"]) if found["arrival"] == "-1" else 0.0)
            )

    read_starts(raw, started)
    return np.array(lost_s)

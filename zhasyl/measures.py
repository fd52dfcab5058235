"""The one definition of each measure: key, unit, meaning, direction. Tables, plots and tests take it from here.

delay     per vehicle: time loss + departure delay; a vehicle never inserted counts end − planned departure
queue     vehicles below 0.1 m/s upstream of a stop line, by lane group, each second of the period
LOS       HCM level by control delay, A–F; F also above capacity (demand that did not get in)
"""

from dataclasses import dataclass
from typing import Literal

HALTING_SPEED_MPS = 0.1  # SUMO's own threshold for a halting vehicle, and the field's for a queued one
GRIDLOCK_WAITING_S = 900.0  # a trip that waits longer than this in all marks the run as gridlocked
LOS_LIMITS_S = (("A", 10.0), ("B", 20.0), ("C", 35.0), ("D", 55.0), ("E", 80.0))  # HCM 6th ed., exhibit 19-8


@dataclass(frozen=True)
class Measure:
    """A column of the run record. `better` says in which direction an improvement lies."""

    key: str
    unit: str
    title: str
    meaning: str
    better: Literal["lower", "higher"]
    decimals: int = 1


MEASURES: tuple[Measure, ...] = (
    Measure("delay_s", "s/trip", "Delay", "mean delay of all trips planned in the period", "lower"),
    Measure("delay_median_s", "s/trip", "Delay, median", "median delay of all trips planned in the period", "lower"),
    Measure("delay_p95_s", "s/trip", "Delay, 95th pct.", "95th percentile of delay over all planned trips", "lower"),
    Measure("time_loss_s", "s/trip", "Time loss", "mean time lost against free flow inside the network", "lower"),
    Measure("waiting_s", "s/trip", "Waiting", "mean time below 0.1 m/s inside the network", "lower"),
    Measure("stops", "1/trip", "Stops", "mean number of halts", "lower", 2),
    Measure("queue_mean_veh", "veh", "Queue, mean", "vehicles queued, summed over lane groups, mean over time", "lower"),
    Measure("queue_max_veh", "veh", "Queue, max", "longest queue of any lane group at any second", "lower", 0),
    Measure(
        "back_of_queue_p95_m",
        "m",
        "Back of queue, 95th pct.",
        "95th percentile over time of the longest back of queue of any lane group",
        "lower",
        0,
    ),
    Measure("loaded_veh", "veh", "Planned", "trips planned in the period", "higher", 0),
    Measure("arrived_veh", "veh", "Arrived", "planned trips that finished by the end", "higher", 0),
    Measure("unfinished_veh", "veh", "Unfinished", "planned trips under way at the end", "lower", 0),
    Measure("not_inserted_veh", "veh", "Never got in", "planned trips never inserted by the end", "lower", 0),
    Measure("co2_kg", "kg", "CO2", "carbon dioxide of the planned trips inside the network, HBEFA", "lower"),
)
MEASURE_BY_KEY = {measure.key: measure for measure in MEASURES}


def level_of_service(control_delay_s: float, above_capacity: bool = False) -> str:
    """HCM level of service, 'A' to 'F', of a mean control delay in s/veh (NaN: '-')."""
    if control_delay_s != control_delay_s:
        return "-"
    if above_capacity:
        return "F"
    return next((level for level, limit_s in LOS_LIMITS_S if control_delay_s <= limit_s), "F")

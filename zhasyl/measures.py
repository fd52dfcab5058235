"""The one definition of each measure: key, unit, meaning, direction. Tables, plots and tests take it from here.

delay     per vehicle: time loss + departure delay; a vehicle denied entry counts end − planned departure
control   delay of a passage of an approach: its time up to the stop line without that at the vehicle's own free speed
          and without scheduled stops
queue     vehicles below 0.1 m/s upstream of a stop line, by lane group, sampled every 7 s: a number that hardly any
          cycle is a multiple of, so that samples meet every second of it. Neither a vehicle at a scheduled stop nor one
          in its first second in the network is queued
emissions of every vehicle, or of a random share: then estimated, with a standard error (zhasyl.sampled)
cut off   a back of queue at the end of its storage, beyond which it is not followed
overflow  of a lane group: its queue leaves no room for another car on the lanes that lead to its stop line alone
walk      of a person, begun in the period; one under way at the end counts the time that it has stood still
LOS       HCM level by control delay, A–F; F also above capacity (demand that did not get in). Of a crossing: by delay
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from zhasyl.text.language import N_

LOG_S = 7.0  # between two samples of the log of vehicles
HALTING_SPEED_MPS = 0.1  # SUMO's own threshold for a halting vehicle, and the field's for a queued one
GRIDLOCK_WAITING_S = 900.0  # a trip that waits longer than this in all marks the run as gridlocked
GAP_M = 2.5  # that a standing car leaves before it: SUMO's minGap
QUEUED_CAR_M = 5.0 + GAP_M  # a standing car with its gap: SUMO's default car
WALKERS_LOS_LIMITS_S = (("A", 10.0), ("B", 20.0), ("C", 30.0), ("D", 40.0), ("E", 60.0))
"""FHWA-RD-98-106, table 14, which became HCM 2000, exhibit 18-9; later editions have a score without such levels."""
UNSERVED_SHARE = 0.01  # more of the demand than this outside at the end: above capacity, so LOS F
LOS_LIMITS_S = (("A", 10.0), ("B", 20.0), ("C", 35.0), ("D", 55.0), ("E", 80.0))  # HCM 6th ed., exhibit 19-8


@dataclass(frozen=True)
class Period:
    """The measured part of a run, [begin_s, end_s) on the simulation clock."""

    begin_s: float
    end_s: float


class Columns(Protocol):
    """A table by the names of its columns: of Arrow, or of pandas."""

    def __len__(self) -> int: ...

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True)
class Measure:
    """A column of the run record. `better` says in which direction an improvement lies.

    `skewed`: its values over seeds have a long tail, because it is an extreme or far percentile of the run, or a
    count that is 0 unless the run jams. Means and sums over all trips of a run are near normal.

    `log_step` is how finely the log has one value, in the measure's unit, where coarser than the decimals shown.
    """

    key: str
    unit: str
    title: str
    meaning: str
    better: Literal["lower", "higher"]
    decimals: int = 1
    skewed: bool = False
    log_step: float = 0.0

    @property
    def resolution(self) -> float:
        """Half a step of the last decimal shown, or of the log: a smaller difference has no verdict."""
        return max(10.0**-self.decimals, self.log_step) / 2


MEASURES: tuple[Measure, ...] = (
    Measure("delay_s", N_("s/trip"), N_("Delay"), N_("mean delay of all trips planned in the period"), "lower"),
    Measure(
        "delay_median_s",
        N_("s/trip"),
        N_("Delay, median"),
        N_("median delay of all trips planned in the period"),
        "lower",
        log_step=1.0,
    ),
    Measure(
        "delay_p95_s",
        N_("s/trip"),
        N_("Delay, 95th pct."),
        N_("95th percentile of delay over all planned trips"),
        "lower",
        skewed=True,
        log_step=1.0,  # a trip waits whole seconds for its insertion
    ),
    Measure(
        "time_loss_s", N_("s/trip"), N_("Time loss"), N_("mean time lost against free flow inside the network"), "lower"
    ),
    Measure("waiting_s", N_("s/trip"), N_("Waiting"), N_("mean time below 0.1 m/s inside the network"), "lower"),
    Measure("stops", N_("1/trip"), N_("Stops"), N_("mean number of halts"), "lower", 2),
    Measure(
        "queue_mean_veh",
        N_("veh"),
        N_("Queue, mean"),
        N_("vehicles queued, summed over lane groups, mean over time, sampled every 7 s"),
        "lower",
    ),
    Measure(
        "queue_max_veh",
        N_("veh"),
        N_("Queue, max"),
        N_("longest queue of any lane group, sampled every 7 s"),
        "lower",
        0,
        skewed=True,
    ),
    Measure(
        "back_of_queue_p95_m",
        N_("m"),
        N_("Back of queue, 95th pct."),
        N_("95th percentile over time of the longest back of queue of any lane group"),
        "lower",
        0,
        skewed=True,
    ),
    Measure("loaded_veh", N_("veh"), N_("Planned"), N_("trips planned in the period"), "higher", 0),
    Measure("arrived_veh", N_("veh"), N_("Arrived"), N_("planned trips that finished by the end"), "higher", 0),
    Measure("unfinished_veh", N_("veh"), N_("Unfinished"), N_("planned trips under way at the end"), "lower", 0),
    Measure(
        "not_inserted_veh",
        N_("veh"),
        N_("Denied entry"),
        N_("planned trips denied entry by the end"),
        "lower",
        0,
        skewed=True,
    ),
    Measure(
        "co2_kg", N_("kg"), N_("CO2"), N_("carbon dioxide of the planned trips inside the network, HBEFA"), "lower"
    ),
    Measure("nox_g", N_("g"), N_("NOx"), N_("nitrogen oxides of the planned trips inside the network, HBEFA"), "lower"),
    Measure(
        "pm_g",
        N_("g"),
        N_("PM"),
        N_("particles from the exhausts of the planned trips inside the network, HBEFA"),
        "lower",
    ),
    Measure("fuel_kg", N_("kg"), N_("Fuel"), N_("fuel that the planned trips burn inside the network, HBEFA"), "lower"),
    Measure(
        "trip_time_s",
        N_("s/trip"),
        N_("Trip time"),
        N_(
            "mean time in the network of the trips planned in the period that finished by the end; it is lower, too, "
            "where "
            "fewer of the slow ones finish"
        ),
        "lower",
    ),
    Measure(
        "person_delay_s",
        N_("s/person"),
        N_("Delay per person"),
        N_("mean delay of those who sit in the vehicles of the trips planned in the period"),
        "lower",
    ),
    Measure(
        "bus_delay_s",
        N_("s/trip"),
        N_("Bus delay"),
        N_("mean delay of the trips of buses, coaches, trams and trains planned in the period"),
        "lower",
    ),
    Measure(
        "walker_delay_s",
        N_("s/walk"),
        N_("Pedestrian delay"),
        N_("mean time lost of the walks that pedestrians begin in the period"),
        "lower",
    ),
    Measure(
        "longest_wait_s",
        N_("s"),
        N_("Longest wait"),
        N_("longest wait of any trip planned in the period, below 0.1 m/s in all and for its entry"),
        "lower",
        0,
        skewed=True,
    ),
    Measure(
        "movement_delay_p95_s",
        N_("s/veh"),
        N_("Movements, 95th pct."),
        N_(
            "control delay that 95 % of the movements stay below, each with the mean of its vehicles: who is served "
            "worst"
        ),
        "lower",
        skewed=True,
    ),
    Measure(
        "overflow_share",
        N_("of time"),
        N_("Queue overflow"),
        N_("share of time in which a queue leaves no room for another car in its storage, mean over lane groups"),
        "lower",
        4,
        skewed=True,
    ),
)
CONTROL_DELAY = Measure(
    "control_delay_s",
    N_("s/veh"),
    N_("Control delay"),
    N_(
        "time lost per vehicle on a signalised approach, up to the stop line, against its own free speed; standing "
        "at a "
        "scheduled stop is left out"
    ),
    "lower",
)  # of approaches, and the base of LOS: a run's record has no value of it
MEASURE_BY_KEY = {measure.key: measure for measure in MEASURES}
LINE_TRIPS = Measure(
    "trips", N_("veh"), N_("Buses"), N_("trips of a line planned in the period, mean over seeds"), "higher"
)
LINE_P95 = Measure(
    "bus_delay_p95_s",
    N_("s/trip"),
    N_("Bus delay, 95th pct."),
    N_("95th percentile of the delays of a line's planned trips, those of all seeds together"),
    "lower",
)
OF_LINES = (LINE_TRIPS, MEASURE_BY_KEY["bus_delay_s"], LINE_P95)
"""Of a line of public transport."""
WALKERS = Measure(
    "walkers", N_("persons"), N_("Walkers"), N_("over the crossing in the period, mean over seeds"), "higher", 0
)
CROSSING_DELAY = Measure(
    "crossing_delay_s",
    N_("s/person"),
    N_("Delay at the crossing"),
    N_("mean time that a walker stands before a signalised crossing, below 0.1 m/s, sampled every 7 s"),
    "lower",
)
CROSSING_P95 = Measure(
    "crossing_delay_p95_s",
    N_("s/person"),
    N_("Delay at the crossing, 95th pct."),
    N_("95th percentile over its walkers, mean over seeds; to the 7 s of the samples"),
    "lower",
    log_step=LOG_S,
)
OF_CROSSINGS = (WALKERS, CROSSING_DELAY, CROSSING_P95)
"""Of a signalised crossing."""
EMITTED = (
    ("co2_g", "co2_kg", "co2_se_kg", 1000.0),
    ("nox_g", "nox_g", "nox_se_g", 1.0),
    ("pm_g", "pm_g", "pm_se_g", 1.0),
    ("fuel_g", "fuel_kg", "fuel_se_kg", 1000.0),
)
"""Column of the trips table, the measure's key, that of its standard error where it is estimated, grams a unit."""
EXPLAIN_EMISSIONS = ("duration_s", "route_length_m", "waiting_s", "time_loss_s", "stops")
OF_QUEUES = ("queue_mean_veh", "queue_max_veh", "back_of_queue_p95_m", "overflow_share")
OF_WALKS = ("walker_delay_s",)
OF_MOVEMENTS = ("movement_delay_p95_s",)
OF_TRIPS = tuple(key for key in MEASURE_BY_KEY if key not in (*OF_QUEUES, *OF_WALKS, *OF_MOVEMENTS))
RAIL = ("tram", "rail_urban", "subway", "rail", "rail_electric", "rail_fast")
PUBLIC_TRANSPORT = ("bus", "coach", *RAIL)
"""Of SUMO's vehicle classes."""


def level_of_service(control_delay_s: float, above_capacity: bool = False) -> str:
    """HCM level of service, 'A' to 'F', of a mean control delay in s/veh (NaN: '-')."""
    if control_delay_s != control_delay_s:
        return "-"
    if above_capacity:
        return "F"
    return next((level for level, limit_s in LOS_LIMITS_S if control_delay_s <= limit_s), "F")


def pedestrian_level_of_service(delay_s: float) -> str:
    """Level of service, 'A' to 'F', of a crossing by the mean delay of its walkers (NaN: '-')."""
    if delay_s != delay_s:
        return "-"
    return next((level for level, limit_s in WALKERS_LOS_LIMITS_S if delay_s <= limit_s), "F")

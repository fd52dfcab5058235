"""The one definition of each measure of a movement and of a lane group; of trips and runs: `zhasyl.measures`.

movement    from one approach to one exit edge; of a signal's approaches, with or without a link of the signal
lane group  lanes of one approach that share a movement, and so a queue (`zhasyl.lane_groups`)
planned     to be at the stop line in the period, at the limits from the planned departure on, denied entry or not
green       effective: shown in the period, less 2 s at its start, and up to 2 s of the yellow (HCM 6th ed., ch. 19).
            Protected, or permitted (giving way; a turn on red after a stop, too)
capacity    what the green shown lets through at saturation: 1,800 cars an hour and lane (`zhasyl.timing.webster`), a
            right or left turn for 1.18 or 1.05 cars, a heavy vehicle for 2 (`zhasyl.timing.flows`), permitted green by
            gaps in what it yields to, and 2 vehicles a green of a movement never protected (`zhasyl.timing.permitted`,
            HCM 6th ed., ch. 31; walkers in its way are not in it); movements that share lanes have the degree of
            saturation at which those are used alike (`zhasyl.timing.degrees`)
storage     the lanes from the stop line back, over edges that lead nowhere else
LOS         by control delay, HCM 6th ed., exhibit 19-8; its F above v/c 1 is left to the reader, as capacity rests on
            an assumed saturation flow and the delay does not
stops       halts below 0.1 m/s, as of trips, but on the approach alone: as many as the log each 7 s shows, and an
            estimate of the shorter ones that it misses (`zhasyl.sumo.outputs.halts`)
"""

from zhasyl.measures import CONTROL_DELAY, Measure
from zhasyl.text.language import N_

VOLUME = Measure(
    "volume_veh", N_("veh"), N_("Volume"), N_("planned arrivals at the stop line in the period"), "higher", 0
)
SERVED = Measure(
    "served_veh", N_("veh"), N_("Served"), N_("vehicles that crossed the stop line in the period"), "higher", 0
)
PROTECTED = Measure(
    "protected_green_s", N_("s"), N_("Green, protected"), N_("effective green without giving way"), "higher", 0
)
PERMITTED = Measure(
    "permitted_green_s", N_("s"), N_("Green, permitted"), N_("effective green that gives way"), "higher", 0
)
SATURATION = Measure(
    "saturation_veh_h",
    N_("veh/h"),
    N_("Saturation flow"),
    N_("of all lanes of the movement under protected green"),
    "higher",
    0,
)
CAPACITY = Measure(
    "capacity_veh_h",
    N_("veh/h"),
    N_("Capacity"),
    N_("what the green shown lets through beside the others of its lanes"),
    "higher",
    0,
)
DEGREE = Measure(
    "degree",
    "–",
    N_("v/c"),
    N_("planned arrivals by capacity; of a lane group its most saturated movement"),
    "lower",
    2,
)
ON_GREEN = Measure(
    "on_green_share", N_("of vehicles"), N_("Arrivals on green"),
    N_("share of vehicles that would have met a green at the stop line at free speed"), "higher", 2,
)  # fmt: skip
STOPS = Measure(
    "stops",
    N_("1/veh"),
    N_("Stops"),
    N_("halts of a vehicle on the approach; those shorter than 7 s are estimated"),
    "lower",
    2,
)
BACK_MEAN = Measure(
    "back_mean_m", N_("m"), N_("Back of queue, mean"), N_("mean over the period, 0 without a queue"), "lower", 0
)
BACK_P50 = Measure("back_p50_m", N_("m"), N_("Back of queue, median"), N_("median over time"), "lower", 0)
BACK_P95 = Measure("back_p95_m", N_("m"), N_("Back of queue, 95th pct."), N_("95th percentile over time"), "lower", 0)
BACK_MAX = Measure("back_max_m", N_("m"), N_("Back of queue, max"), N_("farthest in any sample"), "lower", 0)
FULL = Measure(
    "full_share",
    N_("of time"),
    N_("Storage full"),
    N_("the queue leaves no room of 7.5 m for a car in its storage"),
    "lower",
    3,
)
SPILLBACK = Measure(
    "spillback_share",
    N_("of time"),
    N_("Spillback"),
    N_("the queue and a gap of 2.5 m reach the upstream end of its storage"),
    "lower",
    3,
)

OF_MOVEMENT = (VOLUME, SERVED, PROTECTED, PERMITTED, SATURATION, CAPACITY, DEGREE, CONTROL_DELAY, STOPS, ON_GREEN)
OF_LANE_GROUP = (
    VOLUME, SERVED, CAPACITY, DEGREE, CONTROL_DELAY, BACK_MEAN, BACK_P50, BACK_P95, BACK_MAX, FULL, SPILLBACK,
)  # fmt: skip
TURNS = {
    "s": N_("through"), "r": N_("right"), "R": N_("right"), "l": N_("left"), "L": N_("left"), "t": N_("u-turn"),
}  # fmt: skip
"""By SUMO's direction of a connection; what has none of these goes through."""
BEFORE = N_("off before the stop line")
"""Who leaves an approach without crossing its stop line, as by a u-turn within the storage."""

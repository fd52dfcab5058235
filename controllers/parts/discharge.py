"""How a queue leaves at green: what several controllers assume of it.

start-up lost time    from the start of green until the queue flows at saturation
saturation headway    seconds between two vehicles of a lane that leaves at saturation
discharge wave        the start of the queue, as it moves back from the stop line
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zhasyl.arrays import FloatArray
from zhasyl.measures import HALTING_SPEED_MPS
from zhasyl.observation import Observation
from zhasyl.signals import Signal

START_UP_LOST_TIME_S = 2.0  # HCM 6th ed., ch. 19
SATURATION_HEADWAY_S = 2.0  # 1,800 veh/h per lane
DISCHARGE_WAVE_MPS = 5.0  # the start of a queue moves back at 15 to 20 km/h
START_DELAY_S = 3.0  # a driver may start this much after the wave before he counts as blocked

BoolArray = npt.NDArray[np.bool_]


def lane_counts(signal: Signal) -> FloatArray:
    """Lanes of each movement [m]."""
    return np.array([movement.lanes for movement in signal.movements], dtype=float)


def blocked(signal: Signal, observation: Observation) -> list[bool]:
    """Whether each vehicle of `rows` stands although its movement has been green for longer than its queue needs.

    A full exit, a left turn that finds no gap, or a leader who waits for one: more of this green does not help.
    """
    green: list[bool] = signal.serves[observation.stage].tolist()
    green_s = observation.green_s
    return [
        green[movement]
        and speed_mps < HALTING_SPEED_MPS
        and green_s > START_UP_LOST_TIME_S + distance_m / DISCHARGE_WAVE_MPS + START_DELAY_S
        for distance_m, movement, speed_mps in observation.rows
    ]


def useful(signal: Signal, observation: Observation, weight: Callable[[float], float]) -> FloatArray:
    """Vehicles each stage could serve, [stage, movement], a vehicle counting by the `weight` of its distance [m].

    One that is blocked in the running stage counts only in stages that protect what this one only permits.
    """
    free, held = [0.0] * len(signal.movements), [0.0] * len(signal.movements)
    for (distance_m, movement, _), stuck in zip(observation.rows, blocked(signal, observation), strict=True):
        (held if stuck else free)[movement] += weight(distance_m)
    found: FloatArray = signal.serves * np.array(free)
    if any(held):
        found = found + (signal.protects & ~signal.protects[observation.stage]) * np.array(held)
    return found


def within(limit_m: float) -> Callable[[float], float]:
    """The weight that counts the vehicles no farther than this from their line."""
    return lambda distance_m: 1.0 if distance_m <= limit_m else 0.0

"""How a queue leaves at green: what several controllers assume of it.

start-up lost time    from the start of green until the queue flows at saturation
saturation headway    seconds between two vehicles of a lane that leaves at saturation
discharge wave        the start of the queue, as it moves back from the stop line
"""

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


def blocked(signal: Signal, observation: Observation) -> BoolArray:
    """Vehicles [v] that stand although their movement has been green for longer than the queue needs to start.

    A full exit, a left turn that finds no gap, or a leader who waits for one: more of this green does not help.
    """
    green = signal.serves[observation.stage][observation.movement]
    due_s = START_UP_LOST_TIME_S + observation.distance_m / DISCHARGE_WAVE_MPS + START_DELAY_S
    stands = observation.speed_mps < HALTING_SPEED_MPS
    found: BoolArray = green & stands & (observation.green_s > due_s)
    return found


def useful(signal: Signal, observation: Observation, weight: FloatArray) -> FloatArray:
    """Vehicles each stage could serve, [stage, movement], a vehicle counting by its `weight` [v].

    One that is blocked in the running stage counts only in stages that protect what this one only permits.
    """
    movements = len(signal.movements)
    stuck = blocked(signal, observation)
    free = np.bincount(observation.movement[~stuck], weight[~stuck], minlength=movements)
    held = np.bincount(observation.movement[stuck], weight[stuck], minlength=movements)
    relieves = signal.protects & ~signal.protects[observation.stage]
    found: FloatArray = signal.serves * free + relieves * held
    return found

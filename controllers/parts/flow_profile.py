"""Cyclic flow profiles: when in the cycle vehicles come, and the delay that greens give such arrivals.

Sources: D. I. Robertson, TRANSYT: a traffic network study tool, Road Research Laboratory Report LR 253, 1969 (profiles,
vertical queue); P. B. Hunt et al., SCOOT: a traffic responsive method of coordinating signals, TRRL Report LR 1014,
1981 (profiles measured upstream, on line).

A profile counts who will reach the stop line at each place of the cycle if nothing stops him, from the far half of
what the sensor sees, where queues seldom reach: each reading covers the few seconds in which those vehicles are due.
"""

import numpy as np

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.observation import Observation

BINS = 30  # places of a cycle: 2 to 4 s each
FREE_MPS = 13.9  # 50 km/h
MOVING_MPS = 5.0  # slower ones stand or brake for a queue, and were counted before
NEW_SHARE = 0.3  # weight of the last cycle in the profile


class FlowProfile:
    """Arrivals of each movement by place in the cycle; `rate_vps` [bin, movement] in veh/s."""

    def __init__(self, movements: int) -> None:
        self.rate_vps: FloatArray = np.zeros((BINS, movements))
        self._count = np.zeros((BINS, movements))
        self._watched_s = np.zeros(BINS)

    def note(self, observation: Observation, cycle_s: float) -> None:
        """Add those who are due in the seconds that the far half of the sensor's range covers."""
        far_s = observation.upstream_range_m / FREE_MPS
        seconds = np.arange(int(far_s / 2), int(far_s), dtype=np.float64) + 0.5
        np.add.at(self._watched_s, place(observation.time_s + seconds, cycle_s), 1.0)
        due_s = observation.distance_m / np.maximum(observation.speed_mps, MOVING_MPS)
        counted = (observation.speed_mps >= MOVING_MPS) & (due_s >= int(far_s / 2)) & (due_s < int(far_s))
        places = place(observation.time_s + due_s[counted], cycle_s)
        np.add.at(self._count, (places, observation.movement[counted]), 1.0)

    def smooth(self) -> None:
        """Join the cycle that has ended with those before, where it was watched."""
        seen = self._watched_s > 0
        fresh = self._count[seen] / self._watched_s[seen, None]
        self.rate_vps[seen] += NEW_SHARE * (fresh - self.rate_vps[seen])
        self._count[:] = 0.0
        self._watched_s[:] = 0.0


def place(time_s: FloatArray, cycle_s: float) -> IntArray:
    """The bin of the cycle that a time on the simulation clock falls into."""
    return (time_s % cycle_s / cycle_s * BINS).astype(np.intp) % BINS


def delay_veh(rate_vps: FloatArray, capacity_vps: FloatArray) -> float:
    """Vehicles that wait on average, of arrivals and capacities by place [bin, movement]: a vertical queue.

    Over a second cycle, so that what the first leaves over counts; times the cycle in s it is veh·s a cycle.
    """
    queue, total = np.zeros(rate_vps.shape[1]), 0.0
    growth = rate_vps - capacity_vps
    for number in range(2 * BINS):
        queue = np.maximum(queue + growth[number % BINS], 0.0)
        total += float(queue.sum()) if number >= BINS else 0.0
    return total / BINS

"""What a movement's vehicles need of a saturation flow: those of tight turns follow each other more slowly.

The speed of a turn is the one at which its radius, from the length of its way inside the junction, asks for
SUMO's lateral acceleration (netconvert's `junctions.limit-turn-speed`); its headway at least the time gap that drivers
keep and the time a vehicle's length takes.
"""

from math import pi, sqrt

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.network import Network
from zhasyl.observation import SignalDemand
from zhasyl.signals import Movement, Signal
from zhasyl.timing.flows import HEAVY_EQUIVALENT

SATURATION_VPS = 1 / 1.73  # of a lane, as drivers of SUMO follow each other
TIME_GAP_S = 1.0  # SUMO's tau
VEHICLE_M = 7.5  # of a queue, by vehicle
LATERAL_MPS2 = 5.5  # SUMO's
ANGLES = {"l": pi / 2, "r": pi / 2, "t": pi}


def through_cars(network: Network, signal: Signal, demand: SignalDemand) -> FloatArray:
    """Through cars a vehicle of each movement [m]."""
    driven = demand.volume_vph > 0
    heavy = np.divide(demand.heavy_vph, demand.volume_vph, out=np.zeros(len(driven)), where=driven)
    turning = np.array([_turning(network, movement) for movement in signal.movements])
    found: FloatArray = turning * (1 + (HEAVY_EQUIVALENT - 1) * heavy)
    return found


def _turning(network: Network, movement: Movement) -> float:
    ways = [c for c in network.outgoing.get(movement.from_edge, ()) if c.to_edge == movement.to_edge]
    angle = max((ANGLES.get(c.direction, 0.0) for c in ways), default=0.0)
    inside_m = max(
        (sum(network.internal_lengths_m.get(lane, 0.0) for lane in network.lanes_inside(c)) for c in ways), default=0.0
    )
    if angle == 0.0 or inside_m <= 0.0:
        return 1.0
    turn_mps = min(sqrt(LATERAL_MPS2 * inside_m / angle), max(network.edges[movement.from_edge].speed_mps, 1.0))
    return max(1.0, (TIME_GAP_S + VEHICLE_M / turn_mps) * SATURATION_VPS)

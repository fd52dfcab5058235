"""The demand of movements in cars that go straight on, and the lanes they may use."""

from collections.abc import Iterable

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.network import Connection, Network
from zhasyl.observation import SignalDemand
from zhasyl.signals import Movement, Signal

HEAVY_EQUIVALENT = 2.0
NEAR_TURN_EQUIVALENT, FAR_TURN_EQUIVALENT = 1.18, 1.05  # right and left turns in right-hand traffic


def through_cars_vph(network: Network, signal: Signal, demand: SignalDemand) -> FloatArray:
    """The demand of each movement [m] in cars that go straight on and need as much green."""
    ways = [{c.direction for c in _connections(network, movement)} for movement in signal.movements]
    turning = np.array([turn_equivalent(network, way) for way in ways])
    return turning * (demand.volume_vph + (HEAVY_EQUIVALENT - 1) * demand.heavy_vph)


def turn_equivalent(network: Network, directions: Iterable[str]) -> float:
    """For how many cars that go straight on one counts that takes connections of these directions."""
    near, far = ("l", "r") if network.left_hand else ("r", "l")
    equivalents = {near: NEAR_TURN_EQUIVALENT, far: FAR_TURN_EQUIVALENT, "t": FAR_TURN_EQUIVALENT}
    return max((equivalents.get(direction, 1.0) for direction in directions), default=1.0)


def car_lanes(network: Network, movement: Movement) -> frozenset[str]:
    """Ids of the lanes in which cars make a movement; all its lanes where only others may make it."""
    open_lanes = {c.from_lane for c in _connections(network, movement) if open_to_cars(network, c)}
    return frozenset(f"{movement.from_edge}_{lane}" for lane in open_lanes or movement.from_lanes)


def _connections(network: Network, movement: Movement) -> list[Connection]:
    return [c for c in network.outgoing.get(movement.from_edge, ()) if c.to_edge == movement.to_edge]


def open_to_cars(network: Network, c: Connection) -> bool:
    """May cars take this connection?"""
    closed = c.from_lane in network.edges[c.from_edge].no_cars or c.to_lane in network.edges[c.to_edge].no_cars
    return not (closed or c.no_cars)

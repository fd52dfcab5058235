"""The demand of each signal: its movements' vehicles, and pedestrians across its crossings."""

from collections.abc import Mapping

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.network import Network
from zhasyl.observation import SignalDemand
from zhasyl.scenarios.demand.crossings import crossing_volumes_per_h
from zhasyl.scenarios.demand.volumes import Turn, Volumes
from zhasyl.signals import Signal


def signal_demands(network: Network, signals: Mapping[str, Signal], volumes: Volumes) -> dict[str, SignalDemand]:
    """Signal id → its demand."""
    crossings = crossing_volumes_per_h(network, volumes.walks_per_h)
    return {
        name: SignalDemand(
            _of_movements(signal, volumes.turns_vph),
            _of_movements(signal, volumes.heavy_vph),
            _walkers_per_h(network, signal, crossings),
        )
        for name, signal in signals.items()
    }


def _of_movements(signal: Signal, turns: Mapping[Turn, float]) -> FloatArray:
    return np.array([turns.get((m.from_edge, m.to_edge), 0.0) for m in signal.movements])


def _walkers_per_h(network: Network, signal: Signal, crossings: Mapping[str, float]) -> dict[int, float]:
    links = network.signal_links.get(signal.id, {})
    return {
        link: sum(crossings.get(c.to_edge, 0.0) for c in links.get(link, ()))
        for link in sorted(signal.pedestrian_links)
    }

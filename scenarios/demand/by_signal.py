"""The demand of each signal: its movements' vehicles, and pedestrians across its crossings."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.network import Network
from zhasyl.observation import SignalDemand
from zhasyl.scenarios.demand.crossings import Crossed, crossing_volumes
from zhasyl.scenarios.demand.volumes import Turn, Volumes
from zhasyl.signals import Signal


def signal_demands(network: Network, signals: Mapping[str, Signal], volumes: Volumes) -> dict[str, SignalDemand]:
    """Signal id → its demand."""
    crossed = crossing_volumes(network, volumes.walks_per_h)
    return {
        name: SignalDemand(
            _of_movements(signal, volumes.turns_vph),
            _of_movements(signal, volumes.heavy_vph),
            _walkers_per_h(network, signal, crossed),
            _two_per_h(network, signal, crossed),
        )
        for name, signal in signals.items()
    }


def _of_movements(signal: Signal, turns: Mapping[Turn, float]) -> FloatArray:
    return np.array([turns.get((m.from_edge, m.to_edge), 0.0) for m in signal.movements])


def _walkers_per_h(network: Network, signal: Signal, crossed: Crossed) -> dict[int, float]:
    return {
        link: sum(crossed.per_h.get(edge, 0.0) for edge in edges) for link, edges in _crossings(network, signal).items()
    }


def _two_per_h(network: Network, signal: Signal, crossed: Crossed) -> dict[tuple[int, int], float]:
    links = {edge: link for link, edges in _crossings(network, signal).items() for edge in edges}
    found: dict[tuple[int, int], float] = defaultdict(float)
    for (first, second), per_h in crossed.after_each_other_per_h.items():
        if first in links and second in links and links[first] != links[second]:
            found[links[first], links[second]] += per_h
    return dict(found)


def _crossings(network: Network, signal: Signal) -> dict[int, list[str]]:
    links = network.signal_links.get(signal.id, {})
    return {link: [c.to_edge for c in links.get(link, ())] for link in sorted(signal.pedestrian_links)}

"""The demand of each signal: its movements' vehicles, and pedestrians across its crossings."""

from collections.abc import Mapping

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.network import Network
from zhasyl.observation import Onward, SignalDemand
from zhasyl.scenarios.demand.crossings import Crossed, crossing_volumes
from zhasyl.scenarios.demand.volumes import Turn, Volumes
from zhasyl.signals import Signal
from zhasyl.walks import WALKING_MPS


def signal_demands(network: Network, signals: Mapping[str, Signal], volumes: Volumes) -> dict[str, SignalDemand]:
    """Signal id → its demand."""
    crossed = crossing_volumes(network, volumes.walks_per_h)
    return {
        name: SignalDemand(
            _of_movements(signal, volumes.turns_vph),
            _of_movements(signal, volumes.heavy_vph),
            _walkers_per_h(network, signal, crossed),
            _onwards(network, signal, crossed),
        )
        for name, signal in signals.items()
    }


def _of_movements(signal: Signal, turns: Mapping[Turn, float]) -> FloatArray:
    return np.array([turns.get((m.from_edge, m.to_edge), 0.0) for m in signal.movements])


def _walkers_per_h(network: Network, signal: Signal, crossed: Crossed) -> dict[int, float]:
    return {
        link: sum(crossed.per_h.get(edge, 0.0) for edge in edges) for link, edges in _crossings(network, signal).items()
    }


def _onwards(network: Network, signal: Signal, crossed: Crossed) -> dict[tuple[int, int], Onward]:
    links = {edge: link for link, edges in _crossings(network, signal).items() for edge in edges}
    found: dict[tuple[int, int], Onward] = {}
    for (first, second), (per_h, between_m) in crossed.onwards.items():
        if first in links and second in links and links[first] != links[second]:
            pair = links[first], links[second]
            other = found.get(pair, Onward(0.0, 0.0))
            whole_per_h = other.per_h + per_h
            between_s = (other.per_h * other.between_s + per_h * between_m / WALKING_MPS) / whole_per_h
            found[pair] = Onward(whole_per_h, between_s)
    return found


def _crossings(network: Network, signal: Signal) -> dict[int, list[str]]:
    links = network.signal_links.get(signal.id, {})
    return {link: [c.to_edge for c in links.get(link, ())] for link in sorted(signal.pedestrian_links)}

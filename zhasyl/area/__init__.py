"""The whole network before a run, for a controller that plans with it: signals, demand, the roads between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from zhasyl.area.chance import generator
from zhasyl.area.roads import Link, links_between
from zhasyl.arrays import FloatArray
from zhasyl.network import Network
from zhasyl.signals import Signal


@dataclass(frozen=True)
class Onward:
    """Persons an hour who walk on from one crossing to another, and how long they take from begin to begin."""

    per_h: float
    between_s: float


@dataclass(frozen=True)
class SignalDemand:
    """An hour's demand at a signal, mean over the measured period, from the scenario's own routes.

    volume_vph     vehicles of each movement [m]
    heavy_vph      buses and trucks among them [m]
    walkers_per_h  pedestrian link → persons who cross there, in both directions
    onwards        pairs of pedestrian links → those among them who cross at the second next after the first
    """

    volume_vph: FloatArray
    heavy_vph: FloatArray
    walkers_per_h: Mapping[int, float]
    onwards: Mapping[tuple[int, int], Onward] = field(default_factory=dict)


@dataclass(frozen=True)
class Area:
    """The whole network before the run, for a controller that plans with it.

    signals   every controlled signal by id, with the controller's own greens
    network   roads, junctions and shipped programmes
    demand    signal id → its demand; counted when first asked for
    seed      of the run; 0 where it is planned without one

    links     the roads from each signal to the next ones, found when first asked for
    """

    signals: Mapping[str, Signal]
    network: Network
    demand: Callable[[str], SignalDemand]
    seed: int = 0

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every road from one of these signals to the next one, sorted."""
        return links_between(self.signals, self.network)

    def links_from(self, signal: str) -> tuple[Link, ...]:
        """The roads that a signal's vehicles leave by and on which another signal is next."""
        return tuple(link for link in self.links if link.from_signal == signal)

    def links_to(self, signal: str) -> tuple[Link, ...]:
        """The roads on which a signal's vehicles come from another signal."""
        return tuple(link for link in self.links if link.to_signal == signal)

    def neighbours(self, signal: str) -> tuple[str, ...]:
        """The signals that are next to a signal, up- or downstream, sorted."""
        ends = {end for link in self.links for end in (link.from_signal, link.to_signal) if signal in _ends(link)}
        return tuple(sorted(ends - {signal}))

    def random(self, name: str) -> "np.random.Generator":
        """Chance of the run for a signal, or whatever has a name: the same seed and name draw the same."""
        return generator(self.seed, "area", name)


def _ends(link: Link) -> tuple[str, str]:
    return link.from_signal, link.to_signal

"""A row of signals in both directions, as bandwidth methods see it, and the progression they find.

outbound    the order in which the signals are given; inbound is the other way
window      when a direction is green in the plan of a signal, in shares of the cycle after the plan's zero
stretch     the way between two neighbouring signals in one direction
band        time in each cycle in which a vehicle that keeps the speeds meets only greens
weight      of a direction on a stretch, say its volume
clearance   a queue leaves before the band comes: the green starts that much earlier
"""

from dataclasses import dataclass

from zhasyl.errors import SignalError


@dataclass(frozen=True)
class Window:
    """A green in shares of the cycle: `start` after the plan's zero, and its length, 0 where there is no green."""

    start: float
    length: float

    def __post_init__(self) -> None:
        if not 0 <= self.length <= 1:
            raise SignalError(f"a green of {self.length:g} of the cycle; it must be 0 to 1")


@dataclass(frozen=True)
class Stretch:
    """The way between two neighbouring signals in one direction; its band may take any speed in the range."""

    length_m: float
    slowest_mps: float
    fastest_mps: float
    weight: float = 1.0
    clearance_s: float = 0.0

    def __post_init__(self) -> None:
        if not (self.length_m > 0 and 0 < self.slowest_mps <= self.fastest_mps and self.weight > 0):
            raise SignalError(f"{self} is no stretch: length, speeds and weight are above 0, slowest <= fastest")


@dataclass(frozen=True)
class Direction:
    """The windows [n] of one direction and the stretches [n-1] between them, both in outbound order.

    A stretch is None where it has no traffic; else it needs a green at both ends.
    """

    windows: tuple[Window, ...]
    stretches: tuple[Stretch | None, ...]

    @property
    def whole(self) -> bool:
        """Has it traffic on every stretch?"""
        return None not in self.stretches

    @property
    def weight(self) -> float:
        """Of the whole direction: the sum over its stretches."""
        return sum(stretch.weight for stretch in self.stretches if stretch)

    def emptied(self) -> "Direction":
        """The same signals without traffic in this direction."""
        return Direction(self.windows, (None,) * len(self.stretches))


@dataclass(frozen=True)
class Band:
    """One direction's bands: widths [n-1] of each stretch, and when their centre passes each signal [n].

    The times run on along the direction of travel; None at a signal without a band.
    """

    widths_s: tuple[float, ...]
    centres_s: tuple[float | None, ...]


@dataclass(frozen=True)
class Progression:
    """A cycle, the offset of each plan's zero [n] (the first signal's is 0), and the bands both ways."""

    cycle_s: float
    offsets_s: tuple[float, ...]
    outbound: Band
    inbound: Band

    def worth(self, outbound: Direction, inbound: Direction) -> float:
        """The sum of the bands by weight, in shares of the cycle."""
        bands = [*zip(self.outbound.widths_s, outbound.stretches, strict=True)]
        bands += zip(self.inbound.widths_s, inbound.stretches, strict=True)
        return sum(width_s * stretch.weight for width_s, stretch in bands if stretch) / self.cycle_s

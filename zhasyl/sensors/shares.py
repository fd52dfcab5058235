"""How a stream divides among several ways: learnt from where vehicles were seen to go, forgotten, and dealt out evenly.

Shares are kept as counts that fade by a factor with each vehicle seen: recursive estimation of turning shares from
counts (M. Cremer, H. Keller, A new class of dynamic methods for the identification of origin-destination flows,
Transportation Research B 21 (1987) 117-132), with exponential forgetting in place of their filter's gain. Vehicles are
dealt out by the largest remainder, so that every few of them divide as the shares say.
"""

from collections.abc import Sequence

KEPT = 0.98  # of the counts with each vehicle seen: the last 50 or so make the shares
BELIEF_VEH = 10.0  # how many vehicles seen the first guess weighs as much as


class Shares:
    """Shares of a stream by way. `first` is the guess to begin with, in any unit."""

    def __init__(self, first: Sequence[float]) -> None:
        total = sum(first)
        self._counts = [BELIEF_VEH * one / total for one in first]
        self._owed = [0.0] * len(first)

    def saw(self, way: int, weight: float = 1.0) -> None:
        """A vehicle has gone this way, or with this probability."""
        kept = KEPT**weight
        self._counts = [kept * count for count in self._counts]
        self._counts[way] += weight

    def shares(self) -> list[float]:
        """The share of each way; they sum to 1."""
        total = sum(self._counts)
        return [count / total for count in self._counts]

    def next(self) -> int:
        """The way that the next vehicle is taken to go; of ways that are owed as much the first."""
        if len(self._owed) == 1:
            return 0
        self._owed = [owed + share for owed, share in zip(self._owed, self.shares(), strict=True)]
        most = max(range(len(self._owed)), key=self._owed.__getitem__)
        self._owed[most] -= 1.0
        return most

"""Which candidates were simulated with which of a few seeds, and which come next."""

from collections import Counter
from collections.abc import Sequence


class Tried:
    """Candidates by key; each takes the seeds in turn, the first one by its place among all."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self._seeds = list(seeds)
        self._tries: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def seed(self, key: str) -> int:
        """The next seed of a candidate, which is simulated with it now."""
        begin = self._first.setdefault(key, self._tries.total() % len(self._seeds))
        self._tries[key] += 1
        return self._seeds[(begin + self._tries[key] - 1) % len(self._seeds)]

    def following(self, keys: Sequence[str], asked: Sequence[str], fresh: bool) -> int | None:
        """The place of the first that is left with a seed and is not `asked` already; None if there is none.

        If `fresh` is wanted, one that was never simulated comes first.
        """
        left = [n for n, key in enumerate(keys) if self._tries[key] < len(self._seeds) and key not in asked]
        if fresh:
            left.sort(key=lambda number: (self._tries[keys[number]] > 0, number))
        return left[0] if left else None

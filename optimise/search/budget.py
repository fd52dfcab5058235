"""What a search may spend: a number of runs, or minutes."""

import time
from dataclasses import dataclass, field

from zhasyl.errors import ZhasylError

LEAST_RUNS = 10  # five seeds of two plans: what one comparison needs
LEAST_OF_FRONT = 4 * LEAST_RUNS
MOST_RUNS = 1_000_000


@dataclass(frozen=True)
class Budget:
    """`runs` of SUMO over the full period, or, where `minutes` are given, as many as are done in that time."""

    runs: int
    minutes: float | None = None
    began: float = field(default_factory=time.monotonic)

    def total(self, spent: int) -> int:
        """Runs in all, as far as is known after `spent` of them."""
        if self.minutes is None:
            return self.runs
        elapsed_min = max((time.monotonic() - self.began) / 60, 1e-6)
        if elapsed_min >= self.minutes:
            return spent
        return max(spent, min(int(spent * self.minutes / elapsed_min), MOST_RUNS)) if spent else self.runs


def check_front_budget(budget: Budget) -> None:
    """Raise ZhasylError for too few runs to tell plans of a front apart."""
    if budget.minutes is None and budget.runs < LEAST_OF_FRONT:
        raise ZhasylError(
            f"budget {budget.runs} is below the {LEAST_OF_FRONT} runs that a front takes; give for example 300"
        )

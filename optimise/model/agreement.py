"""Does the fast model order plans as SUMO does? The rank correlation over the plans that were run so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import spearmanr

LEAST_PLANS = 8  # fewer say nothing
GOOD_CORRELATION = 0.6  # a search in the model gains from there on; below plans are chosen in SUMO alone


@dataclass(frozen=True)
class Agreement:
    """Spearman's rank correlation of estimates with measured values; None where it cannot be told."""

    correlation: float | None
    plans: int
    reason: str

    @property
    def is_good(self) -> bool:
        """May a search trust the model's order?"""
        return self.correlation is not None and self.correlation >= GOOD_CORRELATION


def agreement(estimated: Sequence[float], measured: Sequence[float]) -> Agreement:
    """The agreement of estimates with what SUMO measured of the same plans. Raises ValueError for unlike lengths."""
    if len(estimated) != len(measured):
        raise ValueError(f"{len(estimated)} estimates of {len(measured)} plans; give one for each")
    plans = len(measured)
    if plans < LEAST_PLANS:
        return Agreement(None, plans, f"{plans} plans run so far; {LEAST_PLANS} are needed to judge the model")
    if len(set(estimated)) == 1 or len(set(measured)) == 1:
        return Agreement(None, plans, f"all {plans} plans are alike; the model cannot be judged by them")
    correlation = float(spearmanr(estimated, measured).statistic)
    order = "as SUMO does" if correlation >= GOOD_CORRELATION else "otherwise than SUMO"
    over = f"rank correlation {correlation:.2f} over the {plans} plans tried ({GOOD_CORRELATION:g} is good)"
    return Agreement(correlation, plans, f"{over}: the fast model orders them {order}")

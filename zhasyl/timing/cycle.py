"""Webster's cycle of least delay.

Source: F. V. Webster, Traffic Signal Settings, Road Research Technical Paper 39, HMSO 1958.
"""

from math import inf


def least_delay_cycle_s(flow_ratio: float, lost_s: float) -> float:
    """(1.5 L + 5) / (1 - Y), Y the sum of the critical flow ratios; infinite where it reaches 1."""
    rest = 1 - flow_ratio
    return (1.5 * lost_s + 5.0) / rest if rest > 0 else inf

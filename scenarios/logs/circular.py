"""Times on a cycle: 74 s and 1 s of 75 are 2 s apart."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def after(values_s: Floats, zero_s: float | Floats, cycle_s: float) -> Floats:
    """How long after a moment of the cycle, from minus half a cycle to half a cycle."""
    found: Floats = (values_s - zero_s + cycle_s / 2) % cycle_s - cycle_s / 2
    return found


def mean(values_s: Floats, cycle_s: float) -> float:
    """The direction in which most of them lie."""
    return float(np.angle(np.exp(2j * np.pi * values_s / cycle_s).sum()) / (2 * np.pi) * cycle_s % cycle_s)


def quantile(values_s: Floats, cycle_s: float, share: float) -> float:
    """A quantile of values that lie around one place of the cycle, from 0 to below it."""
    middle_s = mean(values_s, cycle_s)
    middle_s += float(np.median(after(values_s, middle_s, cycle_s)))
    spread_s = after(values_s, middle_s, cycle_s)
    found_s = np.median(spread_s) if share == 0.5 else np.quantile(spread_s, share, method="lower")
    return float((middle_s + found_s) % cycle_s)


def median(values_s: Floats, cycle_s: float) -> float:
    """Their median."""
    return quantile(values_s, cycle_s, 0.5)


def concentration(values_s: Floats, cycle_s: float) -> float:
    """1 where all lie in one place, 0 where they lie evenly."""
    return float(abs(np.exp(2j * np.pi * values_s / cycle_s).mean())) if len(values_s) else 0.0


def densest(values_s: Floats, cycle_s: float, near_s: float) -> tuple[float, float]:
    """The place around which most values lie, within `near_s`, and the share of them that does."""
    apart_s = np.abs(after(values_s[:, None], values_s[None, :], cycle_s))
    near = apart_s <= near_s
    place = int(near.sum(axis=1).argmax())
    return median(values_s[near[place]], cycle_s), float(near[place].mean())

"""What a search minimises at a time.

A front is as good as the volume that its values dominate up to a reference, here WORST times what is present. Volume is
the mean over directions from the reference of how far the front reaches along each, to the power of the number of
objectives (D. Golovin and Q. Zhang, Random hypervolume scalarizations, ICML 2020), so a candidate is worth what it adds
to that, valued as if its doubts turned out well (W. Ponweiser et al., SMS-EGO, PPSN 2008).
"""

from collections.abc import Callable

import numpy as np

from zhasyl.arrays import FloatArray

Worth = Callable[[FloatArray, FloatArray], FloatArray]
"""Values of objectives [c, o] and their doubts [c, o] → what is minimised [c]."""

WORST = 1.1  # times what is present: values beyond it add nothing to a front
DIRECTIONS = 64
FRONT_DOUBT = 0.5  # of the doubt with one objective: several would have to turn out well at once
BEHIND = 1e-3  # what coming nearer to the front counts for who adds nothing to it


def lower_bound(doubt: float) -> Worth:
    """The first objective less a multiple of its doubt."""

    def worth(means: FloatArray, doubts: FloatArray) -> FloatArray:
        bound: FloatArray = means[:, 0] - doubt * doubts[:, 0]
        return bound

    return worth


def aim(known: FloatArray, present: FloatArray, doubt: float) -> Worth:
    """What a candidate is worth: by itself, or of several objectives what it adds to known values [k, o]."""
    return lower_bound(doubt) if len(present) == 1 else added(known, present, FRONT_DOUBT * doubt)


def ways(present: FloatArray, count: int) -> list[Worth]:
    """What is minimised in the model: the one objective, or several in other proportions each time."""
    if len(present) == 1:
        return [lower_bound(0.0)] * count
    return [one_way(present, along) for along in directions(len(present), count)]


def directions(objectives: int, count: int = DIRECTIONS) -> FloatArray:
    """Evenly spread over the positive part of the sphere [l, o]."""
    from scipy.stats import norm, qmc  # takes long to import

    spread = qmc.Halton(objectives, scramble=False).random(count + 1)[1:]
    along = norm.ppf((1.0 + spread) / 2)
    shown: FloatArray = along / np.linalg.norm(along, axis=1, keepdims=True)
    return shown


def reach(values: FloatArray, present: FloatArray, along: FloatArray) -> FloatArray:
    """How far values [c, o] reach along directions [l, o] from the reference, in shares of what is present [c, l]."""
    gained = WORST - values / np.where(present > 0, present, 1.0)
    reached: FloatArray = (gained[:, None, :] / along).min(axis=2)
    return reached


def one_way(present: FloatArray, along: FloatArray) -> Worth:
    """How little candidates reach along one direction [o]."""

    def worth(means: FloatArray, doubts: FloatArray) -> FloatArray:
        return -reach(means, present, along[None])[:, 0]

    return worth


def added(known: FloatArray, present: FloatArray, doubt: float = 0.0) -> Worth:
    """How little candidates, less a multiple of their doubts, add to the volume of known values [k, o]."""
    along = directions(len(present))
    best = np.concatenate([reach(known, present, along), np.zeros((1, len(along)))]).max(axis=0)

    def worth(means: FloatArray, doubts: FloatArray) -> FloatArray:
        reached = reach(means - doubt * doubts, present, along)
        volume = np.maximum(reached, best) ** len(present) - best ** len(present)
        less: FloatArray = -volume.mean(axis=1) - BEHIND * (reached - best).max(axis=1)
        return less

    return worth

"""compare --until: what each look found, on standard error."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zhasyl.cli.words import plural

if TYPE_CHECKING:
    from zhasyl.optimise.comparison import Comparison


def say(number: int, looks: Sequence[int], comparisons: "Sequence[Comparison]", tolerance: float) -> None:
    """A line for each comparison of a look."""
    for one in comparisons:
        width = "no interval"
        if one.low is not None and one.high is not None and one.baseline_mean:
            width = f"±{(one.high - one.low) / 2 / abs(one.baseline_mean):.1%} of {one.baseline}'s"
        print(
            f"look {number} of at most {len(looks)}, {plural(one.n, 'seed')}: {one.scenario} {one.controller}: "
            f"difference of delay {width}, wanted ±{tolerance:.1%}",
            file=sys.stderr,
        )

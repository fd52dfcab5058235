"""What a page shows of a run beyond its measures, small enough to be read of thousands of runs (summary.json).

approaches   the table of that name, column by column
queues       by signal and approach: vehicles queued, summed over the logged seconds of each step
stages       by signal and stage: the seconds it was shown

A step's begin is a multiple of its length on the simulation clock, and the lengths divide each other, so that steps
of one run can be put together to those of a longer one. Sums are kept, not means: nothing is rounded.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

STEPS_S = (60, 300, 900, 1800, 3600)  # several cycles a step, or a line shows the beat of cycle and step
MOST_STEPS = 24
PLACE = ["signal", "approach"]

Summary = Mapping[str, Any]


def step_for(period_s: float) -> int:
    """The time step that suits a period."""
    return next((step for step in STEPS_S if period_s <= MOST_STEPS * step), STEPS_S[-1])


def summary_of(table: "Callable[[str], pd.DataFrame]", period_s: float) -> dict[str, Any]:
    """The summary of a run from its tables, which are asked for by name."""
    step_s = step_for(period_s)
    return {
        "step_s": step_s,
        "queues": _queues(table("queues"), step_s),
        "stages": _stages(table("signals")),
        "approaches": {key: column.tolist() for key, column in table("approaches").items()},
    }


def _queues(queues: "pd.DataFrame", step_s: int) -> dict[str, list[Any]]:
    places = queues[PLACE].drop_duplicates()
    begins_s, step = np.unique((queues["time_s"] // step_s * step_s).to_numpy(dtype=int), return_inverse=True)
    place = queues.groupby(PLACE, sort=False, observed=True).ngroup().to_numpy()
    cells = place * len(begins_s) + step
    total = np.bincount(cells, weights=queues["queue_veh"], minlength=len(places) * len(begins_s)).astype(int)
    seconds = queues["time_s"].drop_duplicates() // step_s
    return {
        "signal": places["signal"].tolist(),
        "approach": places["approach"].tolist(),
        "begin_s": begins_s.tolist(),
        "seconds": seconds.value_counts().sort_index().tolist(),
        "veh_s": total.reshape(len(places), len(begins_s)).tolist(),
    }


def _stages(signals: "pd.DataFrame") -> dict[str, list[Any]]:
    spent_s = signals.groupby(["signal", "stage"], observed=True)["duration_s"].sum()
    return {
        "signal": [str(signal) for signal, _ in spent_s.index],
        "stage": [int(stage) for _, stage in spent_s.index],
        "shown_s": spent_s.tolist(),
    }

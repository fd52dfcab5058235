"""What arises of an objective at each signal of a run: the rest of it, as waits to get in, has no place.

Delay and stops, a trip, are told by approach and movement. The time that persons lose before crossings says how what
the walks of the run lose is shared among the signals.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.objective import Objective
from zhasyl.runs.store import RunRecord

Places = Mapping[str, int]
"""Signal → its place among those that are searched."""


def at_signals(record: RunRecord, objective: Objective, places: Places) -> FloatArray:
    """The objective by signal [s]; 0 for measures that no table tells by signal, and of a run that failed."""
    found = np.zeros(len(places))
    for measure, weight in objective.terms if record.done else ():
        if measure in TOLD:
            found += weight * TOLD[measure](record, places)
    return found


def _by_signal(record: RunRecord, name: str, times: Sequence[str], places: Places) -> FloatArray:
    """The product of columns of a table of the summary, in sum over each signal's rows; rows without a value are 0."""
    found = np.zeros(len(places))
    table = record.summary().get(name)
    if table is not None:
        for signal, *values in zip(table["signal"], *(table[key] for key in times), strict=True):
            if signal in places and None not in values:
                found[places[signal]] += np.nan_to_num(np.prod(values))
    return found


def _delay(record: RunRecord, places: Places) -> FloatArray:
    return _by_signal(record, "approaches", ("vehicles", "control_delay_s"), places) / _trips(record)


def _stops(record: RunRecord, places: Places) -> FloatArray:
    return _by_signal(record, "movements", ("vehicles", "stops"), places) / _trips(record)


def _trips(record: RunRecord) -> int:
    return max(int(record["loaded_veh"]), 1)


def _walks(record: RunRecord, places: Places) -> FloatArray:
    lost_s, whole_s = _by_signal(record, "crossings", ("walkers", "crossing_delay_s"), places), record["walker_delay_s"]
    return lost_s * (whole_s / lost_s.sum()) if lost_s.sum() > 0 and np.isfinite(whole_s) else np.zeros(len(places))


TOLD: Mapping[str, Callable[[RunRecord, Places], FloatArray]] = {
    "delay_s": _delay,
    "stops": _stops,
    "walker_delay_s": _walks,
}

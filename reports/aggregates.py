"""What the runs of a situation say together: queues over time, green time and approaches, by controller.

Runs that failed have no summary and take no part. A network without controlled signals gives nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zhasyl.measures import level_of_service
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.optimise.statistics.intervals import half_widths
from zhasyl.reports.records import RunSummaries, by_label, done
from zhasyl.runs.summary import Summary, step_for

INTERGREEN = -1  # the 'stage' of a signal between two stages
CELLS = ("name", "los", "vehicles", "control_delay_s", "queue_mean_veh", "queue_max_veh", "back_of_queue_p95_m")

Floats = npt.NDArray[np.floating[Any]]
Place = tuple[str, Any]  # signal and approach, or signal and stage


@dataclass(frozen=True)
class OverSeeds:
    """Means over seeds and half the widths of their 95 % intervals (NaN for one seed), [label, place, ...].

    A place is a signal and its approach or stage; queues have the steps, which begin at `begins_s`, as a third axis.
    """

    labels: list[str]
    places: list[Place]
    begins_s: list[int]
    mean: Floats
    half_width: Floats

    def of(self, place: Place) -> tuple[Floats, Floats]:
        """Means and half widths of a place, [label, ...]."""
        index = self.places.index(place)
        return self.mean[:, index], self.half_width[:, index]


def queue_series(records: Sequence[Record], summaries: RunSummaries) -> OverSeeds:
    """Vehicles queued by signal and approach, mean over each step of `step_s(records)`."""
    step = step_s(records)
    read = {label: [_queued(summaries(run), step) for run in runs] for label, runs in _finished(records)}
    every = [queued for runs in read.values() for queued in runs]
    places = list(dict.fromkeys(place for places, _, _ in every for place in places))
    begins_s = sorted({begin for _, begins, _ in every for begin in begins})
    found = {label: _aligned(runs, places, begins_s) for label, runs in read.items()}
    return _over_seeds(found, places, begins_s)


def step_s(records: Sequence[Record]) -> int:
    """The time step that suits the longest run's period."""
    return step_for(max((number(run, "end_s") - number(run, "begin_s") for run in done(records)), default=0.0))


def green_shares(records: Sequence[Record], summaries: RunSummaries) -> OverSeeds:
    """Share of time by signal and stage, intergreen as stage −1."""
    read = {label: [_shares(summaries(run)) for run in runs] for label, runs in _finished(records)}
    places = sorted({place for runs in read.values() for shares in runs for place in shares})
    found = {
        label: np.array([[shares.get(place, 0.0) for place in places] for shares in runs])
        for label, runs in read.items()
    }
    return _over_seeds(found, places, [])


def approach_rows(records: Sequence[Record], summaries: RunSummaries) -> list[dict[str, Any]]:
    """One row per label, signal and approach: name, n (seeds), vehicles, control_delay_s, los and queues.

    Control delay is the mean over all vehicles of all seeds, so a seed with few vehicles weighs little; LOS
    is that delay's level, and F when any run has it. Queues are means over seeds, the maximum their maximum.
    Each mean has half the width of its 95 % interval over seeds under KEY_half_width (NaN for one seed); that of
    the control delay is the ratio estimator's (W. G. Cochran, Sampling Techniques, 1977, ch. 6).
    """
    rows = []
    for label, runs in _finished(records):
        columns: dict[Place, list[tuple[Any, ...]]] = {}
        for run in runs:
            table = summaries(run)["approaches"]
            for place, row in zip(_places(table, "approach"), _cells(table), strict=True):
                columns.setdefault(place, []).append(row)
        rows += [_approach(label, place, found) for place, found in columns.items()]
    return rows


def _cells(table: Summary) -> "zip[tuple[Any, ...]]":
    return zip(*(table[key] for key in CELLS), strict=True)


def _approach(label: str, place: Place, found: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """An approach over the seeds of a controller; `found` are its rows, a column each of CELLS."""
    names, levels, *numbers = zip(*found, strict=True)
    vehicles, delay_s, queue_veh, longest_veh, back_m = (np.array(column, dtype=float) for column in numbers)
    mean_s, half_width_s = delay_over_seeds(vehicles, delay_s)
    return {
        "label": label,
        "signal": place[0],
        "approach": place[1],
        "name": names[0],
        "n": len(found),
        "vehicles": int(vehicles.sum()),
        "los": level_of_service(mean_s, "F" in levels),
        "control_delay_s": mean_s,
        "control_delay_s_half_width": half_width_s,
        "queue_mean_veh": float(queue_veh.mean()),
        "queue_mean_veh_half_width": margin(queue_veh),
        "queue_max_veh": int(longest_veh.max()),
        "back_of_queue_p95_m": float(back_m.mean()),
        "back_of_queue_p95_m_half_width": margin(back_m),
    }


def delay_over_seeds(vehicles: Floats, delay_s: Floats) -> tuple[float, float]:
    """The mean delay of all vehicles of all seeds, and half the width of its interval, by the ratio estimator."""
    lost_s, total = np.nan_to_num(delay_s * vehicles), float(vehicles.sum())
    if not total:
        return float("nan"), float("nan")
    mean_s = float(lost_s.sum()) / total
    residual_s = lost_s - mean_s * vehicles  # time lost beyond that of as many vehicles with the mean delay
    return mean_s, margin(residual_s) * len(vehicles) / total


def longest_queues(series: OverSeeds, by: Callable[[Place], Any] = lambda place: place) -> list[Any]:
    """What `by` answers of the places, by the mean queue over time and controllers, summed; the longest first."""
    queued: dict[Any, float] = {}
    for place, mean in zip(series.places, series.mean.mean(axis=(0, 2)), strict=True):
        queued[by(place)] = queued.get(by(place), 0.0) + float(mean)
    return sorted(queued, key=lambda key: -queued[key])


def _finished(records: Sequence[Record]) -> list[tuple[str, list[Record]]]:
    return [(label, finished) for label, runs in by_label(records).items() if (finished := done(runs))]


def _places(table: Summary, second: str) -> list[Place]:
    return list(zip(table["signal"], table[second], strict=True))


def _queued(summary: Summary, step: int) -> tuple[list[Place], list[int], Floats]:
    """Places, where steps begin, and vehicles queued, [place, step]; the run's own steps may be finer than `step`."""
    queues = summary["queues"]
    places, own_s, seconds = _places(queues, "approach"), queues["begin_s"], np.array(queues["seconds"], dtype=float)
    veh_s = np.array(queues["veh_s"], dtype=float).reshape(len(places), len(own_s))
    if step != summary["step_s"] and own_s:
        begins = np.array(own_s) // step * step
        first = np.flatnonzero(np.diff(begins, prepend=begins[0] - 1))
        own_s = begins[first].tolist()
        veh_s, seconds = np.add.reduceat(veh_s, first, axis=1), np.add.reduceat(seconds, first)
    return places, own_s, veh_s / seconds


def _aligned(runs: Sequence[tuple[list[Place], list[int], Floats]], places: list[Place], begins_s: list[int]) -> Floats:
    """The queues of runs as an array [run, place, step]; 0 where a run has none."""
    found = np.zeros((len(runs), len(places), len(begins_s)))
    rows = {place: index for index, place in enumerate(places)}
    columns = {begin: index for index, begin in enumerate(begins_s)}
    for index, (own, begins, queued) in enumerate(runs):
        if own == places and begins == begins_s:
            found[index] = queued
        elif queued.size:
            found[index][np.ix_([rows[place] for place in own], [columns[begin] for begin in begins])] = queued
    return found


def _over_seeds(found: "dict[str, Floats]", places: list[Place], begins_s: list[int]) -> OverSeeds:
    """From arrays [run, place, ...] by label."""
    if not places:
        return OverSeeds([], [], [], np.zeros((0, 0, 0)), np.zeros((0, 0, 0)))
    means = np.array([runs.mean(axis=0) for runs in found.values()])
    margins = np.array([_margins(runs) for runs in found.values()])
    return OverSeeds(list(found), places, begins_s, means, margins)


def _margins(runs: Floats) -> Floats:
    """Half the widths of 95 % intervals over the first axis; NaN for one run."""
    if len(runs) < 2:
        return np.full(runs.shape[1:], np.nan)
    return half_widths(runs.std(axis=0, ddof=1), len(runs))


def margin(values: Floats) -> float:
    """Half the width of the 95 % interval of the mean over seeds; NaN for one."""
    return float(_margins(values))


def _shares(summary: Summary) -> dict[Place, float]:
    shown_s: dict[Place, float] = {}
    whole_s: dict[str, float] = {}
    stages = summary["stages"]
    for place, spent_s in zip(_places(stages, "stage"), stages["shown_s"], strict=True):
        shown_s[place] = spent_s
        whole_s[place[0]] = whole_s.get(place[0], 0.0) + spent_s
    return {place: spent_s / whole_s[place[0]] for place, spent_s in shown_s.items()}

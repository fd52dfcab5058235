"""What the run tables say about a situation: queues over time, green time and approaches, by controller.

Runs that failed have no tables and take no part. A network without controlled signals gives empty tables.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from zhasyl.measures import level_of_service
from zhasyl.optimise.compare import Record, number
from zhasyl.optimise.intervals import half_widths
from zhasyl.reports.records import RunTables, TableName, by_label, done

APPROACH = ["signal", "approach"]
STEPS_S = (60, 300, 900, 1800, 3600)  # several cycles a step, or a line shows the beat of cycle and step
MOST_STEPS = 24
INTERGREEN = -1  # the 'stage' of a signal between two stages


class OverSeeds(NamedTuple):
    """Means over seeds and half the widths of their 95 % intervals (NaN for one seed); a column per label."""

    mean: pd.DataFrame
    half_width: pd.DataFrame


def queue_series(records: Sequence[Record], tables: RunTables) -> OverSeeds:
    """Vehicles queued by (signal, approach, time_s), mean over each step.

    time_s is where a step of `step_s(records)` begins.
    """
    step = step_s(records)
    return _by_label(records, tables, "queues", lambda queues: _queued(queues, step))


def step_s(records: Sequence[Record]) -> int:
    """The time step that suits the longest run's period."""
    period_s = max((number(run, "end_s") - number(run, "begin_s") for run in done(records)), default=0.0)
    return next((step for step in STEPS_S if period_s <= MOST_STEPS * step), STEPS_S[-1])


def green_shares(records: Sequence[Record], tables: RunTables) -> OverSeeds:
    """Share of time by (signal, stage), intergreen as stage −1."""
    found = _by_label(records, tables, "signals", _shares)
    return OverSeeds(found.mean.fillna(0.0), found.half_width)


def approach_table(records: Sequence[Record], tables: RunTables) -> pd.DataFrame:
    """One row per label, signal and approach: name, n (seeds), vehicles, control_delay_s, los and queues.

    Control delay is the mean over all vehicles of all seeds, so a seed with few vehicles weighs little; LOS
    is that delay's level, and F when any run has it. Queues are means over seeds, the maximum their maximum.
    Each mean has half the width of its 95 % interval over seeds under KEY_half_width (NaN for one seed); that of
    the control delay is the ratio estimator's (W. G. Cochran, Sampling Techniques, 1977, ch. 6).
    """
    frames = [tables(run, "approaches").assign(label=label) for label, run in _runs(records)]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=["label", *APPROACH])
    every = pd.concat(filled, ignore_index=True)
    every["lost_s"] = (every["control_delay_s"] * every["vehicles"]).fillna(0.0)
    every["over"] = every["los"] == "F"
    merged = every.groupby(["label", *APPROACH], sort=False, as_index=False, observed=True).agg(
        name=("name", "first"),
        n=("vehicles", "size"),
        vehicles=("vehicles", "sum"),
        lost_s=("lost_s", "sum"),
        over=("over", "any"),
        queue_mean_veh=("queue_mean_veh", "mean"),
        queue_max_veh=("queue_max_veh", "max"),
        back_of_queue_p95_m=("back_of_queue_p95_m", "mean"),
        queue_mean_veh_half_width=("queue_mean_veh", "std"),
        back_of_queue_p95_m_half_width=("back_of_queue_p95_m", "std"),
    )
    merged["control_delay_s"] = merged["lost_s"] / merged["vehicles"].where(merged["vehicles"] > 0)
    merged["control_delay_s_half_width"] = _residual_spread(every, merged) / (merged["vehicles"] / merged["n"])
    seeds = merged["n"].to_numpy(dtype=float)
    for key in ("queue_mean_veh", "back_of_queue_p95_m", "control_delay_s"):
        merged[f"{key}_half_width"] = half_widths(merged[f"{key}_half_width"].to_numpy(dtype=float), seeds)
    merged["los"] = [
        level_of_service(float(delay_s), bool(over))
        for delay_s, over in zip(merged["control_delay_s"], merged["over"], strict=True)
    ]
    return merged.drop(columns=["lost_s", "over"])


def _residual_spread(every: pd.DataFrame, merged: pd.DataFrame) -> "pd.Series[float]":
    """Standard deviation over seeds of the time lost beyond that of as many vehicles with the mean delay."""
    place = ["label", *APPROACH]
    both = every.merge(merged[[*place, "control_delay_s"]], on=place, suffixes=("_run", "_mean"))
    both["residual_s"] = both["lost_s"] - both["control_delay_s_mean"] * both["vehicles"]
    spread = both.groupby(place, sort=False, observed=True)["residual_s"].std()
    return spread.loc[pd.MultiIndex.from_frame(merged[place])].reset_index(drop=True)


def longest_queues(series: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Mean queue over time and controllers, summed over approaches into `by`; the longest first."""
    mean = series.groupby(level=APPROACH).mean().mean(axis="columns")
    return mean.groupby(level=list(by)).sum().sort_values(ascending=False, kind="stable")


def _runs(records: Sequence[Record]) -> list[tuple[str, Record]]:
    return [(label, run) for label, runs in by_label(records).items() for run in done(runs)]


def _by_label(
    records: Sequence[Record],
    tables: RunTables,
    name: TableName,
    reduce: Callable[[pd.DataFrame], "pd.Series[float]"],
) -> OverSeeds:
    columns: Mapping[str, list[pd.Series[float]]] = {label: [] for label, _ in _runs(records)}
    for label, run in _runs(records):
        columns[label].append(reduce(tables(run, name)))  # one run's table at a time: they are large
    found = {label: _over_seeds(each) for label, each in columns.items()}
    return OverSeeds(
        pd.DataFrame({label: mean for label, (mean, _) in found.items()}),
        pd.DataFrame({label: margin for label, (_, margin) in found.items()}),
    )


def _over_seeds(found: Sequence["pd.Series[float]"]) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    table = pd.concat(list(found), axis="columns").fillna(0.0)
    spread = table.std(axis="columns")
    margins = half_widths(spread.to_numpy(dtype=float), len(found))
    return table.mean(axis="columns"), pd.Series(margins, index=spread.index)


def _queued(queues: pd.DataFrame, step: int) -> "pd.Series[float]":
    begins_s = (queues["time_s"] // step * step).rename("time_s")
    seconds = queues["time_s"].drop_duplicates() // step * step
    total = queues.groupby([*APPROACH, begins_s], observed=True)["queue_veh"].sum()
    return total.div(seconds.value_counts().rename_axis("time_s"), level="time_s").astype(float)


def _shares(signals: pd.DataFrame) -> "pd.Series[float]":
    spent_s = signals.groupby(["signal", "stage"], observed=True)["duration_s"].sum()
    return spent_s / spent_s.groupby(level="signal").transform("sum")

"""What the run tables say about a situation: queues over time, green time and approaches, by controller.

Runs that failed have no tables and take no part. A network without controlled signals gives empty tables.
"""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from zhasyl.measures import level_of_service
from zhasyl.optimise.compare import Record, number
from zhasyl.reports.records import RunTables, TableName, by_label, done

APPROACH = ["signal", "approach"]
STEPS_S = (60, 300, 900, 1800, 3600)  # several cycles a step, or a line shows the beat of cycle and step
MOST_STEPS = 24
INTERGREEN = -1  # the 'stage' of a signal between two stages


def queue_series(records: Sequence[Record], tables: RunTables) -> pd.DataFrame:
    """Vehicles queued by (signal, approach, time_s), mean over each step and over seeds; a column per label.

    time_s is where a step of `step_s(records)` begins.
    """
    step = step_s(records)
    return _by_label(records, tables, "queues", lambda queues: _queued(queues, step))


def step_s(records: Sequence[Record]) -> int:
    """The time step that suits the longest run's period."""
    period_s = max((number(run, "end_s") - number(run, "begin_s") for run in done(records)), default=0.0)
    return next((step for step in STEPS_S if period_s <= MOST_STEPS * step), STEPS_S[-1])


def green_shares(records: Sequence[Record], tables: RunTables) -> pd.DataFrame:
    """Share of time by (signal, stage), intergreen as stage −1, mean over seeds; a column per label."""
    return _by_label(records, tables, "signals", _shares).fillna(0.0)


def approach_table(records: Sequence[Record], tables: RunTables) -> pd.DataFrame:
    """One row per label, signal and approach: name, vehicles, control_delay_s, los and queues over the seeds.

    Control delay is the mean over all vehicles of all seeds, so a seed with few vehicles weighs little; LOS
    is that delay's level, and F when any run has it. Queues are means over seeds, the maximum their maximum.
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
        vehicles=("vehicles", "sum"),
        lost_s=("lost_s", "sum"),
        over=("over", "any"),
        queue_mean_veh=("queue_mean_veh", "mean"),
        queue_max_veh=("queue_max_veh", "max"),
        back_of_queue_p95_m=("back_of_queue_p95_m", "mean"),
    )
    merged["control_delay_s"] = merged["lost_s"] / merged["vehicles"].where(merged["vehicles"] > 0)
    merged["los"] = [
        level_of_service(float(delay_s), bool(over))
        for delay_s, over in zip(merged["control_delay_s"], merged["over"], strict=True)
    ]
    return merged.drop(columns=["lost_s", "over"])


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
) -> pd.DataFrame:
    columns: Mapping[str, list[pd.Series[float]]] = {label: [] for label, _ in _runs(records)}
    for label, run in _runs(records):
        columns[label].append(reduce(tables(run, name)))  # one run's table at a time: they are large
    return pd.DataFrame({label: _mean(found) for label, found in columns.items()})


def _mean(found: Sequence["pd.Series[float]"]) -> "pd.Series[float]":
    return pd.concat(list(found), axis="columns").fillna(0.0).mean(axis="columns")


def _queued(queues: pd.DataFrame, step: int) -> "pd.Series[float]":
    begins_s = (queues["time_s"] // step * step).rename("time_s")
    seconds = queues["time_s"].drop_duplicates() // step * step
    total = queues.groupby([*APPROACH, begins_s], observed=True)["queue_veh"].sum()
    return total.div(seconds.value_counts().rename_axis("time_s"), level="time_s").astype(float)


def _shares(signals: pd.DataFrame) -> "pd.Series[float]":
    spent_s = signals.groupby(["signal", "stage"], observed=True)["duration_s"].sum()
    return spent_s / spent_s.groupby(level="signal").transform("sum")

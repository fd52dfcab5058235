"""Means over seeds by situation and controller: the table for programs, and its columns for people.

No mean is shown without the number of seeds, its 95 % interval and the vehicles that were not served.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhasyl.measures import MEASURES
from zhasyl.optimise.statistics.comparison import SITUATION, Record, number
from zhasyl.optimise.statistics.intervals import half_width
from zhasyl.optimise.statistics.sample_size import LEAST_RUNS, TOLERANCE, runs_needed
from zhasyl.reports.records import (
    NOT_SERVED,
    NOTHING,
    by_label,
    by_situation,
    done,
    gridlocked,
    measured,
    not_served_veh,
)
from zhasyl.text.language import N_, _, digits, ngettext

Row = Mapping[str, Any]  # one row of the summary


def summary_rows(records: Iterable[Record]) -> list[Row]:
    """One row per situation and controller label; means are over the seeds that finished.

    Keys: scenario, version, content, sensor, variant, controller (label), n (seeds that finished), failed
    (runs), gridlocked (runs), gridlocked_share, los ('C', or 'C–D' over seeds), unserved_veh and its
    unserved_half_width_veh, delay_half_width_s (of the 95 % interval of the mean delay; NaN when n < 2, as every
    half width), delay_seeds_median_s and delay_seeds_p95_s (over seeds, of the mean delay), runs_needed (for ±5 %
    of the mean delay; NaN when it cannot be told), then each measure's mean under its key, and the half width of
    its interval under KEY_half_width.
    """
    return [
        {**dict(zip(SITUATION, place, strict=True)), **_summary(label, runs)}
        for place, group in by_situation(records).items()
        for label, runs in by_label(group).items()
    ]


def _summary(label: str, runs: Sequence[Record]) -> dict[str, object]:
    finished = done(runs)
    delays_s = [number(run, "delay_s") for run in finished]
    not_served = [not_served_veh(run) for run in finished]
    values = {measure.key: [number(run, measure.key) for run in finished] for measure in MEASURES}
    return {
        "controller": label,
        "n": len(finished),
        "failed": len(runs) - len(finished),
        "gridlocked": gridlocked(finished),
        "gridlocked_share": gridlocked(finished) / len(finished) if finished else math.nan,
        "los": levels(str(run.get("los", "-")) for run in finished),
        "unserved_veh": _mean(not_served),
        "unserved_half_width_veh": _half_width(not_served),
        "delay_half_width_s": _half_width(delays_s),
        "delay_seeds_median_s": _quantile(delays_s, 0.5),
        "delay_seeds_p95_s": _quantile(delays_s, 0.95),
        "runs_needed": runs_needed(delays_s) or math.nan,
        **{key: _mean(found) for key, found in values.items()},
        **{f"{key}_half_width": _half_width(found) for key, found in values.items()},
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else math.nan


def _quantile(values: Sequence[float], share: float) -> float:
    """By linear interpolation between the two nearest, as numpy's, which imports much when it is asked."""
    if not values or any(map(math.isnan, values)):
        return math.nan
    place = (len(values) - 1) * share
    low, high = sorted(values)[math.floor(place) :][:2] if place < len(values) - 1 else (max(values),) * 2
    return low + (high - low) * (place % 1)


def _half_width(values: Sequence[float]) -> float:
    margin = half_width(values)
    return math.nan if margin is None else margin


def levels(found: Iterable[str]) -> str:
    """Levels of service of several runs as one, or as best–worst."""
    known = sorted(set(found) - {"-"})
    return NOTHING if not known else known[0] if len(known) == 1 else f"{known[0]}–{known[-1]}"


@dataclass(frozen=True)
class Column:
    """A column of the summary as people read it, and the keys of a row that it shows: a mean before its half width."""

    title: str
    unit: str
    cell: Callable[[Row], str]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """Columns of the summary that stand in one table; its name in files, and what it is about, for a screen reader."""

    name: str
    about: str
    columns: tuple[Column, ...]


def _seeds(row: Row) -> str:
    if not row["failed"]:
        return str(row["n"])
    return _("{done} of {asked}", done=row["n"], asked=row["n"] + row["failed"])


def not_served(row: Row) -> str:
    """Vehicles that were not served, with their interval: '54.0 ± 9.9'."""
    return measured(NOT_SERVED, row["unserved_veh"], row["unserved_half_width_veh"])


def _share(row: Row) -> str:
    return NOTHING if math.isnan(row["gridlocked_share"]) else f"{row['gridlocked_share']:.0%}".replace("%", " %")


SEEDS = Column(N_("Seeds"), "", _seeds, ("n", "failed"))
LEFT_OVER = Column(N_("Not served"), N_("veh"), not_served, (NOT_SERVED, "unserved_half_width_veh"))


def _column(title: str, unit: str, key: str) -> Column:
    margin = f"{key}_half_width"
    return Column(title, unit, lambda row: measured(key, row[key], row[margin]), (key, margin))


def _over_seeds(title: str, key: str) -> Column:
    return Column(title, N_("over seeds"), lambda row: measured("delay_s", row[key]), (key,))


BLOCKS = (
    Block(
        N_("means-delay"),
        N_("Means over the seeds: delay"),
        (
            SEEDS,
            _column(N_("Delay ± 95 %"), N_("s/trip"), "delay_s"),
            _over_seeds(N_("Median"), "delay_seeds_median_s"),
            Column(N_("Gridlock"), N_("of runs"), _share, ("gridlocked_share",)),
            LEFT_OVER,
        ),
    ),
    Block(
        N_("means-trips"),
        N_("Means over the seeds: trips"),
        (
            SEEDS,
            _column(N_("Delay, median"), N_("s/trip"), "delay_median_s"),
            _column(N_("Delay, 95th pct."), N_("s/trip"), "delay_p95_s"),
            _column(N_("Stops"), N_("1/trip"), "stops"),
            LEFT_OVER,
        ),
    ),
    Block(
        N_("means-queues"),
        N_("Means over the seeds: queues"),
        (
            SEEDS,
            _column(N_("Queue"), N_("mean veh"), "queue_mean_veh"),
            _column(N_("Queue"), N_("max veh"), "queue_max_veh"),
            _column(N_("Back p95"), N_("m"), "back_of_queue_p95_m"),
            Column(N_("LOS"), "", lambda row: row["los"], ("los",)),
            LEFT_OVER,
        ),
    ),
    Block(
        N_("means-throughput"),
        N_("Means over the seeds: throughput"),
        (
            SEEDS,
            _column(N_("Arrived"), N_("veh"), "arrived_veh"),
            _column(N_("Trip time"), N_("s/trip"), "trip_time_s"),
            _column(N_("CO2"), N_("kg"), "co2_kg"),
            LEFT_OVER,
        ),
    ),
)
FURTHER_BLOCKS = (
    Block(
        N_("means-people"),
        N_("Means over the seeds: people"),
        (
            SEEDS,
            _column(N_("Delay per person"), N_("s/person"), "person_delay_s"),
            _column(N_("Bus delay"), N_("s/trip"), "bus_delay_s"),
            _column(N_("Pedestrian delay"), N_("s/walk"), "walker_delay_s"),
            _column(N_("Longest wait"), N_("s"), "longest_wait_s"),
            _column(N_("Movements, 95th pct."), N_("s/veh"), "movement_delay_p95_s"),
        ),
    ),
    Block(
        N_("means-exhaust"),
        N_("Means over the seeds: exhaust"),
        (
            SEEDS,
            _column(N_("NOx"), N_("g"), "nox_g"),
            _column(N_("PM"), N_("g"), "pm_g"),
            _column(N_("Fuel"), N_("kg"), "fuel_kg"),
        ),
    ),
)
"""Of the page alone."""
LEGEND = N_(
    "± is the 95 % interval of the mean over seeds (Student's t). Delay, median and 95th percentile: of a run's trips; "
    "median over seeds: of the runs' mean delays; not served: under way, or denied entry, at the end. Mean queue: of "
    "all approaches together, longest: of one lane group; trip time: of those who arrived."
)
LACKING = N_("–: not measured when the run was stored, or nobody to measure (no bus, nobody on foot).")


def basis(summary: Sequence[Row]) -> str:
    """What the means of a situation stand on: 'fixed: 5 seeds, 54.0 ± 3.1 veh not served; ...'."""
    return "; ".join(
        ngettext(
            "{controller}: {n} seed, {left} veh not served",
            "{controller}: {n} seeds, {left} veh not served",
            row["n"],
            controller=row["controller"],
            left=not_served(row),
        )
        for row in summary
    )


def runs_line(summary: Sequence[Row]) -> str:
    """How many runs the spread of delay in a situation calls for, after the controller that needs the most."""
    known = [row for row in summary if not math.isnan(row["runs_needed"])]
    if not known:
        return _("Runs: how many are needed takes 2 seeds to tell; {least} are the least (TxDOT).", least=LEAST_RUNS)
    most = max(known, key=lambda row: float(row["runs_needed"]))
    within = f"±{TOLERANCE:.0%}".replace("%", " %")
    if all(row["n"] >= row["runs_needed"] for row in known):
        return ngettext(
            "Runs: {n} seed are enough for {within} of the mean delay; {controller} calls for the most, {needed} "
            "(FHWA, "
            "TxDOT).",
            "Runs: {n} seeds are enough for {within} of the mean delay; {controller} calls for the most, {needed} "
            "(FHWA, "
            "TxDOT).",
            most["n"],
            within=within,
            controller=most["controller"],
            needed=digits(most["runs_needed"], ".0f"),
        )
    if most["runs_needed"] <= LEAST_RUNS:
        return _(
            "Runs: for {within} of the mean delay {least} are enough, the least (FHWA, TxDOT).",
            within=within,
            least=LEAST_RUNS,
        )
    return ngettext(
        "Runs: the spread of delay over {n} seed calls for {needed} runs for {within} ({controller}), at least {least} "
        "(FHWA, TxDOT).",
        "Runs: the spread of delay over {n} seeds calls for {needed} runs for {within} ({controller}), at least "
        "{least} "
        "(FHWA, TxDOT).",
        most["n"],
        needed=digits(most["runs_needed"], ",.0f"),
        within=within,
        controller=most["controller"],
        least=LEAST_RUNS,
    )

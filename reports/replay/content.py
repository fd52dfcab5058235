"""What a replay's page holds of its runs and of their map, from their tables."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from zhasyl.errors import OutputError
from zhasyl.reports.replay.coding import Traces, encode, pack
from zhasyl.runs.store import RunRecord
from zhasyl.text.stage_names import stage_names
from zhasyl.timing.cycles import SIGNALS, Turn, by_signal, cycles_of, longest_stage, turns

DM_PER_M = 10
WALKER = "pedestrian"  # SUMO's class
KINDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("car", "#0072B2", ()),
    ("bus", "#E69F00", ("bus", "coach")),
    ("goods vehicle", "#000000", ("truck", "trailer", "delivery")),
    ("bicycle, motorcycle", "#56B4E9", ("bicycle", "motorcycle", "moped", "scooter")),
    ("emergency", "#D55E00", ("emergency", "authority", "army", "vip")),
    ("tram, train", "#009E73", ("tram", "rail_urban", "rail", "rail_electric", "rail_fast", "subway", "cable_car")),
    ("walker", "#CC79A7", (WALKER, "wheelchair")),
)
"""What vehicles are told apart by, in colours of Okabe and Ito (2008) that colour-blind readers can tell apart."""


def packed_map(record: RunRecord) -> str:
    """The map of a recorded run. Raises OutputError."""
    table = record.table("map")
    try:
        points = [_points(text) for text in table["points"]]
    except ValueError as error:
        raise _damaged(record, "map") from error
    columns = {name: _codes(table[name]) for name in ("kind", "name", "group", "signal", "links")}
    places = np.concatenate([*points, np.zeros((0, 2))]).reshape(-1, 2)
    arrays = {
        "size": np.array([len(one) for one in points], dtype=np.int32),
        "x": np.rint(places[:, 0] * DM_PER_M).astype(np.int32),
        "y": np.rint(places[:, 1] * DM_PER_M).astype(np.int32),
        "width": table["width_m"].to_numpy(dtype=np.float32),
        "start": table["start_m"].to_numpy(dtype=np.float32),
        **{name: codes.astype(np.int32) for name, (codes, _) in columns.items()},
    }
    return pack({"names": {name: names for name, (_, names) in columns.items()}, "kinds": _kinds()}, arrays)


def _kinds() -> list[dict[str, str]]:
    return [{"name": name, "colour": colour} for name, colour, _ in KINDS]


def _points(text: str) -> npt.NDArray[np.float64]:
    return np.array([point.split(",") for point in text.split()], dtype=float).reshape(-1, 2)


def _codes(column: "pd.Series[Any]") -> tuple[npt.NDArray[Any], list[str]]:
    codes, names = pd.factorize(column)
    return codes, [str(name) for name in names]


def packed_run(record: RunRecord, begin_s: float, end_s: float) -> str:
    """A recorded run between two times. Raises OutputError for a table that cannot be read."""
    trajectories, shown = record.table("trajectories"), record.table("signals")
    try:
        step_s, arrays = _traces(trajectories, begin_s, end_s)
        queues, times = _queues(record.table("queues"), begin_s, end_s)
        values = {
            "label": record["label"], "seed": record["seed"], "step": step_s, "delay": record["delay_s"],
            "los": record["los"], "signals": _signals(shown, begin_s, end_s), "queues": times,
            "junctions": _junctions(record),
        }  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(record, "trajectories") from error
    return pack(values, {**arrays, "back": queues})


def _damaged(record: RunRecord, table: str) -> OutputError:
    return OutputError(f"table {table} of {record.folder} is damaged; delete its folder and run again with --record")


def _traces(table: pd.DataFrame, begin_s: float, end_s: float) -> tuple[float, dict[str, npt.NDArray[Any]]]:
    """The step between two places in seconds, and the traces in the order in which they begin."""
    time_s = table["time_s"].to_numpy(dtype=float)
    inside = (time_s >= begin_s - 1e-6) & (time_s <= end_s + 1e-6)
    who = pd.factorize(table["traveller"])[0] * 2 + (table["class"] == WALKER).to_numpy()  # may be called as a car is
    gaps_s = np.diff(time_s)[np.diff(who) == 0]
    step_s = float(np.round(gaps_s.min(), 3)) if len(gaps_s) else 1.0
    table, who = table[inside], who[inside]
    step = np.rint((time_s[inside] - begin_s) / step_s).astype(np.int64)
    begins = np.flatnonzero((np.diff(who, prepend=-1) != 0) | (np.diff(step, prepend=-2) != 1))
    count = np.diff(begins, append=len(who))
    order = np.argsort(step[begins], kind="stable")
    rows = _rows(begins[order], count[order])
    traces = Traces(step[begins][order], count[order], *(table[f"{axis}_dm"].to_numpy(np.int64)[rows] for axis in "xy"))
    first = table.iloc[begins[order]]
    kind = {name: place for place, (_, _, names) in enumerate(KINDS) for name in names}
    return step_s, {
        **encode(traces),
        "kind": np.array([kind.get(name, 0) for name in first["class"]], dtype=np.uint8),
        "length": np.rint(first["length_m"].to_numpy(float) * DM_PER_M).clip(0, 65535).astype(np.uint16),
    }


def _rows(begins: npt.NDArray[np.int64], count: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The rows of each trace, one trace after the other."""
    return np.repeat(begins - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))


def _queues(table: pd.DataFrame, begin_s: float, end_s: float) -> tuple[npt.NDArray[np.uint16], dict[str, Any]]:
    """[lane group, instant] metres to the back of the queue; the groups, and when the instants are."""
    part = table[(table["time_s"] >= begin_s) & (table["time_s"] <= end_s)]
    back_m = part.pivot_table(index="lane_group", columns="time_s", values="back_of_queue_m", observed=True)
    times_s = [float(time_s) - begin_s for time_s in back_m.columns]
    metres = np.rint(np.nan_to_num(back_m.to_numpy(float))).clip(0, 65535).astype(np.uint16)
    return metres.ravel(), {"groups": [str(name) for name in back_m.index], "times": times_s}


def _signals(table: pd.DataFrame, begin_s: float, end_s: float) -> dict[str, Any]:
    """By signal, from when on it shows which of its states; the states, and the stage of each."""
    until_s = table["start_s"] + table["duration_s"]
    part = table[(until_s > begin_s) & (table["start_s"] < end_s)]
    found = {}
    for signal, rows in part.groupby("signal", observed=True):
        codes, states = _codes(rows["state"])
        times_s = [round(max(float(time_s) - begin_s, 0.0), 1) for time_s in rows["start_s"]]
        stages = [int(stage) for stage in rows["stage"]]
        found[str(signal)] = {"times": times_s, "shown": codes.tolist(), "stages": stages, "states": states}
    return found


def _junctions(record: RunRecord) -> dict[str, Any]:
    """By signal its name, its numbers by approach and the plan that it showed in the whole measured period."""
    approaches = record.table("approaches")
    given = record.values.get("stages") or {}
    displayed = by_signal(record.columns("signals", SIGNALS), [str(signal) for signal in approaches["signal"].unique()])
    found = {}
    for signal, rows in approaches.groupby("signal", observed=True):
        names = [str(name) for name in rows["name"]]
        streets = dict.fromkeys(name.rpartition(", ")[0] or name for name in names)
        found[str(signal)] = {
            "name": " / ".join(streets) if len(streets) <= 3 else str(signal),
            "approaches": [_approach(row) for row in rows.to_dict("records")],
            **_plan(turns(displayed[str(signal)]) if str(signal) in displayed else [], given.get(str(signal), [])),
        }
    return found


def _approach(row: Mapping[Hashable, Any]) -> list[Any]:
    numbers = [row[name] for name in ("control_delay_s", "queue_mean_veh", "back_of_queue_p95_m")]
    delay_s, queue_veh, back_m = (round(float(n), 1) if np.isfinite(n) else None for n in numbers)
    return [str(row["name"]), int(row["vehicles"]), delay_s, str(row["los"]), queue_veh, back_m]


def _plan(shown: Sequence[Turn], names: list[str]) -> dict[str, Any]:
    """Mean cycle and, by stage, how often it was shown and for how long: mean, least, most."""
    first = longest_stage([shown])
    if first is None:
        return {"cycle": None, "stages": []}
    played = {turn.stage for turn in shown}
    whole = shown[1:-1] if len(shown) > 2 * len(played) else shown  # the period cuts off the first and the last
    called = names if len(names) > max(played) else stage_names([""] * (max(played) + 1))
    cycles_s = [length_s for length_s, _ in cycles_of(shown, first)]
    stages = []
    for place, name in enumerate(called):
        greens_s = [turn.green_s for turn in whole if turn.stage == place]
        if greens_s:
            figures_s = (float(np.mean(greens_s)), min(greens_s), max(greens_s))
            stages.append([name, len(greens_s), *(round(one, 1) for one in figures_s)])
    return {"cycle": round(float(np.mean(cycles_s)), 1) if cycles_s else None, "stages": stages, "names": called}

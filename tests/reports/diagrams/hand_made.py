"""A crossing or a street of them with named roads, and tables of runs on it, made by hand."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from tests.reports.builders import BEGIN_S, END_S
from zhasyl.errors import OutputError
from zhasyl.files.columns import Table, coded, texts
from zhasyl.network import Connection, Edge, Network
from zhasyl.optimise.statistics.comparison import Record

Tables = Callable[[Record, str, Sequence[str]], Table]


def edge(name: str, ends: Sequence[tuple[float, float]], street: str = "", lanes: int = 1) -> Edge:
    """A road along a line."""
    length_m = sum(float(np.hypot(x1 - x0, y1 - y0)) for (x0, y0), (x1, y1) in pairwise(ends))
    own = tuple(f"{name}_{lane}" for lane in range(lanes))
    return Edge(name, "", "", "normal", street, length_m, 13.9, own, tuple(ends))


def street_of(signals: Sequence[tuple[str, float]], street: str = "Abay avenue", cross: str = "{} street") -> Network:
    """Signals at these metres along a street from west to east, each with a crossing road."""
    edges, connections = [], []
    places = [place for _, place in signals]
    for index, (name, x) in enumerate(signals):
        before = places[index - 1] if index else x - 200
        after = places[index + 1] if index + 1 < len(places) else x + 200
        edges += [edge(f"{name}-in", [(before, 0), (x - 8, 0)], street, 2)]
        edges += [edge(f"{name}-out", [(x + 8, 0), (after, 0)], street, 2)]
        edges += [edge(f"{name}-s", [(x, -150), (x, -8)], cross.format(name))]
        edges += [edge(f"{name}-n", [(x, 8), (x, 150)], cross.format(name))]
        connections += [Connection(f"{name}-in", 0, f"{name}-out", 0, "s", name, 0, "")]
        connections += [Connection(f"{name}-s", 0, f"{name}-n", 0, "s", name, 1, "")]
    return Network(Path("none"), {one.id: one for one in edges}, {}, tuple(connections), {}, {})


def signals_table(signal: str = "J1", cycle: Sequence[tuple[int, float, str]] = ()) -> Table:
    """A cycle of (stage, seconds, state) from the begin of the period to its end."""
    rows, now_s = [], float(BEGIN_S)
    shown = cycle or [(0, 30, "Gr"), (-1, 3, "yr"), (-1, 2, "rr"), (1, 20, "rG"), (-1, 5, "ry")]
    while now_s < END_S:
        for stage, seconds, state in shown:
            if now_s < END_S:
                rows.append((now_s, min(seconds, END_S - now_s), state, stage))
                now_s += seconds
    start_s, lasts_s, states, stages = zip(*rows, strict=True)
    return Table({
        "signal": coded([signal] * len(rows)),
        "start_s": np.array(start_s), "duration_s": np.array(lasts_s, dtype=float),
        "state": coded(states), "stage": np.array(stages, dtype=np.int16),
    })  # fmt: skip


def passages_table(rows: Sequence[tuple[str, str, str, str, float, float, float]]) -> Table:
    """Rows of (trip, signal, approach, exit, entered, left, delay)."""
    trip, signal, approach, leaves, entered_s, left_s, delay_s = zip(*rows, strict=True) if rows else ((),) * 7
    return Table({
        "trip_id": texts(trip), "signal": coded(signal), "approach": coded(approach), "exit": coded(leaves),
        "entered_s": np.array(entered_s, dtype=float), "left_s": np.array(left_s, dtype=float),
        "control_delay_s": np.array(delay_s, dtype=float),
    })  # fmt: skip


def trips_table(count: int = 40) -> Table:
    """Trips each 60 s that take two minutes; the last ones are under way at the end."""
    planned_s = BEGIN_S + 60.0 * np.arange(count)
    arrived = planned_s + 120 < END_S
    return Table({
        "planned_s": planned_s, "arrival_s": np.where(arrived, planned_s + 120, -1.0), "arrived": arrived,
        "delay_s": np.arange(count, dtype=float),
    })  # fmt: skip


def crossing_passages(signal: str = "J1") -> Table:
    """A vehicle each minute from the west of a signal, with 10 s of delay."""
    ends = f"{signal}-in", f"{signal}-out"
    return passages_table([
        (f"v{n}", signal, *ends, BEGIN_S + 60.0 * n, BEGIN_S + 60.0 * n + 25, 10.0) for n in range(50)
    ])  # fmt: skip


def tables(found: Mapping[str, Table]) -> Tables:
    """The same tables of every run; the others are not there."""

    def table(run: Record, name: str, columns: Sequence[str]) -> Table:
        if name not in found:
            raise OutputError(f"no table of {name}")
        return found[name]

    return table

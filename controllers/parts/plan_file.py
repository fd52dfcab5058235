"""Signal plans in a CSV file, as a planner writes them in a spreadsheet: one row a signal and time of day.

    signal,from,offset_s,stages,greens_s
    J1,07:30,12,A B C,30 25 18
    J1,09:30,0,A B,40 28

signal    id in the network
from      clock time, h:mm or h:mm:ss, from which the plan is played; rows of a signal in rising order. The timetable
          repeats each day: before its first time the last plan is played. The scenario's clock counts from midnight
offset_s  when the first stage's green begins in each cycle, seconds after midnight and a whole number of cycles
stages    names of the derived stages, or A, B, ... by their place, in the order of play
greens_s  green of each, seconds; the cycle is their sum and the signal's own intergreens

Columns may be in Russian or Kazakh (`zhasyl.text.local_words`).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from zhasyl.controllers.parts.plan_player import intergreens_s
from zhasyl.errors import ControllerError, ScenarioError, unknown_name
from zhasyl.files.clock import DAY_S, clock, clock_s
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.files.csv_table import Row, Table, read_csv
from zhasyl.signals import Signal, SignalPlan
from zhasyl.text.local_words import PLAN_FILE_COLUMNS, heading
from zhasyl.text.stage_names import stage_index

MOST_BYTES = 1_000_000  # some 20,000 plans
MOST_STAGES = 32


def _words(text: object) -> object:
    return tuple(text.split()) if isinstance(text, str) else text


Stages = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=2, max_length=MOST_STAGES)]
Seconds = Annotated[tuple[Annotated[float, Field(gt=0, le=600)], ...], BeforeValidator(_words)]
WRITTEN = ("signal", "from", "offset_s", "stages", "greens_s")
TIMES = ("greens_s", "true_splits_s", "splits_s")  # what a file may give, one of them


class PlanRow(Row):
    """A row of the file."""

    signal: Annotated[str, Field(min_length=1)]
    begin_s: Annotated[float, BeforeValidator(clock_s), Field(alias="from")]
    offset_s: Annotated[float, Field(ge=0, le=600)]
    stages: Stages
    greens_s: Seconds | None = None
    true_splits_s: Seconds | None = None
    splits_s: Seconds | None = None


@dataclass(frozen=True)
class Timetable:
    """The plans of one signal by time of day, in rising order of their beginnings."""

    begins_s: tuple[float, ...]
    plans: tuple[SignalPlan, ...]

    def plan_at(self, time_s: float) -> SignalPlan:
        """The plan of a time since midnight of the first day."""
        return self.plans[bisect_right(self.begins_s, time_s % DAY_S) - 1]

    def changes(self, start_s: float, end_s: float) -> bool:
        """Does another plan begin between two times?"""
        ahead_s = ((begin_s - start_s) % DAY_S for begin_s in self.begins_s)
        return len(self.plans) > 1 and any(0 < one < end_s - start_s for one in ahead_s)


def read_plan_file(path: Path) -> Table[PlanRow]:
    """Read the rows of a file. Raises ControllerError with file, row, value and limit in one line."""
    try:
        if path.suffix != ".csv" or not path.is_file():
            raise ControllerError(f"plans {_clean(path)}: no such CSV file; give the path of one, FILE.csv")
        if path.stat().st_size > MOST_BYTES:
            raise ControllerError(f"plans {_clean(path)}: {path.stat().st_size} bytes, {MOST_BYTES} at most; split it")
        table = read_csv(path.absolute().parent, path.stem, PlanRow, _column, PLAN_FILE_COLUMNS)
    except (OSError, ValueError) as error:
        raise ControllerError(f"plans {_clean(path)} cannot be read: {_clean(error)}") from None
    except ScenarioError as error:
        raise ControllerError(f"plans {_clean(error)}") from None
    if not table.rows:
        raise ControllerError(f"plans {_clean(path)}: it has no row; write at least one plan")
    _check_times(table)
    _check_order(table)
    return table


def _column(text: str) -> str:
    return heading(text, PLAN_FILE_COLUMNS)


def plans_csv(signals: Mapping[str, Signal], plans: Mapping[str, Sequence[tuple[float, SignalPlan]]]) -> str:
    """The plans of each signal, with the time of day from which each is played, as a file."""
    text = StringIO()
    rows = CsvWriter(text)
    rows.writerow(WRITTEN)
    for signal, begin_s, plan in ((signals[name], *timed) for name in sorted(plans) for timed in plans[name]):
        stages, greens_s = (signal.stages[stage].id for stage in plan.stages), (f"{s:g}" for s in plan.greens_s)
        rows.writerow([signal.id, clock(begin_s), f"{plan.offset_s:g}", " ".join(stages), " ".join(greens_s)])
    return text.getvalue()


def _clean(text: object) -> str:
    """A file's or system's words in one line that a terminal may show."""
    line = " ".join(str(text).split())
    return "".join(letter if letter.isprintable() else "?" for letter in line)[:300]


def _fault(table: Table[PlanRow], line: int, text: str) -> ControllerError:
    return ControllerError(f"plans {_clean(table.fault(line, text))}")


def _given(row: PlanRow) -> dict[str, tuple[float, ...]]:
    return {name: times_s for name in TIMES if (times_s := getattr(row, name))}


def _check_times(table: Table[PlanRow]) -> None:
    for line, row in table.lines:
        given = _given(row)
        if len(given) != 1:
            raise _fault(table, line, f"times in {' and '.join(given) or 'no column'}; give {' or '.join(TIMES[:2])}")


def _check_order(table: Table[PlanRow]) -> None:
    latest: dict[str, float] = {}
    for line, row in table.lines:
        if row.begin_s <= latest.get(row.signal, -1.0):
            at, before = clock(row.begin_s), clock(latest[row.signal])
            raise _fault(table, line, f"signal '{row.signal}' from {at}, after a row from {before}; sort them by time")
        latest[row.signal] = row.begin_s


def timetables(table: Table[PlanRow], signals: Mapping[str, Signal]) -> dict[str, Timetable]:
    """The timetable of each signal in the file. Raises ControllerError for a plan its signal cannot play."""
    found: dict[str, list[tuple[float, SignalPlan]]] = {}
    for line, row in table.lines:
        if row.signal not in signals:
            raise _fault(table, line, unknown_name("controlled signal", row.signal, signals))
        try:
            plan = _plan(row, signals[row.signal])
        except ValueError as error:
            raise _fault(table, line, f"signal '{row.signal}': {error}") from None
        found.setdefault(row.signal, []).append((row.begin_s, plan))
    return {
        name: Timetable(tuple(begin_s for begin_s, _ in rows), tuple(plan for _, plan in rows))
        for name, rows in found.items()
    }


def _plan(row: PlanRow, signal: Signal) -> SignalPlan:
    """A row's plan; ValueError says why the signal cannot play it."""
    names = [stage.id for stage in signal.stages]
    stages = tuple(stage_index(name, names) for name in row.stages)
    greens_s = _greens_s(row, signal, stages)
    for name, stage, green_s in zip(row.stages, stages, greens_s, strict=True):
        if green_s < signal.stages[stage].min_green_s:
            least_s = signal.stages[stage].min_green_s
            split = ", what its split leaves," if row.true_splits_s else ""
            raise ValueError(
                f"stage {name}: green {green_s:g} s{split} is under its minimum green of {least_s:g} s; lengthen it"
            )
    for name, old, new in zip(row.stages, stages, (*stages[1:], stages[0]), strict=True):
        if old == new:
            raise ValueError(f"stage {name} follows itself; join the two greens")
    _check_served(signal, stages)
    cycle_s = sum(greens_s) + float(intergreens_s(signal, stages).sum())
    if row.offset_s >= cycle_s:
        raise ValueError(f"offset {row.offset_s:g} s is not below the cycle of {cycle_s:g} s; give the rest")
    return SignalPlan(stages, greens_s, cycle_s, row.offset_s)


def _greens_s(row: PlanRow, signal: Signal, stages: tuple[int, ...]) -> tuple[float, ...]:
    """The green of each stage; ValueError if the row does not give one time a stage."""
    ((name, times_s),) = _given(row).items()
    if len(times_s) != len(stages):
        raise ValueError(f"{len(times_s)} {name} for {len(stages)} stages; give one for each")
    if name == "true_splits_s":
        return tuple((np.array(times_s) - intergreens_s(signal, stages)).tolist())
    return tuple(map(float, times_s))


def _check_served(signal: Signal, stages: tuple[int, ...]) -> None:
    for index, movement in enumerate(signal.movements):
        serving = [stage.id for stage, green in zip(signal.stages, signal.serves[:, index], strict=True) if green]
        if serving and not signal.serves[list(stages), index].any():
            raise ValueError(
                f"no green for {movement.from_edge} → {movement.to_edge}; add one of the stages {' '.join(serving)}"
            )

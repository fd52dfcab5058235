"""The committed baseline of a suite: one line of JSON a cell, sorted, so that git merges what two branches change.

cell    scenario, variant, sensor, measured emissions and controller: the runs of all seeds in one situation
values  of each measure, one a seed, to ten digits: what a record says, whatever the processor

A line stays as it is, to the byte, until a value in it moves; `commit` says at which it was made.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from zhasyl.errors import StudyError
from zhasyl.files.paths import check_is_file, writable_file
from zhasyl.measures import MEASURES
from zhasyl.runs.store import RunRecord, write_text
from zhasyl.text.words import one_line

FORMAT = 1
HEADER = {"zhasyl_baseline": FORMAT}
LARGEST_BYTES = 50_000_000
CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")  # what git writes into a file that it cannot merge
MEND = "restore it from git or make it anew with --update"
NAME_IT = "name the baseline's file, or remove this one and use --update"
DIGITS = 10


class Cell(NamedTuple):
    """What the runs of one line share."""

    scenario: str
    variant: str
    sensor: str
    emissions: str
    controller: str

    @property
    def name(self) -> str:
        """As people read it: what is not said is the default."""
        sensor = "" if self.sensor == "perfect" else self.sensor
        return one_line(" · ".join(filter(None, (self.scenario, self.variant, sensor, self.controller))))


@dataclass(frozen=True)
class Line:
    """What a baseline says of a cell. `values` of a measure are in the order of `seeds`; None where there is none."""

    cell: Cell
    content: str
    sumo: str
    measures_version: str
    commit: str
    seeds: tuple[int, ...]
    values: Mapping[str, tuple[float | None, ...]]

    def same(self, other: "Line") -> bool:
        """Does it say the same, whenever it was made?"""
        return asdict(self) | {"commit": ""} == asdict(other) | {"commit": ""}


def line_of(cell: Cell, records: Sequence[RunRecord], commit: str) -> Line:
    """What the finished runs of a cell come to."""
    ordered = sorted(records, key=lambda record: int(record["seed"]))
    first = ordered[0]
    return Line(
        cell,
        first["content"],
        first["versions"]["sumo"],
        first["versions"]["measures"],
        commit,
        tuple(int(record["seed"]) for record in ordered),
        {measure.key: tuple(rounded(record.values.get(measure.key)) for record in ordered) for measure in MEASURES},
    )


def rounded(value: object) -> float | None:
    """A measure's value as a baseline holds it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


class DamagedError(StudyError):
    """A baseline that cannot be read as one, and that `--update` may make anew."""


class _WrongError(ValueError):
    """What is told of a line."""


def read_baseline(path: Path) -> dict[Cell, Line]:
    """The lines of a baseline by cell. Raises StudyError with file, line and what to do.

    It is a DamagedError where the file once was a baseline, or is empty: what is something else is not written over.
    """
    texts = _texts(path)
    if not texts:
        raise DamagedError(f"{path} is empty; {MEND}")
    found: dict[Cell, Line] = {}
    for number, text in texts:
        place = f"{path}, line {number}"
        if text.startswith(CONFLICT):
            raise DamagedError(f"{place}: git could not merge it ({text[:20]}); {MEND}")
        try:
            said = json.loads(text, parse_constant=_no_number)
            if number == texts[0][0]:
                _check_header(said, place)
                continue
            line = _line(said)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            why = error if isinstance(error, _WrongError) else "no line of a baseline"
            kind, what = (StudyError, NAME_IT) if number == texts[0][0] else (DamagedError, MEND)
            raise kind(f"{place}: {why}; {what}") from None
        if line.cell in found:
            raise DamagedError(f"{place}: a second line of {line.cell.name}; keep one, or use --update")
        found[line.cell] = line
    return found


def _texts(path: Path) -> list[tuple[int, str]]:
    """The numbered lines of a file that say something, whoever's editor ended them or marked the encoding."""
    check_is_file(path, StudyError)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise StudyError(f"{path}: over {LARGEST_BYTES} bytes; a baseline is smaller, so name the right file")
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise StudyError(f"cannot read {path}: {reason}; {NAME_IT}") from None
    return [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _no_number(text: str) -> float:
    raise _WrongError(f"{text} is no value")


def _check_header(said: Any, place: str) -> None:
    if not isinstance(said, dict) or "zhasyl_baseline" not in said:
        raise _WrongError("no baseline of zhasyl")
    if said != HEADER:
        written = json.dumps(said["zhasyl_baseline"])[:20]
        raise DamagedError(f"{place}: format {written}, this version reads {FORMAT}; make it anew with --update")


def _line(said: Any) -> Line:
    cell = Cell(*(_text(said["cell"][key]) for key in Cell._fields))
    seeds = tuple(said["seeds"])
    if not seeds or any(type(seed) is not int for seed in seeds) or len(set(seeds)) < len(seeds):
        raise _WrongError("seeds are one or more integers, each once")
    values = {_text(key): tuple(map(_value, each)) for key, each in said["values"].items()}
    for key, each in values.items():
        if len(each) != len(seeds):
            raise _WrongError(f"{len(each)} values of {key[:40]} for {len(seeds)} seeds")
    texts = {one.name: _text(said[one.name]) for one in fields(Line) if one.type is str}
    return Line(cell=cell, seeds=seeds, values=values, **texts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongError(f"{json.dumps(value, default=str)[:40]} is no text")
    return value


def _value(value: object) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise _WrongError(f"{json.dumps(value, default=str)[:40]} is no value")
    if value is not None and not math.isfinite(float(value)):
        raise _WrongError(f"{value} is no value")
    return None if value is None else float(value)


def write_baseline(path: Path, lines: Iterable[Line]) -> None:
    """Write a baseline whole, behind the link if it is one. Raises OutputError."""
    written = [HEADER, *(_said(line) for line in sorted(lines, key=lambda line: line.cell))]
    text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in written)
    write_text(writable_file(path), text)


def _said(line: Line) -> dict[str, Any]:
    values = {key: [_short(one) for one in each] for key, each in line.values.items()}
    return {**asdict(line), "cell": line.cell._asdict(), "values": values}


def _short(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() and abs(value) < 10**DIGITS else value

"""Which stored records belong on a board, and why the others do not; no more is read of a run than its record.

cell    a situation of the suite: scenario with its content, variant, sensor and measured emissions
make    what else the key of a run holds: the controller's version, parameters, plug-ins and files, and the versions of
        zhasyl and of the sequencer. Runs of two makes are never one row
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhasyl.errors import OutputError
from zhasyl.measures import MEASURES
from zhasyl.optimise.statistics.comparison import SITUATION, situation
from zhasyl.runs.provenance import build
from zhasyl.runs.store import RECORD_FILE, RunRecord, load_record, look_at

Place = tuple[str, ...]  # SITUATION says of what
MADE_BY = ("controller", "controller_version", "label", "parameters", "plug_ins", "files")
OWN_VERSIONS = ("zhasyl", "sequencer")  # of a make; the other versions must be today's
ORDER = ("scenario", "variant", "version", "content", "sensor", "emissions")
OTHERWISE = {
    "scenario": "another scenario",
    "variant": "another variant",
    "version": "another version of the scenario",
    "content": "other content of the scenario",
    "sensor": "another sensor",
    "emissions": "another --emissions than the suite's",
    "seed": "another seed",
    "sumo": "another SUMO",
    "measures": "another version of the measures",
}
LARGEST = 1e12  # beyond what any time or count is
NUMBERS = ("begin_s", "end_s", "warm_up_s", "violations", "plan_violations", "signal_s_checked")
LISTS = {
    "assumptions": {"subject", "statement", "status", "reason"},
    "faults": {"signal", "time_s", "reason"},
    "warnings": {"text", "count", "example"},
}
COUNTED = (("faults", "time_s"), ("warnings", "count"))
DAMAGED, FAILED, TWICE = "damaged", "failed", "the same run, stored twice"


@dataclass(frozen=True)
class Cell:
    """A situation of the suite, its name, how a command has it, and the versions that runs in it must have."""

    place: Place
    name: str
    source: str
    options: tuple[str, ...]
    versions: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True)
class Asked:
    """What a board is of: the cells and seeds of a suite, and the controllers that it names itself, by label."""

    title: str
    suite: str
    cells: Sequence[Cell]
    seeds: Sequence[int]
    declared: Sequence[str] = ()


@dataclass(frozen=True)
class Gathered:
    """The runs of each make by cell and seed, how many records were left out why, and what was stored unlike."""

    runs: Mapping[str, Mapping[tuple[Place, int], RunRecord]]
    left_out: Mapping[str, int]
    unlike: Sequence[RunRecord] = field(default=())


def gather(folders: Sequence[Path], asked: Asked) -> Gathered:
    """The runs of a suite in some folders. Raises OutputError for a folder that is not there, and for no records."""
    runs: dict[str, dict[tuple[Place, int], RunRecord]] = {}
    left_out: Counter[str] = Counter()
    unlike = []
    for folder in _folders(folders):
        record, why = _wanted(folder, asked)
        if record is None:
            left_out[why] += 1
            continue
        own = runs.setdefault(make_of(record.values), {})
        at = (situation(record.values), int(record["seed"]))
        if at in own:
            left_out[TWICE] += 1
            unlike += [record] if _measured(own[at]) != _measured(record) else []
        own[at] = max(own[at], record, key=_recent) if at in own else record
    if not runs and not left_out:
        raise OutputError(f"no records in {', '.join(map(str, folders))}; name folders of run, compare, batch or check")
    return Gathered(runs, dict(sorted(left_out.items())), unlike)


def _folders(folders: Sequence[Path]) -> Iterator[Path]:
    seen: dict[Path, None] = {}
    for folder in folders:
        if not folder.is_dir():
            raise OutputError(f"no folder {folder}; name folders of run, compare, batch or check")
        seen |= dict.fromkeys(path.parent.resolve() for path in sorted(folder.glob(f"runs/*/*/{RECORD_FILE}")))
    yield from seen


def _wanted(folder: Path, asked: Asked) -> tuple[RunRecord | None, str]:
    """The record in a folder if it belongs on the board; else why not."""
    seen = look_at(folder)
    if seen is None:
        return None, DAMAGED
    if why := _unlike(seen.values, asked):
        return None, why
    if not seen.done:
        return None, FAILED
    if not _well_made(seen.values):
        return None, DAMAGED
    whole = load_record(folder, tables=False)
    return whole, "" if whole else DAMAGED


def _well_made(values: Mapping[str, Any]) -> bool:
    """Has a record, which may be anybody's, the shape that pages rely on?"""
    for key, needed in LISTS.items():
        found = values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) and one.keys() >= needed for one in found):
            return False
    numbers = [values[key] for key in NUMBERS if key in values]
    numbers += [one[key] for name, key in COUNTED for one in values.get(name, [])]
    return all(type(one) in (int, float) and abs(one) < LARGEST for one in numbers)


def _unlike(values: Mapping[str, Any], asked: Asked) -> str:
    """What tells a record from those of the suite; '' if nothing does."""
    own, cells = dict(zip(SITUATION, situation(values), strict=True)), list(asked.cells)
    for key in ORDER:
        cells = [cell for cell in cells if cell.place[SITUATION.index(key)] == own[key]]
        if not cells:
            return OTHERWISE[key]
    if type(values["seed"]) is not int or values["seed"] not in asked.seeds:
        return OTHERWISE["seed"]
    known = versions_of(values)
    other = [key for key, version in cells[0].versions.items() if known.get(key) != version]
    return OTHERWISE.get(other[0], f"another version of {other[0]}") if other else ""


def versions_of(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The versions that a record says it was made with."""
    known = values.get("versions")
    return known if isinstance(known, Mapping) else {}


def counted(left_out: Mapping[str, int]) -> str:
    """'3 with another seed, 1 failed'."""
    alone = (DAMAGED, FAILED, TWICE)
    return ", ".join(f"{count} {'' if why in alone else 'with '}{why}" for why, count in left_out.items())


def make_of(values: Mapping[str, Any]) -> str:
    """The make of a run, as one text."""
    versions = {key: versions_of(values).get(key) for key in OWN_VERSIONS}
    known = {key: values[key] for key in MADE_BY if key in values}
    return json.dumps({**known, "versions": versions}, sort_keys=True, default=str)


def _measured(record: RunRecord) -> list[Any]:
    return [record.values.get(measure.key) for measure in MEASURES]


def _recent(record: RunRecord) -> tuple[bool, str]:
    """Of one run stored twice that of today's build stays, else the later one."""
    return record.values.get("build") == build(), str(record.values.get("started_at", ""))

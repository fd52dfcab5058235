"""The rows of a board: a controller of one make, its runs, what it lacks, and what made it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.leaderboard.gathered import Asked, Cell, Gathered, Place, versions_of
from zhasyl.runs.store import RunRecord

SHORT = 12  # digits of a digest that are shown
TOLD_AS = {"plug_in": "plug-in", "controller_version": "version"}


@dataclass(frozen=True)
class Entry:
    """A controller of one make. `name` is its label, with its make where the label has several."""

    name: str
    label: str
    runs: Mapping[tuple[Place, int], RunRecord] = field(default_factory=dict)

    def records(self, cell: Cell, seeds: Iterable[int]) -> list[Record]:
        """Its runs in a cell under its name, by seed."""
        found = [self.runs[cell.place, seed] for seed in seeds if (cell.place, seed) in self.runs]
        return [{**record.values, "label": self.name} for record in found]

    def every_record(self, asked: Asked) -> list[Record]:
        """Its runs in all cells."""
        return [record for cell in asked.cells for record in self.records(cell, asked.seeds)]

    def lacks(self, asked: Asked) -> dict[Cell, tuple[int, ...]]:
        """The seeds that it has no run of, by cell."""
        missing = {
            cell.place: tuple(seed for seed in asked.seeds if (cell.place, seed) not in self.runs)
            for cell in asked.cells
        }
        return {cell: missing[cell.place] for cell in asked.cells if missing[cell.place]}

    @property
    def origin(self) -> dict[str, str]:
        """What made its runs: versions, builds, plug-ins. Several of one kind stand side by side."""
        values = [record.values for record in self.runs.values()]
        return {
            "zhasyl": _each(versions_of(one).get("zhasyl") for one in values),
            "build": _each(_digits(one.get("build")) for one in values),
            "sumo": _each(versions_of(one).get("sumo") for one in values),
            "sequencer": _each(versions_of(one).get("sequencer") for one in values),
            "controller_version": _each(one.get("controller_version") for one in values),
            "plug_in": _each(plug_ins(one) for one in values),
            "files": _each(_files(one) for one in values),
        }


def _each(found: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(str(one) for one in found if one not in (None, "")))


def _digits(value: object) -> str:
    return str(value or "")[:SHORT]


def plug_ins(values: Mapping[str, Any]) -> str:
    """The plug-ins of a run: distribution, version and the first digits of their source's digest."""
    known = values.get("plug_ins")
    if not isinstance(known, Mapping):
        return ""
    return "; ".join(_plug_in(name, about) for name, about in known.items() if isinstance(about, Mapping))


def _plug_in(name: object, about: Mapping[str, Any]) -> str:
    source = f"source {_digits(about.get('source'))}"
    return " ".join(map(str, filter(None, (about.get("distribution", name), about.get("version"), source))))


def _files(values: Mapping[str, Any]) -> str:
    known = values.get("files")
    if not isinstance(known, Mapping):
        return ""
    return ", ".join(f"{name} {_digits(digest)}" for name, digest in known.items())


def entries_of(gathered: Gathered, asked: Asked) -> list[Entry]:
    """The rows by label, of the controllers that the suite names, too, whether they have runs or not."""
    found = [Entry("", _label(runs), runs) for runs in gathered.runs.values()]
    known = {entry.label for entry in found}
    found += [Entry("", label) for label in asked.declared if label not in known]
    namesakes: dict[str, list[Entry]] = {}
    for entry in sorted(found, key=lambda one: (one.label, list(one.origin.values()))):
        namesakes.setdefault(entry.label, []).append(entry)
    return [
        Entry(name, entry.label, entry.runs)
        for alike in namesakes.values()
        for entry, name in zip(alike, _names(alike), strict=True)
    ]


def _label(runs: Mapping[tuple[Place, int], RunRecord]) -> str:
    return str(next(iter(runs.values()))["label"])


def _names(alike: Sequence[Entry]) -> list[str]:
    """Names of rows of one label: with what tells their makes apart, or a number."""
    if len(alike) == 1:
        return [alike[0].label]
    origins = [entry.origin for entry in alike]
    keys = [key for key in origins[0] if key not in ("build", "sumo") and len({one[key] for one in origins}) > 1]
    told = [", ".join(f"{TOLD_AS.get(key, key)} {one[key] or 'none'}" for key in keys) for one in origins]
    clear = len(set(told)) == len(told)
    makes = told if clear else [str(number) for number, _ in enumerate(alike, 1)]
    return [f"{entry.label} ({make})" for entry, make in zip(alike, makes, strict=True)]

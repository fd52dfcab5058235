"""What SUMO warned of in the runs of a situation, and which of a .sumocfg's options they set otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhasyl.optimise.statistics.comparison import Record

MOST_KINDS = 20


@dataclass(frozen=True)
class Warned:
    """A kind of warning: the first of them, how many there were, and in how many runs."""

    example: str
    count: int
    runs: int


def warned(records: Sequence[Record]) -> list[Warned]:
    """SUMO's warnings by kind over all runs, the most frequent first."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        for message in _listed(record, "warnings"):
            kinds.setdefault(str(message["text"]), []).append(message)
    found = [
        Warned(str(group[0]["example"]), sum(int(m["count"]) for m in group), len(group)) for group in kinds.values()
    ]
    return sorted(found, key=lambda one: -one.count)[:MOST_KINDS]


def replaced(records: Sequence[Record]) -> list[str]:
    """The options of the .sumocfg that the runs set otherwise, a line each."""
    return list(dict.fromkeys(str(line) for record in records for line in _listed(record, "replaced_options")))


def _listed(record: Record, key: str) -> list[Any]:
    value = record.get(key)
    return list(value) if isinstance(value, list | tuple) else []

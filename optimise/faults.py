"""How far a run was the controller's own: at a signal where it failed, the fixed plan ran in its place from then on."""

from collections.abc import Iterable, Mapping
from typing import Literal

Extent = Literal["", "some signals", "every signal"]
EXTENTS: tuple[Extent, ...] = ("", "some signals", "every signal")


def faults(record: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The faults of a run: signal, time_s, reason."""
    found = record.get("faults")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []


def signals_lost(record: Mapping[str, object]) -> int:
    """At how many signals the controller failed."""
    return len({one.get("signal") for one in faults(record)})


def signals_controlled(record: Mapping[str, object]) -> int | None:
    """At how many signals the controller began; None if the record does not say."""
    number = record.get("controlled_signals")
    return number if isinstance(number, int) else None


def extent(record: Mapping[str, object]) -> Extent:
    """Where the controller failed. In a record that does not say how many signals it had, at some."""
    lost, known = signals_lost(record), signals_controlled(record)
    if not lost:
        return ""
    return "every signal" if known is not None and lost >= known else "some signals"


def widest(records: Iterable[Mapping[str, object]]) -> Extent:
    """The extent of the run with the most faults."""
    return max(map(extent, records), key=EXTENTS.index, default="")


def failed_everywhere(record: Mapping[str, object]) -> bool:
    """Is this run no result of its controller, because that failed at every signal it had?"""
    return extent(record) == "every signal"

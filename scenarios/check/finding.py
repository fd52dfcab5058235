"""What a check answers: one thing that is wrong, where it is and how to fix it.

error     a result of this scenario is worthless, or SUMO refuses it
warning   a result can mislead; somebody has to look
note      unusual, and worth a look
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
MOST_NAMES = 3


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `check` is its lasting name, for scripts; `place` a signal, approach, lane or file."""

    severity: Severity
    check: str
    place: str
    what: str
    mend: str


def in_order(findings: list[Finding]) -> list[Finding]:
    """By severity, then place, then what it is; the same finding once."""
    return sorted(set(findings), key=lambda f: (SEVERITIES.index(f.severity), f.place, f.check, f.what))


def some(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(repr(name) for name in names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")

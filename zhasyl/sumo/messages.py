"""What SUMO says while it loads and runs: its warnings by kind, and the error that ended it.

SUMO writes `Warning: ...` and `Error: ...` to standard error. With `aggregate-warnings` it writes the first few of each
kind as they are, and at the end how many there were: `Warning: 20000 total messages of type: Vehicle '%' ...`. It takes
some messages for one kind a vehicle, so names and numbers are left open here and the kinds put together.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SHOWN_OF_A_KIND = 5  # of which SUMO writes each message as it is
OPTIONS = {"no-warnings": "false", "aggregate-warnings": str(SHOWN_OF_A_KIND)}
MOST_KINDS = 200  # what nobody reads to the end
LONGEST = 400  # characters of a message
WARNING, ERROR = "Warning: ", "Error: "
TOTAL = re.compile(r"(\d+) total messages of type: (.*)")
OPEN = re.compile(r"'[^']*'|(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
UNSORTED = "Route file should be sorted by departure time, ignoring"
OURS = ("Column based formats are still experimental",)  # of the outputs of a run, not of the scenario
EMPTY_WORDS = ("Process Error", "Could not load configuration", "Quitting (on error)")


@dataclass(frozen=True)
class Message:
    """A kind of warning: its words with `%` for names and numbers, how often it was given, and the first of them."""

    text: str
    count: int
    example: str


@dataclass
class _Kind:
    """Messages of a kind: written out, the first of them, and counted by SUMO in so many lines."""

    written: int = 0
    example: str = ""
    counted: int = 0
    counts: int = 0

    @property
    def total(self) -> int:
        return self.counted + max(0, self.written - self.counts * SHOWN_OF_A_KIND)


def first_error(said: Iterable[str]) -> str:
    """The first error that names something, in one line; '' if there is none."""
    named = (one for one in _messages(said, ERROR) if one and not one.startswith(EMPTY_WORDS))
    return next(named, "")


def warnings_of(said: Iterable[str]) -> list[Message]:
    """The warnings in lines of SUMO by kind, the most frequent first."""
    written: dict[str, _Kind] = {}
    counted: dict[str, _Kind] = {}
    for message in _messages(said, WARNING):
        total = TOTAL.fullmatch(message)
        if total:
            kind = counted.setdefault(OPEN.sub(_open, total[2]), _Kind())
            kind.counted += int(total[1])
            kind.counts += 1
        elif not message.startswith(OURS):
            kind = written.setdefault(OPEN.sub(_open, message), _Kind(example=message))
            kind.written += 1
    _join(counted, written)
    found = [Message(text, kind.total, kind.example or text) for text, kind in {**written, **counted}.items()]
    return sorted(found, key=lambda message: (-message.count, message.text))[:MOST_KINDS]


def _join(counted: dict[str, _Kind], written: dict[str, _Kind]) -> None:
    """Move what is written out to the kind that SUMO has counted it in."""
    for text, kind in sorted(counted.items(), key=lambda item: -len(item[0])):
        alike = re.compile(".*".join(map(re.escape, text.split("%"))))
        for other in [other for other in written if alike.fullmatch(other)]:
            one = written.pop(other)
            kind.written += one.written
            kind.example = kind.example or one.example


def _open(found: re.Match[str]) -> str:
    return "'%'" if found[0].startswith("'") else "%"


def _messages(said: Iterable[str], kind: str) -> Iterator[str]:
    """Each message of a kind in one line; its further lines begin with a space."""
    current: str | None = None
    for line in said:
        if current is not None and line.startswith(" "):
            current += line
            continue
        if current is not None:
            yield _short(current)
        current = line.removeprefix(kind) if line.startswith(kind) else None
    if current is not None:
        yield _short(current)


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1] + "…"


class Log:
    """The file that SUMO's standard error goes to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0

    def lines(self) -> Iterator[str]:
        """All its lines by now; none before there is a file."""
        if self.path.exists():
            with self.path.open(encoding="utf-8", errors="replace") as file:
                yield from file

    def news(self) -> str:
        """What was added since the last call."""
        if not self.path.exists() or self.path.stat().st_size <= self._read:
            return ""
        with self.path.open("rb") as file:
            file.seek(self._read)
            added = file.read()
        self._read += len(added)
        return added.decode("utf-8", errors="replace")

"""What SUMO says while it loads and runs: its warnings by kind, and the error that ended it.

SUMO writes `Warning: ...` and `Error: ...` to standard error. With `aggregate-warnings` it writes the first few of each
kind as they are, and at the end how many there were: `Warning: 20000 total messages of type: Vehicle '%' ...`.
A message that SUMO does not count so is counted here, its names and numbers left open.
"""

import re
from collections.abc import Iterator
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


def first_error(said: str) -> str:
    """The first error that names something, in one line; '' if there is none."""
    for message in _messages(said, ERROR):
        if message and not message.startswith(EMPTY_WORDS):
            return message
    return ""


def warnings_of(said: str) -> list[Message]:
    """The warnings by kind, the most frequent first."""
    totals: dict[str, int] = {}
    single: dict[str, list[str]] = {}
    for message in _messages(said, WARNING):
        if message.startswith(OURS):
            continue
        if total := TOTAL.fullmatch(message):
            totals[_short(total[2])] = totals.get(_short(total[2]), 0) + int(total[1])
        else:
            single.setdefault(OPEN.sub(_open, message), []).append(message)
    found = [*_counted(totals, single), *(Message(text, len(each), each[0]) for text, each in single.items())]
    return sorted(found, key=lambda message: (-message.count, message.text))[:MOST_KINDS]


def _counted(totals: dict[str, int], single: dict[str, list[str]]) -> Iterator[Message]:
    """The kinds that SUMO counted; the messages of each are taken out of `single`."""
    for text, count in sorted(totals.items(), key=lambda item: -len(item[0])):
        alike = re.compile(".*".join(map(re.escape, text.split("%"))), re.DOTALL)
        kinds = [kind for kind, each in single.items() if alike.fullmatch(each[0])]
        examples = [message for kind in kinds for message in single.pop(kind)]
        yield Message(text, count, examples[0] if examples else text)


def _open(found: re.Match[str]) -> str:
    return "'%'" if found[0].startswith("'") else "%"


def _messages(said: str, kind: str) -> Iterator[str]:
    """Each message of a kind in one line; its further lines begin with a space."""
    current: str | None = None
    for line in said.splitlines():
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
        self._seen = 0

    def text(self) -> str:
        """All it says by now; '' before there is a file."""
        try:
            return self.path.read_text("utf-8", errors="replace")
        except OSError:
            return ""

    def grown(self) -> bool:
        """Whether anything was added since the last call."""
        try:
            seen, self._seen = self._seen, self.path.stat().st_size
        except OSError:
            return False
        return self._seen > seen

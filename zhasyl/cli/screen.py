"""Standard output and standard error: what stands in other people's files cannot steer the terminal it is shown on.

Titles, street names, signal ids and messages may hold an escape sequence or turn the direction of text. Everything is
written through `Screen`, which shows such a character as its number, \\u001b, as JSON does: documents stay documents.
CSV files have no such numbers: where no terminal shows them they are written as they are, to be read back.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import IO, TYPE_CHECKING, Any, cast

from zhasyl.errors import OutputError
from zhasyl.text.steering import character_number, neutral

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderResult

NOT_ASCII = re.compile("[^\x00-\x7f]")


class PipeClosedError(Exception):
    """Whoever reads standard output has heard enough, as `head` has."""


class Screen:
    """A text stream behind which stands `stream`; `raw` passes what steers a terminal on purpose.

    A failure to write is an OutputError, or PipeClosedError; of standard error, which has nowhere to tell it, nothing.
    """

    def __init__(self, stream: IO[str], raw: bool = False, mute: bool = False) -> None:
        self.stream = stream
        self._raw = raw
        self._mute = mute
        self._failure: Exception | None = None

    def write(self, text: str) -> int:
        shown = text if self._raw else neutral(text)
        if not shown:
            return 0
        with self._told():
            try:
                self.stream.write(shown)
            except UnicodeEncodeError:
                self.stream.write(NOT_ASCII.sub(character_number, shown))
        return len(text)

    def write_file(self, text: str) -> None:
        """Write the text of a file in UTF-8, whatever the terminals' encoding is; as any other on a terminal."""
        raw = getattr(self.stream, "buffer", None)
        if raw is None or self.stream.isatty():
            self.write(text)
            return
        with self._told():
            self.stream.flush()
            raw.write(text.encode(errors="backslashreplace"))

    def flush(self) -> None:
        with self._told():
            self.stream.flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        if self._failure is not None:  # somebody caught it
            raise self._failure
        try:
            yield
        except (OSError, ValueError) as error:  # ValueError: it is closed
            nowhere(self.stream)
            if self._mute:
                return
            self._failure = _failure(error)
            raise self._failure from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _failure(error: OSError | ValueError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return PipeClosedError()
    reason = getattr(error, "strerror", None) or error
    return OutputError(f"cannot write to standard output: {reason}; free space or send it elsewhere")


def nowhere(stream: IO[str]) -> None:
    """What is left for a stream that fails is not written: Python would try at its end, and say so."""
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def keep_streams() -> None:
    """Put nothing in place of a standard stream that is closed: the next file opened would be taken for it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


@contextmanager
def on_screen() -> Iterator[None]:
    """Print through `Screen`, whatever is printed."""
    with open(os.devnull, "w", encoding="utf-8") as none:
        out, err = (Screen(sys.stdout or none), Screen(sys.stderr or none, mute=True))
        with redirect_stdout(cast(IO[str], out)), redirect_stderr(cast(IO[str], err)):
            yield


def print_file(text: str) -> None:
    """Print the text of a file that other commands read, so that `> FILE` makes it."""
    if isinstance(sys.stdout, Screen):
        sys.stdout.write_file(text)
    else:
        sys.stdout.write(text)


def new_console(stderr: bool = False) -> "Console":
    """A console for tables and progress, which steers the terminal itself; what it shows cannot."""
    from rich.console import Console

    shown = sys.stderr if stderr else sys.stdout
    behind = shown.stream if isinstance(shown, Screen) else shown
    made = Console(file=cast(IO[str], Screen(behind, raw=True, mute=stderr)), stderr=stderr, emoji=False)
    made.push_render_hook(cast(Any, _Neutral()))
    return made


class _Neutral:
    """What rich asks before it shows something."""

    def process_renderables(self, renderables: "list[ConsoleRenderable]") -> "list[ConsoleRenderable]":
        return [_Shown(renderable) for renderable in renderables]


class _Shown:
    """A renderable with neutral text."""

    def __init__(self, renderable: "ConsoleRenderable") -> None:
        self._renderable = renderable

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.segment import Segment

        for segment in console.render(self._renderable, options):
            yield segment if segment.control else Segment(neutral(segment.text), segment.style)

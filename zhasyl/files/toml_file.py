"""A TOML file written by hand: read whole or refused in one line, and every error told with its line."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhasyl.errors import StudyError, ZhasylError
from zhasyl.files.paths import check_is_file
from zhasyl.files.toml_lines import Position, value_lines

LARGEST_BYTES = 100_000
DEEPEST = 32  # levels of tables and arrays within each other
LONG_KEY = re.compile(  # tomllib takes a minute for a key of 20,000 parts
    rf"""(?:^|[\[{{,])[ \t]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEEPEST}}}""", re.MULTILINE
)


def read_toml(
    path: Path, kind: str = "a study", wrong: type[ZhasylError] = StudyError
) -> tuple[dict[str, Any], "Places"]:
    """What a file says, and where it says it. Raises `wrong`."""
    text = _text(path, kind, wrong)
    try:
        if LONG_KEY.search(text):
            raise RecursionError
        said = tomllib.loads(text)
        if _depth(said) > DEEPEST:
            raise RecursionError
        return said, Places(path, value_lines(text), wrong)
    except RecursionError:
        raise wrong(f"{path}: nested too deeply; {kind} has at most {DEEPEST} levels, so fix the file") from None
    except ValueError as error:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
        what, line = (found[1], int(found[2] or text.count("\n") + 1)) if found else (str(error), 0)
        raise wrong(_told(path, line, f"no valid TOML: {what}; fix the file")) from None


def _depth(value: object) -> int:
    """How many tables and arrays stand within each other, at most one more than may."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        inside = [list(each.values()) if isinstance(each, dict) else each for each in level]
        level = [one for each in inside if isinstance(each, list) for one in each]
        depth += any(isinstance(each, list) for each in inside)
    return depth


def _text(path: Path, kind: str, wrong: type[ZhasylError]) -> str:
    check_is_file(path, wrong)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise wrong(_told(path, 0, f"over {LARGEST_BYTES} bytes; {kind} is a short TOML file"))
        return data.decode("utf-8-sig")
    except OSError as error:
        raise wrong(f"cannot read {path}: {error.strerror or error}; check the path") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise wrong(_told(path, line, f"not UTF-8 text (byte {error.start}); save it as UTF-8")) from error


def _told(path: Path, line: int, text: str) -> str:
    return f"{path}{f', line {line}' if line else ''}: {' '.join(text.split())}"


class Places:
    """Tells an error with the line of the value it is about."""

    def __init__(self, path: Path, lines: Mapping[Position, int], wrong: type[ZhasylError] = StudyError) -> None:
        self._path = path
        self._wrong = wrong
        self._lines = lines
        self._place: Position = ()

    def at(self, *place: str | int) -> "Places":
        """A context in which an error is told with the line of `place`."""
        self._place = place
        return self

    def line(self, *place: str | int) -> int:
        """The line of a value, counted from 1; 0 if it has none."""
        return self._lines.get(place, 0)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ZhasylError):
            raise self.error(self._place, str(error)) from error

    def error(self, place: Position, text: str) -> ZhasylError:
        """What is wrong, with the line of `place` or of what it is in."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._wrong(_told(self._path, self._lines.get(place, 0), text))

"""Where in a TOML file something stands: its reader does not say, so the file is read up to each line."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from zhasyl.errors import StudyError, ZhasylError, unknown_name

MOST_LINES = 2000  # in a longer file the line of a mistake is not looked for

M = TypeVar("M", bound=BaseModel)
Position = tuple[str | int, ...]


class Places:
    """Tells mistakes in a study file with their line. A position is the keys and indices that lead to a value."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._place: Position = ()

    def valid(self, model: type[M], value: object, place: Position = ()) -> M:
        """`value`, which stands at `place`, as the model has it. Raises StudyError."""
        try:
            return model.model_validate(value)
        except ValidationError as refused:
            first = next((e for e in refused.errors() if e["type"] == "extra_forbidden"), refused.errors()[0])
            key = str(first["loc"][-1])
            if first["type"] == "extra_forbidden":
                raise self.error((*place, *first["loc"]), unknown_name("key", key, model.model_fields)) from None
            if first["type"] == "missing":
                raise self.error(place, f"'{key}' is missing; add it") from None
            text = f"{key}: {first['msg'].lower()}, not {str(first['input'])[:80]!r}"
            raise self.error((*place, *first["loc"]), text) from None

    def at(self, *place: str | int) -> "Places":
        """A context in which an error is told with the line of `place`."""
        self._place = place
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ZhasylError):
            raise self.error(self._place, str(error)) from error

    def error(self, place: Position, text: str) -> StudyError:
        """What is wrong, with the line."""
        line = self.line(place)
        return StudyError(f"{self._path}{f', line {line}' if line else ''}: {text}")

    def line(self, place: Position) -> int:
        """The line `place` stands in, 0 for the whole file or where it cannot be told."""
        if len(self._lines) > MOST_LINES:
            return 0
        while place:
            last = next((n for n in range(1, len(self._lines) + 1) if self._has(n, place)), 0)
            if last:
                return self._within(last, place)
            place = place[:-1]
        return 0

    def _has(self, lines: int, place: Position) -> bool:
        try:
            value: Any = tomllib.loads("\n".join(self._lines[:lines]))
            for part in place:
                value = value[part]
        except (tomllib.TOMLDecodeError, LookupError, TypeError):
            return False
        return True

    def _within(self, last: int, place: Position) -> int:
        """In a statement of several lines, the one that has the value as it is written."""
        value: Any = tomllib.loads("\n".join(self._lines[:last]))
        for part in place:
            value = value[part]
        first = last
        while first > 1 and not self._reads(first - 1):
            first -= 1
        sought = str(place[-1]) if isinstance(place[-1], str) else str(value)
        return next((n for n in range(first, last + 1) if sought in self._lines[n - 1]), last)

    def _reads(self, lines: int) -> bool:
        try:
            tomllib.loads("\n".join(self._lines[:lines]))
        except tomllib.TOMLDecodeError:
            return False
        return True

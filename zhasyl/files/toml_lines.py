"""The line of each value in a TOML text, which the standard library's reader does not tell.

The text has been read by `tomllib` before, so that it is valid; only its structure is followed here.
"""

import re
import tomllib

Position = tuple[str | int, ...]

TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:\\.|[^"\\])*"|'
    r"'[^']*'|"
    r"\#[^\n]*|"
    r"[\[\]{}=,\n]|"
    r"[^\s\[\]{}=,\"'\#]+",
    re.DOTALL,
)


def value_lines(text: str) -> dict[Position, int]:
    """Keys and indices that lead to a value or table → the line it begins in, counted from 1."""
    return _Reader(text).lines


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines: dict[Position, int] = {}
        self._last: dict[Position, int] = {}  # array of tables → index of the one that is open
        self._tokens: list[tuple[str, int]] = []
        self._at = 0
        line, end = 1, 0
        for match in TOKEN.finditer(text):
            line += text.count("\n", end, match.start())
            if not match[0].startswith("#"):
                self._tokens.append((match[0], line))
            end = match.start()
        self._read()

    def _read(self) -> None:
        table: Position = ()
        while self._at < len(self._tokens):
            if self._skip("\n"):
                continue
            line = self._tokens[self._at][1]
            if self._skip("["):
                table = self._header()
                self._mark(table, line)
            else:
                self._value(table + self._key())

    def _header(self) -> Position:
        repeated = self._skip("[")
        place: Position = ()
        keys = self._key()
        for key in keys[:-1]:
            place = self._open((*place, key))
        place = (*place, keys[-1])
        if repeated:
            self._skip("]")
            self._last[place] = self._last.get(place, -1) + 1
        return self._open(place)

    def _open(self, place: Position) -> Position:
        return (*place, self._last[place]) if place in self._last else place

    def _key(self) -> tuple[str, ...]:
        """The parts of a key, up to and with the '=' or ']' behind it."""
        parts: list[str] = []
        while not (self._skip("=") or self._skip("]")):
            token = self._next()
            parts += [tomllib.loads(f"key={token}")["key"]] if token[0] in "\"'" else filter(None, token.split("."))
        return tuple(parts)

    def _value(self, place: Position) -> None:
        self._mark(place, self._tokens[self._at][1])
        if self._skip("["):
            index = 0
            while not self._closed("]"):
                self._value((*place, index))
                index += 1
        elif self._skip("{"):
            while not self._closed("}"):
                self._value(place + self._key())
        else:
            while self._at < len(self._tokens) and self._tokens[self._at][0] not in (",", "]", "}", "\n"):
                self._at += 1

    def _closed(self, bracket: str) -> bool:
        while self._skip("\n") or self._skip(","):
            pass
        return self._skip(bracket)

    def _mark(self, place: Position, line: int) -> None:
        for length in range(1, len(place) + 1):
            self.lines.setdefault(place[:length], line)

    def _skip(self, token: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at][0] == token
        self._at += found
        return found

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][0]

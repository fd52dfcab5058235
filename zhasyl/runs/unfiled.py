"""Digest of code that is in no file: a class of a notebook, or of what Python reads from standard input.

It covers the class, its bases there, and whatever their code names among what was defined there: functions, classes,
numbers, texts, arrays, and containers of these. Docstrings, line numbers and the names of the cells change nothing.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any

SCALARS = (bool, int, float, complex, str, bytes, type(None))
NO_CODE = frozenset({"__dict__", "__weakref__", "__doc__", "__module__", "__firstlineno__", "__static_attributes__"})


def digest_of_class(cls: type) -> str:
    """One digest of a class and what it names in its own module."""
    total = sha256()
    for line in _Walk(cls.__module__).lines(cls.__qualname__, cls):
        total.update(f"{line}\n".encode("utf-8", "backslashreplace"))
    return total.hexdigest()


class _Walk:
    """Goes through all that code depends on, each thing once."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._seen: dict[int, Any] = {}  # kept: another thing would have the number of one that is gone

    def lines(self, name: str, value: Any) -> Iterator[str]:
        """What determines a value, line by line."""
        if isinstance(value, SCALARS):
            yield f"{name} {value!r}"
            return
        if id(value) in self._seen:
            return
        self._seen[id(value)] = value
        yield from self._of_many(name, value)

    def _of_many(self, name: str, value: Any) -> Iterator[str]:
        if isinstance(value, (classmethod, staticmethod)):
            yield from self.lines(name, value.__func__)
        elif isinstance(value, property):
            yield from self.lines(name, value.fget)
        elif isinstance(value, cached_property):
            yield from self.lines(name, value.func)
        elif isinstance(value, (list, tuple)):
            for number, one in enumerate(value):
                yield from self.lines(f"{name}.{number}", one)
        elif isinstance(value, (set, frozenset)):
            yield f"{name} {sorted(map(repr, value))}"
        elif isinstance(value, Mapping):
            for key, one in value.items():
                yield from self.lines(f"{name}.{key}", one)
        elif hasattr(value, "tobytes") and hasattr(value, "dtype"):
            yield f"{name} {value.dtype} {value.shape} {sha256(value.tobytes()).hexdigest()}"
        elif getattr(value, "__module__", None) == self._module:
            yield from self._of_here(name, value)

    def _of_here(self, name: str, value: Any) -> Iterator[str]:
        """Of a class or function that was defined in the module."""
        if isinstance(value, type):
            for base in value.__bases__:
                yield from self.lines(base.__qualname__, base)
            for key, one in sorted(vars(value).items()):
                if key not in NO_CODE and not key.startswith(("__pydantic", "_abc", "__abstract")):
                    yield from self.lines(f"{name}.{key}", one)
        elif isinstance(value, FunctionType):
            yield from self._code(name, value.__code__, value.__globals__)
            yield from self.lines(f"{name} defaults", (value.__defaults__, value.__kwdefaults__))
            for number, cell in enumerate(value.__closure__ or ()):
                yield from self.lines(f"{name} encloses {number}", cell.cell_contents)

    def _code(self, name: str, code: CodeType, around: Mapping[str, Any]) -> Iterator[str]:
        constants = code.co_consts[1:] if code.co_consts and code.co_consts[0].__class__ is str else code.co_consts
        yield f"{name} {code.co_code.hex()} {code.co_names} {code.co_varnames}"
        for number, one in enumerate(constants):
            if isinstance(one, CodeType):
                yield from self._code(f"{name}.{number}", one, around)
            else:
                yield from self.lines(f"{name}.{number}", one)
        for used in sorted(code.co_names):
            if used in around:
                yield from self.lines(used, around[used])

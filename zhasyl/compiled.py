"""Functions compiled ahead, when zhasyl is installed, or by numba when they are first called and then kept on disk."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import file_digest
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
IN_PLACE: dict[str, Any] = {"error_model": "numpy", "_nrt": False}  # no memory is handed out, so none is counted
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **IN_PLACE}


def kept_on_disk(function: Function, **options: Any) -> Function:
    """Compiled by numba when first called, and kept beside its file or in the user's cache.

    Where both are read-only, as in a container without a home, each process compiles anew.
    """
    import numba

    compiled = numba.njit(**options)(function)
    with suppress(RuntimeError):  # numba found no folder that it may write to
        compiled.enable_caching()
    return cast(Function, compiled)


def ahead(rule: ModuleType) -> ModuleType | None:
    """The extension that `setup.py` made of a module; none without a C compiler, or of another text than the file has."""
    package, _, name = rule.__name__.rpartition(".")
    try:
        extension = import_module(f"{package}._{name}")
    except ImportError:
        return None
    with Path(str(rule.__file__)).open("rb") as file:
        return extension if extension.DIGEST == file_digest(file, "sha256").hexdigest() else None


@cache
def by_numba(rule: ModuleType, called: Sequence[str]) -> Any:
    """The functions of a module compiled by numba; those `called` from Python only, to unpack arrays takes long."""
    import numba

    names = dict(vars(rule))
    for name, function in vars(rule).items():
        if isinstance(function, FunctionType) and function.__module__ == rule.__name__:
            copy = FunctionType(function.__code__, names, name)
            names[name] = kept_on_disk(copy, **IN_PLACE) if name in called else numba.njit(**INNER)(copy)
    return SimpleNamespace(**{name: names[name] for name in called})

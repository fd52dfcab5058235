"""Functions compiled ahead, when zhasyl is installed, or by numba when they are first called and then kept on disk."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from hashlib import file_digest
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, TextIO, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
IN_PLACE: dict[str, Any] = {"error_model": "numpy", "_nrt": False}  # no memory is handed out, so none is counted
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **IN_PLACE}

AHEAD = "install zhasyl again where a C compiler is, and it comes compiled"


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
    """The extension that `setup.py` made of a module; none if there is none, or of another text than the file has."""
    package, _, name = rule.__name__.rpartition(".")
    try:
        extension = import_module(f"{package}._{name}")
    except ImportError:
        return None
    return extension if _digest(rule) == extension.DIGEST else None


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


@contextmanager
def alone(rule: ModuleType, function: Any, called: str) -> Iterator[None]:
    """Compile a function of `by_numba` while no other process does, with a line that says so; the others wait for it.

    Where nothing is kept on disk, or no file can be locked, there is nobody to wait for.
    """
    import numba

    folder, kept = function.stats.cache_path, f"{_digest(rule)} {numba.__version__} {sys.version}"
    with ExitStack() as stack:
        lock = _locked(Path(folder) / f"{rule.__name__}.lock", stack) if folder else None
        done = lock is None or lock.read() == kept
        if done:
            stack.close()  # the next one may come in
        else:
            print(f"zhasyl: compiling {called}, about a minute, once on this machine; {AHEAD}", file=sys.stderr)
        yield
        if lock is not None and not done:
            lock.truncate(0)
            lock.write(kept)


def _locked(place: Path, stack: ExitStack) -> TextIO | None:
    """A file that one process has at a time, from its start; none where that is not to be had."""
    try:
        import fcntl

        file = stack.enter_context(place.open("a+", encoding="utf-8"))
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
    except (ImportError, OSError):
        return None
    return file


def _digest(rule: ModuleType) -> str:
    with Path(str(rule.__file__)).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

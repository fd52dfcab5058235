"""What else determines a run than names and versions: a plug-in's code, and the content of files that parameters name.

build      digest of zhasyl's own source, said by each record and no part of its key: versions are
plug-ins   distribution, version and digest of the source, of each controller of somebody else's, wrapped ones included;
           the source is every file of its top-level package, or its module with those beside it, or what a notebook
           defines (`zhasyl.runs.unfiled`); and the versions of the packages that its distribution requires
files      digest of each file or folder whose path is the value of a parameter, by the parameter's name, and of those
           that the controller's `files` names

Code is read once a process, as it was imported once; files of parameters whenever they have changed.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from zhasyl.controllers import BUILT_IN, ENTRY_POINT_GROUP, ControllerSpec
from zhasyl.controllers.base import Controller
from zhasyl.errors import ControllerError, ZhasylError
from zhasyl.files.sealed import digest_once

OURS = "zhasyl"
WRAPPED = "of"
COMPILED = frozenset({".pyc", ".pyo", ".nbi", ".nbc"})
CACHES = frozenset({"__pycache__", ".git"})


@cache
def build() -> str:
    """Digest of the Python source of this installation of zhasyl."""
    total = sha256()
    for place, names in _folders_below(_home(OURS)):
        for name in names:
            if name.endswith(".py"):
                with open(os.path.join(place, name), "rb") as file:
                    total.update(f"{name}\0{sha256(file.read()).hexdigest()}\n".encode())
    return total.hexdigest()


def plug_ins_of(spec: ControllerSpec) -> dict[str, Any]:
    """What a run's key says of somebody else's controllers beside their versions and parameters; nothing of ours."""
    return {"plug_ins": dict(found)} if (found := list(_plug_ins(spec))) else {}


def files_of(spec: ControllerSpec) -> dict[str, Any]:
    """What a run's key says of files and folders that parameters name."""
    found = {**dict(_named_files(spec.parameters)), **dict(_declared_files(spec))}
    return {"files": found} if found else {}


def _plug_ins(spec: ControllerSpec) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if BUILT_IN.get(spec.name) != f"{spec.cls.__module__}:{spec.cls.__qualname__}":
        yield spec.name, {**_distribution(spec.name), "source": _source(spec.cls)}
    wrapped = getattr(spec.parameters, "wrapped", None)
    if isinstance(wrapped, ControllerSpec):
        yield from _plug_ins(wrapped)


@cache
def _distribution(name: str) -> Mapping[str, Any]:
    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        if entry.dist is not None:
            required = dict(_required(entry.dist.requires or ()))
            found = {"distribution": entry.dist.name, "version": entry.dist.version}
            return {**found, "requires": required} if required else found
    return {}


def _required(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The packages that a distribution requires, by name with the versions that are installed; without ours."""
    for line in sorted(lines):
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line)
        if name and name[0].lower() != OURS and "extra ==" not in line:
            with suppress(PackageNotFoundError):
                yield name[0].lower(), version(name[0])


def _source(cls: type) -> str:
    """Digest of the code of a controller and of those it inherits from, without ours."""
    own = [base for base in cls.__mro__ if issubclass(base, Controller) and _top(base) != OURS]
    filed, unfiled = _filed(frozenset(map(_top, own))), [base for base in own if not _has_file(_top(base))]
    if not unfiled:
        return filed
    from zhasyl.runs.unfiled import digest_of_class

    return sha256("\n".join([filed, *map(digest_of_class, unfiled)]).encode()).hexdigest()


def _top(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _has_file(top: str) -> bool:
    return hasattr(sys.modules.get(top), "__path__") or bool(getattr(sys.modules.get(top), "__file__", None))


@cache
def _filed(tops: frozenset[str]) -> str:
    """Digest of the files of some packages and modules."""
    return _digest_of(file for top in sorted(tops) for file in _sources(top))


def _sources(top: str) -> list[Path]:
    """The files of a package; of a single module, it and the modules beside it."""
    home, module = _home(top), getattr(sys.modules.get(top), "__file__", None)
    if home.is_dir():
        return list(_files_below(home))
    return sorted(Path(module).parent.glob("*.py")) if module else []


def _home(top: str) -> Path:
    return Path(next(iter(getattr(sys.modules.get(top), "__path__", ())), os.devnull))


def _files_below(folder: Path) -> Iterator[Path]:
    """Every file of a folder and its linked ones, in order; not what Python and numba make of them."""
    for place, names in _folders_below(folder):
        yield from (path for path in (Path(place, name) for name in names) if _is_source(path))


def _folders_below(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A folder, those in it and linked ones, in order, each with the names of its files."""
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(place))
        folders[:] = sorted(
            name for name in folders if name not in CACHES and os.path.realpath(os.path.join(place, name)) not in seen
        )
        yield place, sorted(names)


def _is_source(path: Path) -> bool:
    return path.suffix not in COMPILED and path.is_file()


def _digest_of(files: Iterable[Path]) -> str:
    """One digest of files: of their names and contents, wherever their folder lies."""
    total = sha256()
    for path in files:
        total.update(f"{path.name}\0{digest_once(path)}\n".encode())
    return total.hexdigest()


def _named_files(parameters: BaseModel) -> Iterator[tuple[str, str]]:
    for key in type(parameters).model_fields:
        yield from _in_value(key, getattr(parameters, key))
    wrapped = getattr(parameters, "wrapped", None)
    if isinstance(wrapped, ControllerSpec):
        yield from ((f"{WRAPPED}.{key}", digest) for key, digest in _named_files(wrapped.parameters))


def _declared_files(spec: ControllerSpec) -> Iterator[tuple[str, str]]:
    """The files that a controller names itself."""
    owner = f"controller '{spec.label}'"
    try:
        named = [Path(path) for path in spec.cls.files(spec.parameters)]
    except ZhasylError:
        raise
    except (Exception, SystemExit) as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ControllerError(f"{owner}: its files cannot be listed: {said}; fix its code") from error
    for number, path in enumerate(named):
        found = _content(f"{owner}: its file {path}", path)
        if not found:
            raise ControllerError(f"{owner} depends on {path}, which is no file or folder; put it there")
        yield f"{number}.{path.name}", found


def _in_value(key: str, value: object) -> Iterator[tuple[str, str]]:
    """The files that a value names, values within it included."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _in_value(f"{key}.{name}", one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for number, one in enumerate(sorted(value, key=str) if isinstance(value, (set, frozenset)) else value):
            yield from _in_value(f"{key}.{number}", one)
    elif isinstance(value, (str, Path)) and str(value):
        digest = _content(f"{key}={value}", Path(value))
        if digest:
            yield key, digest


def _content(called: str, path: Path) -> str:
    """Digest of a file or of a folder below the present one; '' for what is neither."""
    try:
        if path.is_file():
            return digest_once(path)
        if path.is_dir() and not Path.cwd().resolve().is_relative_to(path.resolve()):
            return _digest_of(_files_below(path))
    except OSError as error:
        if os.path.lexists(path):
            raise ControllerError(f"{called} cannot be read: {error.strerror or error}; fix its rights") from error
    return ""

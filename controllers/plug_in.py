"""Loading somebody else's controller: first in a process of its own, which it may end, crash or never give back."""

import sys
from importlib.metadata import EntryPoint

from zhasyl.errors import ControllerError, SimulationError
from zhasyl.guard import CONSTRUCTION_LIMIT_S
from zhasyl.process.workers import run_isolated

PLUG_IN = tuple[str, str, str]  # of an entry point: name, value, group


def load_plug_in(entry: EntryPoint) -> object:
    """What an entry point names. Raises ControllerError for one whose import fails, leaves, crashes or hangs."""
    if entry.module not in sys.modules:
        _try((entry.name, entry.value, entry.group))
    return _loaded(entry)


def _try(plug_in: PLUG_IN) -> None:
    try:
        run_isolated(_load, plug_in, CONSTRUCTION_LIMIT_S, "its import")
    except SimulationError as error:
        raise _cannot(plug_in[0], str(error)) from None


def _load(plug_in: PLUG_IN) -> None:
    """In a process of its own, where no Ctrl-C comes from the user: whatever is raised is the plug-in's."""
    _loaded(EntryPoint(*plug_in), BaseException)


def _loaded(entry: EntryPoint, failures: type[BaseException] = Exception) -> object:
    try:
        return entry.load()
    except failures as error:
        raise _cannot(entry.name, f"{type(error).__name__}: {' '.join(str(error).split())}") from error


def _cannot(name: str, why: str) -> ControllerError:
    return ControllerError(f"controller '{name}' cannot be loaded: {why}")

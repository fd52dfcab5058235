"""Everything zhasyl raises on purpose.

ZhasylError                 what a user can fix; the command line prints it as one line and exits with 2
├── ScenarioError           a scenario, network or demand file is missing, invalid or refused by SUMO
├── SignalError             a signal's groups, stages or timings contradict each other
├── ControllerError         no such controller, or a parameter of the wrong type or range
├── SensorError             no such sensor, or a parameter of the wrong type or range
├── LearningError           an environment for learning was asked for what it has not, or an action that is none
├── StudyError              a study file contradicts itself or names what does not exist
├── OutputError             results cannot be written or read back
└── SimulationError         a run failed: its process died or raised what nobody foresaw; exit status 3
"""

import errno
from collections.abc import Iterable
from difflib import get_close_matches

NO_MEMORY_SAID = ("failed to map segment", "Cannot allocate memory", "cannot allocate memory", "can't start new thread")
NO_MEMORY = "out of memory or threads; raise the limits (ulimit -v, -u), free some, or run fewer --jobs at a time"


class ZhasylError(Exception):
    """Base of all errors raised on purpose; its text is one line that shows value, limit and next step."""


class ScenarioError(ZhasylError):
    """A scenario, network or demand file is missing, invalid or cannot be simulated."""


class SignalError(ZhasylError):
    """A signal's groups, stages or timings contradict each other."""


class ControllerError(ZhasylError):
    """No such controller, or a parameter of the wrong type or range."""


class SensorError(ZhasylError):
    """No such sensor, or a parameter of the wrong type or range."""


class LearningError(ZhasylError):
    """An environment for learning was asked for what it has not, or given an action that is none."""


class StudyError(ZhasylError):
    """A study file cannot be read, contradicts itself or names what does not exist."""


class OutputError(ZhasylError):
    """Results cannot be written or read back."""


class SimulationError(ZhasylError):
    """A run failed: its process died, or raised what nobody foresaw."""


def reason(error: Exception) -> str:
    """Why something failed, in one line: in the system's words where it has some."""
    return getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__


def out_of_memory(error: BaseException | None) -> bool:
    """Is this an error, or one that follows from one, of a process that may have no more memory or threads?"""
    while error is not None:
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        said = str(error) if isinstance(error, ImportError | RuntimeError | OSError) else ""
        if any(words in said for words in NO_MEMORY_SAID):
            return True
        error = error.__cause__ or error.__context__
    return False


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """One line for a name that is not known: the name, the nearest known one, all known ones."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return f"no {kind} '{name}'.{hint} Known: {', '.join(names)}"

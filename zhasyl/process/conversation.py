"""A process that one talks with: messages of bytes go both ways until one of the two has enough.

It is as fresh and as much its own as that of a run (`zhasyl.process.workers`), and ends with who has started it.
"""

import os
import shutil
import socket
import sys
import tempfile
import weakref
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from zhasyl.errors import NO_MEMORY, SimulationError, ZhasylError, out_of_memory
from zhasyl.process.isolated import GRACE_S, end_followers, end_without_parent, hear_signals, lead
from zhasyl.process.limits import limits_said, refuse_full_disk
from zhasyl.process.stopping import StoppedError
from zhasyl.process.workers import (
    allow_children,
    end_process,
    ending_said,
    fresh_context,
    give_time,
    needs_main,
    start_process,
)

T = TypeVar("T")

Task = Callable[[T, "Ear"], None]
SAID, FAILED = b"s", b"f"


class HungUpError(BaseException):
    """The other one has enough. No Exception, so that nobody takes it for a failure."""


class Ear:
    """The process's own end: what it says, and the answer to it."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def say(self, message: bytes) -> None:
        """Say something that needs no answer. Raises HungUpError."""
        try:
            self._line.send_bytes(SAID + message)
        except OSError:
            raise HungUpError from None

    def ask(self, message: bytes) -> bytes:
        """Say something and wait for the answer. Raises HungUpError where none will come."""
        self.say(message)
        try:
            return self._line.recv_bytes()
        except (EOFError, OSError):
            raise HungUpError from None


class Partner:
    """A process that does `task(argument, ear)`, seen from outside; it ends when it is closed, or forgotten."""

    def __init__(self, task: Task[T], argument: T, called: str) -> None:
        made = fresh_context(clean=True)
        self._called = called
        scratch = tempfile.mkdtemp(prefix="zhasyl-")
        self._remove = weakref.finalize(self, shutil.rmtree, scratch, ignore_errors=True)
        self._line, theirs = made.Pipe()
        self._process = made.Process(target=_work, args=(task, argument, scratch, theirs), daemon=True)
        allow_children()
        self.closed = False
        try:
            start_process(self._process, alone=not needs_main(task, argument))
        except BaseException:
            self._line.close()
            self._remove()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self._process.pid)

    def tell(self, message: bytes) -> None:
        """Answer what it has asked."""
        with suppress(OSError):  # it died: `hear` says how
            self._line.send_bytes(message)

    def hear(self) -> bytes:
        """What it says next. Raises its ZhasylErrors, and SimulationError if it dies; it is closed then."""
        try:
            said: bytes = self._line.recv_bytes()
        except (EOFError, OSError):
            give_time(self._process)
            code = self._process.exitcode
            self.close()
            refuse_full_disk()
            raise SimulationError(f"{self._called} died with {ending_said(code)}{limits_said()}") from None
        except BaseException:  # Ctrl-C: what it says would be taken for the answer to something else
            self.close()
            raise
        if said[:1] == SAID:
            return said[1:]
        self.close()
        raise _error(said[1:])

    def close(self) -> None:
        """Hang up, and end the process; more than once does nothing."""
        if not self.closed:
            self.closed = True
            self._hang_up()
            wait([self._process.sentinel], GRACE_S)  # looks seldom, while `end_process` looks often
            end_process(self._process)
            self._process.close()
            self._remove()

    def _hang_up(self) -> None:
        """To close the line is not enough: processes that were forked since hold it open, too."""
        with suppress(OSError), socket.socket(fileno=os.dup(self._line.fileno())) as both:
            both.shutdown(socket.SHUT_RDWR)
        self._line.close()


def _error(said: bytes) -> ZhasylError:
    """An error that was sent by its kind's name and its text."""
    import zhasyl.errors

    name, _, text = said.decode("utf-8", "replace").partition("\n")
    kind = getattr(zhasyl.errors, name, SimulationError)
    found: ZhasylError = kind(text)
    return found


def _work(task: Task[Any], argument: Any, scratch: str, line: Connection) -> None:
    lead()
    hear_signals()
    tempfile.tempdir = scratch
    try:
        end_without_parent(None)
        task(argument, Ear(line))
    except HungUpError:
        pass
    except StoppedError as error:
        shutil.rmtree(scratch, ignore_errors=True)  # the parent may be no more
        end_followers()
        sys.exit(128 + error.number)
    except BaseException as error:
        with suppress(OSError):
            line.send_bytes(FAILED + _told(error))
    line.close()


def _told(error: BaseException) -> bytes:
    kind = type(error) if isinstance(error, ZhasylError) else SimulationError
    said = " ".join(str(error).split())
    if out_of_memory(error):
        kind, said = SimulationError, f"an episode failed: {NO_MEMORY}"
    elif not isinstance(error, ZhasylError):
        said = f"an episode failed: {type(error).__name__}: {said}"
    return f"{kind.__name__}\n{said}".encode("utf-8", "backslashreplace")

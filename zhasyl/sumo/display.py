"""Is there a screen for sumo-gui? Its own answer comes late: traci starts a program that has ended 60 times again."""

import os
import re
import socket
import sys
from contextlib import suppress

from zhasyl.errors import ScenarioError

DISPLAY = re.compile(r"(?:\w+/)?(?P<host>[^:]*):(?P<number>[0-9]{1,4})(?:\.[0-9]+)?")
FIRST_PORT = 6000  # X11's of display 0
ANSWER_LIMIT_S = 5.0


def check_display() -> None:
    """Raise ScenarioError if sumo-gui has nowhere to show itself."""
    if why := _why_none():
        raise ScenarioError(f"--gui needs a screen, and {why}; set DISPLAY to one, or run without --gui")


def _why_none() -> str:
    """'' if the display of X11 answers, or if it cannot be told; else why sumo-gui has nowhere to show itself."""
    name = os.environ.get("DISPLAY", "")
    if sys.platform != "linux":
        return ""
    if not name:
        return "DISPLAY is not set"
    found = DISPLAY.fullmatch(name)
    if not found:
        return f"DISPLAY is {name[:80]!r}, which is no display, as for example :0"
    if not _answers(found["host"], int(found["number"])):
        return f"DISPLAY is {name[:80]!r}, where nobody answers"
    return ""


def _answers(host: str, number: int) -> bool:
    local = f"/tmp/.X11-unix/X{number}"  # noqa: S108  where X11 has it
    if host in ("", "unix") and any(_connects(path) for path in (local, f"\0{local}")):
        return True
    with suppress(OSError), socket.create_connection((host or "localhost", FIRST_PORT + number), ANSWER_LIMIT_S):
        return True
    return False


def _connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as tried:
        return tried.connect_ex(path) == 0

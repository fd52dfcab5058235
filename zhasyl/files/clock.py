"""Times as tables write them, in seconds; those of SUMO's files beside them."""

import re

from zhasyl.sumo.times import sumo_time_s as sumo_time_s

DAY_S = 86400.0


def clock_s(text: object, days: int = 1) -> float:
    """Seconds since midnight of a clock time before 24:00, or with more `days` that begin at it. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", str(text), re.ASCII)
    if not found or int(found[1]) >= 24 * days:
        raise ValueError("it is no clock time; write for example 07:30")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600.0 + minutes * 60.0 + seconds


def seconds(time_s: float) -> str:
    """A time as SUMO's files and options have it, to its resolution of a millisecond: '1234567.5'."""
    return f"{time_s:.3f}".rstrip("0").rstrip(".")


def clock(time_s: float) -> str:
    """Seconds since midnight as a clock time, to the second: '07:30', '07:30:15'; what follows midnight is '24:15'."""
    minutes, seconds = divmod(round(time_s), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def time_of_day(time_s: float) -> str:
    """As `clock`, but as a clock on the wall shows it: what follows midnight is '00:15'."""
    return clock(round(time_s) % DAY_S)

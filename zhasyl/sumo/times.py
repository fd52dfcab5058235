"""Times as SUMO's files write them, in seconds."""

import math

UNITS_S = (1.0, 60.0, 3600.0, 86400.0)


def sumo_time_s(text: str) -> float:
    """A time as SUMO has it: seconds, h:mm:ss or d:hh:mm:ss; nan for anything else, such as 'triggered'."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        return math.nan
    if len(parts) not in (1, 3, 4) or not all(map(math.isfinite, parts)):
        return math.nan
    return sum(part * unit for part, unit in zip(reversed(parts), UNITS_S, strict=False))


def given_time_s(text: str, name: str) -> float:
    """A time that must be one; `name` says which. Raises ValueError."""
    time_s = sumo_time_s(text)
    if math.isnan(time_s):
        raise ValueError(f"{name} '{text[:40]}' is no time; give seconds or h:mm:ss")
    return time_s

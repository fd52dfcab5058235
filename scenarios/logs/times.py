"""Date and time of events as they are written: 2024-04-15 12:00:00.3, 2024-04-15T12:00:00Z, 4/15/2024 12:00:00.3 PM."""

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from zhasyl.errors import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = (
    r"^\s*(?P<a>\d{1,4})(?P<by>[-/.])(?P<b>\d{1,2})[-/.](?P<c>\d{1,4})[T ]+(?P<hour>\d{1,2}):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?\s*$"
)
DAY_OVER_12 = r"^\s*(?:1[3-9]|2\d|3[01])[-/.]"
CHUNK_ROWS = 500_000
UTC = frozenset({"Z", "+00:00", "+0000", "-00:00", "-0000"})


def local_zone(name: str) -> ZoneInfo:
    """A time zone by its name. Raises ScenarioError."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ScenarioError(f"--zone '{name[:60]}' is no time zone; write for example Asia/Almaty") from None


def parsed(texts: "pd.Series", zone: str) -> tuple["pd.Series", list[str]]:
    """Local times, missing where a text is none, and what is to be said of them. Raises ScenarioError.

    Times with an offset are turned into `zone`, and without one are taken as the clock on the wall that they show;
    in UTC they need a zone.
    """
    import pandas as pd

    parts = [texts.iloc[first : first + CHUNK_ROWS].astype("str") for first in range(0, len(texts), CHUNK_ROWS)]
    day_first = any(bool(part.str.match(DAY_OVER_12).any()) for part in parts)
    read = [_wall(part.str.extract(WRITTEN), day_first) for part in parts]
    wall: pd.Series = pd.concat([one.wall for one in read])
    zones = {name for one in read for name in one.zones}
    remarks = ["dates are read as month/day/year"] if any(one.guessed for one in read) else []
    if not zones:
        return wall, remarks + naive_with(zone)
    if zone:
        local, changes = localised(pd.concat([one.utc for one in read]), zone)
        return local, remarks + changes
    if zones <= UTC:
        raise ScenarioError(IN_UTC)
    return wall, [*remarks, "times have an offset: taken as the local time they show"]


IN_UTC = "times are in UTC, plans and counts are by local time; add --zone, for example --zone America/Los_Angeles"


def naive_with(zone: str) -> list[str]:
    """What is said where a zone is given for times that have none."""
    return [f"times have no zone: taken as local time, --zone {zone} is not needed"] if zone else []


def localised(utc: "pd.Series", zone: str) -> tuple["pd.Series", list[str]]:
    """Times in UTC on the clock of a zone, and whether the clock changes among them. Raises ScenarioError."""
    local: pd.Series = utc.dt.tz_localize("UTC").dt.tz_convert(local_zone(zone)).dt.tz_localize(None)
    changes = (local - utc).nunique() > 1
    said = "the clock changes within the file (summer time): an hour is missing or there twice on that day"
    return local, [said] if changes else []


class _Read(NamedTuple):
    """The clock on the wall and in UTC, the offsets as written, and whether month and day are a guess."""

    wall: "pd.Series"
    utc: "pd.Series"
    zones: set[str]
    guessed: bool


def _wall(found: "pd.DataFrame", day_first: bool) -> _Read:
    import pandas as pd

    a, b, c, hour, minute, second = (pd.to_numeric(found[name], errors="coerce") for name in
                                     ("a", "b", "c", "hour", "minute", "second"))  # fmt: skip
    year_first, points = a > 31, found["by"] == "."
    days_first = ~year_first & (points | day_first)
    parts = {
        "year": np.where(year_first, a, c),
        "month": np.where(year_first, b, np.where(days_first, b, a)),
        "day": np.where(year_first, c, np.where(days_first, a, b)),
    }
    part_s = pd.to_numeric("0." + found["part"], errors="coerce").fillna(0.0)
    half = found["half"].str.lower()
    hour = hour.where(half.isna(), hour % 12 + np.where(half == "pm", 12, 0))
    valid = (hour < 24) & (minute < 60) & ~(second >= 60)
    time_ms = ((hour * 60 + minute) * 60 + second.fillna(0.0) + part_s).mul(1000).round().where(valid)
    wall = pd.to_datetime(pd.DataFrame(parts, index=found.index), errors="coerce") + pd.to_timedelta(time_ms, unit="ms")
    unclear = ~year_first & ~days_first & (b <= 12) & (a != b)
    utc = wall - pd.to_timedelta(found["zone"].map(_offset_s).fillna(0.0).astype("float64"), unit="s")
    return _Read(wall, utc, set(found["zone"].dropna().unique()), bool(unclear.any()))


def _offset_s(text: object) -> float:
    if not isinstance(text, str) or text in UTC:
        return 0.0
    hours, minutes = int(text[1:3]), int(text[-2:])
    return (hours * 3600.0 + minutes * 60.0) * (-1.0 if text[0] == "-" else 1.0)

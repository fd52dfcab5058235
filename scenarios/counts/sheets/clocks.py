"""Times as count sheets write them: 7:00, 0700, 7.00, 7:00 AM, 7:00-7:15, 7-8, with a date, Excel's share of a day."""

import re
from dataclasses import dataclass

from zhasyl.files.clock import DAY_S

DATE = re.compile(r"(\d{4}-\d\d?-\d\d?|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d))(?:,?[ T]+|$)")
TIME = re.compile(
    r"(?:(?=\d\d?[:.]|\d{4}(?!\d)|\d{3} ?[ap]))(\d{1,2})[:.]?(\d\d)(?::(\d\d))?(?:\.0+)? ?([ap])?\.?m?\.?",
    re.IGNORECASE,
)
HOUR = re.compile(r"(\d{1,2}) ?(?:([ap])\.?m\.?)?(?: ?ч\.?)?", re.IGNORECASE)
SHARE = re.compile(r"0\.\d{3,}")
TO = re.compile(r" ?(?:[-–—~]| to | до ) ?")


@dataclass(frozen=True)
class Interval:
    """Seconds after midnight; the end may be missing, the date as the sheet has it."""

    begin_s: float
    end_s: float | None = None
    date: str = ""


def in_column(text: str) -> Interval | None:
    """As `interval`, of a cell below a heading of times: there Excel's 700 is 0700."""
    return interval(text.zfill(4) if re.fullmatch(r"\d{3}", text) else text)


def interval(text: str) -> Interval | None:
    """What a cell says of time; None if it says none."""
    text = re.sub(r"^(?:с|from) (?=\d)", "", " ".join(text.split()))
    date = DATE.match(text)
    day = date[1] if date else ""
    rest = text[date.end() :] if date else text
    if SHARE.fullmatch(rest):
        return Interval(round(float(rest) * DAY_S / 60) * 60.0, None, day)
    if (alone := _time_s(rest, "")) is not None:
        return Interval(alone, None, day)
    parts = TO.split(rest, maxsplit=1)
    if len(parts) != 2:
        return None
    second = DATE.sub("", parts[1]) if DATE.match(parts[1]) else parts[1]
    half = re.search(r"([ap])\.?m\.?$", second, re.IGNORECASE)
    begin_s = _time_s(parts[0], "", hours=True)
    end_s = _time_s(second, "", hours=True)
    if half and begin_s is not None and end_s is not None and not re.search(r"m\.?$", parts[0], re.IGNORECASE):
        in_half = _time_s(parts[0], half[1], hours=True)
        begin_s = in_half if in_half is not None and in_half < end_s else begin_s
    if begin_s is None or end_s is None:
        return None
    return Interval(begin_s, DAY_S if end_s == 0 else end_s, day)


def _time_s(text: str, half: str, hours: bool = False) -> float | None:
    """Seconds of one time; `hours`: 7 alone is one, too."""
    text = text.strip()
    found = TIME.fullmatch(text)
    if found:
        hour, minute, second, said = int(found[1]), int(found[2]), int(found[3] or 0), found[4] or half
    elif (found := HOUR.fullmatch(text)) and (hours or found[2]):
        hour, minute, second, said = int(found[1]), 0, 0, found[2] or half
    else:
        return None
    if said:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if said.lower() == "p" else 0)
    if minute > 59 or second > 59 or hour > 48:
        return None
    return hour * 3600.0 + minute * 60.0 + second

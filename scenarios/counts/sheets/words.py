"""What headings of count sheets mean: turns, crossings, sums; and what a name of an approach is in short."""

import re

from zhasyl.scenarios.arms import approach_name, arm_name
from zhasyl.scenarios.counts.count import CLASSES, ON_BICYCLE, ON_FOOT
from zhasyl.scenarios.directions import POINTS
from zhasyl.text.local_words import (
    BY_BICYCLE,
    COUNT_COLUMNS,
    MOVEMENTS,
    PARTS_OF_CLASSES,
    RIGHT_ON_RED,
    is_some_total,
    named,
    plain_words,
)
from zhasyl.text.local_words import CLASSES as CLASS_WORDS
from zhasyl.text.local_words import ON_FOOT as FOOT_WORDS

WIDE = re.compile(r"^([NSEW]B|(?:NE|NW|SE|SW)B?)([LTRU])$")
ARROWS = re.compile(r" ?(?:->|→|=>|➔) ?")
TO = re.compile(r" (?:to|на) ")
DASH = re.compile(r" ?[-–—] ?")
PAIRS = {"NS", "SN", "EW", "WE"}
HEADINGS = {azimuth: f"{point}B" for point, azimuth in POINTS.items()}
WAYS_ROUND = frozenset({"cw", "ccw", "clockwise", "counterclockwise", "counter-clockwise"})
ALL = frozenset({"all", "all vehicles", "summary", "все", "все тс", "сводная", "total (or all)", "all classes"})


def is_all(text: str) -> bool:
    """Does a heading or the name of a sheet count all classes together: 'All traffic', 'Cars & Trucks', 'Все ТС'?"""
    word = plain_words(text).strip(" .:")
    classes = {name for part in re.split(r" ?(?:[&+,/]|\band\b|\bи\b) ?", word) if (name := class_of(part))}
    return word in ALL or word.split(" ")[0] in ("all", "все", "барлық") or (not class_of(word) and len(classes) > 1)


def heading_word(text: str) -> str:
    """A heading as words are looked up: 'U-Turns ' and 'Thru.' are known."""
    return plain_words(named(text)).strip(" .:*")


def movement_of(text: str) -> str:
    """left, straight, right, u-turn; '' for another text."""
    word = heading_word(text)
    return "right" if word in RIGHT_ON_RED else MOVEMENTS.get(word, "")


def crossing_of(text: str) -> str:
    """pedestrian or bicycle, if a column counts who crosses; else ''."""
    word = heading_word(text)
    return ON_FOOT if word in FOOT_WORDS or word in WAYS_ROUND else ON_BICYCLE if word in BY_BICYCLE else ""


def class_of(text: str) -> str:
    """One of our classes, '' for another text."""
    word = plain_words(named(text)).strip(" .:")
    return word if word in CLASSES else CLASS_WORDS.get(word, "") or _tonnage(word)


def part_of_class(text: str) -> str:
    """The word for a part of one of our classes, which is added to the others: trolleybuses, 'trucks to 2 t'."""
    word = plain_words(text).strip(" .:")
    return word if word in PARTS_OF_CLASSES or any(char.isdigit() for char in word) else class_of(word)


def _tonnage(word: str) -> str:
    """Trucks by tonnage, as in the manner of GOST 32965: 'грузовые до 2 т', 'от 2 до 6 т', 'свыше 14 т', '2-6 т'."""
    tonnes = re.search(r"(?:\d ?(?:тонн|т\b)|\d ?t\b|тоннаж)", word)
    bounds = re.fullmatch(
        r"(?:до|от|свыше|св\.?|более|больше|>|<) ?\d+(?:[.,]\d)?(?: ?(?:до|-|–) ?\d+(?:[.,]\d)?)?", word
    )
    if word.startswith(("грузов", "жүк", "автопоезд", "truck")) or tonnes:
        return "truck"
    if word.startswith(("автобус", "троллейбус", "автобустар")):
        return "bus"
    if word.startswith(("легков", "жеңіл")):
        return "car"
    if word.startswith("микроавтобус"):
        return "van"
    return "truck" if bounds else ""


def short_approach(text: str) -> str:
    """NB for Northbound, SB for 'from the north'; another name as it is."""
    text = named(text)
    name = approach_name(text)
    if name.azimuth_deg is None or name.street:
        return text
    return HEADINGS.get((name.azimuth_deg + 180.0) % 360.0, text)


def turn_of(text: str) -> tuple[str, str] | None:
    """(approach, movement) of a heading such as NBL, 'NB Left', 'N-S', '1-3', 'Абая запад -> Сейфуллина север'."""
    text = named(text)
    if wide := WIDE.match(text.upper()):
        return (wide[1] if wide[1].endswith("B") else f"{wide[1]}B"), MOVEMENTS[wide[2].lower()]
    if text.upper() in PAIRS:
        return short_approach(text[0]), f"to {text[1].upper()}"
    if len(ends := ARROWS.split(text)) == 2 and all(ends):
        return _pair(ends[0], ends[1])
    if len(ends := TO.split(text)) == 2 and all(map(_is_arm, ends)):
        return _pair(ends[0], ends[1])
    ends = DASH.split(text)
    if len(ends) == 2 and all(ends) and _is_arm(ends[0]) and (movement_of(ends[1]) or _is_arm(ends[1])):
        return _pair(ends[0], ends[1])
    first, _, last = text.strip().rpartition(" ")
    if first and (movement := movement_of(last)) and _is_arm(first):
        return short_approach(first), movement
    return None


def _pair(first: str, second: str) -> tuple[str, str]:
    if _is_arm(second):  # 'N-S' goes to the south; S alone is straight on
        return short_approach(first), f"to {second}"
    return short_approach(first), movement_of(second) or f"to {second}"


def _is_arm(text: str) -> bool:
    name = arm_name(text)
    return name.azimuth_deg is not None or bool(name.number)


def column_name(text: str) -> str:
    """junction, approach, movement, begin, end, date, class or count, if a heading names such a column; else ''."""
    word = heading_word(text)
    return word if word in COUNT_COLUMNS.values() else COUNT_COLUMNS.get(word, "")


def is_sum(text: str) -> bool:
    """Does a heading say that a column adds others or is a share?"""
    return is_some_total(text) or "%" in text

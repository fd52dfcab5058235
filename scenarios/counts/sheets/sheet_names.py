"""What the name of a sheet says: a class of vehicles, or that it adds the other sheets."""

import re
from collections.abc import Collection

from zhasyl.scenarios.counts.count import ON_BICYCLE
from zhasyl.scenarios.counts.sheets.grid import Grid, cell
from zhasyl.scenarios.counts.sheets.words import class_of, crossing_of, is_all, part_of_class
from zhasyl.text.local_words import is_some_total, plain_words

PRINTED = re.compile(r"groups printed ?[-:]? ?(.+)|(?:class|vehicle class|класс|вид транспорта) ?[:=] ?(.+)")
TITLES = 12


def sheet_class(grid: Grid) -> tuple[str, str]:
    """(the sheet's word for its class, ours): its name, else a title such as 'Groups Printed- Trucks', else cars.

    A sheet of people ('Peds', 'Pedestrians') has no class: '', and turns in it are not read; of 'Peds & Bikes' turns
    are those of bicycles. What counts several classes together is taken for cars.
    """
    for text in (grid.name, "" if together(grid) else printed(grid)):
        for word in (text, *re.split(r"[-_,]", text)):
            if name := class_of(word):
                return part_of_class(word), name
        kinds = {kind for word in re.findall(r"\w+", plain_words(text)) if (kind := crossing_of(word))}
        if kinds:
            return ("bicycle", "bicycle") if ON_BICYCLE in kinds else ("", "")
    return "car", "car"


def printed(grid: Grid) -> str:
    """What a title says of the classes of a sheet, '' if none does."""
    for _, cells in grid.lines[:TITLES]:
        found = PRINTED.fullmatch(plain_words(cell([text for text in cells if text], 0)))
        if found:
            return found[1] or found[2]
    return ""


def together(grid: Grid) -> str:
    """The classes that a title says are counted together: 'Lights - Buses - Trucks'."""
    said = printed(grid)
    return said if sum(bool(class_of(word)) for word in re.split(r" ?[-,/+] ?", said)) > 1 else ""


def on_bicycle(name: str) -> bool:
    """Does a sheet count who crosses by bicycle?"""
    small = plain_words(name)
    return crossing_of(name) == "bicycle" or ("crosswalk" in small and ("bike" in small or "bicycle" in small))


def is_sum_of_sheets(name: str, names: Collection[str]) -> bool:
    """Does a sheet add others that are there, too: 'Total' beside 'Lights' and 'Trucks'?"""
    classed = sum(bool(class_of(other)) for other in names)
    return classed > 0 and (is_all(name) or is_some_total(name))

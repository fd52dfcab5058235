"""What the name of a sheet says: a class of vehicles, or that it adds the other sheets."""

import re
from collections.abc import Collection

from zhasyl.scenarios.counts.sheets.grid import Grid, cell
from zhasyl.scenarios.counts.sheets.words import ALL, class_of, crossing_of, part_of_class
from zhasyl.scenarios.local_words import is_some_total, plain_words

PRINTED = re.compile(r"groups printed ?[-:]? ?(.+)|(?:class|vehicle class|класс|вид транспорта) ?[:=] ?(.+)")
TITLES = 12


def sheet_class(grid: Grid) -> tuple[str, str]:
    """(the sheet's word for its class, ours): its name, else a title such as 'Groups Printed- Trucks', else cars."""
    words = [grid.name, *re.split(r"[-_,]| - ", grid.name)]
    for _, cells in grid.lines[:TITLES]:
        found = PRINTED.fullmatch(plain_words(cell([text for text in cells if text], 0)))
        words += [found[1] or found[2]] if found else []
    for word in words:
        if name := class_of(word):
            return part_of_class(word), name
    return "car", "car"


def on_bicycle(name: str) -> bool:
    """Does a sheet count who crosses by bicycle?"""
    small = plain_words(name)
    return crossing_of(name) == "bicycle" or ("crosswalk" in small and ("bike" in small or "bicycle" in small))


def is_sum_of_sheets(name: str, names: Collection[str]) -> bool:
    """Does a sheet add others that are there, too: 'Total' beside 'Lights' and 'Trucks'?"""
    classed = sum(bool(class_of(other)) for other in names)
    return classed > 0 and (plain_words(name) in ALL or is_some_total(name))

"""The names of a signal's stages: as given, or by their place."""

from collections.abc import Sequence
from itertools import chain, count

from zhasyl.errors import unknown_name

LONGEST_NAME = 40  # letters


def stage_name(index: int) -> str:
    """'A' for the first stage, 'B' for the second; 'A26' beyond the alphabet."""
    return chr(ord("A") + index) if index < 26 else f"A{index}"


def stage_names(given: Sequence[str]) -> list[str]:
    """A name for each stage, all different: the one given, fit for a table's cell, or by its place if there is none."""
    fit = [_fit(text) for text in given]
    taken = {stage_name(index) for index, name in enumerate(fit) if not name}
    names = []
    for index, name in enumerate(fit):
        others = (f"{name}-{number}" for number in count(2))
        free = next(text for text in chain([name], others) if text not in taken) if name else stage_name(index)
        taken.add(free)
        names.append(free)
    return names


def stage_index(name: str, names: Sequence[str]) -> int:
    """The stage of that name, or of that letter where none is called so. Raises ValueError if there is none."""
    letters = [stage_name(index) for index in range(len(names))]
    if name not in names and name not in letters:
        raise ValueError(unknown_name("stage", name, names))
    return names.index(name) if name in names else letters.index(name)


def _fit(text: str) -> str:
    """A name without spaces, control characters and what a spreadsheet takes for a separator or a formula."""
    shown = "".join(letter if letter.isalnum() or letter in "+-._/" else "_" for letter in text.strip())
    return shown.strip("+-._/")[:LONGEST_NAME]

"""Ids and labels on a narrow screen: they may break after their separators, and anywhere if need be; words never do.

Labels of controllers leave out the folders of files that tell nothing, in tables and figures.
"""

import re
from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup, escape

LONG_ID = re.compile(r"\S{20,}")  # longer than what people write without a blank or hyphen
FIRST, ELSE = re.compile(r"(?<=[:,;/#+])"), re.compile(r"(?<=[_=])")  # a parameter stays whole if it is short
FILE = re.compile(r"(?<==)(?P<folders>[^,=]*/)(?P<name>[^,/]+\.\w+)(?=,|$)")  # a parameter's value that is a path
NO_FOLDERS = "…/"  # stands for those that are left out


def with_breaks(text: object) -> Markup:
    """The text escaped, with every long run of letters marked as an id that may break."""
    shown, at = Markup(), 0
    for found in LONG_ID.finditer(str(text)):
        shown += escape(str(text)[at : found.start()]) + _breakable(found[0])
        at = found.end()
    return shown + escape(str(text)[at:])


def _breakable(word: str) -> Markup:
    parts = (ELSE.split(part) if LONG_ID.fullmatch(part) else [part] for part in FIRST.split(word))
    pieces = Markup("<wbr>").join(piece for part in parts for piece in part if piece)
    return Markup('<span class="id">{}</span>').format(pieces)


def short_labels(labels: Iterable[str]) -> dict[str, str]:
    """What each label is shown as: 'fixed:plans=…/6264fcc561ee.csv', with as many folders as tell all labels apart."""
    folders = dict.fromkeys(labels, 0)
    while True:
        shown = {label: _with_folders(label, kept) for label, kept in folders.items()}
        counted = Counter(shown.values())
        alike = [label for label, short in shown.items() if counted[short] > 1 and short != label]
        if not alike:
            return shown
        for label in alike:
            folders[label] += 1


def _with_folders(label: str, kept: int) -> str:
    """The label whose files have the last `kept` of their folders; a file as it is where that is no longer."""

    def shown(found: re.Match[str]) -> str:
        folders = found["folders"][:-1].split("/")
        short = NO_FOLDERS + "/".join([*folders[max(0, len(folders) - kept) :], found["name"]])
        return min(found[0], short, key=len)

    return FILE.sub(shown, label)

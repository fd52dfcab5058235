"""Ids and labels on a narrow screen: they may break after their separators, and anywhere if need be; words never do."""

import re

from markupsafe import Markup, escape

LONG_ID = re.compile(r"\S{20,}")  # longer than what people write without a blank or hyphen
FIRST, ELSE = re.compile(r"(?<=[:,;/#+])"), re.compile(r"(?<=[_=])")  # a parameter stays whole if it is short


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

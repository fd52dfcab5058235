"""A language of brackets: what no message holds stands outside of them, and so a text that was never marked."""

import re
from functools import cache
from gettext import NullTranslations
from string import Formatter

from tests.catalogues import extracted
from zhasyl.text.language import Language

OPEN, CLOSE = "⟦", "⟧"
BRACKETED = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
CUT = re.compile("^[^⟦⟧]*⟧|⟦[^⟦⟧]*$")  # a message that a figure has on two lines
WORD = re.compile(r"[^\W\d_]{2,}")


def bracketed(message: str) -> str:
    """The words of a message in brackets, its placeholders outside of them, so that values are looked at, too."""
    found = ""
    for text, name, _, _ in Formatter().parse(message):
        lines = text.replace("{", "{{").replace("}", "}}").split("\n")  # each of which a figure has on its own
        found += "\n".join(f"{OPEN}{line}{CLOSE}" if line.strip() else line for line in lines)
        found += "" if name is None else f"{{{name}}}"
    return found


@cache
def known() -> frozenset[str]:
    """What the extractor finds in the code: it does not look into f-strings."""
    return frozenset(message.id if isinstance(message.id, str) else message.id[0] for message in extracted())


class Pseudo(NullTranslations):
    """Translations into it."""

    def gettext(self, message: str) -> str:
        return bracketed(message) if message in known() else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        text = msgid1 if n == 1 else msgid2
        return bracketed(text) if msgid1 in known() else text

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


PSEUDO = Language("kk", Pseudo(), "٫", "٬")  # signs of numbers that no other text has


def outside(text: str, known: tuple[str, ...] = ()) -> list[str]:
    """Words of two letters or more that no message and none of the known texts holds; numbers of the wrong language."""
    rest = CUT.sub(" ", BRACKETED.sub(" ", text))
    for one in sorted(known, key=len, reverse=True):
        rest = rest.replace(one, " ")
    return [*WORD.findall(rest), *re.findall(r"\d\.\d|\d,\d{3}", rest)]

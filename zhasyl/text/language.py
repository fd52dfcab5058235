"""The language of pages, figures and workbooks: their texts, their numbers, and what places are called.

A text is a message of gettext: its English wording, which `_` and `ngettext` look up in catalogues/LANGUAGE.po. What
stands as data is marked by `N_`, and looked up where it is shown. `{name}` in a message stands for a value. English is
spoken unless `speaking` says otherwise: the command line and files for programs know no other language.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from zhasyl.errors import OutputError, unknown_name

ENGLISH = "en"
LANGUAGES = (ENGLISH, "kk", "ru")
CATALOGUES = Path(__file__).with_name("catalogues")


@dataclass(frozen=True)
class Language:
    """A language: its texts, its signs in numbers, and its names of places by the plain ones."""

    code: str = ENGLISH
    texts: NullTranslations = field(default_factory=NullTranslations)
    decimal: str = "."
    group: str = ","
    places: Mapping[str, str] = field(default_factory=dict)


IN_ENGLISH = Language()
_SPOKEN: ContextVar[Language] = ContextVar("language", default=IN_ENGLISH)


def spoken() -> Language:
    """The language spoken now."""
    return _SPOKEN.get()


def check_language(code: str) -> str:
    """The same code. Raises OutputError for one that is not known."""
    if code not in LANGUAGES:
        raise OutputError(unknown_name("language", str(code)[:40], LANGUAGES))
    return code


@contextmanager
def speaking(language: str | Language, places: Mapping[str, str] | None = None) -> Iterator[None]:
    """Within it texts are of this language, given by its code or made by hand. Raises OutputError."""
    known = language if isinstance(language, Language) else _language(check_language(language), places or {})
    token = _SPOKEN.set(known)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def _language(code: str, places: Mapping[str, str]) -> Language:
    if code == ENGLISH:
        return IN_ENGLISH
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return Language(code, _texts(code), get_decimal_symbol(code), get_group_symbol(code), places)


@cache
def _texts(code: str) -> GNUTranslations:
    """A catalogue, compiled in memory."""
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def N_(message: str) -> str:  # noqa: N802 - its name in gettext's tools
    """The message as it is, marked for the catalogues: `_` looks it up where it is shown."""
    return message


def _(message: str, /, **values: object) -> str:
    """A message in the language spoken, with its values."""
    text = _SPOKEN.get().texts.gettext(message) if message else message
    return text.format(**values) if values else text


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a message that a count calls for; `{n}` in it is the count, unless `n` is given as text."""
    return _SPOKEN.get().texts.ngettext(one, many, count).format(**{"n": count, **values})


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A message whose English words mean two things; the context says which."""
    text = _SPOKEN.get().texts.pgettext(context, message)
    return text.format(**values) if values else text


def digits(value: float, form: str) -> str:
    """A number as `format` has it, with the language's decimal sign and groups of thousands, and a true minus."""
    language = _SPOKEN.get()
    text = format(value, form).replace("-", "−")
    if language.code == ENGLISH:
        return text
    return text.translate({ord("."): language.decimal, ord(","): language.group, ord("%"): "\u202f%"})

"""Every message of the code is translated, with its placeholders, and no catalogue has one that the code has not.

Who added a text: `make catalogues`, then translate it in zhasyl/text/catalogues/*.po.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from tests.catalogues import ROOT, TRANSLATED, catalogue, extracted, sources, updated
from zhasyl.text.language import CATALOGUES

MARKS = re.compile(r"</?\w+[^>]*>|&\w+;")
LOOK_UP = {"_", "ngettext", "pgettext", "N_"}
HOW = "run `make catalogues` and translate it in zhasyl/text/catalogues"
ALIKE = {"v/c", "v/c {degree}", "CO2", "NOx", "PM"}  # everywhere


@cache
def of_code() -> Catalog:
    return extracted()


def messages(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def keys(found: Catalog) -> set[tuple[str, str]]:
    return {(message.context or "", _texts(message.id)[0]) for message in messages(found)}


def _texts(forms: object) -> tuple[str, ...]:
    return tuple(map(str, forms)) if isinstance(forms, tuple | list) else (str(forms),)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_code_has_messages() -> None:
    found = {message for _, message in keys(of_code())}
    assert len(found) > 300
    assert {"Signal controllers compared", "Delay", "eastbound", "{n} seed", "means-delay"} <= found


def test_no_message_hides_in_an_f_string_where_the_extractor_does_not_look() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources()
        if path.suffix == ".py"
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in LOOK_UP
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_message_is_translated_and_none_is_left_over(code: str) -> None:
    own = catalogue(code)
    assert keys(of_code()) - keys(own) == set(), HOW
    assert keys(own) - keys(of_code()) == set(), "no code has it any more: run `make catalogues`"
    for message in messages(own):
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in _texts(message.string)), f"{message.id!r} is not translated; {HOW}"
        assert len(_texts(message.string)) == (own.num_plurals if message.pluralizable else 1), message.id
        latin = _texts(message.string)[0] == _texts(message.id)[0] and re.search("[a-z]", str(message.id))
        assert not latin or message.id in ALIKE, f"{message.id!r} is the same in {code}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_placeholders_and_elements(code: str) -> None:
    for message in messages(catalogue(code)):
        known = set.union(*map(placeholders, _texts(message.id)))
        for text in _texts(message.string):
            assert placeholders(text) | {"n"} == known | {"n"}, message.id
            assert "n" not in known or "n" in placeholders(text), message.id
            assert sorted(MARKS.findall(text)) == sorted(MARKS.findall(_texts(message.id)[-1])), message.id
            assert (text[-1:] == "\n", text[-1:] == " ") == (_ends(message.id, "\n"), _ends(message.id, " "))


def _ends(forms: object, letter: str) -> bool:
    return _texts(forms)[-1].endswith(letter)


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_file_is_as_the_command_writes_it(code: str) -> None:
    assert (CATALOGUES / f"{code}.po").read_bytes() == updated(code), "run `make catalogues`"

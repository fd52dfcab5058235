"""The language spoken: its numbers, its plural forms, and English wherever nobody says otherwise."""

import subprocess
import sys
from contextlib import suppress

import pytest

from zhasyl.errors import OutputError
from zhasyl.text.language import _, check_language, digits, ngettext, speaking, spoken


@pytest.mark.parametrize(
    ("language", "value", "form", "written"),
    [
        ("en", -1234.56, ",.1f", "−1,234.6"),
        ("ru", -1234.56, ",.1f", "−1\u00a0234,6"),
        ("kk", 1234567.0, ",.0f", "1\u00a0234\u00a0567"),
        ("ru", 0.125, ".0%", "12\u202f%"),
        ("ru", 0.0004, ".3f", "0,000"),
        ("en", 0.125, ".0%", "12%"),
    ],
)
def test_numbers_have_the_signs_of_the_language_and_the_digits_of_english(
    language: str, value: float, form: str, written: str
) -> None:
    with speaking(language):
        assert digits(value, form) == written


@pytest.mark.parametrize(
    ("count", "russian", "kazakh"),
    [
        (1, "1 прогон", "1 іске қосу"),
        (2, "2 прогона", "2 іске қосу"),
        (5, "5 прогонов", "5 іске қосу"),
        (11, "11 прогонов", "11 іске қосу"),
        (21, "21 прогон", "21 іске қосу"),
        (22, "22 прогона", "22 іске қосу"),
    ],
)
def test_a_count_has_the_form_that_it_calls_for(count: int, russian: str, kazakh: str) -> None:
    for language, said in (("ru", russian), ("kk", kazakh), ("en", f"{count} seed{'' if count == 1 else 's'}")):
        with speaking(language):
            assert ngettext("{n} seed", "{n} seeds", count) == said


def test_a_language_ends_with_its_block_whatever_happens() -> None:
    assert (spoken().code, _("Delay")) == ("en", "Delay")
    with speaking("ru"):
        assert _("Delay") == "Задержка"
        with speaking("en"):
            assert _("Delay") == "Delay"
        assert _("Delay") == "Задержка"
    with suppress(ValueError), speaking("ru"):
        raise ValueError
    assert _("Delay") == "Delay"


def test_values_are_no_part_of_the_message() -> None:
    with speaking("ru"):
        assert _("{change} s", change="{0.__class__}") == "{0.__class__} с"
        assert _("") == ""


def test_a_language_that_is_not_known_is_one_line() -> None:
    with pytest.raises(OutputError, match=r"no language 'rus'\. Did you mean 'ru'\? Known: en, kk, ru"):
        check_language("rus")
    with pytest.raises(OutputError), speaking("de"):
        pass


def test_english_needs_no_babel() -> None:
    code = "import sys; from zhasyl.text.language import *\nwith speaking('en'): sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Text of other code pages is read as it was written, and not at all where that is not clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.files.code_pages import decoded, guessed

RUSSIAN = "Перекрёсток;Подход;Манёвр;ИТОГО\n1;с юга;налево;12\n"
KAZAKH = "қиылыс;кіреберіс;қозғалыс;басталуы\n1;оңтүстіктен;солға;7:00\n"
WEST = "Junction;Straße;Müller & Söhne\n1;größer;café\n"


@pytest.mark.parametrize(
    ("text", "page"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp866"), (KAZAKH, "kz1048"), (WEST, "cp1252"),
     (RUSSIAN, "utf-16-le"), (RUSSIAN, "utf-16-be"), (WEST, "utf-16-le")],
)  # fmt: skip
def test_a_code_page_is_guessed_by_sound_words(text: str, page: str) -> None:
    assert decoded(text.encode(page)) == (text, page)


@pytest.mark.parametrize("data", [RUSSIAN.encode(), RUSSIAN.encode("utf-8-sig"), RUSSIAN.encode("utf-16")])
def test_what_says_its_encoding_is_not_guessed(data: bytes) -> None:
    assert decoded(data) == (RUSSIAN, "")


@pytest.mark.parametrize("data", [b"NBL\xff\xfe\x81\x8d", "да".encode("cp1251")])
def test_what_is_not_clear_is_refused(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        decoded(data)
    except UnicodeDecodeError:
        assert guessed(data) == ""

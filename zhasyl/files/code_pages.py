"""Text of files in the code pages that spreadsheets save in.

UTF-8, and UTF-16 with its mark or by its shape (every second byte 0, or 4 of Cyrillic), are read as what they are.
Else the code page is guessed: in each candidate, words with letters beyond ASCII are looked at. A word is sound if
its letters are of one alphabet (Latin ones at least half ASCII) and its case is natural (ЮГ, Юг, юг, not юГ), and the
more so the more of its letters are the frequent ones. The best page is taken if four words of five are sound in it
and no other page reads nearly as well.
"""

import codecs
import re

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")
KAZAKH = RUSSIAN | frozenset("әғқңөұүһі")
FREQUENT = frozenset("оеаинтсрвлы")
PAGES = {"cp1251": RUSSIAN, "kz1048": KAZAKH, "koi8-r": RUSSIAN, "cp866": RUSSIAN, "cp1252": frozenset[str]()}
SIGNS = frozenset("№«»–—°²³…“”’‘·•\xa0±×")
LATIN = 1.6  # what a sound Latin word is worth: as much as a Cyrillic one with six frequent letters of ten
LEAST_SOUND = 0.8
LEAST_AHEAD = 0.1
SEARCHED = 200_000


def decoded(data: bytes) -> tuple[str, str]:
    """(text, the code page if it was guessed). Raises UnicodeDecodeError for what is no text or not clear."""
    if data.startswith(UTF_16):
        return data.decode("utf-16"), ""
    if shape := _utf_16(data):
        return data.decode(shape), shape
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        page = guessed(data)
        if not page:
            raise
        return data.decode(page), page


def _utf_16(data: bytes) -> str:
    """UTF-16 without its mark: nearly every second byte is 0, or 4 for Cyrillic."""
    pairs = data[: SEARCHED & ~1]
    for name, high, low in (("utf-16-le", pairs[1::2], pairs[0::2]), ("utf-16-be", pairs[0::2], pairs[1::2])):
        if len(high) >= 4 and (high.count(0) + high.count(4)) > 0.95 * len(high) and not low.count(0):
            return name
    return ""


def guessed(data: bytes) -> str:
    """The code page that text is in, '' where that is not clear."""
    data = data[:SEARCHED]
    worth = {page: found for page, letters in PAGES.items() if (found := _worth(data, page, letters))}
    ranked = sorted(worth, key=lambda page: -worth[page][1])  # the first of equals stays first
    if not ranked or worth[ranked[0]][0] < LEAST_SOUND:
        return ""
    text = data.decode(ranked[0])
    rivals = [page for page in ranked[1:] if data.decode(page) != text]
    return "" if rivals and worth[ranked[0]][1] - worth[rivals[0]][1] < LEAST_AHEAD else ranked[0]


def _worth(data: bytes, page: str, letters: frozenset[str]) -> tuple[float, float] | None:
    """(share of sound words, mean worth of a word); None if the page does not have these bytes."""
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return None
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    odd = sum(not (char.isascii() or char.isalpha() or char in SIGNS) for char in text)
    if not words:
        return None
    worths = [_word(word, letters) for word in words]
    total = len(words) + odd
    return sum(worth > 0 for worth in worths) / total, sum(worths) / total


def _word(word: str, letters: frozenset[str]) -> float:
    """0 for a word that is not sound."""
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return 0.0
    small = word.lower()
    if not letters:
        return LATIN if sum(char.isascii() for char in word) * 2 >= len(word) else 0.0
    if not set(small) <= letters:
        return 0.0
    return 1.0 + sum(char in FREQUENT for char in small) / len(small)

"""Street names as people write them: 'ул. Абая', 'Abay avenue' and 'Абай даңғылы' are one.

Words for street, avenue and the like are dropped, Cyrillic is written in Latin letters, y is i, ye is e. Then names are
the same if they are equal, or if one only has up to two letters more at its end, as declined names have.
"""

import re

KINDS = frozenset({
    "street", "st", "avenue", "ave", "av", "road", "rd", "boulevard", "blvd", "drive", "dr", "lane", "ln",
    "highway", "hwy",
    "улица", "ул", "проспект", "пр", "просп", "пркт", "прт", "переулок", "пер", "бульвар", "бул", "бр", "шоссе", "ш",
    "көшесі", "көш", "даңғылы", "даңғ", "дңғ", "көшесінің", "даңғылының",
})  # fmt: skip
LATIN = dict(zip("абвгдезийклмнопрстуфыэәғқңөұүһі", "abvgdeziiklmnoprstufieagqnouuhi", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia", "ъ": "", "ь": "",
    "ё": "e",
}  # fmt: skip
MOST_MORE = 2
LEAST_LETTERS = 4


def street_key(name: str) -> str:
    """A name to compare by; '' if nothing is left of it."""
    words = re.findall(r"\w+", name.casefold().replace("-", "").replace("'", ""))
    kept = [word for word in words if word not in KINDS]
    latin = " ".join("".join(LATIN.get(char, char) for char in word) for word in kept)
    return latin.replace("y", "i").replace("ie", "e")


def same_street(one: str, other: str) -> bool:
    """Do two names mean one street?"""
    a, b = sorted((street_key(one), street_key(other)), key=len)
    if not a:
        return False
    return a == b or (len(a) >= LEAST_LETTERS and b.startswith(a) and len(b) - len(a) <= MOST_MORE)

"""Counts in words, and ids that are too long to be read."""


def plural(count: int, noun: str, written: str = "") -> str:
    """'1 run', '2 runs'; `written` stands for the number, as in '1–3 runs'."""
    return f"{written or count} {noun}{'' if count == 1 else 's'}"


def one_line(text: str) -> str:
    """The text without line breaks, so that names of others begin no line of their own."""
    return " ".join(text.split())


def shortened(name: str, most: int) -> str:
    """An id of more than `most` letters, at least 3, without its middle: 'cluster_10…_2034'."""
    tail = (most - 1) // 2
    return name if len(name) <= most else f"{name[: most - 1 - tail]}…{name[-tail:]}"

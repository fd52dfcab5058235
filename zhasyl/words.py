"""Counts in words."""


def plural(count: int, noun: str, written: str = "") -> str:
    """'1 run', '2 runs'; `written` stands for the number, as in '1–3 runs'."""
    return f"{written or count} {noun}{'' if count == 1 else 's'}"

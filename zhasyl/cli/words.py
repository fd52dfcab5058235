"""How the command line says counts and times."""

from zhasyl.text.words import plural

__all__ = ["duration", "plural"]


def duration(seconds: float) -> str:
    """'50 s', '12 min', '3 h 20 min'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"

"""Docstrings, tables and source text as Markdown that GitHub and Sphinx show alike."""

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc

ALIGNED = re.compile(r"\S {3,}\S")  # columns that a docstring sets apart by blanks
CODE = re.compile(r"(`[^`]*`)")
MARKUP = re.compile(r"<(?=[A-Za-z/!])|[*\[]")


def cell(text: str) -> str:
    """One line that may stand in a table."""
    return prose(" ".join(text.split())).replace("|", "\\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"|{'|'.join(f' {one} ' if one else ' ' for one in line)}|" for line in lines) + "\n"


def prose(text: str) -> str:
    """Text in which nothing but `code` is markup."""
    parts = CODE.split(text)
    return "".join(part if part.startswith("`") else MARKUP.sub(r"\\\g<0>", part) for part in parts)


def docstring(text: str) -> str:
    """The docstring's paragraphs; aligned columns and indented lines as they stand."""
    return "\n\n".join(_block(part) for part in re.split(r"\n\s*\n", cleandoc(text)))


def _block(text: str) -> str:
    lines = text.splitlines()
    if any(ALIGNED.search(line) or line.startswith("    ") for line in lines):
        return "\n".join(["```text", *lines, "```"])
    return prose(text)

"""The code of a Markdown page: its fenced and indented blocks, the commands in them, and commands within its text."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
SHELLS = ("console", "bash", "sh", "")  # '' is an indented block
PROGRAM = "zhasyl"
ENDS = (">", ">>", "|", "||", "&", "&&", ";", "2>&1")
PROMPT = re.compile(r"^\$ ")


@dataclass(frozen=True)
class Block:
    """Code of a page with its language, '' for an indented block, and the line it begins at."""

    page: str
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of zhasyl's as a page has it, without the program's name."""

    place: str
    words: tuple[str, ...]
    whole: bool  # of a block; within text it may be a part of one

    @property
    def said(self) -> str:
        return f"{self.place}: {PROGRAM} {shlex.join(self.words)}"


def pages() -> list[Path]:
    """Every page that people wrote: README and docs."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    name = page.relative_to(ROOT).as_posix()
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type in ("fence", "code_block"):
            yield Block(name, (token.map or [0])[0] + 1, token.info.partition(" ")[0], token.content)


def commands(page: Path) -> Iterator[Command]:
    """Commands in blocks of a shell, and `zhasyl ...` within the text."""
    for block in blocks(page):
        if block.language in SHELLS:
            lines = (PROMPT.sub("", line) for line in block.text.replace("\\\n", " ").splitlines())
            yield from (Command(block.place, _words(line), True) for line in lines if line.startswith(f"{PROGRAM} "))
    name = page.relative_to(ROOT).as_posix()
    for token in MarkdownIt().enable("table").parse(page.read_text("utf-8")):
        for part in token.children or ():
            if part.type == "code_inline" and part.content.startswith(f"{PROGRAM} "):
                yield Command(f"{name}:{(token.map or [0])[0] + 1}", _words(part.content), False)


def _words(line: str) -> tuple[str, ...]:
    """The words of a command up to a redirection or a comment."""
    words = shlex.split(line.replace("...", ""), comments=True)
    end = next((number for number, word in enumerate(words) if word in ENDS), len(words))
    return tuple(words[1:end])

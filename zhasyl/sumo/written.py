"""XML that SUMO's programs wrote, read as it was meant.

They write attributes as they are, with & < and quotes: ids of edges, lanes and stops, names of lines. Behind a walk the
name of its bus stop is a comment, which duarouter writes as it is, too, with `--`. Such a file is no XML
(findings/names-are-written-unescaped.sh). But a tag has a line of its own, which can be mended.

What looks like a reference (`&lt;`) stays one, as a SUMO that escapes would write it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

PIECE_BYTES = 1 << 20
REFERENCE = r"&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);"
MARK = re.compile(rf'(?!{REFERENCE})[&<"]'.encode())
ESCAPED = {b"&": b"&amp;", b"<": b"&lt;", b'"': b"&quot;"}
ATTRIBUTE = re.compile(rb'( [\w:.-]+=")(.*?)("(?= [\w:.-]+="|/?>$))')
COMMENT_AFTER = re.compile(rb"(?<=>) *<!--.*-->$")
NESTED = re.compile(rb'"/?><')  # several tags on a line: no line of SUMO's

Started = Callable[[str, dict[str, str]], None]
"""Told of a tag and its attributes."""


class Written:
    """The bytes of such a file, mended."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = PIECE_BYTES) -> bytes:
        """The next whole lines, `size` bytes or some more; none at the end."""
        return b"".join(map(_mended, self._stream.readlines(max(size, 1))))


@contextmanager
def open_written(path: Path) -> Iterator[Written]:
    """A file that one of SUMO's programs wrote, to be read as XML. Raises OSError."""
    with path.open("rb") as stream:
        yield Written(stream)


def read_starts(path: Path, started: Started) -> None:
    """Tell each tag of such a file, in order; it is mended if it has to be. Raises OSError and ExpatError."""
    numbers = count()

    def first(tag: str, given: dict[str, str]) -> None:
        next(numbers)
        started(tag, given)

    try:
        with path.open("rb") as stream:
            _parse(stream, first)
    except ExpatError:
        told, again = next(numbers), count()
        with open_written(path) as written:
            _parse(written, lambda tag, given: started(tag, given) if next(again) >= told else None)


def _parse(stream: IO[bytes] | Written, started: Started) -> None:
    parser = ParserCreate()
    parser.StartElementHandler = started
    while piece := stream.read(PIECE_BYTES):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _mended(line: bytes) -> bytes:
    """A line with the marks of XML in its attributes escaped, and no comment behind its tag."""
    tag = COMMENT_AFTER.sub(b"", line.rstrip())
    return line if NESTED.search(tag) else ATTRIBUTE.sub(_escaped, tag) + b"\n"


def _escaped(found: re.Match[bytes]) -> bytes:
    return found[1] + MARK.sub(lambda mark: ESCAPED[mark[0]], found[2]) + found[3]


def is_marked(name: str) -> bool:
    """Is a name written so that SUMO's own programs cannot read it again?"""
    return any(mark in name for mark in '&<"')


def reference_in(name: str) -> str:
    """What looks like a reference in a name, as which it would be read; '' for nothing."""
    found = re.search(REFERENCE, name)
    return found[0] if found else ""

"""XML that comes from outside, read element by element: hostile until checked.

DTDs, entities, deep nesting, endless elements and over-large files are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse

from zhasyl.errors import ScenarioError
from zhasyl.files.paths import check_is_file

LARGEST_TOKEN_MB = 1
PIECE_BYTES = 1 << 20  # what Python hands to expat at a time
MOST_EVENTS = 100_000  # starts and ends below one element; OSM allows a way 2,000 nodes, a relation 32,000 members


@dataclass(frozen=True)
class XmlKind:
    """What a file should be: its name, the root elements it may have, how deep they nest, and how to get a good one."""

    name: str
    roots: frozenset[str]
    deepest: int
    largest_mb: int
    smaller: str
    mend: str
    export: str

    def check_size(self, path: Path) -> None:
        """Raise ScenarioError for a file that is not there, empty or too large."""
        check_is_file(path)
        size_mb = path.stat().st_size / 1e6
        if size_mb > self.largest_mb:
            raise ScenarioError(f"{path}: {size_mb:.0f} MB, at most {self.largest_mb}; {self.smaller}")
        if not size_mb:
            raise ScenarioError(f"{path} is empty; {self.mend}")


def outside_elements(path: Path, kind: XmlKind) -> Iterator[Element]:
    """The children of the root, each dropped after use. Raises ScenarioError for anything else than the kind says."""
    try:
        with path.open("rb") as stream:
            yield from _children(path, _Watched(path, stream, kind), kind)
    except OSError as error:
        raise ScenarioError(f"cannot read {path}: {error.strerror or error}; check the path") from None
    except (ParseError, ValueError, LookupError) as error:
        said = "it declares a DTD or entities" if "Forbidden" in type(error).__name__ else error
        raise ScenarioError(f"{path} is not valid {kind.name} XML ({said}); {kind.mend}") from None


class _Watched:
    """A stream in large pieces that refuses tokens over LARGEST_TOKEN_MB: old releases of expat scan them each time."""

    def __init__(self, path: Path, stream: IO[bytes], kind: XmlKind) -> None:
        self._path, self._stream, self._kind, self._since = path, stream, kind, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(max(size, PIECE_BYTES))
        last = chunk.rfind(b">")
        self._since = self._since + len(chunk) if last < 0 else len(chunk) - last
        if self._since > LARGEST_TOKEN_MB * 1e6:
            raise ScenarioError(
                f"{self._path} is not valid {self._kind.name} XML (over {LARGEST_TOKEN_MB} MB without a '>')"
            )
        return chunk


def _children(path: Path, stream: _Watched, kind: XmlKind) -> Iterator[Element]:
    root: Element | None = None
    depth = children = 0
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        if root is None:
            root = element
            if root.tag not in kind.roots:
                known = ", ".join(f"<{name}>" for name in sorted(kind.roots))
                raise ScenarioError(f"{path}: <{root.tag[:40]}> is not an {kind.name} file ({known}); {kind.export}")
        children = children + 1 if depth > 1 else 0
        if depth > kind.deepest or children > MOST_EVENTS:
            raise ScenarioError(
                f"{path}: <{element.tag[:40]}> in an element too deep or too long for {kind.name}; export it anew"
            )
        if event == "end" and depth == 1:
            yield element
            root.clear()

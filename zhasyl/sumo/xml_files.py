"""SUMO's XML as SUMO reads it: compressed or not whatever the name, with what `<include href>` brings in its place.

An included file is looked for beside the file that includes it. The children of its root stand where the include
stood, and its root too unless that is a mere container, as SUMO's handlers ignore those. What they name is found from
there on wherever they are written.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import IO, cast
from xml.etree.ElementTree import Element as Element
from xml.etree.ElementTree import ParseError, indent, tostring
from xml.etree.ElementTree import SubElement as SubElement

from defusedxml.ElementTree import iterparse, parse

from zhasyl.errors import ScenarioError
from zhasyl.files.paths import check_is_file
from zhasyl.sumo.references import INCLUDE_TAG, make_absolute
from zhasyl.sumo.written import Written, open_written

CONTAINERS = frozenset({"additional", "additionals", "add", "routes", "net", "tlLogics", "data", "meandata", "parking"})
MOST_NESTED = 32  # includes within includes: SUMO itself knows no end
GZIP_MAGIC = b"\x1f\x8b"
ZLIB_MAGICS = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
NOT_XML = (ParseError, ValueError, LookupError, EOFError, zlib.error)


def open_xml(path: Path) -> IO[bytes]:
    """The text of a file, unpacked if it is packed. Raises OSError, and ScenarioError for what is no file."""
    check_is_file(path)
    with path.open("rb") as stream:
        magic = stream.read(2)
    if magic in ZLIB_MAGICS:
        return io.BytesIO(zlib.decompress(path.read_bytes()))
    return cast(IO[bytes], gzip.open(path, "rb")) if magic == GZIP_MAGIC else path.open("rb")


def top_elements(path: Path) -> Iterator[Element]:
    """The children of an XML file's root, included ones too, each dropped from memory after use.

    Raises ScenarioError for a file that is missing, no XML, or includes itself.
    """
    yield from _top_elements(path, ())


def written_elements(path: Path) -> Iterator[Element]:
    """The same of a file that one of SUMO's programs wrote; it is mended if it has to be. Raises as `top_elements`."""
    told = 0
    try:
        for element in top_elements(path):
            yield element
            told += 1
    except ScenarioError:
        yield from islice(_top_elements(path, (), opened=open_written), told, None)


def read_root(path: Path) -> Element:
    """The root element of an XML file with what it includes, and what it reads and shows named by absolute paths.

    Raises as `top_elements`.
    """
    root = _root(path, open_xml)
    make_absolute(root, path)
    expand(root, path)
    return root


def read_config(path: Path) -> Element:
    """The root element of a configuration, which SUMO reads neither packed nor with includes. Raises ScenarioError."""
    return _root(path, lambda file: file.open("rb"))


def _root(path: Path, opened: Callable[[Path], IO[bytes]]) -> Element:
    try:
        with opened(path) as stream:
            root: Element | None = parse(stream).getroot()
    except OSError as error:
        raise unreadable(path, error) from error
    except NOT_XML as error:
        raise invalid(path, error) from error
    if root is None:
        raise ScenarioError(f"{path} has no element; fix the file")
    return root


def included_file(include: Element, path: Path) -> Path:
    """The file an `<include>` of another file names. Raises ScenarioError for one without href."""
    href = include.get("href")
    if not href:
        raise ScenarioError(f"{path}: an <include> names no file; give it an href")
    return path.parent / href


def expand(element: Element, path: Path, within: tuple[Path, ...] = ()) -> None:
    """Put the content of included files in the place of the includes below an element of `path`."""
    if any(child.tag == INCLUDE_TAG for child in element):
        element[:] = [found for child in element for found in _in_place(child, path, within)]
    for child in element:
        expand(child, path, within)


def _in_place(child: Element, path: Path, within: tuple[Path, ...]) -> Iterable[Element]:
    return _included(child, path, within) if child.tag == INCLUDE_TAG else (child,)


def _included(include: Element, path: Path, within: tuple[Path, ...]) -> Iterator[Element]:
    file = included_file(include, path)
    within = (*within, path)
    if len(within) > MOST_NESTED or any(_same(file, other) for other in within):
        raise ScenarioError(f"{path}: it includes {include.get('href')!r} within itself; take the <include> out")
    for element in _top_elements(file, within, alone=True):
        make_absolute(element, file)
        yield element


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _top_elements(
    path: Path,
    within: tuple[Path, ...],
    alone: bool = False,
    opened: Callable[[Path], AbstractContextManager[IO[bytes] | Written]] = open_xml,
) -> Iterator[Element]:
    """`alone`: the root itself, too, where it is no container."""
    try:
        with opened(path) as stream:
            depth = 0
            root: Element | None = None
            for event, element in iterparse(stream, events=("start", "end")):
                root = element if root is None else root
                depth += 1 if event == "start" else -1
                if alone and root.tag not in CONTAINERS:
                    if depth == 0:
                        expand(root, path, within)
                        yield root
                elif event == "end" and depth == 1:
                    yield from _expanded(element, path, within)
                    root.clear()
    except OSError as error:
        raise unreadable(path, error) from error
    except NOT_XML as error:
        raise invalid(path, error) from error


def _expanded(element: Element, path: Path, within: tuple[Path, ...]) -> Iterator[Element]:
    if element.tag == INCLUDE_TAG:
        yield from _included(element, path, within)
    else:
        expand(element, path, within)
        yield element


def unreadable(path: Path, error: OSError) -> ScenarioError:
    return ScenarioError(f"cannot read {path}: {error.strerror or error}; check the path")


def invalid(path: Path, error: Exception) -> ScenarioError:
    return ScenarioError(f"{path} is not valid XML ({error}); rebuild or fix the file")


def xml_bytes(root: Element) -> bytes:
    """A document in UTF-8, the same bytes for the same content."""
    return cast(bytes, tostring(root, encoding="utf-8", xml_declaration=True))


def write_xml(root: Element, file: Path) -> None:
    """Write indented XML, the same bytes for the same content."""
    file.write_text(xml_text(root), encoding="utf-8")


def xml_text(root: Element) -> str:
    """An indented document."""
    indent(root)
    return xml_bytes(root).decode() + "\n"

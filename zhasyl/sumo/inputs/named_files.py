"""Files with the files they name: what all of them hold, and copies that stand elsewhere or write nowhere.

A copy is made element by element, so that a large demand does not stand in memory. A file is copied only where it must
change, and then so are those that name it: `<include>` stays one, as SUMO reads an included demand at once.
"""

import os
import re
import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from errno import ENOENT
from functools import lru_cache
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, tostring

from defusedxml.ElementTree import iterparse

from zhasyl.errors import ScenarioError
from zhasyl.files.paths import why_no_file
from zhasyl.sumo.inputs.hiding import TRACES as HIDING_TRACES
from zhasyl.sumo.inputs.hiding import hides, take_out
from zhasyl.sumo.references import ATTRIBUTES, NOWHERE, Reference, Use, references
from zhasyl.sumo.xml_files import NOT_XML, invalid, open_xml, unreadable

TIMETABLE_USE = "wautJunction"
CHUNK_BYTES = 1 << 20
LONGEST_TAG_BYTES = 1 << 12  # of what may lie across two chunks
TRACES = tuple(
    (word, re.compile(re.escape(word) + further))
    for word, further in (
        *((key.encode(), rb"\s*=") for key in sorted({key for _, key in ATTRIBUTES})),
        (b"file", rb"[\"']"),  # the key of a param
        *((word, b"") for word in (*HIDING_TRACES, TIMETABLE_USE.encode(), b"&#", b"<!ENTITY")),
    )
)
"""Words, each with what follows it where a file is named or something hidden, or may be."""

Named = tuple[str, str, str, Use]
"""tag, key, value, use."""


class NamedFiles:
    """What one file names, the signals its timetables switch, and whether it hides vehicles from measurement."""

    def __init__(self, named: Iterable[Named] = (), switched: Iterable[str] = (), hides: bool = False) -> None:
        self.named, self.switched, self.hides = tuple(named), frozenset(switched), hides

    def inputs(self, path: Path) -> Iterator[Path]:
        """The files that SUMO reads on behalf of `path`. Raises ScenarioError for one that does not exist."""
        for tag, key, value, use in self.named:
            if use is Use.READ:
                file = path.parent / value
                if reason := why_no_file(file):
                    missing = "which does not exist" if reason == os.strerror(ENOENT) else reason
                    raise ScenarioError(f"{path}: <{tag}> names {value[:200]!r}, {missing}; correct its {key}")
                yield file


def named_files(path: Path) -> NamedFiles:
    """What a file names itself; read again only when it has changed. Raises ScenarioError."""
    try:
        state = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    return _named_files(path, (state.st_mtime_ns, state.st_size, state.st_ino))


@lru_cache(maxsize=4096)
def _named_files(path: Path, _: object) -> NamedFiles:
    try:
        if not _may_name_files(path):
            return NamedFiles()
        named: list[Named] = []
        switched: list[str] = []
        hiding = False
        for element, parent in _top_level(path):
            hiding = hiding or hides(element)
            found = references(element, parent)
            named += ((one.tag, one.key, one.value, one.use) for one in found if not one.nowhere)
            switched += (one.get("junctionID", "") for one in element.iter(TIMETABLE_USE))
    except OSError as error:
        raise unreadable(path, error) from error
    except NOT_XML as error:
        raise invalid(path, error) from error
    return NamedFiles(named, switched, hiding)


def _may_name_files(path: Path) -> bool:
    """A quick look at the text, so that large networks and demands that name none are not taken apart."""
    with open_xml(path) as stream:
        rest = stream.read(4)
        if b"\0" in rest or rest.startswith((b"\xff\xfe", b"\xfe\xff")):
            return True  # UTF-16
        while chunk := stream.read(CHUNK_BYTES):
            text = rest + chunk
            if any(word in text and trace.search(text) for word, trace in TRACES):
                return True
            rest = text[-LONGEST_TAG_BYTES:]
    return False


def _top_level(path: Path) -> Iterator[tuple[Element, str]]:
    """The root with '' as it begins, then its children with its tag, each dropped from memory after use."""
    with open_xml(path) as stream:
        depth, root = 0, Element("")
        for event, element in iterparse(stream, events=("start", "end")):
            if not depth:
                root = element
                yield Element(root.tag, root.attrib), ""
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 1:
                yield element, root.tag
                root.clear()


def with_named_files(files: Iterable[Path]) -> Iterator[Path]:
    """The files, and after each the ones it has SUMO read, and so on, each once. Raises ScenarioError."""
    seen: set[Path] = set()
    for path in files:
        yield path
        yield from _read_by(path.resolve(), seen)


def _read_by(path: Path, seen: set[Path]) -> Iterator[Path]:
    if path in seen:
        return
    seen.add(path)
    for file in named_files(path).inputs(path):
        if file.resolve() not in seen:
            yield file
        yield from _read_by(file.resolve(), seen)


def content_digest(files: Iterable[Path], settings: str, further: Iterable[Path] = ()) -> str:
    """A digest of settings, of all that SUMO reads from these files on, and of further ones. Raises ScenarioError."""
    digest = sha256(settings.encode())
    for file in chain(with_named_files(files), further):
        try:
            with file.open("rb") as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise unreadable(file, error) from error
    return digest.hexdigest()


def quiet(files: Iterable[Path], scratch: Path, controlled: Container[str] = frozenset()) -> list[Path]:
    """The files as SUMO may read them in a run: they write nowhere, hide nobody, and switch no `controlled` signal.

    Copies go into `scratch`, wherever there is something to change in a file or in one it names.
    """
    made: dict[Path, Path] = {}
    numbers = count()

    def quieted(path: Path) -> Path:
        original = path.resolve()
        if original in made:
            return made[original]
        made[original] = path  # one that names itself is SUMO's to refuse
        own = named_files(path)
        others = [quieted(file) != file for file in own.inputs(path)]
        loud = any(use in (Use.WRITTEN, Use.FILTER) for *_, use in own.named)
        if loud or own.hides or any(others) or any(signal in controlled for signal in own.switched):
            made[original] = target = _unused(scratch, _plain_name(path.name), numbers)
            _rewrite(path, target, lambda found: _silenced(found, path, quieted), controlled, measured=True)
        return made[original]

    return [quieted(path) for path in files]


def _silenced(found: Reference, path: Path, quieted: Callable[[Path], Path]) -> str | None:
    if found.use is Use.WRITTEN:
        return NOWHERE
    if found.use is Use.FILTER:
        return None
    file = found.beside(path)
    return str((quieted(file) if found.use is Use.READ else file).absolute())


def copied(path: Path, folder: Path, name: str) -> Path:
    """A copy of a file in another folder under a new name, beside copies of what it reads and shows.

    What it writes gets its plain name, so that it would stand in that folder, too. Raises ScenarioError.
    """
    return _copied(path, folder, name, {})


def _copied(path: Path, folder: Path, name: str, made: dict[Path, Path]) -> Path:
    named = named_files(path)
    for _ in named.inputs(path):
        pass  # one that is missing is said before anything is written
    target = _unused(folder, _plain_name(name) if named.named else name, count())
    made[path.resolve()] = target
    if not named.named:
        return Path(shutil.copyfile(path, target))
    _rewrite(path, target, lambda found: _carried(found, path, folder, made))
    return target


def carry_named_files(root: Element, path: Path, folder: Path) -> None:
    """Let the content of `path`, which is to stand in `folder`, name copies there of what it reads and shows."""
    made: dict[Path, Path] = {}
    for found in tuple(references(root)):
        found.replace(_carried(found, path, folder, made))


def _carried(found: Reference, path: Path, folder: Path, made: dict[Path, Path]) -> str | None:
    if found.use is Use.FILTER:
        return None
    if found.use is Use.WRITTEN:
        return found.value if found.nowhere else Path(found.value).name or NOWHERE
    file = found.beside(path)
    if file.resolve() not in made:
        if found.use is Use.READ:
            _copied(file, folder, file.name, made)
        elif not why_no_file(file):
            made[file.resolve()] = Path(shutil.copyfile(file, _unused(folder, file.name, count())))
        else:
            return found.value
    return made[file.resolve()].name


def _rewrite(
    path: Path,
    target: Path,
    change: Callable[[Reference], str | None],
    controlled: Container[str] = frozenset(),
    measured: bool = False,
) -> None:
    """Write a file anew with other names in it, and without the timetables of `controlled` signals.

    `measured`: without what hides vehicles, too.
    """
    try:
        with target.open("wb") as stream:
            _write(path, stream, change, controlled, measured)
    except NOT_XML as error:
        raise invalid(path, error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _write(
    path: Path, stream: IO[bytes], change: Callable[[Reference], str | None], controlled: Container[str], measured: bool
) -> None:
    end = b""
    for element, parent in _top_level(path):
        if measured:
            take_out(element)
        for found in tuple(references(element, parent)):
            found.replace(change(found))
        if not parent:
            # '{uri}name' of the root: where its schema is, which nobody needs here
            attributes = {key: value for key, value in element.attrib.items() if not key.startswith("{")}
            start, _, _ = tostring(Element(element.tag, attributes), "utf-8").rpartition(b"/>")
            stream.write(start.rstrip() + b">\n")
            end = f"</{element.tag}>\n".encode()
        elif not _taken_out(element, controlled):
            element.tail = "\n"
            stream.write(tostring(element, "utf-8"))
    stream.write(end)


def _taken_out(element: Element, controlled: Container[str]) -> bool:
    """Is it a timetable's hold on a controlled signal? Those within it are taken out of it."""
    for parent in element.iter():
        for child in [child for child in parent if _holds(child, controlled)]:
            parent.remove(child)
    return _holds(element, controlled)


def _holds(element: Element, controlled: Container[str]) -> bool:
    return element.tag == TIMETABLE_USE and element.get("junctionID") in controlled


def _plain_name(name: str) -> str:
    """A name for what is written as plain XML."""
    return name.removesuffix(".gz").replace(",", "_") or "file.xml"


def _unused(folder: Path, name: str, numbers: Iterator[int]) -> Path:
    for number in chain([None], numbers):
        path = folder / (name if number is None else f"{number}-{name}")
        if not os.path.lexists(path):
            return path
    raise AssertionError("numbers do not end")

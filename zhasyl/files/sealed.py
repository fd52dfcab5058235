"""What is there whole or not at all: filled aside, sealed with the SHA-256 of each file, moved into place."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from errno import EEXIST, ENOTEMPTY
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import get_ident

CHUNK_BYTES = 1 << 20
MOST_MOVES = 5  # how often a folder is moved again when another process was faster


def digest(file: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    found = sha256()
    with file.open("rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def digest_once(file: Path) -> str:
    """The same, of a file that several ask for: read again only when its state says that it has changed."""
    state = file.stat()
    return _digest_at(file.resolve(), state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=4096)
def _digest_at(file: Path, *_: int) -> str:
    return digest(file)


def seal(folder: Path, name: str, files: Iterable[str]) -> None:
    """Write the digests of a folder's files into the one called `name`. Raises OSError."""
    digests = {file: digest(folder / file) for file in sorted(files)}
    (folder / name).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def read_seal(file: Path) -> dict[str, str]:
    """Digests by the plain names of files. Raises OSError, and ValueError for what is no seal."""
    said = json.loads(file.read_bytes())
    if not isinstance(said, dict):
        raise ValueError("a seal is an object of digests")
    return {Path(name).name: str(value) for name, value in said.items()}


def fits(folder: Path, digests: Mapping[str, str], of: Callable[[Path], str] = digest) -> bool:
    """Is each file as its digest says? Raises OSError for one that cannot be read."""
    return all(of(folder / name) == value for name, value in digests.items())


def move_into_place(filled: Path, target: Path, stays: Callable[[], bool]) -> None:
    """Rename a folder; what is at `target` gives way to a place beside `filled`, unless `stays` says that it is good.

    Several processes may do so at once: nobody meets a part of it. Raises OSError.
    """
    for attempt in range(MOST_MOVES):
        if stays():
            return
        with suppress(FileNotFoundError):
            target.rename(filled.with_name(f"{filled.name}-replaced{attempt}"))
        try:
            filled.rename(target)
            return
        except OSError as error:
            if error.errno not in (ENOTEMPTY, EEXIST) or attempt == MOST_MOVES - 1:
                raise


def write_whole(file: Path, content: bytes) -> None:
    """Write a file aside and rename it, so that a reader never meets half of it. Raises OSError.

    What is there and no file (a device, a pipe, a folder) is left alone: renaming would put a file in its place.
    """
    if file.exists() and not file.is_file():
        raise OSError(EEXIST, "what is there is not a file")
    aside = file.with_name(f".{file.name}.{os.getpid()}.{get_ident()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(file)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def write_sealed(file: Path, content: bytes, made_by: bytes = b"") -> None:
    """Write a file whole, its digest before it; `made_by` is in the digest and not in the file. Raises OSError."""
    write_whole(file, b"\n".join((_sealed_digest(content, made_by), content)))


def read_sealed(file: Path, made_by: bytes = b"") -> bytes | None:
    """What `write_sealed` wrote; None if nothing is there, or not as it was written, or made by something else."""
    try:
        said, _, content = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if said == _sealed_digest(content, made_by) else None


def _sealed_digest(content: bytes, made_by: bytes) -> bytes:
    found = sha256(made_by)
    found.update(content)
    return found.hexdigest().encode()

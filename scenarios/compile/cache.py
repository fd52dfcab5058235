"""The compile cache, and the files of variants in it: written once by content, never beside the user's files."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sealed import write_whole
from zhasyl.sumo.xml_files import Element, read_root, xml_bytes


def default_cache() -> Path:
    """$ZHASYL_CACHE, or zhasyl in $XDG_CACHE_HOME, or in ~/.cache."""
    if os.environ.get("ZHASYL_CACHE"):
        return Path(os.environ["ZHASYL_CACHE"]) / "scenarios"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "zhasyl" / "scenarios"


def changed(file: Path, change: Callable[[Element], bool], name: str) -> Path:
    """The file with `change` made to its root, or itself if `change` answers False. `name` says which change."""
    root = read_root(file)
    return stored(root, f"{name} {file}", file.name.removesuffix(".gz")) if change(root) else file


def stored(root: Element, origin: str, name: str) -> Path:
    """Write a document into the cache by its content. Raises ScenarioError."""
    text = xml_bytes(root)
    folder = default_cache() / "variants" / sha256(f"{origin}".encode() + text).hexdigest()[:32]
    target = folder / name
    if target.is_file() and target.read_bytes() == text:
        return target
    try:
        write_whole(target, text)
    except OSError as error:
        raise ScenarioError(f"cannot write the cache {folder}: {error.strerror}; set ZHASYL_CACHE") from None
    return target

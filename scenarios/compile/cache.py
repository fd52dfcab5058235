"""The compile cache, and the files of variants in it: written once by content, never beside the user's files."""

import os
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

from zhasyl.errors import ScenarioError
from zhasyl.sumo.xml_files import read_root


def default_cache() -> Path:
    """$ZHASYL_CACHE, or zhasyl in $XDG_CACHE_HOME, or in ~/.cache."""
    if os.environ.get("ZHASYL_CACHE"):
        return Path(os.environ["ZHASYL_CACHE"]) / "scenarios"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "zhasyl" / "scenarios"


def changed(file: Path, change: Callable[[ET.Element], bool], name: str) -> Path:
    """The file with `change` made to its root, or itself if `change` answers False. `name` says which change."""
    root = read_root(file)
    return stored(root, f"{name} {file}", file.name.removesuffix(".gz")) if change(root) else file


def stored(root: ET.Element, origin: str, name: str) -> Path:
    """Write a document into the cache by its content, beside and renamed. Raises ScenarioError."""
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    folder = default_cache() / "variants" / sha256(f"{origin}".encode() + text).hexdigest()[:32]
    target = folder / name
    if target.is_file() and target.read_bytes() == text:
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
        os.replace(made, target)
    except OSError as error:
        raise ScenarioError(f"cannot write the cache {folder}: {error.strerror}; set ZHASYL_CACHE") from None
    return target

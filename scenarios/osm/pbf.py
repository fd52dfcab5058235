"""An .osm.pbf file as the elements of OSM XML, through pyosmium (extra `osm`)."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from zhasyl.errors import ScenarioError
from zhasyl.sumo.xml_files import Element, SubElement

KINDS = {"n": "node", "w": "way", "r": "relation"}


def pbf_elements(path: Path) -> Iterator[Element]:
    """The nodes, ways and relations of a file. Raises ScenarioError if it is invalid or pyosmium is missing."""
    try:
        osmium = import_module("osmium")
    except ImportError:
        raise ScenarioError(
            f"{path}: reading .pbf needs pyosmium; run: pip install 'zhasyl[osm]', or export OSM XML instead"
        ) from None
    try:
        for item in osmium.FileProcessor(str(path)):
            yield _element(item)
    except (RuntimeError, OSError, ValueError) as error:
        raise ScenarioError(f"{path} is not a valid .osm.pbf file ({str(error)[:200]}); download it again") from None


def _element(item: Any) -> Element:
    kind = KINDS.get(item.type_str(), "other")
    element = Element(kind, id=str(item.id))
    if kind == "node":
        element.set("lat", f"{item.lat:.7f}")
        element.set("lon", f"{item.lon:.7f}")
    for ref in item.nodes if kind == "way" else ():
        SubElement(element, "nd", ref=str(ref.ref))
    for member in item.members if kind == "relation" else ():
        SubElement(element, "member", type=KINDS.get(member.type, ""), ref=str(member.ref), role=member.role)
    for tag in item.tags:
        SubElement(element, "tag", k=tag.k, v=tag.v)
    return element

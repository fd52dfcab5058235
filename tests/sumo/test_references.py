"""The table of what SUMO's files name, held against SUMO's own schemas."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring, parse

from zhasyl.sumo.home import sumo_home
from zhasyl.sumo.references import ATTRIBUTES, INCLUDE_TAG, Use, make_absolute, references

XSD = "{http://www.w3.org/2001/XMLSchema}"
NAMES_A_FILE = re.compile(r"[a-z]File$|^(file|output|dest|href|path|filename)$")


def named_by_schema() -> set[tuple[str, str]]:
    """(element, attribute) of each attribute that is called like a file in the schemas of what a run loads."""
    folder = sumo_home() / "data" / "xsd"
    files = [folder / f"{name}_file.xsd" for name in ("additional", "routes", "net", "taz", "tllogic", "types")]
    files += [folder / "types" / f"{name}.xsd" for name in ("base", "route", "taz", "meandata")]
    roots: list[Element] = [parse(path, forbid_entities=False).getroot() for path in files]  # type: ignore[misc]
    types = {kind.get("name", ""): kind for root in roots for kind in root.iter(f"{XSD}complexType")}
    found: set[tuple[str, str]] = set()
    for root in roots:
        for element in root.iter(f"{XSD}element"):
            found |= {
                (element.get("name", ""), name) for name in attributes(element, types) if NAMES_A_FILE.search(name)
            }
    return found


def attributes(element: Element, types: dict[str, Element]) -> set[str]:
    """The attributes of an element's type, and of the one that it extends."""
    kind = types.get(element.get("type", "")) if element.get("type") else element.find(f"{XSD}complexType")
    if kind is None:
        return set()
    own = set()
    for inside in kind:
        if inside.tag == f"{XSD}attribute":
            own.add(inside.get("name", ""))
        for extension in inside.iter(f"{XSD}extension"):
            own |= {one.get("name", "") for one in extension.findall(f"{XSD}attribute")}
            base = types.get(extension.get("base", ""))
            own |= {one.get("name", "") for one in base.iter(f"{XSD}attribute")} if base is not None else set()
    return own


def test_the_table_holds_every_file_of_sumos_schemas() -> None:
    named = named_by_schema()
    assert len(named) > 15
    assert named == set(ATTRIBUTES)


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ('<calibrator file="a.xml"/>', Use.READ),
        ('<calibrator output="a.xml"/>', Use.WRITTEN),
        ('<tlLogic><param key="file" value="a.xml"/></tlLogic>', Use.WRITTEN),
        ('<vType><param key="device.ssm.file" value="a.xml"/></vType>', Use.WRITTEN),
        ('<flow><param key="device.toc.file" value="a.xml"/></flow>', Use.WRITTEN),
        ('<vTypeDistribution><vType imgFile="a.png"/></vTypeDistribution>', Use.SHOWN),
        (f'<{INCLUDE_TAG} href="a.xml"/>', Use.READ),
    ],
)
def test_what_an_element_names_is_read_or_written(text: str, use: Use) -> None:
    assert [found.use for found in references(fromstring(text))] == [use]


@pytest.mark.parametrize("text", ['<vType><param key="file" value="a"/></vType>', '<rerouter file="a.xml"/>'])
def test_what_names_no_file_to_sumo_is_left_alone(text: str) -> None:
    assert not list(references(fromstring(text)))


def test_what_is_read_is_found_from_anywhere_and_what_is_written_stays() -> None:
    element = fromstring('<calibrator file="in.xml" output="out.xml"/>')
    make_absolute(element, Path("/town/x.add.xml"))
    assert element.attrib == {"file": "/town/in.xml", "output": "out.xml"}

"""What in a demand keeps a vehicle from being measured, against the options of a run: taken out of every run's copy.

timeToTeleport of a type lifts its vehicles out of jams; some params leave a vehicle, or part of it, out of an output.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

TELEPORTS = ("timeToTeleport", "timeToTeleportBidi")
HIDING_KEY = re.compile(
    r"has\.(?:tripinfo|fcd|emissions|ssm)\.device|device\.(?:fcd|emissions|ssm)\.[\w.-]+|device\.toc\.file"
)
TRACES = (b"timeToTeleport", b".device", b"device.")  # in the text of a file that may hide something


def hides(element: Element) -> bool:
    """Does the element, or one within it, hide vehicles?"""
    return any(_attributes(one) or list(_params(one)) for one in element.iter()) or _is_param(element)


def take_out(element: Element) -> None:
    """Take what hides vehicles out of an element and those within it."""
    for one in element.iter():
        for attribute in _attributes(one):
            del one.attrib[attribute]
        for param in list(_params(one)):
            one.remove(param)


def _attributes(element: Element) -> list[str]:
    return [name for name in TELEPORTS if name in element.attrib]


def _params(element: Element) -> Iterator[Element]:
    return (child for child in element if _is_param(child))


def _is_param(element: Element) -> bool:
    return element.tag == "param" and bool(HIDING_KEY.fullmatch(element.get("key", "")))

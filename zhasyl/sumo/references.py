"""What a file of SUMO names: the files that an element reads, writes or shows, as SUMO 1.28 takes them.

Relative names are looked for beside the file that holds the element; variables of the environment are not expanded
in them, as they are in a configuration. An attribute that is not in the table names no file to SUMO 1.28, whatever
it is called (`file` of a rerouter is not read), and is left alone.

Sources: SUMO's NLHandler, NLTriggerBuilder, NLDetectorBuilder, NLDiscreteEventBuilder, MSDevice_SSM, MSDevice_ToC,
MSActuatedTrafficLightLogic, MSDelayBasedTrafficLightLogic and NEMAController, additional_file.xsd and route.xsd.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from xml.etree.ElementTree import Element

INCLUDE_TAG = "include"  # not xi:include, which SUMO passes over
NOWHERE = "NUL"  # SUMO's name for it on every system
NOWHERES = frozenset({"nul", "/dev/null"})


class Use(Enum):
    """What SUMO does with a file that is named.

    READ changes the traffic or stops SUMO when missing; SHOWN is a picture of sumo-gui; FILTER limits an output, and is
    looked for in the working folder.
    """

    READ = "read"
    WRITTEN = "written"
    SHOWN = "shown"
    FILTER = "filter"


ATTRIBUTES: Mapping[tuple[str, str], Use] = {
    (INCLUDE_TAG, "href"): Use.READ,
    ("variableSpeedSign", "file"): Use.READ,
    ("calibrator", "file"): Use.READ,
    ("calibrator", "output"): Use.WRITTEN,
    ("timedEvent", "dest"): Use.WRITTEN,
    **{(tag, "file"): Use.WRITTEN for tag in (
        "e1Detector", "inductionLoop", "instantInductionLoop", "e2Detector", "laneAreaDetector", "e3Detector",
        "entryExitDetector", "routeProbe", "vTypeProbe", "edgeData", "laneData",
    )},
    **{(tag, "edgesFile"): Use.FILTER for tag in ("edgeData", "laneData")},
    **{(tag, "imgFile"): Use.SHOWN for tag in ("poly", "poi", "vType")},
    ("vType", "osgFile"): Use.SHOWN,
}  # fmt: skip

DEVICE_PARAMETERS: Mapping[str, Use] = {
    "device.ssm.file": Use.WRITTEN,  # without it SUMO writes ssm_VEHICLE.xml into the working folder
    "device.toc.file": Use.WRITTEN,
}
SIGNAL_PARAMETERS: Mapping[str, Use] = {"file": Use.WRITTEN}  # detectors of an actuated programme


@dataclass(frozen=True)
class Reference:
    """A file that an element names: in `attribute`; `key` is the same, or that of a param."""

    element: Element
    tag: str
    attribute: str
    key: str
    use: Use

    @property
    def value(self) -> str:
        return self.element.get(self.attribute, "")

    @property
    def nowhere(self) -> bool:
        """Is it written, but to nowhere?"""
        return self.use is Use.WRITTEN and self.value.lower() in NOWHERES

    def beside(self, path: Path) -> Path:
        """The file that is meant in the file `path`."""
        return path.parent / self.value

    def replace(self, value: str | None) -> None:
        """Name another file, or none."""
        if value is None:
            del self.element.attrib[self.attribute]
        else:
            self.element.set(self.attribute, value)


def references(element: Element, parent: str = "") -> Iterator[Reference]:
    """The files that an element and those within it name; `parent` is the tag it stands in."""
    if element.tag == "param":
        yield from _of_param(element, parent)
    for attribute in element.attrib:
        use = ATTRIBUTES.get((element.tag, attribute))
        if use and element.get(attribute):
            yield Reference(element, element.tag, attribute, attribute, use)
    for child in element:
        yield from references(child, element.tag)


def _of_param(element: Element, parent: str) -> Iterator[Reference]:
    key = element.get("key", "")
    use = (SIGNAL_PARAMETERS if parent == "tlLogic" else DEVICE_PARAMETERS).get(key)
    if use and element.get("value"):
        yield Reference(element, parent, "value", key, use)


def make_absolute(element: Element, path: Path, parent: str = "") -> None:
    """Let what an element of the file `path` reads and shows be found from anywhere; what it writes stays."""
    for found in tuple(references(element, parent)):
        if found.use in (Use.READ, Use.SHOWN):
            found.replace(str(found.beside(path).absolute()))

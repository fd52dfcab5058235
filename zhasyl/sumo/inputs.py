"""What SUMO is given for a measured run: options, the scenario's additional files with muted outputs, and ours."""

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from defusedxml.ElementTree import parse

from zhasyl.measures import Period
from zhasyl.scenarios.clock import seconds
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo import messages
from zhasyl.sumo.log_times import log_times
from zhasyl.sumo.options import IN_EVERY_RUN
from zhasyl.sumo.programme import SumoProgramme
from zhasyl.sumo.xml_files import open_xml, read_root

RAW_TRIPS = "raw-trips.xml"
RAW_VEHICLES = "raw-vehicles.parquet"
RAW_STOPS = "raw-stops.xml"
RAW_SIGNALS = "raw-signals.parquet"
SUMO_LOG = "sumo.log"  # what SUMO says

OUTPUT_TAGS = frozenset({
    "edgeData", "laneData", "timedEvent", "e1Detector", "e2Detector", "e3Detector", "laneAreaDetector",
    "inductionLoop", "instantInductionLoop", "entryExitDetector", "routeProbe", "vTypeProbe", "calibrator",
})  # fmt: skip
CHANGED_ELEMENT = re.compile(rf"<({'|'.join(sorted(OUTPUT_TAGS))}|wautJunction)\s".encode())

TELEPORTS = ("timeToTeleport", "timeToTeleportBidi")  # of a vType: they hold against the option
_KEY = rb"(?:has\.(?:tripinfo|fcd|emissions|ssm)\.device|device\.(?:fcd|emissions|ssm)\.[\w.-]+|device\.toc\.file)"
HIDING_KEY = re.compile(_KEY)  # of a param: it leaves a vehicle or its seconds out of an output, or writes one
HIDES = re.compile(
    rb"\btimeToTeleport(?:Bidi)?\s*=\s*(?:\"[^\"]*\"|'[^']*')|<param\b[^<>]*[\"']" + _KEY + rb"[\"'][^<>]*/>"
)
MAY_HIDE = re.compile(rb"timeToTeleport|" + _KEY + rb"|<(?:xi:)?include\s|^(?:\xff\xfe|\xfe\xff)")  # the last: UTF-16

PROGRAMME_ID = "zhasyl"  # of programmes that SUMO plays for one of its own controller types


def sumo_options(
    scenario: Scenario,
    seed: int,
    outputs: Path,
    edges: Iterable[str],
    signals: Iterable[str],
    programmes: Iterable[SumoProgramme] = (),
    controlled: Container[str] = frozenset(),
) -> list[str]:
    """SUMO's options for one measured run; `edges` are recorded vehicle by vehicle, `signals` state by state.

    `programmes` take the place of the shipped ones: SUMO plays the one it has read last. The scenario's own timetables
    of programmes (WAUT) leave the `controlled` signals alone.
    Writes the input files SUMO needs for that into `outputs`, where its outputs go as well.
    """
    selection = outputs / "edges.txt"
    selection.write_text("".join(f"edge:{edge}\n" for edge in edges), encoding="utf-8")
    additional = outputs / "signals.add.xml"
    _write_additional(additional, outputs / RAW_SIGNALS, signals, programmes)
    muted = _muted(scenario.additional_files, outputs, controlled)
    times = log_times(scenario.start_s, Period(scenario.begin_s, scenario.end_s), scenario.step_s)
    options = {
        "net-file": str(scenario.net_file),
        "route-files": ",".join(map(str, measurable(scenario.route_files, outputs, "route"))),
        "additional-files": ",".join(map(str, (*measurable(muted, outputs, "additional"), additional))),
        "begin": seconds(scenario.start_s),
        "end": seconds(scenario.end_s),
        "seed": str(seed),
        **dict(scenario.sumo_options),
        **IN_EVERY_RUN,
        "tripinfo-output": str(outputs / RAW_TRIPS),
        "tripinfo-output.write-unfinished": "true",
        "tripinfo-output.write-undeparted": "true",
        "personinfo-output": "NUL",  # else among the trips
        "device.emissions.probability": "1",
        "fcd-output": str(outputs / RAW_VEHICLES),
        "fcd-output.attributes": "lane,pos,speed",
        "fcd-output.filter-edges.input-file": str(selection),
        "device.fcd.period": f"{times.every_s:.3f}",
        "device.fcd.begin": f"{times.first_s:.3f}",
        "person-device.fcd.probability": "0",
        "device.ssm.file": "NUL",  # a type with that device writes into the working folder otherwise
        "person-fcd-output": "NUL",  # else among the vehicles
        "stop-output": str(outputs / RAW_STOPS),
        "stop-output.write-unfinished": "true",
        "no-step-log": "true",
        **messages.OPTIONS,
        "xml-validation": "never",
    }
    return [part for key, value in options.items() for part in (f"--{key}", value)]


def measurable(files: Iterable[Path], scratch: Path, name: str) -> Iterator[Path]:
    """The files; those that lift vehicles out of jams or out of the outputs as copies that do not."""
    for number, path in enumerate(files):
        copy = scratch / f"{name}-{number}.xml"
        with open_xml(path) as text:
            suspect = any(MAY_HIDE.search(line) for line in text)
        yield copy if suspect and (_copied_by_line(path, copy) or _copied_as_a_tree(path, copy)) else path


def _copied_by_line(path: Path, copy: Path) -> bool:
    """Write a copy without what hides; False if a line cannot tell, as where something is included."""
    with open_xml(path) as text, copy.open("wb") as written:
        for line in text:
            kept = HIDES.sub(b"", line)
            if MAY_HIDE.search(kept):
                return False
            written.write(kept)
    return True


def _copied_as_a_tree(path: Path, copy: Path) -> bool:
    """Write a copy without what hides; False if there is nothing of it."""
    root, changed = read_root(path), False
    for element in root.iter():
        for key in [key for key in TELEPORTS if key in element.attrib]:
            del element.attrib[key]
            changed = True
        for param in [p for p in element.findall("param") if HIDING_KEY.fullmatch(p.get("key", "").encode())]:
            element.remove(param)
            changed = True
    if changed:
        ElementTree(root).write(copy, encoding="utf-8", xml_declaration=True)
    return changed


def _muted(files: Iterable[Path], scratch: Path, controlled: Container[str]) -> Iterator[Path]:
    """Additional files whose detectors write nowhere: runs side by side would overwrite each other's files.

    Without what would switch a controlled signal to another programme in mid-run.
    """
    for number, path in enumerate(files):
        if not CHANGED_ELEMENT.search(path.read_bytes()):
            yield path
            continue
        tree = parse(path)
        for root in tree.iterfind("."):
            for junction in root.findall("wautJunction"):
                if junction.get("junctionID") in controlled:
                    root.remove(junction)
        for element in tree.iter():
            for attribute in ("file", "dest", "output"):
                if attribute in element.attrib and element.tag in OUTPUT_TAGS:
                    element.set(attribute, "NUL")
        tree.write(scratch / f"{number}-{path.name}", encoding="utf-8", xml_declaration=True)
        yield scratch / f"{number}-{path.name}"


def _write_additional(
    path: Path, destination: Path, signals: Iterable[str], programmes: Iterable[SumoProgramme]
) -> None:
    root = Element("additional")
    for programme in programmes:
        root.append(tl_logic(programme))
    for signal in signals:
        SubElement(root, "timedEvent", type="SaveTLSSwitchStates", source=signal, dest=str(destination))
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def tl_logic(programme: SumoProgramme) -> Element:
    """The programme in SUMO's XML, beside whatever others its signal has."""
    element = Element("tlLogic", id=programme.signal, type=programme.kind, programID=PROGRAMME_ID, offset="0")
    for key, value in programme.parameters.items():
        SubElement(element, "param", key=key, value=str(value))
    for phase in programme.phases:
        SubElement(element, "phase", {key: str(value) for key, value in phase.items()})
    return element

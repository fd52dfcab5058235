"""What SUMO is given for a measured run: options, the scenario's additional files with muted outputs, and ours."""

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from defusedxml.ElementTree import parse

from zhasyl.measures import Period
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo.log_times import log_times
from zhasyl.sumo.programme import SumoProgramme

RAW_TRIPS = "raw-trips.xml"
RAW_VEHICLES = "raw-vehicles.parquet"
RAW_STOPS = "raw-stops.xml"
RAW_SIGNALS = "raw-signals.parquet"

OUTPUT_TAGS = frozenset({
    "edgeData", "laneData", "timedEvent", "e1Detector", "e2Detector", "e3Detector", "laneAreaDetector",
    "inductionLoop", "instantInductionLoop", "entryExitDetector", "routeProbe", "vTypeProbe", "calibrator",
})  # fmt: skip
CHANGED_ELEMENT = re.compile(rf"<({'|'.join(sorted(OUTPUT_TAGS))}|wautJunction)\s".encode())

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
    times = log_times(scenario.start_s, Period(scenario.begin_s, scenario.end_s), scenario.step_s)
    options = {
        "net-file": str(scenario.net_file),
        "route-files": ",".join(map(str, scenario.route_files)),
        "additional-files": ",".join(map(str, (*_muted(scenario.additional_files, outputs, controlled), additional))),
        "begin": f"{scenario.start_s:g}",
        "end": f"{scenario.end_s:g}",
        "seed": str(seed),
        **dict(scenario.sumo_options),
        "time-to-teleport": "-1",
        "max-depart-delay": "-1",
        "collision.action": "warn",
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
        "person-fcd-output": "NUL",  # else among the vehicles
        "stop-output": str(outputs / RAW_STOPS),
        "stop-output.write-unfinished": "true",
        "no-step-log": "true",
        "no-warnings": "true",
        "xml-validation": "never",
    }
    return [part for key, value in options.items() for part in (f"--{key}", value)]


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

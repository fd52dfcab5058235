"""Random valid .sumocfg inputs, the same for the same seed: whatever a configuration may hold that moves the traffic.

A network of netgenerate; vehicle types, flows, trips, vehicles, persons, stops, taxis and batteries; detectors, speed
signs, calibrators, programmes and timetables; options; spread over files that are packed, in UTF-16, included from one
another, in folders below, named by environment variables.
"""

import gzip
import random
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

import sumo
from defusedxml.ElementTree import parse

from benchmarks.valid_contents import PARTS, PERIOD_S, Roads, add_types, seconds_text
from benchmarks.valid_departures import DEPARTURE_PARTS
from benchmarks.valid_services import SERVICE_PARTS

VARIABLE = "ZHASYL_INPUT_FOLDER"
INSTEAD_OF = {"lanechange.duration": "lateral-resolution", "lateral-resolution": "lanechange.duration"}
NETWORKS = (
    ("--grid", "--grid.number=1", "--grid.attach-length=150"),
    ("--grid", "--grid.number=1", "--grid.attach-length=180", "--lefthand"),
    ("--grid", "--grid.x-number=2", "--grid.y-number=1", "--grid.length=120", "--grid.attach-length=150"),
    (
        "--spider",
        "--spider.arm-number=3",
        "--spider.circle-number=1",
        "--spider.space-radius=80",
        "--spider.attach-length=120",
    ),
)
BEGINS_S = ("0", "0", "0", "25200", "100.5", "07:30:00", "1234567", "1:00:00:00")
STEPS_S = ("1", "1", "0.5", "0.25", "0.3", "0.4", "0.6", "0.8", "1.5", "2")
OPTIONS = (
    ("processing", "step-method.ballistic", "true"), ("processing", "lateral-resolution", "0.8"),
    ("processing", "default.speeddev", "0.2"), ("processing", "default.action-step-length", "1"),
    ("processing", "time-to-impatience", "60"), ("processing", "max-depart-delay", "20"),
    ("processing", "time-to-teleport", "60"), ("processing", "collision.action", "teleport"),
    ("processing", "ignore-junction-blocker", "10"), ("processing", "extrapolate-departpos", "true"),
    ("processing", "random-depart-offset", "20"), ("processing", "scale", "0.7"), ("processing", "scale", "1.3"),
    ("processing", "sloppy-insert", "true"), ("processing", "eager-insert", "true"),
    ("processing", "max-num-vehicles", "60"), ("processing", "pedestrian.model", "nonInteracting"),
    ("processing", "pedestrian.striping.dawdling", "0.4"), ("processing", "default.carfollowmodel", "IDM"),
    ("processing", "default.departspeed", "max"), ("processing", "default.departlane", "free"),
    ("processing", "tls.actuated.jam-threshold", "20"), ("routing", "device.rerouting.probability", "0.5"),
    ("routing", "device.rerouting.period", "60"), ("routing", "routing-algorithm", "astar"),
    ("processing", "ignore-route-errors", "true"), ("routing", "weights.random-factor", "1.5"),
    ("output", "tripinfo-output", "own_trips.xml"), ("output", "summary-output", "own_summary.xml"),
    ("output", "fcd-output", "own_fcd.xml.gz"), ("output", "output-prefix", "own_"), ("report", "log", "own.log"),
    ("output", "save-state.times", "100"), ("output", "vehroute-output", "own_routes.xml"),
    ("random_number", "seed", "77"), ("emissions", "device.emissions.probability", "0.4"),
    ("communication", "device.btsender.probability", "0.3"), ("fcd_device", "device.fcd.probability", "0.4"),
    ("ssm_device", "device.ssm.probability", "0.2"), ("example_device", "device.example.probability", "0.3"),
    ("time", "step-length", "0:00:00.5"), ("driver_state_device", "device.driverstate.probability", "0.3"),
    ("processing", "lanechange.duration", "2"),
    ("processing", "tls.delay_based.detector-range", "60"), ("processing", "tls.yellow.min-decel", "2"),
    ("processing", "collision.check-junctions", "true"), ("processing", "ignore-accidents", "true"),
    ("processing", "extrapolate-departpos", "true"), ("processing", "emergency-insert", "true"),
    ("processing", "insertion-checks", "collision"), ("processing", "route-steps", "0"),
    ("processing", "parking.maneuver", "true"), ("processing", "default.emergencydecel", "decel"),
    ("report", "precision", "4"), ("report", "human-readable-time", "true"), ("processing", "threads", "2"),
    ("routing", "weights.priority-factor", "1"),
    ("routing", "device.rerouting.adaptation-steps", "5"),
    ("routing", "weights.minor-penalty", "9"), ("processing", "keep-after-arrival", "50"),
    ("processing", "pedestrian.striping.jamtime", "20"), ("processing", "startup-wait-threshold", "5"),
)  # fmt: skip


@dataclass
class Input:
    """A configuration that was written, the environment it needs, and the vehicles that depart when triggered."""

    config: Path
    environment: dict[str, str]
    triggered: frozenset[str]
    features: tuple[str, ...]


def _roads(net_file: Path) -> Roads:
    root = parse(net_file).getroot()
    assert root is not None  # noqa: S101  netgenerate wrote it
    onward: dict[str, list[str]] = defaultdict(list)
    for link in root.iter("connection"):
        start, end = link.get("from", ""), link.get("to", "")
        if (
            not start.startswith(":")
            and not end.startswith(":")
            and end not in onward[start]
            and link.get("dir") != "t"
        ):
            onward[start].append(end)
    lanes = {edge.get("id", ""): list(edge.iter("lane")) for edge in root.iter("edge") if not edge.get("function")}
    for_cars = {name: [lane for lane in own if not lane.get("allow")] for name, own in lanes.items()}
    arriving = {end for ends in onward.values() for end in ends}
    return Roads(
        {
            logic.get("id", ""): [(float(p.get("duration", "0")), p.get("state", "")) for p in logic.iter("phase")]
            for logic in root.iter("tlLogic")
        },
        {name: own[0].get("id", "") for name, own in for_cars.items() if own},
        {name: float(own[0].get("length", "0")) for name, own in for_cars.items() if own},
        sorted(name for name in lanes if name not in arriving and onward[name]),
        sorted(name for name in lanes if not onward[name]),
        onward,
        sorted(name for name, own in lanes.items() if own[0].get("allow") == "pedestrian"),
    )


class _Writer:
    """Writes one input; `teleports` says whether types may have a time to teleport of their own."""

    def __init__(self, folder: Path, seed: int, teleports: bool) -> None:
        self.folder, self.draw, self.teleports = folder, random.Random(seed), teleports  # noqa: S311
        self.additional: list[Element] = []
        self.departing: list[tuple[float, Element]] = []
        self.declared: list[Element] = []
        self.files: dict[str, list[str]] = {"additional-files": [], "route-files": []}
        self.waiting: set[str] = set()
        self.features: list[str] = []
        self.number = 0

    def chance(self, probability: float, feature: str = "") -> bool:
        """Draw whether the input has a feature."""
        found = self.draw.random() < probability
        if found and feature:
            self.features.append(feature)
        return found

    def name(self, kind: str) -> str:
        """A new name."""
        self.number += 1
        return f"{kind}{self.number}"

    def store(self, root: str, elements: Iterable[Element], kind: str, packed: float = 0.3) -> Path:
        """Write a file, packed or not, in one encoding or another, in a folder or another."""
        below = self.folder / "sub" if self.chance(0.3, "folder") else self.folder
        below.mkdir(exist_ok=True)
        document = Element(root)
        document.extend(elements)
        data = tostring(document, encoding="utf-16" if self.chance(0.15, "utf-16") else "utf-8", xml_declaration=True)
        path = below / f"{self.name(kind)}.{kind}.xml"
        if self.chance(packed, "packed"):
            data, path = gzip.compress(data), path.with_name(path.name + self.draw.choice((".gz", "")))
        path.write_bytes(data)
        return path

    def beside(self, root: str, elements: list[Element], kind: str) -> str:
        """Write a file of its own, not packed; answers the path that the others name it by."""
        return str(self.store(root, elements, kind, packed=0))

    def spread(self, root: str, elements: list[Element], kind: str) -> Path:
        """Write elements to a file, some of them to one that it includes from their place."""
        if len(elements) > 1 and self.chance(0.35, f"include {kind}"):
            cut, end = sorted(self.draw.sample(range(len(elements) + 1), 2))
            part = self.spread(root, elements[cut:end], kind)
            elements = [*elements[:cut], Element("include", href=str(part)), *elements[end:]]
        return self.store(root, elements, kind)

    def network(self) -> Roads:
        kind = self.draw.choice(NETWORKS)
        lanes, programme = self.draw.choice((1, 2)), self.draw.choice(("static", "static", "actuated"))
        walkers = ["--sidewalks.guess", "--crossings.guess"] if self.chance(0.3, "pedestrians") else []
        net_file = self.folder / "plain.net.xml"
        command = [Path(sumo.SUMO_HOME) / "bin" / "netgenerate", *kind, f"--default.lanenumber={lanes}", *walkers,
                   "--default-junction-type=traffic_light", f"--tls.default-type={programme}",
                   "--no-turnarounds", f"--seed={self.draw.randrange(1000)}", "-o", net_file]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        roads = _roads(net_file)
        if self.chance(0.2, "packed network"):
            net_file.with_name("plain.net.xml.gz").write_bytes(gzip.compress(net_file.read_bytes()))
            net_file.unlink()
        return roads


def write_input(folder: Path, seed: int, teleports: bool = True) -> Input:
    """Write a random valid input into an empty folder.

    Without `teleports` it is the same but for its types' own times to teleport.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(folder, seed, teleports)
    roads, draw = writer.network(), writer.draw
    begin = draw.choice(BEGINS_S)
    begin_s = _seconds(begin)
    types = add_types(writer)
    for part in (*PARTS, *DEPARTURE_PARTS, *SERVICE_PARTS):
        part(writer, roads, types, begin_s)
    _files(writer)
    environment = {VARIABLE: str(folder)} if writer.chance(0.2, "environment variable") else {}
    config = _config(writer, begin, begin_s, bool(environment))
    return Input(config, environment, frozenset(writer.waiting), tuple(dict.fromkeys(writer.features)))


def _seconds(text: str) -> float:
    parts = [float(part) for part in text.split(":")]
    return sum(part * unit for part, unit in zip(reversed(parts), (1, 60, 3600, 86400), strict=False))


def _files(writer: _Writer) -> None:
    """Spread what was drawn over files: additional in their order, departing sorted, each file by itself."""
    cut = writer.draw.randint(0, len(writer.additional)) if writer.chance(0.3, "two additional files") else 0
    for part in (writer.additional[:cut], writer.additional[cut:]):
        if part:
            writer.files["additional-files"].append(str(writer.spread("additional", part, "add")))
    writer.departing.sort(key=lambda row: row[0])
    elements = [element for _, element in writer.departing]
    shares = (elements[::2], elements[1::2]) if writer.chance(0.3, "two route files") else (elements,)
    writer.files["route-files"] += [
        str(writer.spread("routes", [*writer.declared, *share] if share is shares[0] else share, "rou"))
        for share in shares
        if share
    ]


def _config(writer: _Writer, begin: str, begin_s: float, by_variable: bool) -> Path:
    sections: dict[str, list[tuple[str, str]]] = defaultdict(list)
    net_file = next(writer.folder.glob("plain.net.xml*"))
    for key, paths in (("net-file", [str(net_file)]), *writer.files.items()):
        there = f"${{{VARIABLE}}}" if by_variable else "."
        sections["input"].append((key, ",".join(path.replace(str(writer.folder), there) for path in paths)))
    sections["time"] = [("begin", begin), ("end", seconds_text(begin_s + PERIOD_S))]
    step = writer.draw.choice(STEPS_S)
    if step != "1":
        sections["time"].append(("step-length", step))
        writer.features.append(f"step {step}")
    for section, key, value in writer.draw.sample(OPTIONS, writer.draw.randint(0, 9)):
        shifts_triggered = key == "random-depart-offset" and writer.waiting  # SUMO adds it to a departure at 0
        given = {known for known, _ in sections[section]}
        if not {key, INSTEAD_OF.get(key)} & given and not shifts_triggered:
            sections[section].append((key, value))
            writer.features.append(key)
    body = "".join(
        f"<{section}>" + "".join(f'<{key} value="{value}"/>' for key, value in rows if value) + f"</{section}>"
        for section, rows in sections.items()
    )
    config = writer.folder / "any.sumocfg"
    config.write_text(f"<configuration>{body}</configuration>", encoding="utf-8")
    return config

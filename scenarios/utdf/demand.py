"""Vehicles and walkers of a town: the balanced flows of an hour, whose busiest quarter is as busy as PHF says.

peak    one quarter of the hour, the second, has volume / (4 PHF), the others share the rest; PHF is the mean by volume
trucks  the HeavyVehicles of the link on which a vehicle enters, the mean by volume
walkers the Peds of a right turn walk over the arm that it turns into, half of them each way
"""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from zhasyl.files.clock import seconds
from zhasyl.scenarios.counts.fit import write_types
from zhasyl.scenarios.counts.route_flows import whole
from zhasyl.scenarios.utdf.balance import Balanced, Way
from zhasyl.scenarios.utdf.layout import Layout
from zhasyl.scenarios.utdf.shapes import centre_line, length_m
from zhasyl.scenarios.utdf.town import Town
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

HOUR_S, QUARTER_S = 3600.0, 900.0
PEAK = 1
SEED = 1
ROUND_S = 300.0
SLOWER = 1.5  # than at the speed limit: signals
LONGEST_WARM_UP_S = 3600.0
WALK_FROM_M = 10.0
LEAST_WALKERS_PH = 0.1  # SUMO takes no rate of 0
Interval = tuple[float, float, float]
"""Begin, end, and the flow as a share of the hourly one."""


def mean_phf(town: Town) -> float:
    """The peak hour factor of all movements, by volume."""
    groups = [group for link in town.links.values() for group in link.groups]
    volume = sum(group.volume_vph for group in groups)
    return sum(group.phf * group.volume_vph for group in groups) / volume if volume else 1.0


def warm_up_s(town: Town, balanced: Balanced) -> float:
    """Time for the longest way, so that the streets are full when the period begins."""
    times_s = {link.id: length_m(centre_line(town, link)) / link.speed_mps for link in town.links.values()}
    longest = max((sum(times_s[one] for one in way) for way in balanced.flows_vph), default=0.0)
    wanted_s = max(QUARTER_S, -(-longest * SLOWER // ROUND_S) * ROUND_S)
    return float(min(wanted_s, LONGEST_WARM_UP_S))


def intervals(begin_s: float, minutes: float, phf: float) -> list[Interval]:
    """The warm-up and the period; an hour has a busiest quarter, any other time the hourly flow throughout."""
    if minutes != HOUR_S / 60:
        return [(0.0, begin_s, 1.0), (begin_s, begin_s + minutes * 60, 1.0)]
    peak = 1 / phf
    shares = [peak if quarter == PEAK else (4 - peak) / 3 for quarter in range(4)]
    quarters = [(begin_s + QUARTER_S * n, begin_s + QUARTER_S * (n + 1), share) for n, share in enumerate(shares)]
    return [(0.0, begin_s, shares[0]), *quarters]


def write_vehicles(layout: Layout, balanced: Balanced, parts: list[Interval], folder: Path) -> tuple[Path, Path]:
    """Write vehicle types and vehicles; answers both files."""
    types, routes = folder / "vehicles.add.xml", folder / "demand.rou.xml"
    write_types(("car", "truck"), types)
    draw = random.Random(SEED)  # noqa: S311  no secret
    ways = sorted(balanced.flows_vph)
    trucks = _truck_shares(layout.town)
    root = Element("routes")
    for number, way in enumerate(ways):
        SubElement(root, "route", id=f"w{number}", edges=" ".join(_edges(layout, way)))
    flows = np.array([balanced.flows_vph[way] for way in ways])
    for part, (begin_s, end_s, share) in enumerate(parts):
        numbers = whole(flows * share * (end_s - begin_s) / HOUR_S, draw)
        departures = sorted(
            (draw.uniform(begin_s, end_s), number) for number, n in enumerate(numbers) for _ in range(n)
        )
        for count, (depart_s, number) in enumerate(departures):
            kind = "truck" if draw.random() < trucks.get(ways[number][0], 0.0) else "car"
            SubElement(root, "vehicle", id=f"{part}.{count}", type=kind, route=f"w{number}",
                       attrib={"depart": f"{depart_s:.2f}", "departLane": "best", "departSpeed": "max"})  # fmt: skip
    write_xml(root, routes)
    return types, routes


def _truck_shares(town: Town) -> dict[str, float]:
    """Link → share of heavy vehicles; of a link without lane groups the town's."""
    groups = [group for link in town.links.values() for group in link.groups]
    volume = sum(group.volume_vph for group in groups) or 1.0
    all_of_them = sum(group.heavy * group.volume_vph for group in groups) / volume
    found = {}
    for link in town.links.values():
        own = sum(group.volume_vph for group in link.groups)
        found[link.id] = sum(g.heavy * g.volume_vph for g in link.groups) / own if own else all_of_them
    return found


def _edges(layout: Layout, way: Way) -> Iterator[str]:
    links = layout.town.by_id
    for before, after in pairwise((*way, "")):
        yield from layout.edges(links[before])
        ring = layout.rings.get(links[before].node)
        if ring and after:
            yield from ring.between(links[before].up, links[after].node)


def write_walkers(layout: Layout, end_s: float, path: Path) -> bool:
    """Write the walkers over crossings; answers whether anybody walks."""
    root = Element("routes")
    town = layout.town
    for node, arms in layout.crossings.items():
        for link in town.arriving(node):
            for group in link.groups:
                if group.walkers_ph >= LEAST_WALKERS_PH and group.dest in arms and (group.dest, node) in town.links:
                    _walk(layout, root, node, group.dest, f"{node}.{group.column}", group.walkers_ph, end_s)
    if len(root):
        write_xml(root, path)
    return bool(len(root))


def _walk(layout: Layout, root: Element, node: str, arm: str, name: str, walkers_ph: float, end_s: float) -> None:
    towards = layout.pieces[layout.town.links[arm, node].id][-1].edge
    away = layout.pieces[layout.town.links[node, arm].id][0].edge
    near = {towards: f"{-WALK_FROM_M:g}", away: f"{WALK_FROM_M:g}"}
    for begin, end in ((towards, away), (away, towards)):
        flow = Element("personFlow", id=f"walk.{name}.{begin}")
        flow.attrib.update(begin="0", end=seconds(end_s), period=f"exp({walkers_ph / 2 / HOUR_S:.8f})")
        flow.set("departPos", near[begin])
        SubElement(flow, "walk", {"from": begin, "to": end, "arrivalPos": near[end]})
        root.append(flow)

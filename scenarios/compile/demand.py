"""From volumes, turning shares and the profile to SUMO's flows with random arrivals.

Vehicles arrive one by one with exponential gaps (a Poisson process), so that the seed decides who comes when.
"""

import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds
from zhasyl.scenarios.compile.buses_and_pedestrians import HOUR_S, bus_flows, walker_flows
from zhasyl.scenarios.tables.model import Tables
from zhasyl.scenarios.tables.rows import Vehicle
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

LEAST_PATH_SHARE = 2e-4  # rarer paths through a network are left out and their share spread over the others
LEAST_SHARE_KEPT = 0.8  # where the rarer paths carry more than the rest of it, as in a large network, paths are drawn
DRAWN_PATHS, MOST_DRAWS = 200, 2000  # from an entry

Path_ = tuple[str, ...]
Onward = Callable[[str], dict[str, float]]


def write_demand(tables: Tables, route_file: Path) -> None:
    """Write vehicle types, routes, flows, buses and pedestrians. Raises ScenarioError if a volume has no way out."""
    root = Element("routes")
    for mix in dict.fromkeys(vehicle.mix for vehicle in tables.vehicles.rows):
        distribution = SubElement(root, "vTypeDistribution", id=f"mix.{mix}")
        distribution.extend(_vehicle_type(row) for row in tables.vehicles.rows if row.mix == mix)
    flows: list[tuple[float, Element]] = []
    for volume in tables.volumes.rows:
        name = f"{volume.link}.{volume.mix}"
        ways = SubElement(root, "routeDistribution", id=name)
        for path, share in path_shares(tables, volume.link, volume.mix):
            SubElement(ways, "route", edges=" ".join(path), probability=f"{share:.6f}")
        flows += _flows(tables, name, volume.mix, volume.volume_vph)
    flows += [*bus_flows(tables), *walker_flows(tables)]
    root.extend(flow for _, flow in sorted(flows, key=lambda pair: pair[0]))
    write_xml(root, route_file)


def _vehicle_type(row: Vehicle) -> Element:
    return Element(
        "vType",
        id=row.type,
        vClass=row.vclass,
        length=f"{row.length_m:g}",
        maxSpeed=f"{row.max_speed_kmh / 3.6:.2f}",
        emissionClass=row.emission_class,
        probability=f"{row.share:g}",
    )


def _flows(tables: Tables, route: str, mix: str, volume_vph: float) -> Iterator[tuple[float, Element]]:
    for number, interval in enumerate(tables.profile.rows):
        rate_per_s = volume_vph * interval.factor / HOUR_S
        if rate_per_s <= 0:
            continue
        flow = Element("flow", id=f"{route}.{number}", type=f"mix.{mix}", route=route)
        flow.set("begin", seconds(interval.begin_s))
        flow.set("end", seconds(interval.end_s))
        flow.set("period", f"exp({rate_per_s:.8f})")
        flow.set("departLane", "best")
        flow.set("departSpeed", "max")
        yield interval.begin_s, flow


def path_shares(tables: Tables, entry: str, mix: str) -> list[tuple[Path_, float]]:
    """Ways of a mix from an entry link out of the network, with their shares; the shares sum to 1.

    All that are not rare; where most traffic takes rare ones, ways drawn at random by the turning shares, always the
    same ones. No way passes a junction twice unless it turns back. Raises ScenarioError if no way leads out.
    """
    ends = {junction.id for junction in tables.junctions.rows if junction.type == "end"}
    onward = cache(lambda link: link_shares(tables, link, mix))
    found = _frequent_paths(tables, entry, onward, ends)
    if sum(share for _, share in found) < LEAST_SHARE_KEPT:
        found = _drawn_paths(tables, entry, onward, ends, random.Random(f"{entry} {mix}"))  # noqa: S311  no secret
    if not found:
        raise ScenarioError(f"{tables.volumes.name}: no way out of the network from '{entry}'; add turns or an end")
    total = sum(share for _, share in found)
    return [(path, share / total) for path, share in found]


def _frequent_paths(tables: Tables, entry: str, onward: Onward, ends: set[str]) -> list[tuple[Path_, float]]:
    """Those that are not rare; not all of them if the rare ones carry too much."""
    done: list[tuple[Path_, float]] = []
    open_paths: deque[tuple[Path_, float]] = deque([((entry,), 1.0)])
    left_out = 0.0
    while open_paths and left_out <= 1 - LEAST_SHARE_KEPT:
        path, share = open_paths.popleft()
        if tables.link_by_id[path[-1]].to_junction in ends:
            done.append((path, share))
            continue
        left_out += share
        for link, part in _open_ways(tables, path, onward).items():
            if share * part >= LEAST_PATH_SHARE:
                open_paths.append(((*path, link), share * part))
                left_out -= share * part
    return done


def _drawn_paths(
    tables: Tables, entry: str, onward: Onward, ends: set[str], draw: random.Random
) -> list[tuple[Path_, float]]:
    """As often as each was drawn, in the order of the first time; a way that shuts itself in is drawn anew."""
    drawn: Counter[Path_] = Counter()
    for _ in range(MOST_DRAWS):
        path: Path_ = (entry,)
        while tables.link_by_id[path[-1]].to_junction not in ends:
            shares = _open_ways(tables, path, onward)
            if not shares:
                break
            path = (*path, *draw.choices(list(shares), list(shares.values())))
        else:
            drawn[path] += 1
        if drawn.total() == DRAWN_PATHS:
            break
    return [(path, float(times)) for path, times in drawn.items()]


def _open_ways(tables: Tables, path: Path_, onward: Onward) -> dict[str, float]:
    """Where a way may go on, with the shares of the turns: to no junction where it has been since it turned back."""
    turned = [number for number, pair in enumerate(pairwise(path), start=1) if pair in tables.u_turns]
    seen = {tables.link_by_id[link].from_junction for link in path[turned[-1] if turned else 0 :]}
    return {
        link: part
        for link, part in onward(path[-1]).items()
        if (path[-1], link) in tables.u_turns or tables.link_by_id[link].to_junction not in seen
    }


def link_shares(tables: Tables, link: str, mix: str) -> dict[str, float]:
    """Where a mix goes at the end of a link. Raises ScenarioError if turning.csv does not say."""
    by_bus = any(vehicle.mix == mix and vehicle.vclass == "bus" for vehicle in tables.vehicles.rows)
    turns = [turn for turn in tables.turns_from[link] if by_bus or turn.classes == "all"]
    exits = {(turn.movement, turn.to_link) for turn in turns}
    onward = {to_link for _, to_link in exits}
    if len(onward) == 1:
        return dict.fromkeys(onward, 1.0)
    if (link, mix) in tables.exit_shares:
        return {to_link: share for to_link, share in tables.exit_shares[link, mix].items() if share > 0}
    row = tables.turning_of.get((link, mix))
    if row is None:
        raise ScenarioError(f"{tables.turning.name}: no row for mix '{mix}' on link '{link}', which forks; add one")
    line, turning = row
    shares: dict[str, float] = {}
    for movement, share in turning.shares.items():
        targets = sorted(to_link for name, to_link in exits if name == movement)
        if share > 0 and len(targets) != 1:
            raise tables.turning.fault(
                line,
                f"{movement} {share:g}, but '{link}' leads {movement} to {len(targets)} links in turns.csv; "
                "make it 1 or the share 0, or give its shares in exits.csv",
            )
        if share > 0:
            shares[targets[0]] = shares.get(targets[0], 0.0) + share
    return shares

"""A UTDF file as a scenario folder: network, plans, demand, what was guessed, and the file itself for the way back."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_table import write_csv
from zhasyl.files.sheets import Lines, read_sheet
from zhasyl.network import Network
from zhasyl.scenarios.beside.files import SYNCHRO_FILE, name_beside, write_synchro
from zhasyl.scenarios.beside.model import LANE_GROUP, Beside
from zhasyl.scenarios.counts.placed import GEH_LIMIT
from zhasyl.scenarios.demand.random_trips import random_demand
from zhasyl.scenarios.model import Assumption, Scenario, SignalTiming
from zhasyl.scenarios.osm.corrected_programmes import mend_programmes
from zhasyl.scenarios.osm.import_map import scenario_id
from zhasyl.scenarios.plans.made import PLAN_FILE, copy_sheet
from zhasyl.scenarios.plans.synchro import placed_nodes
from zhasyl.scenarios.plans.timetable import programme_elements
from zhasyl.scenarios.plans.utdf import Node, is_utdf
from zhasyl.scenarios.sumo_folder import write_ready
from zhasyl.scenarios.turns import junction_turns
from zhasyl.scenarios.utdf.balance import Balanced, balance
from zhasyl.scenarios.utdf.crossings import walked_arms, walked_links
from zhasyl.scenarios.utdf.demand import intervals, mean_phf, warm_up_s, write_vehicles, write_walkers
from zhasyl.scenarios.utdf.detectors import write_detectors
from zhasyl.scenarios.utdf.layout import Layout
from zhasyl.scenarios.utdf.left_out import note_left_out
from zhasyl.scenarios.utdf.network import build_network
from zhasyl.scenarios.utdf.read_town import NO_NODE, read_town
from zhasyl.scenarios.utdf.reported.block import Block
from zhasyl.scenarios.utdf.reported.placed import Placing
from zhasyl.scenarios.utdf.reported.records import record_blocks
from zhasyl.scenarios.utdf.reported.report import read_report
from zhasyl.scenarios.utdf.sections import Sections, read_sections
from zhasyl.scenarios.utdf.signals import Timed, timed
from zhasyl.scenarios.utdf.town import SIGNAL, Town
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import Element, write_xml

NET_FILE = "network.net.xml"
SOURCE = "utdf.csv"
SHARE_TO_MEET = 0.85
MOST_REBUILDS = 3  # without the crossings that no phase can serve
EMPTY_WARM_UP_S = 900.0


@dataclass(frozen=True)
class Imported:
    """What came of an import. `share_met` is that of the file's volumes with a GEH below 5; None without volumes."""

    network: Network
    signals: tuple[str, ...]
    planned: tuple[str, ...]
    kept: dict[str, str]
    town: Town
    share_met: float | None
    mismatch_vph: float
    mismatch_link: str
    beside: int
    """Lane groups with results of Synchro's."""


def import_town(path: Path, folder: Path, name: str, minutes: float, reports: Sequence[Path] = ()) -> Imported:
    """Fill an empty folder with the scenario of a combined UTDF file and Synchro's reports. Raises ScenarioError."""
    lines = read_sheet(path)
    if not is_utdf(lines):
        raise ScenarioError(f"{path}: no section as [Nodes]; export the combined UTDF file of Synchro 7 or later")
    file = read_sections(path, lines)
    town = read_town(file)
    nodes = _timed_nodes(file, town, lines)
    timing = SignalTiming(walking_speed_mps=round(town.units.walking_mps, 2))
    note_left_out(file, town.guesses)
    told = [read_report(report) for report in reports]
    layout, network, plans = _built(town, nodes, timing, folder)
    beside = _beside(file, layout, told)
    _write_plans(plans, folder)
    balanced = balance(town)
    if balanced and not balanced.flows_vph:
        raise ScenarioError(
            f"{path}: no way through the network has a volume all along; export its ends (TYPE 1), too, where vehicles "
            "come from and go to"
        )
    scenario = _scenario(layout, network, plans, balanced, folder, name, path, minutes, timing)
    write_ready(folder, scenario, (f"Synchro, UTDF file {path.name}",))
    _write_tables(layout, network, plans, balanced, folder)
    write_detectors(file, layout, folder / "detectors.csv")
    if beside:
        write_synchro(folder / SYNCHRO_FILE, beside)
        name_beside(folder, "synchro", SYNCHRO_FILE)
    copy_sheet(path, folder / SOURCE)
    signals = tuple(sorted(network.programmes))
    mismatch = (balanced.mismatch_vph, balanced.mismatch_link) if balanced else (0.0, "")
    groups = sum(row.level == LANE_GROUP for row in beside)
    planned = tuple(sorted(plans.plans))
    return Imported(network, signals, planned, plans.kept, town, _share_met(balanced), *mismatch, groups)


def _beside(file: Sections, layout: Layout, reports: Sequence[list[Block]]) -> list[Beside]:
    """Synchro's results, of the file itself and of reports. Raises ScenarioError for a report of another network."""
    placing = Placing(layout)
    for report in reports:
        placing.refuse_foreign(report)
    records = record_blocks(file, layout.town.units.metres(1.0))
    return placing.rows([*records, *(block for report in reports for block in report)])


def _timed_nodes(file: Sections, town: Town, lines: Lines) -> dict[str, Node]:
    """The nodes with a plan; none in a town without a signal. Raises ScenarioError for controllers that do not fit."""
    check_controllers(file, town)
    if not any(place.kind == SIGNAL for place in town.places.values()):
        return {}
    return placed_nodes(file.path, lines)


def check_controllers(file: Sections, town: Town) -> None:
    """A node has one controller: its own, if it has records, else the one that names it. Raises ScenarioError."""
    owner: dict[str, str] = {}
    for controller, records in file.timeplans.items():
        if controller not in town.places:
            raise records.first.fault(NO_NODE)
        for number in range(1, 8):
            cells = records.records.get(f"node {number}", {})
            if "DATA" not in cells or cells["DATA"].text in ("0", controller):
                continue
            cell, other = cells["DATA"], cells["DATA"].text
            if other not in town.places:
                raise cell.fault(f"Node {number} '{other[:40]}' is no node of [Nodes]; correct it")
            if other in owner:
                raise cell.fault(f"Node {number} is {other}, which has the controller {owner[other]}; keep one of them")
            owner[other] = controller
            if other in file.timeplans:
                reason = f"row {cell.row}: node {controller} names it as one of its controller"
                town.guesses.add("plan", other, town.places[other].name, "its own records", reason)


def _built(town: Town, nodes: dict[str, Node], timing: SignalTiming, folder: Path) -> tuple[Layout, Network, Timed]:
    """The network with its plans; crossings that no phase serves are taken out and it is built again."""
    crossings = walked_arms(town, nodes)
    net_file = folder / NET_FILE
    for _ in range(MOST_REBUILDS):
        layout = Layout(town, walked_links(town, crossings), crossings)
        with TemporaryDirectory(prefix="zhasyl-") as scratch:
            warnings = build_network(layout, net_file, Path(scratch))
        network = read_network(net_file)
        plans = timed(network, nodes, timing)
        if not plans.closed:
            break
        crossings = _without(crossings, plans, network, layout)
    for warning in warnings:
        town.guesses.add("netconvert", "", "", "warning", warning)
    if plans.kept:
        for guess in mend_programmes(net_file):
            if guess.osm_id in plans.kept:
                town.guesses.add(guess.kind, guess.osm_id, "", guess.value, guess.reason)
    return layout, read_network(net_file), plans


def _without(
    crossings: dict[str, tuple[str, ...]], plans: Timed, network: Network, layout: Layout
) -> dict[str, tuple[str, ...]]:
    """The crossings without those that are closed all the cycle."""
    found = dict(crossings)
    for node, edges in plans.closed.items():
        roads = {road for edge in edges for road in network.edges[edge].crosses}
        gone = [arm for arm in crossings.get(node, ()) if roads & set(_arm_edges(layout, node, arm))]
        for arm in gone or list(crossings.get(node, ())):
            reason = "no phase along it has a Walk that is long enough for it, free of traffic across it"
            layout.town.guesses.add("crossing", node, f"arm to {arm}", "left out", reason)
        left = tuple(arm for arm in crossings.get(node, ()) if arm not in gone) if gone else ()
        found.pop(node, None)
        if left:
            found[node] = left
    return found


def _arm_edges(layout: Layout, node: str, arm: str) -> Iterator[str]:
    for pair in ((node, arm), (arm, node)):
        if pair in layout.town.links:
            yield from layout.edges(layout.town.links[pair])


def _write_plans(plans: Timed, folder: Path) -> None:
    root = Element("additional")
    for plan in plans.plans.values():
        root.extend(programme_elements([plan], 0.0, 0.0))
    write_xml(root, folder / PLAN_FILE)


def _scenario(
    layout: Layout, network: Network, plans: Timed, balanced: Balanced | None, folder: Path, name: str, path: Path,
    minutes: float, timing: SignalTiming,
) -> Scenario:  # fmt: skip
    town = layout.town
    begin_s = warm_up_s(town, balanced) if balanced else EMPTY_WARM_UP_S
    end_s = begin_s + minutes * 60
    additional, routes = [folder / PLAN_FILE], [folder / "demand.rou.xml"]
    if balanced:
        for link, more in balanced.driveways_vph.items():
            what = f"{abs(more):.0f} veh/h {'begin' if more > 0 else 'end'} here"
            reason = "the volumes of its two nodes differ by a GEH of 5 or more"
            town.guesses.add("driveways", link, town.by_id[link].name, what, reason)
        types, _ = write_vehicles(layout, balanced, intervals(begin_s, minutes, mean_phf(town)), folder)
        additional.append(types)
        assumed = tuple(_assumed_demand(town, balanced, minutes, begin_s))
    else:
        assumed = random_demand(network, routes[0], 0.0, end_s)
    if write_walkers(layout, end_s, folder / "walkers.rou.xml"):
        routes.append(folder / "walkers.rou.xml")
    return Scenario(
        id=scenario_id(name),
        version=1,
        title=f"{name}, from Synchro",
        begin_s=begin_s,
        end_s=end_s,
        warm_up_s=begin_s,
        net_file=folder / NET_FILE,
        route_files=tuple(routes),
        additional_files=tuple(additional),
        timing=timing,
        assumptions=(*assumed, *_assumed_network(town, plans, path)),
    )


def _assumed_demand(town: Town, balanced: Balanced, minutes: float, begin_s: float) -> Iterator[Assumption]:
    share, phf = _share_met(balanced) or 0.0, mean_phf(town)
    peak = f"an hour whose second quarter has 1/{phf:.2f} of the mean (PHF)" if minutes == 60 else "the hourly rates"
    yield Assumption(
        "volumes", f"The file's volumes with growth, as {peak}; GEH below 5 on {share:.0%} of the movements", "given",
        f"balanced: neighbours differ by up to {balanced.mismatch_vph:.0f} veh/h (link {balanced.mismatch_link}); "
        "volumes.csv",
    )  # fmt: skip
    yield Assumption("routes", "Ways between the ends of the network that meet the volumes", "inferred",
                     "a file says turns, not where a vehicle goes next")  # fmt: skip
    yield Assumption("warm-up", f"{begin_s:g} s at the rate of the first quarter", "inferred", "nothing said before")
    yield Assumption("vehicle mix", "Cars, and HeavyVehicles as trucks, SUMO's default vehicles", "inferred",
                     "the file has shares only")  # fmt: skip


def _assumed_network(town: Town, plans: Timed, path: Path) -> Iterator[Assumption]:
    many = len(plans.plans)
    yield Assumption(
        "signal plans", f"{many} of {many + len(plans.kept)} signals show the plans of {path.name}, every phase up to "
        "its MaxGreen, in whole seconds", "given", "actuated greens end earlier; guessed.csv has what was changed",
    )  # fmt: skip
    yield Assumption("network", "Stop lines, radii and lanes inside junctions are netconvert's", "inferred",
                     "the file has nodes, lanes and bays only")  # fmt: skip
    kinds = Counter(guess.kind for guess in town.guesses.found)
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    yield Assumption("guesses", listed or "none", "inferred", "listed in guessed.csv")


def _share_met(balanced: Balanced | None) -> float | None:
    if balanced is None:
        return None
    return sum(balanced.geh(turn) < GEH_LIMIT for turn in balanced.volumes_vph) / len(balanced.volumes_vph)


def _write_tables(layout: Layout, network: Network, plans: Timed, balanced: Balanced | None, folder: Path) -> None:
    town = layout.town
    for node, why in plans.kept.items():
        town.guesses.add("plan", node, town.places[node].name, "netconvert's", why)
    for node, remarks in plans.remarks.items():
        for remark in remarks:
            town.guesses.add("plan", node, town.places[node].name, "remark", remark)
    rows = ((g.kind, g.id, g.name, g.value, g.reason) for g in sorted(town.guesses.found))
    write_csv(folder / "guessed.csv", ("kind", "id", "name", "value", "reason"), rows)
    signals = sorted(network.programmes)
    write_csv(folder / "nodes.csv", ("node", "signal"), ((signal, signal) for signal in signals))
    places = (_signal_row(town, network, signal) for signal in signals)
    write_csv(folder / "signals.csv", ("id", "x_m", "y_m", "streets", "approaches"), places)
    if balanced:
        write_csv(folder / "volumes.csv", ("node", "movement", "from", "to", "volume_vph", "planned_vph", "geh"),
                  _volume_rows(town, balanced))  # fmt: skip


def _signal_row(town: Town, network: Network, signal: str) -> tuple[object, ...]:
    place = town.places[signal]
    headings = junction_turns(network, signal).headings.items()
    streets = dict.fromkeys(link.name for link in town.arriving(signal) if link.name)
    approaches = " ".join(f"{heading or '?'}={edge}" for edge, heading in headings)
    return signal, f"{place.x_m:.1f}", f"{place.y_m:.1f}", " × ".join(streets), approaches


def _volume_rows(town: Town, balanced: Balanced) -> Iterator[tuple[object, ...]]:
    """A row a turn: lane groups that lead to the same node stand together."""
    for link in town.links.values():
        counted = [group for group in link.groups if group.volume_vph]
        for dest in dict.fromkeys(group.dest for group in counted):
            turn = (link.id, f"{link.node}-{dest}")
            columns = " ".join(group.column for group in counted if group.dest == dest)
            if turn in balanced.volumes_vph:
                yield (link.node, columns, link.up, dest, f"{balanced.volumes_vph[turn]:g}",
                       f"{balanced.planned_vph[turn]:.1f}", f"{balanced.geh(turn):.2f}")  # fmt: skip

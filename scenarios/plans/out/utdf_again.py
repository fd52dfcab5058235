"""Plans into a UTDF file that came in: into the rings that its nodes have, else into phases of our own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import is_excel, read_sheet
from zhasyl.network import Network
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.out.utdf_cells import OTHER_FORMATS, Cells, Wanted, check_cycle, check_node, new_cells
from zhasyl.scenarios.plans.out.utdf_fit import changed_node, fitted_cells
from zhasyl.scenarios.plans.out.utdf_lanes import RECORDS
from zhasyl.scenarios.plans.out.utdf_new import in_parts
from zhasyl.scenarios.plans.out.utdf_template import Template
from zhasyl.scenarios.plans.rings import RingPhase
from zhasyl.scenarios.plans.synchro import matched_signals, placed_nodes
from zhasyl.scenarios.plans.utdf import Node, further_nodes, is_utdf
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups
from zhasyl.scenarios.plans.utdf_movements import GROUP
from zhasyl.signals import SignalTiming

OURS = ("BRP", "MinGreen", "MaxGreen", "Yellow", "AllRed", "Walk", "DontWalk", "Recall")
ANY_PHASE = RingPhase(1, 1, 0.0, 1.0, 1.0, 1.0, False, 0.0)
MADE = ("Cycle Length", "Offset", "Reference Phase", "Referenced To")


@dataclass(frozen=True)
class Again:
    """The bytes of a file, and what there is to say of it."""

    data: bytes
    remarks: tuple[str, ...]


def utdf_again(
    path: Path, nodes: Path | None, network: Network, plans: Sequence[LeavingPlan], timing: SignalTiming
) -> Again:
    """The file with the plans of its signals, one of each. Raises ScenarioError where it can hold none of them."""
    lines = read_sheet(path)
    if is_excel(path):
        raise ScenarioError(f"{path}: plans go into Synchro's text file, not into a workbook; save it as CSV")
    if not is_utdf(lines):
        raise ScenarioError(f"{path}: it is no UTDF file; give --template the combined CSV of Synchro")
    found = placed_nodes(path, lines)
    signals, placed = matched_signals(path, lines, found, nodes, network)
    template, remarks = Template(path, path.read_bytes()), list(placed)
    owners = {other: node.id for node in found.values() for other in further_nodes(node) if _shares(found, node, other)}
    by_signal = {plan.signal: plan for plan in plans}
    written: dict[tuple[str, str], Cells] = {}
    held = 0
    for name, signal in signals.items():
        if signal not in by_signal:
            continue
        wanted = Wanted(SignalWords(network, signal), by_signal[signal], timing)
        try:
            cells, said = _cells(wanted, found[name], name in owners or name in owners.values())
            _add(written, name, owners.get(name, name), cells)
        except ScenarioError as error:
            remarks.append(
                f"node {name[:20]} (signal '{signal[:60]}') keeps what the file has: {error}; {OTHER_FORMATS}"
            )
        else:
            held += 1
            remarks += [f"node {name[:20]} {text}" for text in said]
            if cells and not wanted.whole:
                remarks.append(in_parts(signal))
    if not held:
        raise ScenarioError(
            f"{path}: it can hold none of the plans; {remarks[-1] if remarks else 'no signal is in it'}"
        )
    if left := sorted(by_signal.keys() - set(signals.values())):
        remarks.append(f"{len(left)} signals are not in {path.name}: {', '.join(left)[:200]}")
    template.write(written)
    return Again(template.data(), tuple(remarks))


def _shares(found: Mapping[str, Node], node: Node, other: str) -> bool:
    """Has another node that a controller names no records of its own?"""
    return other in found and found[other].timeplans is node.timeplans


def _cells(wanted: Wanted, node: Node, shared: bool) -> tuple[Cells, list[str]]:
    check_cycle(wanted)
    try:
        cells = fitted_cells(wanted, node)
        lowered = sorted(column for _, record, column in cells if record == "MinGreen")
        return cells, [f"has greens below its MinGreen, lowered for {' '.join(lowered)}"] if lowered else []
    except ScenarioError as error:
        if shared:
            text = f"{error}, and phases of its own it cannot get, as its controller runs further nodes"
            raise ScenarioError(text) from None
        cells = _own_phases(wanted, node)
        return cells, [f"has other phases now: the plan does not fit those it had ({error})"]


def _own_phases(wanted: Wanted, node: Node) -> Cells:
    """Phases and lane groups written anew; what they leave of the old ones is blank."""
    made = new_cells(wanted, _groups(wanted.words, node))
    kept = {key: text for key, text in made.items() if key[1] in {*RECORDS, *OURS, *MADE} or key[0] == "crossings"}
    blank = {
        (section, record, column): ""
        for section, records in (("lanes", RECORDS), ("phases", OURS))
        for record in records
        for column in getattr(node, section).get(record.lower(), {})
    }
    cells = blank | kept
    check_node(wanted, changed_node(node, cells))
    return cells


def _groups(words: SignalWords, node: Node) -> dict[str, tuple[int, ...]]:
    """The links of each column of a node, as the reader of Synchro's files finds them."""
    named = dict.fromkeys(column for cells in node.lanes.values() for column in cells if GROUP.match(column))
    found = {column: links for column in named if (links := _links(words, node, column))}
    sharper = {link for column, links in found.items() if column.endswith("2") for link in links}
    plain = {c: tuple(sorted(set(links) - sharper)) for c, links in found.items() if not c.endswith("2")}
    return {c: links for c, links in (plain | {c: found[c] for c in found if c.endswith("2")}).items() if links}


def _links(words: SignalWords, node: Node, column: str) -> tuple[int, ...]:
    """The links of a column; none where the network has no such movement."""
    ours = {name.lower() for name in RECORDS} | {"shared"}
    asked = {record: cells for record, cells in node.lanes.items() if record not in ours}
    try:
        alone = replace(node, lanes=asked | {"phase1": {column: (1, "1")}})
        groups = LaneGroups(alone, words, {1: ANY_PHASE})
    except ScenarioError:
        return ()
    return tuple(sorted(link for link, numbers in groups.protected.items() if numbers))


def _add(written: dict[tuple[str, str], Cells], name: str, owner: str, cells: Cells) -> None:
    """Add the cells of a signal. Raises ScenarioError where another signal of its controller says otherwise."""
    for key, text in cells.items():
        place = key[0], name if key[0] in ("lanes", "crossings") else owner
        if written.get(place, {}).get(key, text) != text:
            raise ScenarioError(f"{key[1]} {key[2]} is '{written[place][key]}' for another signal of its controller")
    for key, text in cells.items():
        written.setdefault((key[0], name if key[0] in ("lanes", "crossings") else owner), {})[key] = text

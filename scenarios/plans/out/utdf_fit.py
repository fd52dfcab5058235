"""A plan put into the rings that a node of Synchro's has: the same phases with other greens and another offset.

When a phase begins and ends is seen from the movements that it serves alone. In a ring the phases of one barrier may
change places. What no movement tells keeps its length.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.out.utdf_cells import DATA, Cells, Wanted, check_node, number, walk_cells
from zhasyl.scenarios.plans.rings import RingPhase, reference_s, ring_phases
from zhasyl.scenarios.plans.utdf import Cell, Node
from zhasyl.scenarios.plans.utdf_lane_groups import LaneGroups
from zhasyl.signals import GREEN

EXACT_S = 0.01
PRIORITY = frozenset("G")


@dataclass(frozen=True)
class Timed:
    """A phase in the plan's cycle: begin of green, and where they are seen its end and the yellow after it."""

    start_s: float
    green_end_s: float | None
    yellow_s: float


def fitted_cells(wanted: Wanted, node: Node) -> Cells:
    """What has to change in a node for the plan. Raises ScenarioError where its rings cannot hold it."""
    try:
        check_node(wanted, node)
    except ScenarioError:
        pass
    else:
        return {}
    cells, start_s = _timed_cells(wanted, node)
    if "WALK" in {column for walk in node.crossings.values() for column in walk}:
        cells |= walk_cells(wanted, start_s)
    try:
        check_node(wanted, changed_node(node, cells))
    except ScenarioError:
        cells |= walk_cells(wanted, start_s)
        check_node(wanted, changed_node(node, cells))
    return cells


def changed_node(node: Node, cells: Cells) -> Node:
    """The node with other cells; an empty one is none."""
    copies = {name: {record: dict(row) for record, row in getattr(node, name).items()}
              for name in ("lanes", "timeplans", "phases", "crossings")}  # fmt: skip
    for (section, record, column), text in cells.items():
        row = copies[section].setdefault(record.lower(), {})
        row.pop(column, None)
        if text:
            row[column] = (1, text.removeprefix("*"))
    return replace(
        node,
        lanes=copies["lanes"],
        timeplans=copies["timeplans"],
        phases=copies["phases"],
        crossings=copies["crossings"],
    )


def _timed_cells(wanted: Wanted, node: Node) -> tuple[Cells, float]:
    """The cells of phases and time plan, and when in the plan the node's cycle begins."""
    phases, _ = ring_phases(node)
    seen = dict(_seen(wanted.words, wanted.plan, LaneGroups(node, wanted.words, phases)))
    cycle_s = wanted.plan.cycle_s
    orders = [_in_order(order, _starts_s(order, phases, seen, cycle_s)) for order in _orders(node, phases).values()]
    barriers_s = _barriers_s(orders, cycle_s)
    rings = [list(_ring(order, phases, seen, barriers_s, cycle_s)) for order in orders]
    start_s = min(barriers_s.items())[1]
    cells: Cells = {}
    for ring in rings:
        cells |= _ring_cells(node, ring, phases)
    cells["timeplans", "Cycle Length", DATA] = number(wanted.plan.cycle_s)
    moved, _ = ring_phases(changed_node(node, cells))
    offset_s = wanted.plan.offset_s + start_s + reference_s(node, moved)
    cells["timeplans", "Offset", DATA] = number(round(offset_s, 3) % wanted.plan.cycle_s)
    return {key: text for key, text in cells.items() if not _says(node, key, text)}, start_s


def _says(node: Node, key: tuple[str, str, str], text: str) -> bool:
    """Does the node say the same number already?"""
    section, record, column = key
    table: dict[str, dict[str, Cell]] = getattr(node, section)
    _, there = table.get(record.lower(), {}).get(column, (0, ""))
    try:
        return bool(float(there.replace(",", ".")) == float(text))
    except ValueError:
        return there == text


def _seen(words: SignalWords, plan: LeavingPlan, groups: LaneGroups) -> Iterator[tuple[int, Timed]]:
    """When each phase that serves a movement alone is green. Raises ScenarioError where its movements differ."""
    found: dict[int, list[Timed]] = defaultdict(list)
    for link in groups.protected:
        alone = len(groups.of(link)) == 1
        numbers = groups.of(link) if alone else groups.protected[link]
        if len(numbers) == 1 and link not in groups.uncontrolled:
            runs = _runs(plan, link, GREEN if alone else PRIORITY)
            if len(runs) == 1:
                found[min(numbers)] += runs
    for phase, times in found.items():
        ends_s = {round(time.green_end_s, 2) for time in times if time.green_end_s is not None}
        if len({round(time.start_s, 2) for time in times}) > 1 or len(ends_s) > 1:
            raise ScenarioError(f"the movements of phase {phase} begin or end apart from each other")
        yield phase, next((time for time in times if time.green_end_s is not None), times[0])


def _runs(plan: LeavingPlan, link: int, letters: frozenset[str]) -> list[Timed]:
    """The greens of a link, each with its yellow, from the begin of the plan."""
    count = len(plan.phases)
    starts_s = list(accumulate((phase.duration_s for phase in plan.phases), initial=0.0))
    shown = [phase.state[link] for phase in plan.phases]
    runs = []
    for i in (i for i in range(count) if shown[i] in letters and shown[i - 1] not in letters):
        at, now_s = i, starts_s[i]
        while shown[at % count] in letters:
            now_s += plan.phases[at % count].duration_s
            at += 1
        end_s, yellow_s = now_s, 0.0
        while shown[at % count] in "yY":
            yellow_s += plan.phases[at % count].duration_s
            at += 1
        runs.append(Timed(starts_s[i], end_s if yellow_s else None, yellow_s))
    return runs


def _orders(node: Node, phases: Mapping[int, RingPhase]) -> dict[str, list[tuple[str, int]]]:
    """Ring → its phases as (barrier, number), in the order of the file."""
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for phase in phases:
        _, brp = node.phases["brp"][f"D{phase}"]
        found[brp[1]].append((brp[0], brp[2], phase))
    return {ring: [(barrier, phase) for barrier, _, phase in sorted(own)] for ring, own in sorted(found.items())}


@dataclass(frozen=True)
class Begun:
    """A phase and when in the plan it begins."""

    barrier: str
    number: int
    start_s: float


@dataclass(frozen=True)
class InRing:
    """A phase of a ring as the plan has it."""

    barrier: str
    number: int
    green_s: float
    yellow_s: float
    all_red_s: float


def _in_order(order: list[tuple[str, int]], starts_s: Mapping[int, float]) -> list[Begun]:
    """The phases of a ring in the order of the plan, from its first barrier on. Raises ScenarioError."""
    placed = sorted((Begun(barrier, phase, starts_s[phase]) for barrier, phase in order), key=lambda one: one.start_s)
    names = [one.barrier for one in placed]
    first = next((i for i, name in enumerate(names) if name == order[0][0] and names[i - 1] != name), None)
    if first is None:
        first = [one.number for one in placed].index(order[0][1])
    placed = [*placed[first:], *placed[:first]]
    if [one.barrier for one in placed] != [barrier for barrier, _ in order]:
        raise ScenarioError("its phases cross the barriers of the rings")
    return placed


def _barriers_s(rings: list[list[Begun]], cycle_s: float) -> dict[str, float]:
    """When each barrier is crossed, in their order. Raises ScenarioError unless all rings cross them together."""
    times_s: dict[str, float] = {}
    for ring in rings:
        for barrier in dict.fromkeys(one.barrier for one in ring):
            start_s = next(one.start_s for one in ring if one.barrier == barrier)
            apart_s = (start_s - times_s.setdefault(barrier, start_s)) % cycle_s
            if min(apart_s, cycle_s - apart_s) > EXACT_S:
                raise ScenarioError(f"the rings would cross barrier {barrier} at different times")
    return dict(sorted(times_s.items()))


def _ring(
    order: list[Begun], phases: Mapping[int, RingPhase], seen: Mapping[int, Timed], barriers_s: Mapping[str, float],
    cycle_s: float,
) -> Iterator[InRing]:  # fmt: skip
    """The phases of a ring: each ends where the next one begins, the last one of a barrier at the next barrier."""
    names = list(barriers_s)
    for place, one in enumerate(order):
        if place + 1 < len(order) and order[place + 1].barrier == one.barrier:
            end_s = order[place + 1].start_s
        else:
            end_s = barriers_s[names[(names.index(one.barrier) + 1) % len(names)]]
        split_s = (end_s - one.start_s) % cycle_s or cycle_s
        yield _in_ring(one, phases[one.number], split_s, seen.get(one.number))


def _starts_s(
    order: list[tuple[str, int]], phases: Mapping[int, RingPhase], seen: Mapping[int, Timed], cycle_s: float
) -> dict[int, float]:
    """When each phase begins; one that no movement tells lasts as long as in the file."""
    numbers = [phase for _, phase in order]
    known = {phase: seen[phase].start_s % cycle_s for phase in numbers if phase in seen}
    if not known:
        raise ScenarioError("no movement tells when the phases of a ring are green")
    for place in range(2 * len(numbers) - 1, -1, -1):
        phase, following = numbers[place % len(numbers)], numbers[(place + 1) % len(numbers)]
        if phase not in known and following in known:
            known[phase] = (known[following] - (phases[phase].end_s - phases[phase].start_s)) % cycle_s
    return known


def _in_ring(one: Begun, phase: RingPhase, split_s: float, seen: Timed | None) -> InRing:
    if seen is not None and seen.green_end_s is not None:
        green_s, yellow_s = seen.green_end_s - seen.start_s, seen.yellow_s
    else:
        yellow_s = phase.yellow_end_s - phase.green_end_s
        green_s = split_s - yellow_s - (phase.end_s - phase.yellow_end_s)
    all_red_s = round(split_s - green_s - yellow_s, 6)
    if green_s <= 0:
        raise ScenarioError(f"phase {one.number} would have {split_s:g} s in all, with {yellow_s:g} s of yellow")
    if all_red_s < 0:
        raise ScenarioError(
            f"the movements of phase {one.number} stay green for {-all_red_s:g} s beyond the begin of the phase after "
            "it in its ring"
        )
    return InRing(one.barrier, one.number, green_s, yellow_s, all_red_s)


def _ring_cells(node: Node, ring: list[InRing], phases: Mapping[int, RingPhase]) -> Cells:
    cells: Cells = {}
    places: dict[str, int] = defaultdict(int)
    for one in ring:
        places[one.barrier] += 1
        column = f"D{one.number}"
        _, brp = node.phases["brp"][column]
        own = [other for other in ring if other.barrier == one.barrier]
        positions = sorted(node.phases["brp"][f"D{other.number}"][1][2] for other in own)
        cells["phases", "BRP", column] = f"{brp[:2]}{positions[places[one.barrier] - 1]}"
        cells["phases", "MaxGreen", column] = number(one.green_s)
        cells["phases", "Yellow", column] = number(one.yellow_s)
        cells["phases", "AllRed", column] = number(one.all_red_s)
        if node.number("phases", "MinGreen", column, 0.0) > one.green_s:
            cells["phases", "MinGreen", column] = number(one.green_s)
    return cells

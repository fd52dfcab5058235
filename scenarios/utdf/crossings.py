"""Where people cross: on the arms along which traffic runs in a phase with a Walk, and on all with a phase of PED.

Synchro says that somebody walks with a phase, not over which arm. Straight traffic of the phase runs along the
crossings of the arms to its left and right.
"""

import math

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.directions import azimuth_deg, turned_deg
from zhasyl.scenarios.plans.rings import never_green
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.scenarios.utdf.town import SIGNAL, Town

BESIDE_DEG = 45.0


def walked_arms(town: Town, nodes: dict[str, Node]) -> dict[str, tuple[str, ...]]:
    """Node → the nodes at the far ends of the arms that are crossed on foot."""
    found = {}
    for name, node in nodes.items():
        if name in town.places and town.places[name].kind == SIGNAL and (arms := _arms(town, node)):
            found[name] = arms
    return found


def _arms(town: Town, node: Node) -> tuple[str, ...]:
    try:
        walking = _walking_phases(node)
    except ScenarioError:  # told where the plan is made
        return ()
    arms = {link.up for link in town.arriving(node.id)} & {link.node for link in town.leaving(node.id)}
    if walking & _phases(node, "PED"):
        return tuple(sorted(arms))
    headings = [_azimuth(town, link.up, node.id) for link in town.arriving(node.id)
                if any(walking & _phases(node, g.column) for g in link.groups if g.turn == "T")]  # fmt: skip
    return tuple(sorted(arm for arm in arms if any(_is_beside(_azimuth(town, node.id, arm), h) for h in headings)))


def _walking_phases(node: Node) -> set[int]:
    none = never_green(node)
    return {
        int(column[1:])
        for column in node.phases.get("walk", {})
        if column[:1] == "D" and column[1:].isdecimal() and column not in none
        and node.number("phases", "MaxGreen", column, 0.0) > 0 and node.number("phases", "Walk", column, 0.0) > 0
    }  # fmt: skip


def _phases(node: Node, column: str) -> set[int]:
    texts = [node.lanes.get(f"phase{place}", {}).get(column, (0, ""))[1] for place in range(1, 5)]
    return {int(text) for text in texts if text.isdecimal()}


def _azimuth(town: Town, begin: str, end: str) -> float:
    return azimuth_deg((town.places[begin].xy, town.places[end].xy))


def _is_beside(arm_deg: float, heading_deg: float) -> bool:
    """Is an arm to the left or right of who arrives with this heading?"""
    return abs(math.sin(math.radians(turned_deg(heading_deg, arm_deg)))) > math.sin(math.radians(BESIDE_DEG))


def walked_links(town: Town, crossings: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """The links that get a pavement: all of a node with a crossing."""
    return frozenset(link.id for link in town.links.values() if {link.up, link.node} & crossings.keys())

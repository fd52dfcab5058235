"""Who gives way where netconvert has two movements yield to each other, and what is lettered by it."""

from pathlib import Path

import pytest

from tests.conftest import build_network
from zhasyl.derive import made_safe
from zhasyl.links import SignalLinks
from zhasyl.signals import Conflicts
from zhasyl.sumo.net_file import read_network

PROTECTED = ("GGGr", "rrrG")
"""What an approach shows in the stage of its through traffic and in that of its far turn; they are never together."""
CLOSED = "rrrr"
CLOCKWISE = "NESW"


def junction(folder: Path, left_hand: bool) -> SignalLinks:
    """Four arms with crossings, and with lanes and stages of their own for far turns, for either side of the road."""
    places = {"N": (0, 300), "E": (300, 0), "S": (0, -300), "W": (-300, 0)}
    states = [(own + CLOSED) * 2 + walk for own, walk in zip(PROTECTED, ("rGrG", "rrrr"), strict=True)]
    states += [(CLOSED + own) * 2 + walk for own, walk in zip(PROTECTED, ("GrGr", "rrrr"), strict=True)]
    shown = [letters for state in states for letters in (state, state.replace("G", "y"))]
    documents = {
        "nod": ("nodes", [f'<node id="{arm}" x="{x}" y="{y}"/>' for arm, (x, y) in places.items()]),
        "edg": ("edges", [
            f'<edge id="{start}{end}" from="{start}" to="{end}" numLanes="3" speed="13"/>'
            for arm in CLOCKWISE for start, end in ((arm, "J"), ("J", arm))
        ]),
        "con": ("connections", [row for number in range(4) for row in connections(number, left_hand)]),
        "tll": ("tlLogics", [
            '<tlLogic id="J" programID="0" offset="0" type="static">',
            *(f'<phase duration="9" state="{state}"/>' for state in shown),
            "</tlLogic>",
        ]),
    }  # fmt: skip
    documents["nod"][1].append('<node id="J" x="0" y="0" type="traffic_light"/>')
    for kind, (root, rows) in documents.items():
        (folder / f"{folder.name}.{kind}.xml").write_text(f"<{root}>{''.join(rows)}</{root}>", "utf-8")
    build_network(folder, f"--lefthand={left_hand}", "--no-turnarounds", "--sidewalks.guess", "--crossings.guess")
    return SignalLinks(read_network(folder / f"{folder.name}.net.xml"), "J")


def connections(number: int, left_hand: bool) -> list[str]:
    """Of one arm: near turn and straight on from the outer lane, straight on, the far turn from the inner one."""
    left, straight, right = (CLOCKWISE[(number + step) % 4] for step in (1, 2, 3))
    near, far = (left, right) if left_hand else (right, left)
    ways = [(0, near, 0), (0, straight, 0), (1, straight, 1), (2, far, 2)]
    return [
        f'<connection from="{CLOCKWISE[number]}J" to="J{exit_}" fromLane="{lane}" toLane="{to}"/>'
        for lane, exit_, to in ways
    ]


def directions(links: SignalLinks, pairs: set[tuple[int, int]]) -> set[tuple[str, str]]:
    return {(links.links[i][0].direction, links.links[j][0].direction) for i, j in pairs}


@pytest.mark.parametrize("left_hand", [False, True])
def test_of_two_that_yield_to_each_other_the_turn_gives_way(tmp_path: Path, left_hand: bool) -> None:
    links = junction(tmp_path, left_hand)
    conflicts = links.conflicts
    near, far = ("l", "r") if left_hand else ("r", "l")
    both_ways = {(i, j) for i, j in conflicts.yields if (j, i) in conflicts.yields}
    assert ("s", far) in directions(links, both_ways)
    decided = {(i, j) for i, j in both_ways if (j, i) not in conflicts.gives_way}
    assert directions(links, decided) == {(far, "s"), (near, "s")}
    opposite = [i for i, (c, *_) in links.links.items() if c.from_edge in ("WJ", "EJ")]
    letters = conflicts.lettered(dict.fromkeys(opposite, ""))
    assert {links.links[i][0].direction for i, letter in letters.items() if letter == "g"} == {far}
    assert {letter for i, letter in letters.items() if links.links[i][0].direction == "s"} == {"G"}


def test_protected_greens_that_conflict_are_mended_by_the_rule_of_the_road() -> None:
    both = frozenset({(0, 1), (1, 0)})
    assert made_safe("GG", Conflicts(both, both, frozenset({(1, 0)}))) == ("Gg", {1: "g"})
    assert made_safe("GG", Conflicts(both, both, frozenset({(0, 1)}))) == ("gG", {0: "g"})


def test_without_a_rule_rights_of_way_are_those_of_the_network() -> None:
    pairs = frozenset({(0, 1)})
    assert Conflicts(pairs, pairs).gives_way == pairs

"""The phases of a signal's links in the cells of Synchro's lane groups.

Phase1 to 4 have priority, in PermPhase1 to 4 a movement gives way. A column is heading and turn: NBL is NB:left of our
tables, NEL is NEB:left. Of two left (right) turns that differ NBL2 (NBR2) is the sharper one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.turns import HEADINGS

TURNS = {"left": "L", "straight": "T", "right": "R", "u-turn": "U"}
MOST_PLACES = 4
UNCONTROLLED = "-1"
RECORDS = tuple(f"{kind}{place}" for kind in ("Phase", "PermPhase") for place in range(1, MOST_PLACES + 1))
Serving = tuple[list[int], list[int]]
"""The phases in which a link has priority, and in which it gives way."""
Links = Mapping[str, tuple[int, ...]]
"""Column → links."""


def columns(words: SignalWords) -> dict[str, tuple[int, ...]]:
    """The lane groups of a signal that headings name, in Synchro's order of turns."""
    found = {
        f"{heading if heading in ('NB', 'SB', 'EB', 'WB') else heading.removesuffix('B')}{letter}": links
        for heading in HEADINGS
        for turn, letter in TURNS.items()
        if (links := words.movements.get(f"{heading}:{turn}"))
    }
    return dict(
        sorted(found.items(), key=lambda item: ("NSEW".index(item[0][0]), item[0][:2], "LTRU".index(item[0][2])))
    )


def phase_cells(
    words: SignalWords, groups: Links, serving: Mapping[int, Serving], phases: int
) -> dict[tuple[str, str], str]:
    """(record, column) → cell. Raises ScenarioError for what lane groups cannot say."""
    cells: dict[tuple[str, str], str] = {}
    for column, links in _apart(words, groups, serving):
        for record, number in _numbers(words, links[0], serving[links[0]], phases):
            cells[record, column] = number
    return cells


def check_named(words: SignalWords, groups: Links) -> None:
    """Raise ScenarioError for a link that no column of our own naming has."""
    named = {link for links in groups.values() for link in links}
    if left := sorted(words.links.keys() - words.walks - named):
        raise ScenarioError(
            f"{words.name(left[0])} has no lane group of its own: its approach shares its heading with another, or "
            "lies inside the junction"
        )


def _apart(words: SignalWords, groups: Links, serving: Mapping[int, Serving]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Columns with links of one signal; a turn to two roads is parted where these differ."""
    for column, links in groups.items():
        if all(serving[link] == serving[links[0]] for link in links):
            yield column, links
            continue
        *gentler, sharpest = words.by_sharpness(links)
        rest = tuple(link for own in gentler for link in own)
        for name, own in ((column, rest), (f"{column}2", sharpest)):
            if not own or column[2] not in "LR" or any(serving[link] != serving[own[0]] for link in own):
                raise ScenarioError(f"{words.name(links[0])}: lanes of lane group {column} have different greens")
            yield name, own


def _numbers(words: SignalWords, link: int, serving: Serving, phases: int) -> Iterator[tuple[str, str]]:
    protected, permitted = serving
    if max(len(protected), len(permitted)) > MOST_PLACES:
        if len({*protected, *permitted}) < phases:
            raise ScenarioError(
                f"{words.name(link)} is green in {len({*protected, *permitted})} phases, a lane group has {MOST_PLACES}"
            )
        yield ("Phase1" if protected else "PermPhase1"), UNCONTROLLED
        return
    for kind, numbers in (("Phase", protected), ("PermPhase", permitted)):
        yield from ((f"{kind}{place}", str(number)) for place, number in enumerate(numbers, start=1))


def lane_counts(words: SignalWords, groups: Links) -> dict[tuple[str, str], str]:
    """Lanes and Shared: a lane of two movements counts as straight on, else as left."""
    of_lane: dict[tuple[str, int], set[str]] = defaultdict(set)
    for column, links in groups.items():
        for link in links:
            for connection in words.links[link]:
                of_lane[connection.from_edge, connection.from_lane].add(column)
    counts = dict.fromkeys(groups, 0)
    shared: dict[str, set[str]] = defaultdict(set)
    for own in of_lane.values():
        owner = min(own, key=lambda column: "TLRU".index(column[2]))
        counts[owner] += 1
        shared[owner] |= {column[2] for column in own - {owner}}
    codes = {frozenset(): "0", frozenset("L"): "1", frozenset("R"): "2", frozenset("LR"): "3"}
    cells = {("Lanes", column): str(number) for column, number in counts.items()}
    for column in groups:
        cells["Shared", column] = codes[frozenset(shared[column] & set("LR"))]
    return cells

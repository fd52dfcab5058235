"""Which lane a SCATS detector lies on: a table with site, detector and lane, and a movement where a lane has several.

    site,detector,lane,movement,share
    4035,1,abay_eb_1,,
    4035,2,abay_eb_2,straight,0.7
    4035,2,abay_eb_2,right,0.3

`lane` is SUMO's. A lane whose vehicles make one movement needs no more. Of a lane with several, each row gives one
and its share of the lane; without rows of movements the lane's vehicles are shared evenly, which is said.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.sheets import read_sheet
from zhasyl.network import Network
from zhasyl.scenarios.counts.sheets.words import movement_of
from zhasyl.scenarios.turns import JunctionTurns, Turn, junction_turns
from zhasyl.text.local_words import plain_words

COLUMNS = {
    "site": "site", "nb_scats_site": "site", "scats site": "site", "узел": "site",
    "detector": "detector", "nb_detector": "detector", "детектор": "detector",
    "lane": "lane", "полоса": "lane", "жолақ": "lane",
    "movement": "movement", "маневр": "movement", "қозғалыс": "movement",
    "share": "share", "доля": "share", "үлес": "share",
}  # fmt: skip
SHARES_MISS = 0.01

Detector = tuple[str, str]
"""(site, detector) as numbers without leading zeros."""


@dataclass(frozen=True)
class Part:
    """A share of a detector's vehicles that make a turn at a junction."""

    junction: str
    turn: Turn
    share: float


@dataclass(frozen=True)
class Detectors:
    """Detector → what its vehicles do; `shared` are the lanes that were divided evenly."""

    parts: dict[Detector, tuple[Part, ...]]
    shared: tuple[str, ...]


def bare(text: str) -> str:
    """'004' is 4."""
    return text.lstrip("0") or text


def read_detectors(path: Path, network: Network) -> Detectors:
    """The table of a file. Raises ScenarioError with row and column."""
    (first, header), *rows = read_sheet(path)
    at = {COLUMNS[name]: i for i, text in enumerate(header) if (name := plain_words(text)) in COLUMNS}
    for name in ("site", "detector", "lane"):
        if name not in at:
            raise ScenarioError(
                f"{path} row {first}: column '{name}' is missing; give site,detector,lane,movement,share"
            )
    lanes = {lane: edge.id for edge in network.edges.values() for lane in edge.lanes}
    junctions = [junction_turns(network, signal) for signal in sorted(network.programmes)]
    given: dict[Detector, list[tuple[int, str, str, float | None]]] = defaultdict(list)
    for row, cells in rows:
        own = {name: cells[i] if i < len(cells) else "" for name, i in at.items()}
        lane, movement, share = own["lane"], own.get("movement", ""), own.get("share", "").replace(",", ".")
        if lane not in lanes:
            raise _fault(path, row, at["lane"], unknown_name("lane", lane[:60], lanes)[:500])
        if share and not re.fullmatch(r"(?:0(?:\.\d+)?|1(?:\.0+)?)", share):
            raise _fault(path, row, at["share"], f"share '{share[:20]}' is not from 0 to 1; correct it")
        if not own["site"] or not own["detector"]:
            raise _fault(path, row, at["site"], "no site or detector; fill both")
        given[bare(own["site"]), bare(own["detector"])].append((row, lane, movement, float(share) if share else None))
    shared: list[str] = []
    parts = {key: tuple(_parts(path, rows_of, network, junctions, shared)) for key, rows_of in given.items()}
    return Detectors(parts, tuple(dict.fromkeys(shared)))


def _fault(path: Path, row: int, column: int, reason: str) -> ScenarioError:
    return ScenarioError(f"{path} row {row} column {column + 1}: {reason}")


def _parts(
    path: Path, rows: list[tuple[int, str, str, float | None]], network: Network, junctions: list[JunctionTurns],
    shared: list[str],
) -> Iterator[Part]:  # fmt: skip
    row, lane, movement, share = rows[0]
    if len({own for _, own, _, _ in rows}) > 1:
        raise ScenarioError(f"{path} row {rows[1][0]}: the detector of row {row} lies on another lane; give it one")
    edge, index = lane.rsplit("_", 1)
    junction = next((j for j in junctions if edge in j.movements), None)
    if not junction:
        raise ScenarioError(f"{path} row {row}: lane '{lane}' does not lead to a signal; give a lane at a stop line")
    turns = _turns(network, junction, edge, int(index))
    if not turns:
        raise ScenarioError(f"{path} row {row}: no vehicle leaves lane '{lane}' at '{junction.id}'; give another one")
    if not movement:
        shared += [lane] if len(turns) > 1 else []
        yield from (Part(junction.id, turn, 1.0 / len(turns)) for turn in turns.values())
        return
    if len(rows) > 1 and abs(sum(own or 0.0 for *_, own in rows) - 1.0) > SHARES_MISS:
        raise ScenarioError(
            f"{path} row {row}: the shares of the detector's movements do not add up to 1; correct them"
        )
    for row, _, name, share in rows:
        word = movement_of(name) or name
        if word not in turns:
            raise ScenarioError(f"{path} row {row}: {unknown_name(f'movement of lane {lane}', word[:40], turns)}")
        yield Part(junction.id, turns[word], 1.0 if share is None else share)


def _turns(network: Network, junction: JunctionTurns, edge: str, index: int) -> dict[str, Turn]:
    """Movement → turn of a lane, without turning back where it may do something else."""
    firsts = {c.to_edge for c in network.outgoing.get(edge, ()) if c.from_lane == index}
    found: dict[str, Turn] = {}
    for movement, exits in junction.movements[edge].items():
        for exit_ in exits:
            if exit_ in firsts or _leads(network, firsts, exit_):
                found[movement if len(exits) == 1 else exit_] = edge, exit_
    ahead = {name: turn for name, turn in found.items() if name != "u-turn"}
    return ahead or found


def _leads(network: Network, firsts: set[str], exit_: str) -> bool:
    """Over the inner roads of a wide junction."""
    return any(c.to_edge == exit_ for first in firsts if len(firsts) == 1 for c in network.outgoing.get(first, ()))

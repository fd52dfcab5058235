"""Which signal of a network a node of Synchro's is, by where they lie, where INTIDs are no signal ids.

The coordinates of a UTDF file have an origin of their own. Of all shifts that put one node on one signal the one that
puts the most nodes on a signal each is taken, then moved by the mean of what is left; no shift at all goes first, for
files of our own. It is refused where another shift does nearly as well, as on a regular grid.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines
from zhasyl.network import Network
from zhasyl.scenarios.plans.utdf import section_name
from zhasyl.scenarios.turns import junction_turns

METRES_PER_FOOT = 0.3048
REACH_M = 40.0  # between the middle of a junction here and there
RIVAL = 0.8  # another shift that puts so many of the nodes on signals makes the choice ambiguous
MOST_PAIRS = 100_000
LEAST_SHARE = 0.5  # of the nodes, or of the signals where these are fewer
FARTHEST = 1e8
Points = npt.NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """Node → signal, and how far they lie apart once shifted, in metres."""

    signals: dict[str, str]
    shift_m: Place
    mean_m: float
    farthest_m: float

    def __str__(self) -> str:
        east_m, north_m = self.shift_m
        return (
            f"nodes matched with signals by coordinates: {len(self.signals)}, shifted by {east_m:.0f} m east and "
            f"{north_m:.0f} m north; they lie {self.mean_m:.1f} m apart in the mean, {self.farthest_m:.1f} at most"
        )


def node_places(path: Path, lines: Lines) -> dict[str, Place]:
    """INTID → metres east and north, of the nodes with X and Y. Raises ScenarioError for what is no number."""
    found: dict[str, Place] = {}
    scale, section, header = METRES_PER_FOOT, "", list[str]()
    for row, cells in lines:
        if (name := section_name(cells)) is not None:
            section, header = name, []
        elif section == "network" and cells[0].lower() == "metric":
            scale = 1.0 if cells[1:2] and cells[1].removeprefix("*") in ("1", "1.0") else METRES_PER_FOOT
        elif section == "nodes" and "INTID" in (upper := [cell.upper() for cell in cells]):
            header = upper
        elif header:
            named = dict(zip(header, cells, strict=False))
            if named.get("X") and named.get("Y") and named.get("INTID"):
                x, y = (_coordinate(path, row, named, axis) for axis in "XY")
                found[named["INTID"]] = (x * scale, y * scale)
    return found


def _coordinate(path: Path, row: int, named: dict[str, str], axis: str) -> float:
    text = named[axis].removeprefix("*").replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < FARTHEST:
        raise ScenarioError(f"{path} row {row}: node {named['INTID'][:40]}: {axis} '{text[:40]}' is no coordinate")
    return value


def signal_places(network: Network) -> dict[str, Place]:
    """The middle of each signal: that of the ends of its approaches."""
    found = {}
    for signal in sorted(network.programmes):
        ends = [network.edges[edge].shape[-1] for edge in junction_turns(network, signal).movements]
        if ends:
            x, y = np.mean(np.array(ends), axis=0).tolist()
            found[signal] = (x, y)
    return found


def displaced(path: Path, lines: Lines, same: Collection[str], network: Network) -> tuple[str, ...]:
    """A remark where nodes that are called like signals lie otherwise to each other than these; else none."""
    try:
        nodes, signals = node_places(path, lines), signal_places(network)
    except ScenarioError:  # plans need no coordinates
        return ()
    names = [name for name in same if name in nodes and name in signals]
    if len(names) < 2:
        return ()
    shifts: Points = np.array([signals[name] for name in names]) - np.array([nodes[name] for name in names])
    apart_m = np.hypot(*(shifts - np.median(shifts, axis=0)).T)
    far = [name for name, away_m in zip(names, apart_m.tolist(), strict=True) if away_m > REACH_M]
    if not far:
        return ()
    return (
        f"{len(far)} of {len(names)} nodes of {path.name} lie up to {max(apart_m):.0f} m from the signals of their "
        f"INTIDs ({', '.join(far)[:60]}): if it is another network, give --nodes",
    )


def by_place(path: Path, nodes: Mapping[str, Place], signals: Mapping[str, Place]) -> Placed:
    """Nodes matched with signals. Raises ScenarioError where none or more than one way is good."""
    if not 0 < len(nodes) * len(signals) <= MOST_PAIRS:
        raise ScenarioError(
            f"{path}: no INTID is a signal of the network, and {len(nodes)} nodes with X and Y cannot be matched with "
            f"{len(signals)} signals; give --nodes a CSV with the columns node,signal"
        )
    ours, theirs = np.array(list(nodes.values())), np.array(list(signals.values()))
    shift = _best(path, ours, theirs)
    if shift.any():
        shift = _refined(ours, theirs, shift)
    pairs = _pairs(ours + shift, theirs)
    apart = [float(np.hypot(*(ours[i] + shift - theirs[j]))) for i, j in pairs]
    node_names, signal_names = list(nodes), list(signals)
    matched = {node_names[i]: signal_names[j] for i, j in pairs}
    return Placed(matched, (float(shift[0]), float(shift[1])), float(np.mean(apart)), max(apart))


def _best(path: Path, ours: Points, theirs: Points) -> Points:
    """The shift with the most nodes on signals."""
    tree = cKDTree(theirs)
    if _hits(tree, ours) == min(len(ours), len(theirs)):
        return np.zeros(2)
    shifts: Points = (theirs[None, :, :] - ours[:, None, :]).reshape(-1, 2)
    hits = np.array([_hits(tree, ours + shift) for shift in shifts])
    best = int(hits.argmax())
    chosen: Points = shifts[best]
    far = np.hypot(*(shifts - chosen).T) > 2 * REACH_M
    rival = int(hits[far].max(initial=0))
    if rival >= RIVAL * hits[best] or hits[best] < LEAST_SHARE * min(len(ours), len(theirs)):
        raise ScenarioError(
            f"{path}: by coordinates {hits[best]} of {len(ours)} nodes fit {len(theirs)} signals in one way and "
            f"{rival} in another; give --nodes a CSV with the columns node,signal"
        )
    return chosen


def _hits(tree: cKDTree, points: Points) -> int:
    """How many signals have a node within reach that is nearest to them."""
    apart, nearest = tree.query(points, distance_upper_bound=REACH_M)
    return len(set(nearest[np.isfinite(apart)].tolist()))


def _refined(ours: Points, theirs: Points, shift: Points) -> Points:
    for _ in range(3):
        pairs = _pairs(ours + shift, theirs)
        shift = np.mean([theirs[j] - ours[i] for i, j in pairs], axis=0)
    return shift


def _pairs(ours: Points, theirs: Points) -> list[tuple[int, int]]:
    """Nodes and signals within reach of each other, each once, as near as they all can be."""
    apart = np.hypot(*(ours[:, None, :] - theirs[None, :, :]).transpose(2, 0, 1))
    rows, columns = linear_sum_assignment(np.minimum(apart, 10 * REACH_M))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if apart[i, j] <= REACH_M]

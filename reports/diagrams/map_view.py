"""What a map shows and where: the part of the network around its signals, the size of panels, marks and names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from zhasyl.network import Edge, Network
from zhasyl.reports.diagrams.boxes import Box, along, placed
from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, Paper
from zhasyl.reports.languages.places import place
from zhasyl.reports.network_map import ROAD_FUNCTIONS
from zhasyl.text.words import shortened

AROUND = 0.12  # of the longer side of what the signals span, shown beyond it
LEAST_AROUND_M = 120.0
MOST_COLUMNS = 3
LEAST_OF_LARGEST = 0.75  # side by side unless maps one below the other would be this much larger
MOST_HEIGHT_IN = 8.0  # of all panels
PANEL_GAP_IN, PANEL_TITLE_IN = 0.2, 0.25
LEAST_MARK_PT, MOST_MARK_PT, LETTER_MARK_PT = 3.0, 15.0, 11.5  # on a smaller mark a letter has below 7 pt
MARK_SHARE = 0.95  # of the way to the nearest other mark
NAME_PT, LONGEST_STREET, MOST_STREETS = 7.0, 28, 14
ROAD_GAP_PT = 1.6
MOST_POINTS = 12000  # of the roads on all panels: beyond, the smaller ones are not drawn

Floats = npt.NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class View:
    """The part shown, metres, and on how many columns of panels of which width."""

    x_m: float
    y_m: float
    width_m: float
    height_m: float
    columns: int
    panel_in: float

    @property
    def panel_high_in(self) -> float:
        """Height of a panel."""
        return self.panel_in * self.height_m / self.width_m

    @property
    def size_pt(self) -> Place:
        """Width and height of a panel."""
        return self.panel_in * POINTS_PER_IN, self.panel_high_in * POINTS_PER_IN

    def points(self, places_m: Iterable[Place]) -> list[Place]:
        """Where places are on a panel."""
        scale = self.panel_in * POINTS_PER_IN / self.width_m
        return [((x - self.x_m) * scale, (y - self.y_m) * scale) for x, y in places_m]


class Ground(NamedTuple):
    """What maps of one network have in common: where signals are, points, how large their marks, names and roads."""

    places: dict[str, Place]
    sizes_pt: Floats
    names: list[tuple[str, Box]]
    roads: dict[int, list[Sequence[Place]]]


def ground_of(network: Network, places_m: Mapping[str, Place], view: View, maps: int) -> Ground:
    """The ground of as many maps with signals at these places."""
    places = view.points(places_m.values())
    sizes = marks_pt(places)
    names = street_names(network, places_m, view, boxes_of(places, sizes))
    return Ground(dict(zip(places_m, places, strict=True)), sizes, names, roads_shown(network, view, maps))


def view_of(places_m: Sequence[Place], maps: int, paper: Paper = PAGE) -> View:
    """Around these places, as large as so many maps can be."""
    low, high = np.min(places_m, axis=0), np.max(places_m, axis=0)
    around_m = max(AROUND * float((high - low).max()), LEAST_AROUND_M)
    low, high = low - around_m, high + around_m
    width_m, height_m = (float(side) for side in high - low)
    most = range(1, min(maps, MOST_COLUMNS) + 1)
    sizes = {columns: _panel_in(columns, maps, height_m / width_m, paper.width_in) for columns in most}
    columns = max(one for one in sizes if sizes[one] >= LEAST_OF_LARGEST * max(sizes.values()))
    return View(float(low[0]), float(low[1]), width_m, height_m, columns, sizes[columns])


def _panel_in(columns: int, maps: int, slope: float, width_in: float) -> float:
    rows = -(-maps // columns)
    return min((width_in - 0.2 - PANEL_GAP_IN * (columns - 1)) / columns, MOST_HEIGHT_IN / rows / slope)


def marks_pt(places: Sequence[Place]) -> Floats:
    """Diameter of each mark, so that it does not reach into another one unless it would be too small to be seen."""
    at = np.array(places, dtype=float).reshape(-1, 2)
    found = np.full(len(at), MOST_MARK_PT)
    for index, one in enumerate(at):
        away = np.hypot(*(at - one).T)
        away[index] = np.inf
        found[index] = MARK_SHARE * away.min(initial=np.inf)
    sizes: Floats = np.floor(2 * np.clip(found, LEAST_MARK_PT, MOST_MARK_PT)) / 2
    return sizes


def roads_shown(network: Network, view: View, maps: int) -> dict[int, list[Sequence[Place]]]:
    """By number of lanes (1 to 4) the lines of the roads in the view; where there are many, of the larger ones."""
    roads = [edge for edge in network.edges.values() if edge.function in ROAD_FUNCTIONS and edge.no_cars != _all(edge)]
    roads.sort(key=lambda edge: (-len(edge.lanes), -edge.speed_mps, -edge.length_m, edge.id))
    found: dict[int, list[Sequence[Place]]] = {}
    left = MOST_POINTS // maps
    width, height = view.size_pt
    for edge in roads:
        line = view.points(edge.shape)
        xs, ys = zip(*line, strict=True)
        if max(xs) < 0 or min(xs) > width or max(ys) < 0 or min(ys) > height:
            continue
        line = _thinned(line)
        left -= len(line)
        if left < 0:
            break
        found.setdefault(min(len(edge.lanes), 4), []).append(line)
    return found


def _all(edge: Edge) -> frozenset[int]:
    return frozenset(range(len(edge.lanes)))


def _thinned(line: Sequence[Place], least_pt: float = 0.7) -> list[Place]:
    """Without points that nobody could tell from the one before."""
    kept = [line[0]]
    for point in line[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= least_pt:
            kept.append(point)
    return [*kept, line[-1]]


def streets(network: Network, signals: Iterable[str]) -> list[tuple[str, list[Edge]]]:
    """Names of streets with their edges: those that pass the most signals first, then the longest."""
    wanted = set(signals)
    passed: dict[str, set[str]] = {}
    for signal in wanted:
        for connections in network.signal_links.get(signal, {}).values():
            for connection in connections:
                for end in (connection.from_edge, connection.to_edge):
                    passed.setdefault(network.edges[end].name, set()).add(signal)
    own: dict[str, list[Edge]] = {}
    for edge in network.edges.values():
        if edge.name.strip() and edge.function in ROAD_FUNCTIONS:
            own.setdefault(edge.name, []).append(edge)
    weight = {name: (len(passed.get(name, ())), sum(edge.length_m for edge in edges)) for name, edges in own.items()}
    return [(name, own[name]) for name in sorted(own, key=lambda name: (*(-part for part in weight[name]), name))]


def street_names(network: Network, signals: Iterable[str], view: View, marks: Sequence[Box]) -> list[tuple[str, Box]]:
    """Names that find room beside their streets, each once, with where it stands."""
    wanted = streets(network, signals)[: 3 * MOST_STREETS]
    texts = [shortened(" ".join(place(name).split()), LONGEST_STREET) for name, _ in wanted]
    candidates = (_candidates(edges, text, view) for (_, edges), text in zip(wanted, texts, strict=True))
    found = [(text, box) for text, box in zip(texts, placed(candidates, marks, view.size_pt), strict=True) if box]
    return found[:MOST_STREETS]


def _candidates(edges: Sequence[Edge], text: str, view: View) -> Iterator[Box]:
    width, height = text_size_pt(text, NAME_PT)
    for edge in sorted(edges, key=lambda one: (-one.length_m, one.id))[:8]:
        yield from along(view.points(edge.shape), width + 3, height + 1, ROAD_GAP_PT)


def text_size_pt(text: str, size_pt: float) -> Place:
    """Width of a text in the widest of the usual fonts, and the height of a line."""
    if not text.strip():
        return 0.0, size_pt
    width_pt: float = TextPath((0, 0), text, size=size_pt, prop=FontProperties()).get_extents().x1
    return width_pt, 1.25 * size_pt


def boxes_of(places: Sequence[Place], sizes_pt: Floats) -> list[Box]:
    """The marks as boxes."""
    return [Box(x, y, float(sizes_pt[index]), float(sizes_pt[index])) for index, (x, y) in enumerate(places)]

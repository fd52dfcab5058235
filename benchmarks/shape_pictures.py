"""Pictures of the junctions whose tables stand in docs/own-junction.md: lanes, crossings and stop lines, to scale."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from tests.test_tutorial import steps
from zhasyl.lane_groups import lane_groups
from zhasyl.scenarios.load import load_scenario
from zhasyl.scenarios.new.junction import new_junction
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.street_map import street_map

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "own-junction.md"
COLOURS = {"junction": "#B9BEC4", "lane": "#8A9199", "pavement": "#DED7C8", "crossing": "#FFFFFF"}
SHOWN_M = {"tee": (-70, 80, -70, 30), "five": (-70, 70, -60, 50), "staged": (-50, 50, -18, 18),
           "corridor": (-90, 720, -60, 60)}  # fmt: skip
"""West, east, south and north of the first junction."""
WIDTHS_IN = {"corridor": 10.0}
WIDTH_IN, DPI = 6.0, 100
EDGE_M = 0.18  # of the gap between two lanes


def tables() -> dict[str, str]:
    """The tables of the page by name, without .csv."""
    named = (step for step in steps(PAGE.read_text("utf-8")) if step.name)
    return {step.name.removesuffix(".csv"): step.text for step in named}


def write_pictures() -> Iterator[Path]:
    """Make each junction anew and draw it."""
    for name, shown_m in SHOWN_M.items():
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "shape"
            folder.mkdir()
            (Path(made) / f"{name}.csv").write_text(tables()[name], "utf-8")
            new_junction(Path(made) / f"{name}.csv", folder, name, name)
            figure = drawn(load_scenario(str(folder)).net_file, shown_m, WIDTHS_IN.get(name, WIDTH_IN))
        picture = DOCS / f"shape-{name}.png"
        figure.savefig(picture, dpi=DPI, metadata={"Software": None})
        yield picture


def drawn(net_file: Path, shown_m: tuple[float, float, float, float], width_in: float) -> Figure:
    """A part of a network from above."""
    network = read_network(net_file)
    shapes = street_map(net_file, network, lane_groups(network))
    lines = [_points(text) for text in np.asarray(shapes["points"]).tolist()]
    kinds, widths_m = np.asarray(shapes["kind"], dtype=str).tolist(), np.asarray(shapes["width_m"]).tolist()
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for kind, colour in COLOURS.items():
        own = [
            line if kind == "junction" else _band(line, width_m - 2 * EDGE_M)
            for line, width_m, found in zip(lines, widths_m, kinds, strict=True)
            if found == kind and len(line) > 1
        ]
        hatch, edge = ("|||||", "#555") if kind == "crossing" else (None, "none")
        axes.add_collection(PolyCollection(own, facecolors=colour, hatch=hatch, edgecolors=edge, linewidths=0))
    west, east, south, north = shown_m
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_axis_off()
    figure.set_size_inches(width_in, width_in * (north - south) / (east - west))
    return figure


def _points(text: str) -> np.ndarray:
    return np.array([[float(part) for part in point.split(",")] for point in text.split()]).reshape(-1, 2)


def _band(line: np.ndarray, width_m: float) -> np.ndarray:
    """The outline of a line of a width."""
    ahead = np.diff(line, axis=0)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    along = np.vstack([ahead[:1], (ahead[:-1] + ahead[1:]) / 2, ahead[-1:]])
    aside = np.column_stack([-along[:, 1], along[:, 0]]) * width_m / 2
    return np.vstack([line + aside, (line - aside)[::-1]])

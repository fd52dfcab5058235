"""What the diagrams have in common: panels at places said in inches, small SVG, and why one is left out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, Paper
from zhasyl.reports.figures import DASHES, PALETTE, Drawing, Plot, drawing, style
from zhasyl.text.words import shortened

LONGEST_LABEL, LONGEST_NARROW = 44, 24  # letters of a controller with its parameters over a panel
LINES_AS_THEY_ARE = {"path.simplify": False}  # dots are very short lines
LINE_EM = 1.25
DOT_LENGTH = 0.1  # in the unit of the axis: pictures have no lines without length

Floats = npt.NDArray[np.float64]


class LeftOut(Exception):  # noqa: N818 - no error: the page goes on without
    """Why there is no such diagram; what the page says in its place."""


@dataclass(frozen=True)
class Diagram(Plot):
    """A figure of many points."""

    def drawing(self) -> Drawing:
        """The figure as SVG, its coordinates to a hundredth of a point."""
        with styled():
            made = drawing(self.figure, self.title, self.caption)
        svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), made.svg)
        return replace(made, svg=re.sub(r" *\n *", "\n", svg))


@contextmanager
def styled(paper: Paper = PAGE) -> Iterator[None]:
    """Within it figures have the report's style; lines keep their points."""
    with style(paper), matplotlib.rc_context(LINES_AS_THEY_ARE):  # type: ignore[arg-type]  # its keys are literals
        yield


def sheet(height_in: float, paper: Paper) -> Figure:
    """An empty figure of the paper's width."""
    return Figure(figsize=(paper.width_in, height_in))


def panel(figure: Figure, left_in: float, top_in: float, width_in: float, height_in: float) -> Axes:
    """A panel, its left and top edges in inches from the figure's."""
    whole_in, high_in = figure.get_size_inches()
    bottom_in = high_in - top_in - height_in
    return figure.add_axes((left_in / whole_in, bottom_in / high_in, width_in / whole_in, height_in / high_in))


def write(figure: Figure, left_in: float, top_in: float, text: str, **how: object) -> None:
    """Text whose left edge and upper edge are in inches from the figure's."""
    whole_in, high_in = figure.get_size_inches()
    figure.text(left_in / whole_in, 1 - top_in / high_in, text, **{"va": "top", **how})  # type: ignore[arg-type]


def high_in(text: str, size_pt: float) -> float:
    """How high lines of letters of this size are."""
    return (text.count("\n") + 1) * LINE_EM * size_pt / POINTS_PER_IN


def dots(axes: Axes, x: Floats, y: Floats, colour: str, size_pt: float) -> None:
    """Many dots as one path: a marker each would be ten times as large a file."""
    shown = np.column_stack([x, x + DOT_LENGTH, np.full(len(x), np.nan)]).ravel()
    height = np.column_stack([y, y, np.full(len(y), np.nan)]).ravel()
    axes.plot(shown, height, color=colour, lw=size_pt, solid_capstyle="round")


def segments(
    axes: Axes, lines: Iterable[tuple[Sequence[float], Sequence[float]]], colour: str, width_pt: float
) -> None:
    """Lines of any number of points as one path."""
    x: list[float] = []
    y: list[float] = []
    for own_x, own_y in lines:
        x += [*own_x, np.nan]
        y += [*own_y, np.nan]
    axes.plot(x, y, color=colour, lw=width_pt, solid_capstyle="butt")


def named(label: str, paper: Paper) -> str:
    """A controller over a panel or in a legend."""
    return shortened(label, LONGEST_NARROW if paper.narrow else LONGEST_LABEL)


def legend(figure: Figure, handles: Sequence[object], labels: Sequence[str], paper: Paper) -> None:
    """At the upper left, in as many columns as there is room for."""
    small = paper.small
    figure.legend(
        handles, [small.fit(label, small.legend_pt(1)) for label in labels], loc="upper left",
        ncols=small.legend_columns(labels), fontsize=small.font_pt, borderaxespad=0.2,
    )  # type: ignore[call-overload]  # handles of any kind  # fmt: skip


def legend_in(labels: Sequence[str], paper: Paper) -> float:
    """How high such a legend is."""
    rows = -(-len(labels) // paper.small.legend_columns(labels))
    return 0.13 + rows * 1.6 * paper.small_pt / POINTS_PER_IN


def dashes(index: int) -> str:
    """How the lines of the controller of this number are drawn: beyond the palette's length they differ in dashes."""
    return DASHES[index // len(PALETTE) % len(DASHES)]

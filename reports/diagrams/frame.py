"""What the diagrams have in common: panels at places said in inches, small SVG, and why one is left out."""

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, Paper
from zhasyl.reports.figures import DASHES, PALETTE, STYLE, WIDTH_IN, Drawing, drawing
from zhasyl.text.words import shortened

LONGEST_LABEL = 44  # letters of a controller with its parameters over a panel
ROOM = 0.97  # of it: a browser's letters are not as wide as they are reckoned here
SMALLER_PT = (8.0, 7.0)  # letters over a panel whose words are many
LINES_AS_THEY_ARE = {"path.simplify": False}
LETTERS = {"font.size": PAGE.font_pt, "axes.titlesize": PAGE.font_pt}

Floats = npt.NDArray[np.float64]


class LeftOut(Exception):  # noqa: N818 - no error: the page goes on without
    """Why there is no such diagram; what the page says in its place."""


def styled() -> AbstractContextManager[None]:
    """Within it figures have the report's style; lines keep their points."""
    return matplotlib.rc_context(LINES_AS_THEY_ARE | LETTERS | STYLE)  # type: ignore[arg-type]  # its keys are literals


def sheet(height_in: float) -> Figure:
    """An empty figure of the page's width."""
    return Figure(figsize=(WIDTH_IN, height_in))


def panel(figure: Figure, left_in: float, top_in: float, width_in: float, height_in: float) -> Axes:
    """A panel, its left and top edges in inches from the figure's."""
    whole_in, high_in = figure.get_size_inches()
    bottom_in = high_in - top_in - height_in
    return figure.add_axes((left_in / whole_in, bottom_in / high_in, width_in / whole_in, height_in / high_in))


def write(figure: Figure, left_in: float, top_in: float, text: str, size_pt: float) -> None:
    """A line whose left and upper edge are in inches from the figure's; a wide one in smaller letters, or shortened."""
    whole_in, high_in = figure.get_size_inches()
    room_pt = ROOM * (whole_in - left_in) * POINTS_PER_IN
    for own_pt in (size_pt, *SMALLER_PT):
        fitting = Paper(whole_in, own_pt).fit(text, room_pt)
        if len(fitting) == len(text):
            break
    figure.text(left_in / whole_in, 1 - top_in / high_in, fitting, va="top", fontsize=own_pt)


def drawn(figure: Figure, title: str, caption: str) -> Drawing:
    """The figure as SVG, its coordinates to a hundredth of a point."""
    made = drawing(figure, title, caption)
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), made.svg)
    return replace(made, svg=re.sub(r" *\n *", "\n", svg))


def dots(axes: Axes, x: Floats, y: Floats, colour: str, size_pt: float) -> None:
    """Many dots as one path: a marker each would be ten times as large a file."""
    shown = np.column_stack([x, x, np.full(len(x), np.nan)]).ravel()
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


def named(label: str) -> str:
    """A controller over a panel or in a legend."""
    return shortened(label, LONGEST_LABEL)


def dashes(index: int) -> str:
    """How the lines of the controller of this number are drawn: beyond the palette's length they differ in dashes."""
    return DASHES[index // len(PALETTE) % len(DASHES)]

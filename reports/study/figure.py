"""The plot of a sweep: what each value of a parameter changes of the mean delay, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, TELEPHONE, Paper
from zhasyl.reports.figures import PALETTE, Plot, style
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.sweeps import Sweep, as_number
from zhasyl.reports.study.tables import named_sweeps
from zhasyl.text.language import _, digits, ngettext

MOST_PANELS = 6  # values of a second parameter
MOST_BELOW = 3  # panels that stand one below the other on the page, to be seen whole on a telephone
MOST_ROWS = 30  # settings where they are drawn one below the other: the best
COLOUR, REFERENCE_COLOUR = PALETTE[0], PALETTE[1]
LEAST_GAP = 0.1  # of the axis, between two values that are written at it
BESIDE_IN = 0.8  # what the value axis and the edge take of a panel
MARGIN = 0.06  # of an axis, beyond its first and last value


@dataclass(frozen=True)
class Point:
    """A setting as it is drawn: the change of delay and its interval, both in `Points.unit`."""

    label: str
    values: tuple[str, ...]
    change: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Points:
    """The settings of a sweep that have a value, the best first, in s per trip or in per cent."""

    unit: str
    points: list[Point]


def sweep_plots(study: Study, paper: Paper = PAGE) -> list[Plot]:
    """A plot for each sweep."""
    drawn = [sweep_plot(study, sweep, name, paper) for sweep, name in named_sweeps(study)]
    return [plot for plot in drawn if plot is not None]


def sweep_plot(study: Study, sweep: Sweep, name: str, paper: Paper = PAGE) -> Plot | None:
    """The plot of a sweep; None where no two settings have a value.

    One parameter of numbers is the x axis; of two, the one with more values is, and each value of the other has a
    panel. Settings of any other kind stand one below the other.
    """
    found = points_of(study, sweep)
    if len(found.points) < 2:
        return None
    axis = _x_axis(sweep)
    paper = TELEPHONE if paper == PAGE and _panel_count(sweep, axis) <= MOST_BELOW else paper
    with style(paper):
        figure = _rows(found, sweep, paper) if axis is None else _panels(found, sweep, axis, paper)
    swept = sum(bool(one) for one in sweep.against)
    caption = ngettext(
        "Change of the mean delay against {reference}, in {n} scenario, and its {percent} % interval, paired by seed. "
        "The line at zero is {label}; less is better.",
        "Change of the mean delay against {reference}, over {n} scenarios, and its {percent} % interval, paired by "
        "seed. The line at zero is {label}; less is better.",
        swept,
        reference=sweep.compared_with,
        percent=digits(100 * confidence(sweep), ".4g"),
        label=sweep.reference,
    )
    told = _extent(found) if axis is None else ""
    title = _("Delay by setting of {controller}", controller=sweep.title)
    return Plot(f"sweep-{name}", title, f"{caption} {told}".rstrip(), figure)


def confidence(sweep: Sweep) -> float:
    """How sure its intervals are."""
    return next(one.confidence for place in sweep.against for one in place.values())


def points_of(study: Study, sweep: Sweep) -> Points:
    """What is drawn: of one situation differences in s per trip, of several the mean change in per cent."""
    alone = len(study.situations) == 1
    points = []
    for label in sweep.ranked():
        one, change = sweep.against[0].get(label), sweep.changes[label]
        triple = (change.mean, change.low, change.high)
        if alone and one is not None:
            triple = (one.difference, one.low, one.high)
        elif not alone:
            triple = tuple(None if value is None else 100 * value for value in triple)  # type: ignore[assignment]
        if triple[0] is not None:
            points.append(Point(label, sweep.values[label], triple[0], *triple[1:]))
    return Points(_("s per trip") if alone else "%", points)


def _x_axis(sweep: Sweep) -> int | None:
    """The parameter that is drawn along x, by its place; None where settings stand one below the other."""
    columns = list(zip(*sweep.values.values(), strict=True))
    numeric = [at for at, column in enumerate(columns) if all(as_number(text) is not None for text in column)]
    if not numeric or len(columns) > 2:
        return None
    chosen = max(numeric, key=lambda at: len(set(columns[at])))
    others = [column for at, column in enumerate(columns) if at != chosen]
    return chosen if all(len(set(column)) <= MOST_PANELS for column in others) else None


def _panel_count(sweep: Sweep, axis: int | None) -> int:
    return 1 if axis is None or len(sweep.parameters) < 2 else len({own[1 - axis] for own in sweep.values.values()})


def _panels(found: Points, sweep: Sweep, axis: int, paper: Paper) -> Figure:
    """A panel for each value of the parameter that is not along x, or one."""
    other = 1 - axis if len(sweep.parameters) == 2 else None
    kinds = {one.values[other] for one in found.points} if other is not None else {""}
    ordered = sorted(kinds, key=lambda text: (as_number(text) is None, as_number(text) or 0.0, text))
    columns = min(len(ordered), paper.columns)
    lines = -(-len(ordered) // columns)
    figure = Figure(figsize=(paper.width_in, 0.6 + 2.2 * lines), layout="constrained")
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, kind in zip(grid, ordered, strict=False):
        own = [one for one in found.points if other is None or one.values[other] == kind]
        _along_x(axes, own, axis, sweep.reference)
        if other is not None:
            width_pt = POINTS_PER_IN * (paper.width_in / columns - BESIDE_IN)
            axes.set_title(paper.fit(f"{sweep.parameters[other]} = {kind}", width_pt), loc="left")
    for spare in grid[len(ordered) :]:
        spare.set_visible(False)
    for lowest in grid[: len(ordered)][-columns:]:
        lowest.tick_params(labelbottom=True)
    figure.supxlabel(paper.fit(sweep.parameters[axis], 0.7 * POINTS_PER_IN * paper.width_in), fontsize=paper.font_pt)
    figure.supylabel(_("change, {unit}", unit=found.unit), fontsize=paper.font_pt)
    return figure


def _along_x(axes: Axes, points: Sequence[Point], axis: int, reference: str) -> None:
    ordered = sorted(points, key=lambda one: as_number(one.values[axis]) or 0.0)
    x = [as_number(one.values[axis]) or 0.0 for one in ordered]
    axes.axhline(0.0, color=REFERENCE_COLOUR, lw=1)
    axes.plot(x, [one.change for one in ordered], "-", color=COLOUR, lw=1, alpha=0.6)
    for one, at in zip(ordered, x, strict=True):
        kind, colour = _look(one, reference)
        axes.errorbar([at], [one.change], yerr=_errors(one), fmt=kind, color=colour, capsize=3, lw=1.5)
    axes.margins(x=MARGIN)
    ticks = sorted(set(x))
    if all(after - before >= LEAST_GAP * (ticks[-1] - ticks[0]) for before, after in pairwise(ticks)):
        axes.set_xticks(ticks, [digits(value, "g") for value in ticks])


def _rows(found: Points, sweep: Sweep, paper: Paper) -> Figure:
    """Settings one below the other, the best first."""
    shown = found.points[:MOST_ROWS]
    named = [_row_name(one, sweep) for one in shown]
    figure = Figure(figsize=(paper.width_in, 0.8 + paper.row_in(named) * len(shown)), layout="constrained")
    axes = figure.subplots()
    axes.axvline(0.0, color=REFERENCE_COLOUR, lw=1)
    for row, one in enumerate(shown):
        kind, colour = _look(one, sweep.reference)
        axes.errorbar([one.change], [row], xerr=_errors(one), fmt=kind, color=colour, capsize=3, lw=1.5)
    axes.set_yticks(range(len(shown)), [paper.row_name(name) for name in named])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    figure.supxlabel(_("change of mean delay, {unit}", unit=found.unit), fontsize=paper.font_pt)
    return figure


def _row_name(one: Point, sweep: Sweep) -> str:
    return ", ".join(f"{key}={text}" for key, text in zip(sweep.parameters, one.values, strict=True))


def _look(one: Point, reference: str) -> tuple[str, str]:
    return ("D", REFERENCE_COLOUR) if one.label == reference else ("o", COLOUR)


def _errors(one: Point) -> list[list[float]] | None:
    if one.low is None or one.high is None:
        return None
    return [[max(0.0, one.change - one.low)], [max(0.0, one.high - one.change)]]


def _extent(found: Points) -> str:
    more = len(found.points) - MOST_ROWS
    if more <= 0:
        return ""
    return _("The best {shown} of {known} settings are shown.", shown=MOST_ROWS, known=len(found.points))

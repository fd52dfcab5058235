"""Figures of a situation as SVG text to embed: no script, no outside font or link, the same bytes each time.

Text stays text, so a reader can search and enlarge it. Colours are Okabe and Ito's, which people with a colour vision
deficiency can tell apart; a controller keeps its colour in all figures.
"""

import io
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import matplotlib
import numpy as np
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from zhasyl.files.clock import time_of_day
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.optimise.statistics.intervals import half_width
from zhasyl.reports.aggregates import INTERGREEN, Floats, OverSeeds, longest_queues
from zhasyl.reports.exports.paper import PAGE, Paper
from zhasyl.reports.languages.axes import speak
from zhasyl.reports.languages.extents import approaches_shown, signals_shown
from zhasyl.reports.languages.places import place as place_name
from zhasyl.reports.records import NOT_SERVED, by_label, done, measured, not_served_veh
from zhasyl.text.language import _, digits, ngettext
from zhasyl.text.stage_names import stage_name
from zhasyl.text.words import shortened

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":")  # beyond the palette's length, lines differ in dashes
INTERGREEN_COLOUR = "#BBBBBB"
WIDTH_IN = PAGE.width_in
LONGEST_ID = 28  # letters of it; the tables have all
MOST_PANELS = 6
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "zhasyl",
    "pdf.fonttype": 42,  # TrueType, which editors take
    "text.parse_math": False,  # a street may be called '$1'
    "font.family": "sans-serif",
    "font.size": PAGE.font_pt,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": PAGE.font_pt,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Drawing:
    """A figure: a title, what it shows in words, and the SVG text."""

    title: str
    caption: str
    svg: str


@dataclass(frozen=True)
class Plot:
    """A figure before it is written: what it is called in file names, a title, and what it shows in words."""

    name: str
    title: str
    caption: str
    figure: Figure

    def drawing(self) -> Drawing:
        """The figure as SVG text to embed in a page."""
        with style():
            return drawing(self.figure, self.title, self.caption)


def style(paper: Paper = PAGE) -> AbstractContextManager[None]:
    """How figures are drawn on a paper."""
    found = {**STYLE, "font.size": paper.font_pt, "axes.titlesize": paper.font_pt}
    return matplotlib.rc_context(found)  # type: ignore[arg-type]  # its keys are literals to the type checker


def colours(labels: Sequence[str]) -> dict[str, str]:
    """A colour per controller label, in the order given."""
    return {label: PALETTE[index % len(PALETTE)] for index, label in enumerate(labels)}


def delay_figure(records: Sequence[Record], colour: Mapping[str, str], paper: Paper = PAGE) -> Plot:
    """Mean delay by controller with its 95 % interval, and each seed as a dot."""
    groups = by_label(done(records))
    with style(paper):
        height_in = 0.9 + (1.0 if paper.narrow else 0.55) * len(groups)
        axes = (figure := Figure(figsize=(paper.width_in, height_in), layout="constrained")).subplots()
        axes.update_datalim([(0.0, 0.0)], updatey=False)  # so that the margin is a share of an axis from 0
        for row, (label, runs) in enumerate(groups.items()):
            _draw_delays(axes, row, runs, colour[label])
        axes.set_yticks(range(len(groups)), [paper.row_name(label) for label in groups])
        axes.set_ylim(len(groups) - 0.45, -0.6)
        axes.set_xlim(left=_least(axes.get_xlim()[0], axes.dataLim.x0))
        for row, runs in enumerate(groups.values()):
            _write_delay(axes, row, runs, paper)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(_("mean delay, s per trip"))
        caption = _(
            "Diamond and bar: mean over the seeds and its 95 % interval. Dots: single seeds; crosses: seeds that "
            "ended in gridlock. Further left is better."
        )
        return Plot("delay", _("Mean delay by controller"), caption, figure)


def _draw_delays(axes: Axes, row: int, runs: Sequence[Record], colour: str) -> None:
    for stuck, marker in ((False, "o"), (True, "x")):
        delays_s = [number(run, "delay_s") for run in runs if (run.get("gridlocked") is True) == stuck]
        axes.plot(delays_s, [row + 0.2] * len(delays_s), marker, color=colour, alpha=0.75, markersize=5)
    mean_s, margin_s = _delay(runs)
    if math.isfinite(mean_s):
        axes.errorbar([mean_s], [row], xerr=margin_s or 0.0, fmt="D", color=colour, capsize=4, lw=2)


def _least(automatic: float, least: float) -> float:
    """Where an axis begins: at 0, or below what is drawn, for an interval may reach below 0."""
    return automatic if least < 0 else 0.0


def _write_delay(axes: Axes, row: int, runs: Sequence[Record], paper: Paper) -> None:
    """Write the mean above its bar, towards the middle of the axes, whose extent is known by now."""
    mean_s, margin_s = _delay(runs)
    if not math.isfinite(mean_s):
        return
    left = [not_served_veh(run) for run in runs]
    mean, unserved = measured("delay_s", mean_s, margin_s), measured(NOT_SERVED, float(np.mean(left)), half_width(left))
    if paper.narrow:
        text = _("{mean}\n(n = {n}, {left}\nveh not served)", mean=mean, n=len(runs), left=unserved)
        axes.annotate(text, (0.02, row), (0, 5), ("axes fraction", "data"), "offset points", va="bottom")
        return
    low_s, high_s = axes.get_xlim()
    third = min(2, int(3 * (mean_s - low_s) / (high_s - low_s)))
    sides = ("left", "center", "right")
    text = _("{mean} (n = {n}, {left} veh not served)", mean=mean, n=len(runs), left=unserved)
    axes.annotate(text, (mean_s, row), (0, 7), textcoords="offset points", ha=sides[third])


def _delay(runs: Sequence[Record]) -> tuple[float, float | None]:
    delays_s = [number(run, "delay_s") for run in runs]
    return float(np.mean(delays_s)), half_width(delays_s)


def queue_figure(
    series: OverSeeds,
    names: Mapping[tuple[str, str], str],
    colour: Mapping[str, str],
    step_s: int,
    most: int = MOST_PANELS,
    paper: Paper = PAGE,
) -> Plot:
    """Queue over time: a panel per approach, a line per controller; the `most` longest queues."""
    ranked = longest_queues(series)
    shown = ranked[:most]
    with style(paper):
        figure, panels = _panels(len(shown), 1.4 if paper.narrow else 1.75, paper)
        for axes, place in zip(panels, shown, strict=True):
            _draw_queues(axes, series, place, colour, step_s)
            axes.set_title(paper.title(_approach_title(place, names), len(shown)), loc="left")
        panels[0].set_ylim(bottom=_least(panels[0].get_ylim()[0], min(axes.dataLim.y0 for axes in panels)))  # of all
        figure.supylabel(_("queue, vehicles"), fontsize=paper.font_pt)
        handles, labels = panels[0].get_legend_handles_labels()
        short, columns = paper.legend(labels)
        figure.legend(handles, short, loc="outside upper left", ncols=columns)
        caption = ngettext(
            "Vehicles queued at an approach, mean over {n} minute and over the seeds; shaded: its 95 % interval.",
            "Vehicles queued at an approach, mean over {n} minutes and over the seeds; shaded: its 95 % interval.",
            step_s // 60,
        )
        caption += f" {approaches_shown(len(shown), len(ranked))}"
        return Plot("queue", _("Queue over time by approach"), caption, figure)


def _approach_title(place: tuple[str, str], names: Mapping[tuple[str, str], str]) -> str:
    signal, edge = (shortened(name, LONGEST_ID) for name in place)
    return f"{place_name(names[place]) if place in names else edge} · {signal}"


def _draw_queues(axes: Axes, series: OverSeeds, place: tuple[str, str], colour: Mapping[str, str], step_s: int) -> None:
    middle_s = np.array(series.begins_s) + step_s / 2
    for index, (label, mean, margin) in enumerate(zip(series.labels, *series.of(place), strict=True)):
        dashes = DASHES[index // len(PALETTE) % len(DASHES)]
        axes.plot(middle_s, mean, dashes, color=colour[label], label=label, lw=2)
        axes.fill_between(middle_s, mean - margin, mean + margin, color=colour[label], alpha=0.15, lw=0)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 1.5, 3, 6, 9, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda time_s, _: time_of_day(time_s)))


def green_figure(
    over_seeds: OverSeeds,
    signals: Sequence[str],
    names: Mapping[str, Sequence[str]] | None = None,
    most: int = MOST_PANELS,
    paper: Paper = PAGE,
) -> Plot:
    """Share of time by stage: a panel per signal, a stacked bar per controller; the first `most` of `signals`.

    `names`: what the stages of a signal are called, where they have names.
    """
    shown = list(signals)[:most]
    stages = sorted({int(stage) for _, stage in over_seeds.places} - {INTERGREEN})
    shade = _stage_colours(stages)
    with style(paper):
        figure, panels = _panels(len(shown), 0.9 + paper.row_in(over_seeds.labels) * len(over_seeds.labels), paper)
        for axes, signal in zip(panels, shown, strict=True):
            _draw_stages(axes, over_seeds, signal, shade, paper)
            title = _signal_title(signal, (names or {}).get(signal, ()))
            axes.set_title(paper.title(title, len(shown), over_seeds.labels), loc="left")
        figure.supxlabel(_("share of time"), fontsize=paper.font_pt)
        called = [_stage_name(stage) for stage in shade]
        handles = [matplotlib.patches.Patch(color=shade[stage]) for stage in shade]
        figure.legend(handles, called, loc="outside upper left", ncols=paper.stage_columns(called))
        caption = _("How much of the time each stage was green, mean over the seeds; intergreen is yellow and all-red.")
        caption = f"{caption} {_widest(over_seeds, shown)} {signals_shown(len(shown), len(signals))}"
        return Plot("green", _("Green time by stage"), caption, figure)


def _draw_stages(axes: Axes, shares: OverSeeds, signal: str, shade: Mapping[int, str], paper: Paper) -> None:
    rows = np.arange(len(shares.labels))
    left = np.zeros(len(rows))
    for stage in (stage for stage in shade if (signal, stage) in shares.places):
        widths, _margins = shares.of((signal, stage))
        bars = axes.barh(rows, widths, left=left, color=shade[stage], edgecolor="white", linewidth=1)
        texts = [digits(width, ".0%") if width >= 0.08 else "" for width in widths]
        axes.bar_label(bars, texts, label_type="center", color=_readable(shade[stage]), fontsize=paper.small_pt)
        left = left + widths
    axes.set_yticks(rows, [paper.row_name(label) for label in shares.labels])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(visible=False, axis="y")


def _stage_colours(stages: Sequence[int]) -> dict[int, str]:
    spread = matplotlib.colormaps["viridis"](np.linspace(0.15, 0.95, max(len(stages), 2)))
    shade = {stage: matplotlib.colors.to_hex(colour) for stage, colour in zip(stages, spread, strict=False)}
    return {**shade, INTERGREEN: INTERGREEN_COLOUR}


def _signal_title(signal: str, names: Sequence[str]) -> str:
    """'signal J1: A main, B side'."""
    stages = ", ".join(f"{stage_name(index)} {name}" for index, name in enumerate(names) if name != stage_name(index))
    short = shortened(signal, LONGEST_ID)
    if not stages:
        return _("signal {signal}", signal=short)
    return _("signal {signal}: {stages}", signal=short, stages=stages)


def _stage_name(stage: int) -> str:
    return _("intergreen") if stage == INTERGREEN else _("stage {stage}", stage=stage_name(stage))


def _readable(background: str) -> str:
    red, green, blue = matplotlib.colors.to_rgb(background)
    return "black" if 0.3 * red + 0.6 * green + 0.1 * blue > 0.5 else "white"


def _panels(count: int, height_in: float, paper: Paper) -> tuple[Figure, list[Axes]]:
    columns = min(count, paper.columns)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(paper.width_in, 0.7 + height_in * rows), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for spare in grid[count:]:
        spare.set_visible(False)
    for lowest in grid[:count][-columns:]:  # of two columns, one may end a row earlier
        lowest.tick_params(labelbottom=True)
    return figure, list(grid[:count])


def _widest(shares: OverSeeds, signals: Sequence[str]) -> str:
    shown = [index for index, (signal, _) in enumerate(shares.places) if signal in signals]
    margins: Floats = shares.half_width[:, shown]
    if np.isnan(margins).all():
        return _("One seed has no interval.")
    return _(
        "The widest 95 % interval of a share is ± {width} percentage points.",
        width=digits(100 * float(np.nanmax(margins)), ".1f"),
    )


def drawing(figure: Figure, title: str, caption: str) -> Drawing:
    speak(figure)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = "<svg" + buffer.getvalue().partition("<svg")[2]
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)  # it would style the whole page
    svg = re.sub(r' id="[\w.]+_\d+"', "", svg)  # several figures share a page, where an id may stand once
    for size in ("width", "height"):
        svg = re.sub(rf'(<svg[^>]*?) {size}="[^"]*"', r"\1", svg, count=1)
    words = f"<title>{escape(title)}</title><desc>{escape(caption)}</desc>"
    head = f'<svg role="img" style="--in: {figure.get_figwidth():g}"'  # the page's style scales by it
    return Drawing(title, caption, re.sub(r"<svg([^>]*)>", lambda one: f"{head}{one[1]}>{words}", svg, count=1))

"""Time-space diagrams of green waves: distance over time, each signal's greens both ways, and the bands.

Drawn from the plans, not from a simulation.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import cast

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from zhasyl.controllers.green_wave import GreenWave
from zhasyl.controllers.parts.corridors import Corridor
from zhasyl.reports.figures import PALETTE, STYLE, WIDTH_IN, Drawing, drawing
from zhasyl.text.language import _, digits
from zhasyl.timing.progression import Band, Direction

CYCLES = 3
DOTS_PER_IN = 150
OUTBOUND, INBOUND = PALETTE[0], PALETTE[1]
RED = "#C8C8C8"
BAR_PT = 3.5  # thickness of a signal's bar
NAME_SHARE = 2.2  # characters of a signal's name that fit to an inch of the figure's width
TITLE_SHARE = 8.5  # the same of a title
LEAST_GAP_IN = 0.125  # between two names
SIGNAL_IN, LEAST_IN = 0.42, 2.2
LEAST_BAND_S = 1.0

Span = tuple[float, float]


def time_space_figure(waves: Sequence[GreenWave], width_in: float = WIDTH_IN) -> Figure:
    """A diagram for each corridor, one below the other; at least one corridor is needed. Write it with `save`."""
    heights_in = [height_in(wave.corridor) for wave in waves]
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are literals to the type checker
        figure = Figure(figsize=(width_in, 0.6 + sum(heights_in) + 0.5 * len(waves)), layout="constrained")
        panels = figure.subplots(len(waves), squeeze=False, height_ratios=heights_in).ravel()
        for number, (axes, wave) in enumerate(zip(panels, waves, strict=True), start=1):
            _draw(axes, wave)
            write_names(axes, wave.corridor, round(NAME_SHARE * width_in))
            axes.set_title("\n".join(wrap(_title(number, wave), round(TITLE_SHARE * width_in - 10))), loc="left")
        panels[-1].set_xlabel("time, s")
        write_legend(figure)
    return figure


def write_legend(figure: Figure) -> None:
    """What the colours mean, above the diagrams."""
    handles = [
        Patch(color=OUTBOUND, label="green, band up"),
        Patch(color=INBOUND, label="down"),
        Patch(color=RED, label="red"),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3)


def save(figure: Figure, path: Path) -> None:
    """Write a figure whole, the same bytes each time; the format follows from the name. Raises OSError."""
    kind = path.suffix.lower().removeprefix(".")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    nameless = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}}
    try:
        with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
            figure.savefig(temporary, format=kind, dpi=DOTS_PER_IN, metadata=nameless.get(kind, {}))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def time_space_drawing(waves: Sequence[GreenWave]) -> Drawing:
    """The diagrams as SVG text to embed in a page."""
    caption = (
        "Distance over time, from the plans: the bars at a signal are its greens, upwards above the line and "
        "downwards below it; whoever keeps within a band meets only greens."
    )
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        return drawing(time_space_figure(waves), "Green waves", caption)


def height_in(corridor: Corridor) -> float:
    """How high the diagram of a corridor is drawn."""
    return max(LEAST_IN, SIGNAL_IN * len(corridor.signals))


def places_m(corridor: Corridor) -> list[float]:
    """How far each signal is from the first one along the outbound way."""
    places = [0.0]
    for leg in corridor.outbound:
        places.append(places[-1] + leg.length_m)
    return places


def _title(number: int, wave: GreenWave) -> str:
    found = wave.progression
    bands = [f"{_range(band)} {way}" for band, way in ((found.outbound, "up"), (found.inbound, "down"))]
    return f"corridor {number}: cycle {found.cycle_s:.0f} s, bands {', '.join(bands)}"


def _range(band: Band) -> str:
    if not any(band.widths_s):
        return "none"
    low, high = round(min(band.widths_s)), round(max(band.widths_s))
    return f"{low} s" if low == high else f"{low} to {high} s"


def _draw(axes: Axes, wave: GreenWave) -> None:
    end_s, places = CYCLES * wave.progression.cycle_s, places_m(wave.corridor)
    axes.set_xlim(0, end_s)
    margin_m = 0.08 * places[-1]
    axes.set_ylim(-margin_m, places[-1] + margin_m)
    ways = ((wave.outbound, wave.progression.outbound, OUTBOUND), (wave.inbound, wave.progression.inbound, INBOUND))
    for up, (way, band, colour) in zip((True, False), ways, strict=True):
        for times_s, stretch_m in _bands(way, band, places, wave.progression.cycle_s, end_s):
            axes.fill(times_s, stretch_m, color=colour, alpha=0.25, lw=0)
        for signal, place_m in enumerate(places):
            _draw_bar(axes, wave, way, signal, place_m, up)


def _draw_bar(axes: Axes, wave: GreenWave, way: Direction, signal: int, place_m: float, up: bool) -> None:
    """A signal's greens in one direction, just above (up) or below the place of its stop lines."""
    cycle_s, window = wave.progression.cycle_s, way.windows[signal]
    if window.length == 0:
        return
    first_s = wave.progression.offsets_s[signal] + window.start * cycle_s
    greens = [(start_s, start_s + window.length * cycle_s) for start_s in _repeated(first_s, cycle_s, CYCLES * cycle_s)]
    draw_greens(axes, place_m, greens, CYCLES * cycle_s, up)


def draw_greens(axes: Axes, place_m: float, greens: Sequence[tuple[float, float]], end_s: float, up: bool) -> None:
    """A bar from 0 to the end, red but for the greens, just above (up) or below a place."""
    shift = ScaledTranslation(0, (1 if up else -1) * BAR_PT / 72 / 2, cast(Figure, axes.figure).dpi_scale_trans)
    for spans, colour in (([(0.0, end_s)], RED), (greens, OUTBOUND if up else INBOUND)):
        begins_s, ends_s = [begin_s for begin_s, _ in spans], [finish_s for _, finish_s in spans]
        axes.hlines([place_m] * len(spans), begins_s, ends_s, color=colour, lw=BAR_PT, transform=axes.transData + shift)


def _repeated(first_s: float, cycle_s: float, end_s: float) -> Iterator[float]:
    """Every time of a cycle that matters from a cycle before 0 to the end."""
    start_s = first_s % cycle_s - cycle_s
    while start_s < end_s:
        yield start_s
        start_s += cycle_s


def _bands(
    way: Direction, band: Band, places: Sequence[float], cycle_s: float, end_s: float
) -> Iterator[tuple[list[float], list[float]]]:
    """The corners of each stretch's band in each cycle: times and places."""
    for index, (here, there) in enumerate(pairwise(range(len(places)))):
        near_s, far_s, half_s = band.centres_s[here], band.centres_s[there], band.widths_s[index] / 2
        if near_s is None or far_s is None or way.stretches[index] is None or half_s == 0:
            continue
        travel_s = far_s - near_s
        for start_s in _repeated(min(near_s, far_s), cycle_s, end_s):
            at_s = (start_s, start_s + travel_s) if travel_s > 0 else (start_s - travel_s, start_s)
            yield (
                [at_s[0] - half_s, at_s[1] - half_s, at_s[1] + half_s, at_s[0] + half_s],
                [places[here], places[there], places[there], places[here]],
            )


def bands_between(here: Iterable[Span], there: Sequence[Span], travel_s: float, least_s: float) -> Iterator[Span]:
    """When vehicles leave a first stop line on green that meet green at a second one, too, after so long a way."""
    for begin_s, finish_s in here:
        for opens_s, closes_s in there:
            first_s, last_s = max(begin_s, opens_s - travel_s), min(finish_s, closes_s - travel_s)
            if last_s - first_s >= least_s:
                yield first_s, last_s


def draw_band(axes: Axes, band: Span, travel_s: float, near_m: float, far_m: float, colour: str) -> None:
    """A band from one place to another."""
    first_s, last_s = band
    times_s = [first_s, first_s + travel_s, last_s + travel_s, last_s]
    axes.fill(times_s, [near_m, far_m, far_m, near_m], color=colour, alpha=0.25, lw=0)


def write_names(axes: Axes, corridor: Corridor, longest: int, font_pt: float = 8.5) -> None:
    """Each signal's name and place at the left, moved apart where signals are close."""
    places = places_m(corridor)
    axes.set_yticks(places, labels=[])
    axes.grid(visible=False, axis="y")
    low_m, high_m = axes.get_ylim()
    gap_m = LEAST_GAP_IN / height_in(corridor) * (high_m - low_m)
    shown_m = -float("inf")
    for name, place_m in zip(corridor.signals, places, strict=True):
        shown_m = max(place_m, shown_m + gap_m)
        short = name if len(name) <= longest else name[: longest - 1] + "…"
        text = _("{signal}, {place} m", signal=short, place=digits(place_m, ".0f"))
        axes.annotate(
            text, (0, shown_m), (-6, 0), textcoords="offset points", ha="right", va="center", fontsize=font_pt
        )

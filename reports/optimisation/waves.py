"""Time-space diagrams of a corridor under its present plan and the found one.

Drawn from the plans, not from a simulation. A band is the time in which a vehicle that keeps the speed limit comes
from a green to the next one; bands are of each stretch by itself. Signals may have cycles of their own: then bands
change from cycle to cycle, and what is drawn are those from the beginning of the period on.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhasyl.controllers.green_wave import window
from zhasyl.controllers.parts.corridors import Corridor, Leg
from zhasyl.files.clock import time_of_day
from zhasyl.reports.figures import STYLE, WIDTH_IN, Drawing, drawing
from zhasyl.reports.time_space import (
    CYCLES,
    INBOUND,
    LEAST_BAND_S,
    NAME_SHARE,
    OUTBOUND,
    Span,
    bands_between,
    draw_band,
    draw_greens,
    height_in,
    places_m,
    write_legend,
    write_names,
)
from zhasyl.signals import Signal, SignalPlan

Plans = Mapping[str, SignalPlan]


@dataclass(frozen=True)
class Waves:
    """A corridor under one plan, seen from `begin_s` of the clock on."""

    corridor: Corridor
    signals: Mapping[str, Signal]
    plans: Plans
    begin_s: float

    @property
    def cycles_s(self) -> list[float]:
        """The cycles of its signals, each once, in rising order."""
        return sorted({self.plans[name].cycle_s for name in self.corridor.signals})

    def greens(self, name: str, movement: int | None, end_s: float) -> list[Span]:
        """When a movement's longest green begins and ends, from a cycle before the beginning to `end_s` after it."""
        if movement is None:
            return []
        plan = self.plans[name]
        green = window(self.signals[name], plan, movement)
        if green.length == 0:
            return []
        if green.length == 1:
            return [(-plan.cycle_s, end_s)]
        first_s = (plan.offset_s + green.start * plan.cycle_s - self.begin_s) % plan.cycle_s
        turns = range(-1, math.ceil((end_s - first_s) / plan.cycle_s))
        starts_s = (first_s + turn * plan.cycle_s for turn in turns)
        return [(start_s, start_s + green.length * plan.cycle_s) for start_s in starts_s]

    def bands(self, leg: Leg, end_s: float) -> Iterator[Span]:
        """When vehicles leave the first stop line of a stretch that meet green at its second one, too."""
        there = self.greens(leg.to_signal, leg.to_movement, end_s + leg.travel_s)
        here = self.greens(leg.from_signal, leg.from_movement, end_s)
        return bands_between(here, there, leg.travel_s, LEAST_BAND_S)

    def width_s(self, leg: Leg) -> float:
        """Seconds of band in each cycle, of a stretch whose signals have one cycle."""
        cycle_s = self.plans[leg.from_signal].cycle_s
        cut = ((max(first_s, 0.0), min(last_s, cycle_s)) for first_s, last_s in self.bands(leg, cycle_s))
        return sum(max(0.0, last_s - first_s) for first_s, last_s in cut)


def waves_drawing(number: int, present: Waves, found: Waves, called: str = "found") -> Drawing:
    """Both plans of a corridor, one above the other, over the same time; what the second is `called`."""
    corridor = present.corridor
    end_s = CYCLES * max(*present.cycles_s, *found.cycles_s)
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are literals to the type checker
        figure = Figure(figsize=(WIDTH_IN, 1.4 + 2 * height_in(corridor)), layout="constrained")
        for axes, said, waves in zip(
            figure.subplots(2, sharex=True), ("present", called), (present, found), strict=True
        ):
            _draw(axes, waves, end_s)
            write_names(axes, corridor, round(NAME_SHARE * WIDTH_IN))
            axes.set_title(f"{said}: {_title(waves)}", loc="left")
        axes.set_xlabel(f"seconds from {time_of_day(present.begin_s)} on")
        write_legend(figure)
        caption = (
            "Distance over time, from the plans: the bars at a signal are its greens, upwards above the line and "
            "downwards below it; who drives at the speed limit within a band meets green at the next signal, too."
        )
        return drawing(figure, f"Time and space on corridor {number}", caption)


def _draw(axes: Axes, waves: Waves, end_s: float) -> None:
    places = places_m(waves.corridor)
    at_m = dict(zip(waves.corridor.signals, places, strict=True))
    margin_m = 0.1 * places[-1]
    axes.set_xlim(0, end_s)
    axes.set_ylim(-margin_m, places[-1] + margin_m)
    for legs, colour in ((waves.corridor.outbound, OUTBOUND), (waves.corridor.inbound, INBOUND)):
        for leg in filter(None, legs):
            near_m, far_m = at_m[leg.from_signal], at_m[leg.to_signal]
            for band in waves.bands(leg, end_s):
                draw_band(axes, band, leg.travel_s, near_m, far_m, colour)
    for index, name in enumerate(waves.corridor.signals):
        for up in (True, False):
            greens = waves.greens(name, waves.corridor.movement(index, inbound=not up), end_s)
            if greens:
                draw_greens(axes, at_m[name], greens, end_s, up)


def _title(waves: Waves) -> str:
    cycles_s = waves.cycles_s
    if len(cycles_s) > 1:
        return f"cycles of {cycles_s[0]:g} to {cycles_s[-1]:g} s, bands change from cycle to cycle"
    ways = ((waves.corridor.outbound, "up"), (waves.corridor.inbound, "down"))
    bands = ", ".join(f"{_range(waves, legs)} {way}" for legs, way in ways)
    return f"cycle {cycles_s[0]:g} s, bands {bands}"


def _range(waves: Waves, legs: Sequence[Leg | None]) -> str:
    widths_s = [round(waves.width_s(leg)) for leg in legs if leg]
    if not any(widths_s):
        return "none"
    low, high = min(widths_s), max(widths_s)
    return f"{low} s" if low == high else f"{low} to {high} s"

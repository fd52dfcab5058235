"""Time-space diagram of a corridor as it was driven: greens, bands of both directions and vehicles, by controller."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from zhasyl.controllers.parts.corridors import Corridor
from zhasyl.files.clock import time_of_day
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.diagrams.arrivals import signal_greens
from zhasyl.reports.diagrams.corridor import TRACED, Trace, Window, leg_lines, longest_corridor, spans, window_of
from zhasyl.reports.diagrams.evidence import Evidence
from zhasyl.reports.diagrams.frame import Diagram, legend, legend_in, named, panel, segments, sheet, styled, write
from zhasyl.reports.exports.paper import PAGE, Paper
from zhasyl.reports.records import by_label, written
from zhasyl.reports.time_space import (
    INBOUND,
    LEAST_BAND_S,
    NAME_SHARE,
    OUTBOUND,
    RED,
    bands_between,
    draw_band,
    draw_greens,
    height_in,
    places_m,
    write_names,
)
from zhasyl.signals import Signal
from zhasyl.text.language import N_, _, ngettext
from zhasyl.timing.at_signals import Greens
from zhasyl.timing.cycles import SIGNALS, by_signal

WINDOW_S = 360.0
LEFT_IN, TITLE_IN, FOOT_IN = 1.95, 0.42, 0.45
NARROW_LEFT_IN, NARROW_TITLE_IN, NARROW_NAME, NAME_PT = 1.2, 0.5, 11, 7.0  # in a paper's column: two lines of title
LINE_PT = 0.5
UP = N_("{percent} % of the time up"), N_("none up")
DOWN = N_("{percent} % of the time down"), N_("none down")
MEANING = N_(
    "As driven, seed {seed}: bars at a signal are its greens, upwards above the line and downwards below it; "
    "who drives at the limit within a band meets green at the next signal, too. A line is a vehicle: at an even speed "
    "from stop line to stop line, level where it waits."
)


def corridor_drawing(evidence: Evidence) -> Diagram:
    """The corridor with the most signals under each controller, of its first seed. Raises LeftOut without one."""
    corridor, groups = longest_corridor(evidence), by_label(evidence.runs)
    window = window_of(evidence.runs[0], WINDOW_S)
    high_in, paper = height_in(corridor), evidence.paper
    left_in, title_in = (NARROW_LEFT_IN, NARROW_TITLE_IN) if paper.narrow else (LEFT_IN, TITLE_IN)
    with styled(paper):
        labels = [label for _mark, label in _marks()]
        top_in, lines = legend_in(labels, paper), []
        figure = sheet(top_in + len(groups) * (high_in + title_in) + FOOT_IN, paper)
        for number, (label, runs) in enumerate(groups.items(), start=1):
            axes = panel(figure, left_in, top_in + title_in, paper.width_in - left_in - 0.25, high_in)
            said = _draw(axes, evidence, corridor, runs[0], window)
            title = paper.small.lines(f"{named(label, paper)}: {said}", paper.width_in - 0.2, 2)
            write(figure, 0.1, top_in + 0.16, title, fontsize=paper.small_pt)
            lines.append(f"{label}: {said}")
            axes.tick_params(labelbottom=number == len(groups))
            top_in += high_in + title_in
        axes.set_xlabel(_("seconds from {time} on", time=time_of_day(window.begin_s)))
        legend(figure, [mark for mark, _label in _marks()], labels, paper)
        count = len(corridor.signals)
        title = ngettext("Time and space along {n} signal", "Time and space along {n} signals", count)
        caption = "\n".join([_(MEANING, seed=evidence.runs[0]["seed"]), *lines])
        return Diagram("time-space", title, caption, figure)


def _draw(axes: Axes, evidence: Evidence, corridor: Corridor, run: Record, window: Window) -> str:
    """Draw one run; answers how wide its bands are."""
    roads = evidence.roads
    signals, network = roads.derived.signals, roads.network
    trace = Trace(evidence.table(run, "passages", TRACED), corridor.signals)
    shown = by_signal(evidence.table(run, "signals", SIGNALS), corridor.signals)
    greens = {name: signal_greens(network, name, own) for name, own in shown.items()}
    places = places_m(corridor)
    at_m = dict(zip(corridor.signals, places, strict=True))
    length_s, margin_m = window.end_s - window.begin_s, 0.08 * places[-1]
    axes.set_xlim(0, length_s)
    axes.set_ylim(-margin_m, places[-1] + margin_m)
    said = []
    for legs, colour, messages in ((corridor.outbound, OUTBOUND, UP), (corridor.inbound, INBOUND, DOWN)):
        wide_s = []
        for leg in filter(None, legs):
            here = spans(_greens(greens, signals, leg.from_signal, leg.from_movement), window)
            there = spans(_greens(greens, signals, leg.to_signal, leg.to_movement), window)
            bands = list(bands_between(here, there, leg.travel_s, LEAST_BAND_S))
            for band in bands:
                draw_band(axes, band, leg.travel_s, at_m[leg.from_signal], at_m[leg.to_signal], colour)
            inside = (min(last_s, length_s) - max(first_s, 0.0) for first_s, last_s in bands)
            wide_s.append(sum(max(0.0, seconds) for seconds in inside) / length_s)
            lines = leg_lines(trace, leg, signals, at_m, window)
            segments(axes, [([x - window.begin_s for x in xs], ys) for xs, ys in lines], colour, LINE_PT)
        known, none = messages
        said.append(_(known, percent=written(100 * sum(wide_s) / len(wide_s), 0)) if wide_s else _(none))
    for index, name in enumerate(corridor.signals):
        for up in (True, False):
            movement = corridor.movement(index, inbound=not up)
            if movement is not None:
                own = spans(_greens(greens, signals, name, movement), window)
                draw_greens(axes, at_m[name], own, length_s, up)
    _write_names(axes, corridor, evidence.paper)
    return _("bands {up}, {down}", up=said[0], down=said[1])


def _greens(
    greens: Mapping[str, Mapping[tuple[str, str], Greens]], signals: Mapping[str, Signal], name: str, movement: int
) -> Greens:
    ends = signals[name].movements[movement]
    return greens[name][ends.from_edge, ends.to_edge]


def _write_names(axes: Axes, corridor: Corridor, paper: Paper) -> None:
    if paper.narrow:
        write_names(axes, corridor, NARROW_NAME, NAME_PT)
    else:
        write_names(axes, corridor, round(NAME_SHARE * PAGE.width_in))


def _marks() -> list[tuple[Patch | Line2D, str]]:
    return [
        (Patch(color=OUTBOUND), _("green, band up")),
        (Patch(color=INBOUND), _("down")),
        (Patch(color=RED), _("red")),
        (Line2D([], [], color=OUTBOUND, lw=LINE_PT), _("vehicle up")),
        (Line2D([], [], color=INBOUND, lw=LINE_PT), _("down")),
    ]

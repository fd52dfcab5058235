"""Distribution of delay over trips, and cumulative arrivals and departures: of the network and of a junction.

Two curves of one place enclose what waits there: the vertical distance are vehicles, the horizontal one is time
(G. F. Newell, Applications of Queueing Theory, 1982).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from zhasyl.files.clock import time_of_day
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.reports.diagrams.arrivals import Junctions
from zhasyl.reports.diagrams.evidence import Evidence
from zhasyl.reports.diagrams.frame import Diagram, LeftOut, dashes, legend, legend_in, named, panel, sheet, styled
from zhasyl.reports.exports.paper import Paper
from zhasyl.reports.figures import LONGEST_ID
from zhasyl.reports.records import by_label, written
from zhasyl.runs.summary import step_for
from zhasyl.text.language import N_, _, digits, ngettext
from zhasyl.text.words import shortened

TRIPS = ("planned_s", "arrival_s", "arrived", "delay_s")
SHARES = np.linspace(0, 1, 201)
SHOWN_SHARE = 0.99  # of the slowest controller's trips: the axis ends there
SAMPLE_S = 10.0  # of a cumulative curve
MOST_POINTS = 120  # of a curve drawn
HEIGHT_IN, LOW_IN = 2.3, 1.6  # of a panel; of one in a paper's column
LEFT_IN, RIGHT_IN, FOOT_IN, TITLE_IN = 0.75, 0.3, 0.5, 0.27  # beside, below and above a panel

Floats = npt.NDArray[np.float64]
Curves = Mapping[str, tuple[Floats, Floats]]  # by controller: arrivals and departures at each time, mean over seeds


class Words(NamedTuple):
    """What two curves are called in file names; their title; the messages of caption, what is between, and a line."""

    name: str
    title: str
    caption: str
    between: str
    line: str


def delay_distribution(evidence: Evidence, colour: Mapping[str, str]) -> Diagram:
    """Share of trips by delay, a curve a controller, all seeds together. Raises LeftOut without trips."""
    delays_s = {
        label: np.concatenate([np.asarray(evidence.table(run, "trips", TRIPS)["delay_s"]) for run in runs])
        for label, runs in by_label(evidence.runs).items()
    }
    delays_s = {label: found[np.isfinite(found)] for label, found in delays_s.items()}
    delays_s = {label: found for label, found in delays_s.items() if len(found)}
    if not delays_s:
        raise LeftOut(_("no trip was planned in the period"))
    values_s = {label: np.quantile(found, SHARES) for label, found in delays_s.items()}
    end_s = max(float(np.quantile(found, SHOWN_SHARE)) for found in delays_s.values())
    paper = evidence.paper
    shown = [named(label, paper) for label in values_s]
    with styled(paper):
        top_in, height_in = 0.1 + legend_in(shown, paper), LOW_IN if paper.narrow else HEIGHT_IN
        figure = sheet(top_in + height_in + FOOT_IN, paper)
        axes = panel(figure, LEFT_IN, top_in, paper.width_in - LEFT_IN - RIGHT_IN, height_in)
        for index, (label, found) in enumerate(values_s.items()):
            axes.plot(found, SHARES, dashes(index), color=colour[label], lw=2)
        axes.set_xlim(0, end_s or 1.0)
        axes.set_ylim(0, 1.01)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set_xlabel(_("delay of a trip, s"))
        axes.set_ylabel(_("share of trips"))
        legend(figure, axes.get_lines(), shown, paper)
        lines = [
            ngettext(
                "{controller}: median {median} s, 95th percentile {p95} s over {n} trip",
                "{controller}: median {median} s, 95th percentile {p95} s over {n} trips",
                len(delays_s[label]),
                controller=label,
                median=written(float(found[100]), 0),
                p95=written(float(found[190]), 0),
                n=digits(len(delays_s[label]), ",d"),
            )
            for label, found in values_s.items()
        ]
        caption = _(
            "All trips of all seeds, unfinished ones with the delay they have suffered. Higher is better. The axis "
            "ends "
            "where {percent} % of the trips of the slowest controller are.",
            percent=digits(100 * SHOWN_SHARE, ".0f"),
        )
        title = _("Distribution of delay over trips")
        return Diagram("delay-distribution", title, "\n".join([caption, *lines]), figure)


def network_curves(evidence: Evidence, colour: Mapping[str, str]) -> Diagram:
    """Trips planned and finished, and what is between. Raises LeftOut without trips."""

    def trips(run: Record) -> tuple[Floats, Floats]:
        table = evidence.table(run, "trips", TRIPS)
        finished = np.asarray(table["arrived"], dtype=bool)
        return np.asarray(table["planned_s"]), np.asarray(table["arrival_s"])[finished]

    times_s, curves = _counted(evidence, trips)
    words = Words(
        "trips",
        _("Trips planned and finished"),
        N_(
            "Dashed: trips planned so far; solid: finished so far; mean over the seeds. At the right the distance "
            "between "
            "them, {step}: trips under way or denied entry. Trips of the warm-up are not counted."
        ),
        N_("vehicles under way or waiting to enter"),
        N_("{controller}: under way or waiting to enter at most {most}, about {time}; {left} at the end"),
    )
    return _drawing(times_s, curves, colour, words, evidence.paper)


def junction_curves(junctions: Junctions, signal: str, colour: Mapping[str, str]) -> Diagram:
    """Arrivals at the stop lines of a junction and departures from them. Raises LeftOut without passages."""

    def passages(run: Record) -> tuple[Floats, Floats]:
        own = [passing for way, passing in junctions.passings(run).items() if way[0] == signal]
        arrived_s, left_s = (np.concatenate([np.zeros(0), *(passing[side] for passing in own)]) for side in (0, 1))
        return arrived_s, left_s[~np.isnan(left_s)]

    times_s, curves = _counted(junctions.evidence, passages)
    words = Words(
        f"arrivals-departures-{signal}",
        _("Arrivals and departures at signal {signal}", signal=shortened(signal, LONGEST_ID)),
        N_(
            "Dashed: vehicles that would have crossed a stop line so far at their own free speed; solid: those that "
            "have; "
            "mean over the seeds. At the right the distance between them, {step}: vehicles that signal and queue hold "
            "back."
        ),
        N_("vehicles held back"),
        N_("{controller}: held back at most {most}, about {time}; {left} at the end"),
    )
    return _drawing(times_s, curves, colour, words, junctions.evidence.paper)


def _counted(evidence: Evidence, read: Callable[[Record], tuple[Floats, Floats]]) -> tuple[Floats, Curves]:
    runs = evidence.runs
    begin_s, end_s = number(runs[0], "begin_s"), number(runs[0], "end_s")
    times_s = np.linspace(begin_s, end_s, 1 + max(1, round((end_s - begin_s) / SAMPLE_S)))
    curves = {}
    for label, own in by_label(runs).items():
        pairs = [read(run) for run in own]
        arrived, departed = (np.mean([counted(pair[side], times_s) for pair in pairs], axis=0) for side in (0, 1))
        curves[label] = (arrived, departed)
    if not any(arrived[-1] for arrived, _ in curves.values()):
        raise LeftOut(_("no vehicle came in the period"))
    return times_s, curves


def counted(events_s: Floats, times_s: Floats) -> Floats:
    """How many events there have been at each of the times."""
    found: Floats = np.searchsorted(np.sort(events_s), times_s, side="right").astype(float)
    return found


def _drawing(times_s: Floats, curves: Curves, colour: Mapping[str, str], words: Words, paper: Paper) -> Diagram:
    step_s = step_for(float(times_s[-1] - times_s[0]))
    caption = _(words.caption, step=ngettext("mean over {n} minute", "mean over {n} minutes", step_s // 60))
    shown = [named(label, paper) for label in curves]
    with styled(paper):
        figure, left, right = _two_panels(legend_in(shown, paper), paper)
        for index, (label, (arrived, departed)) in enumerate(curves.items()):
            every = max(1, len(times_s) // MOST_POINTS)
            left.plot(times_s[::every], arrived[::every], "--", color=colour[label], lw=1)
            left.plot(times_s[::every], departed[::every], dashes(index), color=colour[label], lw=1.6)
            right.plot(*stepped(times_s, arrived - departed, step_s), dashes(index), color=colour[label], lw=1.6)
        for axes, said in ((left, _("vehicles so far")), (right, _(words.between))):
            axes.set_title(paper.lines(said, paper.width_in / paper.columns - LEFT_IN, 2), loc="left")
            axes.set_xlim(times_s[0], times_s[-1])
            axes.set_ylim(bottom=0)
            clock_axis(axes, 4)
        legend(figure, right.get_lines(), shown, paper)
        lines = _lines(times_s, curves, words.line, step_s)
        return Diagram(words.name, words.title, "\n".join([caption, *lines]), figure)


def _two_panels(top_in: float, paper: Paper) -> tuple[Figure, Axes, Axes]:
    """Side by side, in a paper's column one below the other."""
    if paper.narrow:
        width_in = paper.width_in - LEFT_IN - RIGHT_IN
        below_in = top_in + LOW_IN + FOOT_IN + 2 * TITLE_IN
        figure = sheet(below_in + LOW_IN + FOOT_IN, paper)
        places = ((LEFT_IN, top_in + TITLE_IN), (LEFT_IN, below_in))
        first, second = (panel(figure, *place, width_in, LOW_IN) for place in places)
        return figure, first, second
    figure = sheet(top_in + TITLE_IN + HEIGHT_IN + FOOT_IN, paper)
    width_in = paper.width_in / 2 - LEFT_IN - RIGHT_IN / 2
    first, second = (
        panel(figure, LEFT_IN + side * (width_in + LEFT_IN), top_in + TITLE_IN, width_in, HEIGHT_IN) for side in (0, 1)
    )
    return figure, first, second


def _lines(times_s: Floats, curves: Curves, line: str, step_s: float) -> Sequence[str]:
    lines = []
    for label, (arrived, departed) in curves.items():
        middles_s, held = stepped(times_s, arrived - departed, step_s)
        most = int(held.argmax())
        when = time_of_day(60 * round(float(middles_s[most]) / 60))
        lines.append(
            _(
                line,
                controller=label,
                most=written(float(held[most]), 0),
                time=when,
                left=written(float(arrived[-1] - departed[-1]), 0),
            )
        )
    return lines


def stepped(times_s: Floats, values: Floats, step_s: float) -> tuple[Floats, Floats]:
    """The middles of steps and the means within them, so that a curve does not show the beat of cycle and sample."""
    place = np.maximum(np.ceil((times_s - times_s[0]) / step_s).astype(int) - 1, 0)  # a step has the instant of its end
    count = np.bincount(place)
    return np.bincount(place, times_s) / count, np.bincount(place, values) / count


def clock_axis(axes: Axes, most: int) -> None:
    """Times of day along a panel."""
    axes.xaxis.set_major_locator(MaxNLocator(most, steps=[1, 1.5, 3, 6, 9, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda time_s, _: time_of_day(time_s)))

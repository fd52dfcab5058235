"""Purdue coordination diagrams, arrivals on green and split failures: what ATSPM shows of real controllers.

The definitions are those of `zhasyl.timing.at_signals`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from zhasyl.reports.diagrams.arrivals import Junctions, Stream, Way
from zhasyl.reports.diagrams.curves import clock_axis
from zhasyl.reports.diagrams.frame import (
    Diagram,
    LeftOut,
    dots,
    high_in,
    legend,
    legend_in,
    named,
    panel,
    segments,
    sheet,
    styled,
    write,
)
from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, Paper
from zhasyl.reports.figures import LONGEST_ID
from zhasyl.reports.records import by_label, written
from zhasyl.text.language import N_, _, digits, ngettext
from zhasyl.text.words import shortened
from zhasyl.timing.at_signals import cycles, green_share, platoon_ratio

GREEN_BEGINS, GREEN_ENDS, DOT, FAILED = "#009E73", "#D55E00", "#333333", "#000000"
PANEL_IN, GAP_IN, LEFT_IN, FOOT_IN = 1.35, 0.25, 0.65, 0.35
SHOWN_CYCLES = 0.95  # of the cycles, the longest ones are cut off
MEANING = N_(
    "Each dot is a vehicle: when it arrives at the stop line, across the time of day, and how far in the cycle, up "
    "from the end of green. It arrives on red below the green line and on green above it. Seed {seed}."
)
ROW_IN, ROW_PT = 0.3, 7.0
SUMMARY = N_(
    "By approach, all seeds together. Arrivals on green: share of vehicles that arrive while they have green. Split "
    "failures: share of greens of its movements that end before all have crossed who had arrived when they began."
)


class Counts(NamedTuple):
    """Of an approach under a controller: vehicles, those on green, greens, and those that fail."""

    vehicles: int
    on_green: int
    greens: int
    failures: int

    def plus(self, stream: Stream) -> "Counts":
        """With another movement or run."""
        on, failed = stream.on_green, stream.failures
        own = (len(on), int(on.sum()), len(failed), int(failed.sum()))
        return Counts(*(mine + more for mine, more in zip(self, own, strict=True)))

    @property
    def shares(self) -> tuple[float, float]:
        """Arrivals on green and split failures; NaN where there is nothing to count."""
        on = self.on_green / self.vehicles if self.vehicles else float("nan")
        return on, self.failures / self.greens if self.greens else float("nan")


def coordination_drawing(junctions: Junctions, signal: str, names: Mapping[tuple[str, str], str]) -> Diagram:
    """The busiest movement of a signal under each controller, of its first seed. Raises LeftOut without vehicles."""
    groups = by_label(junctions.evidence.runs)
    read = {label: junctions.streams(runs[0]) for label, runs in groups.items()}
    counts: dict[Way, int] = defaultdict(int)
    for found in read.values():
        for way, stream in found.items():
            if way[0] == signal:
                counts[way] += len(stream.left_s)
    if not counts:
        raise LeftOut(
            _("no vehicle passes signal {signal} under a green of its own", signal=shortened(signal, LONGEST_ID))
        )
    busiest = max(counts, key=lambda way: (counts[way], way))
    own = {label: found[busiest] for label, found in read.items() if busiest in found}
    lengths_s = [np.diff(cycles(s.greens, s.end_s)[:, ::2], axis=1).ravel() for s in own.values()]
    if not any(map(len, lengths_s)):
        raise LeftOut(
            _("the busiest movement of signal {signal} has no whole cycle", signal=shortened(signal, LONGEST_ID))
        )
    top_s = max(float(np.quantile(found, SHOWN_CYCLES)) for found in lengths_s if len(found)) * 1.12
    paper = junctions.evidence.paper
    wide_in = paper.width_in - LEFT_IN - 0.25
    titles = {
        label: paper.small.lines(f"{named(label, paper)}: {_said(stream)}", wide_in) for label, stream in own.items()
    }
    with styled(paper):
        top_in = legend_in(list(_marks()), paper)
        high = {label: high_in(text, paper.small_pt) + GAP_IN for label, text in titles.items()}
        figure = sheet(top_in + sum(high.values()) + len(own) * PANEL_IN + FOOT_IN, paper)
        for number, (label, stream) in enumerate(own.items(), start=1):
            write(figure, LEFT_IN, top_in + 0.15, titles[label], fontsize=paper.small_pt)
            axes = panel(figure, LEFT_IN, top_in + high[label], wide_in, PANEL_IN)
            _draw(axes, stream, top_s, paper)
            axes.tick_params(labelbottom=number == len(own))
            top_in += PANEL_IN + high[label]
        legend(figure, list(_marks().values()), list(_marks()), paper)
        approach = names.get(busiest[:2], busiest[1])
        title = _(
            "Coordination: {approach} to {exit}, signal {signal}",
            approach=_short(approach),
            exit=shortened(busiest[2], LONGEST_ID),
            signal=shortened(signal, LONGEST_ID),
        )
        caption = _(MEANING, seed=junctions.evidence.runs[0]["seed"])
        lines = [f"{label}: {_said(stream)}" for label, stream in own.items()]
        return Diagram(f"coordination-{signal}", title, "\n".join([caption, *lines]), figure)


def _short(approach: str) -> str:
    return shortened(approach, LONGEST_ID + 12)


def _said(stream: Stream) -> str:
    on, failed = stream.on_green, stream.failures
    share = float(on.mean()) if len(on) else float("nan")
    green = green_share(stream.greens, stream.begin_s, stream.end_s)
    if len(on):
        arrivals = ngettext(
            "{percent} % of {n} vehicle arrive on green",
            "{percent} % of {n} vehicles arrive on green",
            len(on),
            percent=digits(100 * share, ".0f"),
        )
    else:
        arrivals = _("no vehicle arrives")
    lasting = _("green {percent} % of the time", percent=digits(100 * green, ".0f"))
    if len(on) and green:
        lasting += ", " + _("platoon ratio {ratio}", ratio=digits(platoon_ratio(share, green), ".2f"))
    failing = ngettext(
        "{failed} of {n} green fail", "{failed} of {n} greens fail", len(failed), failed=int(failed.sum())
    )
    return f"{arrivals} ({lasting}); {failing}"


def _draw(axes: Axes, stream: Stream, top_s: float, paper: Paper) -> None:
    rows = cycles(stream.greens, stream.end_s)
    begin_s, green_s, end_s = rows.T
    segments(axes, [([a, c], [b - a, b - a]) for a, b, c in rows], GREEN_BEGINS, 1.4)
    segments(axes, [([a, c], [c - a, c - a]) for a, _, c in rows], GREEN_ENDS, 1.4)
    cycle = np.searchsorted(begin_s, stream.arrived_s, side="right") - 1
    inside = (cycle >= 0) & (stream.arrived_s < (end_s[cycle] if len(rows) else np.inf))
    arrived_s = stream.arrived_s[inside]
    dots(axes, arrived_s, arrived_s - begin_s[cycle[inside]], DOT, 1.8)
    failed_s = stream.greens.begin_s[int(stream.greens.cut) :][: len(stream.failures)][stream.failures]
    at = np.isin(green_s, failed_s)
    axes.plot(end_s[at], np.minimum((end_s - begin_s)[at], top_s * 0.97), "x", color=FAILED, ms=4, mew=1)
    axes.set_xlim(stream.begin_s, stream.end_s)
    axes.set_ylim(0, top_s)
    axes.set_ylabel(_("s in the cycle"), fontsize=paper.small_pt)
    clock_axis(axes, 4 if paper.narrow else 7)


def _marks() -> dict[str, Line2D]:
    return {
        _("vehicle arrives"): Line2D([], [], color=DOT, marker="o", ms=2.5, ls=""),
        _("green begins"): Line2D([], [], color=GREEN_BEGINS),
        _("green ends"): Line2D([], [], color=GREEN_ENDS),
        _("split failure"): Line2D([], [], color=FAILED, marker="x", ms=4, ls=""),
    }


def approach_counts(junctions: Junctions) -> dict[tuple[str, str], dict[str, Counts]]:
    """By signal and approach, what each controller's runs have together. Raises LeftOut as `Junctions.streams`."""
    found: dict[tuple[str, str], dict[str, Counts]] = {}
    for label, runs in by_label(junctions.evidence.runs).items():
        for run in runs:
            for (signal, approach, _exit), stream in junctions.streams(run).items():
                own = found.setdefault((signal, approach), {})
                own[label] = own.get(label, Counts(0, 0, 0, 0)).plus(stream)
    return found


def approaches_drawing(
    counts: Mapping[tuple[str, str], Mapping[str, Counts]],
    signals: Sequence[str],
    names: Mapping[tuple[str, str], str],
    colour: Mapping[str, str],
    paper: Paper = PAGE,
) -> Diagram:
    """Arrivals on green and split failures of approaches, a dot a controller. Raises LeftOut where none is known."""
    places = sorted(counts, key=lambda place: (signals.index(place[0]), place[1]))
    if not places:
        raise LeftOut(_("no vehicle passes a stop line under a green of its own"))
    labels = list(dict.fromkeys(label for own in counts.values() for label in own))
    known = [named(label, paper) for label in labels]
    names_in, between_in = (1.3, 0.45) if paper.narrow else (2.75, 0.35)
    width_in = (paper.width_in - names_in - 0.3 - between_in) / 2
    with styled(paper):
        heads = [
            paper.lines(head, width_in + between_in / 2, 2) for head in (_("arrivals on green"), _("split failures"))
        ]
        top_in = legend_in(known, paper) + max(high_in(head, paper.font_pt) for head in heads) + 0.1
        figure = sheet(top_in + ROW_IN * len(places) + 0.3, paper)
        panels = [
            panel(figure, names_in + side * (width_in + between_in), top_in, width_in, ROW_IN * len(places))
            for side in (0, 1)
        ]
        for side, (axes, title) in enumerate(zip(panels, heads, strict=True)):
            for number, label in enumerate(labels):
                at = [row for row, place in enumerate(places) if label in counts[place]]
                shares = [counts[places[row]][label].shares[side] for row in at]
                shift = 0.14 * (number - (len(labels) - 1) / 2)
                axes.plot(shares, np.array(at) + shift, "o", color=colour[label], ms=4.5)
            axes.set_title(title, loc="left")
            axes.set_xlim(-0.02, 1.02 if side == 0 else max(0.1, axes.dataLim.x1 * 1.08))
            axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_ylim(len(places) - 0.5, -0.5)
            axes.xaxis.set_major_locator(MaxNLocator(2 if paper.narrow else 5, steps=[1, 2, 5, 10]))
            rows = [_row(place, names, names_in - 0.1) if side == 0 else "" for place in places]
            axes.set_yticks(range(len(places)), rows, fontsize=ROW_PT)
        legend(figure, panels[0].get_lines(), known, paper)
        lines = [_line(label, counts) for label in labels]
        title = _("Arrivals on green and split failures")
        return Diagram("arrivals-on-green", title, "\n".join([_(SUMMARY), *lines]), figure)


def _row(place: tuple[str, str], names: Mapping[tuple[str, str], str], width_in: float) -> str:
    signal, approach = place
    small = Paper(width_in, ROW_PT)
    return "\n".join(small.fit(text, width_in * POINTS_PER_IN) for text in (names.get(place, approach), signal))


def _line(label: str, counts: Mapping[tuple[str, str], Mapping[str, Counts]]) -> str:
    own = [found[label] for found in counts.values() if label in found]
    whole = Counts(*(sum(column) for column in zip(*own, strict=True)))
    on, failed = whole.shares
    return _(
        "{controller}: {on} % of {vehicles} vehicles arrive on green, {failed} % of {greens} greens fail",
        controller=label,
        on=written(100 * on, 0),
        vehicles=digits(whole.vehicles, ",d"),
        failed=written(100 * failed, 1),
        greens=digits(whole.greens, ",d"),
    )

"""Purdue coordination diagrams, arrivals on green and split failures: what ATSPM shows of real controllers.

The definitions are those of `zhasyl.timing.at_signals`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from zhasyl.reports.diagrams.arrivals import Junctions, Stream, Way
from zhasyl.reports.diagrams.curves import clock_axis
from zhasyl.reports.diagrams.frame import LeftOut, dots, drawn, named, panel, segments, sheet, styled, write
from zhasyl.reports.figures import LONGEST_ID, WIDTH_IN, Drawing
from zhasyl.reports.records import by_label, written
from zhasyl.text.language import N_, _, digits, ngettext
from zhasyl.text.words import shortened
from zhasyl.timing.at_signals import cycles, green_share, platoon_ratio

GREEN_BEGINS, GREEN_ENDS, DOT, FAILED = "#009E73", "#D55E00", "#333333", "#000000"
PANEL_IN, TITLE_IN, LEFT_IN, LEGEND_IN = 1.35, 0.42, 0.65, 0.35
SHOWN_CYCLES = 0.95  # of the cycles, the longest ones are cut off
MEANING = N_(
    "Each dot is a vehicle: when it arrives at the stop line, across the time of day, and how far in the cycle, up "
    "from the end of green. It arrives on red below the green line and on green above it. Seed {seed}."
)
ROW_IN = 0.3
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


def coordination_drawing(junctions: Junctions, signal: str, names: Mapping[tuple[str, str], str]) -> Drawing:
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
    with styled():
        figure = sheet(LEGEND_IN + len(own) * (PANEL_IN + TITLE_IN) + 0.35)
        top_in = LEGEND_IN
        for number, (label, stream) in enumerate(own.items(), start=1):
            write(figure, LEFT_IN, top_in + 0.12, f"{named(label)}: {_said(stream)}", 9)
            axes = panel(figure, LEFT_IN, top_in + TITLE_IN - 0.08, WIDTH_IN - LEFT_IN - 0.35, PANEL_IN)
            _draw(axes, stream, top_s)
            axes.tick_params(labelbottom=number == len(own))
            top_in += PANEL_IN + TITLE_IN
        _legend(figure)
        approach = names.get(busiest[:2], busiest[1])
        title = _(
            "Coordination: {approach} to {exit}, signal {signal}",
            approach=_short(approach),
            exit=shortened(busiest[2], LONGEST_ID),
            signal=shortened(signal, LONGEST_ID),
        )
        caption = _(MEANING, seed=junctions.evidence.runs[0]["seed"])
        lines = [f"{label}: {_said(stream)}" for label, stream in own.items()]
        return drawn(figure, title, "\n".join([caption, *lines]))


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


def _draw(axes: Axes, stream: Stream, top_s: float) -> None:
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
    axes.set_ylabel(_("s in the cycle"), fontsize=9)
    clock_axis(axes, 7)


def _legend(figure: "object") -> None:
    handles = [
        Line2D([], [], color=DOT, marker="o", ms=2.5, ls="", label=_("vehicle arrives")),
        Line2D([], [], color=GREEN_BEGINS, label=_("green begins")),
        Line2D([], [], color=GREEN_ENDS, label=_("green ends")),
        Line2D([], [], color=FAILED, marker="x", ms=4, ls="", label=_("split failure")),
    ]
    figure.legend(handles=handles, loc="upper left", ncols=4, fontsize=9, borderaxespad=0.2)  # type: ignore[attr-defined]


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
) -> Drawing:
    """Arrivals on green and split failures of approaches, a dot a controller. Raises LeftOut where none is known."""
    places = sorted(counts, key=lambda place: (signals.index(place[0]), place[1]))
    if not places:
        raise LeftOut(_("no vehicle passes a stop line under a green of its own"))
    labels = list(dict.fromkeys(label for own in counts.values() for label in own))
    with styled():
        top_in = 0.35 + 0.2 * len(labels)
        figure = sheet(top_in + ROW_IN * len(places) + 0.3)
        width_in = (WIDTH_IN - 3.5) / 2
        panels = [
            panel(figure, 2.75 + side * (width_in + 0.35), top_in, width_in, ROW_IN * len(places)) for side in (0, 1)
        ]
        for side, (axes, title) in enumerate(zip(panels, (_("arrivals on green"), _("split failures")), strict=True)):
            for number, label in enumerate(labels):
                at = [row for row, place in enumerate(places) if label in counts[place]]
                shares = [counts[places[row]][label].shares[side] for row in at]
                shift = 0.14 * (number - (len(labels) - 1) / 2)
                axes.plot(shares, np.array(at) + shift, "o", color=colour[label], ms=4.5, label=named(label))
            axes.set_title(title, loc="left")
            axes.set_xlim(-0.02, 1.02 if side == 0 else max(0.1, axes.dataLim.x1 * 1.08))
            axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axes.set_ylim(len(places) - 0.5, -0.5)
            axes.set_yticks(
                range(len(places)), [_row(place, names) if side == 0 else "" for place in places], fontsize=7
            )
        figure.legend(*panels[0].get_legend_handles_labels(), loc="upper left", fontsize=9, borderaxespad=0.2)
        lines = [_line(label, counts) for label in labels]
        return drawn(figure, _("Arrivals on green and split failures"), "\n".join([_(SUMMARY), *lines]))


def _row(place: tuple[str, str], names: Mapping[tuple[str, str], str]) -> str:
    signal, approach = place
    return f"{shortened(names.get(place, approach), 38)}\n{shortened(signal, 38)}"


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

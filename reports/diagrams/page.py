"""The diagrams of a situation as the page has them: a few in sight, the others folded in, and what is left out and why.

Junctions are taken in the order of what their approaches lose in all, over all controllers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.diagrams.arrivals import Junctions, approach_names
from zhasyl.reports.diagrams.coordination import approach_counts, approaches_drawing, coordination_drawing
from zhasyl.reports.diagrams.curves import delay_distribution, junction_curves, network_curves
from zhasyl.reports.diagrams.evidence import Evidence, Tables
from zhasyl.reports.diagrams.frame import LeftOut
from zhasyl.reports.diagrams.map import Delays, junction_delays, map_drawing
from zhasyl.reports.diagrams.phases import phase_drawings
from zhasyl.reports.diagrams.trajectories import corridor_drawing
from zhasyl.reports.exports.paper import PAGE, Paper
from zhasyl.reports.figures import Plot
from zhasyl.reports.records import by_label
from zhasyl.text.language import _, ngettext

MOST_SEEDS = 20  # of a controller that the diagrams are made from
PHASES_IN_SIGHT, MOST_PHASES = 2, 8
MOST_JUNCTIONS = 2  # with curves and a coordination diagram
MOST_SUMMED = 6  # with arrivals on green and split failures


@dataclass(frozen=True)
class Part:
    """Diagrams that are folded in under a heading."""

    title: str
    plots: list[Plot]


@dataclass
class Diagrams:
    """In sight, folded in, and a line for each that is left out."""

    in_sight: list[Plot] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def take(self, what: str, draw: Callable[[], Iterable[Plot]]) -> list[Plot]:
        """The drawings, or none and why."""
        try:
            return list(draw())
        except LeftOut as reason:
            self.left_out.append(_("{diagram}: left out, {reason}.", diagram=what, reason=reason))
            return []

    def fold(self, title: str, plots: list[Plot]) -> None:
        """Add a part unless it is empty."""
        if plots:
            self.parts.append(Part(title, plots))

    @property
    def plots(self) -> list[Plot]:
        """All of them."""
        return [*self.in_sight, *(plot for part in self.parts for plot in part.plots)]


def diagrams_of(
    runs: Sequence[Record],
    tables: Tables,
    approaches: Sequence[Mapping[str, Any]],
    colour: Mapping[str, str],
    paper: Paper = PAGE,
) -> Diagrams:
    """The diagrams of finished runs of one situation; `approaches` are their rows (`aggregates.approach_rows`)."""
    found = Diagrams()
    if not runs:
        return found
    evidence, worst = Evidence(few_of(runs, found), tables, paper), worst_junctions(approaches)
    curves = found.take(_("Distribution of delay"), lambda: [delay_distribution(evidence, colour)])
    curves += found.take(_("Trips planned and finished"), lambda: [network_curves(evidence, colour)])
    if not worst:
        found.left_out.append(_("Map, phases and diagrams of junctions: left out, no vehicle passes a signal."))
        found.in_sight = curves
        return found
    known = found.take(_("Map"), lambda: [_map(evidence, junction_delays(approaches))])
    phases = found.take(_("Phase diagrams"), lambda: phase_drawings(evidence, worst[:MOST_PHASES]))
    found.in_sight = [*known, *phases[:PHASES_IN_SIGHT], *curves]
    more = phases[PHASES_IN_SIGHT:]
    found.fold(ngettext("Phases of {n} more junction", "Phases of {n} more junctions", len(more)), more)
    found.fold(_("Time and space"), found.take(_("Time-space diagram"), lambda: [corridor_drawing(evidence)]))
    _at_junctions(found, Junctions(evidence, worst[:MOST_SUMMED]), approach_names(approaches), colour)
    return found


def few_of(runs: Sequence[Record], found: Diagrams) -> list[Record]:
    """The runs that diagrams are made from; where they are not all, that is said."""
    few = [run for own in by_label(runs).values() for run in own[:MOST_SEEDS]]
    if len(few) < len(runs):
        found.left_out.append(
            _("Diagrams other than the map are of the first {seeds} seeds of each controller.", seeds=MOST_SEEDS)
        )
    return few


def _map(evidence: Evidence, delays: Delays) -> Plot:
    return map_drawing(dict.fromkeys(delays, evidence.roads.network), delays, evidence.paper)


def _at_junctions(
    found: Diagrams, junctions: Junctions, names: Mapping[tuple[str, str], str], colour: Mapping[str, str]
) -> None:
    most = junctions.signals[:MOST_JUNCTIONS]
    curves = found.take(
        _("Arrivals and departures"), lambda: [junction_curves(junctions, signal, colour) for signal in most]
    )
    title = ngettext(
        "Arrivals and departures at the junction that loses most",
        "Arrivals and departures at the {n} junctions that lose most",
        len(most),
    )
    found.fold(title, curves)
    shares = found.take(
        _("Arrivals on green and split failures"),
        lambda: [
            approaches_drawing(approach_counts(junctions), junctions.signals, names, colour, junctions.evidence.paper)
        ],
    )
    for signal in most if shares else ():
        shares += found.take(_("Coordination diagram"), lambda at=signal: [coordination_drawing(junctions, at, names)])  # type: ignore[misc]
    found.fold(_("Coordination, arrivals on green and split failures"), shares)


def worst_junctions(approaches: Sequence[Mapping[str, Any]]) -> list[str]:
    """Signals by what their vehicles lose in all, the most first; without those that nobody passes."""
    lost_s: dict[str, float] = {}
    for row in approaches:
        if row["vehicles"]:
            lost_s[row["signal"]] = lost_s.get(row["signal"], 0.0) + row["control_delay_s"] * row["vehicles"]
    return sorted(lost_s, key=lambda signal: (-lost_s[signal], signal))

"""The network with its streets, and each junction with its control delay: a map a controller, on one scale."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhasyl.measures import LOS_LIMITS_S, level_of_service
from zhasyl.network import Network
from zhasyl.reports.diagrams.frame import (
    Diagram,
    LeftOut,
    legend,
    legend_in,
    named,
    panel,
    segments,
    sheet,
    styled,
    write,
)
from zhasyl.reports.diagrams.map_view import (
    LETTER_MARK_PT,
    NAME_PT,
    PANEL_GAP_IN,
    PANEL_TITLE_IN,
    Ground,
    Place,
    View,
    ground_of,
    view_of,
)
from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, Paper
from zhasyl.reports.figures import LONGEST_ID
from zhasyl.reports.network_map import signal_place
from zhasyl.reports.records import NOTHING, written
from zhasyl.text.language import N_, _, digits, ngettext
from zhasyl.text.words import shortened

LEVELS = (*(level for level, _ in LOS_LIMITS_S), "F")
ROAD, NO_TRAFFIC = "#C3C9CF", "#FFFFFF"
TITLE = N_("Map: control delay of the junctions")
MEANING = N_(
    "Letter and colour: level of service by mean control delay, all vehicles of all seeds. Darker is longer: the "
    "colours are told apart by lightness alone."
)
MOST_NAMED = 3  # junctions named in words

Delays = Mapping[str, Mapping[str, float]]  # by controller and signal, s/veh; NaN without vehicles


def shades() -> dict[str, str]:
    """A colour a level of service, from light to dark: people with any colour vision tell them apart."""
    spread = matplotlib.colormaps["viridis_r"]([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    return {level: matplotlib.colors.to_hex(colour) for level, colour in zip(LEVELS, spread, strict=True)}


def junction_delays(approaches: Sequence[Mapping[str, Any]]) -> Delays:
    """Mean control delay by controller and signal, from rows of approaches (`aggregates.approach_rows`)."""
    sums: dict[str, dict[str, list[float]]] = {}
    for row in approaches:
        total = sums.setdefault(row["label"], {}).setdefault(row["signal"], [0.0, 0.0])
        if row["vehicles"]:
            total[0] += row["control_delay_s"] * row["vehicles"]
            total[1] += row["vehicles"]
    return {
        label: {signal: lost_s / veh if veh else float("nan") for signal, (lost_s, veh) in own.items()}
        for label, own in sums.items()
    }


def map_drawing(networks: Mapping[str, Network], delays: Delays, paper: Paper = PAGE) -> Diagram:
    """A map for each controller, of its network. Raises LeftOut without a signal."""
    with styled(paper):
        figure, remark = map_figure(networks, delays, paper)
        return Diagram("map", _(TITLE), "\n".join([_(MEANING) + remark, *_worst(delays)]), figure)


def map_figure(networks: Mapping[str, Network], delays: Delays, paper: Paper = PAGE) -> tuple[Figure, str]:
    """The maps, and what is to be said of names and letters that are not there. Raises LeftOut without a signal."""
    wanted = list(dict.fromkeys(signal for own in delays.values() for signal in own))
    places_m = {id(network): _places_m(network, wanted) for network in networks.values()}
    if not any(places_m.values()):
        raise LeftOut(_("the network has no signal whose approaches are known"))
    view = view_of([place for own in places_m.values() for place in own.values()], len(delays), paper)
    grounds = {id(one): ground_of(one, places_m[id(one)], view, len(delays)) for one in networks.values()}
    rows = -(-len(delays) // view.columns)
    top = legend_in(_limits(), paper)
    figure = sheet(top + rows * (view.panel_high_in + PANEL_TITLE_IN + PANEL_GAP_IN), paper)
    for number, (label, own) in enumerate(delays.items()):
        ground = grounds[id(networks[label])]
        row, column = divmod(number, view.columns)
        left_in = 0.1 + column * (view.panel_in + PANEL_GAP_IN)
        top_in = top + row * (view.panel_high_in + PANEL_TITLE_IN + PANEL_GAP_IN) + PANEL_TITLE_IN
        write(figure, left_in, top_in - 0.2, paper.fit(named(label, paper), view.panel_in * POINTS_PER_IN))
        axes = panel(figure, left_in, top_in, view.panel_in, view.panel_high_in)
        _draw_roads(axes, view, ground.roads)
        for text, box in ground.names:
            axes.text(
                box.x, box.y, text, rotation=box.degrees, ha="center", va="center", fontsize=NAME_PT, color="#333333"
            )
        _draw_marks(axes, ground, own)
    _legend(figure, paper)
    last = networks[list(delays)[-1]]
    return figure, _missing(last, grounds[id(last)])


def _places_m(network: Network, wanted: Sequence[str]) -> dict[str, Place]:
    return {name: signal_place(network, name) for name in wanted if name in network.signal_links}


def _draw_roads(axes: Axes, view: View, roads: Mapping[int, Sequence[Sequence[Place]]]) -> None:
    for lanes, lines in sorted(roads.items()):
        segments(axes, [([x for x, _ in line], [y for _, y in line]) for line in lines], ROAD, 0.5 + 0.5 * lanes)
    axes.set_xlim(0, view.size_pt[0])
    axes.set_ylim(0, view.size_pt[1])
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set(visible=True, color="#DDDDDD")


def _draw_marks(axes: Axes, ground: Ground, delays_s: Mapping[str, float]) -> None:
    shade, marks = shades(), defaultdict(list)
    for (name, place), size in zip(ground.places.items(), ground.sizes_pt.tolist(), strict=True):
        marks[level_of_service(delays_s.get(name, float("nan"))), size].append(place)
    for (level, size), own in marks.items():
        xs, ys = zip(*own, strict=True)
        colour = shade.get(level, NO_TRAFFIC)
        axes.plot(xs, ys, "o", color=colour, ms=size, markeredgecolor="#333333", markeredgewidth=0.5, zorder=3)
        if size >= LETTER_MARK_PT:
            text, dark = (level, LEVELS.index(level) > 2) if level in LEVELS else (NOTHING, False)
            for x, y in own:
                axes.text(
                    x, y, text, ha="center", va="center_baseline", fontsize=0.62 * size, fontweight="bold", zorder=4,
                    color="white" if dark else "black",
                )  # fmt: skip


def _limits() -> list[str]:
    limits = [_("{level} ≤ {limit} s", level=level, limit=digits(limit_s, "g")) for level, limit_s in LOS_LIMITS_S]
    return [*limits, _("{level} > {limit} s", level="F", limit=digits(LOS_LIMITS_S[-1][1], "g"))]


def _legend(figure: Figure, paper: Paper) -> None:
    shade = shades()
    handles = [
        matplotlib.lines.Line2D(
            [], [], marker="o", ls="", color=shade[level], markeredgecolor="#333333", markeredgewidth=0.5
        )
        for level in LEVELS
    ]
    legend(figure, handles, _limits(), paper)


def _missing(network: Network, ground: Ground) -> str:
    found = []
    if not any(edge.name.strip() for edge in network.edges.values()):
        found.append(_("The network has no names of streets."))
    elif not ground.names:
        found.append(_("No name of a street has room."))
    small = int((ground.sizes_pt < LETTER_MARK_PT).sum())
    if small:
        found.append(
            ngettext(
                "{n} junction too close to others for a letter.",
                "{n} junctions too close to others for a letter.",
                small,
            )
        )
    return "".join(f" {one}" for one in found)


def _worst(delays: Delays) -> list[str]:
    lines = []
    for label, own in delays.items():
        known = sorted(((delay_s, name) for name, delay_s in own.items() if delay_s == delay_s), reverse=True)
        worst = [
            _(
                "{junction} {los} ({delay} s/veh)",
                junction=shortened(name, LONGEST_ID),
                los=level_of_service(delay_s),
                delay=written(delay_s, 1),
            )
            for delay_s, name in known[:MOST_NAMED]
        ]
        levels = [level_of_service(delay_s) for delay_s, _ in known]
        count = ", ".join(f"{levels.count(level)} {level}" for level in LEVELS if level in levels)
        line = f"{label}: {count}" if count else _("{controller}: no vehicle", controller=label)
        longest = _("longest: {junctions}", junctions=", ".join(worst))
        lines.append(f"{line}; {longest}" if worst else line)
    return lines

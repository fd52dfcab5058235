"""A picture of a network: roads by number of lanes, signals as numbered dots. Metres east and north."""

from collections.abc import Iterable
from pathlib import Path

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from zhasyl.network import Network

ROAD_FUNCTIONS = ("", "normal", "connector")


def network_figure(network: Network, title: str, numbers: Iterable[tuple[int | str, str]] = ()) -> Figure:
    """Draw the roads of a network; `numbers` are (number or name, signal id) to write beside the signals."""
    figure = Figure(figsize=(10, 10), layout="constrained")
    axes = figure.subplots()
    roads = [edge for edge in network.edges.values() if edge.function in ROAD_FUNCTIONS]
    widths = [0.5 * len(edge.lanes) for edge in roads]
    axes.add_collection(LineCollection([edge.shape for edge in roads], linewidths=widths, colors="#557"))
    for number, signal in numbers:
        x, y = signal_place(network, signal)
        axes.plot([x], [y], "o", color="#c33", markersize=5)
        axes.annotate(str(number), (x, y), xytext=(4, 4), textcoords="offset points", fontsize=8)
    axes.autoscale()
    axes.set_aspect("equal")
    axes.set_title(title)
    axes.set_xlabel("m east")
    axes.set_ylabel("m north")
    return figure


def signal_place(network: Network, signal: str) -> tuple[float, float]:
    """The middle of a signal's stop lines."""
    links = network.signal_links.get(signal, {})
    ends = [network.edges[c.from_edge].shape[-1] for group in links.values() for c in group] or [(0.0, 0.0)]
    return sum(x for x, _ in ends) / len(ends), sum(y for _, y in ends) / len(ends)


def save_network_picture(network: Network, title: str, numbers: Iterable[tuple[int | str, str]], path: Path) -> None:
    """Write the picture as PNG."""
    network_figure(network, title, numbers).savefig(path, dpi=120, metadata={"Software": None})

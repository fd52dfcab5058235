"""The network of a table before it has a plan: what netconvert makes of it, and what is measured there."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from zhasyl.network import Network
from zhasyl.scenarios.compile.network import write_plain
from zhasyl.scenarios.new.lefts_apart import Paths, paths_apart
from zhasyl.scenarios.new.places import Places
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.tables.model import Tables
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programs import compile_net


def laid(tables: Tables, places: Places) -> tuple[Network, Paths]:
    """The network, and the ways of turns that should be written so that they do not meet. Raises ScenarioError."""
    with tempfile.TemporaryDirectory(prefix="zhasyl-") as made:
        write_plain(tables, Path(made))
        compile_net(Path(made), Path(made) / "without_plan.net.xml")
        network = read_network(Path(made) / "without_plan.net.xml")
        return network, paths_apart(places, network)


def walked_m(tables: Tables, network: Network) -> dict[str, float]:
    """How long each crossing is."""
    lengths = {key: m for signal in tables.signal_ids for key, m in _lengths_m(network, signal)}
    return {row.id: lengths.get((row.junction, frozenset(row.links)), 0.0) for row in tables.crossings.rows}


def _lengths_m(network: Network, signal: str) -> Iterator[tuple[tuple[str, frozenset[str]], float]]:
    words = SignalWords(network, signal)
    for link, length_m in words.crossing_m.items():
        for connection in words.links[link]:
            yield (signal, frozenset(network.edges[connection.to_edge].crosses)), length_m

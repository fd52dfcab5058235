"""The diagrams of results before and after a rebuild: the same controllers on two networks.

Map, phases and trips: what has a meaning beside each other. Each map is of its own runs' network.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from zhasyl.network import Network
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.diagrams.curves import delay_distribution, network_curves
from zhasyl.reports.diagrams.evidence import Evidence, Tables
from zhasyl.reports.diagrams.frame import LeftOut
from zhasyl.reports.diagrams.map import junction_delays, map_drawing
from zhasyl.reports.diagrams.page import MOST_PHASES, PHASES_IN_SIGHT, Diagrams, few_of, worst_junctions
from zhasyl.reports.diagrams.phases import phase_drawings
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.figures import Plot
from zhasyl.reports.records import by_label
from zhasyl.text.language import N_, _, ngettext

WAS = "was"  # a run's record as it is stored, under this name in the one that is shown
INSTEAD = N_("Map: {labels} on the network of {other}, as their own is not there any more.")


def rebuilt_diagrams(group: Group) -> Diagrams:
    """Of runs that say in their labels whether they were before or after."""
    found = Diagrams()
    tables = group.tables
    if tables is None or not group.finished:
        return found
    evidence, worst = Evidence(few_of(group.finished, found), tables), worst_junctions(group.approaches)
    if worst:
        maps = found.take(_("Map"), lambda: [_map(group, tables, found)])
        phases = found.take(_("Phase diagrams"), lambda: phase_drawings(evidence, worst[:MOST_PHASES]))
        found.in_sight = [*maps, *phases[:PHASES_IN_SIGHT]]
        more = phases[PHASES_IN_SIGHT:]
        found.fold(ngettext("Phases of {n} more junction", "Phases of {n} more junctions", len(more)), more)
    found.in_sight += found.take(_("Distribution of delay"), lambda: [delay_distribution(evidence, group.colour)])
    found.in_sight += found.take(_("Trips planned and finished"), lambda: [network_curves(evidence, group.colour)])
    return found


def _map(group: Group, tables: Tables, found: Diagrams) -> Plot:
    networks, reason = _networks(by_label(group.finished), tables)
    if not networks:
        raise LeftOut(reason)
    delays = junction_delays(group.approaches)
    lacking = [label for label in delays if label not in networks]
    if lacking:
        other = next(iter(networks))
        found.left_out.append(_(INSTEAD, labels=", ".join(lacking), other=other))
        networks.update(dict.fromkeys(lacking, networks[other]))
    return map_drawing(networks, delays)


def _networks(runs: Mapping[str, Sequence[Record]], tables: Tables) -> tuple[dict[str, Network], str]:
    """By label the network, where it is as it was then; and why one is not."""
    known: dict[tuple[str, str], Network | None] = {}
    found, reason = {}, ""
    for label, own in runs.items():
        was = cast(Record, own[0][WAS])
        build = str(was.get("source")), str(was.get("content"))
        if build not in known:
            try:
                known[build] = Evidence([was], tables).roads.network
            except LeftOut as why:
                known[build], reason = None, str(why)
        network = known[build]
        if network is not None:
            found[label] = network
    return found, reason

"""Programmes of netconvert's design made fit to be shown.

greens      at wide junctions it protects left turns at once whose ways cross: the one that has to give way does so
clearances  it gives pedestrians 5 s, however long the crossing is: who steps onto it in the last second of its
            green must have left it when conflicting traffic gets its own, so it closes earlier by what is missing while
            all other links show what they did
"""

from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path

from zhasyl.derive import derive_signals, made_safe
from zhasyl.links import SignalLinks
from zhasyl.scenarios.osm.guesses import Guess
from zhasyl.signals import GREEN, Signal, SignalTiming
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import SubElement, read_root, write_xml

Shown = tuple[int, str]
"""(seconds, state) of a phase."""


def mend_programmes(net_file: Path) -> list[Guess]:
    """Rewrite the programmes of a network that netconvert made; answers what was changed."""
    network = read_network(net_file)
    signals = derive_signals(network, SignalTiming()).signals
    root = read_root(net_file)
    changes: list[Guess] = []
    for logic in root.iter("tlLogic"):
        name, rows = logic.get("id", ""), logic.findall("phase")
        conflicts = SignalLinks(network, name).conflicts
        shipped = [(round(float(row.get("duration", "0"))), row.get("state", "")) for row in rows]
        safe = [(seconds, made_safe(state, conflicts)[0]) for seconds, state in shipped]
        phases = cleared(safe, signals[name]) if name in signals else safe
        if safe != shipped:
            changes.append(Guess("plan", name, "", "gives way", "netconvert protects movements at once that conflict"))
        if phases != safe:
            longer_s = sum(seconds for seconds, _ in phases) - sum(seconds for seconds, _ in safe)
            changes.append(Guess("plan", name, "", f"{longer_s} s longer", "so that long crossings are cleared"))
        for row in rows:
            logic.remove(row)
        for seconds, state in phases:
            SubElement(logic, "phase", duration=str(seconds), state=state)
    write_xml(root, net_file)
    return changes


def cleared(phases: list[Shown], signal: Signal) -> list[Shown]:
    """The phases of a cycle, with clearances as long as the crossings need."""
    needs_s = {link: group.clearance_s for group in signal.groups if group.pedestrian for link in group.links}
    found: list[Shown] = []
    extra_s = 0  # of a clearance that is there already
    for position, (seconds, state) in enumerate(phases):
        found.append((seconds + extra_s, state))
        missing_s, closed = _missing_s(phases, position, needs_s, signal)
        _, following = phases[(position + 1) % len(phases)]
        extra_s = missing_s if closed == following else 0
        if missing_s and closed != following:
            found.append((missing_s, closed))
    if extra_s:
        found[0] = (found[0][0] + extra_s, found[0][1])
    return found


def _missing_s(phases: list[Shown], position: int, needs_s: Mapping[int, float], signal: Signal) -> tuple[int, str]:
    """How much longer the crossings that close after a phase should, and that phase's state with them closed."""
    _, state = phases[position]
    _, following = phases[(position + 1) % len(phases)]
    closing = [link for link in needs_s if state[link] in GREEN and following[link] not in GREEN]
    closed = "".join("r" if link in closing else shown for link, shown in enumerate(state))
    missing_s = [needs_s[link] - gap_s for link in closing for gap_s in _gaps_s(phases, position, link, signal)]
    return max(0, ceil(max(missing_s, default=0.0))), closed


def _gaps_s(phases: list[Shown], position: int, link: int, signal: Signal) -> Iterator[int]:
    """From the end of a phase to the next start of green of each link that conflicts with a crossing."""
    count = len(phases)
    for rival in (j for i, j in signal.conflicts.foes if i == link and j not in signal.pedestrian_links):
        gap_s = 0
        for number in range(position + 1, position + count):
            seconds, state = phases[number % count]
            if state[rival] in GREEN and phases[(number - 1) % count][1][rival] not in GREEN:
                yield gap_s
                break
            gap_s += seconds

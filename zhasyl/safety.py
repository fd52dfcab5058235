"""An independent check of the signal states SUMO showed.

It knows nothing of stages, the sequencer or the controllers: it reads conflicts and pedestrian links from
the network, and states from the run's record, and names every

- conflict      two conflicting links that may go at once although neither gives way; 's' stops first and gives way
                where the network has it so, as 'g' does
- stop and go   a link that may go after a stop ('s') and is no turn
- cut yellow    a road link that goes from green to red without its yellow, or with a shorter one
- cut green     a road link's green shorter than its minimum (the minimum of the pedestrian walk for crossings)
- late red      (clearance) a conflicting link green sooner after a pedestrian green than a pedestrian needs
- cut all-red   a road link green sooner after the green of a conflicting one than yellow and all-red last; not looked
                for without an all-red
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from zhasyl.links import read_conflicts
from zhasyl.network import Connection, Network
from zhasyl.signals import GREEN, STOP_AND_GO

EPSILON_S = 1e-6


@dataclass(frozen=True)
class Limits:
    """What has to be kept, in seconds."""

    yellow_s: float
    min_green_s: float
    walk_s: float = 0.0
    walking_speed_mps: float = 0.0
    all_red_s: float = 0.0


@dataclass(frozen=True)
class Violation:
    """One broken rule."""

    signal: str
    time_s: float
    rule: str
    detail: str


def violations(network: Network, shown: pd.DataFrame, limits: Limits) -> list[Violation]:
    """Every rule broken in a `signals` table (signal, start_s, duration_s, state), in order of time.

    The first and last indication of each link are cut by the period's ends and not timed.
    """
    found: list[Violation] = []
    for signal, rows in shown.groupby("signal", sort=True):
        states = list(zip(rows["start_s"], rows["duration_s"], rows["state"], strict=True))
        found.extend(_Check(network, str(signal), states, limits).run())
    return sorted(found, key=lambda violation: (violation.time_s, violation.signal))


@dataclass(frozen=True)
class _Run:
    """A link's unbroken indication: 'G' (either green), 'y' or 'r'."""

    start_s: float
    end_s: float
    colour: str


def _turns(connections: tuple[Connection, ...]) -> bool:
    return all(connection.is_turn for connection in connections)


class _Check:
    def __init__(self, network: Network, signal: str, states: list[tuple[float, float, str]], limits: Limits) -> None:
        links = network.signal_links.get(signal, {})
        self._signal = signal
        self._states = states
        self._limits = limits
        self._conflicts = read_conflicts(network, links)
        self._crossings = {
            link: max((network.edges[c.to_edge].length_m for c in cs), default=0.0)
            for link, cs in links.items() if all(network.is_pedestrian(c) for c in cs)
        }  # fmt: skip
        self._straight = {link for link, cs in links.items() if link in self._crossings or not _turns(cs)}
        self._runs = {link: list(self._link_runs(link)) for link in links}

    def run(self) -> Iterator[Violation]:
        for start_s, _, state in self._states:
            for i, j in self._conflicts.unsafe(state):
                yield self._violation(start_s, "conflict", f"links {i} and {j} are green in '{state}'")
            for link in sorted(link for link in self._straight if state[link] == STOP_AND_GO):
                yield self._violation(start_s, "stop and go", f"link {link} is no turn in '{state}'")
        for link, runs in self._runs.items():
            if link in self._crossings:
                yield from self._walk(link, runs)
            else:
                yield from self._road(link, runs)
                yield from self._all_red(link, runs)

    def _link_runs(self, link: int) -> Iterator[_Run]:
        current: _Run | None = None
        for start_s, duration_s, state in self._states:
            shown = state[link]
            colour = "G" if shown in GREEN else "y" if shown in "yY" else "r"
            if current and current.colour == colour:
                current = _Run(current.start_s, start_s + duration_s, colour)
            else:
                if current:
                    yield current
                current = _Run(start_s, start_s + duration_s, colour)
        if current:
            yield current

    def _road(self, link: int, runs: list[_Run]) -> Iterator[Violation]:
        for index in range(1, len(runs) - 1):
            run, after = runs[index], runs[index + 1]
            seconds = run.end_s - run.start_s
            if run.colour == "G" and seconds < self._limits.min_green_s - EPSILON_S:
                yield self._violation(run.start_s, "cut green", f"link {link} is green for {seconds:g} s")
            if run.colour == "y" and after.colour == "r" and seconds < self._limits.yellow_s - EPSILON_S:
                yield self._violation(run.start_s, "cut yellow", f"link {link} is yellow for {seconds:g} s")
        for run, after in pairwise(runs):
            if run.colour == "G" and after.colour == "r":
                yield self._violation(after.start_s, "cut yellow", f"link {link} goes from green to red")

    def _all_red(self, link: int, runs: list[_Run]) -> Iterator[Violation]:
        needed_s = self._limits.yellow_s + self._limits.all_red_s if self._limits.all_red_s else 0.0
        ends_s = [run.end_s for run in runs if run.colour == "G"]
        rivals = [j for i, j in sorted(self._conflicts.foes) if i == link and j not in self._crossings]
        for rival, other in ((j, run) for j in rivals for run in self._runs[j] if run.colour == "G"):
            gap_s = min((other.start_s - end_s for end_s in ends_s if end_s <= other.start_s), default=math.inf)
            if gap_s < needed_s - EPSILON_S:
                detail = f"link {rival} is green {gap_s:g} s after link {link}, not {needed_s:g} s"
                yield self._violation(other.start_s, "cut all-red", detail)

    def _walk(self, link: int, runs: list[_Run]) -> Iterator[Violation]:
        speed_mps = self._limits.walking_speed_mps
        clearance_s = self._crossings[link] / speed_mps if speed_mps else 0.0
        rivals = [j for i, j in self._conflicts.foes if i == link and j not in self._crossings]
        for run in (r for r in runs[1:-1] if r.colour == "G"):
            if run.end_s - run.start_s < self._limits.walk_s - EPSILON_S:
                yield self._violation(run.start_s, "cut green", f"walk {link} is {run.end_s - run.start_s:g} s")
            for rival in rivals:
                for other in self._runs[rival]:
                    gap_s = other.start_s - run.end_s
                    if other.colour == "G" and -EPSILON_S <= gap_s < clearance_s - EPSILON_S:
                        detail = f"link {rival} is green {gap_s:g} s after walk {link}, which needs {clearance_s:.1f} s"
                        yield self._violation(other.start_s, "late red", detail)

    def _violation(self, time_s: float, rule: str, detail: str) -> Violation:
        return Violation(self._signal, float(time_s), rule, detail)

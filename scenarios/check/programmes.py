"""Checks of the shipped signal programmes: who is never green, what is green together, what lies between greens."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from zhasyl.indications import EPSILON_S, GO, cycle_s, greens, indications, wait_s
from zhasyl.links import SignalLinks
from zhasyl.network import Connection, Network, Programme
from zhasyl.scenarios.check.finding import Finding, some
from zhasyl.scenarios.check.subject import Subject, link_name
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.signals import GREEN, Signal

ONE_STAGE = " stage; a controller needs"  # of the reasons in zhasyl.derive
LONGEST_RED_S = 300.0  # of a plan; zhasyl's controllers end the red of somebody who waits after 120 s


class Timed(SignalLinks):
    """A signal with the programme SUMO starts with; of its links those for which that has an indication."""

    def __init__(self, network: Network, programme: Programme) -> None:
        super().__init__(network, programme.signal)
        self.programme = programme
        size = len(programme.phases[0].state) if programme.phases else 0
        self.links = {link: connections for link, connections in self.links.items() if link < size}
        self.walks &= self.links.keys()

    def name(self, link: int) -> str:
        return link_name(self.network, self.id, link)

    def names(self, links: Iterable[int]) -> str:
        return some([self.name(link) for link in links]).replace("'", "")

    def at(self, link: int) -> str:
        """Where a finding about a link is."""
        return f"signal '{self.id}', {self.name(link)}"


def signals(subject: Subject) -> Iterator[Timed]:
    """Every signal that plays a programme of its own phases."""
    for name in subject.road_signals:
        programme = subject.network.programmes.get(name)
        if programme is not None and programme.phases and cycle_s(programme) > 0:
            yield Timed(subject.network, programme)


def no_programme(subject: Subject) -> Iterator[Finding]:
    """Signals without a programme, or with one that is too short: SUMO refuses the network."""
    network = subject.network
    for name in subject.road_signals:
        links, programme = network.signal_links[name], network.programmes.get(name)
        states = {len(phase.state) for phase in programme.phases} if programme else {0}
        if not programme or (programme.phases and max(links) >= min(states)):
            what = f"its programme has {min(states)} indications for link index {max(links)}"
            mend = "rebuild the network, or give the programme one indication a link"
            yield Finding("error", "programme-missing", f"signal '{name}'", what, mend)


def never_green(subject: Subject) -> Iterator[Finding]:
    """Links that no phase lets go."""
    walking = any(row.walks for row in subject.demand.planned)
    for signal in signals(subject):
        for link, connections in signal.links.items():
            if any(phase.state[link] in GO for phase in signal.programme.phases):
                continue
            used = walking if link in signal.walks else any(_used(subject, c) for c in connections)
            what = "never green" + ("" if used else "; no trip of the demand needs it")
            mend = "give it a green in a stage, or take the movement out of the network"
            yield Finding("error" if used else "warning", "never-green", signal.at(link), what, mend)


def _used(subject: Subject, connection: Connection) -> bool:
    demand = subject.demand
    return not demand.turns or bool(demand.turns.get((connection.from_edge, connection.to_edge)))


def conflicting_greens(subject: Subject) -> Iterator[Finding]:
    """Two links that cross or merge, green in one phase, and neither gives way."""
    for signal in signals(subject):
        pairs: dict[tuple[int, int], tuple[int, str]] = {}
        for number, phase in enumerate(signal.programme.phases):
            for pair in signal.conflicts.unsafe(phase.state):
                pairs.setdefault(pair, (number, phase.state))
        for (i, j), (number, state) in sorted(pairs.items()):
            if signal.approaches(i) == signal.approaches(j):
                continue  # lanes of one approach that merge: the drivers' matter, not the signal's
            both = state[i] == state[j] == "G"
            shown, why = ("protected", "they conflict") if both else ("green", "neither gives way")
            what = f"{shown} in phase {number} together with {signal.name(j)}: {why}"
            mend = "put them into different stages, or let one give way ('g')"
            yield Finding("error" if both else "warning", "conflicting-greens", signal.at(i), what, mend)


def crossing_lefts(subject: Subject) -> Iterator[Finding]:
    """Turns of facing approaches that cross while nobody drives straight on: one waits though both have an arrow."""
    for signal in signals(subject):
        words = SignalWords(subject.network, signal.id)
        across = [link for link in signal.links if words.turns_across(link)]
        pairs = [(i, j) for i, j in signal.conflicts.foes if i in across and j in across and words.opposite(i, j)]
        for i, j in sorted(pair for pair in pairs if pair[0] < pair[1]):
            approaches = signal.approaches(i) | signal.approaches(j)
            ahead = [k for k in signal.links if signal.approaches(k) & approaches and not signal.is_turn(k)]
            for number, phase in enumerate(signal.programme.phases):
                if {phase.state[i], phase.state[j]} <= GREEN and not any(phase.state[k] in GREEN for k in ahead):
                    what = f"green in phase {number} together with {signal.name(j)}, whose way it crosses: one waits"
                    mend = "keep their ways apart in the network, or give each a stage; less gets through than is said"
                    yield Finding("warning", "lefts-cross", signal.at(i), what, mend)
                    break


def straight_gives_way(subject: Subject) -> Iterator[Finding]:
    """Straight movements shown as giving way while a turn of another approach is green, to which they yield."""
    for signal in signals(subject):
        pairs: dict[int, tuple[int, int]] = {}
        for number, phase in enumerate(signal.programme.phases):
            for link, turn in signal.straight_that_yields(phase.state):
                pairs.setdefault(link, (number, turn))
        for link, (number, turn) in pairs.items():
            what = f"goes straight on and gives way ('g') in phase {number} to the turn {signal.name(turn)}"
            mend = f"show link {link} as 'G' and link {turn} as 'g', or put them into different stages"
            yield Finding("warning", "straight-gives-way", signal.at(link), what, mend)


def never_protected(subject: Subject) -> Iterator[Finding]:
    """Movements of the demand whose every green is shared with traffic they give way to."""
    for signal in signals(subject):
        found = [
            link for link in sorted(signal.links.keys() - signal.walks) if _always_gives_way(subject, signal, link)
        ]
        if found:
            what = f"green only with traffic they give way to: {signal.names(found)}"
            mend = "usual where few turn; else give them a stage of their own"
            yield Finding("note", "never-protected", f"signal '{signal.id}'", what, mend)


def _always_gives_way(subject: Subject, signal: Timed, link: int) -> bool:
    states = [phase.state for phase in signal.programme.phases if phase.state[link] in GREEN]
    foes = [
        j for i, j in signal.conflicts.yields
        if i == link and j not in signal.walks and any(_used(subject, c) for c in signal.links[j])
    ]  # fmt: skip
    used = any(_used(subject, c) for c in signal.links[link] if c.direction != "t")
    return used and bool(states) and all(state[link] == "g" and any(state[j] == "G" for j in foes) for state in states)


def missing_yellow(subject: Subject) -> Iterator[Finding]:
    """Road links that go from green to red at once."""
    for signal in signals(subject):
        bare = [link for link in signal.links if link not in signal.walks and _without_yellow(signal.programme, link)]
        if bare:
            what = f"from green to red without yellow: {signal.names(bare)}"
            mend = "add 3 s of yellow after each green; adaptive controllers have theirs, so `fixed` is not comparable"
            yield Finding("warning", "yellow-missing", f"signal '{signal.id}'", what, mend)


def _without_yellow(programme: Programme, link: int) -> bool:
    runs = indications(programme, link)
    return any(a.colour == "G" and b.colour == "r" for a, b in zip(runs, [*runs[1:], *runs[:1]], strict=True))


def missing_intergreen(subject: Subject) -> Iterator[Finding]:
    """Conflicting links, of which one gets its green in the second the other loses it."""
    for signal in signals(subject):
        cycle = cycle_s(signal.programme)
        for i, j in sorted(signal.conflicts.foes):
            if i in signal.walks:
                continue  # a pedestrian's clearance has a check of its own
            ends_s = [green.end_s for green in greens(signal.programme, i)]
            starts_s = [green.start_s for green in greens(signal.programme, j)]
            if any(wait_s(end, start, cycle) < EPSILON_S for end in ends_s for start in starts_s):
                what = f"{signal.name(j)}, which conflicts, is green the second it loses its green"
                mend = "put yellow and all-red between the two"
                yield Finding("warning", "intergreen-missing", signal.at(i), what, mend)


def short_walks(subject: Subject) -> Iterator[Finding]:
    """Crossings on which who starts with the green is still under way when conflicting traffic gets its own."""
    timing = subject.scenario.timing
    for signal in signals(subject):
        for link in sorted(signal.walks):
            length_m = signal.crossing_m[link]
            needed_s = timing.walk_s + length_m / timing.walking_speed_mps
            given_s = min(_waits_s(signal, link, from_end=False), default=needed_s)
            if _is_short(given_s, needed_s):
                what = (
                    f"conflicting traffic starts {given_s:g} s after its green; {timing.walk_s:g} s of walk and "
                    f"{length_m:.1f} m at {timing.walking_speed_mps:g} m/s take {needed_s:.1f} s"
                )
                mend = "lengthen its stage; zhasyl's own controllers do"
                yield Finding("warning", "walk-too-short", signal.at(link), what, mend)


def short_clearances(subject: Subject) -> Iterator[Finding]:
    """Signals where who starts as the green of a crossing ends is still under way then."""
    speed_mps = subject.scenario.timing.walking_speed_mps
    for signal in signals(subject):
        late = []
        for link in sorted(signal.walks):
            length_m = signal.crossing_m[link]
            needed_s = length_m / speed_mps
            given_s = min(_waits_s(signal, link, from_end=True), default=needed_s)
            if _is_short(given_s, needed_s):
                late.append(
                    (given_s - needed_s, link, f"{given_s:g} s for {length_m:.1f} m, which take {needed_s:.1f} s")
                )
        if late:
            _, worst, times = min(late)
            name, many = signal.name(worst), f"{len(late)} of {len(signal.walks)} crossings"
            what = f"who starts as the green of {name} ends has {times}; so at {many}"
            mend = "close the crossing earlier in its stage; zhasyl's own controllers do"
            yield Finding("note", "clearance-too-short", f"signal '{signal.id}'", what, mend)


def _is_short(given_s: float, needed_s: float) -> bool:
    return given_s < needed_s - 1 + EPSILON_S  # plans are in whole seconds


def _waits_s(signal: Timed, walk: int, from_end: bool) -> Iterator[float]:
    """From the start or end of each green of a walk to the next start of a conflicting green that does not yield."""
    cycle = cycle_s(signal.programme)
    rivals = [j for i, j in signal.conflicts.foes if i == walk and j not in signal.walks]
    for own in greens(signal.programme, walk):
        for rival in rivals:
            for other in greens(signal.programme, rival):
                gap_s = wait_s(own.end_s if from_end else own.start_s, other.start_s, cycle)
                gives_way = other.starts_as == "g" and (rival, walk) in signal.conflicts.yields
                if (gap_s > 0 or from_end) and not gives_way:
                    yield gap_s


def uncontrollable(subject: Subject) -> Iterator[Finding]:
    """Signals that no controller can change: they keep their plan in every run."""
    for signal in signals(subject):
        reason = subject.derived.uncontrolled.get(signal.id)
        if reason is None or len(signal.links) < len(subject.network.signal_links[signal.id]):
            continue  # controlled, or the programme is too short, which is said elsewhere
        road = signal.links.keys() - signal.walks
        steady = all(len({phase.state[link] for phase in signal.programme.phases}) == 1 for link in road)
        place = f"signal '{signal.id}'"
        said = reason.removeprefix(f"{place}, ")
        if (road and steady) or ONE_STAGE in reason:
            mend = "give it a second stage, or take it out: it keeps its plan under every controller"
            yield Finding("warning", "single-stage", place, said, mend)
        else:
            mend = "correct its programme, or leave it: it keeps its plan under every controller"
            yield Finding("note", "keeps-its-plan", place, said, mend)


def short_stages(subject: Subject) -> Iterator[Finding]:
    """Stages whose green in the plan is below the minimum green that controllers keep, and so is that of a link.

    Where one ring of a plan runs ahead of another, what is green together for a second is green for longer one by one.
    """
    for name, signal in subject.timed_signals:
        programme = subject.network.programmes[name]
        for position, green_s in zip(signal.plan.stages, signal.plan.greens_s, strict=True):
            stage = signal.stages[position]
            least_s = stage.min_green_s if stage.vehicle_min_green_s is None else stage.vehicle_min_green_s
            if green_s < least_s - EPSILON_S and _shortest_s(programme, signal, position) < least_s - EPSILON_S:
                what = f"green {green_s:g} s in the plan, below the minimum green of {least_s:g} s"
                mend = "lengthen it, or lower min_green_s: adaptive controllers would be held to a longer one"
                yield Finding("warning", "green-too-short", f"signal '{name}', stage '{stage.id}'", what, mend)


def _shortest_s(programme: Programme, signal: Signal, stage: int) -> float:
    """The shortest green in the cycle of the road links that are green in a stage."""
    own = [link for link, shown in enumerate(signal.stages[stage].state) if shown in GREEN]
    runs_s = [run.seconds for link in own if link not in signal.pedestrian_links for run in greens(programme, link)]
    return min(runs_s, default=0.0)


def long_reds(subject: Subject) -> Iterator[Finding]:
    """Signals whose programme on the clock keeps a link waiting above LONGEST_RED_S; of each the longest red."""
    for signal in signals(subject):
        if signal.programme.kind != "static":
            continue  # its phases last as traffic comes
        cycle = cycle_s(signal.programme)
        longest_s, longest = max(((_red_s(signal.programme, link), -link) for link in signal.links), default=(0.0, 0))
        if longest_s > LONGEST_RED_S:
            what = f"waits {longest_s:,.0f} s for its green, above {LONGEST_RED_S:g} s, in a cycle of {cycle:,.0f} s"
            mend = "correct the durations of its phases: under `fixed` who comes there waits as long"
            yield Finding("warning", "red-long", signal.at(-longest), what, mend)


def _red_s(programme: Programme, link: int) -> float:
    """The longest time in which a link may not go; none where it never may or always may."""
    rows = [(phase.state[link] in GO, phase.duration_s) for phase in programme.phases]
    first = next((place for place, (may_go, _) in enumerate(rows) if may_go), None)
    if first is None:
        return 0.0
    runs = groupby([*rows[first:], *rows[:first]], key=lambda row: row[0])
    return max((sum(seconds for _, seconds in own) for may_go, own in runs if not may_go), default=0.0)


CHECKS = (
    no_programme, never_green, conflicting_greens, crossing_lefts, straight_gives_way, never_protected,
    missing_yellow,    missing_intergreen, short_walks, short_clearances, uncontrollable, short_stages,
    long_reds,
)  # fmt: skip

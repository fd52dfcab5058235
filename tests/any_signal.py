"""Arbitrary signals for Hypothesis, and the network an independent check reads their conflicts from."""

from pathlib import Path

from hypothesis import strategies as st

from zhasyl.network import Connection, Edge, Junction, Network
from zhasyl.signals import GREEN, Conflicts, Movement, Signal, SignalGroup, SignalPlan, Stage

WALKING_SPEED_MPS = 1.2
LONG_S = st.sampled_from([1.0, 1.25, 2.0, 4.0, 10.0])
SHORT_S = st.sampled_from([0.0, 0.25, 3.5, 6.0])


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    """Any signal: groups, crossings, conflicts, who gives way, stages without conflict, timings, plan, movements."""
    groups = draw(_groups())
    walks = frozenset(link for group in groups if group.pedestrian for link in group.links)
    conflicts = draw(_conflicts(groups, walks))
    states: list[str] = []
    for _ in range(draw(st.integers(2, 5))):
        states.append(draw(_states(groups, conflicts, states)))
    yellow_s, walk_s = draw(LONG_S), draw(LONG_S)
    stages = []
    for number, state in enumerate(states):
        clearances_s = [g.clearance_s for g in groups if g.pedestrian and state[g.links[0]] in GREEN]
        walking_s = walk_s + max(0.0, max(clearances_s) - yellow_s) if clearances_s else 0.0
        stages.append(Stage(str(number), state, max(draw(LONG_S), walking_s), 60.0))
    visits = draw(st.lists(st.integers(0, len(states) - 1), min_size=1, max_size=6))
    return Signal(
        id="J",
        groups=groups,
        stages=tuple(stages),
        movements=draw(_movements(sorted({link for group in groups for link in group.links} - walks))),
        conflicts=conflicts,
        yellow_s=yellow_s,
        all_red_s=draw(SHORT_S),
        walk_s=walk_s,
        plan=SignalPlan(tuple(visits), tuple(draw(LONG_S) for _ in visits), 100.0),
    )


@st.composite
def _groups(draw: st.DrawFn) -> tuple[SignalGroup, ...]:
    """The first one is of vehicles."""
    sizes = draw(st.lists(st.integers(1, 2), min_size=2, max_size=6))
    groups, link = [], 0
    for number, size in enumerate(sizes):
        walk = number > 0 and draw(st.booleans())
        clearance_s = draw(SHORT_S | LONG_S) if walk else 0.0
        groups.append(SignalGroup(str(number), tuple(range(link, link + size)), walk, clearance_s))
        link += size
    return tuple(groups)


@st.composite
def _conflicts(draw: st.DrawFn, groups: tuple[SignalGroup, ...], walks: frozenset[int]) -> Conflicts:
    pairs = [(i, j) for a in groups for b in groups for i in a.links for j in b.links if a.id < b.id]
    crossing = [(i, j) for i, j in pairs if not {i, j} <= walks]
    foes = [pair for pair in crossing if draw(st.booleans())]
    yields = {pair for i, j in foes for pair in draw(st.sampled_from([[(i, j)], [(j, i)], [(i, j), (j, i)], []]))}
    return Conflicts(frozenset(foes) | {(j, i) for i, j in foes}, frozenset(yields))


@st.composite
def _states(draw: st.DrawFn, groups: tuple[SignalGroup, ...], conflicts: Conflicts, others: list[str]) -> str:
    """A stage, new or with the greens of another one and more.

    One group after another is given what is drawn for it unless that conflicts with those before it.
    """
    closed = "r" * sum(len(group.links) for group in groups)
    state = list(draw(st.sampled_from([closed, closed, *others])))
    for group in draw(st.permutations(groups)):
        before, shown = list(state), draw(st.sampled_from("GGgr" if group.pedestrian else "GGgrs"))
        if state[group.links[0]] in GREEN:
            continue
        for link in group.links:
            state[link] = shown
        if conflicts.unsafe("".join(state)):
            state = before
    return "".join(state)


@st.composite
def _movements(draw: st.DrawFn, roads: list[int]) -> tuple[Movement, ...]:
    served = draw(st.lists(st.sets(st.sampled_from(roads), min_size=1, max_size=2), min_size=1, max_size=5))
    return tuple(Movement(f"i{n}", f"o{n}", tuple(sorted(links)), 1) for n, links in enumerate(served))


def network_of(signal: Signal) -> Network:
    """A junction with the signal's conflicts and rights of way, its crossings as long as their clearance takes."""
    clearances_s = {link: group.clearance_s for group in signal.groups if group.pedestrian for link in group.links}
    roads = sorted(link for group in signal.groups if not group.pedestrian for link in group.links)
    order = [*roads, *sorted(clearances_s)]
    edges, connections = {}, []
    for link in order:
        function = "crossing" if link in clearances_s else ""
        length_m = clearances_s.get(link, 50.0) * WALKING_SPEED_MPS
        for name in (f"from{link}", f"to{link}"):
            edges[name] = Edge(name, "", "", function, "", length_m, 13.9, (f"{name}_0",), ())
        connections.append(Connection(f"from{link}", 0, f"to{link}", 0, "r", signal.id, link, ""))

    def rows(pairs: frozenset[tuple[int, int]]) -> tuple[frozenset[int], ...]:
        return tuple(frozenset(order.index(j) for i, j in pairs if i == link) for link in order)

    junction = Junction(
        signal.id,
        "traffic_light",
        tuple(f"from{link}_0" for link in roads),
        tuple(f"to{link}_0" for link in order),
        rows(signal.conflicts.foes),
        rows(signal.conflicts.yields),
    )
    return Network(Path(), edges, {signal.id: junction}, tuple(connections), {}, {})

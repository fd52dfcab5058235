"""From a network's shipped programmes to signals that can be controlled, for any network, without a table.

A phase with green and without yellow is a stage, except where it only
- ends the walk of the stage before it (same vehicle greens, fewer pedestrian greens), or
- bridges an intergreen (all its greens are also green in the stages before and after it, where others join or
  one of them becomes protected; at most MAX_BRIDGE_S long).
Equal states are one stage, called by the name of its first phase that has one, else A, B, ... by its place. A link's
closed indication ('r', or 's' for a stop before turning) is kept.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from zhasyl.errors import SignalError
from zhasyl.links import SignalLinks
from zhasyl.network import Connection, Network, Phase, Programme
from zhasyl.signals import (
    GREEN,
    STOP_AND_GO,
    Conflicts,
    Movement,
    Signal,
    SignalGroup,
    SignalPlan,
    SignalTiming,
    Stage,
)
from zhasyl.text.stage_names import stage_names

MAX_BRIDGE_S = 5.0
DEFAULT_YELLOW_S = 3.0
DEFAULT_MIN_GREEN_S = 5.0
LEAST_GREEN_S = 1.0  # a plan has whole seconds, and a stage that is shown for none is not shown
DEFAULT_MAX_GREEN_S = 60.0
CHANGED = {
    "g": "gives way, was shipped as protected",
    "r": "is closed, was shipped for a turn on red after stop where it would not give way",
}
SUPPORTED_KINDS = frozenset({"static", "actuated", "delay_based"})


@dataclass(frozen=True)
class DerivedSignals:
    """Controllable signals by id, and for each other signal the reason why it keeps its plan."""

    signals: dict[str, Signal]
    uncontrolled: dict[str, str]


def derive_signals(network: Network, timing: SignalTiming) -> DerivedSignals:
    """Derive every signal of a network; a signal that cannot be controlled is named with the reason."""
    signals: dict[str, Signal] = {}
    uncontrolled: dict[str, str] = {}
    for signal_id, programme in sorted(network.programmes.items()):
        try:
            signals[signal_id] = _derive(network, programme, timing)
        except SignalError as error:
            uncontrolled[signal_id] = str(error)
    return DerivedSignals(signals, uncontrolled)


def _derive(network: Network, programme: Programme, timing: SignalTiming) -> Signal:
    signal = SignalLinks(network, programme.signal)
    links, walks, conflicts = signal.links, signal.walks, signal.conflicts
    _check_programme(programme, links, walks)
    yellow_s = _first(timing.yellow_s, _shipped_yellow_s(programme), DEFAULT_YELLOW_S)
    rows = _stage_rows(programme.phases, walks)
    different = len({row.state for row in rows})
    if different < 2:
        raise SignalError(f"its programme '{programme.id}' has {different} stage; a controller needs at least 2")
    groups = _groups(signal, [row.state for row in rows], timing)
    stages, plan, notes = _stages(programme, rows, groups, conflicts, timing, yellow_s)
    return Signal(
        id=programme.signal,
        groups=groups,
        stages=stages,
        movements=_movements(network, links, walks),
        conflicts=conflicts,
        yellow_s=yellow_s,
        all_red_s=_first(timing.all_red_s, _shipped_all_red_s(programme, rows)),
        walk_s=timing.walk_s,
        plan=plan,
        notes=notes,
    )


def _check_programme(programme: Programme, links: dict[int, tuple[Connection, ...]], walks: frozenset[int]) -> None:
    if programme.kind not in SUPPORTED_KINDS:
        raise SignalError(f"its programme '{programme.id}' is of type {programme.kind}, which has no stages to choose")
    if not links:
        raise SignalError("it controls no connection")
    if walks == links.keys():
        raise SignalError("it controls pedestrian crossings only")
    size = len(programme.phases[0].state) if programme.phases else 0
    if max(links) >= size:
        raise SignalError(f"its programme '{programme.id}' has {size} indications for link index {max(links)}")


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _greens(state: str) -> frozenset[int]:
    return frozenset(i for i, shown in enumerate(state) if shown in GREEN)


def _protected(state: str) -> frozenset[int]:
    return frozenset(i for i, shown in enumerate(state) if shown == "G")


def _is_stage_like(phase: Phase) -> bool:
    return bool(_greens(phase.state)) and not set(phase.state) & set("yYu")


@dataclass(frozen=True)
class _StageRow:
    """One visit of the shipped programme to a stage: its state and green, tails included."""

    state: str
    green_s: float
    max_s: float | None
    min_s: float | None
    begin_s: float
    name: str


def _stage_rows(phases: tuple[Phase, ...], walks: frozenset[int]) -> list[_StageRow]:
    rows: list[_StageRow] = []
    begins_s = accumulate((phase.duration_s for phase in phases), initial=0.0)
    for position, (phase, begin_s) in enumerate(zip(phases, begins_s, strict=False)):
        if not _is_stage_like(phase):
            continue
        before, after = phases[position - 1], phases[(position + 1) % len(phases)]
        if rows and (before.state == phase.state or _ends_walk(before, phase, walks)):
            last = rows[-1]
            rows[-1] = replace(last, green_s=last.green_s + phase.duration_s)
        elif not _bridges(phases, position, before, after):
            rows.append(_StageRow(phase.state, phase.duration_s, phase.max_s, phase.min_s, begin_s, phase.name))
    return _joined_over_the_end(rows, phases, walks)


def _joined_over_the_end(rows: list[_StageRow], phases: tuple[Phase, ...], walks: frozenset[int]) -> list[_StageRow]:
    """One visit where the cycle ends in mid-stage."""
    if len(rows) < 2 or not _is_stage_like(phases[0]):
        return rows
    if phases[-1].state != phases[0].state and not _ends_walk(phases[-1], phases[0], walks):
        return rows
    first, last = rows[0], rows[-1]
    return [replace(last, green_s=last.green_s + first.green_s, name=last.name or first.name), *rows[1:-1]]


def _ends_walk(before: Phase, phase: Phase, walks: frozenset[int]) -> bool:
    old, new = _greens(before.state), _greens(phase.state)
    return _is_stage_like(before) and new < old and old - new <= walks


def _bridges(phases: tuple[Phase, ...], position: int, before: Phase, after: Phase) -> bool:
    phase = phases[position]
    if phase.duration_s > MAX_BRIDGE_S or phase.min_s is not None or _is_stage_like(before):
        return False
    greens = _greens(phase.state)
    earlier = next((p for p in _around(phases, position, -1) if _is_stage_like(p)), before)
    later = _greens(after.state)
    gains = greens < later or (greens == later and _protected(phase.state) < _protected(after.state))
    return greens <= _greens(earlier.state) and _is_stage_like(after) and gains


def _around(phases: tuple[Phase, ...], position: int, step: int) -> list[Phase]:
    return [phases[(position + step * k) % len(phases)] for k in range(1, len(phases))]


def _shipped_yellow_s(programme: Programme) -> float | None:
    """The longest yellow any link shows in the shipped programme."""
    longest = 0.0
    for link in range(len(programme.phases[0].state)):
        for shown, run in groupby(programme.phases, key=lambda phase: phase.state[link]):
            if shown in "yY":
                longest = max(longest, sum(phase.duration_s for phase in run))
    return longest or None


def _shipped_all_red_s(programme: Programme, rows: list[_StageRow]) -> float:
    """The longest time the shipped programme keeps all gaining links closed after a yellow."""
    stage_states = {row.state for row in rows}
    longest = current = 0.0
    for previous, phase in zip((programme.phases[-1], *programme.phases), programme.phases, strict=False):
        closed = phase.state not in stage_states and not set(phase.state) & set("yYu")
        after_yellow = bool(set(previous.state) & set("yY"))
        current = current + phase.duration_s if closed and (after_yellow or current) else 0.0
        longest = max(longest, current)
    return min(longest, MAX_BRIDGE_S)


def _groups(signal: SignalLinks, states: list[str], timing: SignalTiming) -> tuple[SignalGroup, ...]:
    """Links that always show the same: of crossings those whose clearance is as many seconds, as walks end by it."""
    clearance_s = {link: signal.crossing_m.get(link, 0.0) / timing.walking_speed_mps for link in signal.links}
    columns: dict[tuple[bool, int, str], list[int]] = defaultdict(list)
    for link in signal.links:
        shown = "".join(state[link] for state in states)
        columns[(link in signal.walks, math.ceil(clearance_s[link]), shown)].append(link)
    return tuple(
        SignalGroup(str(number), tuple(members), walking, max(clearance_s[link] for link in members))
        for number, ((walking, _, _), members) in enumerate(columns.items(), start=1)
    )


def _stages(
    programme: Programme,
    rows: list[_StageRow],
    groups: tuple[SignalGroup, ...],
    conflicts: Conflicts,
    timing: SignalTiming,
    yellow_s: float,
) -> tuple[tuple[Stage, ...], SignalPlan, tuple[str, ...]]:
    states = list(dict.fromkeys(row.state for row in rows))
    order = tuple(states.index(row.state) for row in rows)
    names = stage_names([next((row.name for row in rows if row.state == state and row.name), "") for state in states])
    notes: list[str] = []
    stages = []
    for index, state in enumerate(states):
        own = [row for row in rows if row.state == state]
        shortest_s = min((row.min_s for row in own if row.min_s is not None), default=DEFAULT_MIN_GREEN_S)
        vehicles_s = max(_first(timing.min_green_s, shortest_s), LEAST_GREEN_S)
        least_s = max(vehicles_s, _walk_s(state, groups, timing, yellow_s))
        most_s = max((row.max_s for row in own if row.max_s is not None), default=DEFAULT_MAX_GREEN_S)
        name = names[index]
        shown, changed = made_safe(_closed(state), conflicts)
        notes.extend(f"stage '{name}': link {link} {CHANGED[letter]}" for link, letter in changed.items())
        stages.append(Stage(name, shown, least_s, max(most_s, least_s), vehicles_s))
    cycle_s = sum(phase.duration_s for phase in programme.phases)
    offset_s = (programme.offset_s + rows[0].begin_s) % cycle_s
    plan = SignalPlan(order, tuple(row.green_s for row in rows), cycle_s, offset_s)
    return tuple(stages), plan, tuple(notes)


def _walk_s(state: str, groups: tuple[SignalGroup, ...], timing: SignalTiming, yellow_s: float) -> float:
    """Green a stage needs for its walk and what of the clearance is left when the yellow begins."""
    walking = [g for g in groups if g.pedestrian and any(state[link] in GREEN for link in g.links)]
    if not walking:
        return 0.0
    return timing.walk_s + max(0.0, max(group.clearance_s for group in walking) - yellow_s)


def _closed(state: str) -> str:
    return "".join(shown if shown in "GgsoO" else "r" for shown in state)


def made_safe(state: str, conflicts: Conflicts) -> tuple[str, dict[int, str]]:
    """The state, and what it shows instead of the shipped one: link → letter.

    Of two conflicting links shipped as protected, the one that has to give way does so; one that would turn
    on red after a stop without having to give way is closed.
    """
    changed: dict[int, str] = {}
    for pair in conflicts.unsafe(state):
        stopping = [link for link in pair if state[link] == STOP_AND_GO]
        loser = pair[0] if pair in conflicts.gives_way else pair[1]
        if stopping:
            changed |= dict.fromkeys(stopping, "r")
        elif state[loser] == "G":
            changed.setdefault(loser, "g")
    return "".join(changed.get(link, letter) for link, letter in enumerate(state)), changed


def _movements(
    network: Network, links: dict[int, tuple[Connection, ...]], walks: frozenset[int]
) -> tuple[Movement, ...]:
    served: dict[tuple[str, str], list[Connection]] = defaultdict(list)
    for link in sorted(links.keys() - walks):
        for connection in links[link]:
            served[(connection.from_edge, connection.to_edge)].append(connection)
    return tuple(
        Movement(
            start,
            end,
            tuple(sorted({c.link for c in cs})),
            len({c.from_lane for c in cs}),
            len({c.to_lane for c in cs}),
            tuple(sorted({c.from_lane for c in cs})),
            network.edges[start].speed_mps,
            network.edges[end].length_m,
            network.edges[start].length_m if any(c.signal for c in network.incoming.get(start, ())) else math.inf,
        )
        for (start, end), cs in served.items()
    )

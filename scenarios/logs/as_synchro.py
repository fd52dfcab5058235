"""A programme of phases as Synchro's tables (UTDF), and so as a plan of a signal in a network.

A turn that shares its phase with the straight movement of its approach gives way, one with a phase of its own is
protected. A turn that no phase runs has those of its approach's other movements, giving way. Every phase but those of
left turns alone may be walked with, where the crossings have the time for it: a log says when somebody walked, not over
which arm.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines
from zhasyl.network import Network
from zhasyl.scenarios.logs.config import PEDESTRIANS, Movement, word
from zhasyl.scenarios.logs.programme import Part
from zhasyl.scenarios.plans.programme import GivenPlan
from zhasyl.scenarios.plans.synchro import utdf_plans
from zhasyl.scenarios.turns import JunctionTurns, junction_turns
from zhasyl.signals import SignalTiming

TURNS = {"left": "L", "straight": "T", "right": "R", "u-turn": "U"}
CARDINAL = ("NB", "SB", "EB", "WB")
WALK_S = 7
WHERE = re.compile(r"^.*? row \d+: (?:node [^:]*: )?")

Served = dict[Movement, dict[int, bool]]
"""Movement → phase → does it give way?"""


@dataclass(frozen=True)
class Junction:
    """A signal and the phases that serve its movements; `remarks` say what had to be assumed."""

    id: str
    served: Served
    remarks: tuple[str, ...]


def junction(
    network: Network,
    signal: str,
    phases: Mapping[int, Sequence[Movement]],
    ran: Iterable[int],
    once: Container[int] = (),
) -> Junction:
    """What each phase that ran serves; `once`: phases that began, too seldom to be in a programme.

    Raises ScenarioError for a phase or an approach that nobody knows of.
    """
    turns = junction_turns(network, signal)
    known = _movements(turns)
    ran = sorted(ran)
    for phase in ran:
        if not phases.get(phase):
            raise ScenarioError(
                f"phase {phase} ran, and the configuration does not say for which movements; add a row to --config: "
                f"phase,movements with {phase},NBT+NBR or the like (at '{signal[:40]}': {_listed(known)})"
            )
        for movement in phases[phase]:
            if movement not in known and movement != PEDESTRIANS:
                raise ScenarioError(
                    f"phase {phase} runs {word(movement)}, which '{signal[:40]}' has not; it has {_listed(known)}; "
                    "correct --config"
                )
    served: Served = {}
    for phase in ran:
        own = phases[phase]
        for heading, turn in own:
            served.setdefault((heading, turn), {})[phase] = turn in "LR" and (heading, "T") in own and turn == "L"
    idle = {
        phase: f"phase {phase} of the configuration {'began once only' if phase in once else 'never ran'}"
        for phase in sorted(phases.keys() - set(ran))
    }  # fmt: skip
    remarks = [f"{said}: left out" for said in idle.values()]
    remarks += _fill(
        signal, known, served, {movement: said for phase, said in idle.items() for movement in phases[phase]}
    )
    return Junction(signal, served, tuple(remarks))


def _movements(turns: JunctionTurns) -> list[Movement]:
    return [
        (turns.headings[approach], TURNS[movement])
        for approach, ways in turns.movements.items()
        for movement in ways
        if turns.headings[approach]
    ]


def _listed(known: Iterable[Movement]) -> str:
    return ", ".join(word(movement) for movement in known if movement[1] != "U")[:200]


def _fill(signal: str, known: Sequence[Movement], served: Served, idle: Mapping[Movement, str]) -> list[str]:
    """Turns that no phase runs, by the phases of their approach; `idle`: movement → which phase is left out."""
    remarks = []
    for heading, turn in known:
        if turn == "U" or (heading, turn) in served:
            continue
        others = {phase for (other, t), own in served.items() if other == heading for phase in own}
        through = served.get((heading, "T"), dict.fromkeys(others))
        if not others:
            raise ScenarioError(
                f"no phase that ran serves {heading} at '{signal[:40]}'; {_next_step(heading, idle)}say in --config "
                "which one: phase,movements"
            )
        served[heading, turn] = dict.fromkeys(through, turn != "T")
        numbers = ", ".join(map(str, sorted(through)))
        why = (
            "none of its phases is in the programme"
            if (heading, turn) in idle
            else "it is in no row of the configuration"
        )
        way = "" if turn == "T" else ", giving way"
        remarks.append(f"{heading}{turn}: {why}; green with phase {numbers}{way}")
    return remarks


def _next_step(heading: str, idle: Mapping[Movement, str]) -> str:
    said = next((said for (other, _), said in idle.items() if other == heading), "")
    return f"{said}: give a log of a time when it does, or " if said else ""


def plan(
    log: Path,
    place: Junction,
    parts: Sequence[Part],
    zero_s: float,
    begin_s: float,
    network: Network,
    timing: SignalTiming,
) -> GivenPlan:
    """The plan of a signal that plays these parts from `begin_s` on. Raises ScenarioError."""
    try:
        (made,), _ = utdf_plans(log, _tables(place, parts, zero_s), None, network, timing)
    except ScenarioError as error:
        raise ScenarioError(WHERE.sub("", str(error), count=1)) from None
    return replace(made, begin_s=begin_s)


def _tables(place: Junction, parts: Sequence[Part], zero_s: float) -> Lines:
    cycle_s = sum(part.split_s for part in parts if part.ring == 1)
    first = min(parts, key=lambda part: (part.barrier, part.ring, part.place))
    columns = {movement: _column(movement) for movement in place.served}
    rows: list[list[str]] = [["[Lanes]"], ["RECORDNAME", "INTID", *columns.values()]]
    for record, gives_way in (("Phase", False), ("PermPhase", True)):
        numbers = [[str(p) for p, own in phases.items() if own == gives_way] for phases in place.served.values()]
        for number in range(max(map(len, numbers))):
            cells = [own[number] if number < len(own) else "" for own in numbers]
            rows.append([f"{record}{number + 1}", place.id, *cells])
    offset_s = (zero_s + first.begin_s) % cycle_s
    offset_s = 0.0 if round(offset_s) >= cycle_s else offset_s
    rows += [["[Timeplans]"], ["RECORDNAME", "INTID", "DATA"]]
    for record, value in (("Cycle Length", f"{cycle_s:.3f}"), ("Referenced To", "0"),
                          ("Reference Phase", str(first.phase)), ("Offset", f"{offset_s:.3f}")):  # fmt: skip
        rows.append([record, place.id, value])
    rows += [["[Phases]"], ["RECORDNAME", "INTID", *(f"D{part.phase}" for part in parts)]]
    for record, values in (
        ("BRP", [f"{part.barrier}{part.ring}{part.place}" for part in parts]),
        ("MaxGreen", [f"{part.green_s:.3f}" for part in parts]),
        ("Yellow", [f"{part.yellow_s:.3f}" for part in parts]),
        ("AllRed", [f"{part.red_s:.3f}" for part in parts]),
        ("Walk", [str(WALK_S * _is_walked_with(place.served, part.phase)) for part in parts]),
    ):
        rows.append([record, place.id, *values])
    return list(enumerate(rows, start=1))


def _is_walked_with(served: Served, phase: int) -> bool:
    own = [movement for movement, phases in served.items() if phase in phases]
    return any(turn != "L" or (heading, "T") not in served for heading, turn in own)


def _column(movement: Movement) -> str:
    heading, turn = movement
    return f"{heading if heading in CARDINAL or movement == PEDESTRIANS else heading[:-1]}{turn}"

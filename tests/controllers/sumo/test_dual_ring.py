"""Stages as two rings: whatever the rings show together is a stage, and every stage's green is shown."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import crossroads
from zhasyl.controllers.sumo.dual_ring import Side, together, two_sides
from zhasyl.controllers.sumo.nema import SumoNema, SumoNemaParameters
from zhasyl.errors import SignalError
from zhasyl.signals import GREEN, Conflicts, Signal, Stage

LINKS = 6
STATES = st.text(alphabet="Ggrs", min_size=LINKS, max_size=LINKS).filter(lambda state: bool(set(state) & GREEN))
NORTH_THROUGH, SOUTH_THROUGH, NORTH_LEFT, SOUTH_LEFT = "Grrrrr", "rGrrrr", "rrGrrr", "rrrGrr"
EAST_WEST, EAST_WEST_LEFT = "rrrrGr", "rrrrrG"


def signal_of(states: list[str]) -> Signal:
    stages = tuple(Stage(state, state, 5.0 + n, 40.0 + n) for n, state in enumerate(states))
    return replace(crossroads(), stages=stages, conflicts=Conflicts(frozenset(), frozenset()))


@st.composite
def crossed_sides(draw: st.DrawFn) -> list[str]:
    """Four stages that two rings of two phases make, and a few beside, in any order."""
    first, second = draw(st.lists(STATES, min_size=2, max_size=2)), draw(st.lists(STATES, min_size=2, max_size=2))
    four = [together(a, b) for a, b in product(first, second)]
    more = draw(st.lists(STATES, max_size=2))
    return draw(st.permutations(list(dict.fromkeys([*four, *more, "GGGGGG", "gggggg"]))))


def pairs(side: Side) -> set[str]:
    return {together(a.state, b.state) for a, b in product(side.first, side.second)}


def shown(state: str) -> str:
    return "".join(s if s in GREEN else "r" for s in state)


@given(st.one_of(crossed_sides(), st.lists(STATES, min_size=2, max_size=8, unique=True)))
def test_what_the_rings_show_together_is_a_stage_and_every_stage_has_its_turn(states: list[str]) -> None:
    try:
        sides = two_sides(signal_of(states))
    except SignalError:
        assert len(set(states)) > 4
        return
    found = [shown(state) for side in sides for state in pairs(side)]
    assert set(found) == {shown(state) for state in states}
    phases = [phase for side in sides for ring in (side.first, side.second) for phase in ring]
    assert len(phases) <= 8
    assert all(phase.min_green_s <= phase.max_green_s for phase in phases)


@given(st.permutations([(a, b) for a in (NORTH_LEFT, SOUTH_THROUGH) for b in (SOUTH_LEFT, NORTH_THROUGH)]))
def test_a_left_turn_before_or_after_the_other_through_movement_is_a_ring(four: list[tuple[str, str]]) -> None:
    first, second = two_sides(signal_of([*(together(*pair) for pair in four), EAST_WEST, EAST_WEST_LEFT]))
    rings = {frozenset(phase.state for phase in ring) for ring in (first.first, first.second)}
    assert rings == {frozenset({NORTH_LEFT, SOUTH_THROUGH}), frozenset({SOUTH_LEFT, NORTH_THROUGH})}
    assert [phase.state for phase in second.first] == [EAST_WEST, EAST_WEST_LEFT]


def test_stages_that_no_two_rings_make_are_refused_with_the_reason() -> None:
    signal = signal_of(["Grrrrr", "rGrrrr", "rrGrrr", "rrrGrr", "rrrrGr"])
    with pytest.raises(SignalError, match="its 5 stages are no two rings with a barrier, and one ring has 4 phases"):
        SumoNema.programme(signal, SumoNemaParameters())


def test_a_dual_ring_has_the_usual_numbers() -> None:
    sides = [(NORTH_LEFT, SOUTH_THROUGH), (SOUTH_LEFT, NORTH_THROUGH)]
    four = [together(*pair) for pair in product(*sides)]
    programme = SumoNema.programme(signal_of([*four, EAST_WEST]), SumoNemaParameters())
    rings = {key: programme.parameters[key] for key in ("ring1", "ring2", "barrierPhases", "barrier2Phases")}
    assert rings == {"ring1": "1,2,3,0", "ring2": "5,6,7,0", "barrierPhases": "3,7", "barrier2Phases": "2,6"}
    assert [phase["name"] for phase in programme.phases] == [1, 2, 3, 5, 6, 7]

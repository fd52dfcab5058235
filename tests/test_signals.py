"""Signals: refused when they contradict themselves, and a safe way between any two stages."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import TINY_NETWORKS, TinyNetwork
from tests.fakes import crossroads
from zhasyl.derive import derive_signals
from zhasyl.errors import SignalError
from zhasyl.signals import GREEN, Conflicts, Signal, SignalTiming, Stage
from zhasyl.sumo.home import sumo_home
from zhasyl.sumo.net_file import read_network
from zhasyl.text.stage_names import stage_names

FOES = Conflicts(frozenset({(0, 1), (1, 0)}), frozenset())
ONE_YIELDS = Conflicts(FOES.foes, frozenset({(0, 1)}))


@pytest.fixture(scope="session")
def signals(tiny_network: TinyNetwork) -> list[Signal]:
    """Every derived signal of the tiny networks and of SUMO's own game networks."""
    paths = [tiny_network(name).with_suffix(".net.xml") for name in TINY_NETWORKS]
    paths += sorted((sumo_home() / "tools" / "game").rglob("*.net.xml"))
    timing = SignalTiming()
    found = [signal for path in paths for signal in derive_signals(read_network(path), timing).signals.values()]
    assert len(found) > len(TINY_NETWORKS)
    return found


def test_two_protected_conflicting_links_are_refused_in_the_words_of_the_domain() -> None:
    signal = crossroads()
    wrong = (Stage("A", "GGGr", 5.0, 60.0), signal.stages[1])
    with pytest.raises(SignalError) as caught:
        replace(signal, stages=wrong)
    assert str(caught.value) == (
        "signal 'J', stage 'A': links 0 and 2 conflict (intergreen 4 s) and cannot be green together"
    )


def test_a_signal_with_one_stage_is_refused() -> None:
    with pytest.raises(SignalError, match="1 stage, a controller needs at least 2"):
        replace(crossroads(), stages=crossroads().stages[:1])


@pytest.mark.parametrize(
    ("state", "conflicts", "unsafe"),
    [
        ("GG", FOES, True),
        ("gg", FOES, True),
        ("Gr", FOES, False),
        ("Gy", FOES, False),
        ("GG", ONE_YIELDS, True),
        ("gG", ONE_YIELDS, False),
        ("Gg", ONE_YIELDS, True),
        ("gg", ONE_YIELDS, False),
        ("sG", ONE_YIELDS, False),
        ("ss", ONE_YIELDS, False),
        ("Gs", ONE_YIELDS, True),
        ("sr", FOES, False),
        ("GG", Conflicts(frozenset(), frozenset()), False),
    ],
)
def test_conflicting_greens_are_safe_only_where_the_permissive_one_gives_way(
    state: str, conflicts: Conflicts, unsafe: bool
) -> None:
    assert bool(conflicts.unsafe(state)) == unsafe


def test_intergreen_of_crossing_roads_is_yellow_then_all_red() -> None:
    assert crossroads().intergreen(0, 1) == ((3.0, "yyrr"), (1.0, "rrrr"))
    assert crossroads().intergreen_s(0, 1) == 4.0


def test_no_intergreen_between_a_stage_and_itself() -> None:
    assert crossroads().intergreen(0, 0) == ()


def test_a_link_that_continues_stays_green_while_another_loses() -> None:
    signal = replace(crossroads(), stages=(Stage("A", "GGrr", 5.0, 60.0), Stage("B", "Grrr", 5.0, 60.0)))
    assert signal.intergreen(0, 1) == ((3.0, "Gyrr"),)
    assert signal.intergreen(1, 0) == ()


def test_a_turn_that_loses_its_protection_is_cleared_before_the_opposing_traffic_starts() -> None:
    yielding = Conflicts(frozenset({(0, 2), (2, 0)}), frozenset({(0, 2)}))
    stages = (Stage("A", "GGrr", 5.0, 60.0), Stage("B", "gGGr", 5.0, 60.0))
    signal = replace(crossroads(), conflicts=yielding, stages=stages)
    assert signal.intergreen(0, 1) == ((3.0, "GGrr"), (1.0, "GGrr"))
    assert signal.intergreen(1, 0) == ((3.0, "gGyr"),)


def test_a_walk_that_ended_still_keeps_its_rival_waiting() -> None:
    signal = crossroads(walk=True)
    walk_only = replace(signal, stages=(Stage("A", "rrrrG", 12.0, 60.0), Stage("B", "rrGGr", 5.0, 60.0)))
    assert walk_only.intergreen(0, 1) == ((3.0, "rrrrr"), (1.0, "rrrrr"))


def test_the_state_after_the_walk_closes_the_crossing_only() -> None:
    signal = crossroads(walk=True)
    assert signal.stages[0].state == "GGrrG"
    assert signal.after_walk(0) == "GGrrr"
    assert (signal.has_walk(0), signal.has_walk(1)) == (True, False)


def test_serves_and_protects_tell_permissive_green_apart() -> None:
    signal = replace(crossroads(), stages=(Stage("A", "gGrr", 5.0, 60.0), Stage("B", "rrGG", 5.0, 60.0)))
    assert signal.serves.tolist() == [[True, True, False, False], [False, False, True, True]]
    assert signal.protects.tolist() == [[False, True, False, False], [False, False, True, True]]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_way_between_any_two_stages_is_safe(signals: list[Signal], data: st.DataObject) -> None:
    signal = signals[data.draw(st.integers(0, len(signals) - 1), label="signal")]
    stages = st.integers(0, len(signal.stages) - 1)
    old, new = data.draw(stages, label="old"), data.draw(stages, label="new")
    before, after = signal.after_walk(old), signal.stages[new].state
    rows = signal.intergreen(old, new)
    for seconds, state in rows:
        assert seconds > 0
        assert not signal.conflicts.unsafe(state)
        for link, (was, shown, will) in enumerate(zip(before, state, after, strict=True)):
            if was not in GREEN:
                assert shown not in GREEN, f"link {link} is green before the end"
            elif will in GREEN:
                assert shown == was, f"link {link} should stay green"
    for link in range(len(before)):
        if before[link] in GREEN and after[link] not in GREEN:
            shows = [(seconds, state[link]) for seconds, state in rows]
            assert sum(seconds for seconds, shown in shows if shown == "y") == signal.yellow_s
            assert [shown for _, shown in shows] == ["y", "r"][: len(shows)]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_gaining_link_waits_for_yellow_and_all_red_of_the_one_it_crosses(
    signals: list[Signal], data: st.DataObject
) -> None:
    signal = signals[data.draw(st.integers(0, len(signals) - 1), label="signal")]
    stages = st.integers(0, len(signal.stages) - 1)
    old, new = data.draw(stages, label="old"), data.draw(stages, label="new")
    before, after = signal.stages[old].state, signal.stages[new].state
    ended = [i for i in range(len(before)) if before[i] in GREEN and after[i] not in GREEN]
    begun = [i for i in range(len(before)) if before[i] not in GREEN and after[i] in GREEN]
    if any((i, j) in signal.conflicts.foes for i in ended for j in begun):
        assert signal.intergreen_s(old, new) == signal.yellow_s + signal.all_red_s


def test_stages_are_called_as_given_each_by_another_name() -> None:
    assert stage_names(["", "", ""]) == ["A", "B", "C"]
    assert stage_names(["main", "main", "", "main-2"]) == ["main", "main-2", "C", "main-2-2"]
    assert stage_names(["B", ""]) == ["B-2", "B"]
    assert stage_names(["=1+1", "a, b;c", "\x1b[31m", "Негізгі көше"]) == ["1+1", "a__b_c", "31m", "Негізгі_көше"]
    assert len(stage_names(["x" * 99])[0]) == 40


@given(st.lists(st.text(max_size=50), max_size=40))
def test_names_of_stages_are_words_and_all_different(given_names: list[str]) -> None:
    names = stage_names(given_names)
    assert len(set(names)) == len(names) == len(given_names)
    assert all(len(name.split()) == 1 and name.isprintable() and name[0] not in "=+-@" for name in names)


def test_a_movement_that_no_stage_protects_is_served_best_where_it_is_green() -> None:
    signal = crossroads()
    a, b = signal.stages
    yields = Conflicts(signal.conflicts.foes, signal.conflicts.foes)
    signal = replace(signal, stages=(replace(a, state="Ggrr"), replace(b, state="rrgg")), conflicts=yields)
    assert signal.protects.tolist() == [[True, False, False, False], [False, False, False, False]]
    assert signal.serves_best.tolist() == [[True, True, False, False], [False, False, True, True]]


def test_nobody_can_change_what_a_signal_says_of_its_stages() -> None:
    signal = crossroads()
    for array in (signal.serves, signal.protects, signal.serves_best):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = False

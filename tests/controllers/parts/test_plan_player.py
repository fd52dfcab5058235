"""Plans on the clock: in step with the offset, back into step after whatever happened, and as SUMO plays them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import TinyNetwork
from tests.fakes import crossroads, seen
from zhasyl.controllers.parts.plan_player import PlanPlayer, fitted, green_starts_s
from zhasyl.derive import derive_signals
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters
from zhasyl.runs.simulate import run
from zhasyl.sequencer import Sequencer, Watch
from zhasyl.signals import Signal, SignalPlan, SignalTiming, Stage
from zhasyl.sumo.net_file import read_network

Green = tuple[float, float, int]
"""Start and end (s) of a green, and its stage."""


def three_stages() -> Signal:
    base = crossroads()
    stages = (Stage("A", "GGrr", 6, 60), Stage("B", "rrGG", 5, 60), Stage("C", "Grrr", 5, 60))
    return replace(base, stages=stages, plan=SignalPlan((0, 2, 1), (20.0, 10.0, 20.0), 58.0))


SIGNAL = three_stages()
ORDERS = ((0, 1), (1, 0), (0, 2, 1), (1, 2, 0), (0, 1, 2, 1))


@st.composite
def plans(draw: st.DrawFn) -> SignalPlan:
    stages = draw(st.sampled_from(ORDERS))
    splits = draw(st.lists(st.integers(6, 40), min_size=len(stages), max_size=len(stages)))
    made = fitted(SIGNAL, SignalPlan(stages, tuple(map(float, splits)), float(sum(splits)) + 12))
    return replace(made, offset_s=float(draw(st.integers(0, int(made.cycle_s) - 1))))


def played(
    player: PlanPlayer,
    start_s: float,
    until_s: float,
    occupied: Callable[[float], bool] = lambda _: False,
    each_second: Callable[[float], None] = lambda _: None,
) -> list[Green]:
    """The whole greens a sequencer shows with the player; no vehicle ever waits for the maximum red."""
    now_s = float(start_s)
    watch = Watch(
        lambda time_s, stage, green_s: seen(SIGNAL, time_s=time_s, stage=stage, green_s=green_s),
        float(start_s),
        occupied=lambda _: occupied(now_s),
        clearing_s=30.0,
    )
    sequencer = Sequencer(SIGNAL, lambda: player, watch)
    states = [stage.state for stage in SIGNAL.stages]
    greens: list[Green] = []
    shown, since_s = "", start_s
    while now_s < until_s:
        each_second(now_s)
        state = sequencer.step(now_s) if sequencer.next_s <= now_s else shown
        if state != shown:
            greens += [(since_s, now_s, states.index(shown))] if shown in states else []
            shown, since_s = state, now_s
        now_s += 1.0
    return greens


def expected(plan: SignalPlan, from_s: float, until_s: float) -> list[Green]:
    """The greens of a plan that lie within a time, by its definition."""
    starts = green_starts_s(SIGNAL, plan)
    found = [
        (start_s, start_s + green_s, stage)
        for cycle in range(-2, int(until_s / plan.cycle_s) + 2)
        for stage, green_s, start_s in zip(
            plan.stages, plan.greens_s, starts + plan.offset_s + cycle * plan.cycle_s, strict=True
        )
    ]
    return [green for green in found if from_s <= green[0] and green[1] < until_s]


def within(greens: list[Green], from_s: float, until_s: float) -> list[Green]:
    return [green for green in greens if from_s <= green[0] and green[1] < until_s]


class Knowing(PlanPlayer):
    """Keeps what it knew of each green, by its begin."""

    def __init__(self, plan: SignalPlan) -> None:
        super().__init__(SIGNAL, Parameters(), plan)
        self.known_s: dict[float, float] = {}

    def next_stage(self, observation: Observation) -> int:
        begin_s = observation.time_s - observation.green_s
        self.known_s.setdefault(begin_s, self.known_green_s(observation.stage, begin_s))
        return super().next_stage(observation)


@given(plans(), st.integers(0, 500))
def test_a_plan_comes_into_step_stays_and_knows_its_greens(plan: SignalPlan, start_s: int) -> None:
    settled_s, until_s = start_s + 4 * plan.cycle_s, start_s + 8 * plan.cycle_s
    player = Knowing(plan)
    greens = played(player, start_s, until_s)
    assert within(greens, settled_s, until_s - 1) == expected(plan, settled_s, until_s - 1)
    for begin_s, end_s, _ in greens:
        known_s = player.known_s[begin_s]
        assert end_s - begin_s == known_s if begin_s >= settled_s else end_s - begin_s >= known_s


@given(plans(), st.integers(0, 100), st.integers(1, 30))
def test_it_comes_back_into_step_after_a_blocked_junction(plan: SignalPlan, after_s: int, blocked_s: int) -> None:
    blocked_from_s = 4 * plan.cycle_s + after_s
    settled_s, until_s = blocked_from_s + blocked_s + 4 * plan.cycle_s, blocked_from_s + blocked_s + 7 * plan.cycle_s
    greens = played(
        PlanPlayer(SIGNAL, Parameters(), plan),
        0.0,
        until_s,
        occupied=lambda now_s: blocked_from_s <= now_s < blocked_from_s + blocked_s,
    )
    assert within(greens, settled_s, until_s - 1) == expected(plan, settled_s, until_s - 1)


@given(plans(), plans(), st.integers(0, 300))
def test_another_plan_is_in_step_some_cycles_after_the_change(
    before: SignalPlan, after: SignalPlan, change_s: int
) -> None:
    player = PlanPlayer(SIGNAL, Parameters(), before)

    def change(now_s: float) -> None:
        if now_s >= change_s:
            player.plan = after

    settled_s, until_s = change_s + 4 * after.cycle_s, change_s + 7 * after.cycle_s
    greens = played(player, 0.0, until_s, each_second=change)
    assert within(greens, settled_s, until_s - 1) == expected(after, settled_s, until_s - 1)
    assert all(end_s - start_s >= SIGNAL.stages[stage].min_green_s for start_s, end_s, stage in greens)


@given(st.lists(st.floats(0.1, 100), min_size=3, max_size=3), st.floats(1, 200))
def test_a_fitted_plan_has_whole_splits_that_fill_its_cycle(splits: list[float], cycle_s: float) -> None:
    plan = fitted(SIGNAL, SignalPlan((0, 2, 1), tuple(splits), cycle_s))
    lost_s = plan.cycle_s - sum(plan.greens_s)
    assert lost_s == sum(SIGNAL.intergreen_s(a, b) for a, b in ((0, 2), (2, 1), (1, 0)))
    assert all(green_s == round(green_s) for green_s in plan.greens_s)
    assert all(s >= SIGNAL.stages[stage].min_green_s for s, stage in zip(plan.greens_s, plan.stages, strict=True))
    assert plan.cycle_s == pytest.approx(max(cycle_s, 16 + lost_s), abs=0.51)


@pytest.mark.parametrize("offset_s", [0, 17])
def test_the_shipped_plan_stands_where_sumo_plays_it(tmp_path: Path, tiny_network: TinyNetwork, offset_s: int) -> None:
    """Of the derived plan every green begins and ends when SUMO itself, left alone, shows it."""
    built = tiny_network("t-junction-left-turn")
    for path in built.parent.glob("*.net.xml"):
        text = path.read_text(encoding="utf-8").replace(
            'programID="0" offset="0"', f'programID="0" offset="{offset_s}"'
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    for path in (built, built.with_suffix(".rou.xml")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    signal = derive_signals(read_network(tmp_path / "t-junction-left-turn.net.xml"), SignalTiming()).signals["centre"]
    plan = signal.plan
    assert plan.offset_s % plan.cycle_s == pytest.approx(offset_s % plan.cycle_s)
    record = run(str(tmp_path / built.name), "fixed", out=tmp_path / "out")
    shown = record.table("signals").query("stage >= 0 and start_s > 0")
    starts = dict(zip(plan.stages, (green_starts_s(signal, plan) + plan.offset_s) % plan.cycle_s, strict=True))
    assert len(shown) > len(starts)
    assert [starts[stage] for stage in shown.stage] == (shown.start_s % plan.cycle_s).to_list()

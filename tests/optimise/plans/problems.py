"""Problems for the tests of plans: any signals in a row, what is known of them, limits and what is kept."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from hypothesis import reject
from hypothesis import strategies as st

from tests.any_signal import signals
from zhasyl.errors import ScenarioError
from zhasyl.network import Connection, Edge, Network
from zhasyl.optimise.plans.problem import Problem, state_problem
from zhasyl.runs.prepared import Prepared
from zhasyl.scenarios.limits import Limits
from zhasyl.signals import Signal, SignalPlan

KEPT = (
    (),
    ("cycle",),
    ("offsets",),
    ("stages",),
    ("greens",),
    ("signal:J1",),
    ("cycle", "offsets"),
)


def prepared_of(row: Sequence[Signal]) -> Prepared:
    """What is known of signals whose exits may be approaches of others: signals and roads, no scenario."""
    edges = {name: _edge(name) for one in row for m in one.movements for name in (m.from_edge, m.to_edge)}
    connections = tuple(
        Connection(m.from_edge, 0, m.to_edge, 0, "s", one.id, m.links[0], "") for one in row for m in one.movements
    )
    network = Network(Path(), edges, {}, connections, {}, {})
    derived = SimpleNamespace(signals={one.id: one for one in row})
    return cast(Prepared, SimpleNamespace(network=network, derived=derived))


def _edge(name: str) -> Edge:
    return Edge(name, "", "", "", "", 200.0, 13.9, (f"{name}_0",), ())


def problem_of(*row: Signal, limits: Limits | None = None, keep: Sequence[str] = ()) -> Problem:
    """The problem of signals."""
    return state_problem(prepared_of(row), limits or Limits(), keep)


def named(signal: Signal, name: str, first_edge: str = "", last_edge: str = "") -> Signal:
    """The signal with edges of its own; its first movement leads from and to given ones."""
    movements = [replace(m, from_edge=name + m.from_edge, to_edge=name + m.to_edge) for m in signal.movements]
    movements[0] = replace(
        movements[0],
        from_edge=first_edge or movements[0].from_edge,
        to_edge=last_edge or movements[0].to_edge,
    )
    return replace(signal, id=name, movements=tuple(movements))


@st.composite
def planned(draw: st.DrawFn) -> Signal:
    """Any signal with a plan that shows every stage, none twice in a row, one of them maybe twice."""
    signal = draw(signals())
    visits = draw(st.permutations(range(len(signal.stages))))
    if len(visits) > 2 and draw(st.booleans()):
        visits.append(visits[1])
    greens_s = [draw(st.sampled_from([5.0, 12.0, 17.5, 30.0])) for _ in visits]
    cycle_s = sum(greens_s) + 4.0 * len(visits)
    plan = SignalPlan(tuple(visits), tuple(greens_s), cycle_s, draw(st.floats(0.0, 0.99)) * cycle_s)
    return replace(signal, plan=plan)


@st.composite
def rows(draw: st.DrawFn) -> list[Signal]:
    """One signal, or two of which the first feeds the second."""
    if draw(st.booleans()):
        return [named(draw(planned()), "J1")]
    return [named(draw(planned()), "J1", last_edge="between"), named(draw(planned()), "J2", first_edge="between")]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any problem that can be stated."""
    limits = Limits(
        max_cycle_s=draw(st.sampled_from([None, 75.0, 150.0, 299.0])),
        min_cycle_s=draw(st.sampled_from([None, 35.0, 61.0])),
        min_green_s=draw(st.sampled_from([None, 7.0, 8.5])),
        walk_s=draw(st.sampled_from([None, 6.0])),
    )
    row = draw(rows())
    try:
        return problem_of(*row, limits=limits, keep=draw(st.sampled_from(KEPT)))
    except ScenarioError:
        reject()

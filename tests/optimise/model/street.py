"""A one-way street with signals, made by hand: one lane, side roads, a permitted turn and walks where asked for."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zhasyl.network import Connection, Edge, Network
from zhasyl.observation import Area, Onward, SignalDemand
from zhasyl.optimise.model.calibration import Factors
from zhasyl.optimise.model.course import Course
from zhasyl.optimise.model.fast_model import FastModel
from zhasyl.optimise.model.layout import layout
from zhasyl.optimise.plans.choices import PlanBatch, SignalChoice
from zhasyl.scenarios.demand.volumes import Volumes, Walk
from zhasyl.signals import Conflicts, Movement, Signal, SignalGroup, SignalPlan, Stage

SPEED_MPS = 13.9
HOUR = Course(3600.0, 0, 1, {}, 1.0)


def _signal(number: int) -> Signal:
    """Stage A: the street (link 0), who turns against it and over a walk (1), that walk and the one behind it (3, 4).

    Stage B: a side road.
    """
    foes = {(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 4)}
    walk = SignalGroup("walk", (3, 4), pedestrian=True, clearance_s=8.0)
    return Signal(
        id=f"J{number}",
        groups=(SignalGroup("main", (0,)), SignalGroup("turn", (1,)), SignalGroup("side", (2,)), walk),
        stages=(Stage("A", "GgrGG", 13.0, 90.0, 5.0), Stage("B", "rrGrr", 5.0, 90.0)),
        movements=(
            Movement(f"m{number}", f"m{number + 1}", (0,), 1),
            Movement(f"w{number}", f"t{number}", (1,), 1),
            Movement(f"s{number}", f"t{number}", (2,), 1),
        ),
        conflicts=Conflicts(frozenset(foes | {(b, a) for a, b in foes}), frozenset({(1, 0), (1, 3)})),
        yellow_s=3.0,
        all_red_s=1.0,
        walk_s=5.0,
        plan=SignalPlan((0, 1), (30.0, 22.0), 60.0),
    )


def street(
    main_vph: float,
    side_vph: float = 100.0,
    turn_vph: float = 0.0,
    walkers_per_h: float = 0.0,
    walk_on_per_h: float = 0.0,
    walk_on_s: float = 8.0,
    signals: int = 1,
    length_m: float = 400.0,
) -> FastModel:
    """The model of an hour of a street that begins at m0; each link is `length_m` long.

    Of `walkers_per_h` some walk on over a second crossing, `walk_on_s` after the begin of the first one.
    """
    own = {f"J{n}": _signal(n) for n in range(signals)}
    names = [edge for signal in own.values() for m in signal.movements for edge in (m.from_edge, m.to_edge)]
    edges = {name: _edge(name, length_m) for name in names}
    connections = [
        Connection(m.from_edge, 0, m.to_edge, 0, "s", signal.id, m.links[0], "")
        for signal in own.values()
        for m in signal.movements
    ]
    network = Network(Path("street.net.xml"), edges, {}, tuple(connections), {}, {})
    onwards = {(3, 4): Onward(walk_on_per_h, walk_on_s)} if walk_on_per_h else {}
    walkers = {3: walkers_per_h, 4: walk_on_per_h}
    demand = SignalDemand(np.array([main_vph, turn_vph, side_vph]), np.zeros(3), walkers, onwards)
    turns = {
        (m.from_edge, m.to_edge): vph
        for signal in own.values()
        for m, vph in zip(signal.movements, demand.volume_vph.tolist(), strict=True)
        if vph > 0
    }
    choices = tuple(SignalChoice(one, one.plan, ((0, 1),), (13.0, 5.0)) for one in own.values())
    volumes = Volumes(turns, {}, {Walk(()): walkers_per_h})
    made = layout(network, Area(own, network, lambda _: demand), volumes, choices, HOUR)
    return FastModel(choices, made, Factors())


def _edge(name: str, length_m: float) -> Edge:
    return Edge(name, "", "", "", "", length_m, SPEED_MPS, (f"{name}_0",), ((0.0, 0.0), (length_m, 0.0)))


def plans(greens_s: Sequence[Sequence[float]], offsets_s: Sequence[Sequence[float]]) -> PlanBatch:
    """Candidates from the greens of stage A [c, s] with a cycle of 60 s, 52 s of them green, and offsets [c, s]."""
    main_s = np.array(greens_s, dtype=float)
    both_s = np.stack([main_s, 52.0 - main_s], axis=2)
    sequence = np.zeros(main_s.shape, dtype=np.intp)
    return PlanBatch(sequence, both_s, np.full(main_s.shape, 60.0), np.array(offsets_s, dtype=float))

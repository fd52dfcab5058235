"""Stand-ins for the simulator and hand-made signals: most tests start no SUMO."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from zhasyl.observation import Observation, SignalDemand
from zhasyl.signals import Conflicts, Movement, Signal, SignalGroup, SignalPlan, Stage, read_only


def crossroads(walk: bool = False, max_green_s: float = 60.0) -> Signal:
    """Two roads that cross: links 0 and 1 north-south, 2 and 3 east-west, link 4 a walk across the latter."""
    foes = {(a, b) for a in (0, 1) for b in (2, 3)} | ({(4, 2), (4, 3)} if walk else set())
    states = ("GGrrG", "rrGGr") if walk else ("GGrr", "rrGG")
    groups = [SignalGroup("1", (0, 1)), SignalGroup("2", (2, 3))]
    if walk:
        groups.append(SignalGroup("3", (4,), pedestrian=True, clearance_s=10.0))
    return Signal(
        id="J",
        groups=tuple(groups),
        stages=(
            Stage("A", states[0], 12.0 if walk else 5.0, max_green_s, 5.0),
            Stage("B", states[1], 5.0, max_green_s),
        ),
        movements=(Movement("n", "s", (0,), 1), Movement("s", "n", (1,), 1),
                   Movement("w", "e", (2,), 1), Movement("e", "w", (3,), 1)),
        conflicts=Conflicts(frozenset(foes | {(b, a) for a, b in foes}), frozenset()),
        yellow_s=3.0,
        all_red_s=1.0,
        walk_s=5.0,
        plan=SignalPlan((0, 1), (20.0, 30.0), 58.0),
    )  # fmt: skip


def demanded(volume_vph: Sequence[float], walkers_per_h: Mapping[int, float] | None = None) -> SignalDemand:
    """Cars of each movement, and pedestrians of pedestrian links."""
    return SignalDemand(np.array(volume_vph, dtype=float), np.zeros(len(volume_vph)), walkers_per_h or {})


def seen(signal: Signal, vehicles: Sequence[tuple[int, float, float]] = (), **values: float) -> Observation:
    """An observation of (movement, distance in m, speed in m/s) vehicles; nothing downstream unless given."""
    ordered = sorted(vehicles, key=lambda vehicle: vehicle[1])
    movements = len(signal.movements)
    return Observation(
        time_s=values.get("time_s", 0.0),
        stage=int(values.get("stage", 0)),
        green_s=values.get("green_s", 10.0),
        movement=read_only(np.array([movement for movement, _, _ in ordered], dtype=np.intp)),
        lane=read_only(np.full(len(ordered), -1, dtype=np.intp)),
        distance_m=read_only(np.array([distance_m for _, distance_m, _ in ordered], dtype=float)),
        speed_mps=read_only(np.array([speed_mps for _, _, speed_mps in ordered], dtype=float)),
        downstream_veh=read_only(np.full(movements, values.get("downstream_veh", 0.0))),
        downstream_queue_veh=read_only(np.full(movements, values.get("downstream_queue_veh", 0.0))),
        upstream_range_m=150.0,
    )


@dataclass
class FakeVehicle:
    """A vehicle that stands where it is put."""

    edge: str
    position: float
    speed: float
    route: tuple[str, ...]
    lane: int = 0
    vehicle_class: str = "passenger"
    next_stop_edge: str = ""
    waiting_s: float = 0.0
    inside_after: int = 0  # inside a junction: the place on the route of the edge before it


@dataclass
class FakePerson:
    """A person who stands where it is put."""

    edge: str
    next_edge: str
    waiting_s: float = 0.0


@dataclass
class FakeSimulation:
    """`Simulation` without SUMO: vehicles are put by hand, shown states are kept."""

    now_s: float = 0.0
    fleet: dict[str, FakeVehicle] = field(default_factory=dict)
    shown: list[tuple[float, str, str]] = field(default_factory=list)
    people: dict[str, FakePerson] = field(default_factory=dict)

    def time_s(self) -> float:
        return self.now_s

    def step(self, until_s: float) -> None:
        self.now_s = until_s

    def vehicles(self, edge: str) -> Sequence[str]:
        return [name for name, vehicle in self.fleet.items() if vehicle.edge == edge]

    def halted(self, edge: str) -> int:
        return sum(self.fleet[name].speed < 0.1 for name in self.vehicles(edge))

    def lane_vehicles(self, lane: str) -> Sequence[str]:
        return [name for name, vehicle in self.fleet.items() if f"{vehicle.edge}_{vehicle.lane}" == lane]

    def position_m(self, vehicle: str) -> float:
        return self.fleet[vehicle].position

    def lane_index(self, vehicle: str) -> int:
        return self.fleet[vehicle].lane

    def speed_mps(self, vehicle: str) -> float:
        return self.fleet[vehicle].speed

    def route(self, vehicle: str) -> Sequence[str]:
        return self.fleet[vehicle].route

    def route_index(self, vehicle: str) -> int:
        one = self.fleet[vehicle]
        return one.route.index(one.edge) if one.edge in one.route else one.inside_after

    def vehicle_class(self, vehicle: str) -> str:
        return self.fleet[vehicle].vehicle_class

    def vehicle_waiting_s(self, vehicle: str) -> float:
        return self.fleet[vehicle].waiting_s

    def next_stop_edge(self, vehicle: str) -> str:
        return self.fleet[vehicle].next_stop_edge

    def persons(self, edge: str) -> Sequence[str]:
        return [name for name, person in self.people.items() if person.edge == edge]

    def next_edge(self, person: str) -> str:
        return self.people[person].next_edge

    def waiting_s(self, person: str) -> float:
        return self.people[person].waiting_s

    def show(self, signal: str, state: str) -> None:
        self.shown.append((self.now_s, signal, state))

    def close(self) -> None:
        pass

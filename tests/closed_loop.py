"""A signal under a controller, second by second, with road users put there by hand; no SUMO.

Vehicles with a radio drive at a constant speed, stand at a red stop line and leave at green. Pedestrians wait at their
link until it walks. `queue` stands for ever from `queue_from_s` on, one vehicle on each movement it names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.fakes import crossroads, seen
from zhasyl.controllers import parse_controller
from zhasyl.observation import Kind, Observation, PriorityRequest
from zhasyl.sequencer import Sequencer, Watch
from zhasyl.signals import GREEN, Conflicts, Signal, SignalGroup

SPEED_MPS = 12.5


@dataclass
class Radio:
    """A vehicle that requests priority from `begin_s` on, `distance_m` before its line; `stuck` never arrives."""

    begin_s: float
    movement: int
    kind: Kind = "transit"
    distance_m: float = 300.0
    stuck: bool = False
    passed_s: float | None = None


@dataclass
class Walker:
    """Somebody who wants to cross at `link` from `begin_s` on."""

    begin_s: float
    link: int
    walked_s: float | None = None


@dataclass
class World:
    """What happens around one signal."""

    radios: Sequence[Radio] = ()
    walkers: Sequence[Walker] = ()
    queue: Sequence[int] = ()
    states: list[str] = field(default_factory=list)
    fault: str = ""
    max_red_s: float = 120.0
    queue_from_s: float = 0.0

    def play(self, controller: str, signal: Signal, until_s: int = 400) -> list[str]:
        """The state shown in each second."""
        spec = parse_controller(controller)
        own = spec.cls.signal_for(signal, spec.parameters)
        self._needs = spec.cls.reads(spec.parameters)
        self._signal = signal
        interval_s, clearing_s = spec.cls.pace(spec.parameters)
        watch = Watch(
            self._observe,
            0.0,
            interval_s,
            self.max_red_s,
            clearing_s=clearing_s,
            buttons="calls" in self._needs,
        )
        player = Sequencer(own, lambda: spec.cls(own, spec.parameters), watch)
        self.states = []
        for second in range(until_s):
            self.states.append(player.step(float(second)) if second >= player.next_s - 1e-6 else self.states[-1])
            self._move(float(second), self.states[-1])
        self.fault = player.fault.reason if player.fault else ""
        return self.states

    def _move(self, time_s: float, state: str) -> None:
        for vehicle in self.radios:
            links = self._signal.movements[vehicle.movement].links
            if time_s < vehicle.begin_s or vehicle.passed_s is not None or vehicle.stuck:
                continue
            vehicle.distance_m = max(0.0, vehicle.distance_m - SPEED_MPS)
            if vehicle.distance_m == 0 and any(state[link] in GREEN for link in links):
                vehicle.passed_s = time_s
        for walker in self.walkers:
            if walker.walked_s is None and time_s >= walker.begin_s and state[walker.link] in GREEN:
                walker.walked_s = time_s

    def _observe(self, time_s: float, stage: int, green_s: float) -> Observation:
        queue = [(m, 5.0, 0.0) for m in self.queue if time_s >= self.queue_from_s]
        reading = seen(self._signal, queue, time_s=time_s, stage=stage, green_s=green_s)
        heard = [
            PriorityRequest(f"v{n}", one.kind, one.movement, one.distance_m, SPEED_MPS if one.distance_m else 0.0)
            for n, one in enumerate(self.radios)
            if one.begin_s <= time_s and one.passed_s is None
        ]
        calls: dict[int, float] = {}
        for walker in self.walkers:
            if walker.walked_s is None and walker.begin_s < time_s:
                calls[walker.link] = max(calls.get(walker.link, 0.0), time_s - walker.begin_s)
        return replace(
            reading,
            announced=tuple(sorted(heard, key=lambda one: one.distance_m)) if "announced" in self._needs else (),
            calls=calls if "calls" in self._needs else {},
        )


def two_walks() -> Signal:
    """The crossroads with a walk beside each road: link 4 with stage A, link 5 with stage B."""
    signal = crossroads(walk=True)
    foes = {(5, 0), (5, 1)}
    a, b = signal.stages
    return replace(
        signal,
        groups=(*signal.groups, SignalGroup("4", (5,), pedestrian=True, clearance_s=10.0)),
        stages=(
            replace(a, state=a.state + "r"),
            replace(b, state=b.state + "G", min_green_s=12.0, vehicle_min_green_s=5.0),
        ),
        conflicts=Conflicts(signal.conflicts.foes | foes | {(j, i) for i, j in foes}, frozenset()),
    )


def greens(states: Sequence[str], link: int) -> list[tuple[int, int]]:
    """(begin, length) in seconds of each green of a link, without those cut by the start or the end."""
    found, begin = [], None
    for second, state in enumerate(states):
        if state[link] in GREEN and begin is None:
            begin = second
        elif state[link] not in GREEN and begin is not None:
            found.append((begin, second - begin))
            begin = None
    return found

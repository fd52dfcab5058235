"""A junction's queues rolled forward: the arrays that the rule (`rollout`) fills, and the build of it that is here."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from zhasyl.compiled import ahead, alone, by_numba
from zhasyl.controllers.parts import rollout
from zhasyl.controllers.parts.rollout import (
    Ints,
    Junction,
    Lanes,
    Memory,
    Scene,
    Scratch,
    Start,
    Traffic,
    Vehicles,
)
from zhasyl.observation import Observation

ENTRIES = ("look", "decide", "keeps")
ROOM_VEH = 128  # to begin with
BUSY = 0.5  # as `Scene.busy`


class Build(NamedTuple):
    """The rule, compiled: its functions, and what makes of a scene the one they take."""

    look: Callable[..., int]
    decide: Callable[..., int]
    keeps: Callable[..., bool]
    bound: Callable[[Scene], Any]
    compiling: Callable[[str], AbstractContextManager[None]]  # while it is called for the first time


def compiled_ahead() -> Build | None:
    """The extension, where it could be built."""
    extension = ahead(rollout)
    if extension is None:
        return None
    return Build(extension.look, extension.decide, extension.keeps, extension.Scene, lambda _: nullcontext())


def compiled_by_numba() -> Build:
    """From the same file, when first called."""
    functions = by_numba(rollout, ENTRIES)
    compiling = partial(alone, rollout, functions.decide)
    return Build(functions.look, functions.decide, functions.keeps, lambda scene: scene, compiling)


@cache
def build() -> Build:
    """The best there is here."""
    return compiled_ahead() or compiled_by_numba()


class Rolled:
    """Decides for one junction with a build of the rule."""

    def __init__(self, scene: Scene, used: Build) -> None:
        self.scene = scene
        self._build = used
        self._bound = used.bound(scene)

    def decide(self, seen: Observation, renewed: float) -> int:
        """The stage to show; a share of the flows kept is `renewed` by those seen."""
        looked = self._look(seen, renewed)
        return int(self._build.decide(self._bound, *looked))

    def keeps(self, seen: Observation, renewed: float, more_s: int) -> bool:
        """Is the stage to go on for longer than `more_s`?"""
        looked = self._look(seen, renewed)
        return bool(self._build.keeps(self._bound, *looked, more_s))

    def _look(self, seen: Observation, renewed: float) -> tuple[int, int, float, int, float, float]:
        count, range_m = len(seen.movement), float(seen.upstream_range_m)
        self._make_room(count)
        vehicles = (seen.movement, seen.lane, seen.distance_m, seen.speed_mps)
        exits = (seen.downstream_veh, seen.downstream_queue_veh)
        total = self._build.look(self._bound, *vehicles, *exits, range_m, float(seen.time_s), float(renewed))
        self._make_room(total)
        return count, total, range_m, int(seen.stage), float(seen.green_s), float(seen.time_s)

    def _make_room(self, count: int) -> None:
        if count > len(self.scene.scratch.lane):
            self.scene = wider(self.scene, 2 * count)
            self._bound = self._build.bound(self.scene)


def scene_of(
    junction: Junction, holds_s: Ints, horizon_s: int, interval_s: float, patience_s: float, busy: float = BUSY
) -> Scene:
    """With nothing seen yet. Raises ValueError for a movement without a lane: there is no place for its vehicles."""
    if not junction.lanes.any(axis=1).all():
        raise ValueError("a movement has no lane before the stop line")
    stages, movements = junction.serves.shape
    lanes = junction.lanes.shape[1]
    return Scene(
        junction,
        Memory(np.full(lanes, np.inf), np.zeros(lanes), np.zeros(movements), np.zeros(movements), np.zeros(movements),
               np.ones(movements), np.zeros(stages)),
        Vehicles(_ints(ROOM_VEH), _ints(ROOM_VEH), np.zeros(ROOM_VEH), np.zeros(ROOM_VEH)),
        Traffic(_ints(lanes + 1), _ints(ROOM_VEH), np.zeros(ROOM_VEH), np.zeros(ROOM_VEH), np.zeros(horizon_s)),
        Start(np.full(lanes, rollout.NOBODY), np.zeros(lanes, dtype=np.bool_), np.zeros(lanes)),
        Lanes(_ints(lanes), np.zeros(lanes), _ints(lanes), _ints(lanes), np.zeros(lanes, dtype=np.bool_),
              _ints(movements), np.zeros(movements, dtype=np.bool_), _ints(lanes), _ints(rollout.ACTIVE + 1)),
        Scratch(np.zeros(movements), _ints(lanes), np.zeros(stages), np.zeros(movements), np.zeros(lanes),
                _ints(movements), _ints(movements), _ints(ROOM_VEH)),
        holds_s, horizon_s, interval_s, patience_s, busy,
    )  # fmt: skip


def wider(scene: Scene, room_veh: int) -> Scene:
    """With room for so many vehicles, those in it kept."""
    vehicles, traffic = scene.vehicles, scene.traffic
    return scene._replace(
        vehicles=Vehicles(*(_longer(column, room_veh) for column in vehicles)),
        traffic=traffic._replace(movement=_ints(room_veh), due_s=np.zeros(room_veh), ready_s=np.zeros(room_veh)),
        scratch=scene.scratch._replace(lane=_ints(room_veh)),
    )


def _ints(count: int) -> Ints:
    return np.zeros(count, dtype=np.int64)


def _longer(column: Any, room: int) -> Any:
    longer = np.zeros(room, dtype=column.dtype)
    longer[: len(column)] = column
    return longer

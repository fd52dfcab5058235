"""An observation of which the rows are read: its arrays are made, and lanes and exits looked up, when asked for.

A controller that never looks at exits does not pay for them: they cost as much as the vehicles upstream. Whoever keeps
an observation finds it as it was: the sequencer has what is unread of it read before the road changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, Self

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.observation import NO_NAMES, NO_NUMBERS, REMEMBERED, Observation, Row, Unread
from zhasyl.signals import read_only

Columns = tuple[tuple[str, Any], ...]
VEHICLES: Columns = (("distance_m", float), ("movement", np.intp), ("lane", np.intp), ("speed_mps", float))
EXITS: Columns = (("downstream_veh", float), ("downstream_queue_veh", float))
MORE: Columns = (("waiting_s", float), ("vehicle_class", np.str_))
"""Of vehicles, after the others; only those that the source was asked for."""
LOOKED_UP = frozenset(name for columns in (VEHICLES, EXITS, MORE) for name, _ in columns) | {"exit_capacity_veh"}
UNLISTED: Mapping[str, Any] = {"waiting_s": NO_NUMBERS, "vehicle_class": NO_NAMES}


class Source(Protocol):
    """What can still be asked in the moment of a reading. `more`: names of `MORE` that it answers, too."""

    more: tuple[str, ...]

    @property
    def exit_capacity_veh(self) -> FloatArray:
        """Vehicles for which there is room on the exit of each movement."""

    def with_lanes(self, seen: Any) -> Sequence[tuple[Any, ...]]:
        """(distance in m, movement, lane, speed in m/s, *more) of each vehicle seen upstream, in order."""

    def came(self, seen: Any, time_s: float) -> Iterable[int]:
        """The movement of each vehicle that was not in view before."""

    def on_exits(self) -> Sequence[tuple[float, float]]:
        """(vehicles, halted) on the exit of each movement."""

    def exit_queues(self) -> Sequence[float]:
        """The halted of them alone."""


class Later(Unread):
    """What a source can tell of a reading: it is asked once, for all observations that share the reading."""

    _exits: Sequence[tuple[float, float]] | None = None
    _queues: Sequence[float] | None = None
    _arrays: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, source: Source, seen: Any) -> None:
        self._source, self._seen = source, seen

    def exits(self) -> Sequence[tuple[float, float]]:
        """(vehicles, halted) on the exit of each movement."""
        if self._exits is None:
            self._exits = self._source.on_exits()
        return self._exits

    def exit_queues(self) -> Sequence[float]:
        """The halted on the exit of each movement."""
        if self._queues is None:
            known = self._exits
            self._queues = self._source.exit_queues() if known is None else [halted for _, halted in known]
        return self._queues

    def array(self, name: str) -> Any:
        """An array by its name in `Observation`; those that are read together are made together."""
        if name == "exit_capacity_veh":
            return self._source.exit_capacity_veh
        if name not in self._arrays:
            exits = any(name == column for column, _ in EXITS)
            rows = self.exits() if exits else self._source.with_lanes(self._seen)
            columns, unlisted = (EXITS, {}) if exits else (self._vehicle_columns, UNLISTED)
            made = {
                column: read_only(np.array([row[place] for row in rows], dtype=kind))
                for place, (column, kind) in enumerate(columns)
            }
            self._arrays = {**self._arrays, **unlisted, **made}
        return self._arrays[name]

    @property
    def _vehicle_columns(self) -> Columns:
        more = self._source.more
        return (*VEHICLES, *(column for column in MORE if column[0] in more)) if more else VEHICLES

    def came(self, time_s: float) -> Iterable[int]:
        return self._source.came(self._seen, time_s)

    def read(self) -> None:
        for name, _ in (VEHICLES[0], EXITS[0]):
            self.array(name)


class Reading(Observation):
    """What a sensor answers. Copies, pickles and what `dataclasses.replace` makes of it have all their arrays."""

    @classmethod
    def of(
        cls, clock: tuple[float, int, float], range_m: float, movements: int, rows: Sequence[Row], unread: Later
    ) -> Self:
        """The reading at a (time in s, stage, green in s)."""
        made = object.__new__(cls)
        object.__setattr__(made, "__dict__", {
            "time_s": clock[0], "stage": clock[1], "green_s": clock[2], "upstream_range_m": range_m,
            "rows": rows, "movement_count": movements, "unread": unread,
        })  # fmt: skip
        return made

    def __getattr__(self, name: str) -> Any:
        if name == "calls":
            return self.__dict__.setdefault(name, {})
        if name in REMEMBERED:
            return self.__dict__.setdefault(name, NO_NUMBERS)
        if name not in LOOKED_UP or not isinstance(self.unread, Later):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return self.__dict__.setdefault(name, self.unread.array(name))

    def __reduce__(self) -> tuple[Any, ...]:
        return Observation, tuple(getattr(self, one.name) for one in fields(self))

    @cached_property
    def exit_queues(self) -> Sequence[float]:
        if isinstance(self.unread, Later):
            return self.unread.exit_queues()
        return super().exit_queues

    def told(self, **changes: Any) -> Observation:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, **changes)
        return made

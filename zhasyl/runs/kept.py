"""What was read and derived of a network, kept in the compile cache: whoever needs it next reads neither again.

An entry is found by the content of the network and of the additional files, the times asked for and the timing. It is
sealed together with what made it: this build, Python and numpy. One that was made by others, or is damaged, is made
anew in its place, so that a network has one entry. Networks in more files than SUMO is given, through `<include>`, are
read each time.

It is a pickle that makes nothing but the classes named here.
"""

import gc
import pickle
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zhasyl import derive, lane_groups, network, signals
from zhasyl.files.sealed import digest_once, read_sealed, write_sealed
from zhasyl.runs.provenance import build
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.compile.cache import default_cache
from zhasyl.sumo.inputs.named_files import named_files
from zhasyl.sumo.references import INCLUDE_TAG

PICKLE_PROTOCOL = 5
KINDS: dict[tuple[str, str], type] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (
        network.Network, network.Edge, network.Junction, network.Connection, network.Programme, network.Phase,
        derive.DerivedSignals, signals.Signal, signals.SignalGroup, signals.Stage, signals.Movement,
        signals.SignalPlan, signals.Conflicts, lane_groups.LaneGroups, lane_groups.LaneGroup,
    )
}  # fmt: skip


class Roads(NamedTuple):
    """A network with its signals and lane groups."""

    network: network.Network
    derived: derive.DerivedSignals
    groups: lane_groups.LaneGroups


def kept_roads(scenario: Scenario, make: Callable[[], Roads]) -> Roads:
    """What `make` answers for a scenario: made once, then from the compile cache."""
    try:
        entry = _entry(scenario)
    except OSError:  # a file is missing, which is said by who reads it
        return make()
    kept = _loaded(entry, scenario.net_file)
    if kept is None:
        kept = make()
        if not any(_includes(file) for file in (scenario.net_file, *scenario.additional_files)):
            with suppress(OSError):  # it is made again then
                write_sealed(entry, _dumped(kept), _made_by())
    return kept


def _entry(scenario: Scenario) -> Path:
    """Raises OSError for a file that cannot be read."""
    files = [digest_once(file) for file in (scenario.net_file, *scenario.additional_files)]
    origin = (files, scenario.start_s, scenario.begin_s, astuple(scenario.timing))
    return default_cache() / "networks" / f"{sha256(repr(origin).encode()).hexdigest()}.pickle"


@cache
def _made_by() -> bytes:
    return repr((build(), platform.python_version(), np.__version__)).encode()


def _includes(file: Path) -> bool:
    return any(tag == INCLUDE_TAG for tag, *_ in named_files(file).named)


def _dumped(roads: Roads) -> bytes:
    """Its network has no path, which differs from user to user; nor is there what values work out when asked."""
    read, derived, groups = roads
    bare = replace(read, path=None)  # type: ignore[arg-type]
    own = {name: replace(signal) for name, signal in derived.signals.items()}
    return pickle.dumps((bare, replace(derived, signals=own), groups), PICKLE_PROTOCOL)


def _loaded(entry: Path, net_file: Path) -> Roads | None:
    content = read_sealed(entry, _made_by())
    if content is None:
        return None
    try:
        with _uncollected():
            read, derived, groups = _Unpickler(BytesIO(content)).load()
    except pickle.UnpicklingError:
        return None
    object.__setattr__(read, "path", net_file)
    return Roads(read, derived, groups)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KINDS:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a network")
        return KINDS[module, name]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage among a hundred thousand new values, which takes six times as long as they do."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()

"""Trajectories of a run, and how a stored run gains them: simulated again, it has to come to the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhasyl.errors import SimulationError
from zhasyl.files.columns import Table
from zhasyl.files.sealed import read_seal
from zhasyl.runs.prepared import Prepared
from zhasyl.runs.store import RECORD_FILE, RECORDED, SEAL_FILE, load_record
from zhasyl.sumo.inputs.command import RAW_EVERY, RAW_VEHICLES, RAW_WALKERS
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.log_times import LogTimes
from zhasyl.sumo.outputs.trajectories import log_of_vehicles, read_trajectories
from zhasyl.sumo.street_map import street_map

PASSING = frozenset({"started_at", "wall_s", "sumo_s", "control_s", "python", "build", "command", "source"})


def recorded_tables(raw: Path, prepared: Prepared, ending: Ending, times: LogTimes) -> dict[str, Table]:
    """The tables `trajectories` and `map`; beside them the log of vehicles that a run without them has."""
    log_of_vehicles(raw / RAW_EVERY, raw / RAW_VEHICLES, set(prepared.groups.edges), times)
    trajectories = read_trajectories(raw / RAW_EVERY, raw / RAW_WALKERS, ending.types, times)
    drawn = street_map(prepared.scenario.net_file, prepared.network, prepared.groups)
    return dict(zip(RECORDED, (trajectories, drawn), strict=True))


def gaining(folder: Path) -> Callable[[Path], None]:
    """Raises SimulationError for a written record that differs from the finished one in `folder`."""

    def check(written: Path) -> None:
        stored = load_record(folder)
        if stored is None or not stored.done:
            return
        new = json.loads((written / RECORD_FILE).read_bytes())
        differing = [*_differing(stored.values, new), *_differing_tables(folder, written)]
        if differing:
            raise SimulationError(
                f"simulated again with --record, the run comes to another {differing[0]} than its record in {folder}, "
                "which stays; repeat it with --rerun to replace that"
            )

    return check


def _differing(stored: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What both say otherwise, apart from when and by what build it was run."""
    keys = [key for key in stored.keys() & new.keys() if key not in PASSING]
    return [f"{key} ({new[key]} after {stored[key]})" for key in sorted(keys) if stored[key] != new[key]]


def _differing_tables(stored: Path, written: Path) -> list[str]:
    """Tables of both whose bytes differ, and their rows too: Arrow may write the same otherwise one day."""
    import pyarrow.parquet as pq

    before, after = read_seal(stored / SEAL_FILE), read_seal(written / SEAL_FILE)
    tables = [name for name in before.keys() & after.keys() if name.endswith(".parquet")]
    other = [name for name in sorted(tables) if before[name] != after[name]]
    gained = {f"{name}.parquet" for name in RECORDED}
    return [
        f"table {name.removesuffix('.parquet')}"
        for name in other
        if name not in gained and not pq.ParquetFile(stored / name).read().equals(pq.ParquetFile(written / name).read())
    ]

"""Which stored run is told as events, and its logs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zhasyl.controllers import parse_controller
from zhasyl.errors import OutputError, unknown_name
from zhasyl.runs.events.watched import Watched, chosen_signals, watch
from zhasyl.runs.read_back import scenario_of
from zhasyl.runs.store import RunRecord, load_records
from zhasyl.scenarios.logs.config import Config

MOST_NAMED = 8


@dataclass(frozen=True)
class StoredLogs:
    """Logs by signal; `numbers`: device → signal, in the order of all signals' ids from 1."""

    logs: Mapping[str, Watched]
    numbers: Mapping[int, str]


def choose(folder: Path, controller: str, seed: int | None) -> RunRecord:
    """The run asked for, by default the only one of its controller with the least seed. Raises OutputError."""
    if not folder.is_dir():
        raise OutputError(f"no folder {folder}; give one with runs, as 'zhasyl run' and 'zhasyl compare' fill it")
    records = [record for record in load_records(folder, tables=False) if record.done]
    if not records:
        raise OutputError(f"no finished run in {folder}; run one with --out {folder}")
    labels = list(dict.fromkeys(str(record["label"]) for record in records))
    if controller and controller not in labels:
        raise OutputError(unknown_name("controller", controller[:60], labels)[:500] + f" in {folder}")
    if not controller and len(labels) > 1:
        raise OutputError(f"{folder} has runs of {', '.join(labels[:MOST_NAMED])[:300]}; choose one with --controller")
    own = [record for record in records if record["label"] == (controller or labels[0])]
    places = {(record["scenario"], record["variant"]) for record in own}
    if len(places) > 1:
        named = ", ".join(sorted(f"{name} {variant}".strip() for name, variant in places)[:MOST_NAMED])
        raise OutputError(f"{folder} has runs of several situations ({named[:300]}); give a folder of one")
    seeds = sorted({int(record["seed"]) for record in own})
    if seed is not None and seed not in seeds:
        raise OutputError(f"seed {seed} is not in {folder}; there are {', '.join(map(str, seeds[:MOST_NAMED]))}")
    return next(record for record in own if record["seed"] == (seeds[0] if seed is None else seed))


def watch_stored(record: RunRecord, signal: str, config: Config | None, limit_s: float | None) -> StoredLogs:
    """Repeat a stored run under detectors. Raises ZhasylError."""
    scenario = scenario_of(record.values)
    known = sorted(scenario.network().programmes)
    signals = chosen_signals(scenario.network(), signal)
    logs = watch(
        scenario, signals, parse_controller(str(record["label"])), int(record["seed"]), str(record["sensor"]),
        str(record["emissions"]), config, record, limit_s,
    )  # fmt: skip
    return StoredLogs(logs, {known.index(name) + 1: name for name in signals})

"""Which recorded runs of a folder are replayed, and which part of their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import OutputError, unknown_name
from zhasyl.files.clock import DAY_S, clock, clock_s
from zhasyl.runs.store import RunRecord, load_records
from zhasyl.text.words import plural

MOST_RUNS = 2


@dataclass(frozen=True)
class Chosen:
    """One or two runs of the same scenario and seed, and the seconds shown of them."""

    runs: list[RunRecord]
    begin_s: float
    end_s: float


def choose(folder: Path, controllers: Sequence[str], seed: int | None, begin: str, minutes: float | None) -> Chosen:
    """Those asked for, by default the first two controllers with the least seed. Raises OutputError."""
    records = _recorded(folder)
    labels = list(dict.fromkeys(record["label"] for record in records))
    for label in controllers:
        if label not in labels:
            raise OutputError(unknown_name(f"recorded controller in {folder}", label, labels))
    if len(controllers) > MOST_RUNS:
        raise OutputError(f"{len(controllers)} controllers are too many to play side by side; give one or two")
    wanted = list(controllers or labels[:MOST_RUNS])
    scenarios = {(r["scenario"], r["variant"], r["content"]): None for r in records if r["label"] in wanted}
    if len(scenarios) > 1:
        named = ", ".join(dict.fromkeys(f"{name} {variant}".strip() for name, variant, _ in scenarios))
        raise OutputError(
            f"{folder} has recorded runs of {len(scenarios)} situations ({named}); give each its own --out"
        )
    by_label = {label: {r["seed"]: r for r in records if r["label"] == label} for label in wanted}
    common = sorted(set.intersection(*(set(runs) for runs in by_label.values())))
    if not common:
        raise OutputError(f"{' and '.join(wanted)} have no recorded seed in common in {folder}; record one of both")
    if seed is not None and seed not in common:
        raise OutputError(f"seed {seed} is not recorded of {' and '.join(wanted)}; recorded: {_numbers(common)}")
    runs = [by_label[label][common[0] if seed is None else seed] for label in wanted]
    return Chosen(runs, *_part(runs[0], begin, minutes))


def _recorded(folder: Path) -> list[RunRecord]:
    if not folder.is_dir():
        raise OutputError(f"no folder {folder}; give the --out folder of a run or compare with --record")
    records = load_records(folder, tables=False)
    recorded = [record for record in records if record.done and record.recorded]
    if not recorded:
        raise OutputError(
            f"no recorded run in {folder} ({plural(len(records), 'run')} without trajectories); "
            "run the same again with --record"
        )
    return recorded


def _numbers(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds[:8])) + (", ..." if len(seeds) > 8 else "")


def _part(record: RunRecord, begin: str, minutes: float | None) -> tuple[float, float]:
    """The seconds shown. Raises OutputError for some outside the measured period."""
    first_s, last_s = float(record["begin_s"]), float(record["end_s"])
    begin_s = first_s if not begin else _after(first_s, begin)
    end_s = last_s if minutes is None else begin_s + minutes * 60
    if not (first_s <= begin_s < end_s <= last_s + 1e-6):
        asked = f"{clock(begin_s)} to {clock(end_s)}"
        raise OutputError(
            f"{asked} is not within the measured {clock(first_s)} to {clock(last_s)}; choose --from and --minutes"
        )
    return begin_s, end_s


def _after(first_s: float, text: str) -> float:
    """A time of day, or one after midnight of a period that goes on until then."""
    try:
        time_s = clock_s(text)
    except ValueError as error:
        raise OutputError(f"--from '{text[:40]}': {error}") from None
    return time_s + DAY_S if time_s < first_s and time_s + DAY_S - first_s < DAY_S / 2 else time_s

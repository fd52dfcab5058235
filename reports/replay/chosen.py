"""Which recorded runs of a folder are replayed, and which part of their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.controllers import parse_controller
from zhasyl.errors import OutputError, unknown_name
from zhasyl.files.clock import DAY_S, clock, clock_s
from zhasyl.files.paths import real_path
from zhasyl.reports.results import last_comparison
from zhasyl.runs.store import RunRecord, load_record, load_records
from zhasyl.text.words import plural

MOST_RUNS = 2


@dataclass(frozen=True)
class Chosen:
    """One or two runs of the same scenario and seed, and the seconds shown of them."""

    runs: list[RunRecord]
    begin_s: float
    end_s: float


def choose(folder: Path, controllers: Sequence[str], seed: int | None, begin: str, minutes: float | None) -> Chosen:
    """Those asked for, by default the baseline and the next controller with the least seed. Raises OutputError."""
    records = _recorded(folder)
    labels = _in_order(folder, records)
    if len(controllers) > MOST_RUNS:
        raise OutputError(f"{len(controllers)} controllers are too many to play side by side; give one or two")
    wanted = [_label(name, labels, folder) for name in controllers] or labels[:MOST_RUNS]
    records = [record for record in records if record["label"] in wanted]
    _refuse_unlike(records, folder)
    by_label = {label: {r["seed"]: r for r in records if r["label"] == label} for label in wanted}
    common = sorted(set.intersection(*(set(runs) for runs in by_label.values())))
    named = " and ".join(by_label)
    if not common:
        raise OutputError(f"{named} have no recorded seed in common in {folder}; record one of both")
    if seed is not None and seed not in common:
        raise OutputError(f"seed {seed} of {named} is not recorded in {folder}; recorded: {_numbers(common)}")
    runs = [_whole(by_label[label][common[0] if seed is None else seed]) for label in by_label]
    return Chosen(runs, *_part(runs[0], begin, minutes))


def _in_order(folder: Path, records: Sequence[RunRecord]) -> list[str]:
    """Labels as the last comparison in the folder has them: its baseline, then the others as they were given."""
    terms, names = last_comparison(folder)
    place = {real_path(folder / name): number for number, name in enumerate(names)}
    ordered = sorted(records, key=lambda record: place.get(real_path(record.folder), len(place)))
    labels = dict.fromkeys(str(record["label"]) for record in ordered)
    return sorted(labels, key=lambda label: label != terms.baseline)


def _label(name: str, labels: Sequence[str], folder: Path) -> str:
    """The label of a recorded controller, from how it is typed."""
    label = name if name in labels else parse_controller(name).label
    if label not in labels:
        raise OutputError(unknown_name(f"recorded run in {folder} of controller", label, labels))
    return label


def _refuse_unlike(records: Sequence[RunRecord], folder: Path) -> None:
    """Raise for runs of several scenarios, variants or sensors: they do not show the controllers' difference alone."""
    keys = ("scenario", "variant", "sensor", "content")
    unlike = list(dict.fromkeys(tuple(str(record.values.get(key, "")) for key in keys) for record in records))
    if len(unlike) > 1:
        named = ", ".join(" ".join(filter(None, one[:-1])) for one in unlike[:4])
        raise OutputError(
            f"{folder} has recorded runs of {len(unlike)} situations ({named}); record each in its own --out"
        )


def _whole(record: RunRecord) -> RunRecord:
    """The run itself if every table is as its seal says."""
    if load_record(record.folder) is None:
        raise OutputError(f"the record in {record.folder} is damaged; delete the folder and run again with --record")
    return record


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

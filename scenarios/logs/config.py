"""What stands behind a log's numbers: which movements each phase runs, which detectors stand before it.

    phase,movements                                     a row a phase
    2,EBT+EBR
    5,EBL

    phase,detector,function,movements,lane,distance_m   a row a detector; what is not known stays blank
    2,4,Presence,EBT,1,0

Both kinds of rows may stand in one file or in several. The configuration of `atspm` is of the second kind (DeviceId,
Phase, Parameter, Function). Movements are as in Synchro: heading (NB comes from the south) and L, T, R or U.

functions   count (stop bar count), advance, presence, yellow_red; anything else is no use here
distance_m  from the stop line back to the detector
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Lines, read_sheet
from zhasyl.text.words import plural

COUNT, ADVANCE, PRESENCE, YELLOW_RED, OTHER = "count", "advance", "presence", "yellow_red", "other"
COLUMNS = {
    "device": ("deviceid", "signalid", "device", "signal"),
    "phase": ("phase", "phasenumber", "protectedphasenumber"),
    "detector": ("parameter", "detector", "detectorchannel", "channel", "detchannel"),
    "function": ("function", "detectiontype", "type"),
    "movements": ("movements", "movement"),
    "lane": ("lane", "lanenumber"),
    "distance": ("distancem", "distance"),
}
MOVEMENT = re.compile(r"^(NE|NW|SE|SW|N|S|E|W)B?([LTRU])$")
MOST_PHASES, MOST_DETECTORS = 40, 1024
FARTHEST_M = 1000.0
Movement = tuple[str, str]
"""Heading and turn: ('NB', 'L')."""
PEDESTRIANS: Movement = ("PED", "")


@dataclass(frozen=True)
class Detector:
    """A detector of a phase; `lane` is '' and `distance_m` None where they are not known."""

    number: int
    phase: int
    function: str
    movements: tuple[Movement, ...] = ()
    lane: str = ""
    distance_m: float | None = None


@dataclass(frozen=True)
class Config:
    """Movements by phase, and the detectors."""

    phases: dict[int, tuple[Movement, ...]]
    detectors: tuple[Detector, ...]

    def of(self, phase: int, function: str) -> list[Detector]:
        """The detectors of a phase with a function."""
        return [one for one in self.detectors if (one.phase, one.function) == (phase, function)]

    def distance_m(self, phase: int, function: str, default_m: float) -> float:
        """The least distance given for such detectors."""
        return min((d.distance_m for d in self.of(phase, function) if d.distance_m is not None), default=default_m)


def word(movement: Movement) -> str:
    """As it is written: NBL."""
    return "".join(movement)


def read_config(paths: Iterable[Path], device: str) -> Config:
    """The rows of all files that are of the device, or say nothing of one. Raises ScenarioError."""
    phases: dict[int, tuple[Movement, ...]] = {}
    detectors: dict[tuple[int, int, str], Detector] = {}
    for path in paths:
        for row, cells in _rows(path, device):
            place = f"{path} row {row}"
            phase = _whole(place, "phase", cells.get("phase", ""), MOST_PHASES)
            movements = _movements(place, cells.get("movements", ""))
            if cells.get("detector"):
                number = _whole(place, "detector", cells["detector"], MOST_DETECTORS)
                function = _function(cells.get("function", ""))
                if (phase, number, function) in detectors:
                    raise ScenarioError(f"{place}: detector {number} of phase {phase} stands there twice; keep one")
                distance_m = _distance(place, cells.get("distance", ""))
                detectors[phase, number, function] = Detector(
                    number, phase, function, movements, cells.get("lane", "")[:40], distance_m
                )
            elif not movements:
                raise ScenarioError(f"{place}: neither a detector nor movements; fill one or take the row out")
            elif phase in phases:
                raise ScenarioError(f"{place}: phase {phase} has movements already; keep one row")
            else:
                phases[phase] = movements
    return Config(_with_those_of_detectors(phases, detectors.values()), tuple(detectors.values()))


def _with_those_of_detectors(
    phases: dict[int, tuple[Movement, ...]], detectors: Iterable[Detector]
) -> dict[int, tuple[Movement, ...]]:
    """Phases without a row of their own run what their detectors stand before."""
    found: dict[int, dict[Movement, None]] = {}
    for one in detectors:
        found.setdefault(one.phase, {}).update(dict.fromkeys(one.movements))
    return {**{phase: tuple(movements) for phase, movements in found.items() if movements}, **phases}


def _rows(path: Path, device: str) -> Iterator[tuple[int, dict[str, str]]]:
    lines = _parquet(path) if path.suffix.lower() in (".parquet", ".pq") else read_sheet(path)
    (first, header), *rest = lines
    plain = [re.sub(r"[^a-z]", "", cell.lower()) for cell in header]
    columns = {plain.index(w): name for name, words in COLUMNS.items() for w in reversed(words) if w in plain}
    named = set(columns.values())
    if "phase" not in named or not named & {"detector", "movements"}:
        have = ", ".join(header)[:200]
        raise ScenarioError(
            f"{path} row {first}: no column phase beside detector or movements (columns: {have}); give "
            "phase,detector,function,movements,lane,distance_m"
        )
    rows = [(row, {name: cells[at].strip() for at, name in columns.items() if at < len(cells)}) for row, cells in rest]
    devices = {cells["device"] for _, cells in rows if cells.get("device")}
    if device and devices and device not in devices:
        known = ", ".join(sorted(devices))[:100]
        raise ScenarioError(f"{path}: it is of {plural(len(devices), 'device')} ({known}), the log of {device}")
    yield from ((row, cells) for row, cells in rows if not device or cells.get("device", device) in (device, ""))


def _parquet(path: Path) -> Lines:
    import pyarrow.parquet as pq

    from zhasyl.files.paths import check_is_file

    check_is_file(path)
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows > MOST_DETECTORS * MOST_PHASES:
                raise ScenarioError(f"{path}: {file.metadata.num_rows:,} rows are no configuration; check the file")
            table = file.read().to_pydict()
    except ScenarioError:
        raise
    except Exception as error:  # a damaged byte can raise anything in the Parquet reader
        said = " ".join(str(error).split())[:160] or type(error).__name__
        raise ScenarioError(f"{path} is not a Parquet file that can be read ({said}); export it again") from None
    rows = zip(*table.values(), strict=True)
    return [(1, list(table)), *((n, ["" if v is None else str(v) for v in row]) for n, row in enumerate(rows, 2))]


def _whole(place: str, name: str, text: str, most: int) -> int:
    value = float(text) if re.fullmatch(r"\d{1,6}(\.0+)?", text) else math.nan
    if not 1 <= value <= most:
        raise ScenarioError(f"{place}: {name} '{text[:40]}' is no whole number from 1 to {most}; correct it")
    return int(value)


def _movements(place: str, text: str) -> tuple[Movement, ...]:
    found = []
    for one in filter(None, re.split(r"[\s+,;/|]+", text.upper())):
        if one == PEDESTRIANS[0]:
            found.append(PEDESTRIANS)
            continue
        match = MOVEMENT.match(one)
        if not match:
            raise ScenarioError(
                f"{place}: movement '{one[:40]}' is none such as NBL, NBT, NBR, NEBT (NB comes from the south); "
                "correct it"
            )
        found.append((f"{match[1]}B", match[2]))
    return tuple(dict.fromkeys(found))


def _function(text: str) -> str:
    """Also UDOT's words: 'Advanced Count' stands upstream, 'Lane-by-lane Count' and 'Stop Bar Presence' at the line."""
    words = re.split(r"[^a-z]+", text.lower())
    if "speed" in words:
        return OTHER
    if "yellow" in words or "red" in words:
        return YELLOW_RED
    if "advance" in words or "advanced" in words:
        return ADVANCE
    return COUNT if "count" in words else PRESENCE if "presence" in words else OTHER


def _distance(place: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= FARTHEST_M:
        raise ScenarioError(
            f"{place}: distance '{text[:40]}' is no number of metres from 0 to {FARTHEST_M:g}; correct it"
        )
    return value

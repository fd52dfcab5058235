"""The files of brought figures in a scenario folder, as scenario.toml names them under [beside]."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from math import isnan
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from zhasyl.files.csv_table import Row, read_csv, write_csv
from zhasyl.scenarios.beside.model import CHECK, LOG, PHASE, SYNCHRO, Beside, number, read_ways, written_ways
from zhasyl.scenarios.tables.section import Section
from zhasyl.scenarios.tables.settings import SETTINGS_FILE
from zhasyl.text.steering import neutral

SYNCHRO_FILE = "synchro.csv"
MOST = 1e6


def _blank_is_none(text: object) -> object:
    return None if text == "" else text


Figure = Annotated[Annotated[float, Field(ge=0, le=MOST)] | None, BeforeValidator(_blank_is_none)]
Share = Annotated[Annotated[float, Field(ge=0, le=1)] | None, BeforeValidator(_blank_is_none)]
Count = Annotated[int, Field(ge=0, le=10**9)]
FileName = Annotated[str, Field(pattern=r"^(?:[^/\\.][^/\\]*\.csv)?$", max_length=100)]


class BesideFiles(Section):
    """[beside] of scenario.toml: Synchro's own figures, and the check of a controller's log."""

    synchro: FileName = ""
    log: FileName = ""


class SynchroRow(Row):
    """A row of synchro.csv; queue_mark is what Synchro writes before the length (# m ~)."""

    signal: str
    level: Annotated[str, Field(pattern="^(lane group|approach|signal)$")]
    place: str
    street: str
    ways: str
    method: str
    control_delay_s: Figure
    los: Annotated[str, Field(pattern="^[A-F]?$")]
    degree: Figure
    back_p95_m: Figure
    queue_mark: Annotated[str, Field(max_length=4)]


class LogRow(Row):
    """A row of log-check.csv."""

    signal: str
    phase: str
    movements: str
    ways: str
    counted_vph: Figure
    simulated_vph: Figure
    geh: Figure
    greens_log: Count
    green_s_log: Figure
    arrivals_log: Count
    on_green_log: Share
    failures_log: Count
    judged_log: Count
    greens_simulated: Count
    green_s_simulated: Figure
    arrivals_simulated: Count
    on_green_simulated: Share
    failures_simulated: Count
    judged_simulated: Count


def read_beside(folder: Path, files: BesideFiles) -> tuple[Beside, ...]:
    """All figures that a folder's scenario.toml names. Raises ScenarioError."""
    found: list[Beside] = []
    if files.synchro:
        rows = read_csv(folder, files.synchro.removesuffix(".csv"), SynchroRow).rows
        found += [_of_synchro(row) for row in rows]
    if files.log:
        for row in read_csv(folder, files.log.removesuffix(".csv"), LogRow).rows:
            found += _of_log(row)
    return tuple(found)


def _of_synchro(row: SynchroRow) -> Beside:
    return Beside(
        SYNCHRO, row.level, row.signal, row.place, row.street, read_ways(row.ways), row.method,
        control_delay_s=number(row.control_delay_s), los=row.los, degree=number(row.degree),
        back_p95_m=number(row.back_p95_m), mark=row.queue_mark,
    )  # fmt: skip


def _of_log(row: LogRow) -> Iterator[Beside]:
    """The log's figures, and those of the run that it was checked with."""
    at = (PHASE, row.signal, row.phase, row.movements, read_ways(row.ways))
    yield Beside(
        LOG, *at, volume_veh_h=number(row.counted_vph), green_s=number(row.green_s_log),
        on_green_share=number(row.on_green_log), failure_share=_share(row.failures_log, row.judged_log),
    )  # fmt: skip
    yield Beside(
        CHECK, *at, volume_veh_h=number(row.simulated_vph), green_s=number(row.green_s_simulated),
        on_green_share=number(row.on_green_simulated),
        failure_share=_share(row.failures_simulated, row.judged_simulated),
    )  # fmt: skip


def _share(failures: int, judged: int) -> float:
    return failures / judged if judged else number(None)


def write_synchro(path: Path, rows: Iterable[Beside]) -> None:
    """Synchro's figures as a table."""
    cells = (
        (one.signal, one.level, one.place, neutral(one.words), written_ways(one.ways), one.method,
         _cell(one.control_delay_s, 1), one.los, _cell(one.degree, 3), _cell(one.back_p95_m, 1), one.mark)
        for one in rows
    )  # fmt: skip
    write_csv(path, tuple(SynchroRow.model_fields), cells)


def _cell(value: float, decimals: int) -> str:
    return "" if isnan(value) else f"{value:.{decimals}f}"


def name_beside(folder: Path, key: str, file: str) -> None:
    """Name a file of figures in the folder's scenario.toml, which has none yet."""
    with (folder / SETTINGS_FILE).open("a", encoding="utf-8") as settings:
        settings.write(f'\n[beside]\n{key} = "{file}"\n')


def digest_of(rows: Iterable[Beside]) -> str:
    """What stands for the figures in a scenario's content; '' for none."""
    told = [repr(row) for row in rows]
    return sha256("\n".join(told).encode()).hexdigest() if told else ""

"""What an imported log leaves beside its scenario: the programme by phase, the check by phase, a line for reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

from zhasyl.files.clock import clock
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.beside.model import Way, written_ways
from zhasyl.scenarios.counts.placed import geh
from zhasyl.scenarios.logs.check import PhaseCheck
from zhasyl.scenarios.logs.config import Config, word
from zhasyl.scenarios.logs.event_log import EventLog
from zhasyl.scenarios.logs.plans import LogPlans
from zhasyl.scenarios.logs.programme import LATEST, PLAYED, Part, Played

PROGRAMME_TABLE, CHECK_TABLE = "programme.csv", "log-check.csv"


@dataclass(frozen=True)
class PhaseRow:
    """One phase in the log and in the simulation; vehicles an hour are NaN where it has no detector that counts."""

    phase: int
    movements: str
    ways: tuple[Way, ...]
    counted_vph: float
    simulated_vph: float
    log: PhaseCheck
    simulated: PhaseCheck

    @property
    def geh(self) -> float:
        return geh(self.simulated_vph, self.counted_vph)


def write_programme(path: Path, plans: LogPlans, config: Config) -> None:
    """A row a phase and stretch of time; seconds."""
    rows = []
    for one, share in zip(plans.programmes, plans.set_at, strict=True):
        latest, shown = ({part.phase: part.split_s for part in one.at(q)} for q in (LATEST, share))
        rows += [
            {**_course(one), **_phase(part, config), "latest_split_s": f"{latest[part.phase]:.1f}",
             "plan_split_s": f"{shown[part.phase]:.1f}"}
            for part in one.at(PLAYED)
        ]  # fmt: skip
    _write(path, rows)


def _course(one: Played) -> dict[str, Any]:
    stretch = one.stretch
    return {
        "from": clock(stretch.begin_s),
        "to": clock(stretch.end_s),
        "cycle_s": f"{stretch.cycle_s:g}",
        "cycle_from": stretch.cycle_from,
        "offset_s": "" if stretch.free else f"{stretch.zero_s % stretch.cycle_s:.1f}",
        "offset_from": stretch.zero_from,
        "coordinated_phase": stretch.coordinated or "",
    }


def _phase(part: Part, config: Config) -> dict[str, Any]:
    return {
        "phase": part.phase,
        "movements": " ".join(map(word, config.phases.get(part.phase, ()))),
        "barrier": part.barrier,
        "ring": part.ring,
        "place": part.place,
        "begin_s": f"{part.begin_s:.1f}",
        "split_s": f"{part.split_s:.1f}",
        "green_s": f"{part.green_s:.1f}",
        "yellow_s": f"{part.yellow_s:.1f}",
        "red_clearance_s": f"{part.red_s:.1f}",
        "used_split_s": number(part.used_s, 1),
        "said_split_s": number(part.said_s, 1),
        "set_split_s": number(part.set_s, 1),
        "served_share": f"{part.served:.2f}",
    }


def write_check(path: Path, signal: str, rows: Iterable[PhaseRow]) -> None:
    """A row a phase: the log beside a run."""
    _write(path, [
        {"signal": signal, "phase": row.phase, "movements": row.movements, "ways": written_ways(row.ways),
         "counted_vph": number(row.counted_vph, 0),
         "simulated_vph": number(row.simulated_vph, 0), "geh": number(row.geh, 2),
         **_measures(row.log, "log"), **_measures(row.simulated, "simulated")}
        for row in rows
    ])  # fmt: skip


def _measures(found: PhaseCheck, where: str) -> dict[str, Any]:
    values = {
        "greens": found.greens,
        "green_s": number(found.green_s, 1),
        "arrivals": found.arrivals,
        "on_green": number(found.on_green, 3),
        "failures": found.failures,
        "judged": found.judged,
    }
    return {f"{name}_{where}": value for name, value in values.items()}


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    write_csv(path, list(rows[0]), ([*row.values()] for row in rows))


def number(value: float, digits: int) -> str:
    """A figure of a table; nothing where there is none."""
    return "" if isnan(value) else f"{value:.{digits}f}"


def say_in_reports(folder: Path, log: EventLog, rows: Iterable[PhaseRow]) -> None:
    """What the log and the scenario have apart, among the assumptions that each report shows."""
    said = "; ".join(
        f"phase {r.phase} {r.log.on_green:.0%} and {r.simulated.on_green:.0%} on green, split failures "
        f"{r.log.failures} of {r.log.judged} and {r.simulated.failures} of {r.simulated.judged}"
        for r in rows
        if not isnan(r.log.on_green)
    )
    compared = f"In the log and in a run under its own plan: {said}"
    text = compared if said else "The log has no advance detectors to check with"
    with (folder / "assumptions.csv").open("a", encoding="utf-8", newline="") as file:
        CsvWriter(file).writerow(("controller log", text, "measured", f"{log.path.name}, {log.date}; {CHECK_TABLE}"))

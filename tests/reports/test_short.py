"""The sheet for those who decide: it says what the records and the full page say."""

from collections.abc import Sequence
from pathlib import Path

from tests.reports.builders import Record, failed, measures, no_signals, run
from tests.reports.pages import HOSTILE, Page
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.short import write_short

TABLE = "Controls compared"


def sheet(folder: Path, records: Sequence[Record], baseline: str = "fixed") -> Page:
    path = write_short(folder, records, compare_all(records, baseline), no_signals)
    return Page(path.read_text(encoding="utf-8"))


def delays(label: str, *values_s: float, **changed: object) -> list[Record]:
    return [run(label, seed, **{**measures(value_s), **changed}) for seed, value_s in enumerate(values_s, start=1)]


def test_a_column_a_control_with_the_verdict_below(tmp_path: Path) -> None:
    page = sheet(tmp_path, [*delays("fixed", 50, 54, 58, 54, 54), *delays("actuated", 31, 30, 35, 32, 32)])
    rows = {row[0]: row[1:] for row in page.rows(TABLE)}
    assert rows["Delay (s/trip)"] == ["54.0 ± 3.5", "32.0 ± 2.3"]
    assert rows["Delay is"] == ["compared with", "better"]
    assert any(line.startswith("actuated cuts the mean delay from 54.0 to 32.0 s") for line in page.texts["p"])
    assert page.texts["figure"]


def test_what_nobody_measured_has_no_row(tmp_path: Path) -> None:
    known = delays("fixed", 50, 54, 58, bus_delay_s=float("nan"), walker_delay_s=12.0)
    rows = {row[0]: row[1:] for row in sheet(tmp_path, known).rows(TABLE)}
    assert rows["Pedestrian delay (s/walk)"] == ["12.0 ± 0.0"]
    assert "Bus delay (s/trip)" not in rows
    assert "Delay is" not in rows


def test_failed_runs_and_assumptions_are_said(tmp_path: Path) -> None:
    assumed = [{"subject": "volumes", "status": "inferred", "statement": "as counted in 2019", "reason": "no other"}]
    page = sheet(tmp_path, [*delays("fixed", 50, 54, assumptions=assumed), failed("fixed", 3)])
    assert any("fixed, seed 3: failed" in line for line in page.texts["p"])
    assert "volumes: as counted in 2019" in page.texts["li"]


def test_text_from_outside_does_no_harm(tmp_path: Path) -> None:
    page = sheet(tmp_path, delays(HOSTILE, 50, 54, scenario=HOSTILE, title=HOSTILE), HOSTILE)
    assert "script" not in {tag for tag, _ in page.elements}
    assert HOSTILE in page.texts["h1"][0]

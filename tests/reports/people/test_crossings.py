"""Pedestrians by crossing: all walkers of all seeds count alike, LOS is that of walkers, and what lacks is said."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.reports.builders import FakeRuns, batch
from tests.reports.pages import HOSTILE, Page
from zhasyl.measures import pedestrian_level_of_service
from zhasyl.reports.exports.people_tables import MOST_SHOWN
from zhasyl.reports.html import write_report
from zhasyl.reports.people.crossings import crossing_rows
from zhasyl.runs.summary import Summary

WALKED = {1: (10.0, 50.0, 60.0), 2: (30.0, 10.0, 30.0)}
NOBODY = (0.0, None, None)


def table(*rows: tuple[str, float, float | None, float | None]) -> dict[str, list[object]]:
    names, walkers, mean_s, p95_s = (list(column) for column in zip(*rows, strict=True))
    return {
        "signal": ["J"] * len(rows), "crossing": names, "name": names, "walkers": walkers, "crossing_delay_s": mean_s,
        "crossing_delay_p95_s": p95_s,
    }  # fmt: skip


def told(record: Mapping[str, object]) -> Summary:
    own = WALKED[int(str(record["seed"]))]
    return {**FakeRuns()(record), "crossings": table(("c0", *own), ("c1", *NOBODY))}


def test_every_walker_counts_alike_and_a_crossing_nobody_walks_has_no_row() -> None:
    [row] = crossing_rows(batch(2, ("fixed",)), told)
    assert (row["crossing"], row["walkers"], row["n"]) == ("c0", 20.0, 2)
    assert row["crossing_delay_s"] == pytest.approx((10 * 50 + 30 * 10) / 40)
    assert row["crossing_delay_p95_s"] == 45.0
    assert row["los"] == "B"


def test_levels_of_service_of_walkers() -> None:
    levels = {10.0: "A", 10.1: "B", 25.0: "C", 40.0: "D", 60.0: "E", 60.1: "F", float("nan"): "-"}
    assert {delay_s: pedestrian_level_of_service(delay_s) for delay_s in levels} == levels


def test_the_longest_wait_comes_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = [(f"{HOSTILE} {place}", 10.0, float(place), float(place)) for place in range(1, MOST_SHOWN + 3)]
    records = batch(2, ("fixed",))
    path = write_report(tmp_path, records, [], lambda run: {**FakeRuns()(run), "crossings": table(*rows)})
    page = Page(path.read_text(encoding="utf-8"))
    shown = page.rows("Pedestrians by crossing")
    assert len(shown) == MOST_SHOWN
    assert shown[0][0].endswith(str(MOST_SHOWN + 2))
    assert "2 more crossings with shorter delays" in page.html
    assert "script" not in {tag for tag, _ in page.elements}


def test_runs_of_before_lack_crossings_and_runs_without_walkers_do_not(tmp_path: Path) -> None:
    before = write_report(tmp_path, batch(2, ("fixed",)), [], FakeRuns()).read_text(encoding="utf-8")
    assert "Without crossings, stored before they were measured: 2 runs (--rerun measures them)." in before
    nobody = batch(2, ("fixed",), walker_delay_s=None)
    assert "Without crossings" not in write_report(tmp_path, nobody, [], FakeRuns()).read_text(encoding="utf-8")

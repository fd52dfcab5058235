"""Buses by line: all trips of all seeds count alike, and what is not told is not shown as nothing."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.reports.builders import FakeRuns, batch
from tests.reports.pages import HOSTILE, Page
from zhasyl.reports.exports.people_tables import MOST_SHOWN
from zhasyl.reports.html import write_report
from zhasyl.reports.people.lines import line_rows
from zhasyl.runs.summary import Summary

DELAYS_S = {1: [10.0, 30.0], 2: [40.0] * 6}


def told(record: Mapping[str, object]) -> Summary:
    own = {"line": ["65"], "vehicle_class": ["bus"], "delays_s": [DELAYS_S[int(str(record["seed"]))]]}
    return {**FakeRuns()(record), "lines": own}


def many(record: Mapping[str, object]) -> Summary:
    names = [f"{HOSTILE} {place}" for place in range(MOST_SHOWN + 2)]
    delays = [[float(place)] for place in range(len(names))]
    return {**FakeRuns()(record), "lines": {"line": names, "vehicle_class": ["bus"] * len(names), "delays_s": delays}}


def test_every_trip_counts_alike_and_the_percentile_is_of_all() -> None:
    [row] = line_rows(batch(2, ("fixed",)), told)
    assert row["trips"] == 4.0
    assert row["bus_delay_s"] == pytest.approx(280 / 8)
    assert row["bus_delay_p95_s"] == pytest.approx(np.quantile([*DELAYS_S[1], *DELAYS_S[2]], 0.95))


def test_the_latest_line_comes_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    page = Page(write_report(tmp_path, batch(2), [], many).read_text(encoding="utf-8"))
    rows = page.rows("Public transport by line")
    assert len(rows) == 3 * MOST_SHOWN
    assert rows[0][0].endswith(str(MOST_SHOWN + 1))
    assert rows[0][2:4] == ["2", "1.0"]
    assert "2 more lines with shorter delays" in page.html
    assert "script" not in {tag for tag, _ in page.elements}


def test_runs_of_before_lack_lines_and_runs_without_buses_do_not(tmp_path: Path) -> None:
    before = write_report(tmp_path, batch(2, ("fixed",)), [], FakeRuns()).read_text(encoding="utf-8")
    assert "Without lines, stored before they were told: 2 runs (--rerun tells them)." in before
    cars = batch(2, ("fixed",), bus_delay_s=None)
    assert "Without lines" not in write_report(tmp_path, cars, [], FakeRuns()).read_text(encoding="utf-8")

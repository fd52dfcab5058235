"""Waits at crossings from rows 7 s apart: who waits for which, and how many walk."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TinyRun
from zhasyl.sumo.outputs.crossings import Stay, Tally, read_walkers, tallies
from zhasyl.walks import Crossing

EVERY_S = 7.0
ROAD = [
    Crossing("c0", "J", "north", frozenset({"w0", "w1"})),
    Crossing("c1", "J", "east", frozenset({"w1", "w2"})),
]


WALKERS = {"c0": 4, "c1": 2, "w1": 9}


def counted(*ways: list[Stay], walkers: dict[str, int] = WALKERS) -> dict[str, Tally]:
    return tallies(ways, ROAD, walkers, EVERY_S)


def test_who_stands_waits_for_the_crossing_taken_next() -> None:
    found = counted([Stay("w1", 3), Stay("c0", 0)], [Stay("w1", 0), Stay("c0", 0)])
    assert found["c0"].waits_s == [21.0]
    assert found["c0"].mean_s == 21 / 4
    assert found["c0"].p95_s == pytest.approx(np.quantile([0, 0, 0, 21], 0.95))
    assert found["c1"].mean_s == 0.0


def test_a_crossing_walked_between_two_rows_is_told_by_the_area_behind_it() -> None:
    assert counted([Stay("w1", 1), Stay("w2", 0)])["c1"].waits_s == [7.0]


def test_who_is_not_seen_to_cross_waits_for_the_crossing_that_most_take() -> None:
    found = counted([Stay("w1", 2)])
    assert (found["c0"].waits_s, found["c1"].waits_s) == ([14.0], [])


def test_who_stands_on_the_crossing_itself_does_not_wait_for_it() -> None:
    assert counted([Stay("c0", 1)])["c0"].waits_s == []


def test_nobody_has_a_delay_where_nobody_walks() -> None:
    found = counted(walkers={})["c0"]
    assert math.isnan(found.mean_s)
    assert math.isnan(found.p95_s)


def test_walkers_are_those_who_enter(tmp_path: Path) -> None:
    raw = tmp_path / "crossings.xml"
    assert read_walkers(raw) == {}
    raw.write_text(
        '<meandata><interval><edge id="c0"><lane id="c0_0" entered="3"/></edge><edge id="w1"><lane id="w1_0"/></edge>'
        "</interval></meandata>",
        encoding="utf-8",
    )
    assert read_walkers(raw) == {"c0": 3, "w1": 0}


def test_a_real_run_counts_every_walk_over_a_crossing(tiny_run: TinyRun) -> None:
    record = tiny_run("crossroads-with-crossings", "fixed")
    found = record.table("crossings")
    assert found["walkers"].between(10, 14).all(), "14 walks lead over each, some not by the end"
    assert found["name"].tolist()[0] == "north-out, north side"
    assert 0 < found["crossing_delay_s"].mean() < record["walker_delay_s"]
    assert (found["crossing_delay_p95_s"] >= found["crossing_delay_s"]).all()

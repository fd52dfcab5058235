"""Movements on the page, in movements.csv and in the headline: who loses is said, and nothing is lost."""

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.builders import FakeRuns, Record, measures, run
from tests.reports.pages import HOSTILE, Page
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.optimise.statistics.comparison import number
from zhasyl.reports.html import write_report
from zhasyl.reports.movements.losers import changes, losers
from zhasyl.reports.movements.page import MOST_BESIDE, MOST_JUNCTIONS
from zhasyl.reports.movements.rows import Movement, movements, write_movements
from zhasyl.runs.summary import LANE_GROUP_COLUMNS, MOVEMENT_COLUMNS, Summary

Delay = Callable[[str, int, str], float]
TURNS = ("left", "through")
STREET = "Abay avenue, eastbound"


@cache
def made() -> Summary:
    return FakeRuns()(run())


def before(_: Mapping[str, object]) -> Summary:
    """A run of before movements were measured."""
    return made()


def batch(labels: Sequence[str] = ("fixed", "actuated"), seeds: int = 5) -> list[Record]:
    """Every controller is 5 s better in mean delay than the one before."""
    return [
        run(label, seed, **measures(60.0 - 5 * place + seed % 3))
        for place, label in enumerate(labels)
        for seed in range(1, seeds + 1)
    ]


def summaries(delay_s: Delay, signals: int = 1, street: str = STREET) -> Callable[[Mapping[str, object]], Summary]:
    """Runs whose signals have one approach with a left turn and a through movement of these delays."""

    def found(record: Mapping[str, object]) -> Summary:
        label, seed = str(record["label"]), int(number(record, "seed"))
        rows = [(f"J{n}", turn) for n in range(1, signals + 1) for turn in TURNS]
        own: dict[str, list[Any]] = {name: [1.0] * len(rows) for name in MOVEMENT_COLUMNS}
        own |= {
            "signal": [signal for signal, _ in rows],
            "approach": [f"{signal}e" for signal, _ in rows],
            "name": [street] * len(rows),
            "exit": [turn for _, turn in rows],
            "lane_group": [f"{signal}/1" for signal, _ in rows],
            "turn": [turn for _, turn in rows],
            "volume_veh": [100 + 100 * seed for _ in rows],
            "vehicles": [100 for _ in rows],
            "capacity_veh_h": [500.0 + 100 * seed for _ in rows],
            "control_delay_s": [delay_s(label, seed, turn) for _, turn in rows],
        }
        groups: dict[str, list[Any]] = {name: [0.5] * signals for name in LANE_GROUP_COLUMNS}
        groups |= {
            "lane_group": [f"J{n}/1" for n in range(1, signals + 1)],
            "back_mean_m": [float(n) for n in range(1, signals + 1)],
            "full_share": [0.0001] * signals,
        }
        return {**before(record), "movements": own, "lane_groups": groups}

    return found


def left_loses(label: str, seed: int, turn: str) -> float:
    """The left turn waits 30 s longer under any controller but the fixed plan, the others 10 s less."""
    change = 0.0 if label == "fixed" else 30.0 if turn == "left" else -10.0
    return 40.0 + change + seed % 3


def page(folder: Path, records: Sequence[Record], told: Callable[[Mapping[str, object]], Summary]) -> Page:
    return Page(write_report(folder, records, compare_all(records, "fixed"), told).read_text(encoding="utf-8"))


def test_the_headline_names_who_loses_with_a_controller_that_is_better(tmp_path: Path) -> None:
    whole = page(tmp_path, batch(), summaries(left_loses)).html
    assert "actuated cuts the mean delay" in whole
    lost = (
        "Worse off with actuated: Abay avenue, eastbound, left, at signal J1: control delay 41.2 to 71.2 s/veh (+30.0 s"
    )
    assert lost in whole
    assert "LOS D to E, 400 veh/h." in whole


def test_nobody_loses_by_less_than_a_second_or_in_four_seeds_or_with_a_controller_that_is_not_better() -> None:
    def little(label: str, seed: int, turn: str) -> float:
        return 40.0 + (0.9 if label == "actuated" and turn == "left" else 0.0)

    for records, told, baseline in (
        (batch(), little, "fixed"),
        (batch(seeds=4), left_loses, "fixed"),
        (batch(), left_loses, "actuated"),
    ):
        found = movements(records, summaries(told))
        assert losers(compare_all(records, baseline), found) == []


def test_one_loser_is_named_and_the_others_are_counted() -> None:
    records = batch()
    (line,) = losers(compare_all(records, "fixed"), movements(records, summaries(left_loses, signals=3)))
    assert "at signal J1" in line
    assert line.endswith("2 more of 6 movements get clearly worse.")


@given(st.lists(st.floats(0, 300), min_size=5, max_size=8), st.floats(-50, 50))
def test_a_change_of_the_same_seconds_in_every_seed_is_clear_from_a_second_on(
    delays_s: list[float], more_s: float
) -> None:
    before = Movement("a", ("J", "e", "x"), {}, dict(enumerate(delays_s)))
    after = Movement("b", ("J", "e", "x"), {}, {seed: one + more_s for seed, one in enumerate(delays_s)})
    (change,) = changes([before, after], "a").values()
    assert change.mean_s == pytest.approx(more_s, abs=1e-6)
    if abs(abs(more_s) - 1.0) > 1e-6:
        assert (change.worse, change.better) == (more_s > 1, more_s < -1)


def test_controllers_stand_side_by_side_with_the_worst_movement_beside_the_mean(tmp_path: Path) -> None:
    rows = page(tmp_path, batch(), summaries(left_loses)).rows("Movements")
    assert rows[0][0:2] == ["All movements", "800"]
    assert rows[0][2].startswith("41.2 D")
    assert rows[0][3].startswith("51.2 Dworst: Abay avenue, eastbound: left, 71.2 E")
    left = next(row for row in rows if row[0].endswith("left"))
    assert left[1] == "400"
    assert left[3].startswith("▲ 71.2 ± ")
    assert "v/c 0.50" in left[3]
    assert "full <0.1 %" in left[3]
    through = next(row for row in rows if row[0].endswith("through"))
    assert through[3].startswith("▼ 31.2 ± ")


def test_v_over_c_is_that_of_the_means() -> None:
    (left, _) = movements(batch(("fixed",)), summaries(left_loses))
    assert left["degree"] == pytest.approx(400.0 / 800.0)  # of the mean volume and capacity, not of their ratios
    assert left["los"] == "D"


def test_many_junctions_are_counted_and_all_are_in_the_csv_file(tmp_path: Path) -> None:
    told, records = summaries(left_loses, MOST_JUNCTIONS + 3), batch()
    whole = page(tmp_path, records, told)
    assert "3 more junctions with shorter queues: in movements.csv." in whole.html
    titles = whole.texts["h4"]
    assert len(titles) == MOST_JUNCTIONS
    assert titles[0] == f"Abay avenue (J{MOST_JUNCTIONS + 3})", "the longest queue first"
    write_movements(records, told, tmp_path / "movements.csv")
    rows = list(csv.DictReader((tmp_path / "movements.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 2 * 2 * (MOST_JUNCTIONS + 3)
    assert {row["controller"] for row in rows} == {"fixed", "actuated"}
    assert float(rows[0]["degree"]) == pytest.approx(0.5)


def test_many_controllers_are_a_few_tables_each_with_the_baseline(tmp_path: Path) -> None:
    labels = ("fixed", *(f"controller-{n}" for n in range(2 * MOST_BESIDE)))
    found = page(tmp_path, batch(labels, 2), summaries(left_loses))
    heads = [rows[0] for label, rows in found.tables if label == "Movements"]
    assert {head[2] for head in heads} == {"fixed"}
    assert max(len(head) for head in heads) == 2 + MOST_BESIDE
    assert {name for head in heads for name in head[2:]} == set(labels)


def test_runs_of_before_have_no_movements_and_the_page_says_so(tmp_path: Path) -> None:
    records = batch(seeds=2)
    whole = page(tmp_path, records, before)
    assert "Without movements, stored before they were measured: 4 runs (--rerun measures them)." in whole.html
    assert whole.rows("Movements") == []
    write_movements(records, before, tmp_path / "movements.csv")
    assert len((tmp_path / "movements.csv").read_text().splitlines()) == 1


def test_names_from_outside_do_nothing(tmp_path: Path) -> None:
    told = summaries(left_loses, street=HOSTILE + ", eastbound")
    whole = page(tmp_path, batch(), told)
    assert "script" not in {tag for tag, _ in whole.elements}
    write_movements(batch(), summaries(left_loses, street="=1+1"), tmp_path / "movements.csv")
    assert ",'=1+1," in (tmp_path / "movements.csv").read_text(encoding="utf-8")

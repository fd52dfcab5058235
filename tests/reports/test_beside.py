"""What was brought along beside the runs: the right movements, put together by vehicle, and text that does no harm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.reports.builders import WHOLE, FakeRuns, batch, measures, run
from tests.reports.pages import HOSTILE, Page
from zhasyl.measures import level_of_service
from zhasyl.reports.beside.page import beside
from zhasyl.reports.beside.rows import Placed
from zhasyl.reports.exports.beside_tables import MOST_SHOWN, log, synchro
from zhasyl.reports.exports.groups import Group, groups
from zhasyl.reports.exports.page_tables import page_tables
from zhasyl.reports.html import write_report
from zhasyl.runs.summary import Summary
from zhasyl.scenarios.beside.model import (
    APPROACH,
    CHECK,
    COLUMNS,
    LANE_GROUP,
    LOG,
    PHASE,
    SIGNAL,
    SYNCHRO,
    Beside,
    read_ways,
    written_ways,
)

SYNCHRO_REGION, LOG_REGION = "Synchro's own figures beside these runs", "The controller's log beside these runs"
AT_IMPORT = "run at import (detectors)"
WAYS = (("e10", "e10-left"), ("e10", "e10-through"))
LEFT = Beside(
    SYNCHRO, LANE_GROUP, "J1", "NBL", "Abay avenue", WAYS[:1], "HCM 7th", control_delay_s=40.0, los="D", degree=0.5,
    back_p95_m=61.0, mark="#",
)  # fmt: skip
NORTH = Beside(SYNCHRO, APPROACH, "J1", "NB", "Abay avenue", WAYS, "HCM 7th", control_delay_s=50.0)
LOGGED = Beside(LOG, PHASE, "J1", "2", "NBT", WAYS[1:], volume_veh_h=90.0, green_s=30.5, on_green_share=0.77)
CHECKED = replace(LOGGED, kind=CHECK, volume_veh_h=91.0, green_s=30.0, on_green_share=0.7, failure_share=0.25)


def bringing(*brought: Beside) -> Callable[[Mapping[str, object]], Summary]:
    """Runs of a scenario with these figures, as a summary has them: NaN is nothing."""
    cells: dict[str, list[Any]] = {name: [getattr(one, name) for one in brought] for name in COLUMNS}
    cells["ways"] = [written_ways(ways) for ways in cells["ways"]]
    table = {name: [None if cell != cell else cell for cell in column] for name, column in cells.items()}
    return lambda record: {**FakeRuns(2, WHOLE)(record), "beside": table}


def shown(brought: Sequence[Beside], seeds: int = 2) -> Group:
    [group] = groups(batch(seeds, ("fixed", "actuated")), [], bringing(*brought))
    return group


def test_the_movements_of_a_figure_count_by_vehicle() -> None:
    records = [run("fixed", seed, **measures(delay_s)) for seed, delay_s in ((1, 40.0), (2, 60.0))]
    left, north = Placed.among(records, bringing(LEFT, NORTH)).of(SYNCHRO)
    assert left.runs["control_delay_s"] == pytest.approx((44 + 66) / 2)
    assert north.runs["control_delay_s"] == pytest.approx(50 * (1.1 * 100 + 0.7 * 101) / 201)
    assert left.difference_s == pytest.approx(15.0)
    assert left.n == 2
    assert left.runs["los"] == level_of_service(55.0)
    assert left.runs["degree"] == pytest.approx(50 / 77)
    assert left.runs["back_p95_m"] == pytest.approx(3.1 * 50)
    assert "back_p95_m" not in north.runs or north.runs["back_p95_m"] != north.runs["back_p95_m"], "queues do not add"


def test_a_movement_in_shared_lanes_has_the_v_c_of_its_lane_group_and_its_own_delay() -> None:
    def shared(record: Mapping[str, object]) -> Summary:
        summary = dict(bringing(replace(LEFT, place="NBR"), replace(LEFT, ways=WAYS[1:]))(record))
        table = dict(summary["movements"])
        _, second, *others = table["lane_group"]
        return {**summary, "movements": {**table, "lane_group": [second, second, *others]}}

    records = [run("fixed", 1, **measures(77.0))]
    right, through = Placed.among(records, shared).of(SYNCHRO)
    assert right.runs["degree"] == through.runs["degree"] == pytest.approx(1.0)
    assert right.runs["control_delay_s"] != through.runs["control_delay_s"]


def test_a_movement_that_the_network_has_not_has_no_figures() -> None:
    [row] = Placed.among(batch(2, ("fixed",)), bringing(replace(LEFT, ways=(("gone", "away"),)))).of(SYNCHRO)
    assert row.runs["los"] == "-"
    assert row.difference_s != row.difference_s
    [table] = synchro(shown([replace(LEFT, ways=())]))
    assert [cell.shown for cell in table.rows[0]][3:6] == ["40.0", "–", "–"]


def test_the_page_has_both_with_what_is_to_be_known(tmp_path: Path) -> None:
    records = batch(2, ("fixed", "actuated"))
    path = write_report(tmp_path, records, [], bringing(LEFT, NORTH, LOGGED, CHECKED))
    page = Page(path.read_text(encoding="utf-8"))
    rows = page.rows(SYNCHRO_REGION)
    assert [row[:3] for row in rows] == [
        [place, "J1", label] for place in ("NBL, Abay avenue", "NB, Abay avenue") for label in ("fixed", "actuated")
    ]
    assert (rows[0][3], rows[0][8].split(" / ")[0], rows[0][9]) == ("40.0", "# 61", "HCM 7th")
    assert rows[2][7:9] == ["–", "–"]
    assert "it may be longer" in page.html
    assert "a fixed plan has every phase in each cycle" in page.html
    phases = page.rows(LOG_REGION)
    assert [row[2] for row in phases] == [AT_IMPORT, "fixed", "actuated"]
    assert phases[0] == ["2 NBT", "J1", AT_IMPORT, "1", "90 / 91", "30.5 / 30.0", "77 % / 70 %", "– / 25 %"]
    assert phases[1][6:] == ["77 % / 33 %", "–"], "without the tables of runs no greens"
    [nothing] = groups(records, [], FakeRuns(2, WHOLE))
    assert beside(nothing) == []


def test_text_of_others_does_no_harm_and_files_have_all(tmp_path: Path) -> None:
    many = [replace(LEFT, signal=f"J{n}", place="NBL", words=HOSTILE, control_delay_s=n) for n in range(MOST_SHOWN)]
    path = write_report(tmp_path, batch(2, ("fixed", "actuated")), [], bringing(*many))
    page = Page(path.read_text(encoding="utf-8"))
    assert "script" not in {tag for tag, _ in page.elements}
    assert len(page.rows(SYNCHRO_REGION)) == MOST_SHOWN
    assert page.rows(SYNCHRO_REGION)[0][1] == "J1", "the largest difference first; the others are not in the network"
    assert f"{MOST_SHOWN // 2} more signals with smaller differences" in page.html
    [table] = synchro(shown(many))
    assert len(table.rows) == 2 * MOST_SHOWN
    assert [len(row) for row in table.values()] == [len(table.fields)] * len(table.rows)


def test_a_small_report_stands_whole_on_the_page() -> None:
    groups_of_two = [replace(LEFT, signal=signal, place=f"G{n}") for signal in ("J1", "J2") for n in range(24)]
    [table] = synchro(shown(groups_of_two, 1))
    assert len(table.grid().rows) == len(table.rows) == 2 * 2 * 24


def test_files_have_every_figure_under_a_name_of_its_own() -> None:
    group = shown([LEFT, LOGGED, CHECKED])
    by_name = {table.name: table for table in page_tables([group])}
    for name in ("synchro", "controller-log"):
        keys = [field.key for field in by_name[name].fields]
        assert len(set(keys)) == len(keys)
    [first, *_] = [dict(zip([f.key for f in log(group)[0].fields], row, strict=True)) for row in log(group)[0].values()]
    assert (first["controller"], first["on_green_share_log"], first["on_green_share"]) == (AT_IMPORT, 0.77, 0.7)
    assert first["failure_share_log"] is None


def test_ways_are_written_and_read_back() -> None:
    assert read_ways(written_ways(WAYS)) == WAYS
    assert read_ways("-1#2>3 nonsense >x") == (("-1#2", "3"),)


def test_the_signal_as_a_whole_is_called_so() -> None:
    whole = replace(NORTH, level=SIGNAL, place="", words="Main & Oak")
    [table] = synchro(shown([whole]))
    assert table.rows[0][0].shown == "Whole junction"
    assert table.rows[0][0].values == ("", "Whole junction", "Main & Oak")

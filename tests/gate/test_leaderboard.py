"""The leaderboard from made-up records: who belongs, who is ranked and how, who stands apart and why."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from zhasyl.errors import OutputError
from zhasyl.optimise.statistics.intervals import student_t
from zhasyl.reports.leaderboard.board import Board, board_of
from zhasyl.reports.leaderboard.commands import seeds_text
from zhasyl.reports.leaderboard.files import document, write_csv
from zhasyl.reports.leaderboard.gathered import Asked, Cell, gather
from zhasyl.reports.leaderboard.page import left_out, write_page
from zhasyl.runs.provenance import build
from zhasyl.runs.store import RunRecord, aside, settle

VERSIONS = {"zhasyl": "0.1.0", "sumo": "1.28.0", "measures": "5", "sequencer": "3"}
SEEDS = (1, 2, 3, 4, 5)


def cell(scenario: str, *options: str) -> Cell:
    place = (scenario, "1", f"content of {scenario}", "perfect", "all", "")
    return Cell(place, scenario, scenario, options, {key: VERSIONS[key] for key in ("sumo", "measures")})


ASKED = Asked("mine", "mine.toml", [cell("east"), cell("west")], SEEDS, ["fixed", "sotl"])


def values(label: str, seed: int, scenario: str = "east", **changes: object) -> dict[str, Any]:
    """A record as a run of this controller would leave it."""
    return {
        "scenario": scenario, "version": "1", "content": f"content of {scenario}", "sensor": "perfect",
        "emissions": "all", "variant": "", "controller": label.partition(":")[0], "controller_version": 1,
        "label": label, "parameters": {}, "seed": seed, "versions": VERSIONS, "status": "done", "key": f"{label}{seed}",
        "build": build(), "started_at": "2026-11-28T10:00:00+00:00", "begin_s": 0.0, "end_s": 3600.0,
        "command": f"zhasyl run {scenario} --controller {label} --seed {seed}", "gridlocked": False, "faults": [],
        "controlled_signals": 2, "delay_s": 40.0, "queue_mean_veh": 9.0, "stops": 1.5, "unfinished_veh": 1.0,
        "not_inserted_veh": 0.0,
    } | changes  # fmt: skip


def store(out: Path, record: Mapping[str, Any], name: str = "") -> RunRecord:
    folder = out / "runs" / str(record["scenario"]) / (name or f"{record['controller']}-seed{record['seed']}")
    with aside(out) as unfinished:
        return settle(unfinished, folder, record, {}, replace=True)


def store_all(out: Path, label: str, delays_s: Mapping[str, Sequence[float]], **changes: object) -> None:
    """Runs of a controller in each cell, a seed each."""
    for scenario, found in delays_s.items():
        for seed, delay_s in zip(SEEDS, found, strict=False):
            made = values(label, seed, scenario, delay_s=delay_s, **changes)
            store(out, made, f"{label}-{seed}-{changes.get('name', '')}".replace(":", "-"))


FIXED = {"east": (40.0, 44.0, 42.0, 38.0, 41.0), "west": (100.0, 90.0, 95.0, 105.0, 98.0)}


def scaled(east: float, west: float, bend: float = 0.01) -> dict[str, list[float]]:
    """Fixed's delays times a factor a cell, not quite the same at each seed."""
    return {
        name: [delay * factor * (1 + bend * seed) for seed, delay in zip(SEEDS, FIXED[name], strict=True)]
        for name, factor in (("east", east), ("west", west))
    }


def board(*folders: Path, baseline: str = "fixed", asked: Asked = ASKED) -> Board:
    return board_of(gather(folders, asked), asked, baseline, folders)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    store_all(tmp_path, "fixed", FIXED)
    return tmp_path


def test_the_rank_is_the_geometric_mean_over_cells_and_seeds_paired_by_seed(out: Path) -> None:
    store_all(out, "good", scaled(0.5, 0.8))
    store_all(out, "bad", scaled(1.2, 1.1))
    found = board(out)
    assert [(one.rank, one.entry.name) for one in found.ranked] == [(1, "good"), (2, "fixed"), (3, "bad")]
    logs = [math.log(math.sqrt(0.5 * 0.8) * (1 + 0.01 * seed)) for seed in SEEDS]
    expected = student_t(logs, 0.95)
    first = found.ranked[0]
    assert first.change.mean == pytest.approx(math.expm1(sum(logs) / 5))
    assert (first.change.low, first.change.high) == pytest.approx((math.expm1(expected.low), math.expm1(expected.high)))
    assert found.ranked[1].change.mean == 0.0
    assert [one.told_apart for one in found.ranked] == [None, True, True]


def test_rows_that_the_seeds_do_not_tell_apart_say_so(out: Path) -> None:
    store_all(out, "one", scaled(0.5, 0.8, 0.0))
    other = scaled(0.5, 0.8, 0.0)
    other["east"] = [delay * (0.93 if seed % 2 else 1.1) for seed, delay in enumerate(other["east"])]
    store_all(out, "other", other)
    found = board(out)
    assert [one.entry.name for one in found.ranked] == ["one", "other", "fixed"]
    assert [one.told_apart for one in found.ranked] == [None, False, True]


def test_ties_stand_by_label(out: Path) -> None:
    for label in ("c", "a", "b"):
        store_all(out, label, scaled(0.9, 0.9))
    assert [one.entry.name for one in board(out).ranked] == ["a", "b", "c", "fixed"]


def test_who_lacks_runs_stands_apart_with_the_command_that_adds_them(out: Path) -> None:
    store_all(out, "mine:x_s=1", {"east": FIXED["east"], "west": FIXED["west"][:3]})
    found = board(out)
    assert [one.entry.name for one in found.ranked] == ["fixed"]
    apart = {one.entry.name: one for one in found.apart}
    assert apart["mine:x_s=1"].reasons == ["lacks west, seeds 4-5"]
    assert apart["mine:x_s=1"].commands == [f"zhasyl compare west --controllers mine:x_s=1 --seeds 4-5 --out {out}"]
    assert apart["sotl"].reasons == ["no runs"], "the suite names it"
    assert apart["sotl"].commands == [f"zhasyl compare east west --controllers sotl --seeds 1-5 --out {out}"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scenario": "north"}, "another scenario"),
        ({"variant": "demand_scale=1.1"}, "another variant"),
        ({"content": "other"}, "other content of the scenario"),
        ({"sensor": "loops"}, "another sensor"),
        ({"emissions": "none"}, "another --emissions than the suite's"),
        ({"seed": 6}, "another seed"),
        ({"seed": True}, "another seed"),
        ({"seed": "1"}, "another seed"),
        ({"versions": {**VERSIONS, "sumo": "1.20.0"}}, "another SUMO"),
        ({"versions": {**VERSIONS, "measures": "3"}}, "another version of the measures"),
        ({"versions": "1.28"}, "another SUMO"),
        ({"status": "failed"}, "failed"),
        ({"begin_s": "07:00"}, "damaged"),
        ({"faults": [{"signal": "J1", "reason": "raised"}]}, "damaged"),
        ({"assumptions": ["all"]}, "damaged"),
        ({"warnings": [{"text": "a", "count": "b", "example": "c"}]}, "damaged"),
    ],
)  # fmt: skip
def test_other_records_are_counted_with_the_reason(out: Path, changes: dict[str, object], reason: str) -> None:
    store(out, {**values("other", 1), **changes}, "other")
    found = board(out)
    assert found.left_out == {reason: 1}
    assert [one.entry.name for one in found.ranked] == ["fixed"]
    assert reason in left_out(found)[0]


def test_a_record_that_was_changed_by_hand_is_damaged(out: Path) -> None:
    file = next(out.glob("runs/east/fixed-1-/record.json"))
    file.write_text(file.read_text().replace('"delay_s": 40.0', '"delay_s": 10.0'))
    store_all(out, "good", scaled(0.5, 0.8))
    found = gather([out], ASKED)
    assert found.left_out == {"damaged": 1}
    with pytest.raises(
        OutputError, match=r"baseline 'fixed' lacks 1 run of the suite; zhasyl compare east .*--seeds 1 "
    ):
        board_of(found, ASKED, "fixed", [out])


def test_runs_of_two_makes_are_two_rows(out: Path) -> None:
    about = {"distribution": "mine", "version": "1.0"}
    for version, digest in (("1.0", "a" * 64), ("1.0", "b" * 64)):
        plug_ins = {"mine": {**about, "version": version, "source": digest}}
        store_all(out, "mine", scaled(0.5, 0.8), plug_ins=plug_ins, name=digest[:2])
    found = board(out)
    names = [one.entry.name for one in found.ranked]
    assert names == [
        "mine (plug-in mine 1.0 source aaaaaaaaaaaa)", "mine (plug-in mine 1.0 source bbbbbbbbbbbb)", "fixed",
    ]  # fmt: skip
    assert found.ranked[0].entry.origin["plug_in"] == "mine 1.0 source aaaaaaaaaaaa"
    with pytest.raises(OutputError, match=r"no baseline 'none'.* Known: fixed, mine; add"):
        board_of(gather([out], ASKED), ASKED, "none", [out])


def test_records_of_others_join_and_what_is_stored_twice_counts_once(out: Path, tmp_path_factory: Any) -> None:
    others = tmp_path_factory.mktemp("others")
    store_all(others, "theirs", scaled(0.7, 0.7))
    store(others, values("fixed", 1, delay_s=40.0, build="other"))
    store(others, values("fixed", 2, delay_s=99.0, build="other", started_at="2026-12-01"))
    found = board(out, others)
    assert [one.entry.name for one in found.ranked] == ["theirs", "fixed"]
    assert found.left_out == {"the same run, stored twice": 2}
    assert found.unlike == ["fixed, seed 2, east"]
    assert found.baseline.runs[ASKED.cells[0].place, 2]["delay_s"] == 44.0, "today's build stays"


def test_what_is_no_result_of_its_controller_is_not_ranked(out: Path) -> None:
    fault = {"signal": "J1", "time_s": 60.0, "reason": "raised"}
    store_all(out, "failing", scaled(0.5, 0.5), controlled_signals=1, faults=[fault])
    store_all(out, "unsafe", scaled(0.5, 0.5), signal_s_checked=3600, violations=2, plan_violations=0)
    store_all(out, "still", {name: [0.0] * 5 for name in FIXED})
    found = board(out)
    assert [one.entry.name for one in found.ranked] == ["fixed"]
    reasons = {one.entry.name: one.reasons[0] for one in found.apart}
    assert reasons["failing"] == "failed at every signal in 10 runs: those show the fixed plan"
    assert reasons["unsafe"] == "showed what is not safe in 10 runs"
    assert reasons["still"] == "a run without a mean delay, or one of 0"


def test_what_is_asked_amiss_is_told_in_one_line(out: Path, tmp_path_factory: Any) -> None:
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(OutputError, match="no records in"):
        board(empty)
    with pytest.raises(OutputError, match=r"no folder .*nowhere"):
        board(out / "nowhere")
    with pytest.raises(OutputError, match=r"fixd.*Did you mean 'fixed'.*zhasyl compare east west --controllers fixd"):
        board(out, baseline="fixd")
    store(empty, values("fixed", 9))
    with pytest.raises(OutputError, match=r"no record is of the suite mine \(1 with another seed\); add some: zhasyl"):
        board(empty)


def test_the_page_is_self_contained_and_what_records_say_is_text(out: Path) -> None:
    hostile = "<script>alert(1)</script>\x1b[31m"
    store_all(out, "evil", scaled(0.5, 0.8), plug_ins={"evil": {"distribution": hostile, "source": hostile}},
              command=f"python {hostile}")  # fmt: skip
    found = board(out)
    page = write_page(found, out).read_text()
    assert "<script" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert "evil is first: its mean delay is 0.6" in page
    for scenario in ("east", "west"):
        assert f"zhasyl compare {scenario} --controllers fixed --seeds 1-5 --out {out}" in re.sub(r"<[^>]+>", "", page)
    assert f"zhasyl leaderboard mine.toml {out} --baseline fixed" in re.sub(r"<[^>]+>", "", page)


def test_a_run_that_zhasyl_did_not_make_is_repeated_as_its_record_says(out: Path) -> None:
    store_all(out, "peer", scaled(0.5, 0.8), command="python -m peer east")
    one = document(board(out))["ranked"][0]
    assert one["commands"] == ["python -m peer east"]
    assert one["cells"][0]["command"] == "python -m peer east"


def test_the_files_for_programs_have_every_figure_with_its_command(out: Path) -> None:
    store_all(out, "=evil()", scaled(0.5, 0.8), co2_kg=7.0)
    found = board(out)
    rows = [line.split(",") for line in write_csv(found, out).read_text().splitlines()]
    assert len(rows) == 1 + 4 + 1
    assert rows[1][rows[0].index("controller")] == "'=evil()"
    said = json.loads(json.dumps(document(found), allow_nan=False))
    evil = said["ranked"][0]
    assert [one["name"] for one in said["cells"]] == ["east", "west"]
    assert evil["relative_delay"] == pytest.approx(0.6514, abs=1e-3)
    assert evil["cells"][1]["delay_s"] == pytest.approx(97.6 * 0.8 * 1.03, rel=0.01)
    assert evil["cells"][1]["co2_kg"] == 7.0
    assert said["ranked"][1]["cells"][0]["co2_kg"] is None
    assert all(cell["command"].startswith("zhasyl compare") for one in said["ranked"] for cell in one["cells"])
    assert said["not_ranked"][0]["controller"] == "sotl"


def test_seeds_as_a_command_has_them() -> None:
    assert seeds_text([5, 1, 2, 3, 9]) == "1-3,5,9"

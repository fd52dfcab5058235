"""Labels as tables and figures show them: files without folders, and still told apart; records have them in full."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.reports.builders import FakeRuns, batch
from tests.reports.pages import Page
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.exports.groups import groups
from zhasyl.reports.exports.page_tables import page_tables
from zhasyl.reports.exports.paper import PAGE, TELEPHONE
from zhasyl.reports.exports.table_files import write_tables
from zhasyl.reports.html import write_report
from zhasyl.reports.long_ids import short_labels
from zhasyl.reports.short import write_short
from zhasyl.reports.tables import print_comparison

FULL = "fixed:plans=../o/front/plans/6264fcc561ee.csv"
SHORT = "fixed:plans=…/6264fcc561ee.csv"


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (["fixed", FULL], ["fixed", SHORT]),
        (["fixed:plans=plan.csv", "fixed:plans=a/plan.csv"], ["fixed:plans=plan.csv", "fixed:plans=a/plan.csv"]),
        (
            ["fixed:plans=../a/found/plan.csv", "fixed:plans=../b/found/plan.csv", "fixed:plans=../b/found/other.csv"],
            ["fixed:plans=…/a/found/plan.csv", "fixed:plans=…/b/found/plan.csv", "fixed:plans=…/other.csv"],
        ),
        (["fixed:plans=/home/me/my plans/one.csv"], ["fixed:plans=…/one.csv"]),
        (["x:plans=/one.csv,rate=1/2"], ["x:plans=/one.csv,rate=1/2"]),
        (
            ["transit-priority:of=fixed,of.plans=../found/plan.csv,reach_m=80"],
            ["transit-priority:of=fixed,of.plans=…/plan.csv,reach_m=80"],
        ),
        (["fixed:plans=one/found/plan.csv, before"], ["fixed:plans=…/plan.csv, before"]),
        (["max-pressure:interval_s=10"], ["max-pressure:interval_s=10"]),
    ],
)
def test_files_without_folders(labels: list[str], shown: list[str]) -> None:
    assert short_labels(labels) == dict(zip(labels, shown, strict=True))


FOLDERS = st.lists(st.sampled_from(["", ".", "..", "a", "b", "…"]), max_size=4)
PATHS = st.builds(lambda folders, name: "/".join([*folders, name]), FOLDERS, st.sampled_from(["x.csv", "y.csv"]))


@given(st.lists(st.builds("fixed:plans={}".format, PATHS), unique=True))
def test_unlike_labels_stay_unlike_and_never_grow(labels: list[str]) -> None:
    shown = short_labels(labels)
    assert list(shown) == labels
    assert len(set(shown.values())) == len(labels)
    assert all(len(short) <= len(label) for label, short in shown.items())


@pytest.fixture
def records() -> list[dict[str, object]]:
    return batch(6, ("fixed", FULL))


def test_the_terminal_has_them_short(records: list[dict[str, object]]) -> None:
    console = Console(width=80, file=io.StringIO())
    print_comparison(console, records, compare_all(records, "fixed"))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert f"{SHORT} against fixed, 6 seeds" in text
    assert "../o/front" not in text


def test_pages_have_them_short_and_files_in_full(records: list[dict[str, object]], tmp_path: Path) -> None:
    comparisons, summaries = compare_all(records, "fixed"), FakeRuns(6)
    for path in (
        write_report(tmp_path, records, comparisons, summaries),
        write_short(tmp_path, records, comparisons, summaries),
    ):
        page = Page(path.read_text("utf-8"))
        assert any(cell == SHORT for _, rows in page.tables for row in rows for cell in row)
        assert not any("../o/front" in cell for _, rows in page.tables for row in rows for cell in row)
        assert "../o/front" not in "".join(page.texts["svg"])
    write_tables(tmp_path, lambda: page_tables(groups(records, comparisons, summaries)), ["csv"])
    with (tmp_path / "tables" / "differences.csv").open(encoding="utf-8", newline="") as file:
        assert {row["controller"] for row in csv.DictReader(file)} == {FULL}
    assert FULL in json.dumps([vars(one) for one in comparisons])


def test_beside_a_row_a_line_ends_before_the_name_of_a_file() -> None:
    assert PAGE.row_name(SHORT) == "fixed: plans=…/\n6264fcc561ee.csv"
    assert TELEPHONE.row_name(SHORT) == "fixed: plans=…/\n6264fcc561ee.csv"
    assert PAGE.row_name("fixed:plans=…/plan.csv") == "fixed: plans=…/plan.csv"


def test_how_a_run_is_repeated_stays_in_full(records: list[dict[str, object]]) -> None:
    (group,) = groups(records, [], FakeRuns(6), short=True)
    assert list(group.colour) == ["fixed", FULL, SHORT]
    assert group.colour[SHORT] == group.colour[FULL] != group.colour["fixed"]
    assert f"--controller {FULL}" in group.commands[1]


def test_a_study_has_them_short(tmp_path: Path) -> None:
    other = "fixed:plans=../other/6264fcc561ee.csv"
    runs = [
        run
        for variant in ("", "demand_scale=1.1")
        for label in ("fixed", FULL, other)
        for run in batch(6, (label,), variant=variant, files={"plans": label})
    ]
    page = Page(write_report(tmp_path, runs, compare_all(runs, "fixed"), FakeRuns(6)).read_text("utf-8"))
    headings = ["fixed", "fixed:plans=…/plans/6264fcc561ee.csv", "fixed:plans=…/other/6264fcc561ee.csv"]
    (matrix,) = (
        rows for region, rows in page.tables if region == "Mean delay of every scenario under every controller"
    )
    assert matrix[0][1:] == headings
    assert any(
        f"{headings[1]} against fixed: mean delay" in text for tag in ("p", "li") for text in page.texts.get(tag, [])
    )

"""Which diagrams a page has, and the line that stands for one that it has not; never an empty axis."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import escape

from tests.reports.builders import BEGIN_S, FakeRuns, Record, batch, run
from tests.reports.diagrams.hand_made import (
    crossing_passages,
    passages_table,
    signals_table,
    street_of,
    tables,
    trips_table,
)
from tests.reports.pages import Page
from zhasyl.derive import DerivedSignals
from zhasyl.files.columns import Table
from zhasyl.lane_groups import LaneGroups
from zhasyl.reports.diagrams import evidence
from zhasyl.reports.diagrams.arrivals import Junctions, passings
from zhasyl.reports.diagrams.coordination import approach_counts
from zhasyl.reports.diagrams.curves import counted, stepped
from zhasyl.reports.diagrams.evidence import Evidence
from zhasyl.reports.diagrams.page import MOST_SEEDS, Diagrams, diagrams_of, worst_junctions
from zhasyl.reports.figures import colours
from zhasyl.reports.html import write_report
from zhasyl.runs.kept import Roads

LABELS = ("fixed", "<b>&")
ALL = {"trips": trips_table(), "signals": signals_table(), "passages": crossing_passages()}
ROW = {"signal": "J1", "approach": "J1-in", "name": "Abay avenue, eastbound", "vehicles": 50, "control_delay_s": 10.0}


@pytest.fixture
def roads(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Roads(street_of([("J1", 0)]), DerivedSignals({}, {}), LaneGroups((), {}))
    monkeypatch.setattr(evidence, "_loaded", lambda _: found)


def made(
    found: Mapping[str, Table], records: list[Record] | None = None, rows: list[dict[str, Any]] | None = None
) -> Diagrams:
    records = batch(2, LABELS) if records is None else records
    labels = list(dict.fromkeys(str(one["label"]) for one in records))
    rows = [{**ROW, "label": label} for label in labels] if rows is None else rows
    return diagrams_of(records, tables(found), rows, colours(labels))


def titles(found: Diagrams) -> list[str]:
    return [one.title for one in found.in_sight] + [one.title for part in found.parts for one in part.plots]


@pytest.mark.usefixtures("roads")
def test_a_few_are_in_sight_and_the_others_folded_in() -> None:
    found = made(ALL)
    assert [one.title for one in found.in_sight] == [
        "Map: control delay of the junctions",
        "Phases of signal J1",
        "Distribution of delay over trips",
        "Trips planned and finished",
    ]
    assert [part.title for part in found.parts] == [
        "Arrivals and departures at the junction that loses most",
        "Coordination, arrivals on green and split failures",
    ]
    assert found.left_out == [
        "Time-space diagram: left out, no two neighbouring signals have traffic from one to the other."
    ]
    drawings = [one.drawing() for one in found.plots]
    assert all("<b>" not in one.svg and str(escape(one.caption)) in one.svg for one in drawings)
    assert all("nan" not in one.caption for one in drawings)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("trips", ["Distribution of delay", "Trips planned and finished"]),
        ("signals", ["Phase diagrams", "Arrivals on green and split failures"]),
        ("passages", ["Time-space diagram", "Arrivals and departures", "Arrivals on green and split failures"]),
    ],
)
@pytest.mark.usefixtures("roads")
def test_a_table_that_is_not_there_leaves_its_diagrams_out(missing: str, said: list[str]) -> None:
    found = made({name: table for name, table in ALL.items() if name != missing})
    for what in said:
        assert f"{what}: left out, no table of {missing}." in found.left_out
    assert titles(found)


def test_without_its_network_what_needs_none_is_drawn() -> None:
    found = made(ALL, [run("fixed", 1, source="/not/there/s.sumocfg")])
    assert "Phases of signal J1" in titles(found)
    assert "Arrivals and departures at signal J1" in titles(found)
    assert found.left_out[0].startswith("Map: left out, cannot read /not/there/s.sumocfg: No such file or directory;")
    assert "With the scenario as it was, 'zhasyl report' draws it." in found.left_out[0]


def test_the_page_has_them_folded_in_and_says_what_is_left_out(tmp_path: Path) -> None:
    records = batch(2, LABELS)
    page = Page(write_report(tmp_path, records, [], FakeRuns(), tables=tables(ALL)).read_text(encoding="utf-8"))
    assert page.texts["summary"] == ["Arrivals and departures at the junction that loses most"]
    changed = "Map: left out, scenario 'abay-seifullin' is not what it was"
    assert any(text.startswith(changed) for text in page.texts["p"])
    assert "Phases of signal J1" in page.texts["h3"]
    assert "summary" not in Page(write_report(tmp_path, records, [], FakeRuns()).read_text(encoding="utf-8")).texts


def test_a_scenario_that_has_changed_is_not_drawn() -> None:
    found = made(ALL, [run("fixed", 1, source="abay-seifullin", content="other")])
    assert "scenario 'abay-seifullin' is not what it was" in found.left_out[0]


def test_no_run_no_signal_no_vehicle() -> None:
    assert made(ALL, []) == Diagrams()
    bare = made(ALL, rows=[])
    assert titles(bare) == ["Distribution of delay over trips", "Trips planned and finished"]
    assert bare.left_out == ["Map, phases and diagrams of junctions: left out, no vehicle passes a signal."]
    empty = made({"trips": trips_table(0), "signals": signals_table(), "passages": passages_table([])}, rows=[])
    assert titles(empty) == []
    assert empty.left_out[0] == "Distribution of delay: left out, no trip was planned in the period."


def test_of_many_seeds_the_first_are_drawn_and_it_is_said() -> None:
    found = made(ALL, batch(MOST_SEEDS + 1, ("fixed",)))
    assert f"of the first {MOST_SEEDS} seeds" in found.left_out[0]


def test_junctions_come_by_what_they_lose() -> None:
    rows = [
        {**ROW, "label": "a", "signal": "small", "control_delay_s": 80.0, "vehicles": 10},
        {**ROW, "label": "a", "signal": "large"},
        {**ROW, "label": "b", "signal": "large"},
        {**ROW, "label": "a", "signal": "empty", "vehicles": 0, "control_delay_s": float("nan")},
    ]
    assert worst_junctions(rows) == ["large", "small"]


@pytest.mark.usefixtures("roads")
def test_arrivals_on_green_of_a_fixed_plan() -> None:
    # each arrives 15 s into the minute, the main street has green in the first 30 s of it
    found = approach_counts(Junctions(Evidence(batch(2, ("fixed",)), tables(ALL)), ["J1"]))
    counts = found["J1", "J1-in"]["fixed"]
    assert (counts.vehicles, counts.on_green, counts.failures) == (100, 100, 0)
    assert counts.greens == 2 * 58  # of 60 the first began before, and the last has no successor


def test_passings_are_of_the_signals_asked_for() -> None:
    found = passings(crossing_passages(), ["J1", "J9"])
    assert list(found) == [("J1", "J1-in", "J1-out")]
    assert found["J1", "J1-in", "J1-out"].arrived_s[0] == BEGIN_S + 15
    assert passings(crossing_passages(), ["J9"]) == {}


def test_curves_count_and_step() -> None:
    times_s = np.array([0.0, 10, 20, 30])
    assert counted(np.array([5.0, 10, 40]), times_s).tolist() == [0, 2, 2, 2]
    middles_s, means = stepped(times_s, np.array([0.0, 2, 4, 6]), 20)
    assert means.tolist() == [2, 6]
    assert middles_s.tolist() == [10, 30]

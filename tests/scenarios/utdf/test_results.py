"""Synchro's own results, from its reports and from records, on the movements of the network that was made."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.utdf.given import utdf, with_change, written
from tests.scenarios.utdf.reports import HCM, HCM_SUMMARY, PERCENTILE, PERCENTILE_SUMMARY, block, report
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.beside.model import APPROACH, LANE_GROUP, SIGNAL, Beside
from zhasyl.scenarios.beside.table import beside_tables
from zhasyl.scenarios.utdf.reported.labels import Label, label_of
from zhasyl.scenarios.utdf.reported.records import record_blocks
from zhasyl.scenarios.utdf.reported.report import SAVED_AS, read_report
from zhasyl.scenarios.utdf.sections import read_sections

Capture = pytest.CaptureFixture[str]
FOOT_M = 0.3048
KNOWN = {
    "LnGrp Delay(d),s/veh": (LANE_GROUP, "control_delay_s"),
    "LnGrp Delay(d), s/veh": (LANE_GROUP, "control_delay_s"),
    "Delay (s)": (LANE_GROUP, "control_delay_s"),
    "Total Delay": (LANE_GROUP, "control_delay_s"),
    "Control Delay (s/veh)": (LANE_GROUP, "control_delay_s"),
    "Level of Service": (LANE_GROUP, "los"),
    "Queue Length 95th (m)": (LANE_GROUP, "back_p95_m"),
    "Approach Delay (s)": (APPROACH, "control_delay_s"),
    "Approach Delay, s/veh": (APPROACH, "control_delay_s"),
    "HCM 2000 Control Delay": (SIGNAL, "control_delay_s"),
    "HCM 2010 Ctrl Delay": (SIGNAL, "control_delay_s"),
    "HCM 7th Control Delay, s/veh": (SIGNAL, "control_delay_s"),
}
OTHERS = (
    "Uniform Delay (d), s/veh",
    "Incremental Delay, d2",
    "Queue Delay",
    "Queue Length 50th (ft)",
    "ICU Level of Service",
    "HCM Lane LOS",
    "HCM Control Delay, s/v",
    "Reduced v/c Ratio",
    "Lost Time Adjust (s)",
)


@pytest.mark.parametrize("label", KNOWN)
def test_labels_of_all_editions_are_known(label: str) -> None:
    found = label_of(f"{label}   ")
    assert isinstance(found, Label)
    assert (found.level, found.figure) == KNOWN[label]


@pytest.mark.parametrize("label", OTHERS)
def test_other_rows_are_no_results(label: str) -> None:
    assert label_of(label) is None


def test_a_report_is_read_block_by_block(tmp_path: Path) -> None:
    own, hcm = read_report(written(tmp_path, report(), "report.txt"))
    assert (own.method, hcm.method) == ("Synchro", "HCM 6th")
    assert own.of((LANE_GROUP, "EBT"), "control_delay_s") == 25.9, "with the queue delay"
    assert own.of((LANE_GROUP, "NBT"), "degree") == 1.18, "a de facto left turn"
    assert own.of((LANE_GROUP, "EBL"), "back_p95_m") == pytest.approx(100 * FOOT_M)
    assert own.marks == {(LANE_GROUP, "EBL"): "#", (LANE_GROUP, "EBT"): "m"}
    assert (own.of((SIGNAL, ""), "control_delay_s"), own.letters[SIGNAL, ""]) == (28.9, "C"), "ICU's level is another"
    assert (LANE_GROUP, "NBL") not in hcm.places, "0.0 without a level is no lane group"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    file = written(folder, with_change('"Main & Oak"', '"=Main\x07 <b>Oak"'))
    sign = {"Control Delay (s)": {"EBL": "9.0"}, "LOS": {"EBL": "A"}}
    more = block("3: bend", "Lane Group", sign, ()) + block("99: nowhere", "Lane Group", sign, ())
    paper = written(folder, report() + more, "report.txt")
    arguments = ["scenario", "import-utdf", str(file), "--report", str(paper), "--minutes", "15", "--out"]
    assert status([*arguments, str(folder / "town")]) == 0
    return folder / "town"


@pytest.fixture(scope="module")
def scenario(imported: Path) -> Scenario:
    return load_scenario(str(imported))


def of(scenario: Scenario, level: str, place: str) -> Beside:
    [found] = [one for one in scenario.beside if (one.level, one.place) == (level, place)]
    return found


def test_the_scenario_names_them_by_signal_and_movements(scenario: Scenario) -> None:
    assert {(one.kind, one.signal) for one in scenario.beside} == {("synchro", "1")}
    left, straight = of(scenario, LANE_GROUP, "EBL"), of(scenario, LANE_GROUP, "EBT")
    assert (left.ways, straight.ways) == ((("11-1.1", "1-12"),), (("11-1.1", "1-3"),)), "EBR stands apart in the report"
    assert of(scenario, LANE_GROUP, "EBR").ways == (("11-1.1", "1-13"),)
    assert (left.control_delay_s, left.los, left.degree, left.method) == (50.2, "D", 0.6, "HCM 6th")
    assert left.back_p95_m == pytest.approx(30.5), "the length in feet, not vehicles by 25 ft"
    assert left.mark == "#"
    assert of(scenario, LANE_GROUP, "EBR").back_p95_m == pytest.approx(4 * 25 * FOOT_M, abs=0.05)


def test_a_movement_without_lanes_is_of_the_group_whose_lane_it_takes(scenario: Scenario) -> None:
    north = of(scenario, LANE_GROUP, "NBT")
    assert north.ways == (("13-1.1", "1-12"), ("13-1.1", "1-3"))
    assert (north.control_delay_s, north.method) == (34.0, "HCM 6th"), "HCM writes it at the right turn here"
    assert [one.place for one in scenario.beside if one.level == APPROACH] == ["EB"]
    assert of(scenario, APPROACH, "EB").control_delay_s == 28.1
    assert len(of(scenario, SIGNAL, "").ways) == 12


def test_what_has_no_place_is_said(imported: Path, scenario: Scenario) -> None:
    guessed = (imported / "guessed.csv").read_text()
    assert "synchro's results,3,,left out,it is no signal" in guessed
    assert "synchro's results,99,,left out" in guessed
    assert "\x07" not in (imported / "synchro.csv").read_text()
    assert "<b>Oak" in of(scenario, SIGNAL, "").words


def test_other_figures_make_another_scenario_and_variants_carry_none(imported: Path, scenario: Scenario) -> None:
    assert len(beside_tables(scenario)["beside"]) == len(scenario.beside)
    assert beside_tables(replace(scenario, variant="demand=1.2")) == {}
    path = imported / "synchro.csv"
    before = path.read_text()
    try:
        path.write_text(before.replace("50.2", "50.3"))
        assert load_scenario(str(imported)).content != scenario.content
        path.write_text(before.replace("50.2", "nan"))
        with pytest.raises(ScenarioError, match="control_delay_s 'nan'"):
            load_scenario(str(imported))
    finally:
        path.write_text(before)


def test_records_of_the_file_itself_are_taken(tmp_path: Path) -> None:
    text = utdf().replace(
        "BusStops,2,4", "Control Delay,2,31.5,,,,,,,,,,,,,,,\nLOS,2,C\nQueue Length 95th,2,100\nBusStops,2,4"
    )
    text = text.replace("Cycle Length,2,80.0", "Cycle Length,2,80.0\nIntersection Delay,2,20.5")
    path = written(tmp_path, text)
    [block] = record_blocks(read_sections(path, read_sheet(path)), FOOT_M)
    assert (block.node, block.method) == ("2", "UTDF")
    assert block.of((LANE_GROUP, "NBL"), "back_p95_m") == pytest.approx(100 * FOOT_M)
    assert block.letters == {(LANE_GROUP, "NBL"): "C"}
    assert block.of((SIGNAL, ""), "control_delay_s") == 20.5
    plain = written(tmp_path, utdf())
    assert record_blocks(read_sections(plain, read_sheet(plain)), FOOT_M) == [], "LostTime and DetectDelay1 are none"


def faulty(old: str, new: str) -> str:
    text = report()
    assert old in text, old
    return text.replace(old, new, 1)


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no report": ("some words\nof a text\n", "no delay of a lane group in it"),
    "a report of signs": (block("1: a", "Lane Group", {"HCM Lane LOS": {"EBL": "A"}}, ()), "no delay of a lane group"),
    "another network": (report("7: elsewhere"), "row 2: node 7 is no signal of the UTDF file"),
    "NaN": (faulty("25.9", "nan"), "row 10, column EBT: node 1: delay 'nan' is no number from 0 to 100000"),
    "infinity": (faulty("25.9", "1e999"), "column EBT: node 1: delay '1e999' is no number"),
    "below nothing": (faulty("25.9", "-5"), "delay '-5' is no number"),
    "thousands": (faulty("m250", "1,250"), "queue '1,250' is no number from 0 to 1e+06 (thousands or decimals?"),
    "a word": (faulty("0.61", "x"), "v/c 'x' is no number"),
    "morning and evening": (
        report() + report().replace("29.4", "35.1"),
        "node 1: HCM 6th has two delays of the signal, 29.4 s",
    ),
    "a binary file": (b"\0\1\2", f"a binary file and no text; {SAVED_AS}"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", f"not UTF-8 text; {SAVED_AS}"),
    "nothing": ("", f"is empty; {SAVED_AS}"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_faulty_reports_end_in_one_line(name: str, tmp_path: Path, capsys: Capture) -> None:
    file, paper = written(tmp_path, utdf()), written(tmp_path, REFUSED[name][0], "report.txt")
    out = tmp_path / "town"
    assert status(["scenario", "import-utdf", str(file), "--report", str(paper), "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert REFUSED[name][1] in said.err
    assert (said.out, said.err.count("\n"), out.exists()) == ("", 1, False)


def test_what_synchro_could_not_compute_is_nothing(tmp_path: Path) -> None:
    rows = {**PERCENTILE, "Total Delay (s/veh)": {"EBL": "Err", "EBT": "$ 345.2", "NBT": "-"}}
    [found] = read_report(written(tmp_path, block("1:", "Lane Group", rows, PERCENTILE_SUMMARY), "report.txt"))
    assert found.of((LANE_GROUP, "EBT"), "control_delay_s") == 345.2
    assert found.of((LANE_GROUP, "EBL"), "control_delay_s") == 48.1, "the control delay, where there is no total"
    only = {"Queue Length 95th (m)": {"EBL": "30"}}
    [found] = read_report(written(tmp_path, block("1:", "Lane Group", only, ()), "report.txt"))
    assert list(found.queued(())) == [(LANE_GROUP, "EBL")]
    assert (
        read_report(written(tmp_path, block("1:", "Movement", HCM, HCM_SUMMARY), "report.txt"))[0].method == "HCM 6th"
    )


def test_a_report_without_signal_gives_a_signal_nothing(tmp_path: Path) -> None:
    head = "HCM 7th AWSC\r\n1: Main St\t1/2/2026\r\n\r\nIntersection\r\n"
    signs = f"{head}Intersection Delay, s/veh\t\t8.6\r\nIntersection LOS\t\tA\r\n"
    paper = written(tmp_path, f"{signs}{block('1: Main St', 'Movement', HCM, HCM_SUMMARY)}", "report.txt")
    stops, hcm = read_report(paper)
    assert (stops.unsignalized, stops.places, hcm.unsignalized) == (True, [], False)
    with pytest.raises(ScenarioError, match="no delay of a lane group"):
        read_report(written(tmp_path, signs, "signs.txt"))


def test_labels_of_synchro_7_are_known() -> None:
    for label, figure in (("HCM Average Control Delay", "control_delay_s"), ("HCM Level of Service", "los")):
        found = label_of(label)
        assert found == Label(SIGNAL, figure, "HCM 2000")

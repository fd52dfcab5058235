"""Tables of records: the means worked out by hand, printed so that nothing is cut off, and written as CSV."""

import io
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from tests.reports.builders import DELAY_S, Record, batch, failed, measures, run
from zhasyl.errors import OutputError
from zhasyl.measures import MEASURES
from zhasyl.optimise.statistics.compare import COMPARED, compare_all
from zhasyl.reports.summary import basis, levels, runs_line, summary_rows
from zhasyl.reports.tables import REPEAT, method_notes, notes, print_comparison, write_csv

LONG = "max-pressure:interval_s=10,max_green_s=60,min_green_s=7"


def delays(label: str, *values_s: float, **changed: object) -> list[Record]:
    """Runs of a controller with these mean delays, seeds 1, 2, ..."""
    return [run(label, seed, **measures(value_s), **changed) for seed, value_s in enumerate(values_s, start=1)]


def printed(records: Sequence[Record], width: int, baseline: str = "fixed") -> str:
    console = Console(file=io.StringIO(), width=width)
    print_comparison(console, records, compare_all(records, baseline))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


# Means


def test_means_and_half_width_by_hand() -> None:
    [row] = summary_rows(delays("fixed", 50, 54, 58, los="D"))
    assert (row["scenario"], row["version"], row["sensor"]) == ("abay-seifullin", "1", "perfect")
    assert (row["controller"], row["n"], row["failed"], row["gridlocked"], row["los"]) == ("fixed", 3, 0, 0, "D")
    assert row["delay_s"] == row["delay_seeds_median_s"] == 54.0
    # s = 4, t(0.975; 2) = 4.302653: half width 4.302653 · 4 / √3
    assert row["delay_half_width_s"] == row["delay_s_half_width"] == pytest.approx(9.936550, abs=1e-6)
    assert row["unserved_half_width_veh"] == pytest.approx(9.936550, abs=1e-6)
    assert row["delay_seeds_p95_s"] == pytest.approx(57.6)  # 54 and 58, nine tenths of the way
    # t(0.975; 10) · 4 / √11 = 2.69 <= 2.7 = 5 % of 54, and 2.86 with 10 runs
    assert row["runs_needed"] == 11
    assert row["unserved_veh"] == 54.0
    assert row["queue_max_veh"] == pytest.approx((35 + 37 + 40) / 3)
    assert row["gridlocked_share"] == 0.0


def test_the_median_over_seeds_stands_beside_the_mean_when_one_seed_is_stuck() -> None:
    records = [*delays("fixed", 50, 54), run("fixed", 3, **measures(1000.0), gridlocked=True)]
    [row] = summary_rows(records)
    assert row["delay_s"] == pytest.approx(368.0)
    assert row["delay_seeds_median_s"] == 54.0
    assert (row["gridlocked"], row["gridlocked_share"]) == (1, pytest.approx(1 / 3))


def test_each_measure_has_a_column() -> None:
    assert summary_rows(batch(2))[0].keys() >= {measure.key for measure in MEASURES}


def test_a_measure_that_a_stored_run_was_not_measured_for_has_no_value(tmp_path: Path) -> None:
    before = [{key: value for key, value in one.items() if key != "walker_delay_s"} for one in batch(5, ("fixed",))]
    records = [*before, *batch(5, ("actuated",))]
    assert math.isnan(summary_rows(records)[0]["walker_delay_s"])
    [one] = compare_all(records, "fixed", ["walker_delay_s"])
    assert one.why == "no value in a run"
    assert any("stored before it was measured" in line for line in method_notes([one]))
    write_csv(records, [one], tmp_path)
    assert pd.read_csv(tmp_path / "runs.csv")["walker_delay_s"].isna().tolist() == [True] * 5 + [False] * 5


def test_each_controller_of_each_situation_has_a_row_in_order_of_appearance() -> None:
    found = summary_rows([*batch(2), *batch(2, ("fixed",), sensor="loops"), *batch(2, ("actuated",))])
    assert [(row["controller"], row["sensor"], row["n"]) for row in found] == [
        ("fixed", "perfect", 2), ("actuated", "perfect", 4), ("max-pressure", "perfect", 2), ("fixed", "loops", 2),
    ]  # fmt: skip


def test_one_seed_has_no_half_width() -> None:
    [row] = summary_rows(delays("fixed", 50))
    assert (row["n"], row["delay_s"]) == (1, 50.0)
    assert math.isnan(row["delay_half_width_s"])


def test_failed_runs_are_counted_and_enter_no_mean() -> None:
    [row] = summary_rows([*delays("fixed", 50, 54), failed("fixed", 3)])
    assert (row["n"], row["failed"], row["delay_s"]) == (2, 1, 52.0)
    [row] = summary_rows([failed("fixed", 3)])
    assert (row["n"], row["failed"]) == (0, 1)
    assert math.isnan(row["delay_s"])
    assert math.isnan(row["gridlocked_share"])


def test_a_seed_without_a_value_is_not_dropped_from_the_mean() -> None:
    [row] = summary_rows([run("fixed", 1), run("fixed", 2, delay_s=None)])
    assert math.isnan(row["delay_s"])
    assert math.isnan(row["delay_half_width_s"])


@pytest.mark.parametrize(
    ("found", "together"),
    [(["C", "C"], "C"), (["E", "B", "D"], "B–E"), (["-", "A"], "A"), (["-", "-"], "–"), ([], "–")],
)
def test_levels_of_service_of_several_runs(found: list[str], together: str) -> None:
    assert levels(found) == together


# How many runs, and what the means stand on


def test_the_controller_that_calls_for_the_most_runs_is_named() -> None:
    records = [*delays("fixed", 50, 54, 58), *delays("max-pressure", 45, 50, 55)]
    assert runs_line(summary_rows(records)) == (
        "Runs: the spread of delay over 3 seeds calls for 18 runs for ±5 % (max-pressure), at least 10 (FHWA, TxDOT)."
    )


def test_where_the_least_number_is_enough_nobody_is_named() -> None:
    records = delays("fixed", *(50 + 0.1 * seed for seed in range(5)))
    assert runs_line(summary_rows(records)) == (
        "Runs: for ±5 % of the mean delay 10 are enough, the least (FHWA, TxDOT)."
    )


def test_enough_runs_are_said_to_be_enough() -> None:
    records = delays("fixed", *(50 + 0.1 * seed for seed in range(12)))
    assert runs_line(summary_rows(records)) == (
        "Runs: 12 seeds are enough for ±5 % of the mean delay; fixed calls for the most, 10 (FHWA, TxDOT)."
    )


@pytest.mark.parametrize("records", [delays("fixed", 50), [failed("fixed", 1)]])
def test_one_seed_does_not_tell_how_many_runs_are_needed(records: list[Record]) -> None:
    assert (
        runs_line(summary_rows(records)) == "Runs: how many are needed takes 2 seeds to tell; 10 are the least (TxDOT)."
    )


def test_what_the_means_stand_on() -> None:
    records = [*delays("fixed", 50, 54, 58), *delays("actuated", 40), failed("actuated", 2)]
    assert (
        basis(summary_rows(records))
        == "fixed: 3 seeds, 54.0 ± 9.9 veh not served; actuated: 1 seed, 40.0 veh not served"
    )


# Notes


def test_a_failed_run_is_noted_with_its_reason_and_the_command_that_repeats_it() -> None:
    command = "zhasyl run abay-seifullin --controller fixed --seed 2"
    assert notes([run("fixed", 1), failed("fixed", 2, command=command, attempts=3)]) == [
        "fixed, seed 2: failed after 3 attempts, left out of the means: SUMO: no route from 'a' to 'b'\n"
        f"to repeat it: {command}"
    ]


def test_a_command_is_printed_on_one_line_to_be_pasted() -> None:
    command = "zhasyl run abay-seifullin --controller fixed --seed 2 --out " + "folder/" * 12
    assert f"\nto repeat it: {command}\n" in printed([run("fixed", 1), failed("fixed", 2, command=command)], 80)


def test_how_differences_were_judged_is_said_when_it_matters() -> None:
    plain = compare_all(batch(5, ("fixed", "actuated")), "fixed")
    assert method_notes(plain) == []
    bootstrapped, family, effect = method_notes(compare_all(batch(8), "fixed", min_effect=0.02))
    assert "studentised bootstrap" in bootstrapped
    assert "corrected for the 2 comparisons of a measure (Holm)" in family
    assert "each interval stands on its own" in family
    assert "2 % of the baseline's mean" in effect


def test_a_bootstrapped_measure_has_a_star_and_a_verdict_not_yet_reached_says_so() -> None:
    values = [50.0, 61.0, 49.0, 58.0, 47.0, 66.0, 52.0, 49.0]
    text = printed([*delays("fixed", *values), *delays("actuated", *values[::-1])], 80)
    assert re.search(r"Back of queue, 95th +0 .* cannot tell yet +1\.000", text)
    assert text.count(")*") == 2


def test_why_there_is_no_verdict_is_one_plain_line() -> None:
    [few] = method_notes(compare_all(batch(3, ("fixed", "actuated")), "fixed"))
    assert few == "No verdict: fewer than 5 seeds."
    untold = [*batch(5, ("fixed",)), *batch(5, ("actuated",), delay_s=None)]
    [no_value] = [line for line in method_notes(compare_all(untold, "fixed")) if "verdict (" in line]
    assert no_value.startswith("No verdict (no value): a run has no value of the measure")


def test_the_heading_tells_the_confidence() -> None:
    console = Console(file=io.StringIO(), width=80)
    records = batch(3, ("fixed", "actuated"))
    print_comparison(console, records, compare_all(records, "fixed", confidence=1 - 0.05 / 6))
    assert isinstance(console.file, io.StringIO)
    assert "99.17 % interval" in console.file.getvalue()


def test_a_variant_is_part_of_the_name() -> None:
    text = printed([*batch(2, ("fixed",)), *batch(2, ("fixed",), variant="demand=1.1", content="77")], 80)
    assert re.findall(r"^abay-seifullin.*$", text, re.MULTILINE) == ["abay-seifullin", "abay-seifullin (demand=1.1)"]


# Print


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("candidate", ["max-pressure", LONG])
def test_nothing_is_cut_off_at_the_width_of_a_console(width: int, candidate: str) -> None:
    stuck = run(candidate, 6, **measures(1234.5), gridlocked=True)
    text = printed([*batch(5, ("fixed", "actuated", candidate)), stuck, failed("actuated", 6)], width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert REPEAT not in text  # the one line that may be longer
    assert "…" not in text
    first_column = "".join(re.split(r"\s{2,}", line.strip())[0] for line in text.splitlines())
    for label in ("fixed", "actuated", candidate):
        assert label in first_column
    for measure in (measure for measure in MEASURES if measure.key in COMPARED):
        assert f"{measure.title} ({measure.unit})" in text


def test_a_width_of_80_is_enough_for_large_numbers() -> None:
    many = [run(LONG, seed, **measures(12345.0 + seed), gridlocked=True) for seed in range(1, 101)]
    text = printed([*many, failed(LONG, 101)], 80, LONG)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    for cell in ("100 of 101", "12,395.5 ± 5.8", "12,396 ± 6", "100 %"):
        assert cell in text


def test_the_numbers_printed_are_those_of_the_records() -> None:
    text = printed([*delays("fixed", 50, 54, 58, los="D"), *delays("max-pressure", 31, 30, 35)], 80)
    assert re.search(r"fixed +3 +54\.0 ± 9\.9 +54\.0 +0 % +54\.0 ± 9\.9 ", text)
    assert re.search(r"max-pressure +3 +32\.0 ± 6\.6 +31\.0 +0 % +32\.0 ± 6\.6 ", text)
    assert re.search(r"fixed +3 +27\.0 ± 5\.0 +37 ± 6 +221 ± 41 +D +54\.0 ± 9\.9 ", text)
    assert re.search(r"fixed +3 +43\.2 ± 7\.9 +156\.6 ± 28\.8 +1\.50 ± 0\.17 +54\.0 ± 9\.9 ", text)
    assert re.search(r"fixed +3 +2,346 ± 10 +\S+( ± \S+)? +454\.0 ± 9\.9 +54\.0 ± 9\.9 ", text)
    assert "max-pressure against fixed, 3 seeds" in text
    assert re.search(r"Delay \(s/trip\) +−22\.0 +−28\.6 to −15\.4 +none: 3 seeds +0\.005", text)


def test_failed_runs_and_their_reason_are_printed() -> None:
    text = printed([*delays("fixed", 50, 54), failed("fixed", 3)], 120)
    assert "2 of 3" in text
    assert "fixed, seed 3: failed, left out of the means: SUMO: no route from 'a' to 'b'" in text


def test_square_brackets_are_printed_as_they_are() -> None:
    records = [*delays("[bold]x[/]", 50, scenario="[red]"), failed("[bold]x[/]", 2, scenario="[red]")]
    text = printed(records, 120, "[bold]x[/]")
    assert "[bold]x[/], seed 2: failed" in text
    assert re.search(r"^\[red\]$", text, re.MULTILINE)
    assert re.search(r"^ *\[bold\]x\[/\] +1 of 2 ", text, re.MULTILINE)


# CSV


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def test_csv_files_read_back_as_the_records_and_comparisons(tmp_path: Path) -> None:
    records = batch(3)
    comparisons = compare_all(records, "fixed")
    write_csv(records, comparisons, tmp_path / "out")
    runs, paired = read(tmp_path / "out" / "runs.csv"), read(tmp_path / "out" / "comparisons.csv")
    assert len(runs) == 3 * len(DELAY_S)
    assert list(runs.columns) == list(records[0])
    assert runs["delay_s"].tolist() == [record["delay_s"] for record in records]
    assert runs["label"].tolist() == [record["label"] for record in records]
    assert json.loads(runs["assumptions"][0]) == records[0]["assumptions"]
    assert json.loads(runs["versions"][0]) == records[0]["versions"]
    assert "©" in runs["attribution"][0]
    assert len(paired) == 2 * len(COMPARED)
    assert paired["low"].tolist() == [one.low for one in comparisons]
    assert paired["verdict"].tolist() == [one.verdict for one in comparisons]


def test_csv_of_one_seed_leaves_the_interval_empty(tmp_path: Path) -> None:
    records = batch(1)
    write_csv(records, compare_all(records, "fixed"), tmp_path)
    paired = read(tmp_path / "comparisons.csv")
    assert paired["difference"].notna().all()
    assert paired["low"].isna().all()
    assert paired["high"].isna().all()


def test_csv_keeps_failed_runs_with_empty_measures(tmp_path: Path) -> None:
    write_csv([*batch(1, ("fixed",)), failed("fixed", 2)], [], tmp_path)
    runs = read(tmp_path / "runs.csv")
    assert runs["status"].tolist() == ["done", "failed"]
    assert runs["delay_s"].isna().tolist() == [False, True]
    assert runs["reason"][1] == "SUMO: no route from 'a' to 'b'"
    assert (tmp_path / "comparisons.csv").read_text(encoding="utf-8").startswith("scenario,controller,baseline,measure")


def test_csv_of_text_with_commas_quotes_and_line_ends_reads_back(tmp_path: Path) -> None:
    title = 'Abay, "the avenue"\nand Seifullin'
    write_csv([run("fixed", 1, title=title)], [], tmp_path)
    assert read(tmp_path / "runs.csv")["title"].tolist() == [title]


def test_csv_files_are_the_same_bytes_again(tmp_path: Path) -> None:
    for folder in (tmp_path / "first", tmp_path / "second"):
        write_csv(batch(2), compare_all(batch(2), "fixed"), folder)
    for name in ("runs.csv", "comparisons.csv"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_a_csv_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="choose another folder") as caught:
        write_csv(batch(1), [], tmp_path / "out")
    assert "\n" not in str(caught.value)

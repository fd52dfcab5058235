"""The HTML report: right numbers, nothing left out in silence, text from outside harmless, no outside resource."""

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from tests.reports.builders import FakeRuns, Record, batch, failed, measures, no_signals, run, stageless
from tests.reports.pages import HOSTILE, Page
from zhasyl.errors import OutputError
from zhasyl.measures import MEASURES
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.html import write_report
from zhasyl.reports.pages import warnings
from zhasyl.reports.records import RunSummaries
from zhasyl.reports.tables import print_comparison
from zhasyl.runs.summary import Summary, summary_of
from zhasyl.text.steering import neutral

FULL = FakeRuns()
DELAY, QUEUES, TRIPS = (f"Means over the seeds: {about}" for about in ("delay", "queues", "trips"))


def reported(
    folder: Path, records: Sequence[Record], summaries: RunSummaries = no_signals, baseline: str = "fixed"
) -> Page:
    path = write_report(folder, records, compare_all(records, baseline), summaries)
    assert path == folder / "report.html"
    return Page(path.read_text(encoding="utf-8"))


def delays(label: str, *values_s: float, **changed: object) -> list[Record]:
    """Runs of a controller with these mean delays, seeds 1, 2, ..."""
    return [run(label, seed, **measures(value_s), **changed) for seed, value_s in enumerate(values_s, start=1)]


# Numbers. t(0.975; 2) = 4.302653


def test_the_means_on_the_page_are_those_of_the_records(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58, los="D"), *delays("max-pressure", 31, 30, 35, los="C")])
    fixed, candidate = page.rows(DELAY)
    assert fixed == ["fixed", "3", "54.0 ± 9.9", "54.0", "0 %", "54.0 ± 9.9"]
    assert candidate == ["max-pressure", "3", "32.0 ± 6.6", "31.0", "0 %", "32.0 ± 6.6"]
    fixed, candidate = page.rows(QUEUES)
    assert fixed == ["fixed", "3", "27.0 ± 5.0", "37 ± 6", "221 ± 41", "D", "54.0 ± 9.9"]
    assert candidate[4:6] == ["131 ± 27", "C"]
    assert page.rows(TRIPS)[0] == ["fixed", "3", "43.2 ± 7.9", "156.6 ± 28.8", "1.50 ± 0.17", "54.0 ± 9.9"]
    headings = next(rows[0] for label, rows in page.tables if label == DELAY)
    assert headings[:4] == ["Controller", "Seeds", "Delay ± 95 % (s/trip)", "Median (over seeds)"]
    assert headings[-1] == "Not served (veh)"
    assert any(line.startswith("Runs: the spread of delay over 3 seeds calls for") for line in page.texts["p"])


def test_the_differences_on_the_page_are_those_of_the_records(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58, 54, 54), *delays("max-pressure", 31, 30, 35, 32, 32)])
    found = {row[0]: row[1:] for row in page.rows("max-pressure against fixed, 5 seeds")}
    assert found["Delay (s/trip)"] == ["−22.0", "−24.3 to −19.7", "better", "<0.001"]
    assert found["Arrived (veh)"] == ["+22", "+20 to +24", "better", "<0.001"]
    assert found["CO2 (kg)"] == ["−22.0", "−24.3 to −19.7", "better", "<0.001"]


def test_the_headline_says_what_came_out(tmp_path: Path) -> None:
    page = reported(
        tmp_path,
        [
            *delays("fixed", 50, 54, 58, 54, 54),
            *delays("max-pressure", 31, 30, 35, 32, 32),
            *delays("actuated", 45, 60, 51, 54, 50),
        ],
    )
    lines = page.texts["p"]
    assert (
        "max-pressure cuts the mean delay from 54.0 to 32.0 s per trip "
        "(−22.0 s, 95 % interval −24.3 to −19.7, 5 seeds) against fixed."
    ) in lines
    assert any(
        line.startswith("Whether actuated changes the mean delay against fixed cannot be told") for line in lines
    )


def test_a_controller_that_does_worse_is_said_to_do_worse(tmp_path: Path) -> None:
    page = reported(
        tmp_path,
        [*delays("fixed", 50, 54, 58, 54, 54), *delays("max-pressure", 31, 30, 35, 32, 32)],
        baseline="max-pressure",
    )
    assert any(line.startswith("fixed raises the mean delay from 32.0 to 54.0 s per trip") for line in page.texts["p"])
    assert page.rows("fixed against max-pressure, 5 seeds")[0][3] == "worse"


def test_the_same_delays_are_said_to_be_the_same(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54, 52, 52, 51), *delays("actuated", 50, 54, 52, 52, 51)])
    assert any("have the same mean delay in every run" in line for line in page.texts["p"])


def test_delays_within_the_minimum_effect_are_said_to_differ_by_less(tmp_path: Path) -> None:
    records = [*delays("fixed", 50, 54, 58, 54, 54), *delays("actuated", 50.1, 53.9, 58.1, 54, 53.9)]
    write_report(tmp_path, records, compare_all(records, "fixed", min_effect=0.02), no_signals)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert any(
        line.startswith("The mean delays with actuated and fixed differ by less than 2 %: 54.0 to 54.0 s per trip")
        for line in page.texts["p"]
    )
    assert page.rows("actuated against fixed, 5 seeds")[0][3] == "same"


def test_how_differences_were_judged_is_on_the_page(tmp_path: Path) -> None:
    lines = reported(tmp_path, batch(8)).texts["p"]
    assert any("studentised bootstrap" in line for line in lines)
    assert any("corrected for the 2 comparisons of a measure (Holm)" in line for line in lines)


def test_the_headline_says_what_the_means_stand_on(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58), *delays("actuated", 45, 60, 51)])
    line = "Means over: fixed: 3 seeds, 54.0 ± 9.9 veh not served; actuated: 3 seeds, 52.0 ± 18.8 veh not served."
    assert line in page.texts["p"]


def test_what_the_means_stand_on_is_said_once(tmp_path: Path) -> None:
    records = batch(5, ("fixed", "actuated"))
    assert reported(tmp_path, records, FULL).html.count("Means over: ") == 1
    assert not any("Means over" in drawing for drawing in reported(tmp_path, records, FULL).texts["figcaption"])


def test_one_figure_is_rounded_alike_wherever_it_stands(tmp_path: Path) -> None:
    values = {"unfinished_veh": 150, "not_inserted_veh": 20}
    records = [run("fixed", seed, **{**values, "unfinished_veh": 150 + 40 * seed}) for seed in (1, 2)]
    page = reported(tmp_path, [*records, run("actuated", 1, **values)])
    shown = "230 ± 254"  # t(0.975; 1) = 12.706, s = 28.28, √2
    assert {row[-1] for about in (DELAY, QUEUES, TRIPS) for row in page.rows(about)} == {shown, "170"}
    assert any(f"{shown} veh not served" in line for line in page.texts["p"])
    assert shown in page.html[page.html.index("<figure") :]
    assert "230.0" not in page.html


def test_the_page_says_what_it_shows(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2, ("fixed",)), FULL)
    assert "up to the stop line" in page.facts("Control delay, s/veh")[0]
    assert "denied entry" in page.facts("Not served, veh")[0]


def test_page_and_terminal_have_the_columns_of_differences_in_one_order(tmp_path: Path) -> None:
    records = batch(5, ("fixed", "actuated"))
    page, screen = reported(tmp_path, records), io.StringIO()
    headings = next(rows[0] for label, rows in page.tables if label == "actuated against fixed, 5 seeds")
    print_comparison(Console(file=screen, width=120), records, compare_all(records, "fixed"))
    assert re.search(" +".join(map(re.escape, headings)), screen.getvalue())


def test_words_stay_whole_and_only_ids_may_break(tmp_path: Path) -> None:
    long = "cluster_1234567890_2345678901<&>"
    records = [*delays("fixed", 50), *delays("max-pressure:interval_s=10,max_green_s=60", 40, uncontrolled={long: "x"})]
    page = reported(tmp_path, records)
    assert re.findall(r"([^{}]*)\{[^{}]*overflow-wrap: anywhere", page.html) == [" .id "]
    broken = "max-pressure:<wbr>interval_s=10,<wbr>max_green_s=60"
    assert f'<th scope="row"><span class="id">{broken}</span></th>' in page.html
    assert '<span class="id">cluster_<wbr>1234567890_<wbr>2345678901&lt;&amp;&gt;</span>' in page.html
    boxes = [found.get("class") for tag, found in page.elements if tag == "div"]
    assert boxes == ["box"] * (len(page.tables) + page.html.count("<figure"))  # each scrolls in its own


def test_a_variant_stands_in_the_title_and_apart(tmp_path: Path) -> None:
    varied: dict[str, object] = {"variant": "demand=1.1", "content": "77"}
    page = reported(tmp_path, [*delays("fixed", 50, 54), *delays("fixed", 80, 90, **varied)])
    assert page.texts["h2"][1].endswith("morning peak (demand=1.1)")
    assert [row[3] for row in page.rows(DELAY)] == ["52.0", "85.0"]


def test_a_failed_run_is_given_with_the_command_that_repeats_it(tmp_path: Path) -> None:
    command = "zhasyl run abay-seifullin --controller fixed --seed 2"
    page = reported(tmp_path, [*delays("fixed", 50), failed("fixed", 2, command=command, attempts=2)])
    [line] = [line for line in page.texts["p"] if "after 2 attempts" in line]
    assert line.endswith(f"\nto repeat it: {command}")


def test_one_seed_has_no_interval(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50), *delays("max-pressure", 30)])
    assert [row[1:3] for row in page.rows(DELAY)] == [["1", "50.0"], ["1", "30.0"]]
    rows = page.rows("max-pressure against fixed, 1 seed")
    assert rows[0][1:] == ["−20.0", "–", "none: 1 seed", "–"]
    assert {row[2] for row in rows} == {"–"}
    line = (
        "max-pressure against fixed: no verdict: fewer than 5 seeds; mean delay 50.0 to 30.0 s per trip "
        "(−20.0 s, 1 seed)."
    )
    assert line in page.texts["p"]


def test_one_controller_has_means_and_nothing_to_compare(tmp_path: Path) -> None:
    page = reported(tmp_path, delays("fixed", 50, 54))
    assert "fixed: mean delay 52.0 ± 25.4 s per trip over 2 seeds, 52.0 ± 25.4 veh not served." in page.texts["p"]
    assert "Differences, paired by seed" not in page.texts["h3"]


# Nothing in silence


def test_a_failed_run_is_named_and_left_out_of_the_means(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58), *delays("actuated", 40), failed("actuated", 2)])
    rows = page.rows(DELAY)
    assert [row[:3] for row in rows] == [["fixed", "3", "54.0 ± 9.9"], ["actuated", "1 of 2", "40.0"]]
    assert ("actuated, seed 2: failed, left out of the means: SUMO: no route from 'a' to 'b'") in page.texts["p"]
    assert page.facts("Runs") == ["4 finished, 0 of them gridlocked"]
    assert page.facts("Seeds") == ["1–3"]
    assert page.rows("actuated against fixed, 1 seed") != []


def test_a_controller_all_of_whose_runs_failed_has_no_means(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54), failed("actuated", 1), failed("actuated", 2)])
    row = page.rows(DELAY)[1]
    assert row[:4] == ["actuated", "0 of 2", "–", "–"]
    assert "actuated against fixed: no common finished seeds, nothing can be said." in page.texts["p"]


def test_when_every_run_failed_the_page_still_says_so(tmp_path: Path) -> None:
    page = reported(tmp_path, [failed("fixed", 1), failed("actuated", 1)])
    assert page.facts("Runs") == ["0 finished, 0 of them gridlocked"]
    assert sum("left out of the means" in line for line in page.texts["p"]) == 2
    assert "figure" not in page.texts


def test_a_gridlocked_run_is_counted(tmp_path: Path) -> None:
    stuck = run("fixed", 4, **measures(900.0), gridlocked=True)
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58), stuck])
    assert page.rows(DELAY)[0][4] == "25 %"
    assert page.facts("Runs") == ["4 finished, 1 of them gridlocked"]


def test_faults_and_signals_without_control_are_named(tmp_path: Path) -> None:
    fault = {"signal": "J7", "time_s": 28930.0, "reason": "ValueError: no stage"}
    kept = {"J9": "all its links are green at once"}
    page = reported(
        tmp_path, [run("fixed", 1, uncontrolled=kept), run("actuated", 1, faults=[fault], uncontrolled=kept)]
    )
    warnings = [line for line in page.texts["p"] if "J7" in line or "J9" in line]
    assert warnings == [
        "actuated: failed 1 time, first at signal J7, seed 1, 08:02:10; the fixed plan ran there from then on: "
        "ValueError: no stage",
        "Signal J9 is not controlled and keeps its plan: all its links are green at once",
    ]


def test_what_sumo_warned_of_and_what_was_set_otherwise_stands_on_the_page(tmp_path: Path) -> None:
    braking = {"text": "Vehicle '%' brakes.", "count": 7, "example": "Vehicle 'flow.3' brakes."}
    records = [run(seed=seed, warnings=[braking], replaced_options=["seed: 7 in the file"]) for seed in (1, 2)]
    page = reported(tmp_path, records)
    assert page.rows("Warnings of SUMO") == [["Vehicle 'flow.3' brakes.", "14", "2"]]
    assert page.texts["li"] == ["seed: 7 in the file"]


def test_of_many_signals_it_is_said_how_many_are_shown(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(1, ("fixed", "max-pressure")), FakeRuns(10))
    _, queues, greens = page.texts["figcaption"]
    assert "The 6 of 40 approaches with the longest mean queue are shown." in queues
    assert "The 6 of 10 signals with the longest mean queue are shown." in greens
    assert len(page.rows("Approaches")) == 24 * 2
    assert any(line.startswith("16 more approaches have shorter queues") for line in page.texts["p"])


def test_of_few_signals_all_are_shown(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(1, ("fixed", "max-pressure")), FULL)
    _, queues, greens = page.texts["figcaption"]
    assert "All 4 approaches are shown." in queues
    assert "There is one signal." in greens
    assert len(page.rows("Approaches")) == 4 * 2
    assert "more approaches" not in page.html


def test_approaches_come_with_the_longest_queue_first(tmp_path: Path) -> None:
    rows = reported(tmp_path, batch(2, ("fixed", "max-pressure")), FULL).rows("Approaches")
    queues = [float(row[6].split()[0]) for row in rows if row[2] == "fixed"]
    assert queues
    assert queues == sorted(queues, reverse=True)
    assert rows[0][0].startswith("Abay avenue, westbound")


def test_every_seed_counts_in_figures_and_approaches(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(25, ("fixed",)), FakeRuns())
    assert {row[3] for row in page.rows("Approaches")} == {"25"}


def test_a_run_without_signals_has_means_only(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2, ("fixed", "actuated")), no_signals)
    assert len(page.texts["figcaption"]) == 1
    assert "Approaches" not in page.texts["h3"]
    assert len(page.rows(DELAY)) == 2


def test_signals_without_known_stages_have_queues_and_no_green_times(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2, ("fixed",)), stageless)
    assert len(page.texts["figcaption"]) == 2
    assert "Green time by stage" not in page.texts["h3"]


def test_two_scenarios_stand_one_after_the_other(tmp_path: Path) -> None:
    first = [*delays("fixed", 50, 54), *delays("actuated", 45, 49)]
    other: dict[str, object] = {"scenario": "other", "title": "Another crossing", "content": "77"}
    second = [*delays("fixed", 80, 90, **other), *delays("actuated", 20, 30, **other)]
    page = reported(tmp_path, [*first, *second])
    assert page.texts["h2"][:3] == ["Summary", str(first[0]["title"]), "Another crossing"]
    assert page.texts["title"][0] == "zhasyl: abay-seifullin, other"
    assert [row[3] for row in page.rows(DELAY)] == ["52.0", "47.0", "85.0", "25.0"]
    assert [row[1] for row in page.rows("actuated against fixed, 2 seeds") if row[0].startswith("Delay (")] == [
        "−5.0", "−60.0",
    ]  # fmt: skip


def test_the_same_scenario_with_other_content_is_not_averaged_with_it(tmp_path: Path) -> None:
    page = reported(tmp_path, [*delays("fixed", 50, 54), *delays("fixed", 80, 90, content="77")])
    assert [row[3] for row in page.rows(DELAY)] == ["52.0", "85.0"]
    assert "abay-seifullin (content 9f2c61d0a4b7), abay-seifullin (content 77)" in page.texts["title"][0]


def test_assumptions_origin_and_commands_are_given(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2, ("fixed", "max-pressure:interval_s=10")))
    assert page.rows("Assumptions")[0][:2] == ["volumes", "assumed"]
    assert "no public counts of this junction" in page.rows("Assumptions")[0][2]
    assert page.facts("Scenario") == ["abay-seifullin, version 1"]
    assert page.facts("Period") == ["08:00 to 09:00, after 600 s of warm-up"]
    assert page.facts("Versions") == ["zhasyl 0.1.0, sumo 1.28.0, measures 1"]
    assert page.texts["code"] == [
        "zhasyl run abay-seifullin --controller fixed --seed 1",
        "zhasyl run abay-seifullin --controller max-pressure:interval_s=10 --seed 1",
    ]
    assert "Map data © OpenStreetMap contributors, ODbL 1.0" in page.texts["p"]


def test_every_measure_of_the_catalogue_is_defined(tmp_path: Path) -> None:
    page = reported(tmp_path, delays("fixed", 50))
    for measure in MEASURES:
        assert page.facts(f"{measure.title}, {measure.unit}") == [measure.meaning]
    assert "900 s" in page.facts("Gridlock")[0]


# A page that is safe and complete in itself


def hostile_runs(record: Mapping[str, object]) -> Summary:
    names = {"signal": HOSTILE, "approach": HOSTILE, "name": HOSTILE}

    def table(name: str) -> pd.DataFrame:
        found = FakeRuns().table(record, name)
        return found.assign(**{column: text for column, text in names.items() if column in found})

    return summary_of(table, 3600)


def hostile_records() -> list[Record]:
    assumption = dict.fromkeys(("subject", "statement", "status", "reason"), HOSTILE)
    outside: dict[str, object] = {
        "scenario": HOSTILE,
        "version": HOSTILE,
        "title": HOSTILE,
        "content": HOSTILE,
        "sensor": HOSTILE,
        "assumptions": [assumption],
        "attribution": [HOSTILE],
        "versions": {HOSTILE: HOSTILE},
        "python": HOSTILE,
        "uncontrolled": {HOSTILE: HOSTILE},
        "faults": [{"signal": HOSTILE, "time_s": 1.0, "reason": HOSTILE}],
        "controlled_signals": 1,
    }
    return [*batch(2, ("fixed", HOSTILE), **outside), {**failed(HOSTILE, 3, **outside), "reason": HOSTILE}]


def test_text_from_outside_is_shown_and_does_nothing(tmp_path: Path) -> None:
    page = reported(tmp_path, hostile_records(), hostile_runs)
    assert "<script" not in page.html.lower()
    assert "script" not in {tag for tag, _ in page.elements}
    assert not [key for key, _ in page.attributes() if key.startswith("on")]
    assert page.texts["h2"][0] == HOSTILE
    mark = " (failed at its signal from 00:00:01 on)"
    assert page.rows(DELAY)[1][0] == f"{HOSTILE}{mark}"
    assert page.rows(f"{HOSTILE}{mark} against fixed{mark}, 2 seeds")[0][0] == "Delay (s/trip)"
    assert page.rows("Assumptions") == [[HOSTILE, HOSTILE, f"{HOSTILE}. {HOSTILE}"]]
    assert page.rows("Approaches")[0][2] == f"fixed{mark}"
    assert sum(HOSTILE in line for line in page.texts["p"]) >= 5


def test_text_from_outside_does_not_turn_the_direction_of_what_stands_beside_it(tmp_path: Path) -> None:
    records = [run("fixed", 1, title="A \u202egnorts\u2066 \x1b[31m street", uncontrolled={"J\u200f1": "off\x9b"})]
    html = write_report(tmp_path, records, [], no_signals).read_text(encoding="utf-8")
    assert "A \\u202egnorts\\u2066 \\u001b[31m street" in html
    assert html == neutral(html)


def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2), FULL)
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base"})
    links = [value for key, value in page.attributes() if key in ("src", "srcset", "href", "xlink:href", "data")]
    assert links != []  # the markers of the figures, each within the page
    assert all(link.startswith("#") for link in links)
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?(.)", page.html))
    assert "@import" not in page.html
    assert set(re.findall(r"https?://[^\"' <]+", page.html)) == {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip


def test_what_a_figure_refers_to_is_on_the_page(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2), FULL)
    known = {value for key, value in page.attributes() if key == "id"}
    asked = {value[1:] for key, value in page.attributes() if key == "xlink:href"}
    asked |= set(re.findall(r"url\(#([^)]*)\)", page.html))
    assert asked
    assert asked <= known


def test_the_page_is_marked_up_for_screen_readers(tmp_path: Path) -> None:
    page = reported(tmp_path, [*batch(2), failed("fixed", 3)], FULL)
    attributes = {tag: [own for name, own in page.elements if name == tag] for tag in ("html", "th", "svg", "figure")}
    assert page.html.startswith("<!DOCTYPE html>")
    assert attributes["html"] == [{"lang": "en"}]
    assert {own.get("scope") for own in attributes["th"]} == {"col", "row"}
    assert all(label for label, _ in page.tables)
    assert all(len({len(row) for row in rows}) == 1 for _, rows in page.tables)
    assert len(attributes["svg"]) == len(attributes["figure"]) == 3
    assert {own.get("role") for own in attributes["svg"]} == {"img"}
    assert page.html.count("<desc>") == 3
    assert (len(page.texts["h1"]), len(page.texts["title"])) == (1, 1 + 3)
    assert ("meta", {"charset": "utf-8"}) in page.elements


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        reported(tmp_path / folder, [*batch(2), failed("fixed", 3)], FULL)
    assert (tmp_path / "first" / "report.html").read_bytes() == (tmp_path / "second" / "report.html").read_bytes()


def test_an_older_page_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    reported(tmp_path, delays("fixed", 50))
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="choose another folder") as caught:
        reported(tmp_path / "out", delays("fixed", 50))
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "out" / "report.html") in str(caught.value)


def test_what_a_failed_first_run_does_not_tell_is_taken_from_the_others(tmp_path: Path) -> None:
    told: Record = {"uncontrolled": {"J9": "a single stage"}, "attribution": ["Map data: somebody"]}
    silent = failed("fixed", 1, uncontrolled={}, attribution=[], assumptions=[])
    page = reported(tmp_path, [silent, *({**one, **told} for one in batch(3)[1:])]).html
    assert "Signal J9 is not controlled and keeps its plan: a single stage" in page
    assert "Map data: somebody" in page


def test_a_command_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(1, ("fixed",), scenario="my town/a.sumocfg")).html
    assert "zhasyl run &#39;my town/a.sumocfg&#39; --controller fixed --seed 1" in page


def test_no_style_of_a_figure_leaks_into_the_page(tmp_path: Path) -> None:
    page = reported(tmp_path, batch(2), FULL).html
    assert page.count("<style") == 1


# Controllers that failed

LOST: list[dict[str, object]] = [
    {"signal": "J1", "time_s": 28930.0, "reason": "ValueError: <b>no stage</b>"},
    {"signal": "J2", "time_s": 28990.0, "reason": "ValueError: <b>no stage</b>"},
]


def test_a_controller_that_failed_at_every_signal_is_the_first_line_of_the_page(tmp_path: Path) -> None:
    lost = delays("actuated", 40, 41, 42, 43, 44, faults=LOST, controlled_signals=2)
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58, 54, 54), *lost])
    assert page.texts["p"][0] == (
        "abay-seifullin: actuated failed at all 2 signals from 08:02:10 on (seeds 1–5): the fixed plan ran in its "
        "place, so there is no verdict on it. First failure 08:02:10: ValueError: <b>no stage</b>"
    )
    assert page.html.index("actuated failed at all 2") < page.html.index("<h1>")
    mark = "actuated (failed at all 2 signals from 08:02:10 on)"
    assert page.rows(DELAY)[1][0] == mark
    assert {row[3] for row in page.rows(f"{mark} against fixed, 5 seeds")} == {"none: it failed"}


def test_a_controller_that_failed_at_some_signals_has_marked_rows_and_verdicts(tmp_path: Path) -> None:
    runs = delays("actuated", 40, 41, 42, 43, 44, controlled_signals=5)
    runs[1] = {**runs[1], "faults": LOST}
    page = reported(tmp_path, [*delays("fixed", 50, 54, 58, 54, 54), *runs])
    mark = "actuated (failed at 2 of 5 signals from 08:02:10 on in 1 of 5 runs)"
    assert page.rows(DELAY)[1][0] == mark
    assert page.rows(f"{mark} against fixed, 5 seeds")[0][3] == "better (faults)"
    assert "alarm" not in {attributes.get("class") for _, attributes in page.elements}


def test_signals_without_control_for_the_same_reason_are_one_line() -> None:
    kept = {f"J{number}": "a single stage" for number in range(12)} | {"K": "it is off"}
    assert warnings([run("fixed", seed, uncontrolled=kept) for seed in (1, 2)]) == [
        "Signals J0, J1, J2, J3, J4, J5, J6, J7 and 4 more are not controlled and keep their plans: a single stage",
        "Signal K is not controlled and keeps its plan: it is off",
    ]

"""Sweeps: which labels are settings of one controller, against what they are compared, and their order."""

import math
from dataclasses import replace

import pytest

from tests.reports.builders import failed
from tests.reports.study.made import place, runs, study, sweep
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.study.summary import Study, document, study_of
from zhasyl.reports.study.sweeps import Sweep, as_number, parameters_of

SECOND = place("abay-corridor")


def only(found: Study) -> Sweep:
    [one] = found.sweeps
    return one


def test_settings_of_a_controller_are_one_sweep_from_three_on() -> None:
    two = [*runs("fixed", 50), *runs("actuated:a=1", 40), *runs("actuated:a=2", 41)]
    assert study(two).sweeps == []
    assert study(two).labels == ["fixed", "actuated:a=1", "actuated:a=2"]
    found = only(study([*two, *runs("actuated:a=3", 42)]))
    assert (found.title, found.parameters) == ("actuated", ("a",))
    assert found.ranked() == ["actuated:a=1", "actuated:a=2", "actuated:a=3"]


def test_plans_from_several_files_are_no_settings() -> None:
    plans = [run for name in "abc" for run in runs(f"fixed:plans={name}.csv", 40, files={"plans": name})]
    assert study([*runs("fixed", 50), *plans]).sweeps == []
    same = [one for s in (1, 2, 3) for one in runs(f"fixed:plans=a.csv,x={s}", 40, files={"plans": "a"})]
    assert only(study([*runs("actuated", 50), *same], baseline="actuated")).parameters == ("x",)


def test_a_value_that_a_label_does_not_name_is_the_default_of_the_record() -> None:
    found = only(study(sweep()))
    assert found.values["max-pressure"] == ("5",)
    assert found.values["max-pressure:min_green_s=12"] == ("12",)
    bare = only(study([*runs("fixed", 50), *runs("a", 40), *runs("a:x=2", 41), *runs("a:of.y=3", 42)]))
    assert bare.parameters == ("x", "of.y")
    assert bare.values["a:x=2"] == ("2", "default")


def test_what_all_settings_have_alike_is_in_the_title() -> None:
    labels = ["max-pressure:interval_s=7", *(f"max-pressure:interval_s=7,min_green_s={green_s}" for green_s in (7, 9))]
    found = only(study([*runs("fixed", 50), *(run for label in labels for run in runs(label, 40))]))
    assert (found.title, found.parameters) == ("max-pressure:interval_s=7", ("min_green_s",))
    assert found.reference == labels[0]
    assert found.compared_with == "its defaults"


def test_what_settings_are_compared_with() -> None:
    assert only(study(sweep())).reference == "max-pressure"
    best = only(study(sweep(defaults=False)))
    assert (best.reference, best.compared_with) == ("max-pressure:min_green_s=8", "the best of its settings")
    chosen = "max-pressure:min_green_s=12"
    assert only(study(sweep(), baseline=chosen)).reference == chosen
    ragged = [*sweep(), *sweep(defaults=False, **SECOND)]
    assert only(study(ragged)).reference == "max-pressure:min_green_s=8"


def test_p_is_corrected_for_every_pair_where_the_best_is_chosen_by_the_results() -> None:
    found = only(study(sweep(defaults=False)))
    [against] = found.against
    assert {one.family for one in against.values()} == {4 * 3 // 2}
    smallest = min(against.values(), key=lambda one: one.p_value or 0.0)
    assert smallest.p_holm == pytest.approx(6 * (smallest.p_value or 0.0))
    assert {one.verdict for one in against.values()} <= {"worse", "cannot tell"}
    both = only(study([*sweep(defaults=False), *sweep(defaults=False, **SECOND)]))
    assert {one.family for own in both.against for one in own.values()} == {2 * 6}


def test_the_order_does_not_depend_on_what_settings_are_compared_with() -> None:
    records = [*sweep(), *sweep(**SECOND)]
    orders = {tuple(only(study(records, baseline=one)).ranked()) for one in ("fixed", *only(study(records)).values)}
    assert len(orders) == 1


def test_settings_are_ranked_by_delay_and_judged_as_one_family() -> None:
    found = only(study(sweep()))
    assert [label.rpartition("=")[2] for label in found.ranked()] == ["8", "6", "max-pressure", "4", "12"]
    [against] = found.against
    again = compare_all([run for run in sweep() if run["label"] != "fixed"], "max-pressure", ["delay_s"])
    assert list(against.values()) == sorted(again, key=lambda one: list(against).index(one.controller))
    assert {one.family for one in against.values()} == {4}
    verdicts = {label.rpartition("=")[2]: one.verdict for label, one in against.items()}
    assert verdicts == {"4": "worse", "6": "better", "8": "better", "12": "worse"}


def test_over_several_scenarios_changes_are_geometric_means() -> None:
    records = [*sweep(), *sweep(**SECOND)]
    one = only(study(records))
    label = "max-pressure:min_green_s=8"
    change = one.changes[label]
    delay_s = {(run["scenario"], run["label"], run["seed"]): float(str(run["delay_s"])) for run in records}
    ratios = [
        delay_s[name, label, seed] / delay_s[name, "max-pressure", seed]
        for name in ("abay-seifullin", "abay-corridor")
        for seed in range(1, 6)
    ]
    assert change.mean is not None
    assert change.mean == pytest.approx(math.prod(ratios) ** 0.1 - 1)
    assert change.low is not None
    assert change.high is not None
    assert change.low < change.mean < change.high < 0
    assert (change.better, change.worse) == (2, 0)
    assert one.changes["max-pressure"].mean == 0


def test_a_setting_without_a_value_somewhere_is_last() -> None:
    best = "max-pressure:min_green_s=8"
    lost = [run for run in sweep(**SECOND) if run["label"] != best]
    lost += [failed(best, seed, **SECOND) for seed in range(1, 6)]
    one = only(study([*sweep(), *lost]))
    assert one.changes[best].mean is None
    assert one.ranked()[-1] == best
    assert one.ranked(0)[0] == best
    assert one.ranked(1)[-1] == best


def test_the_page_has_the_best_setting_and_what_it_is_compared_with() -> None:
    found = study(sweep())
    shown = ["fixed", "max-pressure", "max-pressure:min_green_s=8"]
    assert found.labels == shown
    assert {run["label"] for run in found.records_shown(sweep())} == set(shown)
    assert {one.controller for one in found.comparisons_shown(compare_all(sweep(), "fixed"))} == set(shown[1:])


def test_runs_before_and_after_a_rebuild_are_no_sweep() -> None:
    before, after = runs("a, before", 40), [run for n in "123" for run in runs(f"a:x={n}", 40)]
    paired = compare_all([*before, *after], "a, before")
    comparisons = [replace(one, method="welch") for one in paired]
    found = study_of([*before, *after], comparisons)
    assert (found.sweeps, found.has_matrix) == ([], False)


def test_the_document_has_the_order_of_the_page() -> None:
    [one] = document(study(sweep()))["sweeps"]
    assert [row["parameters"]["min_green_s"] for row in one["settings"]] == ["8", "6", "5", "4", "12"]
    assert [row["rank"] for row in one["settings"]] == [1, 2, 3, 4, 5]
    assert one["reference"] == "max-pressure"


def test_labels_are_read_into_parameters() -> None:
    assert parameters_of("a") == {}
    assert parameters_of("a:x=1,of.y=b:z=2") == {"x": "1", "of.y": "b:z=2"}
    assert parameters_of("a:x=1,2,y=3") == {"x": "1,2", "y": "3"}


def test_what_is_a_number() -> None:
    assert [as_number(text) for text in ("5", "1e3", "-0.5")] == [5.0, 1000.0, -0.5]
    assert [as_number(text) for text in ("nan", "inf", "", "default", "5 s")] == [None] * 5
    assert not math.isnan(as_number("5") or 0.0)

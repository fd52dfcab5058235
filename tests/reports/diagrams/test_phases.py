"""Cycles of a signal: fixed ones with their seconds, adaptive ones with what they have in common."""

from collections.abc import Sequence

import pytest
from matplotlib.text import Annotation

from tests.reports.diagrams.hand_made import signals_table
from zhasyl.reports.diagrams.phases import described, phase_drawing
from zhasyl.reports.exports.paper import column
from zhasyl.text.language import speaking
from zhasyl.timing.cycles import Turn, by_signal, longest_stage, pattern, turns


def shown(cycle: Sequence[tuple[int, float, str]]) -> list[Turn]:
    return turns(by_signal(signals_table("J1", cycle), ["J1"])["J1"])


def adaptive() -> list[Turn]:
    """Every second cycle shows stage 1 for 10 s; stage 0 lasts 20 and 40 s in turn."""
    return shown([(0, 20, "Gr"), (-1, 5, "yr"), (1, 10, "rG"), (-1, 5, "ry"), (0, 40, "Gr"), (-1, 5, "yr")])


def test_a_fixed_plan_is_told_by_its_seconds() -> None:
    # the walk ends within stage 0: the state changes, the stage goes on
    run = shown([(0, 10, "Gr"), (0, 20, "Gr"), (-1, 3, "yr"), (-1, 2, "rr"), (1, 20, "rG"), (-1, 5, "ry")])
    found = pattern([run, run], 0)
    assert found is not None
    assert found.fixed
    assert set(found.cycles_s) == {60}
    assert found.stages == [0, 1]
    assert found.green_s == pytest.approx({0: 30, 1: 20})
    assert found.after_s[0] == pytest.approx({"green goes on": 0, "yellow": 3, "all-red": 2})
    assert described(found, ["main", "side"]) == "cycle 60 s, always the same; main 30 s + 5 s; side 20 s + 5 s"


def test_an_adaptive_one_by_means_and_what_it_skips() -> None:
    found = pattern([adaptive()], 0)
    assert found is not None
    assert not found.fixed
    assert set(found.cycles_s) == {40, 45}
    assert found.skipped[0] == 0
    assert found.skipped[1] == pytest.approx(0.5, abs=0.02)
    assert found.green_s[0] == pytest.approx(30, abs=0.5)
    assert found.green_s[1] == pytest.approx(5, abs=0.2)
    assert "B 4.9 s + 2.5 s, 12 %, skipped 51 %" in described(found, [])


def test_the_seconds_of_a_mean_cycle_add_up_to_it() -> None:
    found = pattern([adaptive()], 0)
    assert found is not None
    whole_s = sum(found.green_s.values()) + sum(sum(own.values()) for own in found.after_s.values())
    assert whole_s == pytest.approx(float(found.cycles_s.mean()))


def test_a_signal_that_never_changes_has_no_cycle() -> None:
    run = shown([(0, 3600, "Gr")])
    assert longest_stage([run]) == 0
    assert pattern([run], 0) is None
    assert longest_stage([[]]) is None


def test_a_diagram_names_every_controller_and_its_stages() -> None:
    runs = {"fixed": [shown([(0, 40, "Gr"), (-1, 5, "yr"), (1, 10, "rG"), (-1, 5, "ry")])], "<b>": [adaptive()]}
    found = phase_drawing(
        "J1", {**runs, "still": [shown([(0, 3600, "Gr")])]}, {"fixed": ["x&y"], "<b>": (), "still": ()}
    )
    assert "fixed: cycle 60 s, always the same; x&y 40 s + 5 s" in found.caption
    assert "still: no whole cycle in the period" in found.caption
    svg = found.drawing().svg
    assert "<b>" not in svg
    assert "x&amp;y" in svg


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_what_a_stage_has_fits_on_a_column_of_a_paper(language: str) -> None:
    with speaking(language):
        found = phase_drawing("J1", {"adaptive": [adaptive()]}, {"adaptive": ("main", "side")}, column("84mm"))
    figure = found.figure
    figure.draw_without_rendering()
    ends = [text.get_window_extent().x1 for text in figure.findobj(Annotation)]
    assert ends
    assert max(ends) <= figure.bbox.x1

"""The plot of a sweep: along x, in panels, or one below the other; labels stay within it."""

import re
from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.reports.builders import Record
from tests.reports.exports.harmful import HARMFUL
from tests.reports.study.made import place, runs, study, sweep
from zhasyl.reports.exports.figure_files import listed_figures, write_figures
from zhasyl.reports.exports.paper import column
from zhasyl.reports.figures import Plot, style
from zhasyl.reports.study.figure import MOST_ROWS, sweep_plots

LONG = "W" * 200


def grid(first: int = 3, second: int = 2, key: str = "b") -> list[Record]:
    """Settings of two parameters, beside a fixed plan."""
    labels = [f"actuated:a={a},{key}={b}" for a in range(first) for b in range(second)]
    return [*runs("fixed", 50), *(run for at, label in enumerate(labels) for run in runs(label, 40 + at % 5))]


def plot(records: list[Record]) -> Plot:
    [one] = sweep_plots(study(records))
    return one


def axes_of(one: Plot) -> list[Any]:
    return [axes for axes in one.figure.axes if axes.get_visible()]


def test_one_parameter_of_numbers_is_the_x_axis() -> None:
    [axes] = axes_of(plot(sweep()))
    assert [text.get_text() for text in axes.get_xticklabels()] == ["4", "5", "6", "8", "12"]
    line = next(line for line in axes.get_lines() if len(line.get_xdata()) == 5)
    against = study(sweep()).sweeps[0].against[0]
    drawn = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert drawn[5] == 0
    assert drawn[12] == pytest.approx(against["max-pressure:min_green_s=12"].difference)
    assert plot(sweep()).figure.get_supylabel() == "change, s per trip"


def test_several_scenarios_are_drawn_in_per_cent() -> None:
    records = [*sweep(), *sweep(**place("abay-corridor"))]
    one = plot(records)
    assert one.figure.get_supylabel() == "change, %"
    assert "its defaults, over 2 scenarios" in one.caption


def test_two_parameters_have_a_panel_for_each_value_of_one() -> None:
    titles = [axes.get_title(loc="left") for axes in axes_of(plot(grid()))]
    assert titles == ["b = 0", "b = 1"]


def test_other_settings_stand_one_below_the_other() -> None:
    records = [*runs("fixed", 50), *(run for kind in ("x", "y", "z") for run in runs(f"a:kind={kind}", 40))]
    [axes] = axes_of(plot(records))
    assert sorted(text.get_text() for text in axes.get_yticklabels()) == ["kind=x", "kind=y", "kind=z"]
    many = plot(grid(8, 8))
    assert len(axes_of(many)[0].get_yticklabels()) == MOST_ROWS
    assert f"The best {MOST_ROWS} of 64 settings are shown." in many.caption


def test_one_seed_has_no_interval_and_no_value_no_plot() -> None:
    assert plot(sweep(seeds=1)) is not None
    assert sweep_plots(study([{**run, "delay_s": float("nan")} for run in sweep(defaults=False)])) == []


@pytest.mark.parametrize("width", ["60mm", "174mm"])
@pytest.mark.parametrize("records", [sweep(), grid(), grid(key=LONG), grid(8, 8, LONG)])
def test_every_label_is_within_the_figure(width: str, records: list[Record]) -> None:
    paper = column(width)
    [one] = sweep_plots(study(records), paper)
    canvas: Any = FigureCanvasAgg(one.figure)
    with style(paper):
        canvas.draw()
    drawn, (width_in, height_in) = one.figure.get_tightbbox(canvas.get_renderer()), one.figure.get_size_inches()
    assert drawn.x0 >= -0.01
    assert drawn.y0 >= -0.01
    assert drawn.x1 <= width_in + 0.01
    assert drawn.y1 <= height_in + 0.01


def test_figures_are_listed_and_written_with_the_others(tmp_path: Path) -> None:
    paper = column("84mm")
    assert listed_figures([], paper, study(sweep())) == [
        ("study-sweep-max-pressure", "Delay by setting of max-pressure", "")
    ]
    [path] = write_figures(tmp_path, [], paper, ["svg"], study(sweep()))
    assert path.name == "study-sweep-max-pressure.svg"


@pytest.mark.parametrize("name", [HARMFUL[0], HARMFUL[6], HARMFUL[12]])
def test_names_do_nothing_in_a_figure(name: str, tmp_path: Path) -> None:
    labels = [f"a:{name}={value}" for value in "123"]
    records = [*runs("fixed", 50), *(run for label in labels for run in runs(label, 40))]
    [path] = write_figures(tmp_path, [], column("84mm"), ["svg"], study(records))
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert set(re.findall(r'href="(.)', text)) <= {"#"}

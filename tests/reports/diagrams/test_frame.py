"""Words over a panel: within the figure, on as many lines as they need."""

from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from zhasyl.reports.diagrams.frame import sheet, styled, write
from zhasyl.reports.exports.paper import PAGE, column

SAID = "59 % из 927 автомобилей на зелёный (зелёный 56 % времени, коэфф. групп 1,04); неполный разъезд 0 из 32"


@pytest.mark.parametrize("paper", [PAGE, column("84mm")], ids=["page", "column"])
@pytest.mark.parametrize("label", ["fixed", "x" * 44])
def test_words_that_are_too_wide_for_a_line_take_more_lines(label: str, paper: Any) -> None:
    text = paper.small.lines(f"{label}: {SAID}", paper.width_in - 0.75)
    with styled(paper):
        figure = sheet(2.0, paper)
        figure.set_dpi(600)  # a letter of few dots is wider than it is
        write(figure, 0.65, 0.1, text, fontsize=paper.small_pt)
        canvas: Any = FigureCanvasAgg(figure)
        [words] = figure.texts
        assert words.get_window_extent(canvas.get_renderer()).x1 <= figure.bbox.x1
    assert "".join(text.split()) == "".join(f"{label}: {SAID}".split())

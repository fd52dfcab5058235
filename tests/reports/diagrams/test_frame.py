"""Words over a panel: within the figure, however many there are."""

from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from zhasyl.reports.diagrams.frame import sheet, styled, write

SAID = "59 % из 927 автомобилей на зелёный (зелёный 56 % времени, коэфф. групп 1,04); неполный разъезд 0 из 32"


@pytest.mark.parametrize(
    ("text", "size_pt", "whole"),
    [("fixed", 9, True), (f"fixed: {SAID}", 8, True), (f"{'x' * 44}: {SAID}", 7, False)],
)
def test_a_line_that_is_too_wide_has_smaller_letters_and_at_last_fewer(text: str, size_pt: int, whole: bool) -> None:
    with styled():
        figure = sheet(1.0)
        write(figure, 0.65, 0.1, text, 9)
        canvas: Any = FigureCanvasAgg(figure)
        [line] = figure.texts
        box = line.get_window_extent(canvas.get_renderer())
        assert box.x1 <= figure.bbox.x1
    assert line.get_fontsize() == size_pt
    assert (line.get_text() == text) == whole

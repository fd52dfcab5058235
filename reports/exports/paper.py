"""How wide figures are and how large their letters: the page's own, and those of a paper's column.

What does not fit is wrapped, then shortened by its middle; widths are those of the font that is drawn with.
"""

import re
import textwrap
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from zhasyl.errors import OutputError
from zhasyl.reports.long_ids import NO_FOLDERS
from zhasyl.text.steering import neutral
from zhasyl.text.words import shortened

POINTS_PER_IN = 72.0
NARROW_IN = 5.0  # below: one column of panels
LETTER_EM = 0.55  # mean width of a letter, in font sizes
COLUMN_FONT_PT = 8.0  # what journals ask for at least, with 7 for small print
LEAST_MM, MOST_MM = 60.0, 400.0
IN_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}
WIDTH = re.compile(r"(\d+(?:\.\d+)?) ?(mm|cm|in|pt)")
HANDLE_PT = 40.0  # beside a legend's text
AXIS_IN = 0.33  # what a value axis takes beside a panel
MOST_LINES = 4  # of a name beside a row


@dataclass(frozen=True)
class Paper:
    """The width of a figure and its letters."""

    width_in: float
    font_pt: float

    @property
    def narrow(self) -> bool:
        """Is it a paper's column?"""
        return self.width_in < NARROW_IN

    @property
    def columns(self) -> int:
        """Panels side by side."""
        return 1 if self.narrow else 2

    @property
    def small_pt(self) -> float:
        """Letters within bars."""
        return 0.9 * self.font_pt

    @property
    def small(self) -> "Paper":
        """The same with small letters."""
        return replace(self, font_pt=self.small_pt)

    def letters(self, width_in: float) -> int:
        """How many letters stand on a line of this width."""
        return max(8, int(width_in * POINTS_PER_IN / (LETTER_EM * self.font_pt)))

    @property
    def row_letters(self) -> int:
        """Letters on a line beside a row: 24 on the page."""
        return self.letters(min(1.85, 0.3 * self.width_in))

    def row_name(self, label: str) -> str:
        """A controller's label beside its row; a line ends rather before a file's name than within it."""
        spaced = shortened(one_line(label), (MOST_LINES - 1) * self.row_letters).replace(":", ": ")
        fitted = self._fitted(spaced.replace(NO_FOLDERS, f"{NO_FOLDERS} "), self.row_letters, MOST_LINES)
        return fitted.replace(f"{NO_FOLDERS} ", NO_FOLDERS)

    def row_in(self, labels: Sequence[str]) -> float:
        """How high rows are in which these labels stand."""
        lines = max((self.row_name(label).count("\n") + 1 for label in labels), default=1)
        return max(0.3, 1.25 * lines * self.font_pt / POINTS_PER_IN)

    def title(self, text: str, panels: int, beside: Sequence[str] = ()) -> str:
        """The title of a panel, one of `panels`, with the names of rows `beside` the axes."""
        width_in = self.width_in / min(self.columns, max(1, panels)) - AXIS_IN
        names = [line for label in beside for line in self.row_name(label).splitlines()]
        if names:
            width_in -= max(self._width_pt(name) for name in names) / POINTS_PER_IN
        return self._fitted(text, self.letters(width_in), 2)

    def stage_columns(self, labels: Sequence[str]) -> int:
        """Columns of a legend of stages that are called so: 6 on the page."""
        width_pt = self.width_in * POINTS_PER_IN
        columns = max(1, min(6, int(width_pt / (9 * self.font_pt))))
        return next((one for one in range(columns, 1, -1) if self._columns_pt(labels, one) < width_pt), 1)

    def _columns_pt(self, labels: Sequence[str], columns: int) -> float:
        """How wide a legend is, filled column by column, with 4.8 font sizes beside each."""
        widest = (max(map(self._width_pt, own)) for own in np.array_split(np.array(labels), columns) if len(own))
        return sum(widest) + columns * 4.8 * self.font_pt

    def legend(self, labels: Sequence[str]) -> tuple[list[str], int]:
        """Labels that fit into a legend, and its columns."""
        labels = [one_line(label) for label in labels]
        columns = min(2, self.legend_columns(labels))
        return [self.fit(label, self.legend_pt(columns)) for label in labels], columns

    def legend_columns(self, labels: Sequence[str]) -> int:
        """How many columns of such labels have room side by side."""
        widest_pt = max(map(self._width_pt, map(one_line, labels)), default=0.0)
        most = range(len(labels), 1, -1)
        return next((columns for columns in most if widest_pt < self.legend_pt(columns)), 1)

    def legend_pt(self, columns: int) -> float:
        """The width of a label in a legend of so many columns."""
        return self.width_in * POINTS_PER_IN / columns - HANDLE_PT

    def lines(self, text: str, width_in: float, most: int = 4) -> str:
        """The text on as many lines as it needs, at most so many."""
        wrapped = self._wrapped(one_line(text), width_in * POINTS_PER_IN, self.letters(width_in))
        kept = wrapped[: most - 1] + ([" ".join(wrapped[most - 1 :])] if len(wrapped) >= most else [])
        return "\n".join(self.fit(line, width_in * POINTS_PER_IN) for line in kept)

    def _wrapped(self, text: str, width_pt: float, letters: int) -> list[str]:
        """The text on lines of so many letters, or fewer where they are wide ones."""
        wrapped = textwrap.wrap(text, letters, break_on_hyphens=False) or [""]
        widest_pt = max(map(self._width_pt, wrapped))
        if widest_pt <= width_pt or letters <= 8:
            return wrapped
        return self._wrapped(text, width_pt, max(8, min(letters - 1, int(letters * width_pt / widest_pt))))

    def fit(self, text: str, width_pt: float) -> str:
        """The text without its middle if it is too wide."""
        text = one_line(text)
        most = len(text)
        while most > 3 and self._width_pt(shortened(text, most)) > width_pt:
            most = max(3, min(most - 1, int(most * width_pt / self._width_pt(shortened(text, most)))))
        return shortened(text, most)

    def _fitted(self, text: str, letters: int, lines: int) -> str:
        """The text on so many lines of so many letters at most."""
        spaced = one_line(text).replace(",", ", ").replace("  ", " ")
        if len(spaced) > letters * lines:
            spaced = shortened(spaced, letters * lines)
        wrapped = textwrap.wrap(spaced, letters, break_on_hyphens=False) or [spaced]
        if len(wrapped) > lines:
            wrapped = [*wrapped[: lines - 1], " ".join(wrapped[lines - 1 :])]
        width_pt = letters * LETTER_EM * self.font_pt * 1.1
        return "\n".join(self.fit(line, width_pt) for line in wrapped)

    def widest_in(self, texts: Iterable[str]) -> float:
        """The width of the widest of them."""
        return max(map(self._width_pt, texts), default=0.0) / POINTS_PER_IN

    def _width_pt(self, text: str) -> float:
        font = FontProperties(size=self.font_pt)
        with warnings.catch_warnings(action="ignore"):  # of letters that the font lacks
            return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def one_line(text: str) -> str:
    """A text from outside as a figure shows it: in one line, and nothing in it steers."""
    return neutral(" ".join(text.split()))


PAGE = Paper(8.0, 10.0)
TELEPHONE = Paper(4.9, 10.0)  # what is seen there whole


def column(text: str) -> Paper:
    """The paper of a width such as '84mm', '3.3in' or '240pt'. Raises OutputError."""
    found = WIDTH.fullmatch(text.strip().lower())
    if not found:
        raise OutputError(f"width '{text[:40]}' is no length; give a number with mm, cm, in or pt, for example 84mm")
    width_mm = float(found[1]) * IN_MM[found[2]]
    if not LEAST_MM <= width_mm <= MOST_MM:
        raise OutputError(
            f"width {text.strip()[:40]} is outside of {LEAST_MM:g} to {MOST_MM:g} mm; give for example 84mm"
        )
    return Paper(width_mm / IN_MM["in"], COLUMN_FONT_PT)

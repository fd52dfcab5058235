"""Numbers along the axes of a figure, written as the language spoken writes them."""

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter, ScalarFormatter

from zhasyl.text.language import ENGLISH, spoken


class _Spoken(ScalarFormatter):
    """Plain numbers with the language's decimal sign."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", spoken().decimal)


class _SpokenPercent(PercentFormatter):
    """Percentages, with the blank before their sign that Russian and Kazakh have."""

    def format_pct(self, x: float, display_range: float) -> str:
        return super().format_pct(x, display_range).replace(".", spoken().decimal).replace("%", "\u202f%")


def speak(figure: Figure) -> None:
    """Write the numbers of a figure that is drawn next in the language spoken; English is as it is."""
    if spoken().code == ENGLISH:
        return
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _speak(axis)


def _speak(axis: Axis) -> None:
    known = axis.get_major_formatter()
    if type(known) is ScalarFormatter:
        axis.set_major_formatter(_Spoken())
    elif type(known) is PercentFormatter:
        axis.set_major_formatter(_SpokenPercent(known.xmax, known.decimals))

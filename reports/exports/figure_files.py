"""The figures of a page as files with the width of a paper's column: vectors with text in them, or pictures."""

import io
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from zhasyl.reports.diagrams.frame import styled
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.named import stems
from zhasyl.reports.exports.paper import Paper
from zhasyl.reports.exports.plots import all_plots
from zhasyl.reports.exports.table_files import write_files
from zhasyl.reports.figures import Plot
from zhasyl.reports.languages.axes import speak
from zhasyl.reports.study.figure import sweep_plots
from zhasyl.reports.study.summary import Study

FORMATS = ("pdf", "png", "svg")
DOTS_PER_IN = 300
NAMELESS = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Creator": None}}


def listed_figures(groups: Sequence[Group], paper: Paper, study: Study | None = None) -> list[tuple[str, str, str]]:
    """The name of each figure's file without its ending, its title, and its scenario; '' if it is of all."""
    return [(name, plot.title, scenario) for scenario, name, plot in _named(groups, paper, study)]


def write_figures(
    out: Path, groups: Sequence[Group], paper: Paper, formats: Sequence[str], study: Study | None = None
) -> list[Path]:
    """Write every figure into a folder. Raises OutputError; then nothing was written."""
    return write_files(out, _files(groups, paper, formats, study))


def _files(
    groups: Sequence[Group], paper: Paper, formats: Sequence[str], study: Study | None
) -> Iterator[tuple[str, bytes]]:
    for _, name, plot in _named(groups, paper, study):
        for kind in formats:
            yield f"{name}.{kind}", figure_bytes(plot.figure, paper, kind)


def _named(groups: Sequence[Group], paper: Paper, study: Study | None) -> Iterator[tuple[str, str, Plot]]:
    first, *names = stems(["study", *(group.name for group in groups)])
    yield from (("", f"{first}-{plot.name}", plot) for plot in (sweep_plots(study, paper) if study else ()))
    for group, stem in zip(groups, names, strict=True):
        plots = all_plots(group, paper)
        for name, plot in zip(stems(plot.name for plot in plots), plots, strict=True):
            yield group.name, f"{stem}-{name}", plot


def figure_bytes(figure: Figure, paper: Paper, kind: str) -> bytes:
    """A figure as a file, the same bytes each time; text stays text in PDF and SVG."""
    speak(figure)
    file = io.BytesIO()
    with styled(paper), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s)Glyph .* missing from", UserWarning)  # an empty box says the same
        figure.savefig(file, format=kind, dpi=DOTS_PER_IN, metadata=NAMELESS.get(kind, {}))
    return file.getvalue()

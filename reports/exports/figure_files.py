"""The figures of a page as files with the width of a paper's column: vectors with text in them, or pictures."""

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from zhasyl.reports.diagrams.frame import styled
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.paper import Paper
from zhasyl.reports.exports.plots import all_plots
from zhasyl.reports.exports.table_files import write_files
from zhasyl.reports.figures import Plot
from zhasyl.reports.languages.axes import speak

FORMATS = ("pdf", "png", "svg")
DOTS_PER_IN = 300
LONGEST_NAME = 60
NAMELESS = {"svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Creator": None}}


def listed_figures(groups: Sequence[Group], paper: Paper) -> list[tuple[str, str, str]]:
    """The name of each figure's file without its ending, its title, and its scenario."""
    return [(name, plot.title, group.name) for group, name, plot in _named(groups, paper)]


def write_figures(out: Path, groups: Sequence[Group], paper: Paper, formats: Sequence[str]) -> list[Path]:
    """Write every figure into a folder. Raises OutputError; then nothing was written."""
    return write_files(out, _files(groups, paper, formats))


def _files(groups: Sequence[Group], paper: Paper, formats: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for _, name, plot in _named(groups, paper):
        for kind in formats:
            yield f"{name}.{kind}", figure_bytes(plot.figure, paper, kind)


def _named(groups: Sequence[Group], paper: Paper) -> Iterator[tuple[Group, str, Plot]]:
    for group, stem in zip(groups, stems(group.name for group in groups), strict=True):
        plots = all_plots(group, paper)
        for name, plot in zip(stems(plot.name for plot in plots), plots, strict=True):
            yield group, f"{stem}-{name}", plot


def stems(names: Iterable[str]) -> list[str]:
    """Names of scenarios as any system takes them for files: small letters, digits and hyphens, no two alike."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_NAME].strip("-") or "scenario"
        own, number = plain, 1
        while own in found:
            number += 1
            own = f"{plain}-{number}"
        found.append(own)
    return found


def figure_bytes(figure: Figure, paper: Paper, kind: str) -> bytes:
    """A figure as a file, the same bytes each time; text stays text in PDF and SVG."""
    speak(figure)
    file = io.BytesIO()
    with styled(paper), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(?s)Glyph .* missing from", UserWarning)  # an empty box says the same
        figure.savefig(file, format=kind, dpi=DOTS_PER_IN, metadata=NAMELESS.get(kind, {}))
    return file.getvalue()

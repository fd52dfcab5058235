"""Tables of the terminal: names and headings break between their parts; with no room for columns, rows are stacked."""

import re
from collections.abc import Collection, Iterator, Sequence
from textwrap import wrap

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

LEAST_ROOM = 12  # columns of a terminal; a name that is cut to less cannot be read
BREAKS = (re.compile(r"(?<=\s)"), re.compile(r"(?<=[:,;/#+])"), re.compile(r"(?<=[_=-])"))  # where first, where next


class ScreenTable:
    """Rows under headings; the first column names its row, those in `left` hold words, all others numbers.

    A heading of several lines stands so above its column, and as one line where rows stand below each other.
    """

    def __init__(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[Text | str]],
        title: str = "",
        left: Collection[str] = (),
    ) -> None:
        self._headings = headings
        self._rows = [[Text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        self._title = Text(title, style="italic")
        self._left = left

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        names = [row[0] for row in self._rows]
        pieces = (piece for name in (self._headings[0], *(one.plain for one in names)) for piece in _pieces(name))
        least = min(LEAST_ROOM, max(map(cell_len, pieces), default=0))
        for headings in (self._headings[1:], self._narrow()):
            room = options.max_width - self._taken(console, options, headings)
            if room >= least:
                shown = [Text(wrapped(name.plain, room), style=name.style) for name in names]
                yield self._table(shown, [wrapped(self._headings[0], room), *headings])
                return
        yield from self._stacked()

    def _taken(self, console: Console, options: ConsoleOptions, headings: Sequence[str]) -> int:
        """The columns of the terminal that all but the names take."""
        whole = self._table([Text(".") for _ in self._rows], ["", *headings])
        return Measurement.get(console, options.update(width=10_000), whole).maximum - 1

    def _narrow(self) -> list[str]:
        """The other headings in lines no longer than what stands below them, or than their words."""
        columns = zip(*([cell.plain for cell in row[1:]] for row in self._rows), strict=True)
        widths = [max(map(cell_len, cells)) for cells in columns] or [0] * len(self._headings[1:])
        return [
            "\n".join(wrap(" ".join(one.split()), max(width, *map(cell_len, one.split())), break_on_hyphens=False))
            for one, width in zip(self._headings[1:], widths, strict=True)
        ]

    def _table(self, names: Sequence[Text], headings: Sequence[str]) -> Table:
        table = Table(
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            title=self._title if self._title.plain else None,
            title_justify="left",
        )
        lines = max(heading.count("\n") for heading in headings)
        for number, (own, heading) in enumerate(zip(self._headings, headings, strict=True)):
            left = number == 0 or own in self._left
            above = "\n" * (lines - heading.count("\n"))
            table.add_column(above + heading, justify="left" if left else "right", no_wrap=True)
        for name, row in zip(names, self._rows, strict=True):
            table.add_row(name, *row[1:])
        return table

    def _stacked(self) -> Iterator[Text | Padding]:
        yield Text(self._title.plain and f"\n{self._title.plain}", style=self._title.style)
        for row in self._rows:
            yield Text(row[0].plain, style="bold", overflow="fold")
            values = Table.grid(Column(overflow="fold"), Column(overflow="fold"), padding=(0, 2, 0, 0))
            for heading, cell in zip(self._headings[1:], row[1:], strict=True):
                values.add_row(Text(" ".join(heading.split())), cell)
            yield Padding(values, (0, 0, 0, 2))


def wrapped(name: str, width: int) -> str:
    """The name in lines of up to `width` columns: broken after blanks, else after separators, else anywhere."""
    lines = [""]
    for piece in _fitting(name, width, BREAKS):
        if cell_len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def _fitting(part: str, width: int, breaks: Sequence[re.Pattern[str]]) -> Iterator[str]:
    if cell_len(part.rstrip()) <= width:
        yield part
    elif breaks:
        for piece in breaks[0].split(part):
            yield from _fitting(piece, width, breaks[1:])
    else:
        yield from chop_cells(part, width)


def _pieces(name: str) -> Iterator[str]:
    return (piece.rstrip() for piece in re.split("|".join(one.pattern for one in BREAKS), name))

"""A UTDF file that came in, to go out with other plans: only the cells that a plan changes are written anew.

The file is cut into records and these into cells where they stand in its bytes; everything else stays as it is, to the
byte: other sections, records and columns, order, quotes, ends of lines, code page.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_cells import plain, safe
from zhasyl.files.sheets import delimiter_of
from zhasyl.scenarios.plans.out.utdf_cells import Cells
from zhasyl.scenarios.plans.utdf import SECTIONS, section_name

CELL = re.compile(r'"(?:[^"]|"")*"|[^"\r\n{0}][^\r\n{0}]*|'.replace("{0}", ",;\t"))
END = re.compile(r"\r\n|\n|\r|\Z")
CROSSINGS = ("[Crossings]", "Walks of zhasyl: seconds of the cycle", "RECORDNAME,INTID,WALK")


@dataclass
class Record:
    """A line of the file: its cells as they stand there, and what ends it."""

    cells: list[str]
    end: str
    section: str = ""
    header: list[str] = field(default_factory=list)

    def text(self, column: str) -> str:
        """A cell as read."""
        place = self.header.index(column) if column in self.header else -1
        return _read(self.cells[place]) if 0 <= place < len(self.cells) else ""


class Template:
    """The records of a file. Raises ScenarioError for one that cannot be read."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path = path
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._code = ("utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be") if wide else "latin-1"
        try:
            text = data.decode(self._code)
        except UnicodeDecodeError:
            raise ScenarioError(f"{path}: it is cut off in the middle of a letter; export it again") from None
        self._delimiter = delimiter_of(text)
        self._records = list(self._read(text))

    def _read(self, text: str) -> Iterator[Record]:
        cell = re.compile(CELL.pattern.replace(",;\t", re.escape(self._delimiter)))
        at, section, header = 0, "", list[str]()
        while at < len(text):
            cells: list[str] = []
            while True:
                found = cell.match(text, at)
                cells.append(found[0] if found else "")
                at += len(cells[-1])
                if text[at : at + 1] != self._delimiter:
                    break
                at += 1
            end = END.match(text, at)
            if end is None:
                row, cell_text = text[:at].count("\n") + 1, " ".join(cells[-1].split())[:40]
                raise ScenarioError(f"{self._path} row {row}: a quote within a cell, {cell_text}; export it again")
            at = end.end()
            read = [_read(one) for one in cells]
            if (name := section_name(read)) is not None:
                section, header = name, []
            elif "INTID" in (upper := [one.upper() for one in read]):
                header = upper
            yield Record(cells, end[0], SECTIONS.get(section, section), header)

    def write(self, nodes: Mapping[tuple[str, str], Cells]) -> None:
        """Put cells into the records of nodes: ('lanes', INTID) → cells. Raises ScenarioError for an unknown column."""
        for (section, intid), cells in nodes.items():
            for (_, name, column), text in cells.items():
                self._put(section, intid, name, column, text)

    def _put(self, section: str, intid: str, name: str, column: str, text: str) -> None:
        own = [r for r in self._records if r.section == section and r.header and r.text("INTID") == intid]
        record = next((r for r in own[::-1] if r.text("RECORDNAME").lower() == name.lower()), None)
        if record is None:
            if not text:
                return
            record = self._new_record(section, intid, name, own)
        if column not in record.header:
            raise ScenarioError(
                f"{self._path}: [{section.title()}] has no column {column}, which the plan needs; add it"
            )
        place = record.header.index(column)
        record.cells += [""] * (place + 1 - len(record.cells))
        old = _read(record.cells[place])
        mark = "*" if old.startswith("*") else ""
        if old.removeprefix("*") != text:
            record.cells[place] = self._cell(f"{mark}{text}" if text else "")

    def _cell(self, text: str) -> str:
        written = str(safe(text)) if not text.startswith("*") else text
        return f'"{written}"' if self._delimiter in written else written

    def _new_record(self, section: str, intid: str, name: str, own: list[Record]) -> Record:
        """A record after those of its node, or of its table; the table of walks is added where it is missing."""
        table = own or [r for r in self._records if r.section == section and r.header]
        if not table and section == "crossings":
            table = self._new_table()
        if not table:
            raise ScenarioError(f"{self._path}: no table [{section.title()}], which the plan needs; export it")
        last = table[-1]
        values = {"RECORDNAME": name, "INTID": intid}
        made = Record([self._cell(values.get(column, "")) for column in last.header], last.end, section, last.header)
        place = next(i for i, record in enumerate(self._records) if record is last) + 1
        if not last.end:
            last.end = self._line_end
        self._records.insert(place, made)
        return made

    def _new_table(self) -> list[Record]:
        end = self._line_end
        if self._records and not self._records[-1].end:
            self._records[-1].end = end
        header = CROSSINGS[2].split(",")
        title, about = ([line] for line in CROSSINGS[:2])
        self._records += [
            Record([""], end), Record(title, end, "crossings"), Record(about, end, "crossings"),
            Record(list(header), end, "crossings", header),
        ]  # fmt: skip
        return self._records[-1:]

    @property
    def _line_end(self) -> str:
        return next((record.end for record in self._records if record.end), "\n")

    def data(self) -> bytes:
        """The file."""
        text = "".join(self._delimiter.join(record.cells) + record.end for record in self._records)
        return text.encode(self._code)


def _read(cell: str) -> str:
    """A cell as a reader has it."""
    inner = cell[1:-1].replace('""', '"') if len(cell) > 1 and cell.startswith('"') and cell.endswith('"') else cell
    return plain(" ".join(inner.removeprefix("\ufeff").removeprefix("ï»¿").split()))

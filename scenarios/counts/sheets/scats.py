"""Detector archives of SCATS: a row a detector and day, the vehicles of 96 quarters of an hour in V00 to V95.

Columns as in Victoria's open data: NB_SCATS_SITE, QT_INTERVAL_COUNT (the date), NB_DETECTOR, V00, ..., V95. A number
below 0 says that the detector did not count. A table of detectors and lanes makes turning counts of it (`detectors`).
"""

from collections import defaultdict
from collections.abc import Iterator

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.counts.count import Count, Found, Place
from zhasyl.scenarios.counts.sheets.detectors import Detectors, Part, bare, read_detectors
from zhasyl.scenarios.counts.sheets.grid import MOST_LISTED, Given, Grid, cell
from zhasyl.text.local_words import plain_words

SITE, DATE, DETECTOR = "nb_scats_site", "qt_interval_count", "nb_detector"
QUARTER_S = 900.0
QUARTERS = 96

Sums = dict[tuple[Part, int, str], tuple[float, int, int]]
"""(turn, quarter, date) → (vehicles, row, column)."""


def read_scats(grid: Grid, given: Given) -> Found | None:
    """The counts of an archive; None for another file. Raises ScenarioError."""
    (first, header), *rows = grid.lines
    names = {plain_words(text): i for i, text in enumerate(header)}
    if SITE not in names:
        return None
    quarters = [names.get(f"v{number:02}", -1) for number in range(QUARTERS)]
    for name, column in ((DETECTOR, names.get(DETECTOR, -1)), (DATE, names.get(DATE, -1)), *zip(
        (f"V{number:02}" for number in range(QUARTERS)), quarters, strict=True)):  # fmt: skip
        if column < 0:
            raise grid.fault(first, 0, f"column '{name.upper()}' is missing; give the archive as it is")
    if not given.detectors or not given.network:
        raise ScenarioError(
            f"{grid.file}: an archive of SCATS names detectors and no lanes; give --detectors with a table "
            "site,detector,lane"
        )
    table = read_detectors(given.detectors, given.network)
    return _found(grid, rows, names, quarters, table)


def _found(
    grid: Grid, rows: list[tuple[int, list[str]]], names: dict[str, int], quarters: list[int], table: Detectors
) -> Found:  # fmt: skip
    read: dict[tuple[str, str, str], int] = {}
    sums: dict[tuple[str, tuple[str, str], int, str], tuple[float, int, int]] = {}
    holes: dict[tuple[tuple[str, str], int, str], str] = {}
    unused: list[str] = []
    for row, cells in rows:
        site, detector = bare(cell(cells, names[SITE])), bare(cell(cells, names[DETECTOR]))
        date = cell(cells, names[DATE]).split(" ")[0]
        if (site, detector) not in table.parts:
            unused.append(f"{site}/{detector}")
            continue
        if (key := (site, detector, date)) in read:
            raise grid.fault(
                row, names[DETECTOR], f"detector {detector} of {date} stands in row {read[key]} already; keep one"
            )
        read[key] = row
        for number, column in enumerate(quarters):
            text = cell(cells, column)
            for part in table.parts[site, detector]:
                if text.startswith("-") or not text:
                    holes[part.turn, number, date] = f"{site}/{detector}"
                    continue
                vehicles = grid.whole_number(row, column, text)
                before, at_row, at_column = sums.get((part.junction, part.turn, number, date), (0.0, row, column))
                sums[part.junction, part.turn, number, date] = before + vehicles * part.share, at_row, at_column
    absent = [
        f"{site}/{detector}" for site, detector in table.parts if not any(k[:2] == (site, detector) for k in read)
    ]
    if absent:
        raise ScenarioError(
            f"{grid.file}: no row of the detectors {', '.join(absent[:MOST_LISTED])} that --detectors names"
        )
    counts = tuple(
        Count(row, junction, turn[0], turn[1], "car", number * QUARTER_S, (number + 1) * QUARTER_S, round(vehicles),
              grid.name, Place(column, "", date))
        for (junction, turn, number, date), (vehicles, row, column) in sums.items() if (turn, number, date) not in holes
    )  # fmt: skip
    return Found(counts, (), tuple(_remarks(grid, table, unused, holes)))


def _remarks(
    grid: Grid, table: Detectors, unused: list[str], holes: dict[tuple[tuple[str, str], int, str], str]
) -> Iterator[str]:  # fmt: skip
    if unused:
        listed = ", ".join(dict.fromkeys(unused))[:120]
        yield f"{grid.called}: {len(unused)} rows of detectors that --detectors does not name are not read: {listed}"
    if table.shared:
        yield (
            f"{grid.called}: lanes with several movements are shared evenly among them: "
            f"{', '.join(table.shared)[:200]}; give movement and share"
        )
    by_detector: dict[str, int] = defaultdict(int)
    for detector in holes.values():
        by_detector[detector] += 1
    for detector, number in sorted(by_detector.items()):
        yield f"{grid.called}: detector {detector} did not count for {number} quarters of an hour; they are left out"

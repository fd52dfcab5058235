"""Which layout a sheet has: each recogniser is asked in turn, and the first that knows the sheet reads it.

archive of SCATS → combined UTDF → long and wide tables → classes in columns → times across →
    hourly volumes → merged headers
"""

from collections.abc import Iterator
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import Book, is_excel, read_book
from zhasyl.scenarios.counts.count import Found, position
from zhasyl.scenarios.counts.sheets.class_columns import read_class_columns
from zhasyl.scenarios.counts.sheets.grid import Given, Grid
from zhasyl.scenarios.counts.sheets.hours import read_hours
from zhasyl.scenarios.counts.sheets.long_and_wide import LONG_COLUMNS
from zhasyl.scenarios.counts.sheets.merged_headers import read_merged
from zhasyl.scenarios.counts.sheets.rates_and_totals import as_counts
from zhasyl.scenarios.counts.sheets.reduced import is_reduced, vehicles_alone
from zhasyl.scenarios.counts.sheets.scats import read_scats
from zhasyl.scenarios.counts.sheets.sheet_names import is_sum_of_sheets
from zhasyl.scenarios.counts.sheets.tables import read_table
from zhasyl.scenarios.counts.sheets.times_across import read_times_across
from zhasyl.scenarios.counts.sheets.utdf_volumes import read_combined


def read_layouts(path: Path, given: Given) -> Found:
    """All counts of a file, whatever its layout. Raises ScenarioError with what was expected."""
    book = read_book(path, dated=True)
    parts = list(_parts(path, book, given))
    found = Found.of([Found(remarks=book.remarks), *parts])
    if not parts:
        name, lines = next(iter(book.sheets.items()))
        first = name if len(book.sheets) > 1 else ""
        raise ScenarioError(
            f"{path} {position(first, lines[0][0])}: no header with a column 'junction', "
            f"no approaches over turns; give {','.join(LONG_COLUMNS)} or junction,begin,NBL,NBT,... "
            "or approaches over Left, Thru, Right"
        )
    if not found.counts and not found.crossings:
        raise ScenarioError(f"{path}: a header and no counts; add rows")
    _check_cars(path, book, found)
    return found


def _check_cars(path: Path, book: Book, found: Found) -> None:
    """Cars are not lost with a sheet that adds classes. Raises ScenarioError."""
    added = [name for name in book.sheets if len(book.sheets) > 1 and is_sum_of_sheets(name, book.sheets)]
    if added and all(count.vehicle_class != "car" for count in found.counts):
        raise ScenarioError(
            f"{path} sheet '{added[0]}': it adds all classes, and no sheet counts cars alone; add one, or leave the "
            "sheets of single classes out"
        )


def _parts(path: Path, book: Book, given: Given) -> Iterator[Found]:
    several = len(book.sheets) > 1
    unread: list[str] = []
    for name, lines in book.sheets.items():
        grid = Grid(path, name if is_excel(path) else "", lines)
        if several and is_sum_of_sheets(name, book.sheets):
            yield Found(remarks=(f"sheet '{name}': it adds the sheets of classes and is passed over",))
            continue
        if is_reduced(name) and not all(map(is_reduced, book.sheets)):
            yield Found(remarks=(f"sheet '{name}': volumes reduced to passenger cars are passed over",))
            continue
        if name in book.hidden:
            yield Found(remarks=(f"sheet '{name}' is hidden and passed over; show it if its counts are meant",))
            continue
        found = _read(grid, several, given)
        if found is not None:
            yield found
        else:
            unread.append(name)
    if unread and len(unread) < len(book.sheets):
        yield Found(remarks=(f"sheets without a table of counts: {', '.join(unread)[:200]}",))


def _read(grid: Grid, several: bool, given: Given) -> Found | None:
    return (
        read_scats(grid, given)
        or read_combined(grid, given)
        or vehicles_alone(grid, read_table(grid, several))
        or as_counts(grid, read_class_columns(grid, given))
        or as_counts(grid, vehicles_alone(grid, read_times_across(grid)))
        or vehicles_alone(grid, read_hours(grid))
        or as_counts(grid, vehicles_alone(grid, read_merged(grid)))
    )

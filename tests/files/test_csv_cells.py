"""Text that a spreadsheet would run as a formula is written as text, and read back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.files.csv_cells import CsvWriter, plain, safe

RUN_BY_SPREADSHEETS = "=+-@\t\r"


@given(st.text(alphabet=f"{RUN_BY_SPREADSHEETS}'a1.") | st.text())
def test_text_is_read_back_as_it_was_and_begins_like_no_formula(text: str) -> None:
    written = str(safe(text))
    assert plain(written) == text
    if len(written) > 1 and written[0] in RUN_BY_SPREADSHEETS:
        float(written)


@pytest.mark.parametrize("value", [-5, -0.5, "-0.5", "+3", "-", None, "J1", "'quoted'"])
def test_numbers_and_plain_text_are_untouched(value: object) -> None:
    assert safe(value) == value


def test_a_writer_makes_every_cell_safe() -> None:
    file = io.StringIO()
    CsvWriter(file).writerows([["=cmd|' /C calc'!A0", "-E1 E2", -3]])
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [["'=cmd|' /C calc'!A0", "'-E1 E2", "-3"]]

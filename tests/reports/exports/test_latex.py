"""LaTeX: only the commands that we write, whatever the names; rows of as many cells as columns."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.builders import FakeRuns, batch
from tests.reports.exports.harmful import HARMFUL, tables_of
from zhasyl.reports.exports.groups import groups
from zhasyl.reports.exports.latex import escaped, latex
from zhasyl.reports.exports.named import stacked
from zhasyl.reports.exports.page_tables import page_tables

OF_TEXT = (
    r"\\(?:textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar|textquotedbl|ldots)\{\}"
    r"|\\[{}$&#%_]|\$(?:-|\\pm)\$|\{['`\[\]*-]\}|--"
)
PLAIN = r"[^\\{}$&#%_~^\[\]*]"
TEXT = re.compile(f"(?:{OF_TEXT}|{PLAIN})*")
CAPTION = re.compile(r"\\caption\{(.*)\}\\label\{tab:[a-z0-9-]+\}(?:\\\\)?")
LINES = {
    r"\begin{table}", r"\centering", r"\toprule", r"\midrule", r"\bottomrule", r"\end{tabular}", r"\end{table}",
    r"\endhead", r"\endfoot", r"\end{longtable}", "",
}  # fmt: skip


def check(text: str) -> None:
    """Raise unless each line is one that we mean, rows have as many cells as columns, and what begins ends."""
    columns = 0
    for line in text.split("\n")[1:]:
        begun = re.fullmatch(r"\\begin\{(?:tabular|longtable)\}\{([lr]+)\}", line)
        if begun:
            columns = len(begun[1])
        elif caption := CAPTION.fullmatch(line):
            assert TEXT.fullmatch(caption[1]), caption[1]
        elif line not in LINES:
            assert line.endswith(r" \\"), line
            cells = re.split(r"(?<!\\) & ", line.removesuffix(r" \\"))
            assert len(cells) == columns
            assert all(TEXT.fullmatch(cell) for cell in cells), line
    opened, closed = (re.findall(rf"^\\{word}\{{(\w+)\}}", text, re.MULTILINE) for word in ("begin", "end"))
    assert sorted(opened) == sorted(closed)


@pytest.mark.parametrize("name", HARMFUL)
def test_no_name_is_a_command(name: str) -> None:
    for stack in stacked(tables_of(name)):
        check(latex(stack))


@given(st.text())
def test_any_text_is_text(text: str) -> None:
    assert TEXT.fullmatch(escaped(text))
    assert "\n" not in escaped(text)


def test_what_is_escaped_reads_as_before() -> None:
    assert escaped(r"\input{x} 5 % a_b & #1") == r"\textbackslash{}input\{x\} 5 \% a\_b \& \#1"
    assert escaped("−3 ± 1") == r"$-$3 $\pm$ 1"


def test_a_long_table_goes_over_pages() -> None:
    runs = batch(1)
    found = stacked(page_tables(groups(runs, [], FakeRuns(10))))
    [approaches] = [latex(stack) for stack in found if stack.name == "approaches"]
    assert r"\begin{longtable}{lllrrrrrr}" in approaches
    check(approaches)

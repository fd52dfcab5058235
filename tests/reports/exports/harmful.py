"""Names that would do harm in a spreadsheet, in LaTeX or on a page, were they taken for more than text."""

from collections.abc import Mapping
from functools import cache

import pandas as pd

from tests.reports.builders import BEGIN_S, END_S, WHOLE, FakeRuns, Record, batch
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.exports.groups import groups
from zhasyl.reports.exports.named import NamedTable
from zhasyl.reports.exports.page_tables import page_tables
from zhasyl.runs.summary import Summary, summary_of

NAMES = ("signal", "name", "turn", "exit", "lane_group", "line", "crossing")
HARMFUL = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "x" * 300,
    "\u202egnorts\u200f",
    'it\'s "quoted" `so`',
    r"\input{x}",
    "100 % of $1_000 & #1 ~ ^ {a} [b] * | <c>",
    "[3pt] */",
    "line\nbreak\r\x1b[31m",
    "Абай даңғылы, Қазақстан",
)


def records(name: str) -> list[Record]:
    """Runs of two controllers in a scenario, one of which has this name, as the scenario has."""
    assumption = dict.fromkeys(("subject", "statement", "status", "reason"), name)
    warning = {"text": name, "count": 1, "example": name}
    return batch(2, ("fixed", name), scenario=name, title=name, assumptions=[assumption], warnings=[warning])


class Named:
    """Summaries in which signals, approaches and streets have this name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, record: Mapping[str, object]) -> Summary:
        return summary_of(lambda table: self._table(record, table), END_S - BEGIN_S, WHOLE)

    def _table(self, record: Mapping[str, object], table: str) -> pd.DataFrame:
        found = FakeRuns().table(record, table)
        return found.assign(**{column: self.name for column in NAMES if column in found})


@cache
def tables_of(name: str) -> list[NamedTable]:
    """The tables of a page on which everything has this name."""
    runs = records(name)
    return page_tables(groups(runs, compare_all(runs, "fixed"), Named(name)))

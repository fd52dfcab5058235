"""What the diagrams are made from: tables of runs, and the network of their scenario where it is as it was then."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from zhasyl.errors import ZhasylError
from zhasyl.files.columns import Table
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.diagrams.frame import LeftOut
from zhasyl.reports.exports.paper import PAGE, Paper
from zhasyl.runs.kept import Roads
from zhasyl.runs.store import RunRecord
from zhasyl.text.language import _

Tables = Callable[[Record, str, Sequence[str]], Table]


def tables_of(records: Mapping[str, RunRecord]) -> Tables:
    """How tables are read of stored runs, by their keys. It raises OutputError."""
    return lambda run, name, columns: records[str(run["key"])].columns(name, columns)


class Evidence:
    """The finished runs of a situation with their tables, which are many and not kept, their roads, and the paper."""

    def __init__(self, runs: Sequence[Record], tables: Tables, paper: Paper = PAGE) -> None:
        self.runs, self.paper = runs, paper
        self._tables = tables

    def table(self, run: Record, name: str, columns: Sequence[str]) -> Table:
        """A table of a run. Raises LeftOut where it is not there or has no such columns."""
        try:
            return self._tables(run, name, columns)
        except ZhasylError as error:
            raise LeftOut(str(error)) from error

    @cached_property
    def _roads(self) -> Roads | str:
        try:
            return _loaded(self.runs[0])
        except ZhasylError as error:
            return str(error)

    @property
    def roads(self) -> Roads:
        """The network of the runs. Raises LeftOut where it is not there, or is another one by now."""
        found = self._roads
        if isinstance(found, str):
            raise LeftOut(_("{reason}. With the scenario as it was, 'zhasyl report' draws it", reason=found))
        return found


def _loaded(run: Record) -> Roads:
    """Raises ZhasylError for a scenario that is not there, or another one by now."""
    from zhasyl.runs.prepared import prepare
    from zhasyl.runs.read_back import scenario_of

    prepared = prepare(scenario_of(run))
    return Roads(prepared.network, prepared.derived, prepared.groups)

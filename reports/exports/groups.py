"""What a page says together: the runs of one situation, with their differences and colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zhasyl.optimise.statistics.comparison import Comparison, Record
from zhasyl.reports.aggregates import OverSeeds, approach_rows, queue_series
from zhasyl.reports.beside.greens import RunGreens
from zhasyl.reports.beside.rows import Placed
from zhasyl.reports.diagrams.evidence import Tables
from zhasyl.reports.faults import marked
from zhasyl.reports.figures import colours
from zhasyl.reports.languages.places import place
from zhasyl.reports.movements.rows import Movement, movements
from zhasyl.reports.pages import commands_of
from zhasyl.reports.people.crossings import crossing_rows
from zhasyl.reports.people.lines import line_rows
from zhasyl.reports.records import RunSummaries, by_label, by_situation, done, names
from zhasyl.reports.summary import Row, summary_rows
from zhasyl.runs.summary import Summary


@dataclass(frozen=True)
class Group:
    """The runs of a situation (a scenario with its version, content, sensor and variant), labels marked with faults."""

    name: str
    records: Sequence[Record]
    comparisons: Sequence[Comparison]
    summaries: RunSummaries
    colour: Mapping[str, str]  # of each label
    commands: list[str]
    tables: Tables | None = None  # of its runs; without, no diagrams

    @cached_property
    def finished(self) -> list[Record]:
        return done(self.records)

    @property
    def first(self) -> Record:
        """A run that tells of all; a failed one may lack what the others tell."""
        return (self.finished or self.records)[0]

    @property
    def title(self) -> str:
        """The scenario's title, and what tells the situation from others of the scenario."""
        scenario = str(self.first["scenario"])
        return f"{place(str(self.first.get('title', scenario)))}{self.name.removeprefix(scenario)}"

    @cached_property
    def approaches(self) -> list[dict[str, Any]]:
        """A row an approach and controller."""
        return approach_rows(self.finished, self.summary)

    @cached_property
    def movements(self) -> list[Movement]:
        """One a movement and controller, of the runs that have them."""
        return movements(self.finished, self.summary)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """A row a line of public transport and controller."""
        return line_rows(self.finished, self.summary)

    @cached_property
    def crossings(self) -> list[dict[str, Any]]:
        """A row a signalised crossing that anybody walks and controller."""
        return crossing_rows(self.finished, self.summary)

    @cached_property
    def beside(self) -> Placed:
        """What was brought along with the scenario, beside what its runs come to."""
        return Placed.among(self.finished, self.summary, self._greens)

    @property
    def missing_greens(self) -> str:
        """Why there are no greens beside a log's; '' where there are, or none is asked for."""
        return self._greens.missing if self._greens else ""

    @cached_property
    def _greens(self) -> RunGreens | None:
        return RunGreens(self.finished, self.tables) if self.tables else None

    @cached_property
    def rows(self) -> list[Row]:
        """Means over the seeds, a row a controller."""
        return summary_rows(self.records)

    @cached_property
    def _read(self) -> dict[str, Summary]:
        return {str(run["key"]): self.summaries(run) for run in self.finished}

    def summary(self, run: Record) -> Summary:
        """The summary of a finished run, read once."""
        return self._read[str(run["key"])]

    @cached_property
    def queues(self) -> OverSeeds:
        """Queues over time."""
        return queue_series(self.finished, self.summary)


def groups(
    records: Sequence[Record],
    comparisons: Sequence[Comparison],
    summaries: RunSummaries,
    tables: Tables | None = None,
    short: bool = False,
) -> list[Group]:
    """The situations of records, in order of first appearance; a controller has one colour in all of them.

    `short` labels are for pages and figures (`zhasyl.reports.long_ids`); files for programs have them in full.
    """
    colour = colours(list(by_label(records)))
    commands = {place: commands_of(group) for place, group in by_situation(records).items()}
    records, comparisons, own = marked(records, comparisons, short)
    colour |= {mark: colour[label] for mark, label in own.items()}
    places = by_situation(records)
    titles = names(places)
    paired = {place: [one for one in comparisons if one.situation == place] for place in places}
    return [
        Group(titles[place], group, paired[place], summaries, colour, commands[place], tables)
        for place, group in places.items()
    ]

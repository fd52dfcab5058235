"""The page's tables of buses by line and of pedestrians by crossing, and what is to be known of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhasyl.optimise.statistics.comparison import number
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.named import NamedTable
from zhasyl.reports.exports.people_tables import crossings, lines
from zhasyl.reports.pages import Grid
from zhasyl.text.language import N_, _, ngettext

OF_LINES = N_(
    "The longest delay first. The delay is that of trips above, standing at stops left out; the percentile is of all "
    "trips of a line, those of all seeds together."
)

OF_CROSSINGS = N_(
    "The longest delay first. A walker's delay is the time that it stands before a signalised crossing; the percentile "
    "is over walkers, as a mean over the seeds, to the 7 s of the samples. LOS goes by the mean delay (HCM 2000, "
    "exhibit 18-9: A to F at 10, 20, 30, 40 and 60 s)."
)


@dataclass(frozen=True)
class Part:
    """A heading, its tables, and lines below them."""

    title: str
    grids: list[Grid]
    notes: list[str]


def people(group: Group) -> list[Part]:
    """What there is of a situation: nothing where nobody walks or rides."""
    return [part for part in (_lines(group), _crossings(group)) if part.grids or part.notes]


def _lines(group: Group) -> Part:
    tables = lines(group)
    left_out = _left_out(tables)
    notes = [_(OF_LINES)] if tables else []
    if left_out:
        notes.append(
            ngettext(
                "{n} more line with shorter delays: in the table's file (--format csv).",
                "{n} more lines with shorter delays: in the table's file (--format csv).",
                left_out,
            )
        )
    lacking = _lacking(group, "lines", "bus_delay_s")
    if lacking:
        notes.append(
            ngettext(
                "Without lines, stored before they were told: {n} run (--rerun tells them).",
                "Without lines, stored before they were told: {n} runs (--rerun tells them).",
                lacking,
            )
        )
    return Part(_("Public transport by line"), [table.grid() for table in tables], notes)


def _crossings(group: Group) -> Part:
    tables = crossings(group)
    left_out = _left_out(tables)
    notes = [_(OF_CROSSINGS)] if tables else []
    if left_out:
        notes.append(
            ngettext(
                "{n} more crossing with shorter delays: in the table's file (--format csv).",
                "{n} more crossings with shorter delays: in the table's file (--format csv).",
                left_out,
            )
        )
    lacking = _lacking(group, "crossings", "walker_delay_s")
    if lacking:
        notes.append(
            ngettext(
                "Without crossings, stored before they were measured: {n} run (--rerun measures them).",
                "Without crossings, stored before they were measured: {n} runs (--rerun measures them).",
                lacking,
            )
        )
    return Part(_("Pedestrians by crossing"), [table.grid() for table in tables], notes)


def _left_out(tables: Sequence[NamedTable]) -> int:
    """How many lines or crossings are in the files alone."""
    return len({row[0].values for table in tables for row in (table.rows[table.most :] if table.most else ())})


def _lacking(group: Group, part: str, measure: str) -> int:
    """How many finished runs lack a part of the summary though they have the measure, or do not tell whether."""
    return sum(
        part not in group.summary(run) and (measure not in run or number(run, measure) >= 0) for run in group.finished
    )

"""A scenario folder's tables as one value."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zhasyl.files.csv_table import Table
from zhasyl.scenarios.tables import rows
from zhasyl.scenarios.tables.settings import Settings


@dataclass(frozen=True)
class Tables:
    """A scenario folder as read: settings and tables, each row valid and every name known."""

    folder: Path
    settings: Settings
    junctions: Table[rows.Junction]
    links: Table[rows.Link]
    turns: Table[rows.Turn]
    crossings: Table[rows.Crossing]
    volumes: Table[rows.Volume]
    turning: Table[rows.Turning]
    profile: Table[rows.Interval]
    vehicles: Table[rows.Vehicle]
    plan: Table[rows.PlanStage]
    assumptions: Table[rows.AssumptionRow]
    stops: Table[rows.Stop]
    lines: Table[rows.BusLine]
    walks: Table[rows.Walk]
    names: Table[rows.Name]
    exits: Table[rows.ExitShare]

    @cached_property
    def link_by_id(self) -> dict[str, rows.Link]:
        return {link.id: link for link in self.links.rows}

    @cached_property
    def turns_from(self) -> dict[str, list[rows.Turn]]:
        """The turns of each link, in the order of the table."""
        found: dict[str, list[rows.Turn]] = {link.id: [] for link in self.links.rows}
        for turn in self.turns.rows:
            found[turn.from_link].append(turn)
        return found

    @cached_property
    def turning_of(self) -> dict[tuple[str, str], tuple[int, rows.Turning]]:
        """The row of turning.csv, with its line, of a link and a mix."""
        return {(row.link, row.mix): (line, row) for line, row in self.turning.lines}

    @cached_property
    def exit_shares(self) -> dict[tuple[str, str], dict[str, float]]:
        """(link, mix) → link that it leads to → share, of exits.csv."""
        found: dict[tuple[str, str], dict[str, float]] = {}
        for row in self.exits.rows:
            found.setdefault((row.link, row.mix), {})[row.to_link] = row.share
        return found

    @cached_property
    def u_turns(self) -> frozenset[tuple[str, str]]:
        """The links between which somebody turns back."""
        return frozenset((turn.from_link, turn.to_link) for turn in self.turns.rows if turn.movement == "u-turn")

    @cached_property
    def shown_turns(self) -> list[tuple[int, rows.Turn]]:
        """The turns at signals that a signal shows, with their lines: not those that give way beside it."""
        signals = set(self.signal_ids)
        at = {link.id for link in self.links.rows if link.to_junction in signals}
        return [(line, turn) for line, turn in self.turns.lines if turn.from_link in at and not turn.control]

    @cached_property
    def signal_ids(self) -> tuple[str, ...]:
        return tuple(junction.id for junction in self.junctions.rows if junction.type == "signal")

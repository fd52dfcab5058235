"""A scenario folder's tables: read, valid in themselves and checked against each other.

Every fault is a ScenarioError of one line: file, row (the line in the file, 1 is the header), value, limit
and what to do.
"""

from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.scenarios import rows
from zhasyl.scenarios.checks import check_demand, check_network, check_plan
from zhasyl.scenarios.csv_table import Table, read_csv
from zhasyl.scenarios.settings import Settings, read_settings


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

    @property
    def link_by_id(self) -> dict[str, rows.Link]:
        return {link.id: link for link in self.links.rows}

    @property
    def signal_ids(self) -> tuple[str, ...]:
        return tuple(junction.id for junction in self.junctions.rows if junction.type == "signal")


def read_tables(folder: Path) -> Tables:
    """Read and check a scenario folder. Raises ScenarioError."""
    if not folder.is_dir():
        raise ScenarioError(f"no scenario folder {folder}; give the folder that holds scenario.toml")
    tables = Tables(
        folder=folder,
        settings=read_settings(folder),
        junctions=read_csv(folder, "junctions", rows.Junction),
        links=read_csv(folder, "links", rows.Link),
        turns=read_csv(folder, "turns", rows.Turn),
        crossings=read_csv(folder, "crossings", rows.Crossing),
        volumes=read_csv(folder, "volumes", rows.Volume),
        turning=read_csv(folder, "turning", rows.Turning),
        profile=read_csv(folder, "profile", rows.Interval),
        vehicles=read_csv(folder, "vehicles", rows.Vehicle),
        plan=read_csv(folder, "plan", rows.PlanStage),
        assumptions=read_csv(folder, "assumptions", rows.AssumptionRow),
    )
    check_network(tables)
    check_demand(tables)
    check_plan(tables)
    return tables

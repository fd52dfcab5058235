"""A scenario folder's tables: read, valid in themselves and checked against each other.

Every fault is a ScenarioError of one line: file, row (the line in the file, 1 is the header), value, limit
and what to do.
"""

from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.csv_table import Table, read_csv, read_csv_if_there
from zhasyl.scenarios.compile.buses_and_pedestrians import check_buses_and_walkers
from zhasyl.scenarios.tables import rows
from zhasyl.scenarios.tables.consistency import check_demand, check_network, check_plan
from zhasyl.scenarios.tables.model import Tables
from zhasyl.scenarios.tables.settings import Settings, read_settings


@dataclass(frozen=True)
class Head:
    """What of a scenario folder a compiled scenario still asks for."""

    folder: Path
    settings: Settings
    assumptions: Table[rows.AssumptionRow]
    stops: Table[rows.Stop]
    names: Table[rows.Name]


def read_head(folder: Path, period: str = "") -> Head:
    """Read scenario.toml and the tables that no compiled file holds, or whose absence it does not show.

    For the period of that name or the main one. Raises ScenarioError.
    """
    if not folder.is_dir():
        raise ScenarioError(f"no scenario folder {folder}; give the folder that holds scenario.toml")
    return Head(
        folder=folder,
        settings=_of_period(read_settings(folder, Settings), period),
        assumptions=read_csv(folder, "assumptions", rows.AssumptionRow),
        stops=read_csv_if_there(folder, "bus_stops", rows.Stop),
        names=read_csv_if_there(folder, "names", rows.Name),
    )


def read_tables(folder: Path, period: str = "") -> Tables:
    """Read and check a scenario folder, for the period of that name or the main one. Raises ScenarioError."""
    head = read_head(folder, period)
    settings = head.settings
    tables = Tables(
        folder=folder,
        settings=settings,
        junctions=read_csv(folder, "junctions", rows.Junction),
        links=read_csv(folder, "links", rows.Link),
        turns=_read_turns(folder),
        crossings=read_csv(folder, "crossings", rows.Crossing),
        volumes=read_csv(folder, "volumes", rows.Volume),
        turning=read_csv(folder, "turning", rows.Turning),
        profile=_of_time(read_csv(folder, "profile", rows.Interval), settings),
        vehicles=read_csv(folder, "vehicles", rows.Vehicle),
        plan=_plan_of_period(read_csv(folder, "plan", rows.PlanStage), settings),
        assumptions=head.assumptions,
        stops=head.stops,
        lines=read_csv_if_there(folder, "bus_lines", rows.BusLine),
        walks=read_csv_if_there(folder, "walks", rows.Walk),
        names=head.names,
        exits=read_csv_if_there(folder, "exits", rows.ExitShare),
    )
    check_network(tables)
    check_demand(tables)
    check_buses_and_walkers(tables)
    check_plan(tables)
    return tables


def _of_period(settings: Settings, name: str) -> Settings:
    periods = {period.name: period for period in settings.all_periods}
    if not name:
        return settings
    if name not in periods:
        raise ScenarioError(f"scenario {settings.id}: " + unknown_name("period", name, filter(None, periods)))
    chosen = periods.pop(name)
    return settings.model_copy(update={"period": chosen, "periods": tuple(periods.values())})


def _read_turns(folder: Path) -> Table[rows.Turn]:
    spans = read_csv(folder, "turns", rows.TurnRow)
    for line, span in spans.lines:
        if len(span.lane) != len(span.to_lane):
            raise spans.fault(line, f"{len(span.lane)} lanes lead to {len(span.to_lane)}; make them as many")
        if span.path and (len(span.path) < 2 or len(span.lane) > 1):
            raise spans.fault(
                line, f"a path of {len(span.path)} points for {len(span.lane)} lanes; give each lane its own"
            )
    return Table(spans.name, tuple((line, turn) for line, span in spans.lines for turn in span.turns()))


def _of_time(profile: Table[rows.Interval], settings: Settings) -> Table[rows.Interval]:
    """The rows of the chosen period; all of them where there is only one period."""
    period = settings.period
    if not settings.periods:
        return profile
    inside = ((line, row) for line, row in profile.lines if period.start_s <= row.begin_s < period.end_s)
    return Table(profile.name, tuple(inside))


def _plan_of_period(plan: Table[rows.PlanStage], settings: Settings) -> Table[rows.PlanStage]:
    """Of each signal the stages of the chosen period, else those that name none. Raises ScenarioError."""
    names = {period.name for period in settings.all_periods}
    for line, stage in plan.lines:
        if stage.period and stage.period not in names:
            raise plan.fault(line, unknown_name("period", stage.period, names))
    own = {stage.signal for stage in plan.rows if stage.period == settings.period.name}
    chosen = (
        (line, stage)
        for line, stage in plan.lines
        if stage.period == (settings.period.name if stage.signal in own else "")
    )
    return Table(plan.name, tuple(chosen))

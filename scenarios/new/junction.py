"""From a table of approaches to a scenario folder of tables: one signal or several in a row, of any shape.

Lanes of both ways of an arm share an axis, or lie beside its island.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_table import Table
from zhasyl.network import Network
from zhasyl.scenarios.compile.programmes import timing_of, with_programmes
from zhasyl.scenarios.compile.scenario import compile_scenario
from zhasyl.scenarios.new.approaches import Approach, read_approaches
from zhasyl.scenarios.new.arms import Stream
from zhasyl.scenarios.new.crossings import Crossing, crossings_of
from zhasyl.scenarios.new.demand import write_demand_tables
from zhasyl.scenarios.new.laid import laid, walked_m
from zhasyl.scenarios.new.lefts_apart import Paths
from zhasyl.scenarios.new.network import write_network
from zhasyl.scenarios.new.places import Places, placed
from zhasyl.scenarios.new.plan import (
    Plan,
    by_degrees,
    by_flows,
    coordinated,
    least_greens,
    made_plans,
    write_plans,
)
from zhasyl.scenarios.new.roads import Roads, roads_of
from zhasyl.scenarios.new.said import settings, write_assumptions
from zhasyl.scenarios.new.saturation import Loaded, demanded, highest, saturations, turn_volumes
from zhasyl.scenarios.new.stages import Stage, stages_of
from zhasyl.scenarios.new.streams import Volumes, streams_of, volumes_of
from zhasyl.scenarios.new.webster import movement_volumes
from zhasyl.scenarios.tables.read import read_tables

DROPPED = re.compile(r".*crossings\.csv row (\d+): netconvert dropped this crossing")
CROWDED = 0.9  # degree of saturation above which a plan is made anew, with the gaps that turns wait for
GAINED = 0.02  # of the highest degree, for which the new one is taken


@dataclass(frozen=True)
class Made:
    """What a new scenario's plan makes of its volumes; `cycle_s` is the longest of its signals."""

    loaded: list[Loaded]
    cycle_s: float
    offsets_s: dict[str, float]

    @property
    def highest(self) -> float:
        """The highest degree of saturation."""
        return highest(self.loaded)

    @property
    def crowded(self) -> frozenset[str]:
        """The signals above what a plan should come to."""
        return frozenset(one.signal for one in self.loaded if one.degree is not None and one.degree > CROWDED)


@dataclass(frozen=True)
class Planned:
    """A plan of each signal, and what it carries."""

    made: Made
    plans: Sequence[Plan]


@dataclass(frozen=True)
class Sketch:
    """A table's junctions with their roads and traffic."""

    rows: Table[Approach]
    places: Places
    streams: Mapping[str, tuple[Stream, ...]]
    volumes: Volumes
    roads: Roads
    crossings: Mapping[str, list[Crossing]]

    @property
    def walkers(self) -> dict[str, float]:
        """Persons an hour by crossing."""
        return {one.id: one.arm.row.walkers_ph for own in self.crossings.values() for one in own}


def new_junction(table: Path, folder: Path, scenario_id: str, title: str) -> Made:
    """Fill an empty folder and compile it once, so that it is known to run. Raises ScenarioError."""
    sketch = sketched(table)
    try:
        return _made(sketch, folder, table, scenario_id, title)
    except ScenarioError as error:
        raise _in_its_rows(sketch, error) from None


def _made(sketch: Sketch, folder: Path, table: Path, scenario_id: str, title: str) -> Made:
    write_demand_tables(sketch.places, sketch.roads, sketch.streams, sketch.volumes, folder)
    (folder / "scenario.toml").write_text(settings(scenario_id, title, table), "utf-8")
    network = _laid(sketch, folder, table)
    made = _best(sketch, folder, table, network)
    compile_scenario(folder)
    return made


def _laid(sketch: Sketch, folder: Path, table: Path) -> Network:
    """Write the tables of roads; answers their network without a plan. Lefts that would meet get ways apart."""
    stages = _stages(sketch, frozenset())
    write_plans([Plan(signal, tuple(own), tuple(least_greens(own, {}))) for signal, own in stages.items()], folder)
    write_assumptions(table, sketch.places, sketch.volumes, folder, frozenset())  # without which no table is read
    _write_network(sketch, {}, folder)
    network, paths = laid(read_tables(folder), sketch.places)
    if paths:
        _write_network(sketch, paths, folder)
        network, _ = laid(read_tables(folder), sketch.places)
    return network


def _write_network(sketch: Sketch, paths: Paths, folder: Path) -> None:
    crossings = [one for own in sketch.crossings.values() for one in own]
    write_network(sketch.places, sketch.roads, sketch.streams, crossings, paths, folder)


def _best(sketch: Sketch, folder: Path, table: Path, network: Network) -> Made:
    """Write the plan that carries most: approaches that face each other together, or each alone where that is full."""
    try:
        together = _planned(sketch, folder, table, frozenset(), network)
    except ScenarioError:  # streams of approaches that face each other cross all the same
        return _planned(sketch, folder, table, frozenset(sketch.places.sites), network).made
    if not together.made.crowded:
        return together.made
    apart = _planned(sketch, folder, table, together.made.crowded, network)
    if apart.made.highest < together.made.highest - GAINED:
        return apart.made
    return _weighed(sketch, folder, table, together.plans, frozenset(), network).made


def _in_its_rows(sketch: Sketch, error: ScenarioError) -> ScenarioError:
    """A crossing that netconvert does not lay, by the row of its arm."""
    found = DROPPED.match(str(error))
    if not found:
        return error
    crossings = [one for own in sketch.crossings.values() for one in own]
    arm = crossings[int(found[1]) - 2].arm
    return sketch.rows.fault(arm.line, f"SUMO lays no crossing over {arm.row.approach} here; give it crossing no")


def sketched(table: Path) -> Sketch:
    """What a table says, as far as no network is needed. Raises ScenarioError with the row of the first fault."""
    rows = read_approaches(table)
    places = placed(rows)
    streams = {arm.id: streams_of(rows, places.site_of(arm), arm) for arm in places.arms}
    volumes: Volumes = {}
    for arm in places.arms:
        volumes |= volumes_of(rows, places.site_of(arm), arm, streams[arm.id])
    roads = roads_of(rows, places, streams)
    crossings = {site.id: crossings_of(rows, site, roads) for site in places.sites.values()}
    return Sketch(rows, places, streams, volumes, roads, crossings)


def _stages(sketch: Sketch, apart: frozenset[str]) -> dict[str, list[Stage]]:
    """`apart`: junctions where no two approaches run together."""
    return {
        site.id: stages_of(site, sketch.streams, sketch.crossings[site.id], sketch.volumes, site.id in apart)
        for site in sketch.places.sites.values()
    }


def _planned(sketch: Sketch, folder: Path, table: Path, apart: frozenset[str], network: Network) -> Planned:
    """Write a plan and see what it carries."""
    stages = _stages(sketch, apart)
    tables = read_tables(folder)
    volumes, measured_m = movement_volumes(tables), walked_m(tables, network)
    least_s = {signal: least_greens(own, measured_m) for signal, own in stages.items()}
    timings = {signal: by_flows(tables, own, volumes) for signal, own in stages.items()}
    found = _weighed(sketch, folder, table, made_plans(stages, timings, least_s), apart, network)
    if found.made.crowded:
        timings = {plan.signal: by_degrees(plan, found.made.loaded) for plan in found.plans}
        other = _weighed(sketch, folder, table, made_plans(stages, timings, least_s), apart, network)
        if other.made.highest < found.made.highest - GAINED:
            return other
        return _weighed(sketch, folder, table, found.plans, apart, network)
    return found


def _weighed(
    sketch: Sketch, folder: Path, table: Path, plans: Sequence[Plan], apart: frozenset[str], network: Network
) -> Planned:
    """Write plans, and what they carry on the network. Raises ScenarioError for one that must not be shown."""
    plans = coordinated(plans, sketch.places, sketch.volumes)
    write_plans(plans, folder)
    write_assumptions(table, sketch.places, sketch.volumes, folder, apart)
    tables = read_tables(folder)
    volumes, shown = turn_volumes(tables), with_programmes(tables, network)
    demands = demanded(shown, timing_of(tables.settings.signals), tables, volumes, sketch.walkers)
    offsets_s = {plan.signal: plan.offset_s for plan in plans}
    made = Made(saturations(demands, tables, volumes), max(plan.cycle_s for plan in plans), offsets_s)
    return Planned(made, plans)

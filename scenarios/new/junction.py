"""From a table of approaches to a scenario folder of tables: one signal or several in a row, of any shape.

Lanes of both ways of an arm share an axis, or lie beside its island.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.compile.scenario import compile_scenario
from zhasyl.scenarios.new.approaches import read_approaches
from zhasyl.scenarios.new.arms import Stream
from zhasyl.scenarios.new.crossings import Crossing, crossings_of
from zhasyl.scenarios.new.demand import write_demand_tables
from zhasyl.scenarios.new.network import write_network
from zhasyl.scenarios.new.places import Places, placed
from zhasyl.scenarios.new.plan import (
    Plan,
    by_flows,
    by_gaps,
    coordinated,
    least_greens,
    made_plans,
    walked_m,
    write_plans,
)
from zhasyl.scenarios.new.roads import Roads, roads_of
from zhasyl.scenarios.new.said import settings, write_assumptions
from zhasyl.scenarios.new.saturation import Demanded, Loaded, demanded, highest, saturations, turn_volumes
from zhasyl.scenarios.new.stages import stages_of
from zhasyl.scenarios.new.streams import Volumes, streams_of, volumes_of
from zhasyl.scenarios.new.webster import movement_volumes
from zhasyl.scenarios.tables.read import read_tables

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


@dataclass(frozen=True)
class Sketch:
    """A table's junctions with their roads and traffic."""

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
    sketch = _sketch(table)
    crossings = [one for own in sketch.crossings.values() for one in own]
    write_network(sketch.places, sketch.roads, sketch.streams, crossings, folder)
    write_demand_tables(sketch.places, sketch.roads, sketch.streams, sketch.volumes, folder)
    (folder / "scenario.toml").write_text(settings(scenario_id, title, table), "utf-8")
    write_assumptions(table, sketch.places, sketch.volumes, folder, apart=False)
    try:
        return _planned(sketch, folder, apart=False)
    except ScenarioError:  # streams that the network has cross although their arms face each other
        write_assumptions(table, sketch.places, sketch.volumes, folder, apart=True)
        return _planned(sketch, folder, apart=True)


def _sketch(table: Path) -> Sketch:
    rows = read_approaches(table)
    places = placed(rows)
    streams = {arm.id: streams_of(rows, places.site_of(arm), arm) for arm in places.arms}
    volumes: Volumes = {}
    for arm in places.arms:
        volumes |= volumes_of(rows, places.site_of(arm), arm, streams[arm.id])
    roads = roads_of(rows, places, streams)
    crossings = {site.id: crossings_of(rows, site, roads) for site in places.sites.values()}
    return Sketch(places, streams, volumes, roads, crossings)


def _planned(sketch: Sketch, folder: Path, apart: bool) -> Made:
    """Write the plan, in whole seconds, and see what it carries."""
    stages = {
        site.id: stages_of(site, sketch.streams, sketch.crossings[site.id], sketch.volumes, apart)
        for site in sketch.places.sites.values()
    }
    plans = [Plan(signal, tuple(own), tuple(least_greens(own, {}))) for signal, own in stages.items()]
    write_plans(plans, folder)
    tables = read_tables(folder)
    volumes, measured_m = movement_volumes(tables), walked_m(tables)
    least_s = {signal: least_greens(own, measured_m) for signal, own in stages.items()}
    timings = {signal: by_flows(tables, own, volumes) for signal, own in stages.items()}
    plans = coordinated(made_plans(stages, timings, least_s), sketch.places, sketch.volumes)
    made, demands = _compiled(sketch, folder, plans)
    if made.highest > CROWDED:
        timings |= {one.signal.id: by_gaps(one, made.cycle_s) for one in demands}
        other, _ = _compiled(
            sketch, folder, coordinated(made_plans(stages, timings, least_s), sketch.places, sketch.volumes)
        )
        if other.highest < made.highest - GAINED:
            return other
        made, _ = _compiled(sketch, folder, plans)
    return made


def _compiled(sketch: Sketch, folder: Path, plans: Sequence[Plan]) -> tuple[Made, list[Demanded]]:
    write_plans(plans, folder)
    scenario, tables = compile_scenario(folder), read_tables(folder)
    volumes = turn_volumes(tables)
    demands = demanded(scenario, tables, volumes, sketch.walkers)
    offsets_s = {plan.signal: plan.offset_s for plan in plans}
    made = Made(saturations(demands, tables, volumes), max(plan.cycle_s for plan in plans), offsets_s)
    return made, demands

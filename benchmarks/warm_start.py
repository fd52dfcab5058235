"""make bench-warm-start: does a run branched from SUMO's saved state give the same trips as a cold one?

Both play the shipped programmes with our options. The cold run is asked for a state at the begin of the
period and goes on; the branched one starts from it. Compared are the trips planned after that moment.
Each simulation has a process of its own.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from zhasyl.files.clock import seconds
from zhasyl.lane_groups import lane_groups
from zhasyl.process.workers import run_isolated
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.sumo.inputs.command import RAW_TRIPS, SUMO_LOG, sumo_options
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.trips import Trips, every_trip
from zhasyl.sumo.simulation import SumoSimulation, quiet_sumo

SCENARIOS = ("abay-seifullin", "resco:cologne8", "resco:ingolstadt1")
WARM_UP_S = 900.0  # of scenarios that have none: the first part of their period
EXACT = ("--save-state.rng", "true", "--save-state.precision", "17")
Task = tuple[Scenario, Path, bool]


def simulate(task: Task) -> None:
    """One run to the end; a cold one saves its state at the begin of the period, the other starts from it."""
    scenario, folder, cold = task
    network = scenario.network()
    state = folder / "state.xml.gz"
    outputs = folder / ("cold" if cold else "branched")
    outputs.mkdir()
    started = scenario if cold else replace(scenario, warm_up_s=0.0)
    options = sumo_options(started, 1, outputs, lane_groups(network).edges, sorted(network.programmes))
    moment = [seconds(scenario.begin_s), "--save-state.files", str(state)]
    options += [*EXACT, *(["--save-state.times", *moment] if cold else ["--load-state", str(state)])]
    with quiet_sumo(outputs / SUMO_LOG), SumoSimulation(options) as simulation:
        simulation.step(scenario.end_s)


def trips(folder: Path, begin_s: float, end_s: float) -> pd.DataFrame:
    """The trips planned from a moment on, by id."""
    every: pd.DataFrame = every_trip(Trips(folder / RAW_TRIPS), Ending(end_s, 1.0, 0)).pandas()
    table = every.set_index("trip_id")
    return table[table["planned_s"] > begin_s].sort_index()


def main() -> None:
    """Print for each scenario how many trips differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=list(SCENARIOS))
    for name in parser.parse_args().scenarios:
        scenario = load_scenario(name)
        if not scenario.warm_up_s:
            scenario = replace(scenario, begin_s=scenario.begin_s + WARM_UP_S, warm_up_s=WARM_UP_S)
        with TemporaryDirectory() as scratch:
            for cold in (True, False):
                run_isolated(simulate, (scenario, Path(scratch), cold))
            one, other = (
                trips(Path(scratch) / kind, scenario.begin_s, scenario.end_s) for kind in ("cold", "branched")
            )
        both = one.index.intersection(other.index)
        differing = {
            column: int((one.loc[both, column].fillna(-1) != other.loc[both, column].fillna(-1)).sum())
            for column in ("arrival_s", "time_loss_s", "type", "co2_g")
        }
        print(f"{name}: {len(one)} trips cold, {len(other)} branched, {len(both)} in both; differing: {differing}")


if __name__ == "__main__":
    main()

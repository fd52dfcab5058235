"""Random networks on which variants of a rule are chosen, apart from all those that figures are given for.

    python -m benchmarks.generated --controllers rolling-horizon --sensors perfect loops --seeds 1-3

SUMO's netgenerate makes them of fixed seeds: grids, arterials, random nets and spiders, with and without turn lanes,
crossings, short links, trucks and buses; `carriageways` makes those whose signals stand in pairs. randomTrips.py draws
who drives, with a peak in the middle a fifth above the mean; `busiest` says how saturated the busiest signal is then by
Webster's method. A run has 15 simulated minutes and costs one to five CPU seconds. The networks are kept in --folder;
one that lies there is taken as it is.
"""

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.carriageways import Carriageways
from zhasyl import RunRecord, Scenario, load_scenario, run_many
from zhasyl.controllers import parse_controller
from zhasyl.runs.planning import area_of
from zhasyl.runs.spec import RunSpec
from zhasyl.sensors import parse_sensor
from zhasyl.sumo.programs import run_program, run_tool
from zhasyl.text.values import parse_seeds
from zhasyl.timing.flows import car_lanes, through_cars_vph
from zhasyl.timing.webster import webster_timing

END_S = 900
PEAK = (0.8, 1.2, 1.0)  # of the mean rate, in thirds of the time
LONGEST_CYCLE_S = 120.0

Options = Mapping[str, object]
GRID: Options = {"grid": "true", "default-junction-type": "traffic_light", "grid.attach-length": 200}
RANDOM: Options = {"rand": "true", "tls.guess": "true", "tls.guess.threshold": 40, "rand.min-angle": 45}
SPIDER: Options = {"spider": "true", "tls.guess": "true", "tls.guess.threshold": 40, "spider.attach-length": 150}
TURN_LANES: Options = {"turn-lanes": 1, "turn-lanes.length": 45}
WALKS: Options = {"sidewalks.guess": "true", "crossings.guess": "true"}


def square(side: int, block_m: float, lanes: int) -> Options:
    """A grid of side × side signals."""
    return {**GRID, "grid.number": side, "grid.length": block_m, "default.lanenumber": lanes}


def arterial(signals: int, block_m: float, lanes: int) -> Options:
    """A row of signals."""
    size = {"grid.x-number": signals, "grid.y-number": 1, "grid.x-length": block_m}
    return {**GRID, **size, "default.lanenumber": lanes}


def tangle(rounds: int, least_m: float, most_m: float) -> Options:
    """A random net; the limits are those of its streets' lengths."""
    return {**RANDOM, "rand.iterations": rounds, "rand.min-distance": least_m, "rand.max-distance": most_m}


def web(arms: int, circles: int, apart_m: float, lanes: int) -> Options:
    """A spider's web."""
    size = {"spider.arm-number": arms, "spider.circle-number": circles, "spider.space-radius": apart_m}
    return {**SPIDER, **size, "default.lanenumber": lanes}


@dataclass(frozen=True)
class Made:
    """A network to make: netgenerate's options or a shape of our own, its demand, the seed of both."""

    name: str
    roads: Options | Carriageways
    rate_vph: float
    seed: int
    long_share: float = 0.05  # of the vehicles: half of them trucks, half buses
    walks_per_h: float = 0.0


NETWORKS = (
    Made("grid-one-lane", square(3, 150, 1), 3500, 1),
    Made("grid-two-lanes", square(3, 200, 2), 7000, 2),
    Made("grid-turn-lanes", {**square(3, 220, 2), **TURN_LANES}, 6500, 3),
    Made("grid-short", square(3, 70, 2), 6000, 4),
    Made("grid-perturbed", {**square(3, 140, 2), "perturb-x": 30, "perturb-y": 30,
                            "random-lanenumber": "true"}, 2600, 5),
    Made("grid-walks", {**square(2, 160, 2), **WALKS}, 4500, 6, walks_per_h=400),
    Made("arterial", {**arterial(4, 250, 2), **TURN_LANES}, 4500, 7),
    Made("arterial-buses", arterial(3, 180, 2), 3000, 8, long_share=0.25),
    Made("tangle-short", {**tangle(25, 50, 140), "default.lanenumber": 1}, 1500, 9),
    Made("tangle-lanes", {**tangle(20, 120, 300), "random-lanenumber": "true", "default.lanenumber": 3}, 2500, 10),
    Made("web-four", web(4, 2, 130, 2), 2500, 11),
    Made("short-one-lane", square(4, 80, 1), 3600, 13),
    Made("short-arterial", arterial(5, 90, 2), 4500, 14, long_share=0.1),
    Made("short-walks", {**square(3, 90, 2), **WALKS}, 5000, 15, walks_per_h=300),
    Made("one-way", {**tangle(40, 70, 180), "rand.bidi-probability": 0.3, "default.lanenumber": 2}, 3500, 16),
    Made("tangle-busy", {**tangle(30, 60, 160), "default.lanenumber": 2}, 4500, 17),
    Made("web-busy", web(6, 2, 100, 2), 6000, 18),
    Made("web-five", {**web(5, 2, 160, 1), **TURN_LANES, "spider.omit-center": "true"}, 1800, 12, long_share=0.15),
    Made("pairs-16", Carriageways(3, 200, 24, cross_lanes=1), 4000, 31),
    Made("pairs-12", Carriageways(3, 200, 20, cross_lanes=1), 3500, 32),
)  # fmt: skip


def scenario_of(made: Made, folder: Path) -> Scenario:
    """The network with its demand, made in `folder` where it does not lie there yet."""
    config = folder / made.name / f"{made.name}.sumocfg"
    if not config.is_file():
        config.parent.mkdir(parents=True, exist_ok=True)
        net_file = config.with_name("roads.net.xml")
        if isinstance(made.roads, Carriageways):
            made.roads.write(net_file)
        else:
            run_program("netgenerate", {
                **made.roads, "seed": made.seed, "no-turnarounds": "true", "default.speed": 13.89,
                "output-file": net_file, "no-warnings": "true",
            })  # fmt: skip
        _write_config(config, _write_demand(made, net_file, made.rate_vph))
    return load_scenario(str(config))


def busiest(scenario: Scenario) -> float:
    """Degree of saturation of the busiest signal at a cycle of 120 s, by Webster's method."""
    area = area_of(scenario, parse_controller("fixed"))
    found = 0.0
    for name, signal in area.signals.items():
        demand = area.demand(name)
        lanes = [car_lanes(area.network, movement) for movement in signal.movements]
        volume_vph = through_cars_vph(area.network, signal, demand)
        timing = webster_timing(signal, volume_vph, lanes, walkers_per_h=demand.walkers_per_h)
        found = max(found, timing.flow_ratio / (1 - timing.lost_s / LONGEST_CYCLE_S))
    return found


def _write_demand(made: Made, net_file: Path, rate_vph: float) -> list[Path]:
    """Draw cars, trucks, buses and pedestrians; answers the route files."""
    long_vph = rate_vph * made.long_share
    rates_vph = {"passenger": rate_vph - long_vph, "truck": long_vph / 2, "bus": long_vph / 2}
    if made.walks_per_h:
        rates_vph["pedestrian"] = made.walks_per_h
    files = []
    for place, (kind, rate) in enumerate(rates_vph.items()):
        route_file = net_file.with_name(f"{kind}.rou.xml")
        walking = ("--pedestrians",) if kind == "pedestrian" else ("--vehicle-class", kind, "--remove-loops")
        run_tool(
            "randomTrips.py", "--net-file", net_file, "--route-file", route_file, "--prefix", kind,
            "--output-trip-file", route_file.with_suffix(".trips"), "--end", END_S, "--seed", 100 * made.seed + place,
            "--insertion-rate", *(f"{rate * share:.2f}" for share in PEAK), "--random-depart", "--fringe-factor", 10,
            "--lanes", "--min-distance", 150, "--random-routing-factor", 1.3, "--threads", 1, *walking,
        )  # fmt: skip
        for left in (*net_file.parent.glob("*.trips"), *net_file.parent.glob("*.alt.xml")):
            left.unlink()
        files.append(route_file)
    return files


def _write_config(config: Path, route_files: Sequence[Path]) -> None:
    routes = ",".join(file.name for file in route_files)
    config.write_text(
        f'<configuration><input><net-file value="roads.net.xml"/><route-files value="{routes}"/></input>'
        f'<time><begin value="0"/><end value="{END_S}"/></time></configuration>\n',
        encoding="utf-8",
    )


def mean_s(records: Sequence[RunRecord]) -> float:
    """Mean delay in s of the runs that are done."""
    delays_s = [float(record["delay_s"]) for record in records if record.done]
    return sum(delays_s) / len(delays_s) if delays_s else math.nan


def cell(records: Sequence[RunRecord]) -> str:
    """Mean delay and how many runs gridlocked."""
    stuck = sum(bool(record["gridlocked"]) for record in records if record.done)
    return f"{mean_s(records):.1f}" + (f" ({stuck} gridlocked)" if stuck else "")


def geometric(values: Sequence[float]) -> float:
    """Geometric mean."""
    return math.exp(sum(map(math.log, values)) / len(values))


def main() -> None:
    """Run what is not stored in --out; print mean delays, and each column over the first in the geometric mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=[made.name for made in NETWORKS])
    parser.add_argument("--controllers", nargs="+", default=["rolling-horizon"])
    parser.add_argument("--sensors", nargs="+", default=["perfect"])
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("generated"))
    parser.add_argument("--out", type=Path, default=Path("results-generated"))
    asked = parser.parse_args()
    columns = [(parse_controller(one), parse_sensor(other)) for one in asked.controllers for other in asked.sensors]
    labels = [f"{controller.label}, {sensor.label}" for controller, sensor in columns]
    print(f"| delay, s per trip | {' | '.join(labels)} |\n|---|{'---|' * len(labels)}")
    delays_s: list[list[float]] = []
    for made in (one for one in NETWORKS if one.name in asked.networks):
        scenario, seeds = scenario_of(made, asked.folder.resolve()), parse_seeds(asked.seeds)
        runs = [
            run_many([RunSpec(scenario, one, seed, asked.out.resolve(), sensor=other.label) for seed in seeds],
                     asked.jobs)
            for one, other in columns
        ]  # fmt: skip
        delays_s.append([mean_s(records) for records in runs])
        print(f"| {made.name} | {' | '.join(map(cell, runs))} |", flush=True)
    ratios = [geometric([row[place] / row[0] for row in delays_s]) for place in range(len(columns))]
    print(f"| to the first, geometric mean | {' | '.join(f'{ratio:.3f}' for ratio in ratios)} |")


if __name__ == "__main__":
    main()

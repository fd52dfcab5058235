"""How cost grows with the network: synthetic grids, equal demand a signal, each beside bare `sumo` with our outputs.

Work (benchmarks/work.py) is of the whole command under max-pressure, its network in the compile cache. Bare `sumo`
plays the shipped plans, so its traffic differs: growth is of the work per vehicle-second, each over its own. Mean delay
and the vehicles that were denied entry stand beside, so that a jam cannot pass for growth. Deciding is the wall time of
control, by signal and second simulated.
"""

import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.measure import Figure, at_most, bare, bare_command, info, ours, vehicle_seconds
from benchmarks.synthetic import grid
from benchmarks.work import counter, work
from zhasyl.sumo.home import sumo_environment
from zhasyl.sumo.inputs.command import RAW_TRIPS
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.trips import Trips, every_trip

SIDES = (4, 8, 16, 32)  # 16, 64, 256 and 1,024 signals
CITY_SIDE = 25  # 625 signals: the size of Almaty's 642
CITY_LIMIT, GROWTH_LIMIT, DECIDING_LIMIT, MEMORY_LIMIT_MB = 1.25, 1.2, 0.65, 150.0
END_S = 600
CONTROLLER = "max-pressure"


class Size(NamedTuple):
    """A grid, and what it costs us and bare `sumo`."""

    signals: int
    own_work: float
    bare_work: float
    own_vehicle_s: float
    bare_vehicle_s: float
    more_mb: float
    deciding_us: float
    delay_s: float
    bare_delay_s: float
    denied: float


def measure(rounds: int, full: bool) -> list[Figure]:
    """Cost at each size and growth from the smallest; `full` adds nothing here."""
    rounds = min(rounds, counter().rounds)
    sizes = {side: _size(side, rounds) for side in sorted((*SIDES, CITY_SIDE))}
    figures = [figure for size in sizes.values() for figure in _figures(size)]
    return figures + _growth(sizes[SIDES[0]], sizes[SIDES[-1]]) + _city(sizes[SIDES[0]], sizes[CITY_SIDE])


def _size(side: int, rounds: int) -> Size:
    with TemporaryDirectory() as scratch:
        folder, plain, out = (Path(scratch) / name for name in ("grid", "bare", "ours"))
        folder.mkdir()
        plain.mkdir()
        config, signals = grid(folder, side, END_S), side * side
        spent, (own, record) = bare(config, plain), ours(config, CONTROLLER, out)
        trips = every_trip(Trips(plain / RAW_TRIPS), Ending(record["end_s"], 1.0, 0)).pandas()
        command = bare_command(config, plain)
        again = [sys.executable, "-m", "zhasyl", "run", config, "--controller", CONTROLLER, "--rerun", "--json"]
        return Size(
            signals,
            statistics.median(work([*again, "--out", out]) for _ in range(rounds)),
            statistics.median(work(command, sumo_environment()) for _ in range(rounds)),
            vehicle_seconds(record.table("trips"), record["end_s"]),
            vehicle_seconds(trips, record["end_s"]),
            own.peak_mb - spent.peak_mb,
            1e6 * record["control_s"] / (signals * END_S),
            record["delay_s"],
            float(trips["delay_s"].mean()),
            100 * record["not_inserted_veh"] / record["loaded_veh"],
        )


def _figures(size: Size) -> list[Figure]:
    at = f"{size.signals:,} signals"
    return [
        info(f"{at}: {CONTROLLER} / bare sumo, same outputs", [size.own_work / size.bare_work]),
        at_most(f"{at}: peak memory − bare sumo's", [size.more_mb], MEMORY_LIMIT_MB, " MB"),
        info(f"{at}: deciding, a signal-second", [size.deciding_us], " µs"),
        info(f"{at}: mean delay under {CONTROLLER}", [size.delay_s], " s"),
        info(f"{at}: mean delay in bare sumo", [size.bare_delay_s], " s"),
        info(f"{at}: denied entry under {CONTROLLER}", [size.denied], " %"),
    ]


def _growth(first: Size, last: Size) -> list[Figure]:
    """What a vehicle-second costs here over what it costs on the smallest grid, over the same of bare sumo."""
    own = (last.own_work / last.own_vehicle_s) / (first.own_work / first.own_vehicle_s)
    theirs = (last.bare_work / last.bare_vehicle_s) / (first.bare_work / first.bare_vehicle_s)
    at = f"{first.signals} to {last.signals:,} signals, growth per vehicle-second"
    return [
        at_most(f"{at}: {CONTROLLER} / bare sumo's", [own / theirs], GROWTH_LIMIT),
        info(f"{at}: bare sumo's", [theirs]),
    ]


def _city(first: Size, city: Size) -> list[Figure]:
    at, deciding = f"{city.signals} signals", city.deciding_us / first.deciding_us
    return [
        at_most(f"{at}: {CONTROLLER} / bare sumo, same outputs", [city.own_work / city.bare_work], CITY_LIMIT),
        at_most(f"{at} / {first.signals}: deciding, a signal-second", [deciding], DECIDING_LIMIT),
    ]

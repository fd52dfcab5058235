"""How cost grows with the network: synthetic grids, demand in proportion, beside bare `sumo`'s own growth.

Cost is seconds per vehicle-second, each over its own vehicle-seconds (bare `sumo` plays the shipped plans, we play
max-pressure, so the traffic differs). It is given twice: the wall time as a user sees it, in which Python's
start-up weighs most on the smallest grid and flatters growth, and the loop alone (deciding and stepping, beside
the steps of bare `sumo`), which hides nothing of the sort. CPU time stands beside, as wall time suffers from whatever
else the machine does. Mean delay and unserved vehicles stand beside, so that
a jam cannot pass for growth.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Figure, at_most, bare, divided, info, loop_s, ours, vehicle_seconds
from benchmarks.synthetic import grid
from zhasyl.sumo.inputs.command import RAW_TRIPS
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.trips import Trips, every_trip

SIDES = (4, 8, 16)  # 16, 64 and 256 signals: 1, 4 and 16 times
CITY_SIDE = 25  # 625 signals: the size of Almaty's 642
LIMIT, MEMORY_LIMIT_MB = 1.2, 150.0
END_S = 1800

Series = defaultdict[str, list[float]]


def measure(rounds: int, full: bool) -> list[Figure]:
    """Cost per vehicle-second at each size, growth from the smallest, memory; `full` adds 625 signals."""
    sizes: dict[int, Series] = {side: defaultdict(list) for side in ((*SIDES, CITY_SIDE) if full else SIDES)}
    with TemporaryDirectory() as scratch:
        configs = {}
        for side in sizes:
            (Path(scratch) / str(side)).mkdir()
            configs[side] = grid(Path(scratch) / str(side), side, END_S)
        for _ in range(rounds):
            for side, values in sizes.items():
                _add_round(configs[side], values)
    figures = []
    for side, values in sizes.items():
        figures += _size(side * side, values)
    for side in list(sizes)[1:]:
        figures += _growth(side * side, sizes[SIDES[0]], sizes[side])
    return figures


def _add_round(config: str, values: Series) -> None:
    with TemporaryDirectory() as scratch:
        outputs, out = Path(scratch) / "bare", Path(scratch) / "ours"
        outputs.mkdir()
        base = bare(config, outputs)
        mine, record = ours(config, "max-pressure", out)
        own_s = vehicle_seconds(record.table("trips"), record["end_s"])
        theirs = every_trip(Trips(outputs / RAW_TRIPS), Ending(record["end_s"], 1.0, 0)).pandas()
        base_s = vehicle_seconds(theirs, record["end_s"])
    values["command"].append(mine.wall_s / base.wall_s)
    values["our run"].append(record["wall_s"] / own_s)
    values["our loop"].append((record["control_s"] + record["sumo_s"]) / own_s)
    values["deciding"].append(record["control_s"] / own_s)
    values["bare run"].append(base.wall_s / base_s)
    values["bare loop"].append(loop_s(base) / base_s)
    values["our cpu"].append(mine.cpu_s / own_s)
    values["bare cpu"].append(base.cpu_s / base_s)
    values["memory"].append(mine.peak_mb - base.peak_mb)
    values["delay"].append(record["delay_s"])
    values["bare delay"].append(float(theirs["delay_s"].mean()))
    values["unserved"].append(100 * record["not_inserted_veh"] / record["loaded_veh"])


def _size(signals: int, values: Series) -> list[Figure]:
    at = f"{signals} signals"
    loop = divided(values["our loop"], values["bare loop"])
    return [
        info(f"{at}: mean delay under max-pressure", values["delay"], " s"),
        info(f"{at}: mean delay in bare sumo", values["bare delay"], " s"),
        info(f"{at}: denied entry under max-pressure", values["unserved"], " %"),
        info(f"{at}: command / bare sumo", values["command"]),
        info(f"{at}: loop per vehicle-second / bare sumo's", loop),
        at_most(f"{at}: peak memory − bare sumo's", values["memory"], MEMORY_LIMIT_MB, " MB"),
    ]


def _growth(signals: int, first: Mapping[str, list[float]], values: Mapping[str, list[float]]) -> list[Figure]:
    """What a vehicle-second costs here over what it costs on the smallest grid, over the same of bare sumo."""

    def growth(name: str) -> list[float]:
        return divided(values[name], first[name])

    at = f"{SIDES[0] ** 2} to {signals} signals, growth per vehicle-second"
    return [
        at_most(f"{at}: run / bare sumo's", divided(growth("our run"), growth("bare run")), LIMIT),
        at_most(f"{at}: loop alone / bare sumo's", divided(growth("our loop"), growth("bare loop")), LIMIT),
        info(f"{at}: command / bare sumo's, CPU time", divided(growth("our cpu"), growth("bare cpu"))),
        info(f"{at}: deciding alone", growth("deciding")),
        info(f"{at}: bare sumo's loop", growth("bare loop")),
    ]

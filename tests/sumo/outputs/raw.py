"""SUMO's raw outputs written by hand, for the signals J and K of the road of `tests/sensors/road.py`.

Its lane groups are cross, in (both of J) and behind (of K), in this order; the free speed there is 13.9 m/s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sensors.road import road_network
from zhasyl.lane_groups import lane_groups
from zhasyl.measures import Period
from zhasyl.sumo.inputs.command import (
    RAW_PERSONS,
    RAW_ROUTES,
    RAW_SIGNALS,
    RAW_STOPS,
    RAW_TRIPS,
    RAW_VEHICLES,
)
from zhasyl.sumo.outputs.ending import Ending
from zhasyl.sumo.outputs.fleet import Fleet
from zhasyl.sumo.outputs.log_times import LogTimes
from zhasyl.sumo.outputs.queues import Queues
from zhasyl.sumo.outputs.stops import read_stops
from zhasyl.sumo.outputs.trips import Trips

FREE_MPS = 13.9
SECONDS = LogTimes(Period(0.0, 10.0), 0.0, 1.0)


@dataclass(frozen=True)
class Row:
    """A row of the vehicle log."""

    time_s: float
    vehicle: str
    lane: str
    position_m: float
    speed_mps: float


def write_vehicles(raw: Path, rows: Sequence[Row]) -> None:
    """The vehicle log; SUMO writes a row without a vehicle where there is none."""
    pq.write_table(
        pa.table({
            "timestep_time": pa.array([row.time_s for row in rows], pa.float64()),
            "vehicle_id": pa.array([row.vehicle or None for row in rows], pa.string()),
            "vehicle_lane": pa.array([row.lane or None for row in rows], pa.string()),
            "vehicle_pos": pa.array([row.position_m for row in rows], pa.float64()),
            "vehicle_speed": pa.array([row.speed_mps for row in rows], pa.float64()),
        }),
        raw / RAW_VEHICLES,
    )  # fmt: skip
    (raw / RAW_STOPS).write_text("<stops/>", encoding="utf-8")


def write_routes(raw: Path, routes: Sequence[tuple[str, float, str, str]]) -> None:
    """(vehicle, departure in s, edges, when each was left: -1 for not by the end), and the trips of these vehicles."""
    told = "".join(
        f'<vehicle id="{vehicle}" depart="{depart_s}"><route edges="{edges}" exitTimes="{times}"/></vehicle>'
        for vehicle, depart_s, edges, times in routes
    )
    (raw / RAW_ROUTES).write_text(f"<routes>{told}</routes>", encoding="utf-8")
    trips = "".join(f'<tripinfo id="{vehicle}" vType="car" depart="{depart_s}"/>' for vehicle, depart_s, _, _ in routes)
    (raw / RAW_TRIPS).write_text(f"<tripinfos>{trips}</tripinfos>", encoding="utf-8")


def write_states(raw: Path, rows: Sequence[tuple[float, str, str]]) -> None:
    """(time in s, signal, state) as SUMO logs them."""
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    kinds = {"tlsState_time": pa.string(), "tlsState_id": pa.string(), "tlsState_state": pa.string()}
    named = zip(kinds.items(), columns, strict=True)
    table = {name: pa.array([str(value) for value in values], kind) for (name, kind), values in named}
    pq.write_table(pa.table(table), raw / RAW_SIGNALS)


def write_trips(raw: Path, arrived: int = 0, never_inserted: int = 0, vaporized: int = 0, end_s: float = 10.0) -> None:
    """Trips planned at 1 s: some arrive 3 s later after a loss of 1 s, some were removed then, some wait to the end."""
    told = ""
    for count, name, ends in ((arrived, "a", 'vaporized=""'), (vaporized, "x", 'vaporized="collision"')):
        told += "".join(
            f'<tripinfo id="{name}{n}" vType="car" depart="1" departDelay="0" arrival="4" timeLoss="1" waitingTime="0" '
            f'waitingCount="0" routeLength="50" duration="3" {ends}/>'
            for n in range(count)
        )
    told += "".join(
        f'<tripinfo id="n{n}" vType="car" depart="-1" departDelay="{end_s - 1}" arrival="-1" timeLoss="0" '
        f'waitingTime="0" waitingCount="0" routeLength="0" duration="0" vaporized=""/>'
        for n in range(never_inserted)
    )
    (raw / RAW_TRIPS).write_text(f"<tripinfos>{told}</tripinfos>", encoding="utf-8")


def write_persons(raw: Path, plans: str) -> None:
    """SUMO's output of persons: the `<walk>`, `<ride>` and `<stop>` of their plans."""
    text = f'<tripinfos><personinfo id="p" depart="0">{plans}</personinfo></tripinfos>'
    (raw / RAW_PERSONS).write_text(text, encoding="utf-8")


def ending(loaded: int, waiting: int = 0, end_s: float = 10.0) -> Ending:
    """The end of the simulation that `write_trips` tells of."""
    return Ending(end_s, 1.0, loaded, frozenset(f"n{n}" for n in range(waiting)))


def queues_of(raw: Path, rows: Sequence[Row], times: LogTimes = SECONDS) -> Queues:
    """Queues of a log of passenger cars."""
    write_vehicles(raw, rows)
    write_trips(raw)
    groups = lane_groups(road_network(raw))
    return Queues(raw / RAW_VEHICLES, groups, Fleet(Trips(raw / RAW_TRIPS), {}), read_stops(raw / RAW_STOPS), times)

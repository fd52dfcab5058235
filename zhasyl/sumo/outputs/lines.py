"""Lines of public transport: which one each bus, tram or train runs on."""

from collections.abc import Mapping, Sequence

import numpy as np

from zhasyl.files.columns import Table, coded
from zhasyl.measures import PUBLIC_TRANSPORT


def with_lines(trips: Table, told: Mapping[str, str]) -> Table:
    """The table of trips with the column `line`, '' for who is no public transport; `told` is what SUMO says."""
    names, classes = (np.asarray(trips[name]).tolist() for name in ("trip_id", "vehicle_class"))
    public = [name for name, kind in zip(names, classes, strict=True) if kind in PUBLIC_TRANSPORT]
    lines = dict(zip(public, lines_of(public, told), strict=True))
    return Table({**trips.columns, "line": coded([lines.get(name, "") for name in names])})


def lines_of(vehicles: Sequence[str], told: Mapping[str, str]) -> list[str]:
    """The line of each: the attribute `line` of the demand, its flow's where it was denied entry, or its flow's name.

    SUMO names the vehicles of a flow FLOW.NUMBER, and tells the attribute of those alone that got in.
    """
    of_flow = {_flow(vehicle): line for vehicle, line in told.items()}
    return [told.get(vehicle) or of_flow.get(_flow(vehicle)) or _flow(vehicle) for vehicle in vehicles]


def _flow(vehicle: str) -> str:
    flow, _, number = vehicle.rpartition(".")
    return flow if flow and number.isdecimal() else vehicle

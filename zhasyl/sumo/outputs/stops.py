"""Scheduled stops, from SUMO's own output: who stood where he was meant to stand, and when.

A bus at its stop, a car parked in or beside the lane, a taxi that waits for customers: they wait for no signal.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.sumo.xml_files import written_elements


class Stop(NamedTuple):
    """A vehicle's stop on a lane or, `parked`, beside it."""

    from_s: float
    until_s: float
    lane: str = ""
    parked: bool = False


Stops = Mapping[str, Sequence[Stop]]
"""Vehicle → its stops, in order."""


def read_stops(raw: Path) -> dict[str, list[Stop]]:
    """The stops in SUMO's stop output; one that has not ended lasts for ever, and a way point is none."""
    stops: dict[str, list[Stop]] = {}
    for found in written_elements(raw):
        if found.tag == "stopinfo" and found.get("state") != "waypoint":
            from_s, until_s = float(found.attrib["started"]), float(found.attrib["ended"])
            stop = Stop(
                from_s, math.inf if until_s < 0 else until_s, found.get("lane", ""), found.get("parking", "0") != "0"
            )
            stops.setdefault(found.attrib["id"], []).append(stop)
    return {vehicle: sorted(times) for vehicle, times in stops.items()}


def at_stop(
    stops: Stops, names: Sequence[str], vehicle: npt.NDArray[np.int64], time_s: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """[row] does the vehicle, by its place in `names`, stand at a scheduled stop then? Rows in order of time."""
    standing = np.zeros(len(vehicle), dtype=bool)
    stops_at_all = np.array([name in stops for name in names], dtype=bool)
    if not stops_at_all.any():
        return standing
    rows = np.flatnonzero(stops_at_all[vehicle])
    rows = rows[np.argsort(vehicle[rows], kind="stable")]
    for own in np.split(rows, np.flatnonzero(np.diff(vehicle[rows])) + 1):
        for stop in stops[names[vehicle[own[0]]]] if own.size else ():
            first, last = np.searchsorted(time_s[own], (stop.from_s - 1e-6, stop.until_s - 1e-6))
            standing[own[first:last]] = True
    return standing

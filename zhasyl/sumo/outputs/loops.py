"""What instant induction loops logged: who came onto each and left it when."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from zhasyl.sumo.written import read_starts


class Crossed(NamedTuple):
    """A vehicle on a loop; the end of time if it was still there at the end."""

    vehicle: str
    enter_s: float
    leave_s: float


def read_loops(path: Path) -> dict[str, list[Crossed]]:
    """Loop → vehicles in the order in which they left it."""
    found: dict[str, list[Crossed]] = defaultdict(list)
    on: dict[tuple[str, str], float] = {}

    def started(tag: str, given: dict[str, str]) -> None:
        if tag != "instantOut":
            return
        key, time_s = (given["id"], given["vehID"]), float(given["time"])
        if given["state"] == "enter":
            on[key] = time_s
        elif given["state"] == "leave":
            found[key[0]].append(Crossed(key[1], on.pop(key, time_s), time_s))

    read_starts(path, started)
    for (loop, vehicle), enter_s in on.items():
        found[loop].append(Crossed(vehicle, enter_s, float("inf")))
    return dict(found)

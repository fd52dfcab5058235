"""A road of four edges in a row with a signal J at its end; vehicles are put there by hand.

far (200 m) → up (60 m) → [internal 5 m] → in (50 m) → J: out or side
              lane (90 m) ↗                 cross (100 m) → J: side
The road before `far` leaves the signal K.
"""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from tests.fakes import FakeVehicle, crossroads
from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.signals import Movement, Signal
from zhasyl.sumo.net_file import read_network

LENGTHS_M = {"behind": 70, "far": 200, "up": 60, "lane": 90, "in": 50, "cross": 100, "out": 300, "side": 80}
CONNECTIONS = (
    ("behind", "far", 'tl="K" linkIndex="0"'),
    ("far", "up", ""),
    ("lane", "in", ""),
    ("up", "in", 'via=":M_0_0"'),
    ("in", "out", 'tl="J" linkIndex="0"'),
    ("in", "side", 'tl="J" linkIndex="1" dir="l"'),
    ("cross", "side", 'tl="J" linkIndex="2"'),
)
MOVEMENTS = (Movement("in", "out", (0,), 1), Movement("in", "side", (1,), 1), Movement("cross", "side", (2,), 1))
SIGNAL: Signal = replace(crossroads(), movements=MOVEMENTS)
AHEAD = ("behind", "far", "up", "in", "out")
ROUTES = (AHEAD, ("lane", "in", "side"), ("up", "in", "side"), ("cross", "side"), ("far", "up"))


def road_network(folder: Path) -> Network:
    """The road above as a net file read back."""
    edges = "".join(
        f'<edge id="{name}"><lane id="{name}_0" index="0" speed="13.9" length="{length}" shape="0,0 1,0"/></edge>'
        for name, length in LENGTHS_M.items()
    )
    links = "".join(f'<connection from="{a}" to="{b}" fromLane="0" toLane="0" {more}/>' for a, b, more in CONNECTIONS)
    inside = '<edge id=":M_0" function="internal"><lane id=":M_0_0" index="0" speed="8" length="5"/></edge>'
    path = folder / "road.net.xml"
    path.write_text(f'<net><location netOffset="0,0"/>{inside}{edges}{links}</net>', encoding="utf-8")
    return read_network(path)


def vehicle(edge: str, position_m: float, speed_mps: float = 10.0, route: tuple[str, ...] = AHEAD) -> FakeVehicle:
    return FakeVehicle(edge, position_m, speed_mps, route)


@st.composite
def fleets(draw: st.DrawFn, edges: tuple[str, ...] = tuple(LENGTHS_M)) -> dict[str, FakeVehicle]:
    """Vehicles anywhere on these edges, each on a route through its edge."""
    fleet = {}
    for number in range(draw(st.integers(0, 15))):
        route = draw(st.sampled_from([route for route in ROUTES if set(route) & set(edges)]))
        edge = draw(st.sampled_from([edge for edge in route if edge in edges]))
        position_m, speed_mps = draw(st.floats(0, LENGTHS_M[edge])), draw(st.floats(0, 15))
        fleet[f"v{number}"] = FakeVehicle(edge, position_m, speed_mps, route)
    return fleet


def same(one: Observation, other: Observation) -> bool:
    """Do two readings say the same in every field?"""
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(Observation))

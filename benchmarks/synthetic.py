"""Synthetic networks made by SUMO's own tools: square grids of signals with random trips.

Every trip is 300 to 1,200 m long as the crow flies, wherever it starts: each signal then carries about the same
traffic whatever the size of the grid.
"""

import subprocess
import sys
from functools import partial
from pathlib import Path

from zhasyl.sumo.home import sumo_binary, sumo_environment, sumo_home

TRIPS_PER_SIGNAL_H = 120
BLOCK_M = 200
SHORTEST_M, LONGEST_M = 300, 1200


def grid(folder: Path, side: int, end_s: int) -> str:
    """Make a grid of side × side signals, `end_s` seconds of demand; answers the path of its .sumocfg."""
    tool = partial(subprocess.run, env=sumo_environment(), check=True, capture_output=True, cwd=folder)
    tool([
        sumo_binary("netgenerate"), "--grid", f"--grid.number={side}", f"--grid.length={BLOCK_M}",
        f"--grid.attach-length={BLOCK_M}", "--default-junction-type=traffic_light", "--default.lanenumber=2",
        "--no-turnarounds", "--seed=1", "--output-file=grid.net.xml"])  # fmt: skip
    tool([
        sys.executable, sumo_home() / "tools" / "randomTrips.py", "--net-file=grid.net.xml", "--seed=1",
        f"--end={max(end_s, 2)}", f"--period={3600 / (TRIPS_PER_SIGNAL_H * side * side):.6f}",
        f"--min-distance={SHORTEST_M}", f"--max-distance={LONGEST_M}", "--random-routing-factor=1.5",
        "--route-file=grid.rou.xml", "--validate"])  # fmt: skip
    config = folder / "grid.sumocfg"
    config.write_text(
        '<configuration><input><net-file value="grid.net.xml"/><route-files value="grid.rou.xml"/></input>'
        f'<time><begin value="0"/><end value="{end_s}"/></time></configuration>',
        encoding="utf-8",
    )
    return str(config)

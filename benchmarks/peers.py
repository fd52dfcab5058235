"""The same job elsewhere: one hour of RESCO networks under max-pressure, wall time of the whole command.

sumo-rl (https://github.com/LucasAlegre/sumo-rl) is installed into an environment of its own, where its requirements
do not meet ours, and driven by `peer_sumo_rl.py`: in process (libsumo) and in its default mode (a TraCI socket). It
computes its default observations and rewards and writes no outputs; ours records every vehicle each second, measures
and stores. Beside the targets stand the most that is to be had, which is sumo-rl over bare `sumo` with the same
outputs as ours (nothing that runs SUMO and records as much can be faster than that), and the same per CPU second and
per vehicle-second. RESCO's own code is no package: `resco` on PyPI is another project.
"""

import json
import subprocess
import venv
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import (
    BenchmarkError,
    Cost,
    Figure,
    at_least,
    at_most,
    bare,
    cost,
    divided,
    info,
    ours,
    vehicle_seconds,
)
from zhasyl.scenarios import load_scenario
from zhasyl.sumo.home import sumo_environment

JOBS = ("resco:cologne8", "resco:ingolstadt21")
IN_PROCESS, SOCKET = 3.0, 15.0
SAME_JOB = 1.25  # vehicle-seconds of the peer over ours; a jammed peer would be slow for the wrong reason
LIBSUMO = {"LIBSUMO_AS_TRACI": "1"}  # sumo-rl's switch; it looks whether the variable exists
PACKAGES = ("sumo-rl>=1.4.5,<2", "eclipse-sumo~=1.28.0", "libsumo~=1.28.0", "traci~=1.28.0", "sumolib~=1.28.0")
SCRIPT = Path(__file__).with_name("peer_sumo_rl.py")
FOLDER = Path(__file__).resolve().parent.parent / ".venv-peers"

Series = defaultdict[str, list[float]]


def measure(rounds: int, full: bool) -> list[Figure]:
    """sumo-rl's wall time over ours; its socket mode takes minutes: one round, with `full` all of them."""
    python = install(FOLDER)
    if python is None:
        return [Figure("sumo-rl", "not installable here"), _resco()]
    figures = []
    for name in JOBS:
        values: Series = defaultdict(list)
        said: dict[str, Any] = {}
        for number in range(rounds):
            said = _add_round(python, name, values, socket=full or number == 0)
        figures += _figures(name, values, said)
    return [*figures, _resco()]


def install(folder: Path) -> Path | None:
    """An interpreter that has sumo-rl, None where it cannot be had."""
    python, ready = folder / "bin" / "python", folder / ".installed"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            return None
        ready.touch()
    return python


def peer(python: Path, name: str, mode: dict[str, str], *options: str) -> tuple[Cost, dict[str, Any]]:
    """What sumo-rl costs and what it says of its run. Raises BenchmarkError if half its signals or more are stuck."""
    scenario = load_scenario(name)
    routes = ",".join(map(str, scenario.route_files))
    period = [f"{scenario.begin_s:.0f}", f"{scenario.end_s - scenario.begin_s:.0f}"]
    spent = cost([python, SCRIPT, scenario.net_file, routes, *period, *options], {**sumo_environment(), **mode})
    lines = [line for line in spent.printed.splitlines() if line.startswith("{")]  # SUMO's own lines stand beside
    if len(lines) != 1:
        raise BenchmarkError(f"sumo-rl on {name} said nothing of its run")
    said: dict[str, Any] = json.loads(lines[0])
    if 2 * said["stuck"] >= said["signals"] or said["end_s"] < scenario.end_s:
        raise BenchmarkError(f"sumo-rl on {name} did another job: {said}")
    return spent, said


def _add_round(python: Path, name: str, values: Series, socket: bool) -> dict[str, Any]:
    with TemporaryDirectory() as scratch:
        base = bare(name, Path(scratch))
    with TemporaryDirectory() as scratch:
        mine, record = ours(name, "max-pressure", Path(scratch))
        own_s = vehicle_seconds(record.table("trips"), record["end_s"])
    theirs, said = peer(python, name, LIBSUMO)
    lean, _ = peer(python, name, LIBSUMO, "--lean")
    values["ours, s"].append(mine.wall_s)
    values["in process"].append(theirs.wall_s / mine.wall_s)
    values["lean"].append(lean.wall_s / mine.wall_s)
    values["cpu"].append(theirs.cpu_s / mine.cpu_s)
    values["most"].append(theirs.wall_s / base.wall_s)
    values["traffic"].append(said["vehicle_s"] / own_s)
    values["per vehicle"] += divided([theirs.wall_s / said["vehicle_s"]], [mine.wall_s / own_s])
    if socket:
        slow, _ = peer(python, name, {})
        values["socket, s"].append(slow.wall_s)
        values["socket"].append(slow.wall_s / mine.wall_s)
        values["socket most"].append(slow.wall_s / base.wall_s)
    return said


def _figures(name: str, values: Series, said: dict[str, Any]) -> list[Figure]:
    over = f"{name}: sumo-rl in process"
    socket = f"{name}: sumo-rl's default socket mode"
    moved = f"{said['changes']} changes at {said['signals']} signals, {said['stuck']} never changed"
    return [
        info(f"{name}, one hour under max-pressure: ours", values["ours, s"], " s"),
        at_least(f"{over} / ours", values["in process"], IN_PROCESS),
        info(f"{over} / bare sumo with our outputs (the most to be had)", values["most"]),
        info(f"{over} / ours, CPU time", values["cpu"]),
        info(f"{over} / ours, per vehicle-second", values["per vehicle"]),
        info(f"{over} without its `info` / ours", values["lean"]),
        at_most(f"{over} / ours, vehicle-seconds (more is another job)", values["traffic"], SAME_JOB),
        Figure(f"{over}: what it did", moved),
        info(socket, values["socket, s"], " s"),
        at_least(f"{socket} / ours", values["socket"], SOCKET),
        info(f"{socket} / bare sumo with our outputs (the most to be had)", values["socket most"]),
    ]


def _resco() -> Figure:
    return Figure("RESCO's own code", "not installable here: it is no package")

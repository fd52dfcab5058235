"""The same job elsewhere: one hour of RESCO networks under max-pressure, wall time of the whole command.

sumo-rl is installed into an environment of its own, where its requirements do not meet ours, and driven by
`peer_sumo_rl.py`: in process (libsumo) and in its default mode (a TraCI socket). It writes no outputs; ours
measures and stores everything. RESCO's own code is no package that could be installed by name.
"""

import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Cost, Figure, at_least, cost, median_of, ours
from zhasyl.scenarios import load_scenario
from zhasyl.sumo_home import sumo_environment

JOBS = ("resco:cologne8", "resco:ingolstadt21")
IN_PROCESS, SOCKET = 3.0, 15.0
PACKAGES = ("sumo-rl>=1.4.5,<2", "eclipse-sumo~=1.28.0", "libsumo~=1.28.0", "traci~=1.28.0", "sumolib~=1.28.0")
SCRIPT = Path(__file__).with_name("peer_sumo_rl.py")


def measure(rounds: int, folder: Path) -> list[Figure]:
    """Ratios of sumo-rl's wall time to ours; the socket mode is measured once, it takes minutes."""
    python = _install(folder)
    if python is None:
        return [Figure("sumo-rl", "could not be installed here")]
    figures = []
    for name in JOBS:
        ours_s, theirs_s = [], []
        for _ in range(rounds):
            with TemporaryDirectory() as scratch:
                ours_s.append(ours(name, "max-pressure", Path(scratch)).wall_s)
            theirs_s.append(_peer(python, name, {"LIBSUMO_AS_TRACI": "1"}).wall_s)
        ratios = [theirs / mine for theirs, mine in zip(theirs_s, ours_s, strict=True)]
        socket_s = _peer(python, name, {}).wall_s
        figures += [
            Figure(f"{name}, one hour under max-pressure: ours", median_of(ours_s) + " s"),
            at_least(f"{name}: sumo-rl in process / ours", ratios, IN_PROCESS),
            at_least(
                f"{name}: sumo-rl's default socket mode ({socket_s:.0f} s) / ours", [socket_s / ours_s[-1]], SOCKET
            ),
        ]
    return [*figures, Figure("RESCO's own code", "is no installable package; not run")]


def _install(folder: Path) -> Path | None:
    """An interpreter that has sumo-rl, None where it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            return None
    return python


def _peer(python: Path, name: str, mode: dict[str, str]) -> Cost:
    scenario = load_scenario(name)
    routes = ",".join(map(str, scenario.route_files))
    period = [f"{scenario.begin_s:.0f}", f"{scenario.end_s - scenario.begin_s:.0f}"]
    return cost([python, SCRIPT, scenario.net_file, routes, *period], {**sumo_environment(), **mode})


if __name__ == "__main__":
    for figure in measure(1, Path(sys.argv[1])):
        print(figure.row())

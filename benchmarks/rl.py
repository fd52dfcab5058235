"""make bench-rl: what an episode of zhasyl.rl costs, beside bare sumo and sumo-rl; writes benchmarks/rl.md.

All signals are under agents that show their stages in turn, 30 s each, asked every 5 s as in sumo-rl: `NetworkEnv` with
its default reward, yellow 3 s and minimum green 5 s as that benchmark sets them. Bare sumo is the binary on the same
traffic, without any output: it plays as a fixed programme the states that the episode's record shows, and the sum of
all time losses is compared. sumo-rl runs in process (libsumo), with its default observation and reward; `lean` leaves
out what it collects at each step for its `info`. Its signals have its own phases and no all-red, so that its traffic is
not the same to the vehicle.

Instructions (benchmarks/work.py) of the process of the episode and of the one that has the environment, each without
what it does when nothing is simulated: libraries are imported once, and not by each episode. Two environments that are
told at once are compared with one, by the CPU time of the processes of their episodes.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.measure import BenchmarkError, Figure, at_most, bare_command, cost, info, vehicle_seconds
from benchmarks.peers import FOLDER, LIBSUMO, SCRIPT, install
from benchmarks.rl_episode import made, rotated
from benchmarks.work import VALGRIND, work
from zhasyl.runs.store import load_records
from zhasyl.scenarios import load_scenario
from zhasyl.sumo.home import sumo_environment

LIMITS = {"resco:cologne8": 1.25, "resco:ingolstadt21": 1.15}
TWO = ("resco:cologne8", 1.1)
ROUNDS = 3
HEADING = (
    "# Episodes of zhasyl.rl",
    "",
    "`make bench-rl`; what the figures mean stands at the top of benchmarks/rl.py.",
    "",
    "| figure | measured | target | |",
    "|---|---|---|---|",
)
RESULT = Path(__file__).with_name("rl.md")


class Counted(NamedTuple):
    """Billions of instructions of the two processes."""

    episode: float
    environment: float


def counted(name: str, what: str) -> Counted:
    """Count one run of benchmarks/rl_episode.py, by valgrind: perf counts all processes as one."""
    command = [*VALGRIND, sys.executable, "-m", "benchmarks.rl_episode", name, what]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "ARROW_USER_SIMD_LEVEL": "AVX2"}
    )
    who = dict(re.findall(r"^(episode|environment) (\d+)$", done.stdout, re.MULTILINE))
    refs = dict(re.findall(r"^==(\d+)== I\s+refs:\s+([\d,]+)", done.stderr, re.MULTILINE))
    try:
        return Counted(*(int(refs[who[one]].replace(",", "")) / 1e9 for one in ("episode", "environment")))
    except KeyError:
        raise BenchmarkError(f"{name}: no count of {what}: {done.stderr.strip().splitlines()[-1:]}") from None


def recorded(name: str, out: Path) -> Any:
    """The record of the episode that is counted."""
    env = made(name, out=out)
    _, infos = env.reset(seed=1)
    while env.agents:
        *_, infos = env.step(rotated(env, infos))
    (record,) = load_records(out)
    return record


def bare_on(name: str, record: Any, folder: Path) -> float:
    """Instructions of bare sumo on the traffic of a record. Raises BenchmarkError if it is another one."""
    begin_s = load_scenario(name).begin_s
    text = ["<additional>"]
    for signal, rows in record.table("signals").groupby("signal", observed=True):
        shown = rows.sort_values("start_s")
        text.append(f'<tlLogic id="{signal}" type="static" programID="played" offset="{begin_s:g}">')
        text += [
            f'<phase duration="{s:g}" state="{state}"/>' for s, state in zip(shown.duration_s, shown.state, strict=True)
        ]
        text.append("</tlLogic>")
    (folder / "played.add.xml").write_text("".join([*text, "</additional>"]), encoding="utf-8")
    sumo, *options = bare_command(name, folder, plain=True)
    pairs = dict(zip(options[::2], options[1::2], strict=True))
    given = [part for part in (pairs.get("--additional-files", ""), str(folder / "played.add.xml")) if part]
    pairs["--additional-files"] = ",".join(given)
    with_trips = [sumo, *(part for pair in pairs.items() for part in pair)]
    subprocess.run(with_trips, env=sumo_environment() | os.environ, check=True, capture_output=True)
    trips = Path(pairs["--tripinfo-output"]).read_text(encoding="utf-8")
    lost_s = sum(map(float, re.findall(r'timeLoss="([^"]*)"', trips)))
    if abs(lost_s - record["time_loss_s"] * record["loaded_veh"]) > 1:
        raise BenchmarkError(f"{name}: bare sumo on the same states has another traffic")
    plain = [part for key, value in pairs.items() if not key.startswith("--tripinfo") for part in (key, value)]
    return work([sumo, *plain], sumo_environment())


def peer(python: Path, name: str, *options: str) -> float:
    """Instructions of sumo-rl's episode, without its imports."""
    command, environment = peer_command(python, name)
    return work([*command, *options], environment) - work([*command, "--nothing"], environment)


def peer_vehicle_s(python: Path, name: str) -> float:
    """The vehicle-seconds of sumo-rl's episode."""
    command, environment = peer_command(python, name)
    lines = [line for line in cost(command, environment).printed.splitlines() if line.startswith("{")]
    return float(json.loads(lines[-1])["vehicle_s"])


def peer_command(python: Path, name: str) -> tuple[list[str], dict[str, str]]:
    """sumo-rl's episode, and what its environment variables are."""
    scenario = load_scenario(name)
    period = [f"{scenario.begin_s:.0f}", f"{scenario.end_s - scenario.begin_s:.0f}"]
    routes = ",".join(map(str, scenario.route_files))
    command = [str(python), str(SCRIPT), str(scenario.net_file), routes, *period, "--rotate"]
    return command, {**sumo_environment(), **LIBSUMO}


def episode_figures(name: str, limit: float) -> list[Figure]:
    """An episode over bare sumo on the same traffic, and sumo-rl's beside it."""
    with TemporaryDirectory() as scratch:
        record = recorded(name, Path(scratch) / "out")
        base = bare_on(name, record, Path(scratch))
        own_s = vehicle_seconds(record.table("trips"), record["end_s"])
    full, none = counted(name, "episode"), counted(name, "nothing")
    own = (full.episode - none.episode) + (full.environment - none.environment)
    figures = [
        Figure(f"{name}: bare sumo, no outputs", f"{base:.2f} G"),
        at_most(f"{name}: an episode, pipe included / bare sumo", [own / base], limit),
        info(f"{name}: of it the environment's own process", [(full.environment - none.environment) / base]),
    ]
    python = install(FOLDER)
    if python is None:
        return [*figures, Figure(f"{name}: sumo-rl in process", "not installable here")]
    figures.append(info(f"{name}: sumo-rl in process / bare sumo", [peer(python, name) / base]))
    figures.append(info(f"{name}: the same, lean", [peer(python, name, "--lean") / base]))
    return [*figures, info(f"{name}: vehicle-seconds, sumo-rl's / ours", [peer_vehicle_s(python, name) / own_s])]


def cpu_s(name: str, environments: int) -> float:
    """CPU seconds of an episode's process, mean over environments that take their steps in turn."""
    envs = [made(name) for _ in range(environments)]
    infos = [env.reset(seed=1)[1] for env in envs]
    pids = [env.team.pid for env in envs]
    began_s = [_used_s(pid) for pid in pids]
    used_s = list(began_s)
    while envs[0].agents:
        for place, env in enumerate(envs):
            env.tell(rotated(env, infos[place]))
        used_s = [_used_s(pid) for pid in pids]
        infos = [env.hear()[-1] for env in envs]
    return statistics.mean(end - begin for end, begin in zip(used_s, began_s, strict=True))


def _used_s(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def two_figures() -> list[Figure]:
    """Two environments over twice one."""
    name, limit = TWO
    ratios = [cpu_s(name, 2) / cpu_s(name, 1) for _ in range(ROUNDS)]
    return [at_most(f"{name}: CPU time, two environments at once / twice one", ratios, limit)]


def main() -> None:
    """Measure, print and write the page."""
    began_s = time.monotonic()
    lines = list(HEADING)
    for name, limit in LIMITS.items():
        lines += [figure.row() for figure in episode_figures(name, limit)]
        print("\n".join(lines), flush=True)
    lines += [figure.row() for figure in two_figures()]
    print("\n".join(lines), f"\n{time.monotonic() - began_s:.0f} s", flush=True)
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

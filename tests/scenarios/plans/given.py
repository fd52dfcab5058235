"""Plans as a planner gives them, and what is made of them, for the tests of this folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zhasyl.network import Programme
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.signals import SignalTiming
from zhasyl.sumo.net_file import read_network

TinyNetwork = Callable[[str], Path]
Capture = pytest.CaptureFixture[str]
TIMING = SignalTiming(yellow_s=3.0, all_red_s=1.0, min_green_s=5.0)
HEADER = "signal,from,offset_s,stage,greens,green_s,yellow_s,all_red_s\n"
MAIN = "centre,07:00,5,main,WB:straight EB:right+straight,30,3,2\n"
LEFT = "centre,07:00,5,left,WB:straight+left,10,3,2\n"
SIDE = "centre,07:00,5,side,NB:right+left,15,3,2\n"
TABLE = HEADER + MAIN + LEFT + SIDE
TOML = """[[plan]]
signal = "centre"
from = "07:00"
offset_s = 5
[[plan.stage]]
stage = "main"
greens = ["WB:straight", "EB:right+straight"]
green_s = 30
yellow_s = 3
all_red_s = 2
[[plan.stage]]
stage = "left"
greens = ["WB:straight+left"]
green_s = 10
yellow_s = 3
all_red_s = 2
[[plan.stage]]
stage = "side"
greens = ["NB:right+left"]
green_s = 15
yellow_s = 3
all_red_s = 2
"""
T_PHASES = ((30, "GrrrGG"), (3, "Grrryy"), (2, "Grrrrr"), (10, "GGrrrr"), (3, "yyrrrr"), (2, "rrrrrr"),
            (15, "rrGGrr"), (3, "rryyrr"), (2, "rrrrrr"))  # fmt: skip
UTDF = """[Network]
Network Settings
RECORDNAME,DATA
Metric,1

[Lanes]
Lane Group Data
RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR,PED,HOLD
Lanes,1,1,1,0,1,1,0,1,1,0,1,1,0,,
Shared,1,0,2,,0,2,,0,2,,0,2,,,
Phase1,1,,8,,,4,,1,6,,5,2,,,
PermPhase1,1,8,,,4,,,,,,,,,,

[Timeplans]
Timing Plan Settings
RECORDNAME,INTID,DATA
Control Type,1,3
Cycle Length,1,72
Referenced To,1,0
Reference Phase,1,206
Offset,1,10

[Phases]
Phasing Data
RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8
BRP,1,111,112,211,212,121,122,221,222
MinGreen,1,5,10,,8,5,10,,8
MaxGreen,1,10,26,,22,14,22,,22
Yellow,1,3,3.4,,3.4,3,3.4,,3.4
AllRed,1,1,1.6,,1.6,1,1.6,,1.6
Walk,1,,7,,7,,7,,7
DontWalk,1,,6,,6,,6,,6
"""


def written(folder: Path, text: str | bytes, name: str = "plans.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def planned(scenario: Scenario, tmp_path: Path, text: str, name: str = "plans.csv") -> dict[str, Programme]:
    """The programmes SUMO starts with once the plans of a file are in."""
    path, folder = written(tmp_path, text, name), tmp_path / "made"
    folder.mkdir()
    plan_scenario(scenario, path, folder, "made")
    made = load_scenario(str(folder))
    return read_network(made.net_file, made.additional_files).programmes


def rows(programme: Programme) -> tuple[tuple[float, str], ...]:
    return tuple((phase.duration_s, phase.state) for phase in programme.phases)


def second_by_second(programme: Programme) -> list[str]:
    return [phase.state for phase in programme.phases for _ in range(round(phase.duration_s))]


def waut(switches: dict[float | str, str], head: str = "", start: str = "x") -> str:
    """Programmes x, y and z, whose first phase is 30, 31 and 32 s long, and a timetable of them."""
    logics = ""
    for number, name in enumerate("xyz"):
        times = (T_PHASES[0][0] + number, *(seconds for seconds, _ in T_PHASES[1:]))
        phases = "".join(f'<phase duration="{s}" state="{p}"/>' for s, (_, p) in zip(times, T_PHASES, strict=True))
        logics += f'<tlLogic id="centre" programID="{name}" offset="begin">{phases}</tlLogic>'
    rows = "".join(f'<wautSwitch time="{time}" to="{name}"/>' for time, name in switches.items())
    table = f'<WAUT id="w" startProg="{start}" {head}>{rows}</WAUT>'
    return f'<additional>{logics}{table}<wautJunction wautID="w" junctionID="centre"/></additional>'


H = 3600.0


def utdf(folder: Path, text: str = UTDF) -> Path:
    written(folder, "node,signal\n1,centre\n", "nodes.csv")
    return written(folder, text)


def t_logic(phases: str, head: str = 'id="centre"') -> str:
    return f"<additional><tlLogic {head}>{phases}</tlLogic></additional>"

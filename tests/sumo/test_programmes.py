"""Which programme a signal plays at a time, against SUMO itself, on random programmes, timetables and offsets."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from zhasyl.network import Programme
from zhasyl.sumo.net_file import read_network

NET = Path(__file__).parents[1] / "cases" / "timetable-night-programme" / "x.net.xml"
STATES = ("GGGgrrrrGGGgrrrr", "yyyyrrrryyyyrrrr", "rrrrGGGgrrrrGGGg", "rrrryyyyrrrryyyy", "GGGGrrrrrrrrrrrr")
NAMES = ("0", "day", "night")
BEGINS_S = (0, 100, 25_200, 86_350, 111_600)  # midnight, later, 7 h, over midnight, 7 h on the second day
SPAN_S = 600
WAITS_S = 250  # for the good point of a switch
SETTLED_S = 250  # a row that is shown once only is past by then
PLAY = """
import json, sys
import libsumo
shown = {}
for folder, begin in zip(sys.argv[1::2], sys.argv[2::2]):
    libsumo.start(["sumo", "-n", folder + "/n.net.xml", "-a", folder + "/a.add.xml", "--begin", begin, "--no-step-log",
                   "--no-warnings", "--xml-validation", "never"])
    shown[folder] = []
    for _ in range(600):
        libsumo.simulationStep()
        shown[folder].append([libsumo.trafficlight.getProgram("c"), libsumo.trafficlight.getRedYellowGreenState("c")])
    libsumo.close()
print(json.dumps(shown))
"""


def logic(draw: random.Random, name: str, in_order: bool) -> str:
    rows = draw.choice((3, 4, 5))
    follows = draw.sample(range(rows), rows)
    after = {row: follows[(follows.index(row) + 1) % rows] for row in range(rows)}
    if draw.random() < 0.3:
        after[draw.randrange(rows)] = draw.randrange(rows)
    phases = "".join(
        f'<phase duration="{draw.choice((3, 5, 12, 20, 42))}" state="{STATES[row]}"'
        + ("/>" if in_order else f' next="{after[row]}"/>')
        for row in range(rows)
    )
    offset = draw.choice((0, 5, 20, -7, 33, 1000, "begin", "0:00:12"))
    point = f'<param key="GSP" value="{draw.choice((0, 3, 8))}"/>'
    return f'<tlLogic id="c" type="static" programID="{name}" offset="{offset}">{phases}{point}</tlLogic>'


def timetable(draw: random.Random, begin_s: int, in_order: bool) -> str:
    times = (0, 50, 120, begin_s, begin_s + 40, begin_s + 90, 25_200, 79_200, "7:00:00")
    switches = (
        f'<wautSwitch time="{draw.choice(times)}" to="{draw.choice(NAMES)}"/>' for _ in range(draw.randint(1, 3))
    )
    given = f'id="w" startProg="{draw.choice(NAMES)}" refTime="{draw.choice((0, 30, 3600))}"'
    repeated = draw.choice(("", 'period="150"', 'period="86400"'))
    how = draw.choice(("", 'procedure="GSP"', 'procedure="GSP" synchron="true"')) if in_order else ""
    place = f'<wautJunction wautID="w" junctionID="c" {how}/>'
    return f"<WAUT {given} {repeated}>{''.join(switches)}</WAUT>{place}"


def written(folder: Path, draw: random.Random, begin_s: int) -> None:
    """A network with a programme, and two more, perhaps an offset alone and a timetable, some in an included file."""
    in_order = draw.random() < 0.6
    parts = [logic(draw, name, in_order) for name in NAMES[1:]]
    if draw.random() < 0.5:
        parts.append(f'<tlLogic id="c" programID="{draw.choice(NAMES)}" offset="{draw.choice((1, 9, "begin"))}"/>')
    if draw.random() < 0.2:
        parts.append('<tlLogic id="c" type="static" programID="off"/>')
    if draw.random() < 0.7:
        parts.insert(draw.randint(2, len(parts)), timetable(draw, begin_s, in_order))
    cut = draw.randint(0, len(parts))
    folder.mkdir()
    body = re.sub("<tlLogic.*?</tlLogic>", "", NET.read_text(), flags=re.DOTALL)
    (folder / "n.net.xml").write_text(body.replace("<junction ", logic(draw, "0", in_order) + "<junction ", 1))
    (folder / "in.add.xml").write_text(f"<additional>{''.join(parts[:cut])}</additional>")
    included = '<include href="in.add.xml"/>'
    (folder / "a.add.xml").write_text(f"<additional>{included}{''.join(parts[cut:])}</additional>")


def state_at(programme: Programme, time_s: float) -> str:
    place_s = (time_s - programme.offset_s) % sum(phase.duration_s for phase in programme.phases)
    for phase in programme.phases:
        if place_s < phase.duration_s:
            return phase.state
        place_s -= phase.duration_s
    raise AssertionError("beyond the cycle")


def test_the_programme_and_its_states_are_sumo_s(tmp_path: Path) -> None:
    begins_s = {tmp_path / str(seed): BEGINS_S[seed % len(BEGINS_S)] for seed in range(60)}
    for seed, (folder, begin_s) in enumerate(begins_s.items()):
        written(folder, random.Random(seed), begin_s)  # noqa: S311
    runs = [str(part) for pair in begins_s.items() for part in pair]
    done = subprocess.run([sys.executable, "-c", PLAY, *runs], capture_output=True, text=True, check=True)
    shown = json.loads(done.stdout.splitlines()[-1])
    compared = 0
    for folder, begin_s in begins_s.items():
        rows = shown[str(folder)]
        last = playing(folder, begin_s, SPAN_S - 1)
        for after_s in (0, 1, 150, 300):
            found = playing(folder, begin_s, after_s)
            waits_s = (
                WAITS_S
                if 'procedure="GSP"' in (folder / "a.add.xml").read_text() + (folder / "in.add.xml").read_text()
                else 0
            )
            assert found.id in {row[0] for row in rows[after_s : after_s + waits_s + 1]}, (folder, after_s)
            if found == last and found.phases:  # no switch in between, not even to the same programme
                compared += 1
                for later_s in range(after_s + SETTLED_S, SPAN_S):
                    assert state_at(found, begin_s + later_s) == rows[later_s][1], (folder, after_s, later_s)
    assert compared > len(begins_s)


def playing(folder: Path, begin_s: int, after_s: int) -> Programme:
    network = read_network(folder / "n.net.xml", (folder / "a.add.xml",), begin_s, begin_s + after_s)
    return network.programmes["c"]


@pytest.mark.parametrize("kind", ["static", "actuated"])
def test_rows_that_never_come_are_no_part_of_the_plan(tmp_path: Path, kind: str) -> None:
    phases = "".join(f'<phase duration="10" state="{STATES[row]}" next="{after}"/>'
                     for row, after in enumerate(("1 4", "2", "3", "0", "1")))  # fmt: skip
    body = re.sub("<tlLogic.*?</tlLogic>", "", NET.read_text(), flags=re.DOTALL)
    net = tmp_path / "n.net.xml"
    text = f'<tlLogic id="c" type="{kind}" programID="0" offset="0">{phases}</tlLogic><junction '
    net.write_text(body.replace("<junction ", text, 1))
    states = {phase.state for phase in read_network(net).programmes["c"].phases}
    assert (STATES[4] in states) == (kind == "actuated")
    assert states >= set(STATES[:4])

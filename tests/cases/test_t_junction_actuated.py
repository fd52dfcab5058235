"""Case t-junction-permissive: every movement of the stem crosses a walk; `actuated` let it wait for the maximum red.

The plan gives the letters, so that here only the controllers are tried.
"""

from pathlib import Path
from statistics import mean

import pytest

from zhasyl.cli import status
from zhasyl.controllers import parse_controller
from zhasyl.runs.batch import run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario

APPROACHES = """\
approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph
EB,Main,straight|straight+right,2,3.5,60,0,720,90
WB,Main,left|straight|straight,2,3.5,60,160,640,0
NB,Stem,left|right,2,3.5,50,190,0,210
"""
PLAN = """\
signal,from,offset_s,stage,greens,green_s,yellow_s,all_red_s
junction,00:00,0,main,EB:straight=G EB:right=g WB:left=g WB:straight=G crossing:south,45,3,2
junction,00:00,0,stem,NB:left+right crossing:east crossing:west,25,3,2
"""


def test_neither_the_stem_nor_the_straight_traffic_starves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("approaches.csv").write_text(APPROACHES, encoding="utf-8")
    Path("plan.csv").write_text(PLAN, encoding="utf-8")
    assert status(["scenario", "new", "approaches.csv", "--out", "t"]) == 0
    assert status(["scenario", "plan", "t", "plan.csv", "--out", "tp"]) == 0
    scenario = load_scenario(str(tmp_path / "tp"))
    delay_s: dict[tuple[str, str], list[float]] = {}
    specs = [
        RunSpec(scenario, parse_controller(name), seed, tmp_path / "results")
        for name in ("fixed", "actuated")
        for seed in (1, 2)
    ]
    for record in run_many(specs, jobs=2):
        for approach, value in record.table("approaches").set_index("approach")["control_delay_s"].items():
            delay_s.setdefault((record["label"], str(approach)), []).append(float(value))
    assert mean(delay_s["fixed", "eb_in"]) == pytest.approx(12.0, abs=0.5)
    assert mean(delay_s["actuated", "eb_in"]) <= 13.5
    assert mean(delay_s["actuated", "nb_in"]) <= 22.0

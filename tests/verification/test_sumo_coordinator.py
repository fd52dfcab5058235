"""Offsets beside those of SUMO's own tool, tlsCoordinator.py, for the same plans on a busy arterial."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse

from tests.arterial import arterial
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.base import Controller
from zhasyl.controllers.green_wave import GreenWaveParameters, GreenWaves, green_waves
from zhasyl.observation import Area
from zhasyl.parameters import Parameters
from zhasyl.runs.planning import area_of
from zhasyl.runs.simulate import run
from zhasyl.scenarios import load_scenario
from zhasyl.signals import Signal, SignalPlan
from zhasyl.sumo.home import sumo_binary, sumo_environment, sumo_home

SPACINGS_M = (300, 200, 330, 150, 600, 280, 300)
OFFSETS_FILE = "offsets.add.xml"


class Coordinated(GreenWaves):
    """The plans of the green wave with the offsets that the tool wrote beside the network."""

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        return partial(_with_offset, super().for_network(area, parameters), written(area.network.path.parent))


def _with_offset(make: Callable[[Signal], Controller], offsets_s: Mapping[str, float], signal: Signal) -> Controller:
    controller = make(signal)
    assert isinstance(controller, Coordinated)
    controller.plan = replace(controller.plan, offset_s=offsets_s[signal.id] % controller.plan.cycle_s)
    return controller


def written(folder: Path) -> dict[str, float]:
    return {row.attrib["id"]: float(row.attrib["offset"]) for row in parse(folder / OFFSETS_FILE).iter("tlLogic")}


def phases(signal: Signal, plan: SignalPlan) -> Iterator[str]:
    following = [*plan.stages[1:], plan.stages[0]]
    for stage, after, green_s in zip(plan.stages, following, plan.greens_s, strict=True):
        for seconds, state in ((green_s, signal.stages[stage].state), *signal.intergreen(stage, after)):
            yield f'<phase duration="{seconds}" state="{state}"/>'


def coordinate(config: Path) -> None:
    """Let SUMO's tool set the offsets of the green wave's plans."""
    area = area_of(load_scenario(str(config)), parse_controller("green-wave"))
    (wave,) = green_waves(area, GreenWaveParameters())
    rows = [
        f'<tlLogic id="{name}" type="static" programID="wave" offset="0">{"".join(phases(area.signals[name], plan))}'
        "</tlLogic>"
        for name, plan in wave.plans.items()
    ]
    plans, routes = config.with_suffix(".plans.xml"), config.with_suffix(".routed.xml")
    plans.write_text(f"<additional>{''.join(rows)}</additional>", encoding="utf-8")
    files: list[str | Path] = ["-n", config.with_suffix(".net.xml"), "-r"]
    router = [sumo_binary("duarouter"), *files, config.with_suffix(".rou.xml"), "-o", routes]
    tool = [sys.executable, sumo_home() / "tools" / "tlsCoordinator.py", *files, routes, "-a", plans]
    for command in (router, [*tool, "-o", config.parent / OFFSETS_FILE]):
        subprocess.run(list(command), env=sumo_environment(), check=True, capture_output=True)


@pytest.mark.slow
def test_the_offsets_are_as_good_as_those_of_sumos_tool(tmp_path: Path) -> None:
    config = arterial(tmp_path / "road", SPACINGS_M, scale=1.35)
    coordinate(config)
    scenario, chosen = load_scenario(str(config)), GreenWaveParameters()
    ours = run(scenario, ControllerSpec("green-wave", GreenWaves, chosen), seed=1, out=tmp_path)
    theirs = run(scenario, ControllerSpec("tool", Coordinated, chosen), seed=1, out=tmp_path)
    assert ours["faults"] == theirs["faults"] == []
    assert ours["delay_s"] <= theirs["delay_s"]
    assert ours["stops"] <= theirs["stops"]

"""SUMO's own controller types, as SUMO plays them."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from defusedxml.ElementTree import parse

from tests.conftest import TINY_NETWORKS, TinyNetwork, TinyRun
from tests.fakes import crossroads
from zhasyl.controllers import parse_controller
from zhasyl.controllers.sumo.base import SumoController, cycle
from zhasyl.controllers.sumo.played import Span
from zhasyl.derive import derive_signals
from zhasyl.errors import ControllerError
from zhasyl.runs.simulate import run
from zhasyl.safety import Limits, violations
from zhasyl.scenarios import load_scenario
from zhasyl.signals import Signal, SignalTiming, Stage
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.programme import SumoProgramme

HOUR = Span(0.0, 3600.0, 1.0, 120.0)
TYPES = ("sumo-actuated", "sumo-delay-based", "sumo-nema")
BY_HAND = """
<additional>
    <tlLogic id="centre" type="{kind}" programID="by-hand" offset="0">
        <param key="file" value="NUL"/>
        <phase duration="10" minDur="5" maxDur="60" state="GGGrrr"/>
        <phase duration="3" state="Gyyrrr"/>
        <phase duration="2" state="Grrrrr"/>
        <phase duration="30" minDur="5" maxDur="60" state="GrrrGG"/>
        <phase duration="3" state="yrrryy"/>
        <phase duration="2" state="rrrrrr"/>
        <phase duration="15" minDur="5" maxDur="60" state="rrGGrr"/>
        <phase duration="3" state="rrGyrr"/>
        <phase duration="2" state="rrGrrr"/>
    </tlLogic>
    <timedEvent type="SaveTLSStates" source="centre" dest="states.xml"/>
</additional>
"""
WAUT = """
<additional>
    <WAUT startProg="0" refTime="0" id="evening"><wautSwitch to="0" time="100"/></WAUT>
    <wautJunction wautID="evening" junctionID="centre"/>
</additional>
"""


def programme(name: str, signal: Signal) -> SumoProgramme:
    spec = parse_controller(name)
    assert issubclass(spec.cls, SumoController)
    return spec.cls.programme(spec.cls.signal_for(signal, spec.parameters), spec.parameters)


def by_the_binary(config: Path, folder: Path, kind: str) -> list[str]:
    """The state in each second that the bare binary shows under a programme written by hand."""
    additional = folder / "by-hand.add.xml"
    additional.write_text(BY_HAND.format(kind=kind), encoding="utf-8")
    options = [
        "-c",
        str(config),
        "-a",
        str(additional),
        "--seed",
        "1",
        "--time-to-teleport",
        "-1",
        "--no-step-log",
        "true",
    ]
    subprocess.run([sumo_binary("sumo"), *options], env=sumo_environment(), cwd=folder, check=True, capture_output=True)
    return [row.attrib["state"] for row in parse(folder / "states.xml").iter("tlsState")]


def by_second(table: pd.DataFrame) -> list[str]:
    return [state for state, s in zip(table["state"], table["duration_s"], strict=True) for _ in range(int(s))]


@pytest.mark.parametrize(("name", "kind"), [("sumo-actuated", "actuated"), ("sumo-delay-based", "delay_based")])
def test_sumo_shows_what_it_shows_under_a_programme_written_by_hand(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, name: str, kind: str
) -> None:
    shown = by_second(tiny_run("t-junction-left-turn", name).table("signals"))
    expected = by_the_binary(tiny_network("t-junction-left-turn"), tmp_path, kind)
    assert len(set(expected)) > 3
    assert shown == expected[: len(shown)]
    assert len(shown) == 600


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("network_name", TINY_NETWORKS)
def test_all_stages_are_shown_and_nothing_unsafe(
    tiny_network: TinyNetwork, tiny_run: TinyRun, network_name: str, name: str
) -> None:
    network = read_network(tiny_network(network_name).with_suffix(".net.xml"))
    signal = derive_signals(network, SignalTiming()).signals["centre"]
    record = tiny_run(network_name, name)
    limits = Limits(signal.yellow_s, min(s.min_green_s for s in signal.stages), signal.walk_s, 1.2)
    assert record["faults"] == []
    assert record["uncontrolled"] == {}
    assert {*range(len(signal.stages)), -1} == set(record.table("signals")["stage"])
    assert violations(network, record.table("signals"), limits) == []


@pytest.mark.parametrize("step_s", ["2", "0.3"])
@pytest.mark.parametrize("name", TYPES)
def test_steps_that_do_not_divide_a_second_cut_nothing(
    tiny_network: TinyNetwork, tmp_path: Path, name: str, step_s: str
) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    slow = replace(scenario, sumo_options=(*scenario.sumo_options, ("step-length", step_s)))
    assert run(slow, name, seed=1, out=tmp_path)["first_violations"] == []


@pytest.mark.parametrize("name", [*TYPES, "actuated"])
def test_a_timetable_of_programmes_leaves_a_controlled_signal_alone(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, name: str
) -> None:
    plain = tiny_network("t-junction-left-turn")
    (tmp_path / "waut.add.xml").write_text(WAUT, encoding="utf-8")
    config = tmp_path / "t.sumocfg"
    text = plain.read_text(encoding="utf-8").replace('value="t-junction', f'value="{plain.parent}/t-junction')
    more = '<input><additional-files value="waut.add.xml"/>'
    config.write_text(text.replace("<input>", more), encoding="utf-8")
    record = run(str(config), name, seed=1, out=tmp_path / "out")
    expected = tiny_run("t-junction-left-turn", name).table("signals")
    pd.testing.assert_frame_equal(record.table("signals"), expected)


@pytest.mark.parametrize("name", TYPES)
def test_sumos_detectors_write_no_file(
    tiny_network: TinyNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    config = tiny_network("t-junction-left-turn")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    before = set(config.parent.iterdir())
    run(str(config), name, seed=2, out=tmp_path / "out")
    assert set(config.parent.iterdir()) == before
    assert list(here.iterdir()) == []


def test_a_walk_has_its_length_and_its_clearance_before_the_stage_can_end() -> None:
    signal = crossroads(walk=True)
    walk, rest, *intergreen = cycle(signal)[:4]
    assert walk == {"duration": 5.0, "state": "GGrrG"}
    assert rest["state"] == "GGrrr"
    assert (walk["duration"] + rest["minDur"], walk["duration"] + rest["maxDur"]) == (12.0, 60.0)
    assert [row["state"] for row in intergreen] == ["yyrrr", "rrrrr"]


def test_own_greens_are_played() -> None:
    greens = [
        row for row in programme("sumo-actuated:min_green_s=7,max_green_s=40", crossroads()).phases if "minDur" in row
    ]
    assert [(row["minDur"], row["maxDur"]) for row in greens] == [(7.0, 40.0)] * 2


def test_a_nema_phase_clears_its_walk_in_red() -> None:
    walking, other, *holding = programme("sumo-nema", crossroads(walk=True)).phases
    assert (walking["yellow"], walking["red"]) == (3.0, 7.0)
    assert (other["yellow"], other["red"]) == (3.0, 1.0)
    assert {row["state"] for row in holding} == {"rrrrr"}


def test_a_signal_that_the_type_cannot_play_is_refused_and_none_at_all_is_an_error() -> None:
    states = ("Grrr", "rGrr", "rrGr", "rrrG", "GGrr")
    many = replace(crossroads(), stages=tuple(Stage(state, state, 5.0, 60.0) for state in states))
    spec = parse_controller("sumo-nema")
    assert issubclass(spec.cls, SumoController)
    some = spec.cls.programmes({"J": crossroads(), "K": many}, spec.parameters, HOUR)
    assert [played.signal for played in some.programmes] == ["J"]
    assert set(some.refused) == {"K"}
    with pytest.raises(ControllerError, match=r"none of the 1 signals .*choose another controller"):
        spec.cls.programmes({"K": many}, spec.parameters, HOUR)


@pytest.mark.parametrize("name", TYPES)
def test_no_sequencer_can_ask_it(name: str) -> None:
    spec = parse_controller(name)
    assert spec.plays_in_sumo
    assert not spec.keeps_plan
    with pytest.raises(ControllerError, match="played by SUMO itself"):
        spec.cls(crossroads(), spec.parameters).next_stage(None)  # type: ignore[arg-type]

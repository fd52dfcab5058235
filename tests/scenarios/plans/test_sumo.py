"""SUMO's own programmes and timetables are taken as SUMO plays them."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.plans.given import T_PHASES, TABLE, H, planned, rows, t_logic, waut, written
from zhasyl.errors import ScenarioError
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.sumo.net_file import read_network


def test_sumo_programmes_are_taken_as_they_are(t_junction: Scenario, tmp_path: Path) -> None:
    phases = "".join(f'<phase duration="{seconds}" state="{state}"/>' for seconds, state in T_PHASES)
    text = f'<additional><tlLogic id="centre" programID="x" offset="-10">{phases}</tlLogic></additional>'
    programme = planned(t_junction, tmp_path, text, "plans.add.xml")["centre"]
    assert rows(programme) == T_PHASES
    assert programme.offset_s == 60


@pytest.mark.parametrize(("text", "run_h", "shown"), [
    (waut({7 * H: "y", 9 * H: "z"}), (6, 8), {0: "x", 7: "y", 9: "z"}),
    (waut({"7:00:00": "y", "0:09:00:00": "z"}), (6, 8), {0: "x", 7: "y", 9: "z"}),
    (waut({22 * H: "y", 30 * H: "z"}), (20, 31), {0: "y", 6: "z", 20: "x", 22: "y"}),  # past midnight, run over it
    (waut({22 * H: "y", 30 * H: "z"}), (0, 1), {0: "x", 6: "z", 22: "y"}),
    (waut({7 * H: "y", 30 * H: "z"}, 'period="86400"'), (5, 8), {0: "x", 6: "z", 7: "y"}),
    (waut({H: "y", 13 * H: "z"}, 'period="86400" refTime="6:00:00"'), (5, 8), {0: "x", 7: "y", 19: "z"}),
    (waut({H: "y", 7 * H: "z"}, 'period="12:00:00"'), (5, 8), {0: "x", 1: "y", 7: "z", 13: "y", 19: "z"}),
    (waut({0: "y"}), (0, 24), {0: "y"}),
])  # fmt: skip
def test_sumos_timetables_are_read_as_sumo_plays_them(
    t_junction: Scenario, tmp_path: Path, text: str, run_h: tuple[float, float], shown: dict[int, str]
) -> None:
    begin_s, end_s = (hours * H for hours in run_h)
    path = written(tmp_path, text, "w.add.xml")
    made = plan_scenario(replace(t_junction, begin_s=begin_s, warm_up_s=0.0, end_s=end_s), path, tmp_path, "made")
    lengths = {plan.begin_s / H: "xyz"[int(plan.phases[0].duration_s) - 30] for plan in made.plans}
    assert lengths == shown
    assert {plan.offset_s for plan in made.plans} == {begin_s % plan.cycle_s for plan in made.plans}


def test_a_timetable_that_differs_by_day_is_refused(t_junction: Scenario, tmp_path: Path) -> None:
    path = written(tmp_path, waut({22 * H: "y", 30 * H: "z"}), "w.add.xml")
    with pytest.raises(ScenarioError, match="at 00:00 'x' on one day of the run and 'y' on another"):
        plan_scenario(replace(t_junction, end_s=31 * H), path, tmp_path, "made")


def test_a_turn_may_stop_and_go_where_it_gives_way(t_junction: Scenario, tmp_path: Path) -> None:
    arrow = tuple((seconds, "Grs" + state[3:] if state == "GrrrGG" else state) for seconds, state in T_PHASES)
    phases = "".join(f'<phase duration="{seconds}" state="{state}"/>' for seconds, state in arrow)
    assert rows(planned(t_junction, tmp_path, t_logic(phases), "plans.add.xml")["centre"]) == arrow


def test_the_networks_own_file_is_taken_too(t_junction: Scenario, tmp_path: Path) -> None:
    text = t_junction.net_file.read_text("utf-8")
    shipped = read_network(t_junction.net_file).programmes["centre"]
    assert rows(planned(t_junction, tmp_path, text, "copy.net.xml")["centre"]) == rows(shipped)


def test_a_plan_on_a_planned_scenario_takes_its_place(t_junction: Scenario, tmp_path: Path) -> None:
    planned(t_junction, tmp_path, TABLE)
    again = tmp_path / "again"
    again.mkdir()
    longer = planned(
        load_scenario(str(tmp_path / "made")), again, TABLE.replace("main,", "main,").replace(",30,", ",40,")
    )
    assert next(phase.duration_s for phase in longer["centre"].phases) == 40


@pytest.mark.parametrize("duration", ["nan", "-5", "inf", "0"])
def test_a_phase_of_no_length_is_refused_wherever_it_stands(
    t_junction: Scenario, tmp_path: Path, duration: str
) -> None:
    """SUMO itself takes a negative or NaN duration, and the signal stands still from then on."""
    (tmp_path / "made").mkdir()
    plan_scenario(t_junction, written(tmp_path, TABLE), tmp_path / "made", "made")
    file = tmp_path / "made" / "plans.add.xml"
    file.write_text(file.read_text("utf-8").replace('duration="30"', f'duration="{duration}"'), "utf-8")
    with pytest.raises(ScenarioError, match=rf"<tlLogic> 'centre' is invalid \(duration '{duration}' of phase 1 is no"):
        read_network(t_junction.net_file, (file,))
    with pytest.raises(ScenarioError, match=f"duration '{duration}' is not a time in seconds above 0"):
        plan_scenario(t_junction, file, tmp_path, "made")
    net = tmp_path / "net.net.xml"
    text = t_junction.net_file.read_text("utf-8")
    first = text.index('duration="', text.index("<tlLogic")) + len('duration="')
    net.write_text(text[:first] + duration + text[text.index('"', first) :], "utf-8")
    with pytest.raises(ScenarioError, match=rf"<tlLogic> 'centre' is invalid \(duration '{duration}' of phase 1 is no"):
        read_network(net)

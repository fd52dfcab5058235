"""The plan that is read is the one that SUMO plays: what zhasyl plans prints, and what a run shows.

timetable-night-programme  a WAUT starts with programme 0 and goes to an all-off one at 22:00
include-holds-plan         a programme in an included file
offset-begin               an offset that counts from the start of the run
offset-without-phases      a <tlLogic> that moves the running programme's offset, as tlsCoordinator.py writes it
"""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from zhasyl.controllers import parse_controller
from zhasyl.network import Programme
from zhasyl.runs.planning import plans_of
from zhasyl.runs.simulate import run
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.plans.export import stages_csv
from zhasyl.scenarios.plans.made import plan_scenario

CASES = Path(__file__).parent


def loaded(case: str) -> Scenario:
    return load_scenario(str(CASES / case / "x.sumocfg"))


def plan(case: str, controller: str = "fixed") -> dict[str, str]:
    (row,) = csv.DictReader(StringIO(plans_of(loaded(case), parse_controller(controller))))
    return row


@pytest.mark.parametrize(
    ("case", "splits", "offset"),
    [
        ("timetable-night-programme", "42 42", 0),
        ("include-holds-plan", "20 20", 0),
        ("offset-begin", "42 42", 0),
        ("offset-without-phases", "42 42", 20),
    ],
)
def test_plans_are_those_that_sumo_plays(case: str, splits: str, offset: float) -> None:
    row = plan(case)
    assert (row["greens_s"], float(row["offset_s"])) == (splits, offset)
    assert float(next(csv.DictReader(StringIO(stages_csv(loaded(case)))))["offset_s"]) == offset


@pytest.mark.parametrize(
    ("case", "delay_s"),
    [("timetable-night-programme", 18.154), ("include-holds-plan", 12.018), ("offset-begin", 18.154)],
)
def test_fixed_shows_them(tmp_path: Path, case: str, delay_s: float) -> None:
    assert run(loaded(case), "fixed", 1, tmp_path)["delay_s"] == pytest.approx(delay_s, abs=5e-4)


def test_actuated_has_stages_of_the_day_programme_in_timetable_night_programme(tmp_path: Path) -> None:
    record = run(loaded("timetable-night-programme"), "actuated", 1, tmp_path)
    assert not record["uncontrolled"]
    assert record["delay_s"] < 18.154


def test_webster_keeps_the_offset_of_offset_without_phases() -> None:
    row = plan("offset-without-phases", "webster")
    cycle_s = sum(map(float, row["greens_s"].split())) + 6
    assert float(row["offset_s"]) == 20 % cycle_s


def test_scenario_plan_takes_offset_without_phases(tmp_path: Path) -> None:
    case = "offset-without-phases"
    (tmp_path / "made").mkdir()
    plan_scenario(loaded(case), CASES / case / "offset.add.xml", tmp_path / "made", "made")
    before, after = (s.network().programmes["c"] for s in (loaded(case), load_scenario(str(tmp_path / "made"))))
    assert shown(after) == shown(before)
    assert after.offset_s == before.offset_s == 20


@pytest.mark.parametrize("day", [0, 1, 3])
def test_a_timetable_switches_on_every_day(tmp_path: Path, day: int) -> None:
    scenario = loaded("offset-without-phases")
    header, *rows = stages_csv(scenario).splitlines(keepends=True)
    morning, evening = ("".join(rows).replace("00:00", clock) for clock in ("07:00", "20:00"))
    (tmp_path / "plans.csv").write_text(header + morning + evening.replace(",42,", ",30,"))
    begin_s = day * 86_400 + 6 * 3600 + 3600
    later = replace(scenario, begin_s=begin_s, end_s=begin_s + 900)
    (tmp_path / "made").mkdir()
    plan_scenario(later, tmp_path / "plans.csv", tmp_path / "made", "made")
    made = load_scenario(str(tmp_path / "made"))
    assert made.network().programmes["c"].id == "given 07:00"
    assert replace(made, warm_up_s=1800.0).network().programmes["c"].id == "given 07:00"
    assert replace(made, begin_s=begin_s - 60.0).network().programmes["c"].id == "given 20:00"


def shown(programme: Programme) -> list[tuple[float, str]]:
    return [(phase.duration_s, phase.state) for phase in programme.phases]

"""What is printed of plans comes back the same."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.scenarios.plans.given import (
    TABLE,
    Capture,
    TinyNetwork,
    planned,
    rows,
    written,
)
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.export import stages_csv
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.sumo.net_file import read_network


@pytest.mark.parametrize("name", ["abay-seifullin", "resco:cologne3"])
def test_printed_plans_come_back_the_same(tmp_path: Path, capsys: Capture, name: str) -> None:
    assert status(["plans", name, "--stages"]) == 0
    scenario = load_scenario(name)
    shipped = read_network(scenario.net_file, scenario.additional_files).programmes
    found = planned(scenario, tmp_path, capsys.readouterr().out)
    assert {key: rows(p) for key, p in found.items()} == {key: rows(p) for key, p in shipped.items()}
    assert {key: p.offset_s for key, p in found.items()} == {key: p.offset_s for key, p in shipped.items()}


def test_plans_of_a_generated_network_come_back_the_same(grid: Scenario, tmp_path: Path) -> None:
    shipped = read_network(grid.net_file).programmes
    found = planned(grid, tmp_path, stages_csv(grid))
    assert len(found) == len(shipped) > 9
    assert {key: rows(p) for key, p in found.items()} == {key: rows(p) for key, p in shipped.items()}


def test_what_the_scenario_shows_already_is_remarked_on_and_what_is_new_refused(grid: Scenario, tmp_path: Path) -> None:
    text = stages_csv(grid)
    made = plan_scenario(grid, written(tmp_path, text), tmp_path, "made")
    assert made.remarks
    assert all(remark.startswith("kept as it was: ") and "to clear" in remark for remark in made.remarks)
    edited = text.replace(",5,0,0,", ",6,0,0,", 1)
    assert edited != text
    with pytest.raises(ScenarioError, match="to clear; lengthen the stage"):
        plan_scenario(grid, written(tmp_path, edited, "edited.csv"), tmp_path, "made")


def test_most_of_what_is_printed_is_in_words() -> None:
    found = list(csv.DictReader(StringIO(stages_csv(load_scenario("abay-seifullin")))))
    assert [row["greens"].split()[0] for row in found] == [
        "WB:right+straight",
        "WB:left",
        "NB:right+straight",
        "NB:left",
    ]
    assert not any(row["state"] for row in found)


def printed(capsys: Capture, scenario: Path, controller: str, *more: str) -> list[dict[str, str]]:
    assert status(["plans", str(scenario), "--controller", controller, *more]) == 0
    return list(csv.DictReader(StringIO(capsys.readouterr().out)))


@pytest.mark.parametrize("controller", ["webster", "green-wave", "split-cycle-offset"])
def test_the_plan_of_a_controller_is_printed_as_stages_and_taken_back(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture, controller: str
) -> None:
    """What `scenario plan` makes of it is the same plan: greens, cycle, offset."""
    config = tiny_network("crossroads-with-crossings")
    (plan,) = printed(capsys, config, controller)
    stages = printed(capsys, config, controller, "--stages")
    assert [row["stage"] for row in stages] == plan["stages"].split()
    assert [row["green_s"] for row in stages] == plan["greens_s"].split()
    table = tmp_path / "stages.csv"
    table.write_text(",".join(stages[0]) + "\n" + "".join(",".join(row.values()) + "\n" for row in stages), "utf-8")
    assert status(["scenario", "plan", str(config), str(table), "--out", str(tmp_path / "made")]) == 0
    capsys.readouterr()
    assert printed(capsys, tmp_path / "made", "fixed") == [plan]


def test_plans_of_a_file_are_printed_with_their_times(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture
) -> None:
    config, file = tiny_network("t-junction-left-turn"), tmp_path / "plans.csv"
    rows_ = "centre,06:00,3,A B C,30 10 15\ncentre,09:00,0,A C B,20 15 10\n"
    file.write_text(f"signal,from,offset_s,stages,greens_s\n{rows_}", "utf-8")
    found = printed(capsys, config, f"fixed:plans={file}")
    assert [tuple(row.values()) for row in found] == [tuple(row.split(",")) for row in rows_.splitlines()]
    stages = printed(capsys, config, f"fixed:plans={file}", "--stages")
    assert [(row["from"], row["stage"]) for row in stages] == [
        ("06:00", "A"), ("06:00", "B"), ("06:00", "C"), ("09:00", "A"), ("09:00", "C"), ("09:00", "B"),
    ]  # fmt: skip


def test_stages_keep_the_names_that_were_given(t_junction: Scenario, tmp_path: Path, capsys: Capture) -> None:
    text = TABLE.replace(",main,", ",Main =rush,").replace(",side,", ",,")
    (tmp_path / "made").mkdir()
    plan_scenario(t_junction, written(tmp_path, text), tmp_path / "made", "made")
    (plan,) = printed(capsys, tmp_path / "made", "fixed")
    assert plan["stages"] == "Main__rush left C"
    assert [row["stage"] for row in printed(capsys, tmp_path / "made", "fixed", "--stages")] == plan["stages"].split()
    for stages in (plan["stages"], "A B C", "Main__rush B C"):
        file = written(tmp_path, f"signal,from,offset_s,stages,greens_s\ncentre,0:00,0,{stages},30 10 15\n", "p.csv")
        assert [row["stages"] for row in printed(capsys, tmp_path / "made", f"fixed:plans={file}")] == [plan["stages"]]

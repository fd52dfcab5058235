"""A planner's table becomes what signals show: by name, as planners keep it."""

import datetime as dt
from pathlib import Path

import pytest

from tests.scenarios.plans.given import (
    HEADER,
    LEFT,
    MAIN,
    SIDE,
    T_PHASES,
    TABLE,
    TIMING,
    TOML,
    H,
    planned,
    rows,
    written,
)
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.plans.programme import Stage, stage_phases
from zhasyl.signals import GREEN


@pytest.mark.parametrize(("text", "name"), [(TABLE, "plans.csv"), (TABLE.replace(",", ";"), "p.txt"), (TOML, "p.toml")])
def test_a_table_is_shown_as_said(t_junction: Scenario, tmp_path: Path, text: str, name: str) -> None:
    programme = planned(t_junction, tmp_path, text, name)["centre"]
    assert rows(programme) == T_PHASES
    assert programme.offset_s == 5


def with_titles(text: str) -> str:
    return "Signal plan, T-junction;;;;\n;;;;\n" + text.replace(",", ";").replace("\n", ";;\n")


PLANNERS_TABLES: dict[str, str | bytes] = {
    "titles and spare columns": with_titles(TABLE),
    "titles like Synchro's": "Timing plans\n[draft],\n" + TABLE,
    "headings": TABLE.replace(HEADER, "Signal,From,Offset s,Stage,GREENS ,Green s,Yellow_s,All red s\n"),
    "russian headings": TABLE.replace(
        HEADER, "Светофор,Начало,Сдвиг,Фаза,Направления,Зелёный,Жёлтый,Кругом красный\n").encode("cp1251"),
    "kazakh headings": TABLE.replace(
        HEADER, "Бағдаршам,Басталуы,Ығысу,Кезең,Бағыттар,Жасыл,Сары,Барлығына қызыл\n"),
    "decimal commas": TABLE.replace(",", ";").replace(";3;2", ";3,0;2,0").replace(";5;", ";5,0;"),
    "excel's unicode text": TABLE.replace(",", "\t").encode("utf-16"),
    "commas in greens": TABLE.replace("WB:straight EB:right+straight", '"WB:straight, EB:right+straight"'),
    "merged cells": TABLE.replace("centre,07:00,5,left", ",,,left").replace("centre,07:00,5,side", ",,,side"),
    "time once": TABLE.replace("centre,07:00,5,left", "centre,,,left").replace("centre,07:00,5,side", "centre,,,side"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANNERS_TABLES)
def test_a_table_may_be_as_planners_keep_it(t_junction: Scenario, tmp_path: Path, name: str) -> None:
    data = PLANNERS_TABLES[name]
    path = written(tmp_path, data)
    (plan,) = plan_scenario(t_junction, path, tmp_path, "made").plans
    assert (rows(plan.programme), plan.begin_s, plan.offset_s) == (T_PHASES, 7 * H, 5)


def test_merged_cells_of_excel_hold_for_all_their_rows(t_junction: Scenario, tmp_path: Path) -> None:
    """A signal over two plans, a time and an offset over the stages of each."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Plans of the day"])
    sheet.append(HEADER.strip().split(","))
    for time, green_s in ((dt.time(7, 0), 30), (dt.datetime(2026, 2, 1, 16, 30), 40)):
        for number, line in enumerate((MAIN, LEFT, SIDE)):
            _, _, _, stage, greens, *seconds = line.strip().split(",")
            head = [None if sheet.max_row > 2 else "centre", None if number else time, None if number else 5]
            sheet.append([*head, stage, greens, green_s if stage == "main" else float(seconds[0]), 3, 2.0])
    book.save(tmp_path / "plans.xlsx")
    made = plan_scenario(t_junction, tmp_path / "plans.xlsx", tmp_path, "made").plans
    assert [(plan.begin_s / H, plan.offset_s, plan.cycle_s) for plan in made] == [(7, 5, 70), (16.5, 5, 80)]
    assert rows(made[0].programme) == T_PHASES


def test_links_have_several_names(t_junction: Scenario, tmp_path: Path) -> None:
    other = TABLE.replace("NB:right+left", "northbound:R south-in:west-out").replace("WB:straight+left", "#0 #1=G")
    assert rows(planned(t_junction, tmp_path, other)["centre"]) == T_PHASES


def test_a_left_turn_gives_way_to_oncoming_traffic(t_junction: Scenario, tmp_path: Path) -> None:
    both = HEADER + MAIN.replace("WB:straight", "WB:straight+left") + SIDE
    assert planned(t_junction, tmp_path, both)["centre"].phases[0].state == "GgrrGG"


def test_a_walk_ends_in_time_and_goes_on_into_the_next_stage(crossroads_words: SignalWords) -> None:
    words = crossroads_words

    def stage(greens: str, green_s: float) -> Stage:
        said = {link: "" for word in greens.split() for link in words.find(word)[0]}
        return Stage(1, greens, words.conflicts.lettered(said), green_s, 3.0, 1.0)

    one, two = stage("NB:straight SB:straight crossing:east", 10), stage("NB:straight+right crossing:east", 10)
    side = stage("EB:straight WB:straight", 20)
    phases = stage_phases(words, (one, two, side), TIMING)
    walking = sum(phase.duration_s for phase in phases if phase.state[13] in GREEN)
    assert walking == 10 + 3 + 1 + 10 - 3  # 6.4 m at 1.2 m/s are 5.3 s, of which 3 s are yellow

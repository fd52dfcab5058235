"""Tables in Russian and Kazakh are read as the same ones in our own words."""

from pathlib import Path

import pytest

from tests.scenarios.new.shapes import FIVE, table
from zhasyl.controllers.parts.plan_file import read_plan_file
from zhasyl.scenarios.new.approaches import Approach, read_approaches
from zhasyl.text.local_words import NEW_COLUMNS, NEW_COLUMNS_IN_KAZAKH, NEW_COLUMNS_IN_RUSSIAN

ROW = table(
    "u_turn_vph,bays,slip,grade_percent,island_m,crossing,walkers_ph,distance_m,junction,from",
    "EB,Main,left+u-turn|straight|right,2,3.5,60,120,700,80,10,left 60,yes,2,3,yes,50,,J1,",
    "WB,Main,left|straight|right,2,3.5,60,100,650,90,,left 60,no,,3,alone,50,250,J1,J2",
)
IN_RUSSIAN = """подход,улица,"Полосы",полосы на выезде,"Ширина полосы, м","Разрешённая скорость, км/ч",налево,\
"прямо, авт/ч",направо (ед/ч),разворот,карманы,отнесённый правый поворот,"Уклон, %","островок, м",пешеходный переход,\
"Пешеходы, чел/ч","Расстояние, м",перекрёсток,откуда
с запада,Main,налево+разворот|прямо|направо,2,3.5,60,120,700,80,10,налево 60,да,2,3,есть,50,,J1,
с востока,Main,налево|прямо|направо,2,3.5,60,100,650,90,,налево 60,нет,,3,отдельно,50,250,J1,J2
"""
IN_KAZAKH = """кіреберіс,көше,жолақтар,шығу жолақтары,"жолақ ені, м","жылдамдық, км/сағ","солға, авт/сағ",тура,оңға,\
кері бұрылу,қалталар,бағдаршамсыз оңға бұрылу,еңіс,"аралшық, м",өткел,"жаяу жүргіншілер, адам/сағ",\
"қашықтық, м",қиылыс,қайдан
батыстан,Main,солға+кері бұрылу|тура|оңға,2,3.5,60,120,700,80,10,солға 60,иә,2,3,бар,50,,J1,
шығыстан,Main,солға|тіке|оңға,2,3.5,60,100,650,90,,солға 60,жоқ,,3,жеке,50,250,J1,J2
"""


@pytest.mark.parametrize("text", [IN_RUSSIAN, IN_KAZAKH], ids=["ru", "kk"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_table_of_approaches(tmp_path: Path, text: str, mark: str) -> None:
    for name, own in (("ours", ROW), ("local", text)):
        (tmp_path / f"{name}.csv").write_text(own, encoding="utf-8")
    if mark == ";":
        swapped = text.replace(", ", "~").replace(",", ";").replace("~", ", ").replace("3.5", "3,5")
        (tmp_path / "local.csv").write_text(swapped, encoding="utf-8")
    assert read_approaches(tmp_path / "local.csv").rows == read_approaches(tmp_path / "ours.csv").rows


@pytest.mark.parametrize(
    "header", ['светофор,время,"сдвиг, с",фазы,"зелёные, с"', "бағдаршам,басталуы,ығысу,кезеңдер,жасылдар"]
)
def test_a_file_of_plans(tmp_path: Path, header: str) -> None:
    for name, own in (("ours", "signal,from,offset_s,stages,greens_s"), ("local", header)):
        (tmp_path / f"{name}.csv").write_text(f"{own}\nJ1,07:30,12,A B,30 25\n", encoding="utf-8")
    assert read_plan_file(tmp_path / "local.csv").rows == read_plan_file(tmp_path / "ours.csv").rows


def test_arms_in_cells(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text(FIVE, encoding="utf-8")
    ours = read_approaches(tmp_path / "ours.csv").rows
    russian = FIVE.replace("; ", " + ").replace("south", "на юг").replace("west", "запад").replace("EB,", "с запада,")
    kazakh = (
        FIVE.replace("; ", " | ").replace("south", "оңтүстік").replace("east", "шығысқа").replace("EB,", "батыстан,")
    )
    for text in (russian, kazakh, FIVE.replace("NB,", "from the south,")):
        (tmp_path / "local.csv").write_text(text.replace("exits_vph", "выезды"), encoding="utf-8")
        assert read_approaches(tmp_path / "local.csv").rows == ours
    with_marks = FIVE.replace(",", ";").replace("3.5", "3,5").replace("; ", ", ")
    (tmp_path / "local.csv").write_text(with_marks, encoding="utf-8")
    assert read_approaches(tmp_path / "local.csv").rows == ours


def test_the_manual_lists_the_local_headings() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "own-junction.md").read_text(encoding="utf-8")
    assert {field.alias or name for name, field in Approach.model_fields.items()} == set(NEW_COLUMNS.values())
    for column in dict.fromkeys(NEW_COLUMNS.values()):
        russian, kazakh = (
            ", ".join(word for word, name in words.items() if name == column)
            for words in (NEW_COLUMNS_IN_RUSSIAN, NEW_COLUMNS_IN_KAZAKH)
        )
        assert f"| `{column}` | {russian} | {kazakh} |\n" in manual

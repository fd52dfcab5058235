"""Streets as they are called in the language spoken, where the scenario of the runs says so."""

from pathlib import Path

import pytest

from tests.reports.builders import run
from zhasyl.reports.languages.places import place, places_of
from zhasyl.text.language import speaking


@pytest.mark.parametrize(
    ("language", "name", "called"),
    [
        ("en", "Abay avenue, eastbound", "Abay avenue, eastbound"),
        ("ru", "Abay avenue, eastbound", "проспект Абая, на восток"),
        ("kk", "Seifullin avenue, northbound", "Сейфуллин даңғылы, солтүстікке"),
        ("ru", "Main street, westbound", "Main street, на запад"),
        ("ru", "e12 (southbound)", "e12 (на юг)"),
        ("ru", "e12 (south)", "e12 (south)"),
        ("ru", "Abay avenue × Seifullin avenue", "проспект Абая × проспект Сейфуллина"),
        ("ru", "Abay avenue × Seifullin avenue, Almaty: evening peak",
         "Проспект Абая × проспект Сейфуллина, Алматы: вечерний час пик"),
        ("ru", "<b>, eastbound", "<b>, на восток"),
    ],
)  # fmt: skip
def test_a_name_of_the_scenario_is_said_in_the_language(language: str, name: str, called: str) -> None:
    with speaking(language, places_of([run()], language)):
        assert place(name) == called


def test_a_scenario_without_names_or_gone_keeps_the_plain_ones(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text("", encoding="utf-8")
    gone = [run(source=str(tmp_path / "gone" / "scenario.toml")), run(scenario="resco:cologne1")]
    assert places_of([*gone, run(source=str(tmp_path))], "ru") == {}
    (tmp_path / "names.csv").write_text("name,name_kk\nA,B\n", encoding="utf-8")
    assert places_of([run(source=str(tmp_path))], "ru") == {}

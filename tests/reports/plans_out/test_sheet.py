"""The sheet has a page a signal with all that is typed into a controller, in three languages, and no script."""

import re
from pathlib import Path

import pytest

from tests.scenarios.plans.given import TinyNetwork
from zhasyl.cli import status
from zhasyl.controllers import parse_controller
from zhasyl.reports.plans_out.files import Asked, leaving_file
from zhasyl.runs.planning import leaving_plans
from zhasyl.scenarios import Scenario, load_scenario

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def corridor() -> Scenario:
    return load_scenario("abay-corridor")


def sheet(scenario: Scenario, language: str = "en", controller: str = "fixed") -> str:
    plans = leaving_plans(scenario, parse_controller(controller))
    return leaving_file(Asked(scenario, controller, "sheet", language=language), plans).data.decode()


def section(page: str, signal: str) -> str:
    return next(part for part in page.split("<section")[1:] if f">Signal {signal}<" in part)


def rows(part: str, about: str) -> list[list[str]]:
    """The cells of a table by its caption."""
    table = next(one for one in part.split("<table")[1:] if about in one.split("</caption>")[0])
    body = table.split("<tbody>")[1].split("</table>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


def test_a_page_a_signal_with_its_stages(corridor: Scenario) -> None:
    page = sheet(corridor)
    assert page.count('<section class="signal">') == 8
    part = section(page, "abay_abylai_khan")
    assert "Cycle 110 s, offset 103 s: the green of stage ew begins 103 s after midnight" in part
    assert rows(part, "Stages in the order of play") == [
        ["ew", "1 2 3 P1", "westbound: through + right; eastbound: through", "0", "39", "3", "2", "44", "30", "9"],
        ["ew_left", "3 4", "eastbound: left + through", "44", "9", "3", "2", "14", "–", "–"],
        ["ns", "5 P2", "southbound: left + right", "58", "47", "3", "2", "52", "38", "9"],
    ]


def test_intergreens_and_crossings(corridor: Scenario) -> None:
    part = section(sheet(corridor), "abay_abylai_khan")
    matrix = {row[0]: row[1:] for row in rows(part, "Least intergreens (s)")}
    assert matrix["4"] == ["", "5", "", "", "5", "5", "5"]
    assert matrix["P2"] == ["12", "12", "12", "12", "=", "", ""]
    assert rows(part, "Crossings")[0] == ["P1", "crossing, north side", "14.0", "12", "30"]


def test_times_of_day(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "plans.csv"
    file.write_text(
        "signal,from,offset_s,stages,greens_s\ncentre,06:00,3,A B C,30 10 15\ncentre,09:00,0,A C B,20 15 10\n"
    )
    asked = ["plans", str(tiny_network("t-junction-left-turn")), "--controller", f"fixed:plans={file}"]
    assert status([*asked, "--format", "sheet"]) == 0
    page = capsys.readouterr().out
    assert [row[:3] for row in rows(page, "Times of day")] == [["06:00", "70", "3"], ["09:00", "60", "0"]]
    assert page.count("<figure") == 2
    assert "Plan from 06:00" in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", ["Светофорный объект", "на запад: прямо", "пешеходный переход, северная сторона"]),
     ("kk", ["бағдаршамы", "Кімге жасыл", "жаяу жүргінші өткелі, "])],
)  # fmt: skip
def test_languages(corridor: Scenario, language: str, words: list[str]) -> None:
    page = sheet(corridor, language)
    assert f'<html lang="{language}">' in page
    assert [word for word in words if word not in page] == []
    assert not re.search(r">(Stage|Groups|Crossings|through)<", page)


def test_names_from_outside_are_escaped(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    config = tiny_network("t-junction-left-turn")
    for path in config.parent.iterdir():
        text = path.read_text().replace('"centre"', '"&lt;b&gt;x"').replace(":centre_", ":&lt;b&gt;x_")
        (tmp_path / path.name).write_text(text)
    page = sheet(load_scenario(str(tmp_path / config.name)))
    assert "<b>x" not in page
    assert "Signal &lt;b&gt;x" in page

"""A front on its page and the terminal: what plans change beside their values, and how a choice is proven."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.reports.pages import Page
from zhasyl.optimise.front import Front, FrontPlan
from zhasyl.optimise.objective import parse_front
from zhasyl.reports.front import PROVING_SEEDS, front_drawing, page, print_front
from zhasyl.scenarios import Scenario
from zhasyl.signals import SignalPlan

OUT = Path("/found/here")
PLANS = {"J": SignalPlan((0, 1), (27.0, 23.0), 58.0, 12.0)}
PRESENT = FrontPlan("present plan", PLANS, (58.42, 1.3), (34.3, 0.64), (4, 5), "", (None, None), (None, None))
PLAN = FrontPlan(
    "plan 1", PLANS, (26.73, 1.03), (12.0, 0.18), (4, 5), f"{OUT}/plans/6264fcc561ee.csv", (-31.69, -0.26), (22.3, 0.46)
)
LIMITS = ("cycles of at most 120 s",)
SCENARIO = Scenario("town", 1, "Town", 0.0, 0.0, 900.0, Path("town.net.xml"), ())


def front(*plans: FrontPlan, **changed: object) -> Front:
    scenario = replace(SCENARIO, **changed)  # type: ignore[arg-type]
    return Front(scenario, parse_front("delay_s,stops"), PRESENT, plans, 40, 40, (), (), LIMITS, OUT)


def printed(shown: Front) -> str:
    console = Console(width=80, file=io.StringIO())
    print_front(console, shown)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_both_tables_fit_a_terminal() -> None:
    text = printed(front(PLAN, replace(PLAN, name="plan 2", differences=(3.0, None))))
    assert re.search(r"plan 1 +26\.7 +1\.03 +58 +plans/6264fcc561ee\.csv", text)
    assert re.search(r"present plan +58\.4 +1\.30 +58", text)
    assert "mean over 2 seeds, and 95 % interval by the noise that all plans have in common" in " ".join(text.split())
    assert re.search(r"plan 1 +−31\.7 \(−54\.0 to −9\.4\) +−0\.26 \(−0\.72 to \+0\.20\)", text)
    assert re.search(r"plan 2 +\+3\.0 \(−19\.3 to \+25\.3\) +–", text)
    assert "±" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_difference_of_one_seed_has_no_interval() -> None:
    text = printed(front(replace(PLAN, difference_half_widths=(None, None))))
    assert re.search(r"plan 1 +−31\.7 +−0\.26 *\n", text)


def test_bars_are_of_differences_where_anything_tells_of_noise() -> None:
    bare = front_drawing(front(replace(PLAN, difference_half_widths=(None, None))), 0, 1)
    barred = front_drawing(front(PLAN), 0, 1)
    assert "means over 2 seeds. No bars: " in bare.caption
    assert "means over 2 seeds. Bars: the 95 % interval of a plan's difference" in barred.caption
    assert bare.svg != barred.svg
    assert front_drawing(front(replace(PLAN, half_widths=(99.0, 9.0))), 0, 1).svg == barred.svg


def test_page_and_terminal_say_what_was_asked_of_every_plan() -> None:
    line = "Asked of every plan: cycles of at most 120 s."
    assert line in Page(page(front(PLAN))).texts["p"]
    assert line in printed(front(PLAN))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "town"),
        ({"source": "/my networks/town.sumocfg"}, "'/my networks/town.sumocfg'"),
        ({"source": "abay-corridor", "variant": "period=morning"}, "abay-corridor"),
    ],
)
def test_the_page_says_how_a_choice_is_proven(changed: dict[str, object], words: str) -> None:
    controllers = "fixed,fixed:plans=plans/6264fcc561ee.csv"
    variant = f" --variant {changed['variant']}" if "variant" in changed else ""
    wanted = f"zhasyl compare {words} --controllers {controllers} --seeds {PROVING_SEEDS}{variant}"
    found = Page(page(front(PLAN, **changed)))
    assert found.texts["code"][-1] == wanted
    assert "here plan 1, another one by its file" in found.texts["p"][-1]


def test_without_a_plan_there_is_nothing_to_prove() -> None:
    shown = page(front())
    assert "zhasyl compare" not in shown
    assert "Difference to the present plan" not in shown

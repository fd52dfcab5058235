"""Tables of the terminal: nothing is cut at any width, and names break where people would break them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from zhasyl.reports.screen_table import ScreenTable, wrapped

NAMES = ("rolling-horizon:walk_reserve_s=8", "max-pressure", "fixed")
HEADINGS = ("Controller", "Delay\ns/trip", "Not served\nveh", "Verdict")
ROWS = [(name, f"{row + 1:.1f} ± 0.9", f"1,46{row} ± 1.0", "cannot tell yet") for row, name in enumerate(NAMES)]


def shown(width: int) -> str:
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(ScreenTable(HEADINGS, ROWS, "a against b", left=("Verdict",)))
    return captured.get()


@pytest.mark.parametrize("width", [35, 40, 50, 60, 70, 80, 200])
def test_every_value_is_whole_and_within_the_width(width: int) -> None:
    text = shown(width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text
    for row in ROWS:
        assert all(cell in text for cell in row[1:])


def test_names_break_after_separators_and_rows_are_stacked_where_that_is_not_enough() -> None:
    assert "\n rolling-horizon:walk_reserve_s=8  " in shown(100)
    wide = shown(70)
    assert "\n rolling-horizon:  " in wide
    assert "\n walk_reserve_s=8  " in wide
    assert "\nrolling-horizon:walk_reserve_s=8\n  Delay s/trip    1.0 ± 0.9" in shown(40)
    assert "\n rolling-horizon:" not in shown(40)


def test_headings_take_several_lines_before_rows_are_stacked() -> None:
    console = Console(width=40, color_system=None, force_terminal=False)
    rows = [("plan 1", "12.4 ± 1.9", "21.2 ± 0.8")]
    with console.capture() as captured:
        console.print(ScreenTable(("Plan", "Delay (s/trip)", "Pedestrian delay (s/walk)"), rows))
    lines = [line.split() for line in captured.get().splitlines() if line.strip()]
    assert lines[:3] == [["Pedestrian"], ["Delay", "delay"], ["Plan", "(s/trip)", "(s/walk)"]]
    assert lines[-1] == ["plan", "1", "12.4", "±", "1.9", "21.2", "±", "0.8"]


def test_a_table_may_have_no_row() -> None:
    console = Console(width=20, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(ScreenTable(("Plan", "Delay (s/trip)"), []))
    assert "trip" in captured.get()


@given(st.text("ab-_:,; ж中", max_size=40), st.integers(3, 30))
def test_a_wrapped_name_loses_blanks_alone(name: str, width: int) -> None:
    lines = wrapped(name, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(name.split())
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize(
    ("name", "width", "lines"),
    [
        ("Delay, 95th pct. (s/trip)", 18, ["Delay, 95th pct.", "(s/trip)"]),
        ("rolling-horizon:walk_reserve_s=8", 20, ["rolling-horizon:", "walk_reserve_s=8"]),
        ("rolling-horizon:walk_reserve_s=8", 14, ["rolling-", "horizon:walk_", "reserve_s=8"]),
        ("Delay, 95th pct. (s/trip)", 21, ["Delay, 95th pct.", "(s/trip)"]),
        ("cluster258542334", 10, ["cluster258", "542334"]),
    ],
)
def test_where_a_name_breaks(name: str, width: int, lines: list[str]) -> None:
    assert wrapped(name, width).split("\n") == lines

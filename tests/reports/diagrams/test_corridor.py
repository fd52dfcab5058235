"""Vehicles between stop lines, from passages made by hand."""

import numpy as np

from tests.reports.builders import BEGIN_S
from tests.reports.diagrams.hand_made import passages_table
from zhasyl.reports.diagrams.corridor import Trace, Window, spans
from zhasyl.timing.at_signals import Greens

T = float(BEGIN_S)
WINDOW = Window(T, T + 100)
ROWS = [
    ("a", "J1", "w", "x", T, T + 10, 0.0),
    ("a", "J2", "x", "y", T + 10, T + 60, 20.0),
    ("turned", "J1", "side", "x", T, T + 12, 0.0),
    ("turned", "J2", "x", "z", T + 12, float("nan"), 5.0),
    ("late", "J1", "w", "x", T + 90, T + 120, 0.0),
    ("late", "J2", "x", "y", T + 120, T + 150, 0.0),
    ("other", "J3", "w", "x", T, T + 10, 0.0),
]


def test_a_vehicle_drives_on_freely_and_waits_at_the_stop_line() -> None:
    trace = Trace(passages_table(ROWS), ["J1", "J2"])
    here, there = trace.rows(signal="J1", exit="x"), trace.rows(signal="J2", approach="x")
    assert (len(here), len(there)) == (3, 3)
    lines = list(trace.between(here, there, (0.0, 300.0), WINDOW))
    assert lines[0] == ([T + 10, T + 40, T + 60], [0.0, 300.0, 300.0])
    assert lines[1][0][-1] == WINDOW.end_s  # still there
    assert len(lines) == 2  # one leaves the first stop line only after the window


def test_waiting_at_the_first_stop_line_is_drawn_too() -> None:
    trace = Trace(passages_table([("a", "J1", "w", "x", T, T + 40, 30.0)]), ["J1"])
    assert list(trace.held(trace.rows(signal="J1"), 7.0, WINDOW)) == [([T + 10, T + 40], [7.0, 7.0])]
    assert len(trace.rows(signal="J1", exit="unknown")) == 0


def test_greens_that_touch_the_window_are_shown_from_its_begin() -> None:
    own = Greens(np.array([T - 50, T - 10, T + 90, T + 200]), np.array([T - 20, T + 5, T + 130, T + 220]), False)
    assert spans(own, WINDOW) == [(-10, 5), (90, 130)]

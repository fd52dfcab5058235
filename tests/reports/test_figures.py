"""Figures: well-formed SVG of the same bytes each time, with every controller and every seed in it."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring
from matplotlib.figure import Figure

from tests.reports.builders import BEGIN_S, FakeRuns, Record, batch, failed, measures, run
from zhasyl.optimise.statistics.comparison import number
from zhasyl.optimise.statistics.intervals import half_width, half_widths
from zhasyl.reports import figures
from zhasyl.reports.aggregates import OverSeeds, approach_rows, green_shares, queue_series, step_s
from zhasyl.reports.figures import PALETTE, Drawing, colours, delay_figure, green_figure, queue_figure
from zhasyl.reports.records import by_label
from zhasyl.runs.summary import Summary, summary_of

HOSTILE = "<b>&"
LABELS = ("fixed", HOSTILE, "max-pressure:interval_s=10")
SVG = "{http://www.w3.org/2000/svg}"


def delay(records: Sequence[Record]) -> Drawing:
    return delay_figure(records, colours(list(by_label(records)))).drawing()


def queue(records: Sequence[Record], signals: int = 1, names: dict[tuple[str, str], str] | None = None) -> Drawing:
    series = queue_series(records, FakeRuns(signals))
    return queue_figure(series, names or {}, colours(list(by_label(records))), step_s(records)).drawing()


def green(records: Sequence[Record], signals: int = 1) -> Drawing:
    shares = green_shares(records, FakeRuns(signals))
    return green_figure(shares, [f"J{number}" for number in range(1, signals + 1)]).drawing()


FIGURES = pytest.mark.parametrize("draw", [delay, queue, green])


def parsed(drawing: Drawing) -> Element:
    root = fromstring(drawing.svg)
    assert isinstance(root, Element)
    assert root.tag == f"{SVG}svg"
    return root


def texts(drawing: Drawing) -> list[str]:
    return ["".join(element.itertext()) for element in parsed(drawing).iter(f"{SVG}text")]


def dots(drawing: Drawing, label: str, labels: Sequence[str]) -> list[float]:
    """Where the dots and crosses of a controller's seeds are, from left to right."""
    own = colours(labels)[label].lower()
    return sorted(
        float(element.attrib["x"])
        for element in parsed(drawing).iter(f"{SVG}use")
        if f"stroke: {own}" in element.attrib["style"] and "stroke-opacity: 0.75" in element.attrib["style"]
    )


@FIGURES
def test_a_figure_is_well_formed_and_describes_itself(draw: Callable[[Sequence[Record]], Drawing]) -> None:
    drawing = draw(batch(2, LABELS))
    root = parsed(drawing)
    assert root.get("role") == "img"
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == [drawing.title, drawing.caption]
    assert root.get("width") is root.get("height") is None
    assert root.get("viewBox", "").startswith("0 0 576 ")


@FIGURES
def test_the_same_records_give_the_same_bytes(draw: Callable[[Sequence[Record]], Drawing]) -> None:
    assert draw(batch(2, LABELS)) == draw(batch(2, LABELS))


@FIGURES
def test_every_controller_is_named_and_its_label_escaped(draw: Callable[[Sequence[Record]], Drawing]) -> None:
    drawing = draw(batch(2, LABELS))
    assert "<b>" not in drawing.svg
    shown = "".join(texts(drawing))  # long labels stand on several lines
    assert all(label in shown for label in LABELS)


@FIGURES
def test_a_figure_has_no_script_and_no_outside_resource(draw: Callable[[Sequence[Record]], Drawing]) -> None:
    svg = draw(batch(2, LABELS)).svg
    assert "<script" not in svg
    assert "<image" not in svg
    assert "@import" not in svg
    assert set(re.findall(r'href="(.)', svg)) <= {"#"}
    assert set(re.findall(r"url\((.)", svg)) <= {"#"}


# Delay


def test_each_seed_is_a_dot_at_its_delay() -> None:
    values_s = {"fixed": [40.0, 50.0, 80.0], "actuated": [20.0, 30.0]}
    records = [run(label, seed, **measures(value)) for label, own in values_s.items() for seed, value in enumerate(own)]
    drawing = delay(records)
    first, second = dots(drawing, "fixed", list(values_s)), dots(drawing, "actuated", list(values_s))
    assert (len(first), len(second)) == (3, 2)
    per_second = (first[1] - first[0]) / 10.0
    assert first[2] - first[1] == pytest.approx(30 * per_second, rel=1e-4)
    assert second[1] - second[0] == pytest.approx(10 * per_second, rel=1e-4)
    assert first[0] - second[1] == pytest.approx(10 * per_second, rel=1e-4)


def test_the_mean_is_written_beside_its_bar() -> None:
    drawing = delay([run("fixed", seed, **measures(value)) for seed, value in ((1, 40.0), (2, 50.0), (3, 48.0))])
    # s = 5.2915, t(0.975; 2) = 4.302653: half width 13.1; not served 40, 50 and 48
    assert "46.0 ± 13.1 (n = 3, 46.0 ± 13.1 veh not served)" in texts(drawing)


def test_the_mean_of_one_seed_has_no_interval() -> None:
    assert "40.0 (n = 1, 40.0 veh not served)" in texts(delay([run("fixed", 1, **measures(40.0))]))


def test_the_marker_of_the_largest_mean_is_not_cut() -> None:
    records = [run("fixed", 1, **measures(166.0)), run("actuated", 1, **measures(165.0))]
    [axes] = delay_figure(records, colours(["fixed", "actuated"])).figure.axes
    assert axes.get_xlim() == pytest.approx((0.0, 1.05 * 166.0))


def test_a_gridlocked_seed_is_a_cross_and_still_shown() -> None:
    records = [*batch(2, ("fixed",)), run("fixed", 3, **measures(900.0), gridlocked=True)]
    drawing = delay(records)
    assert len(dots(drawing, "fixed", ["fixed"])) == 3
    markers = {e.attrib["{http://www.w3.org/1999/xlink}href"] for e in parsed(drawing).iter(f"{SVG}use")
               if "stroke-opacity: 0.75" in e.attrib["style"]}  # fmt: skip
    assert len(markers) == 2


def test_failed_runs_have_no_dot() -> None:
    drawing = delay([*batch(2, ("fixed",)), failed("fixed", 3)])
    assert len(dots(drawing, "fixed", ["fixed"])) == 2


def test_runs_without_a_delay_are_drawn_without_a_mean() -> None:
    drawing = delay([run("fixed", 1, delay_s=None), *batch(1, ("actuated",))])
    assert dots(drawing, "fixed", ["fixed", "actuated"]) == []
    assert "fixed" in texts(drawing)


def test_dollars_in_a_label_are_no_formula() -> None:
    assert "$x_1$" in texts(delay(batch(1, ("$x_1$",))))


# Queue and green time


def test_of_many_approaches_the_longest_queues_are_shown_and_the_caption_says_so() -> None:
    drawing = queue(batch(1, ("fixed", "actuated")), signals=10)
    assert "The 6 of 40 approaches with the longest mean queue are shown." in drawing.caption
    titles = [text for text in texts(drawing) if " · J" in text]
    assert len(titles) == 6
    assert "e13 · J1" in titles  # signal 1 has the longest queues, and its arm 3 the longest of these


def test_approaches_are_called_by_their_names() -> None:
    drawing = queue(batch(1, ("fixed",)), names={("J1", "e13"): "Абай <b>"})
    assert "Абай <b> · J1" in texts(drawing)
    assert "e12 · J1" in texts(drawing)


def test_a_queue_of_an_hour_is_told_in_steps_of_five_minutes() -> None:
    drawing = queue(batch(1, ("fixed",)))
    assert "mean over 5 minutes and over the seeds" in drawing.caption
    assert {"08:00", "08:30", "09:00"} <= set(texts(drawing))


def test_the_queue_of_a_step_is_the_mean_of_its_seconds_summed_over_lane_groups() -> None:
    record = run("fixed", 1)
    series = queue_series([record], FakeRuns())
    table = FakeRuns().table(record, "queues")
    inside = table[(table["approach"] == "e10") & (table["time_s"] >= 28800) & (table["time_s"] < 29100)]
    assert (series.places[0], series.begins_s[0]) == (("J1", "e10"), 28800)
    assert series.mean[0, 0, 0] == pytest.approx(inside["queue_veh"].sum() / 300)


def test_queues_and_shares_have_intervals_over_seeds_and_none_for_one_seed() -> None:
    records = batch(3, ("fixed",))
    found = queue_series(records, FakeRuns())
    single = [float(queue_series([record], FakeRuns()).mean[0, 0, 0]) for record in records]
    assert found.half_width[0, 0, 0] == pytest.approx(half_width(single))
    assert not np.isnan(green_shares(records, FakeRuns()).half_width).any()
    assert np.isnan(queue_series(records[:1], FakeRuns()).half_width).all()
    assert np.isnan(green_shares(records[:1], FakeRuns()).half_width).all()


def kept(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Figures from here on, as drawn."""
    drawn: list[Figure] = []
    made = figures.drawing

    def drawing(figure: Figure, title: str, caption: str) -> Drawing:
        drawn.append(figure)
        return made(figure, title, caption)

    monkeypatch.setattr(figures, "drawing", drawing)
    return drawn


def test_a_long_id_over_a_panel_loses_its_middle() -> None:
    long = "cluster_" + "1234567890_" * 12 + "end"
    series = OverSeeds(["fixed"], [(long, "e1"), (long, "e2")], [0, 300], np.ones((1, 2, 2)), np.zeros((1, 2, 2)))
    titles = texts(queue_figure(series, {}, colours(["fixed"]), 300).drawing())
    shown = "cluster_123456…234567890_end"
    assert {f"e1 · {shown}", f"e2 · {shown}"} <= set(titles)
    green = OverSeeds(["fixed"], [(long, 0), ("J2", 0)], [], np.ones((1, 2)), np.zeros((1, 2)))
    titles = [text for text in texts(green_figure(green, [long, "J2"]).drawing()) if text.startswith("signal ")]
    assert titles == [f"signal {shown}", "signal J2"]


def test_an_axis_has_room_for_every_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = kept(monkeypatch)
    places, level = [("J1", "long"), ("J1", "wide")], np.ones((1, 2, 3))
    mean = level * [[[20.0], [10.0]]]
    series = OverSeeds(["fixed"], places, [0, 300, 600], mean, level * [[[1.0], [60.0]]])
    queue_figure(series, {}, colours(["fixed"]), 300).drawing()
    delay([run("fixed", 1, **measures(20.0)), run("fixed", 2, **measures(60.0))])  # 40 ± 254
    queues, delays = drawn
    assert all(axes.get_ylim()[0] <= -50 and axes.get_ylim()[1] >= 70 for axes in queues.axes)
    low_s, high_s = delays.axes[0].get_xlim()
    assert low_s <= 40 - 254
    assert high_s >= 40 + 254


def test_an_axis_begins_at_zero_where_no_interval_reaches_below(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = kept(monkeypatch)
    delay(batch(5))
    queue(batch(1, ("fixed",)))
    assert drawn[0].axes[0].get_xlim()[0] == drawn[1].axes[0].get_ylim()[0] == 0


def test_the_control_delay_of_an_approach_has_the_interval_of_a_ratio() -> None:
    def summaries(record: Mapping[str, object]) -> Summary:
        found = FakeRuns()(record)
        return {**found, "approaches": {**found["approaches"], "vehicles": [500] * 4}}

    records = batch(4, ("fixed",))
    row = approach_rows(records, summaries)[0]
    delays_s = [float(summaries(record)["approaches"]["control_delay_s"][0]) for record in records]
    assert row["n"] == 4
    assert row["control_delay_s_half_width"] == pytest.approx(half_width(delays_s))  # equal weights: the plain mean


def test_an_approach_that_nobody_passed_has_no_delay() -> None:
    def empty(record: Mapping[str, object]) -> Summary:
        found = FakeRuns()(record)
        nobody = {"vehicles": [0] * 4, "control_delay_s": [None] * 4, "los": ["-"] * 4}
        return {**found, "approaches": {**found["approaches"], **nobody}}

    row = approach_rows(batch(3, ("fixed",)), empty)[0]
    assert (row["los"], row["n"], row["vehicles"]) == ("-", 3, 0)
    assert math.isnan(row["control_delay_s"])
    assert math.isnan(row["control_delay_s_half_width"])


def test_an_approach_over_seeds_is_what_pandas_says_of_all_rows() -> None:
    records = batch(25, ("fixed", "actuated"))
    rows = pd.DataFrame(approach_rows(records, FakeRuns(2))).set_index(["label", "signal", "approach"])
    tables = [FakeRuns(2).table(record, "approaches").assign(label=str(record["label"])) for record in records]
    every = pd.concat(tables).groupby(["label", "signal", "approach"], sort=False)
    for key in ("queue_mean_veh", "back_of_queue_p95_m"):
        np.testing.assert_allclose(rows[key], every[key].mean(), rtol=1e-12)
        np.testing.assert_allclose(rows[f"{key}_half_width"], half_widths(every[key].std(), 25), rtol=1e-12)
    assert (rows["n"] == 25).all()
    assert rows["queue_max_veh"].tolist() == every["queue_max_veh"].max().tolist()
    weighted = every.apply(lambda own: (own["control_delay_s"] * own["vehicles"]).sum() / own["vehicles"].sum())
    np.testing.assert_allclose(rows["control_delay_s"], weighted, rtol=1e-12)


def test_runs_of_unlike_length_meet_in_the_steps_of_the_longest() -> None:
    whole, short = run("fixed", 1), run("fixed", 2, end_s=BEGIN_S + 1200)

    def summaries(record: Mapping[str, object]) -> Summary:
        until_s = number(record, "end_s")

        def table(name: str) -> pd.DataFrame:
            found = FakeRuns().table(record, name)
            return found[found["time_s"] < until_s] if name == "queues" else found

        return summary_of(table, until_s - BEGIN_S)

    assert (summaries(whole)["step_s"], summaries(short)["step_s"]) == (300, 60)
    series = queue_series([whole, short], summaries)
    table = FakeRuns().table(short, "queues")
    own = table[(table["approach"] == "e10") & (table["time_s"] < BEGIN_S + 300)]["queue_veh"].sum() / 300
    alone = queue_series([whole], summaries)
    assert 2 * series.mean[0, 0, 0] == pytest.approx(alone.mean[0, 0, 0] + own)
    assert series.begins_s == alone.begins_s


def test_the_shares_of_green_and_intergreen_add_up_to_all_the_time() -> None:
    shares = green_shares(batch(2, ("fixed", "max-pressure")), FakeRuns(2))
    assert shares.places == [(signal, stage) for signal in ("J1", "J2") for stage in (-1, 0, 1, 2, 3)]
    for signal in ("J1", "J2"):
        own = [index for index, place in enumerate(shares.places) if place[0] == signal]
        np.testing.assert_allclose(shares.mean[:, own].sum(axis=1), 1.0)
    main_road, _ = shares.of(("J1", 0))
    assert main_road[0] > main_road[1]


def test_of_many_signals_the_caption_says_how_many_are_shown() -> None:
    drawing = green(batch(1, ("fixed",)), signals=8)
    assert "The 6 of 8 signals with the longest mean queue are shown." in drawing.caption
    titles = [text for text in texts(drawing) if text.startswith("signal ")]
    assert titles == [f"signal J{number}" for number in range(1, 7)]


def test_intergreen_is_in_the_legend() -> None:
    assert "intergreen" in texts(green(batch(1, ("fixed",))))


# Colours


def test_a_controller_keeps_its_colour_in_all_figures() -> None:
    records = batch(2, ("fixed", "actuated"))
    for drawing in (delay(records), queue(records)):
        assert all(colour.lower() in drawing.svg for colour in PALETTE[:2])


def test_more_controllers_than_colours_begin_anew() -> None:
    found = colours([f"c{number}" for number in range(len(PALETTE) + 1)])
    assert found[f"c{len(PALETTE)}"] == found["c0"]
    assert len(set(found.values())) == len(PALETTE)


def test_stages_are_called_as_the_plan_calls_them() -> None:
    records = batch()
    shares = green_shares(records, FakeRuns(2))
    found = texts(green_figure(shares, ["J1", "J2"], {"J1": ["main", "B", "side"]}).drawing())
    assert "signal J1: A main, C side" in found
    assert "signal J2" in found
    long = texts(green_figure(shares, ["J1"], {"J1": ["x" * 90, "y" * 90, "z" * 90]}).drawing())
    title = [text for text in long if "xxx" in text or "zzz" in text]
    assert 1 <= len(title) <= 2
    assert "…" in "".join(title)
    assert all(len(text) <= 100 for text in title)

"""The map: letters and names do not overlap, whatever the network; what has no room is left out and said."""

from itertools import combinations, pairwise

import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tests.reports.diagrams.hand_made import edge, street_of
from zhasyl.network import Network
from zhasyl.reports.diagrams.boxes import Box, overlap, placed
from zhasyl.reports.diagrams.frame import LeftOut, styled
from zhasyl.reports.diagrams.map import LEVELS, junction_delays, map_drawing, map_figure, shades
from zhasyl.reports.diagrams.map_view import MOST_POINTS, marks_pt, roads_shown, view_of

LONG = "Shevchenko street of a very long name"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Box(0, 0, 10, 4), Box(9, 0, 10, 4), True),
        (Box(0, 0, 10, 4), Box(10, 0, 10, 4), False),  # they touch
        (Box(0, 0, 20, 2), Box(0, 8, 20, 2, 90), True),
        (Box(0, 0, 20, 2, 45), Box(7, 0, 20, 2, 45), False),  # side by side, though the boxes about them overlap
        (Box(0, 0, 2, 2), Box(50, 50, 2, 2), False),
    ],
)
def test_boxes_overlap_as_they_are_turned(one: Box, other: Box, expected: bool) -> None:
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


def test_a_label_takes_its_first_free_place_in_the_panel() -> None:
    wanted = [[Box(-1, 5, 6, 2), Box(10, 5, 6, 2), Box(20, 5, 6, 2)], [Box(10, 5, 6, 2)]]
    assert list(placed(wanted, [Box(10, 5, 2, 2)], (40, 10))) == [Box(20, 5, 6, 2), None]


def drawn_boxes(figure: Figure) -> list[list[tuple[str, Box]]]:
    """By panel, the boxes of its texts as the renderer measures them, in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    return [
        [(text.get_text(), _box(axes, index, renderer)) for index, text in enumerate(axes.texts)]
        for axes in figure.axes
    ]


def _box(axes: Axes, index: int, renderer: object) -> Box:
    text = axes.texts[index]
    degrees = text.get_rotation()
    turned = text.get_window_extent(renderer)  # type: ignore[arg-type]
    text.set_rotation(0)
    level = text.get_window_extent(renderer)  # type: ignore[arg-type]
    text.set_rotation(degrees)
    return Box((turned.x0 + turned.x1) / 2, (turned.y0 + turned.y1) / 2, level.width, level.height, degrees)


def slanted() -> Network:
    """A crossing with two more roads at an angle."""
    bare = street_of([("J1", 0)])
    more = {"x": edge("x", [(-150, -150), (150, 120)], LONG), "y": edge("y", [(-9, 99), (9, -99)], "Y")}
    return Network(bare.path, bare.edges | more, {}, bare.connections, {}, {})


NETWORKS = {
    "apart": street_of([("J1", 0), ("J2", 250), ("J3", 500)]),
    "close": street_of([(f"J{n}", 6 * n) for n in range(30)], LONG, LONG + " {}"),
    "many": street_of([(f"J{n}", 160 * n) for n in range(25)]),
    "slanted": slanted(),
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
def test_texts_of_a_map_do_not_overlap_and_are_in_it(network: Network) -> None:
    delays = {label: {name: 12.0 * index for index, name in enumerate(network.signal_links)} for label in ("a", "b")}
    with styled():
        figure, _ = map_figure(dict.fromkeys(delays, network), delays)
        panels = drawn_boxes(figure)
        for axes, boxes in zip(figure.axes, panels, strict=True):
            edge_of = axes.get_window_extent()
            for (first, one), (second, other) in combinations(boxes, 2):
                assert not overlap(one, other), (first, second)
            for text, box in boxes:
                corners = box.corners()
                assert (corners >= (edge_of.x0 - 1, edge_of.y0 - 1)).all(), text
                assert (corners <= (edge_of.x1 + 1, edge_of.y1 + 1)).all(), text
        assert len(figure.axes) == 2
        assert [text for text, _ in panels[0]][:1] == [text for text, _ in panels[1]][:1]  # names at the same places


def test_streets_are_named_once_and_junctions_have_their_letter() -> None:
    with styled():
        figure, remark = map_figure({"a": NETWORKS["apart"]}, {"a": {"J1": 5.0, "J2": 81.0, "J3": float("nan")}})
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(texts) == sorted(["Abay avenue", "J1 street", "J2 street", "J3 street", "A", "F", "–"])
    assert remark == ""


def test_marks_too_close_for_a_letter_have_none_and_it_is_said() -> None:
    found = map_drawing({"a": NETWORKS["close"]}, {"a": dict.fromkeys(NETWORKS["close"].signal_links, 30.0)})
    assert "30 junctions too close to others for a letter" in found.caption
    assert "a: 30 C" in found.caption


def test_two_maps_stand_side_by_side_and_long_ones_one_below_the_other() -> None:
    assert view_of([(0, 0), (1000, 1000)], 2).columns == 2
    assert view_of([(0, 0), (5000, 100)], 2).columns == 1
    assert view_of([(0, 0)], 1).columns == 1


def test_marks_do_not_reach_into_each_other() -> None:
    sizes = marks_pt([(0, 0), (10, 0), (100, 0)])
    assert (sizes[0] + sizes[1]) / 2 <= 10
    assert sizes[2] == 15


def test_a_large_network_is_drawn_with_its_larger_roads() -> None:
    roads = {f"e{n}": edge(f"e{n}", [(n, 0), (n, 900)], lanes=1 + n % 3) for n in range(MOST_POINTS)}
    network = Network(street_of([("J1", 0)]).path, roads, {}, (), {}, {})
    found = roads_shown(network, view_of([(0, 0), (MOST_POINTS, 900)], 4), 4)
    assert sum(len(line) for lines in found.values() for line in lines) <= MOST_POINTS // 4
    assert set(found) == {3}


def test_levels_are_told_apart_by_lightness() -> None:
    light = [0.3 * red + 0.6 * green + 0.1 * blue for red, green, blue in map(rgb, shades().values())]
    assert all(before - after > 0.05 for before, after in pairwise(light))


def rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def test_a_junction_has_the_mean_of_its_vehicles() -> None:
    rows = [
        {"label": "a", "signal": "J1", "vehicles": 30, "control_delay_s": 10.0},
        {"label": "a", "signal": "J1", "vehicles": 10, "control_delay_s": 50.0},
        {"label": "a", "signal": "J2", "vehicles": 0, "control_delay_s": float("nan")},
    ]
    found = junction_delays(rows)["a"]
    assert found["J1"] == 20
    assert found["J2"] != found["J2"]
    assert LEVELS == ("A", "B", "C", "D", "E", "F")


def test_without_a_known_signal_there_is_no_map() -> None:
    with pytest.raises(LeftOut, match="no signal"):
        map_drawing({"a": NETWORKS["apart"]}, {"a": {"elsewhere": 3.0}})

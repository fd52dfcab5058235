"""What is read of a file, in SI units, and how the lanes of an approach come of it."""

from pathlib import Path

import pytest

from tests.scenarios.utdf.given import utdf, with_change, written
from zhasyl.files.sheets import read_sheet
from zhasyl.scenarios.utdf.approach import begins, present, stop_lanes
from zhasyl.scenarios.utdf.balance import balance
from zhasyl.scenarios.utdf.demand import intervals, mean_phf
from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.layout import Layout, pieces_of
from zhasyl.scenarios.utdf.read_town import read_town
from zhasyl.scenarios.utdf.sections import read_sections
from zhasyl.scenarios.utdf.shapes import centre_line, heights, length_m, to_the_right
from zhasyl.scenarios.utdf.town import SIGNAL, Town

FOOT_M, MPH_MPS = 0.3048, 0.44704


def town_of(folder: Path, text: str | bytes | None = None) -> Town:
    path = written(folder, utdf() if text is None else text)
    return read_town(read_sections(path, read_sheet(path)))


def lanes_of(town: Town, up: str, node: str) -> list[tuple[tuple[str, ...], float]]:
    lanes = stop_lanes(town.links[up, node], town.units.default_width_m, Guesses())
    return [(lane.serves, round(lane.bay_m, 1)) for lane in lanes]


def test_feet_and_miles_become_metres_from_the_least_coordinates(tmp_path: Path) -> None:
    town = town_of(tmp_path)
    assert town.places["1"].xy == pytest.approx((1500 * FOOT_M, 1400 * FOOT_M))
    assert (town.places["1"].kind, town.places["1"].name) == (SIGNAL, "Main & Oak")
    link = town.links["11", "1"]
    assert (link.name, link.heading, link.lanes) == ("Main St", "EB", 3)
    assert link.speed_mps == pytest.approx(45 * MPH_MPS)
    assert link.median_m == pytest.approx(12 * FOOT_M)
    left, straight, right = link.groups
    assert (left.width_m, left.storage_m, left.taper_m) == pytest.approx((11 * FOOT_M, 250 * FOOT_M, 80 * FOOT_M))
    assert straight.volume_vph == pytest.approx(770), "Growth 110"
    assert (straight.phf, straight.heavy, right.walkers_ph, right.on_red) == (0.9, 0.1, 10, True)


def test_metres_where_metric_is_1(tmp_path: Path) -> None:
    text = utdf().replace("Metric,0", "Metric,1").replace("DefWidth,12", "DefWidth,3.6")
    text = text.replace("Width,1,12,12,12,12,12,12,11,12,12,11,12,12", "Width,1,3.5,3.5,3,3,3,3,3,3,3,3,3,3")
    town = town_of(tmp_path, text)
    assert town.places["1"].xy == (1500, 1400)
    assert town.links["11", "1"].speed_mps == pytest.approx(12.5)
    assert town.links["13", "1"].groups[0].width_m == 3.5


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "utf-16", "utf-8-sig"])
def test_any_code_page(tmp_path: Path, encoding: str) -> None:
    text = utdf().replace("Main & Oak", "Абай" if encoding != "cp1252" else "Café").encode(encoding)
    assert len(town_of(tmp_path, text).places) == 8


def test_lanes_from_left_to_right_with_bays_and_sharing(tmp_path: Path) -> None:
    town = town_of(tmp_path)
    assert lanes_of(town, "11", "1") == [(("EBL",), 76.2), (("EBT",), 0), (("EBT", "EBR"), 0)]
    assert lanes_of(town, "3", "2") == [(("NET",), 0), (("NET",), 0), (("NER",), 48.8)]
    lanes = stop_lanes(town.links["3", "2"], 3.6, Guesses())
    assert begins(lanes) == [pytest.approx((160 * FOOT_M, 50 * FOOT_M))]
    assert (present(lanes, lanes[2].bay_m), present(lanes, 0.0)) == ([0, 1], [0, 1, 2])


def test_storage_without_lanes_of_storage_is_no_bay(tmp_path: Path) -> None:
    town = town_of(tmp_path, with_change("StLanes,2,,,,,,,,,,1", "StLanes,2,,,,,,,,,,0"))
    assert lanes_of(town, "21", "2")[0] == (("WBL",), 0)


def test_a_movement_with_a_volume_and_no_lane_shares_one_and_is_said(tmp_path: Path) -> None:
    town = town_of(tmp_path, with_change("Shared,1,0,2,,0,2,,0,2", "Shared,1,0,2,,0,2,,0,0"))
    guesses = Guesses()
    lanes = stop_lanes(town.links["11", "1"], 3.6, guesses)
    assert lanes[-1].serves == ("EBT", "EBR")
    assert [(guess.id, guess.value) for guess in guesses.found] == [("11-1", "EBR shares a lane")]


def test_a_curve_has_one_control_point_in_each_direction(tmp_path: Path) -> None:
    town = town_of(tmp_path)
    line = centre_line(town, town.links["13", "1"])
    x, y = line[len(line) // 2]
    assert (x, y) == pytest.approx(((1500 + 45) * FOOT_M, 700 * FOOT_M), abs=2.0), "Bézier, half way"
    back = centre_line(town, town.links["1", "13"])
    assert back[::-1] == [pytest.approx(point) for point in line]


def test_a_line_beside_another_lies_to_its_right() -> None:
    assert to_the_right([(0, 0), (10, 0)], 2) == [(0, -2), (10, -2)]
    assert length_m(to_the_right([(0, 0), (0, 10)], 2)) == 10


def test_grades_become_heights(tmp_path: Path) -> None:
    z_m = heights(town_of(tmp_path, with_change("Grade,1,0,0,0,0", "Grade,1,0,0,2,0")))
    assert z_m["1"] - z_m["11"] == pytest.approx(0.01 * 1500 * FOOT_M, abs=0.1), "2 % one way and 0 % the other"
    assert set(heights(town_of(tmp_path)).values()) == {0.0}


def test_flows_from_end_to_end_make_the_volumes(tmp_path: Path) -> None:
    town = town_of(tmp_path)
    found = balance(town)
    assert found is not None
    assert found.mismatch_link == "3-2", "over the bend"
    assert found.mismatch_vph == pytest.approx(30)
    assert max(found.geh(turn) for turn in found.volumes_vph) < 1
    into = sum(flow for way, flow in found.flows_vph.items() if way[0] == "11-1")
    assert into == pytest.approx((90 + 700 + 50) * 1.1, rel=0.02)


def test_a_town_without_volumes_has_no_flows(tmp_path: Path) -> None:
    text = "\n".join(line for line in utdf().splitlines() if not line.startswith("Volume"))
    assert balance(town_of(tmp_path, text)) is None


def test_neighbours_that_differ_too_much_have_driveways(tmp_path: Path) -> None:
    found = balance(town_of(tmp_path, with_change("Volume,2,100,,80,,,,,,,60,660,,720,110", "Volume,2,100,,80,,,,,,,60,660,,1720,110")))  # noqa: E501  # fmt: skip
    assert found is not None
    assert found.driveways_vph == {"3-2": pytest.approx(970)}
    assert max(found.geh(turn) for turn in found.volumes_vph) < 5


def test_the_busiest_quarter_is_as_busy_as_phf_says(tmp_path: Path) -> None:
    phf = mean_phf(town_of(tmp_path))
    assert 0.9 < phf < 0.92
    parts = intervals(900.0, 60.0, 0.9)
    assert [begin for begin, _, _ in parts] == [0, 900, 1800, 2700, 3600]
    shares = [share for _, _, share in parts[1:]]
    assert (sum(shares) / 4, max(shares)) == pytest.approx((1.0, 1 / 0.9))
    assert {share for _, _, share in intervals(900.0, 30.0, 0.9)} == {1.0}


def test_a_bay_that_is_longer_than_its_link_goes_all_the_way(tmp_path: Path) -> None:
    town = town_of(tmp_path, with_change("Storage,1,150", "Storage,1,1400"))
    layout = Layout(town)
    for link in town.links.values():
        layout.lanes[link.id] = stop_lanes(link, 3.6, town.guesses)
    (piece,) = pieces_of(layout, town.links["13", "1"])
    assert piece.lanes == [0, 1]
    assert [(guess.kind, guess.id, guess.value) for guess in town.guesses.found if guess.kind == "bay"] == [
        ("bay", "13-1", "goes all the way")
    ]


def test_bays_of_two_lengths_begin_one_after_the_other(tmp_path: Path) -> None:
    text = utdf().replace("Lanes,2,1,,1,,,,,,,,1,2,,2,1", "Lanes,2,1,,1,,,,,,,,1,2,,3,1")
    text = text.replace("Storage,2,,,,,,,,,,180,,,,160", "Storage,2,,,300,,,,,,,180,,,,160")
    text = text.replace("StLanes,2,,,,,,,,,,1,,,,1", "StLanes,2,,,1,,,,,,,1,,,,1")
    text = text.replace("Storage,1,150,,,,,,250,,,200,,", "Storage,1,150,,,,,,250,,120,200,,")
    text = text.replace("Lanes,1,1,1,0,1,1,0,1,2,0,1,2,0", "Lanes,1,1,1,0,1,1,0,1,2,1,1,2,0")
    text = text.replace("StLanes,1,1,,,,,,1,,,1,,", "StLanes,1,1,,,,,,1,,1,1,,")
    town = town_of(tmp_path, text)
    layout = Layout(town)
    for link in town.links.values():
        layout.lanes[link.id] = stop_lanes(link, 3.6, town.guesses)
    pieces = pieces_of(layout, town.links["11", "1"])
    assert [(piece.edge, piece.lanes) for piece in pieces] == [
        ("11-1", [1, 2]), ("11-1.1", [0, 1, 2]), ("11-1.2", [0, 1, 2, 3])]  # fmt: skip
    assert [(piece.begin, piece.end) for piece in pieces] == [("11", "11-1.1"), ("11-1.1", "11-1.2"), ("11-1.2", "1")]
    assert length_m(pieces[1].line) < (250 - 120) * FOOT_M + 1

"""Hourly volumes, classes by tonnage, reduced volumes, Synchro's combined file and SCATS: what becomes of them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.counts.count import Found
from zhasyl.scenarios.counts.placed import place_counts
from zhasyl.scenarios.counts.read import read_found
from zhasyl.scenarios.counts.sheets.grid import Given
from zhasyl.scenarios.counts.sheets.peak_hour import heavy_and_light, quarters
from zhasyl.scenarios.counts.sheets.reduced import read_coefficients
from zhasyl.sumo.net_file import read_network

TinyNetwork = Callable[[str], Path]


def written(folder: Path, text: str, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def hourly(found: Found) -> dict[tuple[str, str, str], int]:
    said: Counter[tuple[str, str, str]] = Counter()
    for count in found.counts:
        said[count.approach, count.movement, count.vehicle_class] += count.vehicles
    return dict(said)


@pytest.fixture
def network(tiny_network: TinyNetwork) -> Network:
    return read_network(load_scenario(str(tiny_network("crossroads-shared-lanes"))).net_file)


@given(st.integers(0, 3000), st.floats(0.25, 1.0))
def test_the_quarters_of_an_hour_add_up_and_the_second_is_the_busiest_as_the_hcm_has_it(
    vehicles: int, factor: float
) -> None:
    parts = quarters(vehicles, factor)
    assert (len(parts), sum(parts)) == (4, vehicles)
    assert parts[1] == min(vehicles, round(vehicles / (4 * factor)))
    assert min(parts) >= 0
    assert max(parts) <= parts[1] + 1


def test_heavy_vehicles_are_their_share() -> None:
    assert heavy_and_light(950, 4.0) == (38, 912)


BY_ROW = """Peak hour: 7:30 - 8:30 AM
Approach;Movement;Volume (vph);PHF;% HV;Storage
Northbound;L;100;0.8;10;120
;T;400;0,9;2;
Southbound;Right;40;;0;
Total;;540;;;
"""
BY_COLUMN = """Lanes, Volumes, Timings
Movement;EBL;EBT;WBR
Lane Configurations;1;2;1
Traffic Volume (vph);100;400;40
Peak Hour Factor;0.80;0.90;
Heavy Vehicles (%);10%;2%;0%
"""


def test_volumes_with_factors_become_quarters_of_cars_and_trucks(tmp_path: Path) -> None:
    found = read_found(written(tmp_path, BY_ROW))
    assert hourly(found) == {
        ("NB", "left", "truck"): 10, ("NB", "left", "car"): 90, ("NB", "straight", "truck"): 8,
        ("NB", "straight", "car"): 392, ("SB", "right", "car"): 40,
    }  # fmt: skip
    left = [c.vehicles for c in found.counts if (c.movement, c.vehicle_class) == ("left", "car")]
    assert left == [21, 28, 21, 20]  # 90 / (4 * 0.8) = 28
    assert {c.begin_s for c in found.counts} == {27_000, 27_900, 28_800, 29_700}
    assert [remark.partition(": ")[2] for remark in found.remarks] == [
        "columns not read: F 'Storage'", "1 of 3 volumes have no PHF; their quarters are taken to be equal",
    ]  # fmt: skip


def test_volumes_in_columns_are_the_same(tmp_path: Path) -> None:
    found = read_found(written(tmp_path, BY_COLUMN))
    assert sorted(hourly(found).values()) == sorted(hourly(read_found(written(tmp_path, BY_ROW))).values())
    assert any("the hour is taken to begin at 8:00" in remark for remark in found.remarks)
    assert any("rows not read: 3 'Lane Configurations'" in remark for remark in found.remarks)


def test_a_share_of_a_cell_that_shows_per_cent_is_one(tmp_path: Path) -> None:
    text = "Movement,Hourly volume (veh/h),Peak-hour factor,Heavy vehicles (%)\nNBL,100,0.9,0.1\nSBT,200,0.9,0.04\n"
    found = read_found(written(tmp_path, text))
    assert hourly(found)["NB", "left", "truck"] == 10
    assert any("shares of heavy vehicles of 0.1 at most are taken for parts of 1" in remark for remark in found.remarks)


def test_a_long_table_may_have_a_column_for_each_class(tmp_path: Path) -> None:
    text = "junction,approach,movement,begin,end,car,truck,bus\n1,NB,left,7:00,8:00,30,4,2\n"
    assert hourly(read_found(written(tmp_path, text))) == {
        ("NB", "left", "car"): 30, ("NB", "left", "truck"): 4, ("NB", "left", "bus"): 2,
    }  # fmt: skip


def test_columns_of_a_wide_table_may_have_classes_as_in_torontos_open_data(tmp_path: Path) -> None:
    text = (
        "count_date,location,px,start_time,end_time,nb_cars_l,nb_truck_l,nb_bus_t,sb_cars_r,nx_peds,wx_bike,total_vehicle\n"
        "2026-09-02,A St / B St,12,2026-09-02T07:00:00,2026-09-02T07:15:00,30,4,2,9,11,3,45\n"
    )
    found = read_found(written(tmp_path, text))
    assert hourly(found) == {
        ("NB", "left", "car"): 30, ("NB", "left", "truck"): 4, ("NB", "straight", "bus"): 2, ("SB", "right", "car"): 9,
    }  # fmt: skip
    assert [(c.arm, c.kind, c.people) for c in found.crossings] == [("SB", "pedestrian", 11), ("EB", "bicycle", 3)]
    assert {(c.begin_s, c.end_s, c.place.date) for c in found.counts} == {(25_200, 26_100, "2026-09-02")}
    assert found.remarks == ("counts.csv: columns not read: B 'location', C 'px'",)


def test_times_may_run_across(tmp_path: Path) -> None:
    text = (
        "Main & Side;;;;\nApproach;Movement;7:00 AM;7:15 AM;Total\nNorthbound;Left;1;2;3\n;Thru;3;4;7\n;Peds;5;6;11\n"
        "Southbound;Right;7;8;15\nTotal;;16;20;36\n"
    )
    found = read_found(written(tmp_path, text))
    assert [(c.approach, c.movement, c.begin_s, c.vehicles) for c in found.counts] == [
        ("NB", "left", 25_200, 1), ("NB", "left", 26_100, 2), ("NB", "straight", 25_200, 3),
        ("NB", "straight", 26_100, 4), ("SB", "right", 25_200, 7), ("SB", "right", 26_100, 8),
    ]  # fmt: skip
    assert [(c.arm, c.people) for c in found.crossings] == [("NB", 5), ("NB", 6)]
    with pytest.raises(ScenarioError, match=r"row 3 column 4: count 'x' is not a whole number"):
        read_found(written(tmp_path, text.replace("Left;1;2", "Left;1;x")))


def test_a_sheet_of_classes_may_be_a_direction(tmp_path: Path) -> None:
    text = "Направление: 1-3\nЧасы суток;Легковые;Грузовые;Автобусы;Всего\n8-9;40;5;2;47\n9-10;50;6;1;57\n"
    found = read_found(written(tmp_path, text))
    assert hourly(found) == {("1", "to 3", "car"): 90, ("1", "to 3", "truck"): 11, ("1", "to 3", "bus"): 3}


TONNAGE = """Ведомость учёта интенсивности движения;;;;;;;;
Перекрёсток: Абая - Сейфуллина;;;;;;;;
Направление;Время;Легковые;Грузовые, т;;;Автобусы;Троллейбусы;Приведённая интенсивность
;;;до 2;2–6;св. 14;;;
С-Ю;8-9;412;20;11;1;18;4;531
Ю-С;8-9;300;10;5;0;18;4;402
Итого;;712;30;16;1;36;8;933
"""
REDUCED = TONNAGE.replace("интенсивности движения;", "приведённой интенсивности движения;")


def test_tonnages_are_trucks_and_reduced_volumes_beside_counts_are_not_read(tmp_path: Path, network: Network) -> None:
    path = written(tmp_path, TONNAGE)
    found = read_found(path)
    assert hourly(found) == {
        ("SB", "to Ю", "car"): 412, ("SB", "to Ю", "truck"): 32, ("SB", "to Ю", "bus"): 22,
        ("NB", "to С", "car"): 300, ("NB", "to С", "truck"): 15, ("NB", "to С", "bus"): 22,
    }  # fmt: skip
    assert any("columns not read: I 'Приведённая интенсивность'" in remark for remark in found.remarks)
    placed = place_counts(path, found.counts, network)
    assert {(p.turn[0], p.count.vehicle_class): p.count.vehicles for p in placed.counts} == {
        ("north-in", "car"): 412, ("north-in", "truck"): 32, ("north-in", "bus"): 22,
        ("south-in", "car"): 300, ("south-in", "truck"): 15, ("south-in", "bus"): 22,
    }  # fmt: skip


def test_reduced_volumes_are_vehicles_by_stated_coefficients_only(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioError, match=r"row 5 column 3: '412' of 'Легковые' is reduced .* no coefficient is stated"
    ):
        read_found(written(tmp_path, REDUCED))
    stated = REDUCED.replace("С-Ю", "Коэффициент приведения;;1;1,3;1,4;2;2,5;3;\nС-Ю", 1)
    by_row = read_found(written(tmp_path, stated))
    table = written(tmp_path,
        "класс;коэффициент\nлегковые;1\nгрузовые до 2 т;1,3\nтроллейбусы;3\nавтобусы;2,5\nтруck;2\n",
                    "k.csv")  # fmt: skip
    with pytest.raises(ScenarioError, match=r"k\.csv row 6 column 1: 'труck' is no class"):
        read_coefficients(table)
    known = {"car": 1.0, "bus": 2.5, "троллейбусы": 3.0, "truck": 1.4}
    by_table = read_found(written(tmp_path, REDUCED), Given(coefficients=known))
    assert hourly(by_row)["SB", "to Ю", "bus"] == round(18 / 2.5) + round(4 / 3)
    assert hourly(by_row)["SB", "to Ю", "truck"] == round(20 / 1.3) + round(11 / 1.4) + round(1 / 2)
    assert hourly(by_table)["SB", "to Ю", "bus"] == hourly(by_row)["SB", "to Ю", "bus"]
    assert any("divided by the coefficients stated: легковые 1, " in remark for remark in by_table.remarks)


COMBINED = """[Network],,,,
RECORDNAME,DATA,,,
Metric,0,,,
[Lanes],,,,
RECORDNAME,INTID,NBL,NBT,SBR
Up Node,centre,,,
Dest Node,centre,,,
Volume,centre,50,200,30
PHF,centre,0.90,0.90,0.90
Growth,centre,110,100,100
HV,centre,2,10,0
Volume,77,9,9,9
"""


def test_synchros_volumes_are_grown_and_shared(tmp_path: Path, network: Network) -> None:
    path = written(tmp_path, COMBINED)
    found = read_found(path, Given(network=network))
    assert hourly(found) == {
        ("NB", "left", "truck"): 1, ("NB", "left", "car"): 54, ("NB", "straight", "truck"): 20,
        ("NB", "straight", "car"): 180, ("SB", "right", "car"): 30,
    }  # fmt: skip
    assert any("1 nodes are no junctions of the scenario and left out: 77" in remark for remark in found.remarks)
    assert len(place_counts(path, found.counts, network).counts) == 5 * 4


def test_a_node_says_where_a_movement_comes_from_and_goes_to(tmp_path: Path, network: Network) -> None:
    edges = network.edges
    up, down = edges["east-in"].from_junction, edges["west-out"].to_junction
    text = COMBINED.replace("Up Node,centre,,,", f"Up Node,centre,{up},,").replace(
        "Dest Node,centre,,,", f"Dest Node,centre,{down},,")  # fmt: skip
    path = written(tmp_path, text)
    placed = place_counts(path, read_found(path, Given(network=network)).counts, network)
    assert {p.turn for p in placed.counts if p.count.movement == "left"} == {("east-in", "west-out")}


V = ",".join(f"V{number:02}" for number in range(96))


def archive(*rows: tuple[str, str, list[int]]) -> str:
    lines = [f"NB_SCATS_SITE,QT_INTERVAL_COUNT,NB_DETECTOR,{V},NM_REGION,CT_RECORDS,QT_VOLUME_24HOUR,CT_ALARM_24HOUR"]
    lines += [f"0012,2026-09-02,{detector},{','.join(map(str, values))},X,96,1,0" for _, detector, values in rows]
    return "\n".join(lines) + "\n"


def test_an_archive_of_scats_counts_what_its_lanes_do(tmp_path: Path, network: Network) -> None:
    path = written(tmp_path, archive(("", "1", [30] * 96), ("", "2", [7] * 95 + [-1]), ("", "9", [5] * 96)))
    lanes = written(tmp_path, "site,detector,lane,movement,share\n12,1,west-in_0,straight,0.9\n"
                    "12,1,west-in_0,right,0.1\n12,2,south-in_0,,\n", "lanes.csv")  # fmt: skip
    with pytest.raises(ScenarioError, match="names detectors and no lanes; give --detectors"):
        read_found(path)
    found = read_found(path, Given(network=network, detectors=lanes))
    placed = place_counts(path, found.counts, network)
    at_eight = {p.turn: p.count.vehicles for p in placed.counts if p.count.begin_s == 28_800}
    assert at_eight == {
        ("west-in", "east-out"): 27, ("west-in", "south-out"): 3,
        ("south-in", "north-out"): 2, ("south-in", "west-out"): 2, ("south-in", "east-out"): 2,
    }  # fmt: skip
    said = " | ".join(found.remarks)
    assert "1 rows of detectors that --detectors does not name are not read: 12/9" in said
    assert "shared evenly among them: south-in_0" in said
    assert "detector 12/2 did not count for 3 quarters" in said

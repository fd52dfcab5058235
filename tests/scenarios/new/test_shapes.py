"""Junctions of all shapes: their links and stages; slow: they run under any controller and carry what they say."""

import csv
import json
import shutil
from pathlib import Path

import pytest

import zhasyl
from tests.scenarios.new.shapes import (
    BAYS,
    CORRIDOR,
    FIVE,
    HILL,
    ISLANDS,
    ONE_WAY_PAIR,
    SHAPES,
    STAGED,
    TEE,
    WYE,
    table,
)
from tests.test_tutorial import ROOT, steps
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.check import check_scenario
from zhasyl.scenarios.compile.scenario import compile_scenario
from zhasyl.scenarios.new.junction import Sketch, new_junction, sketched
from zhasyl.scenarios.new.saturation import turn_volumes
from zhasyl.scenarios.new.stages import stages_of
from zhasyl.scenarios.tables.read import read_tables
from zhasyl.sumo.net_file import read_network

Capture = pytest.CaptureFixture[str]
PAGE = ROOT / "docs" / "own-junction.md"
CONTROLLERS = "fixed,webster,actuated,max-pressure,rolling-horizon"
ABOVE = 1.12  # SUMO's cars discharge up to 9 % more than the 1800 veh/h that are assumed


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path_factory.mktemp("cache")))


def sketch(folder: Path, text: str) -> Sketch:
    (folder / "arms.csv").write_text(text, "utf-8")
    return sketched(folder / "arms.csv")


def stages(drawn: Sketch, site: str = "junction") -> dict[str, tuple[str, str]]:
    """Stage → its greens and its crossings, in words."""
    found = stages_of(drawn.places.sites[site], drawn.streams, drawn.crossings[site], drawn.volumes)
    return {
        one.name: (" ".join(f"{arm.row.approach}:{'+'.join(movements)}" for arm, movements in one.greens),
                   " ".join(crossing.id for crossing in one.crossings))
        for one in found
    }  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_at_a_t_junction_the_straight_movement_runs_with_the_protected_left(tmp_path: Path) -> None:
    assert stages(sketch(tmp_path, TEE)) == {
        "eb_wb": ("EB:straight+right WB:straight", "nb_crossing"),
        "eb_wb_left": ("WB:left+straight", ""),
        "nb": ("NB:left+right", "wb_crossing"),
    }


def test_a_fifth_arm_has_a_stage_of_its_own(tmp_path: Path) -> None:
    drawn = sketch(tmp_path, FIVE)
    assert [*stages(drawn)] == ["eb_wb", "eb_wb_left", "diagonal", "nb_sb"]
    exits = {(one.arm.id, one.exit.id): (one.movement, one.lanes) for one in drawn.streams["sb"]}
    assert exits == {
        ("sb", "wb"): ("left", (2,)), ("sb", "nb"): ("straight", (2,)), ("sb", "eb"): ("right", (1,)),
        ("sb", "diagonal"): ("right", (1,)),
    }  # fmt: skip
    assert drawn.volumes["sb", "diagonal"] == 50


def test_half_a_crossing_between_junctions_is_walked_while_the_other_direction_drives(tmp_path: Path) -> None:
    assert stages(sketch(tmp_path, STAGED)) == {
        "eb_wb": ("EB:straight WB:straight", ""),
        "walk_wb": ("WB:straight", "eb_crossing_in"),
        "walk_eb": ("EB:straight", "eb_crossing_out"),
    }


def test_crossings_alone_are_walked_together(tmp_path: Path) -> None:
    found = stages(sketch(tmp_path, SHAPES["all-red"]))
    assert found["walk"] == ("", "eb_crossing_in eb_crossing_out wb_crossing nb_crossing")
    assert {crossings for name, (_, crossings) in found.items() if name != "walk"} == {""}


def test_a_slip_lane_is_in_no_stage(tmp_path: Path) -> None:
    found = stages(sketch(tmp_path, BAYS))
    assert found["eb_wb"][0] == "EB:straight WB:straight+right"
    assert found["eb_wb_left"][0] == "EB:left WB:left+u-turn"


def test_a_one_way_pair_is_two_signals_120_m_apart(tmp_path: Path) -> None:
    drawn = sketch(tmp_path, ONE_WAY_PAIR)
    assert [site.arms[0].centre for site in drawn.places.sites.values()] == [(0.0, 0.0), pytest.approx((120.0, 0.0))]
    assert [*stages(drawn, "A")] == ["eb_wb", "eb_wb_left", "sb"]
    assert drawn.roads.leaving["a_wb"] == drawn.roads.arriving["b_eb"]


def test_a_wide_neighbour_that_nearly_goes_straight_on_does_not_move_a_stop_line(tmp_path: Path) -> None:
    text = table(
        "angle_deg",
        "EB,Main street,straight|straight|straight|straight,4,3.5,60,,900,,270",
        "WB,Main street,left|straight,4,3.5,60,100,500,,92",
        "NB,Side street,left|right,1,3.5,50,100,,100,180",
    )
    drawn = sketch(tmp_path, text)
    (site,) = drawn.places.sites.values()
    stops_m = {arm.id: site.stop_m(arm) for arm in site.arms}
    assert stops_m["wb"] == pytest.approx(28.0 / 2 + 6, abs=0.1), "half of the arm across, and the corner"
    assert stops_m["nb"] == pytest.approx(28.0 / 2 + 6, abs=0.5)


def test_an_arm_called_like_a_stage_has_another_name_there(tmp_path: Path) -> None:
    text = WYE.replace("A,North", "walk,North").replace("walkers_ph", "crossing").replace("240,60", "240,alone")
    assert sorted(stages(sketch(tmp_path, text.replace(",60\n", ",\n")))) == ["b", "c", "walk", "walk_2"]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_crossing_and_every_movement_is_in_a_stage(tmp_path: Path, shape: str) -> None:
    drawn = sketch(tmp_path, SHAPES[shape])
    for name, site in drawn.places.sites.items():
        found = stages_of(site, drawn.streams, drawn.crossings[name], drawn.volumes)
        walked = [crossing for one in found for crossing in one.crossings]
        assert sorted(one.id for one in walked) == sorted(one.id for one in drawn.crossings[name])
        green = {(arm.id, movement) for one in found for arm, own in one.greens for movement in own}
        shown = {(one.arm.id, one.movement) for arm in site.arms for one in drawn.streams[arm.id] if not one.gives_way}
        assert green == shown


def test_bays_and_grades_are_in_the_network(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "arms.csv").write_text(BAYS, "utf-8")
    assert status(["scenario", "new", str(tmp_path / "arms.csv"), "--out", str(tmp_path / "made"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["checked"]["error"], said["highest_saturation"] < 0.95) == (0, True)
    degrees = {(one["approach"], *one["turns"]): one["degree"] for one in said["saturation"]}
    assert degrees["eb_in", "right"] is None
    assert 0 < degrees["eb_in", "left"] < 1
    network = read_network(load_scenario(str(tmp_path / "made")).net_file)
    lengths = {name: edge.length_m for name, edge in network.edges.items() if edge.function == "normal"}
    assert lengths["eb_in"] == pytest.approx(40, abs=2)
    assert lengths["eb_in"] + lengths["eb_in_2"] + 8 == pytest.approx(60, abs=2)
    ways = [c for c in network.outgoing["eb_in"] if not network.is_pedestrian(c)]
    assert {c.to_edge for c in ways if not c.signal} == {"nb_arm_out"}
    heights = {row["id"]: float(row["height_m"]) for row in rows(tmp_path / "made" / "junctions.csv")}
    assert (heights["junction"], heights["eb_end"], heights["sb_end"]) == (0.0, -9.0, 6.0)


def test_junctions_in_a_row_have_one_cycle_and_offsets_by_travel_time(tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text(CORRIDOR, "utf-8")
    (tmp_path / "made").mkdir()
    made = new_junction(tmp_path / "arms.csv", tmp_path / "made", "corridor", "Corridor")
    plan = rows(tmp_path / "made" / "plan.csv")
    cycles = {
        signal: sum(float(row["green_s"]) + 5 for row in plan if row["signal"] == signal) for signal in made.offsets_s
    }
    assert cycles == dict.fromkeys("ABC", made.cycle_s)
    assert made.offsets_s == {"A": 0.0, "B": 21.0, "C": 38.0}  # 350 and 280 m at 60 km/h, eastbound
    assert made.highest < 0.95


def test_who_turns_back_between_junctions_drives_on_from_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text(HILL, "utf-8")
    (tmp_path / "made").mkdir()
    made = new_junction(tmp_path / "arms.csv", tmp_path / "made", "hill", "Hill")
    tables = read_tables(tmp_path / "made")
    volumes = turn_volumes(tables)
    arriving = sum(per_hour for (_, link), per_hour in volumes.items() if link == "b_eb_in")
    assert volumes["b_eb_in", "a_wb_in_2"] == pytest.approx(arriving * 40 / 850, rel=0.02)
    assert {one.signal for one in made.loaded} == {"A", "B"}
    heights = {row["id"]: float(row["height_m"]) for row in rows(tmp_path / "made" / "junctions.csv")}
    assert (heights["A"], heights["B"]) == (0.0, 7.0)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_runs_under_any_controller(tmp_path: Path, capsys: Capture, shape: str) -> None:
    (tmp_path / "arms.csv").write_text(SHAPES[shape], "utf-8")
    out = str(tmp_path / "made")
    assert status(["scenario", "new", str(tmp_path / "arms.csv"), "--out", out]) == 0
    assert "checked: 0 errors" in capsys.readouterr().out
    results = ["--out", str(tmp_path / "results"), "--json"]
    assert status(["compare", out, "--controllers", CONTROLLERS, "--seeds", "1", *results]) == 0
    walked = "walkers_ph" in SHAPES[shape]
    for run in json.loads(capsys.readouterr().out)["runs"]:
        assert (run["status"], run["faults"], run["violations"], run["uncontrolled"]) == ("done", [], 0, {}), run
        assert run["arrived_veh"] > (0.9 if run["controller"] == "fixed" else 0.6) * run["loaded_veh"]
        assert not walked or run["walker_delay_s"] < 180


@pytest.mark.slow
@pytest.mark.parametrize(("main_vph", "side_vph", "crowded"), [(1800, 1100, False), (2300, 1500, True)])
def test_the_saturation_said_is_what_the_junction_carries(
    tmp_path: Path, main_vph: int, side_vph: int, crowded: bool
) -> None:
    """Below 1 all are served in the hour; above it as many as saturation flow times split, up to 12 % more."""
    volumes = {"EB": main_vph, "WB": main_vph, "NB": side_vph, "SB": side_vph}
    arms = (f"{arm},Street,straight|straight,2,3.5,60,,{volume},,no" for arm, volume in volumes.items())
    (tmp_path / "arms.csv").write_text(table("crossing", *arms), "utf-8")
    (tmp_path / "made").mkdir()
    made = new_junction(tmp_path / "arms.csv", tmp_path / "made", "cross", "Cross")
    assert (made.highest > 1.1) == crowded
    found = zhasyl.run(str(tmp_path / "made"), "fixed", seed=1, out=str(tmp_path / "results")).table("movements")
    sums = found.groupby("approach")[["volume_veh", "served_veh"]].sum().itertuples()
    served = {approach: (float(volume), float(carried)) for approach, volume, carried in sums}
    for one in made.loaded:
        assert one.degree
        volume, carried = served[one.approach]
        if crowded:
            assert one.volume_vph / one.degree < carried < ABOVE * one.volume_vph / one.degree
        else:
            assert carried == pytest.approx(volume, rel=0.03)


@pytest.mark.slow
def test_a_bay_that_is_too_short_is_full_in_the_report(tmp_path: Path) -> None:
    found = {}
    for storage_m in (20, 120):
        folder = tmp_path / str(storage_m)
        (folder / "made").mkdir(parents=True)
        (folder / "arms.csv").write_text(BAYS.replace("left 60", f"left {storage_m}"), "utf-8")
        new_junction(folder / "arms.csv", folder / "made", "bay", "Bay")
        groups = zhasyl.run(str(folder / "made"), "fixed", seed=1, out=str(folder / "results")).table("lane_groups")
        (bay,) = groups[groups["lane_group"] == "junction/eb_in/2"].to_dict("records")
        assert bay["storage_m"] == pytest.approx(storage_m, abs=3)
        found[storage_m] = float(bay["full_share"])
    assert found[20] > 0.2 > found[120]


def test_an_excel_table_is_read_as_the_same_csv(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["notes", "made up"])
    sheet = book.create_sheet("arms")
    for line in csv.reader(FIVE.splitlines()):
        sheet.append([float(cell) if cell.replace(".", "").isdecimal() else cell or None for cell in line])
    book.save(tmp_path / "arms.xlsx")
    assert stages(sketched(tmp_path / "arms.xlsx")) == stages(sketch(tmp_path, FIVE))
    assert sketched(tmp_path / "arms.xlsx").volumes == sketch(tmp_path, FIVE).volumes


def test_semicolons_and_decimal_commas_are_read(tmp_path: Path) -> None:
    text = TEE.replace(",", ";").replace("3.5", "3,5").replace("3.25", "3,25")
    assert sketch(tmp_path, text).places == sketch(tmp_path, TEE).places


def test_rows_of_commas_at_the_end_are_no_arms(tmp_path: Path) -> None:
    ends = TEE + "," * TEE.splitlines()[0].count(",") + "\n,,,\n" + "," * 40 + "\n"
    assert [arm.id for arm in sketch(tmp_path, ends).places.arms] == ["eb", "wb", "nb"]


def test_a_fault_in_excel_names_sheet_and_row(tmp_path: Path, capsys: Capture) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "arms"
    for line in csv.reader(TEE.replace(",160,", ",-160,").splitlines()):
        book.active.append(line)
    book.save(tmp_path / "arms.xlsx")
    assert status(["scenario", "new", str(tmp_path / "arms.xlsx"), "--out", str(tmp_path / "made")]) == 2
    assert "arms.xlsx sheet 'arms' row 4: left_vph '-160'" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_the_tables_of_the_page_are_junctions(tmp_path: Path) -> None:
    named = {step.name: step.text for step in steps(PAGE.read_text("utf-8")) if step.name}
    assert [*named] == ["tee.csv", "five.csv", "staged.csv", "corridor.csv"]
    assert [len(sketch(tmp_path, text).places.arms) for text in named.values()] == [3, 5, 2, 11]
    assert all((PAGE.parent / f"shape-{name.removesuffix('.csv')}.png").is_file() for name in named)


def test_islands_need_no_stage_more_than_lefts_have(tmp_path: Path) -> None:
    found = stages(sketch(tmp_path, ISLANDS))
    assert found["eb_wb_left"][1] == "wb_crossing_out"
    assert "walk" not in found


def test_lefts_that_face_each_other_keep_apart(tmp_path: Path) -> None:
    """Over islands of 6 m netconvert's own ways meet; without ours the check says so."""
    rows = [f"{name},Road,left|straight|straight,2,3.5,50,150,300,,6,no" for name in ("NB", "SB", "EB", "WB")]
    (tmp_path / "arms.csv").write_text(table("island_m,crossing", *rows))
    folder = tmp_path / "made"
    folder.mkdir()
    new_junction(tmp_path / "arms.csv", folder, "lefts", "Lefts")
    turns = read_tables(folder).turns.rows
    assert {turn.movement: {len(one.path) for one in turns if one.movement == turn.movement} for turn in turns} == {
        "left": {12}, "straight": {0}}  # fmt: skip
    assert "lefts-cross" not in {finding.check for finding in check_scenario(compile_scenario(folder))}
    lines = (folder / "turns.csv").read_text().splitlines()
    (folder / "turns.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n")
    found = [one for one in check_scenario(compile_scenario(folder)) if one.check == "lefts-cross"]
    assert len(found) == 2
    assert all("together with" in one.what for one in found)


def test_a_path_is_of_one_lane(tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "scenarios" / "abay-seifullin", tmp_path / "made")
    header, first, *rest = (folder / "turns.csv").read_text().splitlines()
    (folder / "turns.csv").write_text("\n".join([f"{header},path", f"{first},43.2 76.9", *(f"{row}," for row in rest)]))
    with pytest.raises(
        ScenarioError, match=r"turns\.csv row 2: a path of 1 points for \d lanes?; give each lane its own"
    ):
        read_tables(folder)

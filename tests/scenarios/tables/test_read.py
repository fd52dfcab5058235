"""Faults in a scenario's tables are named by file and row, in one line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.load import BUILT_IN_FOLDER
from zhasyl.scenarios.new.webster import lane_groups, movement_volumes, signal_timing
from zhasyl.scenarios.tables.read import read_tables

SHIPPED = BUILT_IN_FOLDER / "abay-seifullin"
Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the shipped scenario in which one text of one file is replaced by another."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "copy"
        shutil.copytree(SHIPPED, folder)
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
        return folder

    return edit


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("links.csv", "id,from", "id,frm", "links.csv row 1: no column 'frm'. Did you mean 'from'?"),
        ("volumes.csv", "general,1370", "general,-1", "volumes.csv row 2: volume_vph '-1': input should be greater"),
        ("volumes.csv", "general,1370", "general,many", "volumes.csv row 2: volume_vph 'many': it is not a number"),
        (
            "volumes.csv",
            "general,1370",
            "general,nan",
            "volumes.csv row 2: volume_vph 'nan': it is not a finite",
        ),
        ("volumes.csv", "abay_eb_far,", "abay_eb,", "volumes.csv row 2: no entry link 'abay_eb'. Did you mean"),
        ("volumes.csv", "general,1370,", "general,1370,x,", "volumes.csv row 2: not as many cells as columns"),
        ("links.csv", "abay_eb_start,", "nowhere,", "links.csv row 2: no junction 'nowhere'."),
        ("links.csv", "43.2412359 76.9310182;", "43.2409713 76.9273591;", "links.csv row 2: geometry of 'abay_eb_far'"),
        ("links.csv", "4,1,3.5", "4,5,3.5", "links.csv row 2: bus_lane 5 of 4 lanes"),
        ("links.csv", "4,1,3.5", "0,,3.5", "links.csv row 2: 'abay_eb_far' has no lanes: a footway needs a sidewalk_m"),
        ("plan.csv", "abay_eb:left abay_wb:left,", ",", "plan.csv row 3: stage 'abay_left' shows nobody green"),
        ("turns.csv", "\nabay_eb,4,", "\nabay_eb,5,", "turns.csv row 20: lane 5 of 'abay_eb', which has 4"),
        ("turns.csv", "abay_eb_exit,2", "abay_wb,2", "turns.csv row 18: 'abay_eb' ends at 'abay_seifullin', 'aba"),
        ("turning.csv", "0.13,0.77", "0.13,0.78", "turning.csv row 2: left + straight + right = 1.01, must be 1"),
        ("vehicles.csv", "truck,0.04", "truck,0.05", "vehicles.csv row 3: shares of mix 'general' = 1.01, must"),
        ("profile.csv", "64800,65700", "64900,65700", "profile.csv row 3: 64900 to 65700 s must begin at 64800"),
        ("plan.csv", ",,14,3,2", ",,6,3,2", "plan.csv row 3: green_s 6 is below the least of 7 s"),
        ("plan.csv", ",,14,3,2", ",,14,2,2", "plan.csv row 3: yellow_s 2 is below the least of 3 s"),
        ("plan.csv", ",,14,3,2,0", ",,14,3,2,9", "plan.csv: signal 'abay_seifullin' has 2 offsets"),
        ("plan.csv", "abay_eb:left ", "", "plan.csv: 'abay_eb:left' is never green"),
        ("plan.csv", "north south", "north", "plan.csv: crossing 'south' is never green"),
        ("plan.csv", "north south", "north west", "plan.csv row 2: no crossing of 'abay_seifullin' 'west'"),
        ("crossings.csv", "abay_eb,4", "abay_eb_far,4", "crossings.csv row 2: link 'abay_eb_far' does not touch"),
        ("scenario.toml", "min_green_s = 7", "min_green_s = 'x'", "scenario.toml: signals.min_green_s: Input should"),
        ("scenario.toml", "walk_s = 5", "wlak_s = 5", "scenario.toml: signals.walk_s: Field required"),
        ("scenario.toml", "end_s = 68400", "end_s = 100", "scenario.toml: period 64800 to 100 s"),
        ("scenario.toml", "[period]", "[period", "scenario.toml, line 5: no valid TOML"),
    ],
)
def test_a_fault_is_named_by_file_and_row(edited: Edit, file: str, old: str, new: str, said: str) -> None:
    folder = edited(file, old, new)
    with pytest.raises(ScenarioError) as caught:
        read_tables(folder)
    assert str(caught.value).startswith(f"copy/{said}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file", ["scenario.toml", "junctions.csv", "plan.csv", "assumptions.csv"])
def test_a_missing_file_is_named(edited: Edit, file: str) -> None:
    folder = edited("scenario.toml", "abay-seifullin", "other")
    (folder / file).unlink()
    with pytest.raises(ScenarioError, match=f"^copy/{file} is missing"):
        read_tables(folder)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no scenario folder"):
        read_tables(tmp_path / "none")


def test_the_shipped_plan_is_webster_s() -> None:
    tables = read_tables(SHIPPED)
    timing = signal_timing(tables, "abay_seifullin")
    rules = tables.settings.saturation
    assert timing.webster_cycle_s > 120  # so the plan has the longest cycle the norm allows
    assert timing.cycle_s == 120
    assert 0.85 <= timing.critical_saturation <= 0.95
    for stage in tables.plan.rows:
        shown_s = timing.effective_greens_s(timing.cycle_s)[stage.stage]
        intergreen_s = stage.yellow_s + stage.all_red_s
        assert stage.green_s == pytest.approx(shown_s + rules.lost_time_per_stage_s - intergreen_s, abs=0.6)


def test_no_lane_group_is_above_the_critical_saturation_by_rounding() -> None:
    tables = read_tables(SHIPPED)
    timing = signal_timing(tables, "abay_seifullin")
    for stage in tables.plan.rows:
        effective_s = (
            stage.green_s + stage.yellow_s + stage.all_red_s - tables.settings.saturation.lost_time_per_stage_s
        )
        saturation = timing.flow_ratios[stage.stage] * timing.cycle_s / effective_s
        assert saturation == pytest.approx(timing.critical_saturation, abs=0.04)


def test_lanes_that_share_a_movement_are_one_group() -> None:
    tables = read_tables(SHIPPED)
    assert [group.lanes for group in lane_groups(tables, "seifullin_sb")] == [(1, 2), (3,)]
    assert [group.lanes for group in lane_groups(tables, "abay_eb")] == [(1,), (2, 3), (4,)]


def test_volumes_follow_shares_and_profile() -> None:
    volumes = movement_volumes(read_tables(SHIPPED))
    assert volumes["abay_eb", "seifullin_nb_exit", "general"] == pytest.approx(1370 * 0.13)
    entering = sum(v for (before, _, _), v in volumes.items() if before in {"abay_eb_far", "abay_wb_far"})
    assert entering == pytest.approx(1370 + 1300 + 80)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("0 0;0 1", r"turns.csv row 2: path begins \d+ m from where its link does, at most 50; draw it"),
        ("{0};0 0", r"turns.csv row 2: path ends \d+ m from where its link does"),
        ("{0};{0}", "turns.csv row 2: path names a point twice in a row"),
        ("{0}", "turns.csv row 2: a path of 1 points for"),
        ("nan 0;0 0", "turns.csv row 2: path 'nan 0;0 0'"),
    ],
)
def test_a_path_lies_between_its_links(tmp_path: Path, path: str, said: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SHIPPED, folder)
    header, first, *others = (folder / "turns.csv").read_text("utf-8").splitlines()
    links = read_tables(SHIPPED).link_by_id
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    lane = {"lane": cells["lane"].split("-")[0], "to_lane": cells["to_lane"].split("-")[0]}
    begin = " ".join(map(str, links[cells["from_link"]].geometry[-1]))
    row = ",".join((cells | lane).values()) + f",{path.format(begin)}"
    lines = [f"{header},path", row, *(f"{other}," for other in others)]
    (folder / "turns.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(ScenarioError, match=said):
        read_tables(folder)

"""A table of approaches that cannot be built ends in one line with its row, and leaves nothing behind."""

from pathlib import Path

import pytest

from tests.scenarios.new.shapes import BAYS, CORRIDOR, FIVE, SINGLE, STAGED, TEE, WYE, table
from zhasyl.cli import status
from zhasyl.text.local_words import NEW_COLUMNS, heading

Capture = pytest.CaptureFixture[str]


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


NINE = WYE + "".join(f"D{n},Street,left|right,1,3.25,50,1,,1,{angle},\n" for n, angle in enumerate(range(20, 111, 18)))
LOOP = changed(changed(CORRIDOR, "700,80,A,,", "700,80,A,C,300"), "80,550,80,C,,", "80,550,80,C,A,")
TWO = table(
    "junction,from,distance_m,angle_deg", "EB,Main,straight,1,3.5,60,,300,,{0},,,",
    "{2},Main,straight,1,3.5,60,,300,,{0},{1},300,90",
    "{3},Main,straight,1,3.5,60,,300,,{1},{0},,270", "WB,Main,straight,1,3.5,60,,300,,{1},,,",
)  # fmt: skip
SLIPS = WYE.splitlines()[0].replace("walkers_ph", "slip") + (
    "\nA,North,right,1,3.25,50,,,90,0,yes\nB,East,right,1,3.25,50,,,90,90,yes\nC,West,,1,3.25,50,,,,270,\n"
)
BAD = {
    "angles-equal": (changed(WYE, ",120,60", ",0,60"), "row 3: angle_deg: B lies 0 degrees from A (row 2)"),
    "angles-close": (changed(WYE, ",120,60", ",10,60"), "row 3: angle_deg: B lies 10 degrees from A"),
    "angles-close-over-north": (changed(WYE, ",240,60", ",350,60"), "row 4: angle_deg: C lies 10 degrees from A"),
    "angle-too-large": (changed(WYE, ",120,60", ",360,60"), "row 3: angle_deg '360': input should be less than 360"),
    "angle-nan": (changed(WYE, ",120,60", ",nan,60"), "row 3: angle_deg 'nan'"),
    "angle-against-heading": (changed(FIVE, "Diagonal 30,,100", "Diagonal 30,90,100"), "row 2: approach EB comes from"),
    "no-angle": (changed(WYE, ",120,60", ",,60"), "row 3: approach 'B' is no heading (NB, NEB,"),
    "nine-arms": (NINE, "row 10: arm 9 of a junction; at most 8"),
    "bay-too-long": (changed(BAYS, "left 50 m", "left 400"), "row 3: bays 400 m, but their road has room for 2"),
    "bay-negative": (changed(BAYS, "left 50 m", "left -5"), "row 3: bays 'left -5'"),
    "bay-inf": (changed(BAYS, "left 50 m", "left inf"), "row 3: bays 'left inf'"),
    "bay-unread": (changed(BAYS, "left 50 m", "left"), "row 3: bays 'left': a word and a number"),
    "bay-of-none": (changed(TEE, "crossing,walkers_ph", "bays,walkers_ph").replace(",no,", ",right 40,")
                    .replace(",yes,100", ",,").replace("150,,100", "150,,"), "row 2: bays right 40, but turns"),
    "bay-straight": (changed(BAYS, "left 50 m", "straight 50"), "row 3: bays straight 50, but turns"),
    "bay-twice": (changed(BAYS, "left 50 m", "left 50; left 40"), "row 3: bays name left twice"),
    "bays-all": (changed(BAYS, "left|straight+right,1,3.25,50,100,150,50,,left 30", "left|right,1,3.25,50,100,,50,,"
                         "left 30; right 30"), "row 4: bays take all 2 lanes"),
    "slip-without-right": (changed(BAYS, "straight|right,2,3.5,60,220,600,180,,left 60; right 40",
                                   "straight,2,3.5,60,220,600,,,left 60"), "row 2: slip yes, but no lane leads right"),
    "slip-shared": (changed(BAYS, "left 50 m,no", "left 50,yes"), "row 3: slip yes, but turns 'left+u"),
    "slip-word": (changed(BAYS, "left 50 m,no", "left 50,maybe"), "row 3: slip 'maybe'"),
    "mid-block-turns": (changed(SINGLE, "straight|straight,", "left|straight,"), "row 2: 1 lanes lead left to an exit"),
    "steep": (changed(BAYS, "yes,3,", "yes,-90,"), "row 2: grade_percent '-90': input should be greater than or equal"),
    "distance-zero": (changed(CORRIDOR, "A,B,350", "A,B,0"), "row 3: distance_m '0': input should be greater than 0"),
    "distance-short": (changed(CORRIDOR, "A,B,350", "A,B,20"), "row 3: distance_m 20: stop lines need"),
    "distance-missing": (changed(CORRIDOR, "A,B,350", "A,B,"), "row 3: no distance_m to EB of B (row 6)"),
    "distance-twice": (changed(CORRIDOR, "B,A,,", "B,A,300,"), "row 3: distance_m 350 and 300 to EB of B (row 6)"),
    "from-nowhere": (changed(CORRIDOR, "A,B,350", "A,X,350"), "row 3: from: no junction 'X'"),
    "from-itself": (changed(CORRIDOR, "A,B,350", "A,A,350"), "row 3: from A: that is its own junction"),
    "from-one-side": (changed(CORRIDOR, "B,A,,", "B,,,"), "row 3: from B, where 0 rows have from A"),
    "not-facing": (changed(CORRIDOR, "WB,Main street,left|straight|straight+right,2,3.5,60,80,500,80,A,B,350",
                           "WB,Main street,left|straight|straight+right,2,3.5,60,80,500,80,A,,").replace(
                           "60,150,50,A,,,,60", "60,150,50,A,B,350,,60", 1), "row 4: lies at 180 degrees and EB of B"),
    "apart": (changed(CORRIDOR, "B,C,280", "B,,").replace("C,B,", "C,,"), "row 9: junction C is joined to no other"),
    "lanes-of-one-end": (changed(CORRIDOR, "straight+right,2,3.5,60,80,500", "straight+right,0,3.5,60,80,500"),
                         "row 3: exit_lanes 0, but 2 lanes arrive on EB of B (row 6)"),
    "junction-blank": (changed(CORRIDOR, "70,B,A,", "70,,A,"), "junction is blank in some rows"),
    "loop": (LOOP, "would lie 930 m from where other rows place it"),
    "two-exits": (changed(FIVE, "|straight+south+Diagonal", "|straight+right"), "right leads to 2 arms (south, "
                  "Diagonal); name the arm instead, and its volume moves from right_vph to exits_vph"),
    "volume-of-two": (changed(FIVE, "south 60; Diagonal 30", "south 60"), "row 2: right_vph is blank, and 1 lanes"),
    "exit-unknown": (changed(FIVE, "south 60; Diagonal 30", "south 60; Diagnal 30"), "Did you mean 'Diagonal'?"),
    "exit-unknown-in-russian": (changed(FIVE, "south 60; Diagonal 30", "юг 60; Диагональ 30"), "на юг, оңтүстік, ..."),
    "arm-in-russian": (changed(WYE, "B,South", "Тургут,South"), "row 3: approach 'Тургут': an arm is NB, NEB, ... or"),
    "heading-in-russian": (changed(TEE, "crossing,", "островко,"), "Did you mean 'островок'? Known: "
                           "approach (подход), name (улица), turns (полосы), exit_lanes (полос на выезде)"),
    "exit-without-lane": (changed(FIVE, "left+straight|Diagonal+west", "left+straight|west"), "row 5: exits_vph D"),
    "u-turn-without-lane": (changed(BAYS, "left+u-turn|", "left|"), "row 3: u_turn_vph 30, but no lane leads u-turn"),
    "island-one-way": (changed(STAGED, "straight|straight,2,3.5,60,,600,,3,no,", ",2,3.5,60,,,,3,,").replace(
        "EB,Main street", "NB,A,right,0,3.5,60,,,9,,,\nEB,Main street", 1), "island_m 3 on an arm of one direction"),
    "walkers-without-crossing": (changed(SINGLE, "600,,no,", "600,,no,50"), "row 3: walkers_ph 50, but crossing no"),
    "crossing-word": (changed(SINGLE, "600,,no,", "600,,never,"), "row 3: crossing 'never'"),
    "volume-in-words": (changed(TEE, ",700,", ",сто,"), "row 2: straight_vph 'сто': it is not a number; fix"),
    "lanes-in-halves": (changed(TEE, ",2,3.5", ",1.5,3.5"), "exit_lanes '1.5': it is not a whole number; fix"),
    "nobody": (changed(WYE, "B,South-east,left|right,1", "B,South-east,,0").replace("200,,250,120", ",,,120"),
               "nobody enters or leaves on B"),
    "column-twice": (changed(TEE, "crossing,walkers_ph", "crossing,crossing"), "row 1: column 'crossing' stands there"),
    "formula-as-volume": (changed(TEE, ",700,", ",=1+1,"), "row 2: straight_vph '=1+1'"),
    "control-character": (changed(WYE, "South-east", "South\x07east"), "row 3: name 'South\\x07east': control"),
    "ids-of-two-arms": (TWO.format("A", "A_B", "B_C", "C"), "row 4: C of A_B and B_C of A (row 3) are both a_b_c"),
    "id-of-an-end": (TWO.format("A", "a_c_end", "C", "D"), "row 3: junction a_c_end is called like a part of C"),
    "crossing-not-laid": (table("angle_deg,crossing", "A,South-west,,1,3,60,,,,225,", "B,West,A,0,3.5,60,,,150,270,no",
                                "C,North,A,0,3,40,,,0,338.261,no"), "row 2: SUMO lays no crossing over A here"),
    "slips-alone": (SLIPS, "row 2: every approach only slips by beside the signal"),
    "path-as-label": (changed(WYE, "B,South", "../B,South"), "row 3: approach '../B'"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_table_is_one_line_and_no_folder(tmp_path: Path, capsys: Capture, text: str, reason: str) -> None:
    path = tmp_path / "arms.csv"
    path.write_text(text, encoding="utf-8")
    assert status(["scenario", "new", str(path), "--out", str(tmp_path / "made")]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), reason in err, "arms.csv" in err) == (1, True, True), err
    assert [file.name for file in tmp_path.iterdir()] == ["arms.csv"]


def test_turns_and_their_volumes_have_several_russian_headings() -> None:
    words = {"Повороты": "turns", "Влево": "left_vph", "Вправо": "right_vph"}
    assert {word: heading(word, NEW_COLUMNS) for word in words} == words


def test_a_cell_with_the_mark_of_the_file_is_said_to_need_quotes(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "arms.csv"
    path.write_text(FIVE.replace("; ", "~").replace(",", ";").replace("~", "; "), encoding="utf-8")
    assert status(["scenario", "new", str(path), "--out", str(tmp_path / "made")]) == 2
    assert "row 2: 13 cells for 12 columns; a cell that has ; itself needs quotes, or commas" in capsys.readouterr().err

"""What a configuration says, and what it must not."""

from pathlib import Path

import pandas as pd
import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.logs.config import Config, Detector, read_config

OWN = "phase,movements\n2,WBT\n5,WBL\n6,EBT+EBR\n8,NBL+NBR\n"
ATSPM = "DeviceId,Phase,Parameter,Function\n7,2,4,Presence\n7,2,2,Advance\n7,6,46,Yellow_Red\n9,2,4,Presence\n"


def read(folder: Path, *texts: str, device: str = "7") -> Config:
    paths = [folder / f"{number}.csv" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return read_config(paths, device)


def test_rows_of_both_kinds_in_several_files(tmp_path: Path) -> None:
    config = read(tmp_path, OWN, ATSPM)
    assert config.phases[6] == (("EB", "T"), ("EB", "R"))
    assert [(one.number, one.function) for one in config.detectors] == [
        (4, "presence"),
        (2, "advance"),
        (46, "yellow_red"),
    ]


def test_all_columns(tmp_path: Path) -> None:
    header = "Detector;Phase;Function;Movement;Lane;Distance_m\n"
    text = header + "19;6;Stop Bar Count;WBT WBR;1;0,5\n17.0;6;;;;\n3;8;Speed;NEL;;\n"
    config = read(tmp_path, text)
    assert config.detectors[0] == Detector(19, 6, "count", (("WB", "T"), ("WB", "R")), "1", 0.5)
    assert [one.function for one in config.detectors] == ["count", "other", "other"]
    assert config.phases == {6: (("WB", "T"), ("WB", "R")), 8: (("NEB", "L"),)}, "those of detectors, where no row says"
    assert config.distance_m(6, "count", 9.0) == 0.5
    assert config.distance_m(6, "advance", 9.0) == 9.0


@pytest.mark.parametrize(
    ("words", "function"),
    [("Advanced Count", "advance"), ("Lane-by-lane Count", "count"), ("Stop Bar Presence", "presence"),
     ("Advanced Speed", "other"), ("Yellow and Red", "yellow_red"), ("stop bar count", "count"), ("", "other")],
)  # fmt: skip
def test_functions_in_the_words_of_others(tmp_path: Path, words: str, function: str) -> None:
    (one,) = read(tmp_path, f"phase,detector,function\n2,4,{words}\n").detectors
    assert one.function == function


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "config.parquet"
    rows = {"DeviceId": [7, 7], "Phase": [2, 6], "Parameter": [4, 46], "Function": ["Presence", None]}
    pd.DataFrame(rows).to_parquet(path)
    assert [(one.phase, one.number) for one in read_config([path], "7").detectors] == [(2, 4), (6, 46)]
    path.write_bytes(b"PAR1")
    with pytest.raises(ScenarioError, match="not a Parquet file"):
        read_config([path], "7")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "row 1: no column phase beside detector or movements"),
        (OWN.replace("WBT", "WBX"), "row 2: movement 'WBX' is none such as NBL"),
        (OWN.replace("2,", "two,"), "row 2: phase 'two' is no whole number from 1 to 40"),
        (OWN.replace("2,", "41,"), "row 2: phase '41' is no whole number from 1 to 40"),
        (OWN + "2,WBR\n", "row 6: phase 2 has movements already"),
        (OWN + "3,\n", "row 6: neither a detector nor movements"),
        (ATSPM + "7,2,4,Presence\n", "row 6: detector 4 of phase 2 stands there twice"),
        (ATSPM.replace(",46,", ",x,"), "row 4: detector 'x' is no whole number"),
        (ATSPM.replace("7,", "8,").replace("9,", "8,"), r"of 1 device \(8\), the log of 7"),
        ("phase,detector,distance_m\n2,4,nan\n", "distance 'nan' is no number of metres"),
        ("phase,detector,distance_m\n2,4,-3\n", "distance '-3' is no number of metres"),
        ("", "is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        read(tmp_path, text)

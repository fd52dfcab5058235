"""[limits] of a file, of a folder of tables and of a ready folder: read whole, or refused with key, value and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.limits import Limits, StageLimits, read_limits
from zhasyl.scenarios.load import BUILT_IN_FOLDER
from zhasyl.scenarios.sumo_folder import load_ready
from zhasyl.scenarios.tables.settings import SETTINGS_FILE, Settings, read_settings

WHOLE = """[limits]
min_cycle_s = 50
max_cycle_s = 110
min_green_s = 7
walk_s = 7
keep = ["signal:J1", "cycle"]

[[limits.stages]]
signal = "J2"
stage = "B"
min_green_s = 12
stays = true
"""
READ = Limits(
    min_cycle_s=50,
    max_cycle_s=110,
    min_green_s=7,
    walk_s=7,
    keep=("signal:J1", "cycle"),
    stages=(StageLimits(signal="J2", stage="B", min_green_s=12, stays=True),),
)
READY = """id = "crossing"
version = 1
title = "A crossing"
sumocfg = "t-junction-left-turn.sumocfg"

[period]
begin_s = 0
end_s = 60
warm_up_s = 0

[provenance]
sources = []
attribution = []

"""
STAGE = '[[limits.stages]]\nsignal = "J1"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "limits.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    assert read_limits(written(tmp_path, WHOLE)) == READ
    assert read_limits(written(tmp_path, "[limits]\n")) == Limits()


WRONG = [
    ("[limits]\nmax_cycle = 90\n", "no key 'max_cycle'. Did you mean 'max_cycle_s'?"),
    ("[limits]\nmax_cycle_s = 10\n", "limits.max_cycle_s 10: Input should be greater than or equal to 20"),
    ("[limits]\nmax_cycle_s = 'long'\n", "limits.max_cycle_s long: Input should be a valid number"),
    ("[limits]\nmin_green_s = nan\n", "limits.min_green_s nan: Input should be"),
    ("[limits]\nwalk_s = 90\n", "limits.walk_s 90: Input should be less than or equal to 60"),
    ("[limits]\nkeep = 'cycle'\n", "limits.keep cycle: Input should be a list"),
    (
        "[limits]\nmin_cycle_s = 90\nmax_cycle_s = 60\n",
        "limits: min_cycle_s 90 is above max_cycle_s 60; lower the first",
    ),
    (
        f'{STAGE}stage = "A"\nstays = true\nforbidden = true\n',
        "stage 'A' of signal 'J1' stays and is forbidden at once; drop one",
    ),
    (
        f'{STAGE}stage = "A"\nforbidden = true\nmin_green_s = 9\n',
        "stage 'A' of signal 'J1' is forbidden and has min_green_s 9; drop one",
    ),
    (STAGE, "limits.stages.0.stage: Field required"),
    (f'{STAGE}stage = "A"\nmin_green_s = 0\n', "limits.stages.0.min_green_s 0: Input should be greater"),
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *WRONG,
        ("[limits\n", "no valid TOML: Expected ']' at the end of a table declaration; fix the file"),
        ("", "it has nothing; give one table, [limits]"),
        ("[limits]\n[more]\n", "it has limits, more; give one table, [limits]"),
        ("max_cycle_s = 90\n", "it has max_cycle_s; give one table, [limits]"),
        ("limits = 3\n", "it has limits; give one table, [limits]"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as told:
        read_limits(path)
    assert str(told.value).startswith(str(path))
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.toml"):
        read_limits(tmp_path / "nowhere.toml")


def tables(folder: Path, text: str) -> Limits:
    shipped = (BUILT_IN_FOLDER / "abay-seifullin" / SETTINGS_FILE).read_text("utf-8")
    (folder / SETTINGS_FILE).write_text(f"{shipped}\n{text}", encoding="utf-8")
    return read_settings(folder, Settings).limits


@pytest.fixture
def ready(tiny_network: Callable[[str], Path], tmp_path: Path) -> Callable[[Path, str], Limits]:
    def read(folder: Path, text: str) -> Limits:
        shutil.copytree(tiny_network("t-junction-left-turn").parent, folder, dirs_exist_ok=True)
        (folder / "assumptions.csv").write_text("subject,statement,status,reason\n", encoding="utf-8")
        (folder / SETTINGS_FILE).write_text(READY + text, encoding="utf-8")
        return load_ready(folder).limits

    return read


def test_the_limits_of_a_folder_of_tables(tmp_path: Path) -> None:
    assert tables(tmp_path, WHOLE) == READ
    assert tables(tmp_path, "") == Limits()


def test_the_limits_of_a_ready_folder(tmp_path: Path, ready: Callable[[Path, str], Limits]) -> None:
    assert ready(tmp_path, WHOLE) == READ
    assert ready(tmp_path, "") == Limits()


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_wrong_limits_of_a_folder_name_key_and_value(
    tmp_path: Path, ready: Callable[[Path, str], Limits], text: str, said: str
) -> None:
    for read in (tables, ready):
        with pytest.raises(ScenarioError) as told:
            read(tmp_path, text)
        assert SETTINGS_FILE in str(told.value)
        assert said.split(" ")[0].rstrip(":").split(".")[-1] in str(told.value)
        assert "\n" not in str(told.value)

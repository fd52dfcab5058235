"""Studies: read as declared, and every mistake told in one line with its place."""

from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.errors import StudyError
from zhasyl.study import Study, read_study

HEAD = """\
# contollers, min_gren_s and colonge8 are misspelt on purpose
title = "Two networks"
scenarios = ["here/t.sumocfg"]
seeds = "1-2"
"""


@pytest.fixture
def folder(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    """A folder with a network below it."""
    config = tiny_network("t-junction-left-turn")
    (tmp_path / "here").mkdir()
    for path in config.parent.iterdir():
        (tmp_path / "here" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "here" / "t.sumocfg").write_bytes(config.read_bytes())
    return tmp_path


def read(folder: Path, text: str) -> Study:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def test_a_study_is_read_as_declared(folder: Path) -> None:
    study = read(
        folder,
        """
        title = "Evening"
        scenarios = ["here/t.sumocfg"]
        variants = ["", "demand_scale=1.1"]
        seeds = "1-3"
        baseline = "fixed"
        min_effect = "2%"
        limit_s = 60

        [[controllers]]
        name = "fixed"

        [[controllers]]
        name = "max-pressure"
        parameters = { interval_s = 10, min_green_s = [5, 7] }
        """,
    )
    assert (study.title, study.baseline, study.min_effect, study.limit_s) == ("Evening", "fixed", 0.02, 60)
    assert [spec.label for spec in study.controllers] == [
        "fixed",
        "max-pressure:interval_s=10,min_green_s=5",
        "max-pressure:interval_s=10,min_green_s=7",
    ]
    assert [scenario.variant for scenario in study.scenarios] == ["", "demand_scale=1.1"]
    specs = study.specs(folder / "out")
    assert len(specs) == 2 * 3 * 3
    assert len({spec.folder for spec in specs}) == len(specs)


def test_what_is_left_out_has_a_default(folder: Path) -> None:
    study = read(folder, 'scenarios = ["here/t.sumocfg"]\ncontrollers = ["actuated", "max-pressure:interval_s=10"]')
    assert (study.title, study.baseline, study.min_effect, study.limit_s) == ("study", "actuated", 0.0, 3600)
    assert study.seeds == (1, 2, 3, 4, 5)
    assert [spec.label for spec in study.controllers] == ["actuated", "max-pressure:interval_s=10"]


@pytest.mark.parametrize(("seeds", "expected"), [('"2,4-5"', (2, 4, 5)), ("7", (7,)), ("[3, 1]", (3, 1))])
def test_seeds_are_a_text_a_number_or_a_list(folder: Path, seeds: str, expected: tuple[int, ...]) -> None:
    study = read(folder, HEAD.replace('"1-2"', seeds) + 'controllers = ["fixed"]')
    assert study.seeds == expected


def test_what_is_said_twice_is_run_once(folder: Path) -> None:
    study = read(
        folder,
        HEAD.replace('["here/t.sumocfg"]', '["here/t.sumocfg", "here/t.sumocfg"]')
        + 'controllers = ["fixed", "fixed"]\nvariants = ["", "demand_scale=1.0"]',
    )
    assert len(study.specs(folder)) == 2


FIXED = 'controllers = ["fixed"]\n'
TABLE = '[[controllers]]\nname = "fixed"\n\n[[controllers]]\nname = "max-pressure"\n'
WRONG = {
    "syntax": (HEAD + 'controllers = ["fixed"\nlimit_s = 1\n', 0, "Unclosed array (at line 6"),
    "twice the same key": (HEAD + 'title = "b"\n' + FIXED, 0, "Cannot overwrite a value (at line 5"),
    "unknown key": (HEAD + 'contollers = ["fixed"]\n', 5, "no key 'contollers'. Did you mean 'controllers'?"),
    "no scenarios": (FIXED, 0, "'scenarios' is missing; add it"),
    "no controllers": (HEAD, 0, "'controllers' is missing; add it"),
    "scenarios as a text": ('scenarios = "resco:cologne1"\n' + FIXED, 1, "scenarios: input should be a valid list"),
    "scenario in a long list": (
        'scenarios = [\n  "here/t.sumocfg",\n  "resco:colonge8",\n]\n' + FIXED,
        3,
        "Did you mean 'cologne8'?",
    ),
    "scenario file": (HEAD.replace("t.sumocfg", "nothing.sumocfg") + FIXED, 3, "nothing.sumocfg: No such file"),
    "controller": (HEAD + 'controllers = [\n "fixed",\n "maxpressure"]\n', 7, "Did you mean 'max-pressure'?"),
    "controller in a table": (HEAD + '[[controllers]]\nname = "maxpressure"\n', 6, "Did you mean 'max-pressure'?"),
    "controller as a number": (HEAD + "controllers = [3]\n", 5, "a controller is a name or a table"),
    "controller without a name": (HEAD + "[[controllers]]\nparameters = {}\n", 5, "'name' is missing; add it"),
    "key of a controller": (HEAD + TABLE + "params = {}\n", 10, "Did you mean 'parameters'?"),
    "parameter": (HEAD + TABLE + "parameters = { min_gren_s = [5, 7] }\n", 10, "Did you mean 'min_green_s'?"),
    "value in a grid": (
        HEAD + TABLE + "[controllers.parameters]\ninterval_s = 5\nmin_green_s = [5, 700]\n",
        12,
        "min_green_s=700 is not valid: input should be less than or equal to 120",
    ),
    "type of a value": (HEAD + TABLE + 'parameters = { interval_s = "often" }\n', 10, "interval_s=often is not valid"),
    "table as a value": (HEAD + TABLE + "parameters = { interval_s = { a = 1 } }\n", 10, "should be a valid number"),
    "grid without values": (HEAD + TABLE + "parameters = { interval_s = [] }\n", 10, "'interval_s' has no values"),
    "no controller in the list": (HEAD + "controllers = []\n", 5, "at least 1 item"),
    "seeds": (HEAD.replace("1-2", "5-2") + FIXED, 4, "'5-2' is not within"),
    "seeds in a list": (HEAD.replace('"1-2"', "[1, -2]") + FIXED, 4, "is no integer or range"),
    "least effect": (HEAD + FIXED + 'min_effect = "lots"\n', 6, "'lots' is no share"),
    "limit": (HEAD + FIXED + "limit_s = -3\n", 6, "limit_s: input should be greater than 0, not '-3'"),
    "limit without end": (HEAD + FIXED + "limit_s = inf\n", 6, "finite"),
    "baseline": (HEAD + FIXED + 'baseline = "actuated"\n', 6, "no baseline among the controllers 'actuated'"),
    "sensor": (HEAD + FIXED + 'sensors = ["lidar"]\n', 6, "no sensor 'lidar'. Known: perfect"),
    "variant": (HEAD + FIXED + 'variants = ["", "demand_scale=100"]\n', 6, "less than or equal to 10"),
    "variant without a value": (HEAD + FIXED + 'variants = ["rain"]\n', 6, "is not of the form parameter=value"),
    "depth": (HEAD + "controllers = " + "[" * 3000 + "]" * 3000, 0, "nested too deep"),
    "too many runs": (HEAD.replace("1-2", "1-90000") + TABLE + f"parameters = {{ interval_s = {list(range(1, 31))} }}",
                      0, "1000000 at most; split the study"),
    "too many combinations": (
        HEAD + TABLE + f"parameters = {{ interval_s = {list(range(1, 61))}, min_green_s = {list(range(1, 121))}, "
        f"max_green_s = {list(range(121, 400))} }}", 8, "over 1000000 combinations"),
    "nothing": ("", 0, "'scenarios' is missing; add it"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_in_one_line_with_its_place(folder: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(StudyError) as caught:
        read(folder, text)
    place = f"{folder / 'study.toml'}" + (f", line {line}: " if line else ": ")
    assert str(caught.value).startswith(place)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_network_without_signals_is_found_before_anything_runs(folder: Path) -> None:
    net = folder / "here" / "t-junction-left-turn.net.xml"
    text = net.read_text(encoding="utf-8").replace('type="traffic_light"', 'type="priority"')
    start, end = text.index("<tlLogic"), text.index("</tlLogic>") + len("</tlLogic>")
    net.write_text((text[:start] + text[end:]).replace(' tl="', ' tl_was="'), encoding="utf-8")
    with pytest.raises(StudyError, match=r"line 3: .*no signal"):
        read(folder, HEAD + FIXED)


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"title = '\xe9'", "is not UTF-8 text"), (b"#" * 300_000, "over 200000 bytes"), (b"\0\0", "line 1")],
    ids=["latin-1", "large", "zeros"],
)
def test_a_file_that_is_no_study(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(data)
    with pytest.raises(StudyError, match=told):
        read_study(path)


def test_a_study_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.toml"):
        with pytest.raises(StudyError, match="cannot read"):
            read_study(path)

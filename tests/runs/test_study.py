"""Studies: read as declared, and every mistake told in one line with file, line, value and next step."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from tests.conftest import TinyNetwork
from zhasyl.errors import StudyError
from zhasyl.files.toml_file import LARGEST_BYTES
from zhasyl.runs.study import Study, read_study

NAME = "t-junction-left-turn"
NETWORK = f"networks/{NAME}.sumocfg"
Write = Callable[..., Path]


@pytest.fixture
def write(tiny_network: TinyNetwork, tmp_path: Path) -> Write:
    """Writes a study beside a folder `networks` with a tiny network."""
    copytree(tiny_network(NAME).parent, tmp_path / "networks")

    def written(text: str | bytes) -> Path:
        path = tmp_path / "study.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


SCENARIOS = f'scenarios = ["{NETWORK}"]\n'
CONTROLLERS = 'controllers = ["fixed"]\n'


# As declared


WHOLE = f"""
title = "Evening peak"
scenarios = ["{NETWORK}"]
variants = ["", "demand_scale=1.5"]
sensors = ["perfect"]
seeds = "1-3,7"
baseline = "max-pressure:interval_s=10"
min_effect = "2%"
limit_s = 60

[[controllers]]
name = "fixed"

[[controllers]]
name = "max-pressure"
parameters = {{ interval_s = [5, 10], min_green_s = [5.0, 7.5], range_m = 100 }}

[[controllers]]
name = "max-pressure"
[controllers.parameters]
interval_s = 10
"""


def test_a_whole_study_is_read_as_declared(write: Write, tmp_path: Path) -> None:
    study = read_study(write(WHOLE))
    assert (study.title, study.min_effect, study.limit_s) == ("Evening peak", 0.02, 60.0)
    assert study.seeds == (1, 2, 3, 7)
    assert study.baseline == "max-pressure:interval_s=10"
    assert [scenario.variant for scenario in study.scenarios] == ["", "demand_scale=1.5"]
    assert {scenario.source for scenario in study.scenarios} == {str(tmp_path / NETWORK)}
    assert [controller.label for controller in study.controllers] == [
        "fixed",
        "max-pressure:min_green_s=5,range_m=100",
        "max-pressure:min_green_s=7.5,range_m=100",
        "max-pressure:interval_s=10,min_green_s=5,range_m=100",
        "max-pressure:interval_s=10,min_green_s=7.5,range_m=100",
        "max-pressure:interval_s=10",
    ]


def test_sensors_are_read_with_their_parameters_and_each_counts_once(write: Write, tmp_path: Path) -> None:
    text = "sensors = ['loops', 'camera:range_m=80,miss=0.1', 'camera:miss=0.10,range_m=80.0', 'loops:stuck=0']\n"
    study = read_study(write(SCENARIOS + CONTROLLERS + text))
    assert study.sensors == ("loops", "camera:miss=0.1,range_m=80")
    assert {spec.sensor for spec in study.specs(tmp_path)} == set(study.sensors)


def test_the_runs_are_every_combination(write: Write, tmp_path: Path) -> None:
    study = read_study(write(WHOLE))
    specs = study.specs(tmp_path / "out")
    assert len(specs) == len({spec.folder for spec in specs}) == 2 * 6 * 4
    assert {(spec.scenario.variant, spec.controller.label, spec.seed) for spec in specs} == {
        (scenario.variant, controller.label, seed)
        for scenario in study.scenarios
        for controller in study.controllers
        for seed in study.seeds
    }


def test_defaults(write: Write) -> None:
    study = read_study(write(SCENARIOS + 'controllers = ["actuated", "fixed"]'))
    assert (study.title, study.baseline, study.min_effect, study.limit_s) == ("study", "actuated", 0.0, 3600.0)
    assert (study.seeds, study.sensors) == ((1, 2, 3, 4, 5), ("perfect",))
    assert [scenario.variant for scenario in study.scenarios] == [""]


def labels(study: Study) -> list[str]:
    return [controller.label for controller in study.controllers]


def test_a_text_and_a_table_say_the_same(write: Write) -> None:
    texts = labels(read_study(write(SCENARIOS + 'controllers = ["fixed", "max-pressure:interval_s=10"]')))
    table = '[[controllers]]\nname = "fixed"\n[[controllers]]\nname = "max-pressure"\nparameters.interval_s = 10.0'
    mixed = 'controllers = ["fixed", { name = "max-pressure", parameters = { interval_s = [10] } }]'
    assert texts == ["fixed", "max-pressure:interval_s=10"]
    assert labels(read_study(write(SCENARIOS + table))) == texts
    assert labels(read_study(write(SCENARIOS + mixed))) == texts


def test_paths_count_from_the_studys_folder_wherever_one_stands(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(SCENARIOS + CONTROLLERS)
    monkeypatch.chdir(tmp_path)
    here = read_study(Path(path.name))
    monkeypatch.chdir(tmp_path / "networks")
    assert read_study(path).scenarios == here.scenarios
    assert read_study(Path("..") / path.name).scenarios[0].content == here.scenarios[0].content


def test_names_of_built_in_scenarios_are_no_paths(write: Write) -> None:
    study = read_study(write(f'scenarios = ["abay-seifullin", "{NETWORK}"]\n' + CONTROLLERS))
    assert [scenario.id for scenario in study.scenarios] == ["abay-seifullin", NAME]


def test_what_is_declared_twice_is_there_once(write: Write) -> None:
    scenarios = f'scenarios = ["{NETWORK}", "{NETWORK}", "./{NETWORK}"]\n'
    variants = 'variants = ["demand_scale=1.5", "demand_scale=1.50", "", "demand_scale=1"]\n'
    study = read_study(write(scenarios + variants + 'seeds = "1,1-2"\ncontrollers = ["fixed", "fixed"]'))
    assert [scenario.variant for scenario in study.scenarios] == ["demand_scale=1.5", ""]
    assert (study.seeds, labels(study)) == ((1, 2), ["fixed"])


def test_one_seed_and_a_share_may_be_numbers(write: Write) -> None:
    study = read_study(write(SCENARIOS + CONTROLLERS + "seeds = 7\nmin_effect = 0.05"))
    assert (study.seeds, study.min_effect) == ((7,), 0.05)


@pytest.mark.parametrize("change", [lambda text: b"\xef\xbb\xbf" + text, lambda text: text.replace(b"\n", b"\r\n")])
def test_a_file_as_windows_writes_it(write: Write, change: Callable[[bytes], bytes]) -> None:
    assert read_study(write(change(WHOLE.encode()))).title == "Evening peak"


# Mistakes


def refusal(path: Path, line: int) -> str:
    """What is wrong with a study, after the file and the line: 0 if it is about the whole file."""
    with pytest.raises(StudyError) as caught:
        read_study(path)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 1000
    assert not any(word in text for word in ("_Controller", "_File", "function-", "union", "Traceback", "str |"))
    start = f"{path}, line {line}: " if line else f"{path}: "
    assert text.startswith(start), text
    return text.removeprefix(start)


OWN = '[[controllers]]\nname = "max-pressure"\n'

Mistake = tuple[str | bytes, int, list[str]]  # the study, the line, what is said

SHAPES: dict[str, Mistake] = {
    "no scenarios": (CONTROLLERS, 0, ["'scenarios' is missing; add a list of one or more names or paths"]),
    "no controllers": (SCENARIOS, 0, ["'controllers' is missing; add a list"]),
    "nothing": ("", 0, ["'scenarios' is missing"]),
    "unknown key": (SCENARIOS + CONTROLLERS + "seed = 3", 3, ["no key 'seed'", "Did you mean 'seeds'?", "variants"]),
    "unknown table": (SCENARIOS + CONTROLLERS + "[other]\na = 1", 3, ["no key 'other'", "Known: baseline"]),
    "unknown key of a controller": (
        SCENARIOS + OWN + "[[controllers]]\nname = 'fixed'\nparameter = { a = 1 }",
        6,
        ["no key 'parameter'", "Did you mean 'parameters'?", "Known: name, parameters"],
    ),
    "controller without name": (
        SCENARIOS + OWN + "[[controllers]]\nparameters = { interval_s = 5 }",
        4,
        ["'name' is missing; add the name of a controller"],
    ),
    "controller's name": (SCENARIOS + "[[controllers]]\nname = 3", 3, ["name must be the name of a controller, not 3"]),
    "one table": (
        SCENARIOS + "[controllers]\nname = 'fixed'",
        2,
        ["controllers must be a list of one or more names, or [[controllers]] tables", '{"name": "fixed"}'],
    ),
    "number for a controller": (SCENARIOS + "controllers = ['fixed',\n3]", 3, ["controllers must be a list", "not 3"]),
    "no list": ("scenarios = 'a'\n" + CONTROLLERS, 1, ["scenarios must be a list of one or more names", 'not "a"']),
    "number in a list": ("scenarios = [\n'a',\n3]\n" + CONTROLLERS, 3, ["scenarios must be a list", "not 3"]),
    "empty scenarios": ("scenarios = []\n" + CONTROLLERS, 1, ["scenarios must be a list of one or more", "not []"]),
    "empty variants": (SCENARIOS + CONTROLLERS + "variants = []", 3, ["variants must be a list of one or more"]),
    "empty sensors": (SCENARIOS + CONTROLLERS + "sensors = []", 3, ["sensors must be a list of one or more"]),
    "empty controllers": (SCENARIOS + "controllers = []", 2, ["controllers must be a list of one or more"]),
    "empty values": (
        SCENARIOS + OWN + "parameters.range_m = []",
        4,
        ["parameters must be a table", "or lists of one or more of these"],
    ),
    "nested values": (SCENARIOS + OWN + "parameters.range_m = [1,\n[2]]", 5, ["parameters must be a table", "[2]"]),
    "a date": (SCENARIOS + OWN + "parameters.range_m = 2024-01-01", 4, ["parameters must be", "2024-01-01"]),
    "no table": (SCENARIOS + OWN + "parameters = 'a=1'", 4, ["parameters must be a table", '"a=1"']),
    "list of seeds": (SCENARIOS + CONTROLLERS + "seeds = [1, 2]", 3, ['a text such as "1-10"', "[1, 2]"]),
    "half a seed": (SCENARIOS + CONTROLLERS + "seeds = 1.5", 3, ["seeds must be a text", "not 1.5"]),
    "true for seeds": (SCENARIOS + CONTROLLERS + "seeds = true", 3, ["seeds must be a text", "not true"]),
    "negative limit": (SCENARIOS + CONTROLLERS + "limit_s = -1", 3, ["limit_s must be seconds, over 0", "not -1"]),
    "no limit": (SCENARIOS + CONTROLLERS + "limit_s = inf", 3, ["limit_s must be seconds", "not Infinity"]),
    "endless limit": (SCENARIOS + CONTROLLERS + "limit_s = 1e300", 3, ["up to 1000000", "not 1e+300"]),
    "text for the limit": (SCENARIOS + CONTROLLERS + "limit_s = '5'", 3, ["limit_s must be seconds", 'not "5"']),
    "no share": (SCENARIOS + CONTROLLERS + "min_effect = nan", 3, ["min_effect must be a share", "not NaN"]),
    "title": (SCENARIOS + CONTROLLERS + "title = 3", 3, ["title must be a text, not 3"]),
}

NAMES: dict[str, Mistake] = {
    "scenario": (
        f"scenarios = [\n  '{NETWORK}',\n  'abay-seifulin',\n]\n" + CONTROLLERS,
        3,
        ["no scenario 'abay-seifulin'", "Did you mean 'abay-seifullin'?"],
    ),
    "path": ("scenarios = ['no/where.sumocfg']\n" + CONTROLLERS, 1, ["cannot read", "no/where.sumocfg", "check"]),
    "toml": ("scenarios = ['nowhere.toml']\n" + CONTROLLERS, 1, ["cannot read", "nowhere.toml", "No such file"]),
    "nul": ('scenarios = ["no\\u0000where.sumocfg"]\n' + CONTROLLERS, 1, ["null byte", "check"]),
    "long": (f"scenarios = ['{'x' * 300}.sumocfg']\n" + CONTROLLERS, 1, ["too long"]),
    "controller": (
        SCENARIOS + "controllers = ['fixed',\n 'maxpressure']",
        3,
        ["no controller 'maxpressure'", "Did you mean 'max-pressure'?"],
    ),
    "controller in a table": (
        SCENARIOS + OWN + "[[controllers]]\nname = 'maxpressure'",
        5,
        ["no controller 'maxpressure'", "Did you mean 'max-pressure'?"],
    ),
    "parameter": (
        SCENARIOS + OWN + "parameters = { range_m = 50, range = 50 }",
        4,
        ["controller 'max-pressure': no parameter 'range'", "Did you mean 'range_m'?"],
    ),
    "parameter in a text": (SCENARIOS + "controllers = ['max-pressure:range=50']", 2, ["no parameter 'range'"]),
    "sensor": (
        SCENARIOS + CONTROLLERS + "sensors = ['perfect',\n'perfct']",
        4,
        ["no sensor 'perfct'", "Did you mean 'perfect'?"],
    ),
    "sensor's parameter": (
        SCENARIOS + CONTROLLERS + "sensors = ['loops',\n'camera:range=80']",
        4,
        ["sensor 'camera': no parameter 'range'", "Did you mean 'range_m'?"],
    ),
    "variant": (
        SCENARIOS + CONTROLLERS + "variants = ['',\n'',\n'demand=2']",
        5,
        ["no parameter 'demand'", "Did you mean 'demand_scale'?"],
    ),
    "baseline": (
        SCENARIOS + CONTROLLERS + "baseline = 'actuated'",
        3,
        ["no baseline among the controllers 'actuated'", "Known: fixed"],
    ),
    "unknown baseline": (SCENARIOS + CONTROLLERS + "baseline = 'fxed'", 3, ["Did you mean 'fixed'?"]),
}

VALUES: dict[str, Mistake] = {
    "too small in a grid": (
        SCENARIOS + OWN + "[controllers.parameters]\ninterval_s = [5, 7]\nrange_m = [\n  50,\n  5,  # 50\n]",
        8,
        ["range_m=5 is not valid", "give a number from 20 to"],
    ),
    "wrong type in a grid": (
        SCENARIOS + OWN + 'parameters = { interval_s = [5, "soon"] }',
        4,
        ["controller 'max-pressure': interval_s=soon is not valid", "give a number"],
    ),
    "true for a number": (SCENARIOS + OWN + "parameters.interval_s = true", 4, ["interval_s=true is not valid"]),
    "infinite": (SCENARIOS + OWN + "parameters.interval_s = 1" + "0" * 400, 4, ["interval_s=1", "not valid"]),
    "in a text": (SCENARIOS + "controllers = ['max-pressure:interval_s=0']", 2, ["interval_s=0", "greater than 0"]),
    "seeds": (
        SCENARIOS + CONTROLLERS + 'seeds = "5-1"',
        3,
        ["seeds '5-1'", "must not be above the last"],
    ),
    "negative seed": (SCENARIOS + CONTROLLERS + "seeds = -1", 3, ["seeds '-1'", "no integer or range"]),
    "no seed": (SCENARIOS + CONTROLLERS + 'seeds = ""', 3, ["seeds ''", "write 3, 1-5 or 1,4,9-11"]),
    "min_effect": (SCENARIOS + CONTROLLERS + 'min_effect = "200%"', 3, ["min_effect '200%'", "less than 1"]),
    "negative min_effect": (SCENARIOS + CONTROLLERS + "min_effect = -0.1", 3, ["min_effect '-0.1'"]),
    "variant": (SCENARIOS + CONTROLLERS + "variants = ['demand_scale=0']", 3, ["demand_scale=0", "greater than 0"]),
    "endless grid": (
        SCENARIOS
        + OWN
        + "[controllers.parameters]\n"
        + "".join(
            f"{key} = {list(range(1, 401))}\n" for key in ("interval_s", "min_green_s", "max_green_s", "range_m")
        ),
        4,
        ["25600000000 combinations, 1000000 at most"],
    ),
    "too many runs": (
        SCENARIOS + 'seeds = "1-100000"\n[[controllers]]\nname = "max-pressure"\n'
        "parameters.interval_s = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
        0,
        ["1100000 runs, 1000000 at most; declare fewer"],
    ),
}

PLACES: dict[str, Mistake] = {
    "same text in a comment above": (
        "# scenarios = ['nowhere']\n# nowhere\nscenarios = [  # 'nowhere'\n 'nowhere' ]\n" + CONTROLLERS,
        4,
        ["no scenario 'nowhere'"],
    ),
    "same text in another value": (
        "title = '''\nseeds = \"5-1\"\n'''\n" + SCENARIOS + CONTROLLERS + 'seeds = "5-1"',
        6,
        ["seeds '5-1'"],
    ),
    "same value twice": (
        SCENARIOS + OWN + "parameters.range_m = 50\n" + OWN + "parameters.interval_s = 0",
        7,
        ["interval_s=0 is not valid"],
    ),
    "value that begins another": (
        f"scenarios = [\n'{NETWORK}',\n'{NETWORK[:-1]}',\n]\n" + CONTROLLERS,
        3,
        ["no scenario"],
    ),
}

SYNTAX: dict[str, Mistake] = {
    "no value": (SCENARIOS + "controllers =\n", 2, ["no valid TOML: Invalid value; fix the file"]),
    "open at the end": (SCENARIOS + "controllers = [\n'fixed',\n", 4, ["no valid TOML", "fix the file"]),
    "twice": (SCENARIOS + CONTROLLERS + CONTROLLERS, 3, ["no valid TOML: Cannot overwrite a value"]),
    "two on a line": ("title = 'a' seeds = 3\n" + SCENARIOS, 1, ["no valid TOML: Expected newline"]),
    "nul": (b"title = 'a'\ntitle2 = 'a\x00b'\n", 2, ["no valid TOML: Found invalid character", "fix the file"]),
    "not utf-8": (SCENARIOS.encode() + "title = 'Алматы'".encode("cp1251"), 2, ["not UTF-8", "save it as UTF-8"]),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(100), 1, ["not UTF-8"]),
    "long number": (f"seeds = {'9' * 5000}\n" + SCENARIOS, 0, ["no valid TOML", "fix the file"]),
    "deep": (f"title = {'[' * 20_000}{']' * 20_000}", 0, ["nested too deeply"]),
}

KINDS: dict[str, dict[str, Mistake]] = {
    "shape": SHAPES,
    "name": NAMES,
    "value": VALUES,
    "place": PLACES,
    "syntax": SYNTAX,
}
MISTAKES: dict[str, Mistake] = {
    f"{kind}, {name}": mistake
    for kind, mistakes in KINDS.items()
    for name, mistake in mistakes.items()
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_one_line(write: Write, text: str | bytes, line: int, said: list[str]) -> None:
    told = refusal(write(text), line)
    assert [part for part in said if part not in told] == [], told


def test_a_network_that_cannot_be_controlled_is_told_with_its_line(write: Write, tmp_path: Path) -> None:
    net = tmp_path / f"networks/{NAME}.net.xml"
    text = net.read_text(encoding="utf-8")
    end = text.index("</tlLogic>") + len("</tlLogic>")
    net.write_text(text[: text.index("<tlLogic")] + text[end:], encoding="utf-8")
    told = refusal(write(f"scenarios = ['abay-seifullin',\n'{NETWORK}']\n" + CONTROLLERS), 2)
    assert "its network has no signal" in told


def test_a_file_a_scenario_lacks_is_told_with_its_line(write: Write, tmp_path: Path) -> None:
    (tmp_path / f"networks/{NAME}.net.xml").unlink()
    assert f"{NAME}.net.xml, which does not exist" in refusal(write("\n" + SCENARIOS + CONTROLLERS), 2)


def test_a_file_that_is_no_study(write: Write, tmp_path: Path) -> None:
    for path, said in {
        tmp_path: "cannot read .*: it is a folder, not a file; check the path",
        tmp_path / "nowhere.toml": "cannot read .*nowhere.toml: No such file or directory; check the path",
        write("title = '" + "x" * 2_000_000 + "'"): f": over {LARGEST_BYTES} bytes; a study is a short TOML file",
    }.items():
        with pytest.raises(StudyError, match=said):
            read_study(path)


def wrapping(parameters: str) -> str:
    return f'{SCENARIOS}[[controllers]]\nname = "transit-priority"\n[controllers.parameters]\n{parameters}\n'


def test_a_wrapped_controller_has_a_grid_of_its_own(write: Write) -> None:
    study = read_study(write(wrapping('of = "max-pressure"\n"of.range_m" = [100, 120]')))
    assert [spec.label for spec in study.controllers] == [
        f"transit-priority:of=max-pressure,of.range_m={range_m}" for range_m in (100, 120)
    ]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ('"of.passage_s" = [3, 900]', "passage_s=900 is not valid"),
        ('"of.passage" = 3', "no parameter 'passage'. Did you mean 'passage_s'?"),
        ('"fo.passage_s" = 3', "no parameter 'fo.passage_s'"),
    ],
)
def test_a_mistake_in_a_wrapped_controller_is_told_with_its_line(write: Write, parameters: str, message: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_study(write(wrapping(parameters)))
    assert message in str(caught.value)
    assert "line 5" in str(caught.value)

"""Every option of SUMO has its place in one table."""

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.sumocfg import read_options
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.inputs import options

GROUPS = (
    options.READ, options.FILES, options.PASSED_ON, options.REPLACED.keys(), options.REFUSED.keys(), options.OUTPUT,
    options.NO_TRAFFIC,
)  # fmt: skip


@pytest.fixture(scope="module")
def of_sumo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ET.Element]:
    """Every option that a .sumocfg can have, as SUMO's template has it."""
    template = tmp_path_factory.mktemp("options") / "template.sumocfg"
    _say("sumo", "--save-template", str(template))
    text = re.sub("<!--.*?-->", "", template.read_text("utf-8"), flags=re.DOTALL)  # its comments are no valid XML
    return {option.tag: option for topic in ET.fromstring(text) for option in topic}  # noqa: S314  SUMO's own


def _say(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sumo_binary(program), *arguments], env=sumo_environment(), capture_output=True, text=True, check=True
    )
    return done.stdout


def test_every_option_of_sumo_is_in_one_group(of_sumo: dict[str, ET.Element]) -> None:
    assert of_sumo.keys() | options.OTHER_BUILDS == options.ALL
    assert sum(map(len, GROUPS)) + len(options.OTHER_BUILDS) == len(options.ALL)


def test_a_window_that_another_build_of_sumo_opens_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "seen.sumocfg"
    path.write_text('<configuration><gui_only><osg-view value="true"/></gui_only></configuration>', "utf-8")
    assert read_options(path) == {"osg-view": "true"}
    path.write_text('<configuration><gui_only><osq-view value="true"/></gui_only></configuration>', "utf-8")
    with pytest.raises(ScenarioError, match=r"SUMO has no option 'osq-view', did you mean 'osg-view'\?"):
        read_options(path)


def test_every_other_name_leads_to_its_option(of_sumo: dict[str, ET.Element]) -> None:
    names = {other: name for name, option in of_sumo.items() for other in option.get("synonymes", "").split()}
    assert names == options.SYNONYMS


def test_files_are_passed_on_as_files_and_no_others_are(of_sumo: dict[str, ET.Element]) -> None:
    files = {name for name, option in of_sumo.items() if option.get("type") == "FILE"}
    assert files >= options.FILES
    assert not files & options.PASSED_ON


def test_no_output_is_passed_on(of_sumo: dict[str, ET.Element]) -> None:
    assert not [name for name in options.PASSED_ON | options.FILES if re.search("output|save|log", name)]
    assert {name for name in of_sumo if "-output" in name and "gui" not in name} <= options.OUTPUT


def test_the_router_gets_every_option_that_it_shares() -> None:
    known = set(re.findall(r"--([a-z][\w.-]*)", _say("duarouter", "--help")))
    shared = {name for name in options.PASSED_ON | options.FILES if name in known}
    of_emissions, reading = {name for name in shared if name.startswith("phemlight")}, {"route-steps"}
    renamed = options.ROUTER_NAMES.keys()
    assert shared - of_emissions - reading == options.ROUTER - renamed
    assert {options.ROUTER_NAMES[name] for name in renamed} <= known


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("time-to-teleport", "0", False), ("time-to-teleport", "-3.5", False), ("time-to-teleport", "0:05:00", True),
        ("max-depart-delay", "0", True), ("time-to-teleport.ride", "0", True), ("random", "on", True),
        ("time-to-teleport.highways", "0", False), ("random", "off", False), ("seed", "1", True),
        ("remote-port", "0", False),
        ("intermodal-collision.action", "warn", False), ("intermodal-collision.action", "remove", True),
    ],
)  # fmt: skip
def test_only_what_makes_a_difference_is_told(name: str, value: str, told: bool) -> None:
    assert bool(list(options.replaced({name: value}))) is told


@pytest.mark.parametrize("name", ["time-to-teleport", "max-depart-delay", "collision.action"])
def test_a_replaced_value_is_told_with_both_values_and_the_reason(name: str) -> None:
    (line,) = options.replaced({name: "17"})
    assert line.startswith(f"{name}: 17 in the .sumocfg, {options.REPLACED[name].value} in the run: ")


def test_a_device_that_only_writes_keeps_its_draws() -> None:
    given = {"device.ssm.probability": "0.2", "device.fcd.probability": "0.4", "device.emissions.probability": "0",
             "device.btsender.probability": "0.3", "device.btsender.deterministic": "true"}  # fmt: skip
    assert dict(options.draws(given)) == {"device.ssm.probability": "1e-9", "device.fcd.probability": "1"}

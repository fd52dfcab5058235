"""docs/reference is what the code says today, and leaves nothing out."""

import re
from typing import Any

import pytest

import zhasyl
import zhasyl.gate
import zhasyl.optimise
import zhasyl.rl
from tests.reference.commands import verbs
from tests.reference.markdown import docstring
from tests.reference.pages import FOLDER, pages
from zhasyl.controllers import BUILT_IN
from zhasyl.measures import MEASURES
from zhasyl.sensors import BUILDERS

VERBS = dict(verbs())


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


@pytest.mark.parametrize("name", ["commands.md", "controllers.md", "python.md", "scenario-format.md"])
def test_the_reference_says_what_the_code_says(made: dict[str, str], name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == made[name], f"docs/reference/{name} is of other code: make reference"


def headings(page: str) -> set[str]:
    return set(re.findall(r"^###? (.+)$", (FOLDER / page).read_text("utf-8"), re.MULTILINE))


def test_every_public_name_is_on_the_reference() -> None:
    packages = (zhasyl.gate, zhasyl.optimise, zhasyl.rl)
    handed_on = {f"{package.__name__}.{name}" for package in packages for name in package.__all__}
    assert headings("python.md") >= {*zhasyl.__all__, *handed_on}


def test_what_authors_of_plug_ins_need_is_on_the_reference() -> None:
    text = (FOLDER / "python.md").read_text("utf-8")
    for member in (
        "next_stage(",
        "for_network(",
        "prepare(",
        "pace(",
        "reads(",
        "needs:",
        "parameters_type:",
        "table(",
    ):
        assert member in text


def test_every_controller_is_on_the_reference() -> None:
    assert headings("controllers.md") >= set(BUILT_IN)


@pytest.mark.parametrize("sensor", BUILDERS)
def test_every_parameter_of_a_sensor_is_on_its_page(sensor: str) -> None:
    text = (FOLDER.parent / "sensors.md").read_text("utf-8")
    assert {name for name in (sensor, *BUILDERS[sensor].parameters.model_fields) if f"`{name}`" not in text} == set()


def test_every_measure_is_on_its_page() -> None:
    text = (FOLDER.parent / "measures.md").read_text("utf-8")
    assert {measure.key for measure in MEASURES if f"`{measure.key}`" not in text} == set()


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_and_option_of_a_verb_is_on_the_reference(verb: str) -> None:
    text = (FOLDER / "commands.md").read_text("utf-8")
    own = text.partition(f"\n## {verb}\n")[2].partition("\n## ")[0]
    assert own, f"no section for {verb}"
    for one in VERBS[verb].params:
        for spelling in _spellings(one):
            assert re.search(rf"`[^`]*(?<![\w-]){re.escape(spelling)}(?![\w-])", own), f"{verb}: {spelling}"


def _spellings(parameter: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        return [str(parameter.metavar or parameter.name.upper()).strip("[]")]
    return [name for name in (*parameter.opts, *parameter.secondary_opts) if name not in ("--help", "-h")]


def test_options_that_only_help_told_of_are_on_the_reference() -> None:
    assert {"--gui", "--traci"} <= {name for one in VERBS["zhasyl run"].params for name in one.opts}


def test_docstrings_keep_their_columns_and_their_text() -> None:
    text = docstring("""First <line> of [m].

    a     first
    bcd   second

    `x*y` and 2 < 3
    """)
    assert text == "First \\<line> of \\[m].\n\n```text\na     first\nbcd   second\n```\n\n`x*y` and 2 < 3"

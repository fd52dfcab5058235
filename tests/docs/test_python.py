"""The Python and TOML of README and docs is run, on crossroads that have the names of the built-in places."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks, pages

CODE = {page.name: [block for block in blocks(page) if block.language == "python"] for page in pages()}
ELSEWHERE = ("learning.md", "tutorial.md", "writing-a-controller.md")  # tests of their own run all of it
PAGES = [name for name, found in CODE.items() if found and name not in ELSEWHERE]
NOT_INSTALLED = ("dask_jobqueue", "duckdb")  # what a page imports and the tests do without
LEARNING = "stable_baselines3"  # that test-slow installs: tests/rl has it
SEARCH = "zhasyl.optimise import"
LEAST_BUDGET = {r"budget=\d+": "budget=40"}


def executed(name: str, searching: bool) -> list[Block]:
    """The blocks of a page that are run; those that search for plans take a minute."""
    return [block for block in CODE[name] if not needs(block) and (searching or SEARCH not in block.text)]


def needs(block: Block) -> list[str]:
    return [
        name for name in (*NOT_INSTALLED, LEARNING) if f"import {name}" in block.text or f"from {name}" in block.text
    ]


def execute(found: list[Block]) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    for block in found:
        text = block.text
        for pattern, smaller in LEAST_BUDGET.items():
            text = re.sub(pattern, smaller, text)
        exec(compile("\n" * block.line + text, block.page, "exec"), names)  # noqa: S102


@pytest.mark.parametrize("name", PAGES)
def test_the_python_of_a_page_runs(name: str, places: Path) -> None:
    for block in CODE[name]:
        compile(block.text, block.page, "exec")
    execute(executed(name, searching=False))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PAGES if executed(name, True) != executed(name, False)])
def test_the_searches_of_a_page_run(name: str, places: Path) -> None:
    execute(executed(name, searching=True))


def test_what_is_not_run_is_not_installed() -> None:
    assert not [name for name in NOT_INSTALLED if find_spec(name)]


def test_there_is_python_to_run() -> None:
    assert sum(len(executed(name, searching=True)) for name in PAGES) >= 5


def test_toml_of_pages_can_be_read() -> None:
    found = [block for page in pages() for block in blocks(page) if block.language == "toml"]
    assert len(found) >= 3
    for block in found:
        assert tomllib.loads(block.text), block.place

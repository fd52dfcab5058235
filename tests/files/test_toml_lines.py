"""The line of each value in a TOML text."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.files.toml_lines import Position, value_lines

TEXT = '''# scenarios = ["commented out"]
title = "a # is no comment here, [nor] = {this}"

scenarios = [  # one
    "a",

    "b", "c",  # two
    "d"
]
many = """
scenarios = 3
"""  # the end
quoted."k.1" = 'single "quoted"'
when = 1979-05-27 07:32:00
pairs = [[1, 2],
  [3, 4]]
inline = { x = 1, y = [2, 3] }

[[controllers]]
name = "fixed"
[[controllers]]
  name = "max-pressure"
  [controllers.parameters]
  interval_s = [
    5,
    "]",
  ]
[table . "own"]
last = 1'''

LINES: dict[Position, int] = {
    ("title",): 2,
    ("scenarios",): 4,
    ("scenarios", 0): 5,
    ("scenarios", 2): 7,
    ("scenarios", 3): 8,
    ("many",): 10,
    ("quoted", "k.1"): 13,
    ("when",): 14,
    ("pairs", 0, 1): 15,
    ("pairs", 1, 0): 16,
    ("inline", "y", 1): 17,
    ("controllers", 0): 19,
    ("controllers", 0, "name"): 20,
    ("controllers", 1): 21,
    ("controllers", 1, "name"): 22,
    ("controllers", 1, "parameters"): 23,
    ("controllers", 1, "parameters", "interval_s", 0): 25,
    ("controllers", 1, "parameters", "interval_s", 1): 26,
    ("table", "own"): 28,
    ("table", "own", "last"): 29,
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("place", LINES, ids=str)
def test_every_value_has_the_line_it_is_written_in(place: Position, end: str) -> None:
    assert value_lines(TEXT.replace("\n", end))[place] == LINES[place]


def places(value: Any, at: Position = ()) -> set[Position]:
    """Every place in what TOML's reader answers."""
    children = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else [])
    return {(*at, key) for key, _ in children}.union(*(places(child, (*at, key)) for key, child in children))


def test_the_places_are_those_of_the_standard_reader() -> None:
    assert value_lines(TEXT).keys() == places(tomllib.loads(TEXT))


letters = st.text('ab"#[]{}=,. \\', max_size=6)
scalars = st.one_of(
    letters.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    letters.map(lambda text: f"'{text}'"),
    letters.map(lambda text: "'''\n" + text + "\n'''"),
    letters.map(lambda text: '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '\n"""'),
    st.floats().map(repr),
    st.booleans().map(lambda value: str(value).lower()),
    st.datetimes().map(lambda value: value.isoformat(" ")),
)
breaks = st.sampled_from(["", " ", "\n", "\n\n", " # a = [1]\n"])
values = st.recursive(
    scalars,
    lambda inside: st.lists(st.tuples(breaks, inside, breaks), max_size=4).map(
        lambda items: "[" + ",".join(before + item + after for before, item, after in items) + "\n]"
    ),
    max_leaves=8,
)


@given(st.lists(values, max_size=5), st.booleans())
def test_any_text_has_the_places_of_the_standard_reader(written: list[str], tables: bool) -> None:
    header = "[[x.y]]\n" if tables else ""
    text = "\n".join(f"{header}k{number} = {value}" for number, value in enumerate(written))
    assert value_lines(text).keys() == places(tomllib.loads(text))

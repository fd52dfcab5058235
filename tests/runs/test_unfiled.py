"""What a class that is in no file is known by: its code and what that names, and nothing else."""

from typing import Any

import pytest

from zhasyl.runs.unfiled import digest_of_class

CELLS = """
import numpy as np
GAIN, WEIGHTS, UNUSED = 2.0, np.zeros(3), 1
def helper(x):
    "Help."
    return x * GAIN
class Base:
    def low(self): return 1
class Mine(Base):
    "Mine."
    rate = 0.5
    def next(self, x, y=3):
        return helper(x) + WEIGHTS.sum() + (lambda z: z)(self.low())
    @classmethod
    def make(cls): return cls()
"""


def known_as(cells: str) -> str:
    around: dict[str, Any] = {"__name__": "a notebook"}
    exec(compile(cells, "<cell>", "exec"), around)  # noqa: S102 - as a notebook does
    return digest_of_class(around["Mine"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("GAIN, WEIGHTS, UNUSED = 2.0", "GAIN, WEIGHTS, UNUSED = 2.5"),
        ("np.zeros(3)", "np.ones(3)"),
        ("x * GAIN", "x + GAIN"),
        ("return 1", "return 2"),
        ("rate = 0.5", "rate = 0.6"),
        ("y=3", "y=4"),
        ("lambda z: z", "lambda z: -z"),
        ("return cls()", "return None"),
    ],
)
def test_a_change_of_its_code_or_what_it_names_is_another_class(old: str, new: str) -> None:
    assert old in CELLS
    assert known_as(CELLS.replace(old, new)) != known_as(CELLS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("np.zeros(3), 1", "np.zeros(3), 2"),
        ('"Help."', '"Helps."'),
        ('"Mine."', '"Yours."'),
        ("import", "\n\nimport"),
    ],
)
def test_what_it_does_not_use_and_what_is_no_code_changes_nothing(old: str, new: str) -> None:
    assert old in CELLS
    assert known_as(CELLS.replace(old, new)) == known_as(CELLS)

"""Suites: read as declared, and every mistake told in one line with file, line, value and next step."""

from pathlib import Path

import pytest

from zhasyl.errors import StudyError
from zhasyl.gate.suite import read_suite, shipped_suites

START = 'scenarios = ["abay-seifullin"]\ncontrollers = ["fixed", "max-pressure:interval_s=10"]\n'


def test_a_suite_is_read_as_declared(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(START + '[tolerances]\ndelay_s = "3%"\narrived_veh = 2\nstops = 0.05\n')
    suite = read_suite(str(file))
    assert (suite.title, suite.seeds, suite.names) == ("mine", (1, 2, 3, 4, 5), ("abay-seifullin",))
    assert suite.baseline_file == tmp_path / "mine.baseline.jsonl"
    tolerances = suite.tolerances
    assert {key: (one.text, one.of(200.0)) for key, one in tolerances.items()} == {
        "delay_s": ("3%", 6.0),
        "arrived_veh": ("2 veh", 2.0),
        "stops": ("0.05 1/trip", 0.05),
    }


@pytest.mark.parametrize(
    ("text", "line", "parts"),
    [
        (START, 0, ["'tolerances' is missing"]),
        (START + "[tolerances]\n", 3, ["one or more measures", "{}"]),
        (START + "[tolerances]\nwall_s = 1\n", 4, ["wall_s is never gated", "remove it"]),
        (START + '[tolerances]\ndelay = "3%"\n', 4, ["no measure 'delay'", "Did you mean"]),
        (START + '[tolerances]\ndelay_s = "3"\n', 4, ['"3" is no share', '"3%"', "s/trip"]),
        (START + '[tolerances]\ndelay_s = "300%"\n', 4, ["300%", "no share"]),
        (START + "[tolerances]\ndelay_s = -1\n", 4, ["0 or more, not -1"]),
        (START + "[tolerances]\ndelay_s = inf\n", 4, ["Infinity"]),
        (START + "[tolerances]\ndelay_s = true\n", 4, ["true"]),
        (START + '[tolerances]\ndelay_s = ["3%"]\n', 4, ["3%"]),
        (START + 'baseline = "fixed"\n[tolerances]\ndelay_s = "3%"\n', 3, ["no key 'baseline'"]),
        ('seeds = "5-1"\n' + START + '[tolerances]\ndelay_s = "3%"\n', 1, ["5-1"]),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, line: int, parts: list[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(StudyError) as refusal:
        read_suite(str(file))
    told = str(refusal.value)
    assert told.startswith(f"{file}, line {line}: " if line else f"{file}: "), told
    assert [part for part in parts if part not in told] == [], told
    assert "\n" not in told


def test_suites_that_ship_are_known_by_name() -> None:
    assert {"almaty", "core", "resco"} <= shipped_suites().keys()
    for name in shipped_suites():
        suite = read_suite(name)
        assert suite.tolerances["delay_s"].share > 0
        assert suite.baseline_file.is_file()


def test_a_name_that_no_suite_has() -> None:
    with pytest.raises(StudyError, match=r"no suite 'cor'\. Did you mean 'core'.*or give the path of a SUITE\.toml"):
        read_suite("cor")
    with pytest.raises(StudyError, match=r"mine\.toml"):
        read_suite("mine.toml")

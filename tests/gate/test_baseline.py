"""The committed baseline: stable to the byte, merged by git line by line, and hostile until read."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from zhasyl.errors import StudyError
from zhasyl.gate.baseline import Cell, Line, line_of, read_baseline, rounded, write_baseline
from zhasyl.process.git import commit_of
from zhasyl.runs.store import RunRecord

CELL = Cell("abay-seifullin", "", "perfect", "all", "fixed")
LINE = Line(CELL, "c0ffee", "1.28.0", "4", "abc123", (1, 2), {"delay_s": (40.25, None), "arrived_veh": (100.0, 99.0)})
OTHERS = [replace(LINE, cell=CELL._replace(controller=name)) for name in ("actuated", "max-pressure", "sotl")]


def test_what_is_written_is_read_and_written_alike(tmp_path: Path) -> None:
    file = tmp_path / "b.jsonl"
    write_baseline(file, [LINE, *OTHERS])
    first = file.read_bytes()
    read = read_baseline(file)
    assert read[CELL] == LINE
    assert list(read) == sorted(read)
    write_baseline(file, reversed(list(read.values())))
    assert file.read_bytes() == first
    assert first.count(b"\n") == 5
    assert b'"arrived_veh":[100,99]' in first


def test_values_are_those_of_the_records_to_ten_digits() -> None:
    def record(seed: int, delay_s: float) -> RunRecord:
        values = {"seed": seed, "content": "c", "versions": {"sumo": "1.28.0", "measures": "5"}, "delay_s": delay_s,
                  "stops": None}  # fmt: skip
        return RunRecord(values, Path())

    line = line_of(CELL, [record(2, 41.12345678949), record(1, 40.0)], "abc")
    assert line.seeds == (1, 2)
    assert line.values["delay_s"] == (40.0, 41.12345679)
    assert line.values["stops"] == (None, None)
    assert rounded(float("nan")) is rounded(True) is rounded("7") is None


def test_git_merges_what_two_branches_change(tmp_path: Path) -> None:
    base, ours, theirs = (tmp_path / name for name in ("base", "ours", "theirs"))
    lines = [LINE, *OTHERS]
    write_baseline(base, lines)
    write_baseline(ours, [replace(lines[0], commit="ours"), *lines[1:]])
    write_baseline(theirs, [*lines[:3], replace(lines[3], values={"delay_s": (1.0, 2.0)})])
    command = ["git", "merge-file", "-p", *map(str, (ours, base, theirs))]
    merged = subprocess.run(command, capture_output=True, check=True).stdout
    assert b"<<<" not in merged
    assert [json.loads(text).get("commit") for text in merged.splitlines()] == [
        None,
        "abc123",
        "ours",
        "abc123",
        "abc123",
    ]


HEADER = '{"zhasyl_baseline":1}\n'


def said(**changes: object) -> str:
    whole = {"cell": CELL._asdict(), "content": "c", "sumo": "1.28.0", "measures_version": "5", "commit": "",
             "seeds": [1, 2], "values": {"delay_s": [1.0, 2.0]}}  # fmt: skip
    return json.dumps(whole | changes) + "\n"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 0, "is empty"),
        ("delay,40\n", 1, "no line of a baseline"),
        ("{}\n", 1, "no baseline of zhasyl"),
        ('{"zhasyl_baseline":2}\n', 1, "format 2, this version reads 1"),
        (HEADER + "<<<<<<< ours\n" + said(), 2, "git could not merge it (<<<<<<< ours)"),
        (HEADER + said(values={"delay_s": [10**400, 2]}), 2, "no line of a baseline"),
        (HEADER + said().replace("1.0", "1e999"), 2, "inf is no value"),
        (HEADER + said(seeds=[1, 1]), 2, "each once"),
        (HEADER + said(seeds=[]), 2, "seeds are one or more"),
        (HEADER + said(seeds="12"), 2, "seeds are one or more"),
        (HEADER + said(values={"delay_s": [1.0]}), 2, "1 values of delay_s for 2 seeds"),
        (HEADER + said(values={"delay_s": ["1", 2]}), 2, '"1" is no value'),
        (HEADER + said(values={"delay_s": [float("nan"), 2]}), 2, "NaN is no value"),
        (HEADER + said(values=[1]), 2, "no line of a baseline"),
        (HEADER + said(sumo=1.28), 2, "1.28 is no text"),
        (HEADER + said(cell={"scenario": "x"}), 2, "no line of a baseline"),
        (HEADER + said() + said(), 3, "a second line of abay-seifullin · fixed"),
        (HEADER + "[" * 5000 + "\n", 2, "no line of a baseline"),
    ],
)  # fmt: skip
def test_a_damaged_baseline_is_told_in_one_line(tmp_path: Path, text: str, line: int, part: str) -> None:
    file = tmp_path / "b.jsonl"
    file.write_text(text)
    with pytest.raises(StudyError) as refusal:
        read_baseline(file)
    told = str(refusal.value)
    assert part in told
    assert (f", line {line}:" in told) == (line > 0)
    assert "--update" in told
    assert "\n" not in told


@pytest.mark.parametrize("name", ["a\u2028b", "a\x85b", "a\nb", "\u202eb"])
def test_a_name_of_any_letters_is_one_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "b.jsonl"
    write_baseline(file, [replace(LINE, cell=CELL._replace(scenario=name))])
    (cell,) = read_baseline(file)
    assert cell.scenario == name
    assert "\n" not in cell.name


@pytest.mark.parametrize("change", [lambda t: t.replace(b"\n", b"\r\n"), lambda t: b"\xef\xbb\xbf" + t + b"\n\n"])
def test_what_editors_add_is_no_damage(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "b.jsonl"
    write_baseline(file, [LINE])
    file.write_bytes(change(file.read_bytes()))
    assert read_baseline(file) == {CELL: LINE}


def test_a_baseline_behind_a_link_is_written_there(tmp_path: Path) -> None:
    link, file = tmp_path / "b.jsonl", tmp_path / "real.jsonl"
    link.symlink_to(file)
    write_baseline(link, [LINE])
    assert link.is_symlink()
    assert read_baseline(file) == {CELL: LINE}


def test_the_commit_of_a_folder(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == ""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    (tmp_path / "file").write_text("1")
    for command in (["init", "-q"], ["add", "file"], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)  # noqa: S607
    clean = commit_of(tmp_path)
    assert len(clean) >= 7
    assert not clean.endswith("+")
    (tmp_path / "file").write_text("2")
    assert commit_of(tmp_path) == f"{clean}+"


def test_a_folder_with_names_in_another_encoding_has_a_commit(tmp_path: Path) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    file = os.fsencode(tmp_path) + b"/caf\xe9"
    try:
        Path(os.fsdecode(file)).write_text("1")
    except OSError:
        pytest.skip("this file system takes no such name")
    for command in (["init", "-q"], ["config", "core.quotePath", "false"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)  # noqa: S607
    Path(os.fsdecode(file)).write_text("2")
    assert commit_of(tmp_path).endswith("+")

"""What CI services read: JUnit XML, annotations of GitHub's pull requests, GitLab's report of code quality.

JUnit     a test case is a measure of a cell, the safety of its signals, or its runs if one failed
GitHub    workflow commands in the log of a step, https://docs.github.com/en/actions/reference/workflow-commands
GitLab    artifacts:reports:codequality, https://docs.gitlab.com/ci/testing/code_quality/
Both stand at the line of the baseline that a cell has.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

from jinja2 import Environment, PackageLoader

from zhasyl.gate.checking import Checked
from zhasyl.gate.words import RUNS, SAFETY, baseline_lines, findings, sentence
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.runs.store import write_text
from zhasyl.text.steering import neutral

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Case(NamedTuple):
    cell: str
    subject: str
    time_s: float
    failure: str = ""
    kind: str = ""
    error: str = ""


def write_junit(checked: Checked, path: Path) -> None:
    """Write JUnit XML. Raises OutputError."""
    cases = list(_cases(checked))
    page = Environment(
        loader=PackageLoader("zhasyl.gate", "."), autoescape=True, finalize=_clean, keep_trailing_newline=True
    )
    text = page.get_template("junit.xml").render(
        title=checked.suite.title,
        cases=cases,
        failures=sum(bool(case.failure) for case in cases),
        errors=sum(bool(case.error) for case in cases),
        time_s=sum(case.time_s for case in cases),
    )
    write_text(path, text)


def _clean(value: object) -> object:
    """A text as XML may hold it."""
    return NOT_XML.sub("\ufffd", neutral(value)) if isinstance(value, str) else value


def _cases(checked: Checked) -> Iterator[_Case]:
    wrong = {(one.cell, one.subject): one.text for one in findings(checked)}
    for cell, records in checked.records.items():
        time_s = sum(float(record["wall_s"] or 0.0) for record in records)
        yield _Case(cell.name, RUNS, time_s, error=wrong.get((cell, RUNS), ""))
        yield _Case(cell.name, SAFETY, 0.0, wrong.get((cell, SAFETY), ""), SAFETY)
        for one in (one for one in checked.judged if one.cell == cell):
            yield _Case(cell.name, one.measure, 0.0, wrong.get((cell, one.measure), ""), one.verdict)


def github_lines(checked: Checked) -> Iterator[str]:
    """The workflow commands: errors of what fails, notices of what got better."""
    file = _relative(checked.baseline_file)
    places = baseline_lines(checked)
    for one in findings(checked):
        yield _command("error", file, places.get(one.cell, 1), one.cell.name, one.text)
    for better in checked.improvements:
        yield _command("notice", file, places.get(better.cell, 1), better.cell.name, sentence(better))


@contextmanager
def no_commands(stream: TextIO) -> Iterator[None]:
    """GitHub carries out nothing that is printed meanwhile, whatever names of others begin a line with."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", file=stream, flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", file=stream, flush=True)


def _command(kind: str, file: str, line: int, title: str, text: str) -> str:
    return f"::{kind} file={_property(file)},line={line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return neutral(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def write_gitlab(checked: Checked, path: Path) -> None:
    """Write a code quality report. Raises OutputError."""
    places, file = baseline_lines(checked), _relative(checked.baseline_file)
    entries = [
        {
            "description": neutral(f"{one.cell.name}: {one.text}"),
            "check_name": f"zhasyl check: {one.subject}",
            "fingerprint": sha256("\0".join((*one.cell, one.subject)).encode("utf-8", "replace")).hexdigest(),
            "severity": "major" if one.subject in MEASURE_BY_KEY else "blocker",
            "location": {"path": file, "lines": {"begin": places.get(one.cell, 1)}},
        }
        for one in findings(checked)
    ]
    write_text(path, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def _relative(path: Path) -> str:
    """From the folder where the command runs, which CI services take for that of the repository."""
    return Path(os.path.relpath(path)).as_posix()

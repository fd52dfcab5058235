"""zhasyl check: a suite of runs against its committed baseline."""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.execution import Execution
from zhasyl.cli.options import Cluster, Jobs, Json, Limit, Out, Rerun

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from zhasyl.gate.checking import Checked


def command(
    suite: Annotated[
        str, typer.Argument(metavar="SUITE", help="A SUITE.toml, or one that ships: core, almaty or resco.")
    ],
    seeds: Annotated[str, typer.Option(help="Other seeds than the suite's, e.g. 6-10; compared unpaired.")] = "",
    baseline: Annotated[
        Path | None, typer.Option(help="The baseline's file; default: SUITE.baseline.jsonl beside the suite.")
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Write a new baseline and say what moved.")] = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML.")] = None,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
    gitlab: Annotated[Path | None, typer.Option(help="Write GitLab's code quality report.")] = None,
    jobs: Jobs = None,
    cluster: Cluster = "",
    limit_s: Limit = None,
    out: Out = Path("results"),
    as_json: Json = False,
    rerun: Rerun = False,
) -> int:
    """Check a suite of runs against a committed baseline. Exit status 1: worse, or not safe."""
    from zhasyl.gate.checking import conclude, prepare_suite, read_lines, suite_specs

    asked = prepare_suite(suite, seeds, update and baseline is None)
    file = baseline or asked.baseline_file
    execution = Execution.of(jobs, cluster, limit_s or asked.limit_s)
    before = read_lines(asked, file, update)
    reports = _places({"--junit": junit, "--gitlab": gitlab}, {"the suite": asked.file, "the baseline": file})
    with _annotations_off(github, as_json):
        checked = conclude(asked, file, before, execution.run(suite_specs(asked, out, rerun)))
        _write_files(checked, reports)
        status = _updated(checked, as_json) if update else _show(checked, as_json)
    if github and not (update and status == 0):
        _annotate(checked, as_json)
    return status


def _places(asked: "Mapping[str, Path | None]", taken: "Mapping[str, Path]") -> "dict[str, Path]":
    """The files to write by option, each known to be writable and none of the others. Raises OutputError."""
    from zhasyl.errors import OutputError
    from zhasyl.files.paths import real_path, writable_file

    owners = {real_path(path): what for what, path in taken.items()}
    places = {option: writable_file(path) for option, path in asked.items() if path}
    for option, place in places.items():
        if place in owners:
            raise OutputError(f"{option} {asked[option]} is the file of {owners[place]}; name another")
        owners[place] = option
    return places


def _write_files(checked: "Checked", places: "Mapping[str, Path]") -> None:
    if not places:
        return
    from zhasyl.gate.ci_files import write_gitlab, write_junit

    for option, write in (("--junit", write_junit), ("--gitlab", write_gitlab)):
        if option in places:
            write(checked, places[option])


def _annotations_off(github: bool, as_json: bool) -> AbstractContextManager[None]:
    if not github:
        return nullcontext()
    from zhasyl.gate.ci_files import no_commands

    return no_commands(_stream(as_json))


def _stream(as_json: bool) -> "TextIO":
    """Standard error where standard output holds one document; GitHub reads both."""
    import sys

    return sys.stderr if as_json else sys.stdout


def _print_document(checked: "Checked", status: int) -> None:
    from zhasyl.gate.words import document

    print(json.dumps(document(checked, status), ensure_ascii=False))


def _show(checked: "Checked", as_json: bool) -> int:
    if as_json:
        _print_document(checked, checked.status)
    else:
        from zhasyl.cli.gate.screen import print_checked

        print_checked(checked)
    return checked.status


def _annotate(checked: "Checked", as_json: bool) -> None:
    from zhasyl.gate.ci_files import github_lines

    for line in github_lines(checked):
        print(line, file=_stream(as_json))


def _updated(checked: "Checked", as_json: bool) -> int:
    from zhasyl.gate.checking import write_update

    written = write_update(checked)
    status = 0 if written else checked.status
    if as_json:
        _print_document(checked, status)
    else:
        from zhasyl.cli.gate.screen import print_update

        print_update(checked, written)
    return status

"""zhasyl check: a suite of runs against its committed baseline."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.execution import Execution
from zhasyl.cli.options import Cluster, Jobs, Json, Limit, Out, Rerun

if TYPE_CHECKING:
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
    from zhasyl.gate.checking import conclude, prepare_suite, read_lines, suite_specs, write_update

    asked = prepare_suite(suite, seeds)
    file = baseline or asked.baseline_file
    execution = Execution.of(jobs, cluster, limit_s or asked.limit_s)
    before = read_lines(asked, file, update)
    checked = conclude(asked, file, before, execution.run(suite_specs(asked, out, rerun)))
    _write_files(checked, junit, gitlab)
    if update:
        return _updated(checked, write_update(checked), as_json)
    _show(checked, as_json)
    if github:
        _annotate(checked, as_json)
    return checked.status


def _write_files(checked: "Checked", junit: Path | None, gitlab: Path | None) -> None:
    if junit is None and gitlab is None:
        return
    from zhasyl.gate.ci_files import write_gitlab, write_junit

    if junit:
        write_junit(checked, junit)
    if gitlab:
        write_gitlab(checked, gitlab)


def _show(checked: "Checked", as_json: bool) -> None:
    if as_json:
        from zhasyl.gate.words import document

        print(json.dumps(document(checked), ensure_ascii=False))
    else:
        from zhasyl.cli.gate.screen import print_checked

        print_checked(checked)


def _annotate(checked: "Checked", as_json: bool) -> None:
    """On standard error where standard output holds one document; GitHub reads both."""
    import sys

    from zhasyl.gate.ci_files import github_lines

    for line in github_lines(checked):
        print(line, file=sys.stderr if as_json else sys.stdout)


def _updated(checked: "Checked", written: bool, as_json: bool) -> int:
    if as_json:
        _show(checked, as_json)
    else:
        from zhasyl.cli.gate.screen import print_update

        print_update(checked, written)
    return 0 if written else checked.status

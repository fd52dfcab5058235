"""zhasyl plans: the plans of a scenario's signals, for a spreadsheet, Synchro, SUMO alone, or who sets a controller.

Without --format as CSV of derived stages, which fixed:plans=FILE.csv plays, or with --stages as scenario plan takes
them.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.screen import print_file
from zhasyl.cli.words import plural
from zhasyl.errors import OutputError, ScenarioError, unknown_name
from zhasyl.text.language import ENGLISH, check_language

ENDINGS = {"csv": ".csv", "xlsx": ".xlsx", "utdf": ".csv", "tllogic": ".xml", "sheet": ".html"}
FORMATS = tuple(ENDINGS)


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, path to a scenario.toml or .sumocfg, or resco:NAME.")],
    controller: Annotated[str, typer.Option(help="Whose plans: fixed (the shipped ones), webster, ...")] = "fixed",
    stages: Annotated[
        bool,
        typer.Option("--stages", help="Print stages with their movements, as scenario plan takes them."),
    ] = False,
    kind: Annotated[
        str, typer.Option("--format", help="csv, xlsx, utdf (Synchro), tllogic (SUMO), or sheet: a page a signal.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="File to write, with --format; else it is printed.")] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="For utdf: a file of Synchro's, of which only what the plans change is written anew."),
    ] = None,
    nodes: Annotated[
        Path | None, typer.Option(help="For utdf with --template: CSV with the columns node,signal.")
    ] = None,
    at: Annotated[str, typer.Option(help="Only the plans of a time of day, as 08:00.")] = "",
    lang: Annotated[str, typer.Option(help="Language of a sheet: en, kk or ru.")] = ENGLISH,
) -> int:
    """Print the plan of every controlled signal as CSV. With --format also for Excel, Synchro, SUMO or a controller."""
    if not kind:
        if out or template or nodes or at or lang != ENGLISH:
            raise OutputError(f"--out, --template, --nodes, --at and --lang need --format ({', '.join(FORMATS)})")
        return run(scenario, controller, stages)
    _check(kind, stages, out, template, nodes, lang)
    return run_format(scenario, controller, kind, out, template, nodes, at, lang)


def run(scenario: str, controller: str, stages: bool = False) -> int:
    """Do what the verb says without --format; answers the exit status."""
    from zhasyl.controllers import parse_controller
    from zhasyl.runs.planning import plans_of
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.plans.export import stages_csv

    chosen = parse_controller(controller)
    if stages and chosen.keeps_plan:
        print_file(stages_csv(load_scenario(scenario)))
        return 0
    print_file(plans_of(load_scenario(scenario), chosen, stages))
    return 0


def _check(kind: str, stages: bool, out: Path | None, template: Path | None, nodes: Path | None, lang: str) -> None:
    if kind not in FORMATS:
        raise OutputError(unknown_name("format", kind[:40], FORMATS))
    if stages:
        raise OutputError("--stages is for no --format; --format csv has its columns and more: leave --stages out")
    if kind == "xlsx" and out is None:
        raise OutputError("a workbook cannot be printed; give --out FILE.xlsx")
    if out is not None and out.suffix.lower() != ENDINGS[kind]:
        raise OutputError(_wrong_ending(kind, out))
    if (template or nodes) and kind != "utdf":
        raise OutputError(f"--template and --nodes are for --format utdf, and this is {kind}; leave them out")
    if nodes and not template:
        raise OutputError("--nodes says which signal a node of --template is; give both")
    if check_language(lang) != ENGLISH and kind != "sheet":
        raise OutputError(f"--lang is for --format sheet, and this is {kind}; leave it out")


def _wrong_ending(kind: str, out: Path) -> str:
    """One line for a file that would be called what it is not."""
    said = f"--format {kind} writes a {ENDINGS[kind]} file, and --out is '{str(out)[-80:]}'"
    if kind == "sheet" and out.suffix.lower() == ".pdf":
        return f"{said}; call it .html, open it in a browser and print it as PDF there"
    other = next((name for name, ending in ENDINGS.items() if ending == out.suffix.lower()), "")
    instead = f" or give --format {other}" if other else ""
    return f"{said}; let its name end in {ENDINGS[kind]}{instead}"


def run_format(
    scenario: str, controller: str, kind: str, out: Path | None, template: Path | None, nodes: Path | None, at: str,
    lang: str,
) -> int:  # fmt: skip
    """Do what the verb says with --format; answers the exit status."""
    from zhasyl.controllers import parse_controller
    from zhasyl.reports.plans_out.files import Asked, leaving_file
    from zhasyl.runs.planning import leaving_plans
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.plans.out.leaving import at_time_of_day

    loaded, chosen = load_scenario(scenario), parse_controller(controller)
    time_s = _time_of_day_s(at)
    plans = leaving_plans(loaded, chosen)
    if time_s is not None:
        plans = at_time_of_day(plans, time_s)
    made = leaving_file(Asked(loaded, chosen.label, kind, template, nodes, lang), plans)
    for remark in made.remarks:
        print(f"remark: {remark}", file=sys.stderr)
    if out is None:
        print_file(made.data.decode("utf-8", "surrogateescape"))
        return 0
    _write(out, made.data)
    print(f"{out}: {plural(len(plans), 'plan')} for {plural(len({plan.signal for plan in plans}), 'signal')}")
    return 0


def _time_of_day_s(text: str) -> float | None:
    from zhasyl.files.clock import clock_s

    try:
        return clock_s(text) if text else None
    except ValueError as error:
        raise ScenarioError(f"--at '{text[:40]}': {error}") from None


def _write(path: Path, data: bytes) -> None:
    from zhasyl.files.sealed import write_whole

    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write {str(path)[:200]}: {reason}; choose another place for --out") from None

"""zhasyl run: one run, its record printed."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.options import AllowFaults, Emissions, Json, Limit, OneVariant, Out, Record, Rerun, Sensor
from zhasyl.cli.present import weigh
from zhasyl.cli.screen import new_console
from zhasyl.process.workers import DEFAULT_LIMIT_S
from zhasyl.text.steering import neutral
from zhasyl.text.values import parse_seed
from zhasyl.text.words import plural

if TYPE_CHECKING:
    from zhasyl.runs.store import RunRecord
    from zhasyl.sumo.simulation import Api


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, path to a scenario.toml or .sumocfg, or resco:NAME.")],
    controller: Annotated[str, typer.Option(help="Controller, NAME or NAME:PARAMETER=VALUE,...")] = "fixed",
    seed: Annotated[str, typer.Option(metavar="INTEGER", help="Seed of the simulation.")] = "1",
    variant: OneVariant = "",
    sensor: Sensor = "perfect",
    emissions: Emissions = "all",
    out: Out = Path("results"),
    as_json: Json = False,
    gui: Annotated[bool, typer.Option("--gui", help="Show the run in sumo-gui.")] = False,
    traci: Annotated[bool, typer.Option("--traci", help="Drive a SUMO process over TraCI's socket.")] = False,
    allow_faults: AllowFaults = False,
    limit_s: Limit = None,
    rerun: Rerun = False,
    record: Record = False,
) -> int:
    """Run one scenario once and print its record."""
    return run(
        scenario,
        controller,
        parse_seed(seed),
        variant,
        sensor,
        emissions,
        out,
        as_json,
        "gui" if gui else "traci" if traci else "libsumo",
        limit_s or (None if gui else DEFAULT_LIMIT_S),
        allow_faults,
        rerun,
        record,
    )


def run(
    scenario: str,
    controller: str,
    seed: int,
    variant: str,
    sensor: str,
    emissions: str,
    out: Path,
    as_json: bool,
    api: "Api",
    limit_s: float | None,
    allow_faults: bool = False,
    rerun: bool = False,
    record: bool = False,
) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.runs.simulate import run as run_once
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.variant import parse_variant
    from zhasyl.scenarios.variants.vary import vary

    varied = vary(load_scenario(scenario), parse_variant(variant))
    found = run_once(varied, controller, seed, out, api, sensor, limit_s, rerun, emissions, record)
    if as_json:
        print(json.dumps(found.values, ensure_ascii=False))
    else:
        show(found)
    return weigh([found], allow_faults, said=False)


def _not_counted(values: Mapping[str, Any]) -> Iterator[str]:
    """Who neither arrived nor is under way."""
    removed, waiting = values.get("removed_veh", 0), values.get("never_triggered_veh", 0)
    if removed:
        yield f"{plural(removed, 'vehicle')} removed before the destination (calibrators, collisions, ...)"
    if waiting:
        yield f"{plural(waiting, 'vehicle')} waited in vain for somebody to get in: no trip is planned for them"


def show(record: "RunRecord") -> None:
    """Print a record for people."""
    from rich.table import Table
    from rich.text import Text

    from zhasyl.measures import MEASURES
    from zhasyl.reports.faults import kept_plans
    from zhasyl.reports.records import measured
    from zhasyl.reports.violations import safety_lines

    console = new_console()
    title = neutral(f"{record['title']} · {record['label']} · seed {record['seed']}")
    table = Table(title=Text(title, style="table.title"), title_justify="left")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("unit")
    for measure in MEASURES:
        value = record.values.get(measure.key)
        table.add_row(measure.title, measured(measure.key, value), measure.unit)
    table.add_row("Level of service", record["los"], "HCM")
    console.print(table)
    if lacking := [measure.title for measure in MEASURES if measure.key not in record.values]:
        console.print(f"stored before {', '.join(lacking)} could be measured; run again with --rerun")
    for line in safety_lines([record.values]):
        console.print(line, markup=False, highlight=False)
    for line in _not_counted(record.values):
        console.print(line)
    if record["gridlocked"]:
        console.print("gridlocked: a trip waited over 900 s in all")
    for fault in record["faults"]:
        console.print(f"fault at signal {fault['signal']}, {fault['time_s']:.0f} s: {fault['reason']}", markup=False)
    for line in kept_plans([record.values]):
        console.print(line, markup=False, highlight=False)
    console.print(f"record: {record.folder}", markup=False, soft_wrap=True)

"""zhasyl scenario plan: a scenario whose signals show plans from a table, from Synchro or from SUMO."""

import json
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made
from zhasyl.cli.words import plural


def command(
    scenario: Annotated[str, typer.Argument(help="Scenario whose signals get the plans.")],
    plans: Annotated[
        Path, typer.Argument(help="Plans: .csv, .xlsx or .toml, UTDF .csv, SUMO .xml; see docs/plans.md.")
    ],
    out: made.Folder,
    nodes: Annotated[
        Path | None, typer.Option(help="For UTDF: CSV with the columns node,signal, where INTIDs are no signal ids.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Make a scenario whose signals show your plans. They are checked against the conflicts of the network."""
    return run(scenario, plans, out, nodes, as_json)


def run(scenario: str, plans: Path, out: Path, nodes: Path | None, as_json: bool) -> int:
    """Make the folder and check it; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.osm.import_map import scenario_id
    from zhasyl.scenarios.plans.made import plan_scenario

    name = made.folder_name(out)
    base = load_scenario(scenario)
    with new_folder(out) as folder:
        found = plan_scenario(base, plans, folder, scenario_id(name), nodes)
    counted = made.checked(out)
    if as_json:
        print(json.dumps({
            "scenario": scenario_id(name),
            "folder": str(out),
            "signals": found.signals,
            "plans": len(found.plans),
            "kept": found.kept,
            "remarks": found.remarks,
            "checked": counted,
        }, ensure_ascii=False))  # fmt: skip
        return 0
    kept = f"; {len(found.kept)} {'keeps its' if len(found.kept) == 1 else 'keep their'} own" if found.kept else ""
    print(f"{out}: {plural(len(found.plans), 'plan')} for {plural(len(found.signals), 'signal')}{kept}")
    for remark in found.remarks:
        print(f"remark: {remark}")
    print(made.pointer(str(out), counted))
    return 0

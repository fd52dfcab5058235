"""zhasyl scenario import-utdf: a scenario from Synchro's combined UTDF file."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made
from zhasyl.cli.words import plural


def command(
    file: Annotated[Path, typer.Argument(help="Combined UTDF file (.csv) of Synchro 7 or later.")],
    out: made.Folder,
    minutes: Annotated[float, typer.Option(min=5, max=1440, help="Length of the measured period.")] = 60.0,
    report: Annotated[
        list[Path] | None,
        typer.Option("--report", help="Synchro's report, saved as text: its delays stand beside ours; again for more."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Make a scenario from a Synchro network. Roads, bays, volumes and plans; it says what had to be guessed."""
    return run_import(file, out, minutes, as_json, report or [])


def run_import(file: Path, out: Path, minutes: float, as_json: bool, reports: list[Path]) -> int:
    """Make the folder and check it; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.reports.network_map import save_network_picture
    from zhasyl.scenarios.osm.import_map import scenario_id
    from zhasyl.scenarios.utdf.import_town import import_town

    name = made.folder_name(out)
    with new_folder(out) as folder:
        found = import_town(file, folder, name, minutes, reports)
        save_network_picture(found.network, name, [(one, one) for one in found.signals], folder / "network.png")
    kinds = Counter(guess.kind for guess in found.town.guesses.found)
    _say({
        "scenario": scenario_id(name),
        "folder": str(out),
        "nodes": len(found.town.places),
        "signals": len(found.signals),
        "planned": len(found.planned),
        "kept": found.kept,
        "volumes_met": found.share_met,
        "largest_mismatch_vph": round(found.mismatch_vph, 1),
        "mismatch_link": found.mismatch_link,
        "lane_groups_beside": found.beside,
        "guessed": dict(sorted(kinds.items())),
        "checked": made.checked(out),
    }, as_json)  # fmt: skip
    return 0


def _say(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    print(
        f"{facts['folder']}: {plural(facts['nodes'], 'node')}, {plural(facts['signals'], 'signal')}, of which "
        f"{facts['planned']} show the file's plans"
    )
    for node, why in facts["kept"].items():
        print(f"keeps netconvert's plan: {node}: {why}")
    if facts["volumes_met"] is None:
        print("no Volume in the file: random trips, declared synthetic; give counts with zhasyl scenario calibrate")
    else:
        print(
            f"planned flows: GEH below 5 on {facts['volumes_met']:.0%} of the file's volumes (volumes.csv); neighbours "
            f"differ by up to {facts['largest_mismatch_vph']:g} veh/h (link {facts['mismatch_link']})"
        )
    if facts["lane_groups_beside"]:
        groups = plural(facts["lane_groups_beside"], "lane group")
        print(f"Synchro's own results: {groups} (synchro.csv); zhasyl report sets them beside the runs'")
    guessed = ", ".join(f"{kind} {number}" for kind, number in facts["guessed"].items())
    print(f"guessed or reported: {guessed or 'nothing'} (guessed.csv)")
    print(made.pointer(facts["folder"], facts["checked"]))
    if facts["signals"]:
        made.say_next(facts["folder"])
    else:
        print("no signal in the file: there is no controller to compare; sumo-gui -c scenario.sumocfg shows the roads")

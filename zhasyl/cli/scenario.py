"""zhasyl scenario: a junction or network of one's own, from a map, a table of approaches, or counts."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from zhasyl.cli.options import Json
from zhasyl.errors import ScenarioError

app = typer.Typer(help="Make a scenario of your own: from OpenStreetMap, from a table, from counts.")
Folder = Annotated[Path, typer.Option("--out", help="The scenario folder to make; it must not exist or be empty.")]


@app.command("import-osm")
def import_osm(
    out: Folder,
    file: Annotated[Path | None, typer.Argument(help="OSM extract: .osm, .xml or .osm.pbf.")] = None,
    bbox: Annotated[str, typer.Option(help="Only west,south,east,north in degrees.")] = "",
    signals: Annotated[str, typer.Option(help="OSM nodes to give a signal, or with a minus to take it from.")] = "",
    town_speed_kmh: Annotated[
        float, typer.Option(min=10, max=130, help="Speed limit of streets that have none mapped.")
    ] = 60.0,
    download: Annotated[bool, typer.Option("--download", help="Ask Overpass for the roads of --bbox.")] = False,
    as_json: Json = False,
) -> int:
    """Make a scenario folder from an OpenStreetMap extract, and say what had to be guessed."""
    if download == (file is not None):
        raise ScenarioError("give either an OSM file or --download with --bbox")
    if download and not bbox:
        raise ScenarioError("--download needs --bbox west,south,east,north")
    return run_import(file, out, bbox, signals, town_speed_kmh, as_json)


def run_import(file: Path | None, out: Path, bbox: str, signals: str, town_kmh: float, as_json: bool) -> int:
    """Import a file, or download the box first; answers the exit status."""
    from zhasyl.reports.network_map import save_network_picture
    from zhasyl.scenarios.import_osm import import_osm, scenario_id
    from zhasyl.scenarios.new_folder import new_folder
    from zhasyl.scenarios.osm_map import parse_box

    box = parse_box(bbox) if bbox else None
    name = out.absolute().name
    with TemporaryDirectory(prefix="zhasyl-") as scratch, new_folder(out) as folder:
        source = file or _downloaded(bbox, Path(scratch))
        made = import_osm(source, folder, name, box, signals, town_kmh)
        numbers = [(place.number, place.id) for place in made.signals]
        save_network_picture(made.network, name, numbers, folder / "network.png")
    kinds = [guess.kind for guess in made.guesses]
    _say({
        "scenario": scenario_id(name),
        "folder": str(out),
        "signals": len(made.signals),
        "guessed": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
    }, as_json)  # fmt: skip
    return 0


def _downloaded(bbox: str, scratch: Path) -> Path:
    from zhasyl.scenarios.osm_map import parse_box
    from zhasyl.scenarios.overpass import download

    path = scratch / "overpass.osm"
    download(parse_box(bbox), path)
    return path


def _say(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    guessed = ", ".join(f"{number} {kind}" for kind, number in facts["guessed"].items())
    print(f"{facts['folder']}: {facts['signals']} signals; guessed or reported: {guessed or 'nothing'} (guessed.csv)")
    print(f"next: zhasyl compare {facts['folder']}/scenario.toml --controllers fixed,max-pressure --seeds 1-5")

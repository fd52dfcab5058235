"""zhasyl scenario import-osm: a scenario from an OpenStreetMap extract."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made
from zhasyl.cli.words import plural
from zhasyl.errors import ScenarioError


def command(
    out: made.Folder,
    file: Annotated[Path | None, typer.Argument(help="OSM extract: .osm, .xml or .osm.pbf.")] = None,
    bbox: Annotated[str, typer.Option(help="Only west,south,east,north in degrees.")] = "",
    signals: Annotated[str, typer.Option(help="OSM nodes to give a signal, or with a minus to take it from.")] = "",
    town_speed_kmh: Annotated[
        float, typer.Option(min=10, max=130, help="Speed limit of streets that have none mapped.")
    ] = 60.0,
    left_hand: Annotated[bool, typer.Option("--left-hand", help="Traffic keeps to the left.")] = False,
    download: Annotated[bool, typer.Option("--download", help="Ask Overpass for the roads of --bbox.")] = False,
    gtfs: Annotated[Path | None, typer.Option(help="GTFS feed, .zip: its buses run on the map.")] = None,
    gtfs_date: Annotated[str, typer.Option(help="Day of the feed, as 20260302; default: its busiest.")] = "",
    from_time: Annotated[str, typer.Option("--from", help="With --gtfs: clock time of the measured hour.")] = "08:00",
    as_json: Json = False,
) -> int:
    """Make a scenario from an OpenStreetMap extract. It says what had to be guessed."""
    if download == (file is not None):
        raise ScenarioError("give either an OSM file or --download with --bbox")
    if download and not bbox:
        raise ScenarioError("--download needs --bbox west,south,east,north")
    if gtfs is None and (gtfs_date or from_time != "08:00"):
        raise ScenarioError("--gtfs-date and --from are for --gtfs FEED.zip; leave them out, or give a feed")
    timetable = (gtfs, gtfs_date, from_time) if gtfs else None
    return run_import(file, out, bbox, signals, town_speed_kmh, left_hand, as_json, timetable)


def run_import(
    file: Path | None, out: Path, bbox: str, signals: str, town_kmh: float, left_hand: bool, as_json: bool,
    timetable: tuple[Path, str, str] | None = None,
) -> int:  # fmt: skip
    """Import a file, or download the box first; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.reports.network_map import save_network_picture
    from zhasyl.scenarios.osm.extract import parse_box
    from zhasyl.scenarios.osm.import_map import Timetable, import_osm, scenario_id

    box = parse_box(bbox) if bbox else None
    feed = Timetable(timetable[0], timetable[1], _clock_s(timetable[2])) if timetable else None
    name = made.folder_name(out)
    with TemporaryDirectory(prefix="zhasyl-") as scratch, new_folder(out) as folder:
        source = file or _downloaded(bbox, Path(scratch))
        found = import_osm(source, folder, name, box, signals, town_kmh, left_hand, feed)
        numbers = [(place.number, place.id) for place in found.signals]
        save_network_picture(found.network, name, numbers, folder / "network.png")
    kinds = [guess.kind for guess in found.guesses]
    _say({
        "scenario": scenario_id(name),
        "folder": str(out),
        "signals": len(found.signals),
        **({"bus_lines": found.buses.lines, "bus_stops": found.buses.stops, "buses": found.buses.vehicles}
           if found.buses else {}),
        "guessed": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "checked": made.checked(out),
    }, as_json)  # fmt: skip
    return 0


def _clock_s(text: str) -> float:
    from zhasyl.files.clock import clock_s

    try:
        return clock_s(text)
    except ValueError as error:
        raise ScenarioError(f"--from '{text[:40]}': {error}") from None


def _downloaded(bbox: str, scratch: Path) -> Path:
    from zhasyl.scenarios.osm.extract import parse_box
    from zhasyl.scenarios.osm.overpass import download

    path = scratch / "overpass.osm"
    download(parse_box(bbox), path)
    return path


def _say(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    guessed = ", ".join(f"{kind} {number}" for kind, number in facts["guessed"].items())
    signals = plural(facts["signals"], "signal")
    if "bus_lines" in facts:
        lines, stops = plural(facts["bus_lines"], "bus line"), plural(facts["bus_stops"], "stop")
        signals = f"{signals}, {lines} with {stops} and {plural(facts['buses'], 'departure')} (bus_lines.csv)"
    print(f"{facts['folder']}: {signals}; guessed or reported: {guessed or 'nothing'} (guessed.csv)")
    print(made.pointer(facts["folder"], facts["checked"]))
    made.say_next(facts["folder"])

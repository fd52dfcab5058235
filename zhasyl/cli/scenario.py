"""zhasyl scenario: a junction or network of one's own, from a map, a table of approaches, or counts."""

import io
import json
import shlex
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli import scenario_check, scenario_plan
from zhasyl.cli.options import Json, OneVariant
from zhasyl.cli.screen import print_file
from zhasyl.cli.words import plural
from zhasyl.errors import ScenarioError

if TYPE_CHECKING:
    from zhasyl.scenarios.counts.calibrate import Calibration

NOT_MET = 1

app = typer.Typer(help="Make a scenario of your own. From OpenStreetMap, from a table, from counts.")
app.command("check")(scenario_check.command)
app.command("plan")(scenario_plan.command)
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
    left_hand: Annotated[bool, typer.Option("--left-hand", help="Traffic keeps to the left.")] = False,
    download: Annotated[bool, typer.Option("--download", help="Ask Overpass for the roads of --bbox.")] = False,
    as_json: Json = False,
) -> int:
    """Make a scenario from an OpenStreetMap extract. It says what had to be guessed."""
    if download == (file is not None):
        raise ScenarioError("give either an OSM file or --download with --bbox")
    if download and not bbox:
        raise ScenarioError("--download needs --bbox west,south,east,north")
    return run_import(file, out, bbox, signals, town_speed_kmh, left_hand, as_json)


def run_import(
    file: Path | None, out: Path, bbox: str, signals: str, town_kmh: float, left_hand: bool, as_json: bool
) -> int:
    """Import a file, or download the box first; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.reports.network_map import save_network_picture
    from zhasyl.scenarios.osm.extract import parse_box
    from zhasyl.scenarios.osm.import_map import import_osm, scenario_id

    box = parse_box(bbox) if bbox else None
    name = _name(out)
    with TemporaryDirectory(prefix="zhasyl-") as scratch, new_folder(out) as folder:
        source = file or _downloaded(bbox, Path(scratch))
        made = import_osm(source, folder, name, box, signals, town_kmh, left_hand)
        numbers = [(place.number, place.id) for place in made.signals]
        save_network_picture(made.network, name, numbers, folder / "network.png")
    kinds = [guess.kind for guess in made.guesses]
    _say({
        "scenario": scenario_id(name),
        "folder": str(out),
        "signals": len(made.signals),
        "guessed": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "checked": scenario_check.checked(out),
    }, as_json)  # fmt: skip
    return 0


def _name(folder: Path) -> str:
    """The last part of a path, with a mark for bytes that are no text."""
    return folder.absolute().name.encode("utf-8", "replace").decode("utf-8")


def _downloaded(bbox: str, scratch: Path) -> Path:
    from zhasyl.scenarios.osm.extract import parse_box
    from zhasyl.scenarios.osm.overpass import download

    path = scratch / "overpass.osm"
    download(parse_box(bbox), path)
    return path


@app.command("new")
def new(
    table: Annotated[Path, typer.Argument(help="CSV of approaches; docs/own-junction.md has its columns.")],
    out: Folder,
    as_json: Json = False,
) -> int:
    """Make a scenario from a table of approaches. It takes no map."""
    return run_new(table, out, as_json)


def run_new(table: Path, out: Path, as_json: bool) -> int:
    """Make the folder and compile it once, so that it is known to run; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.scenarios.compile.scenario import compile_scenario
    from zhasyl.scenarios.new.junction import new_junction
    from zhasyl.scenarios.osm.import_map import scenario_id

    name = _name(out)
    with new_folder(out) as folder:
        saturation = new_junction(table, folder, scenario_id(name), name)
        compile_scenario(folder)
    counted = scenario_check.checked(out)
    if as_json:
        facts = {"scenario": scenario_id(name), "folder": str(out), "highest_saturation": round(saturation, 3)}
        print(json.dumps(facts | {"checked": counted}, ensure_ascii=False))
    else:
        print(f"{out}: Webster's plan has a highest degree of saturation of {saturation:.2f}")
        print(scenario_check.pointer(str(out), counted))
        _say_next(out)
    return 0


@app.command("calibrate")
def calibrate(
    scenario: Annotated[str, typer.Argument(help="Scenario whose network was counted.")],
    counts: Annotated[Path, typer.Argument(help="Turning counts: .csv or .xlsx; docs/own-junction.md has the shapes.")],
    out: Folder,
    controller: Annotated[
        str, typer.Option(help="Controller under which counts are simulated; default: the signals' own programmes.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Make a scenario whose vehicles turn as counted. Exit status 1 if too few counts are met."""
    return run_calibrate(scenario, counts, out, controller, as_json)


def run_calibrate(scenario: str, counts: Path, out: Path, controller: str, as_json: bool) -> int:
    """Fit demand to counts and say how well it meets them; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.runs.simulate import player
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.counts.calibrate import calibrate as fit
    from zhasyl.scenarios.counts.calibrate import play_programmes
    from zhasyl.scenarios.osm.import_map import scenario_id

    play = player(controller) if controller else play_programmes
    base = load_scenario(scenario)
    with new_folder(out) as folder:
        found = fit(base, counts, folder, scenario_id(_name(out)), play)
    counted = scenario_check.checked(out)
    if as_json:
        print(json.dumps(_calibration(found) | {"checked": counted}, ensure_ascii=False))
    else:
        _print_calibration(found, out)
        print(scenario_check.pointer(str(out), counted))
        _say_next(out)
    return 0 if found.met else NOT_MET


def _calibration(found: "Calibration") -> dict[str, Any]:
    rows = [asdict(m) | {"geh_assigned": m.geh_assigned, "geh_simulated": m.geh_simulated} for m in found.movements]
    shares = {"share_assigned": found.share_assigned, "share_simulated": found.share_simulated, "met": found.met}
    return {**shares, "movements": rows, "remarks": list(found.remarks)}


def _print_calibration(found: "Calibration", out: Path) -> None:
    from zhasyl.cli.listing import print_table
    from zhasyl.scenarios.counts.calibrate import SHARE_TO_MEET
    from zhasyl.scenarios.counts.placed import GEH_LIMIT

    headers = ["junction", "approach", "movement", "counted, veh/h", "assigned", "GEH", "simulated", "GEH"]
    unmet = [m for m in found.movements if max(m.geh_assigned, m.geh_simulated) >= GEH_LIMIT]
    movements = plural(len(found.movements), "movement")
    print(
        f"{out}: GEH below {GEH_LIMIT:g} on {found.share_assigned:.0%} of {movements} as assigned, "
        f"{found.share_simulated:.0%} as simulated (fit.csv)"
    )
    for remark in found.remarks:
        print(f"remark: {remark}")
    if not found.met:
        print(f"that is under {SHARE_TO_MEET:.0%}, so the exit status is {NOT_MET}")
    if unmet:
        print("not met:")
        print_table(headers, [[m.junction, m.approach, m.movement, f"{m.counted_vph:.0f}", f"{m.assigned_vph:.0f}",
                               f"{m.geh_assigned:.1f}", f"{m.simulated_vph:.0f}", f"{m.geh_simulated:.1f}"]
                              for m in unmet])  # fmt: skip


@app.command("counts")
def counts(
    scenario: Annotated[str, typer.Argument(help="Scenario whose own demand is counted.")],
    variant: OneVariant = "",
    minutes: Annotated[float, typer.Option(min=1, max=1440, help="Length of an interval.")] = 15.0,
) -> int:
    """Print the turning counts of a scenario as CSV. Those of its own demand, to fill in or edit for calibrate."""
    return run_counts(scenario, variant, minutes)


def run_counts(scenario: str, variant: str, minutes: float) -> int:
    """Count and print; answers the exit status."""
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.counts.from_demand import write_own_counts
    from zhasyl.scenarios.variant import parse_variant
    from zhasyl.scenarios.variants.vary import vary

    text = io.StringIO()
    write_own_counts(vary(load_scenario(scenario), parse_variant(variant)), minutes * 60, text)
    print_file(text.getvalue())
    return 0


def _say(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    guessed = ", ".join(f"{number} {kind}" for kind, number in facts["guessed"].items())
    signals = plural(facts["signals"], "signal")
    print(f"{facts['folder']}: {signals}; guessed or reported: {guessed or 'nothing'} (guessed.csv)")
    print(scenario_check.pointer(facts["folder"], facts["checked"]))
    _say_next(facts["folder"])


def _say_next(folder: str | Path) -> None:
    scenario, results = shlex.quote(str(folder)), shlex.quote(f"{folder}-results")
    print(f"next: zhasyl compare {scenario} --controllers fixed,webster,actuated --seeds 1-5 --out {results}")

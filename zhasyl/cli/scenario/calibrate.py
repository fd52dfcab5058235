"""zhasyl scenario calibrate: a scenario whose vehicles turn as counted."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made
from zhasyl.cli.words import plural

if TYPE_CHECKING:
    from zhasyl.scenarios.counts.calibrate import Calibration

NOT_MET = 1


def command(
    scenario: Annotated[str, typer.Argument(help="Scenario whose network was counted.")],
    counts: Annotated[
        Path, typer.Argument(help="Turning counts: .csv or .xlsx; docs/count-sheets.md has the layouts.")
    ],
    out: made.Folder,
    controller: Annotated[
        str, typer.Option(help="Controller under which counts are simulated; default: the signals' own programmes.")
    ] = "",
    begin: Annotated[str, typer.Option(help="Only counts from this time of day, such as 7:00.")] = "",
    end: Annotated[str, typer.Option(help="Only counts to this time of day, such as 9:00.")] = "",
    date: Annotated[str, typer.Option(help="Only counts of this day, as the file writes it.")] = "",
    detectors: Annotated[
        Path | None, typer.Option(help="For an archive of SCATS: table with the columns site,detector,lane.")
    ] = None,
    coefficients: Annotated[
        Path | None,
        typer.Option(help="For volumes reduced to passenger cars: table with the columns class,coefficient."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Make a scenario whose vehicles turn as counted. Exit status 1 if too few counts are met."""
    return run_calibrate(scenario, counts, out, controller, as_json, (date, begin, end), detectors, coefficients)


def run_calibrate(
    scenario: str,
    counts: Path,
    out: Path,
    controller: str,
    as_json: bool,
    wanted: tuple[str, str, str] = ("", "", ""),
    detectors: Path | None = None,
    coefficients: Path | None = None,
) -> int:
    """Fit demand to counts and say how well it meets them; answers the exit status. `wanted`: date, begin, end."""
    from zhasyl.files.whole import new_folder
    from zhasyl.runs.simulate import player
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.counts.calibrate import calibrate as fit
    from zhasyl.scenarios.counts.calibrate import play_programmes
    from zhasyl.scenarios.counts.read import wanted_counts
    from zhasyl.scenarios.counts.sheets.grid import Given
    from zhasyl.scenarios.counts.sheets.reduced import read_coefficients
    from zhasyl.scenarios.osm.import_map import scenario_id

    chosen = wanted_counts(*wanted)
    given = Given(coefficients=read_coefficients(coefficients) if coefficients else {}, detectors=detectors)
    play = player(controller) if controller else play_programmes
    base = load_scenario(scenario)
    with new_folder(out) as folder:
        found = fit(base, counts, folder, scenario_id(made.folder_name(out)), play, given, chosen)
    counted = made.checked(out)
    if as_json:
        print(json.dumps(_calibration(found) | {"checked": counted}, ensure_ascii=False))
    else:
        _print_calibration(found, out)
        print(made.pointer(str(out), counted))
        made.say_next(out)
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

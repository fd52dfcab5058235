"""zhasyl scenario import-log: a scenario whose signal plays what a controller's log shows, and its counts."""

import json
from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made
from zhasyl.cli.words import plural

if TYPE_CHECKING:
    from zhasyl.scenarios.logs.check import PhaseCheck
    from zhasyl.scenarios.logs.imported import Imported
    from zhasyl.scenarios.logs.programme import Part, Played

NOT_MET = 1


def command(
    log: Annotated[Path, typer.Argument(help="High-resolution log, .parquet or .csv; docs/controller-logs.md.")],
    scenario: Annotated[str, typer.Option("--scenario", help="Scenario that has the junction: a log has no geometry.")],
    config: Annotated[
        list[Path],
        typer.Option("--config", help="Movements of phases, detectors: .csv, .xlsx or .parquet; may be given again."),
    ],
    out: made.Folder,
    signal: Annotated[str, typer.Option(help="Whose log it is, where the scenario has several signals.")] = "",
    device: Annotated[str, typer.Option(help="Which device, where the log has several.")] = "",
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Which day, where the log has several.")] = "",
    zone: Annotated[str, typer.Option(help="Local time zone of a log in UTC, e.g. Asia/Almaty.")] = "",
    as_json: Json = False,
) -> int:
    """Make a scenario of what a signal controller logged. Plan and turning counts; exit status 1 if too few are met."""
    return run(log, scenario, config, out, signal, device, date, zone, as_json)


def run(
    log: Path,
    scenario: str,
    config: list[Path],
    out: Path,
    signal: str,
    device: str,
    date: str,
    zone: str,
    as_json: bool,
) -> int:
    """Make the folder and say what came of it; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.runs.events.watched import watch_fixed
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.counts.calibrate import play_programmes
    from zhasyl.scenarios.logs.config import read_config
    from zhasyl.scenarios.logs.imported import import_log
    from zhasyl.scenarios.logs.read import read_log
    from zhasyl.scenarios.osm.import_map import scenario_id

    base = load_scenario(scenario)
    read = read_log(log, device, date, zone)
    rows = read_config(config, read.device)
    name = scenario_id(made.folder_name(out))
    with new_folder(out) as folder:
        found = import_log(base, read, rows, folder, name, play_programmes, watch_fixed, signal)
    counted = made.checked(out)
    if as_json:
        print(json.dumps(_document(found) | {"checked": counted}, ensure_ascii=False))
    else:
        _print(found, out)
        print(made.pointer(str(out), counted))
        made.say_next(out)
    return 0 if found.calibration.met else NOT_MET


def _document(found: "Imported") -> dict[str, Any]:
    programmes = [
        {"from_s": one.stretch.begin_s, "to_s": one.stretch.end_s, "cycle_s": one.stretch.cycle_s,
         "offset_s": None if one.stretch.free else one.stretch.zero_s % one.stretch.cycle_s,
         "phases": [_known(asdict(part)) for part in one.at(0.5)]}
        for one in found.plans.programmes
    ]  # fmt: skip
    phases = [_known(asdict(row) | {"log": _known(asdict(row.log)), "simulated": _known(asdict(row.simulated))})
              for row in found.phases]  # fmt: skip
    shares = {"share_assigned": found.calibration.share_assigned, "share_simulated": found.calibration.share_simulated}
    return {"signal": found.signal, "programmes": programmes, "phases": phases, **shares,
            "met": found.calibration.met, "remarks": list(found.remarks)}  # fmt: skip


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(value, float) and isnan(value) else value for key, value in values.items()}


def _print(found: "Imported", out: Path) -> None:
    from zhasyl.cli.listing import print_table
    from zhasyl.scenarios.counts.calibrate import SHARE_TO_MEET
    from zhasyl.scenarios.counts.placed import GEH_LIMIT

    calibration = found.calibration
    for one in found.plans.programmes:
        print(f"{_course(one)}; {', '.join(_split(part) for part in sorted(one.at(0.5), key=lambda part: part.phase))}")
    movements = plural(len(calibration.movements), "movement")
    print(
        f"{out}: GEH below {GEH_LIMIT:g} on {calibration.share_assigned:.0%} of {movements} as assigned, "
        f"{calibration.share_simulated:.0%} as simulated (fit.csv)"
    )
    if not calibration.met:
        print(f"that is under {SHARE_TO_MEET:.0%}, so the exit status is {NOT_MET}")
    print(
        "by phase, the log beside a run of the scenario: vehicles an hour, arrivals on green, split failures of greens"
    )
    headers = ["phase", "moves", "veh/h", "run", "GEH", "on green", "run", "failures", "run"]
    print_table(headers, [[
        str(r.phase), r.movements, _figure(r.counted_vph, ".0f"), _figure(r.simulated_vph, ".0f"),
        _figure(r.geh, ".1f"), _figure(r.log.on_green, ".0%"), _figure(r.simulated.on_green, ".0%"), _failures(r.log),
        _failures(r.simulated)] for r in found.phases])  # fmt: skip
    for remark in found.remarks:
        print(f"remark: {remark}")


def _failures(found: "PhaseCheck") -> str:
    return f"{found.failures} of {found.judged}" if found.judged else "-"


def _figure(value: float, form: str) -> str:
    return "-" if isnan(value) else f"{value:{form}}"


def _course(one: "Played") -> str:
    from zhasyl.files.clock import clock

    stretch = one.stretch
    kept = "no cycle kept, usually" if stretch.free else "cycle"
    offset = "" if stretch.free else f", offset {stretch.zero_s % stretch.cycle_s:.0f} s ({stretch.zero_from})"
    return f"{clock(stretch.begin_s)} to {clock(stretch.end_s)}: {kept} {stretch.cycle_s:g} s{offset}"


def _split(part: "Part") -> str:
    said = "" if isnan(part.said_s) else f", the log says {part.said_s:.0f}"
    return f"phase {part.phase} {part.split_s:.1f} s (used {part.used_s:.1f}{said})"

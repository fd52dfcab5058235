"""zhasyl scenario new: a scenario from a table of approaches."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made

if TYPE_CHECKING:
    from zhasyl.scenarios.new.saturation import Loaded


def command(
    table: Annotated[
        Path, typer.Argument(help="CSV or Excel table of approaches; docs/own-junction.md has its columns.")
    ],
    out: made.Folder,
    as_json: Json = False,
) -> int:
    """Make a scenario from a table of approaches. It takes no map."""
    return run_new(table, out, as_json)


def run_new(table: Path, out: Path, as_json: bool) -> int:
    """Make the folder and compile it once, so that it is known to run; answers the exit status."""
    from zhasyl.files.whole import new_folder
    from zhasyl.scenarios.new.junction import new_junction
    from zhasyl.scenarios.osm.import_map import scenario_id

    name = made.folder_name(out)
    with new_folder(out) as folder:
        found = new_junction(table, folder, scenario_id(name), name)
    counted = made.checked(out)
    if as_json:
        facts = {
            "scenario": scenario_id(name),
            "folder": str(out),
            "highest_saturation": _number(found.highest),
            "cycle_s": found.cycle_s,
            "offsets_s": found.offsets_s,
            "saturation": [asdict(one) | {"degree": _number(one.degree)} for one in found.loaded],
        }
        print(json.dumps(facts | {"checked": counted}, ensure_ascii=False))
    else:
        print(f"{out}: Webster's plan has a highest degree of saturation of {found.highest:.2f}")
        print("\n".join(_lines(found.loaded)))
        print(made.pointer(str(out), counted))
        made.say_next(out)
    return 0


def _number(degree: float | None) -> float | None:
    """A degree as JSON has it: null where there is no green, too."""
    return None if degree is None or degree == inf else round(degree, 3)


def _lines(loaded: Sequence["Loaded"]) -> list[str]:
    """The lane groups as a table."""
    rows = [("approach", "movements", "lanes", "veh/h", "saturation")]
    rows += [
        (one.approach.removesuffix("_in"), "+".join(one.movements), str(one.lanes), f"{one.volume_vph:.0f}",
         one.degree_said) for one in loaded
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join([*(cell.ljust(w) for cell, w in zip(row[:2], widths, strict=False)),
                       *(cell.rjust(w) for cell, w in zip(row[2:], widths[2:], strict=True))]).rstrip()
            for row in rows]  # fmt: skip

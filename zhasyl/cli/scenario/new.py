"""zhasyl scenario new: a scenario from a table of approaches."""

import json
from pathlib import Path
from typing import Annotated

import typer

from zhasyl.cli.options import Json
from zhasyl.cli.scenario import made


def command(
    table: Annotated[Path, typer.Argument(help="CSV of approaches; docs/own-junction.md has its columns.")],
    out: made.Folder,
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

    name = made.folder_name(out)
    with new_folder(out) as folder:
        saturation = new_junction(table, folder, scenario_id(name), name)
        compile_scenario(folder)
    counted = made.checked(out)
    if as_json:
        facts = {"scenario": scenario_id(name), "folder": str(out), "highest_saturation": round(saturation, 3)}
        print(json.dumps(facts | {"checked": counted}, ensure_ascii=False))
    else:
        print(f"{out}: Webster's plan has a highest degree of saturation of {saturation:.2f}")
        print(made.pointer(str(out), counted))
        made.say_next(out)
    return 0

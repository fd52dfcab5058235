"""What scenarios there are, without compiling or loading any."""

import tomllib
from typing import Any

from zhasyl.errors import ScenarioError
from zhasyl.scenarios import load
from zhasyl.scenarios.resco import HOUR_S, resco_folder


def catalogue() -> list[dict[str, Any]]:
    """Rows of id, title, version and whether the files are installed: built-in ones, then the RESCO networks."""
    rows = []
    for name in load.built_in_names():
        settings = tomllib.loads((load.BUILT_IN_FOLDER / name / "scenario.toml").read_text(encoding="utf-8"))
        rows.append({"id": name, "title": settings["title"], "version": settings["version"], "installed": True})
    try:
        installed = resco_folder().is_dir()
    except ScenarioError:
        installed = False
    rows += [{"id": f"resco:{n}", "title": f"RESCO {n}", "version": 1, "installed": installed} for n in sorted(HOUR_S)]
    return rows

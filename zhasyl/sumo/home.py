"""Where SUMO is: the eclipse-sumo wheel, or the SUMO_HOME of an installation where the wheel is absent."""

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from zhasyl.errors import ScenarioError


@cache
def sumo_home() -> Path:
    """The folder that holds SUMO's bin and data. Raises ScenarioError if there is none."""
    spec = find_spec("sumo")
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    folders += [Path(os.environ["SUMO_HOME"])] if os.environ.get("SUMO_HOME") else []
    for folder in folders:
        if (folder / "bin").is_dir():
            return folder.resolve()
    looked = ", ".join(str(folder) for folder in folders) or "no package 'sumo', SUMO_HOME not set"
    raise ScenarioError(f"SUMO was not found ({looked}); install it with 'pip install eclipse-sumo' or set SUMO_HOME")


def sumo_binary(name: str) -> Path:
    """The path of one of SUMO's programs, for example 'netconvert'. Raises ScenarioError if it is missing."""
    suffix = ".exe" if os.name == "nt" else ""
    program = sumo_home() / "bin" / f"{name}{suffix}"
    if not program.is_file():
        raise ScenarioError(f"SUMO's program '{name}' is not at {program}; reinstall eclipse-sumo")
    return program


def sumo_environment() -> dict[str, str]:
    """This process's environment for SUMO's programs, with SUMO_HOME and PROJ's data set."""
    home = sumo_home()
    environment = {**os.environ, "SUMO_HOME": str(home)}
    projections = home / "data" / "proj"
    if (projections / "proj.db").is_file():
        environment |= {"PROJ_DATA": str(projections), "PROJ_LIB": str(projections)}
    return environment

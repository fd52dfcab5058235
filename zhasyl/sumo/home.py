"""Where SUMO is, and which: the eclipse-sumo wheel beside libsumo's, or an installation that is asked for.

ZHASYL_SUMO   the folder of another SUMO, with bin and tools below it: its programs are used, and runs drive its `sumo`
              over TraCI's socket
SUMO_HOME     where there is neither that nor the wheel; others set it for programs of their own, so it comes last
"""

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from zhasyl.errors import ScenarioError

CHOSEN = "ZHASYL_SUMO"
WHEELS = ("eclipse-sumo", "libsumo")
LEAST = (1, 25)  # the oldest that writes what a run reads; docs/another-sumo.md
ADVICE = "pip install 'eclipse-sumo~=1.28.0' 'libsumo~=1.28.0'"


def chosen_home() -> Path | None:
    """The folder of the SUMO that ZHASYL_SUMO names, None if it names none. Raises ScenarioError if it holds none."""
    named = os.environ.get(CHOSEN, "")
    if not named:
        return None
    folder = Path(named)
    if not (folder / "bin" / "sumo").is_file():
        raise ScenarioError(f"{CHOSEN}={named} holds no bin/sumo; give the folder of a SUMO, or unset {CHOSEN}")
    return folder.resolve()


@cache
def sumo_home() -> Path:
    """The folder that holds SUMO's bin and data. Raises ScenarioError if there is none, or none that fits."""
    if chosen := chosen_home():
        return chosen
    _check_wheels()
    spec = find_spec("sumo")
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    folders += [Path(os.environ["SUMO_HOME"])] if os.environ.get("SUMO_HOME") else []
    for folder in folders:
        if (folder / "bin").is_dir():
            return folder.resolve()
    looked = ", ".join(str(folder) for folder in folders) or "no package 'sumo', SUMO_HOME not set"
    raise ScenarioError(f"SUMO was not found ({looked}); install it with 'pip install eclipse-sumo' or set {CHOSEN}")


def _check_wheels() -> None:
    """Raise ScenarioError for wheels of SUMO that are too old or of two versions."""
    programs, library = (_installed(name) for name in WHEELS)
    check_version(library)
    if programs and library and programs != library:
        raise ScenarioError(
            f"eclipse-sumo {programs} and libsumo {library} are two SUMOs; install one version of both: {ADVICE}"
        )


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def check_version(found: str) -> None:
    """Raise ScenarioError for a SUMO that is known to be too old; what cannot be read is let through."""
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdecimal())
    if len(numbers) == len(LEAST) and numbers < LEAST:
        least = ".".join(map(str, LEAST))
        raise ScenarioError(
            f"SUMO {found} is too old: a run reads outputs that came with {least}; {ADVICE}, or set {CHOSEN}"
        )


def sumo_binary(name: str) -> Path:
    """The path of one of SUMO's programs, for example 'netconvert'. Raises ScenarioError if it is missing."""
    suffix = ".exe" if os.name == "nt" else ""
    program = sumo_home() / "bin" / f"{name}{suffix}"
    if not program.is_file():
        raise ScenarioError(f"SUMO's program '{name}' is not at {program}; reinstall that SUMO")
    return program


def sumo_environment() -> dict[str, str]:
    """This process's environment for SUMO's programs, with SUMO_HOME and PROJ's data set."""
    home = sumo_home()
    environment = {**os.environ, "SUMO_HOME": str(home)}
    projections = home / "data" / "proj"
    if (projections / "proj.db").is_file():
        environment |= {"PROJ_DATA": str(projections), "PROJ_LIB": str(projections)}
    return environment

"""From what a user types to a Scenario: a built-in name, a scenario.toml, a .sumocfg, or resco:NAME."""

from dataclasses import replace
from pathlib import Path

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.paths import absolute_path, check_is_file, real_path
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.resco import HOUR_S, load_resco
from zhasyl.scenarios.sumocfg import load_sumocfg

BUILT_IN_FOLDER = Path(__file__).resolve().parent


def built_in_names() -> list[str]:
    """Names of the built-in scenarios, sorted."""
    return sorted(path.parent.name for path in BUILT_IN_FOLDER.glob("*/scenario.toml"))


def load_scenario(text: str) -> Scenario:
    """Load a scenario. Raises ScenarioError with the nearest name for one that is not known."""
    if text.startswith("resco:"):
        return replace(load_resco(text.removeprefix("resco:")), source=text)
    if text in built_in_names():
        return replace(_compiled(BUILT_IN_FOLDER / text), source=text)
    path = absolute_path(text, ScenarioError)
    if path.is_dir() and (path / "scenario.toml").is_file():
        path /= "scenario.toml"
    if path.name.endswith((".sumocfg", ".sumo.cfg")):
        check_is_file(path)
        return replace(load_sumocfg(real_path(path, ScenarioError)), source=str(path))
    if path.suffix == ".toml":
        check_is_file(path)
        return replace(_compiled(real_path(path, ScenarioError).parent), source=str(path))
    if path.is_dir():
        folder = text or path
        raise ScenarioError(
            f"folder {folder} holds no scenario.toml; give a scenario's folder, or a path to a .sumocfg"
        )
    if path.is_file():
        raise ScenarioError(
            f"{text} is neither a .sumocfg nor a scenario.toml; give the .sumocfg that names its network"
        )
    known = [*built_in_names(), *(f"resco:{name}" for name in HOUR_S)]
    raise ScenarioError(unknown_name("scenario", text, known) + "; or give a path to a .sumocfg or scenario.toml")


def tables_folder(text: str) -> Path | None:
    """The folder of a scenario's tables, by the text that `load_scenario` takes; None where there is none."""
    if text in built_in_names():
        return BUILT_IN_FOLDER / text
    folder = Path(text).parent if text.endswith(".toml") else Path(text)
    return folder if (folder / "scenario.toml").is_file() else None


def _compiled(folder: Path) -> Scenario:
    from zhasyl.scenarios.compile.scenario import compile_scenario
    from zhasyl.scenarios.sumo_folder import is_ready, load_ready

    return load_ready(folder) if is_ready(folder) else compile_scenario(folder)

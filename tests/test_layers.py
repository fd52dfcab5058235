"""Imports point one way, only the seams touch SUMO's libraries, and every folder is packaged."""

import ast
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (
    {
        "files",
        "errors",
        "guard",
        "indications",
        "lane_groups",
        "area",
        "arrays",
        "compiled",
        "observation",
        "timing",
        "network",
        "signals",
        "sumo",
        "measures",
        "moved",
        "parameters",
        "process",
        "text",
        "walks",
        "safety",
        "waits",
    },
    {"controllers", "scenarios", "derive", "links"},
    {"sensors", "sequencer", "sumo.inputs.command", "sumo.inputs.trial", "sumo.outputs", "sumo.simulation"},
    {"runs"},
    {"rl"},
    {"optimise"},
    {"reports"},
    {"comparing", "gate"},
    {"cli", "__main__"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
APART = (("controllers", "scenarios"), ("scenarios", "controllers"))  # of one rank, and still no business of each other
FORMATS = {
    "xml": ({"xml", "defusedxml", "lxml"}, {"sumo"}),
    "csv": ({"csv"}, {"files"}),
    "languages": ({"babel", "gettext"}, {"text"}),
    "subprocess": ({"subprocess"}, {"sumo", "process"}),
}
PUBLIC = [
    "AdaptiveParameters", "Area", "Comparison", "Controller", "ControllerError", "ControllerSpec", "Movement",
    "Observation", "OutputError", "Parameters", "Results", "RunRecord", "RunSpec", "Scenario", "ScenarioError",
    "SensorError", "Signal", "SignalError", "SimulationError", "Stage", "StudyError", "ZhasylError", "compare",
    "compare_all", "load_scenario", "parse_controller", "report", "run", "run_many",
]  # fmt: skip
MOST_MODULES, MOST_LINES = 20, 300
PAGES = {"zhasyl.docs", "zhasyl.docs.reference"}  # no code, and nothing that is imported
# numba's cache of compiled code does not see a change in another file
LONGER = {"controllers.parts.rollout", "optimise.model.kernel"}
SUMO_LIBRARIES = {"libsumo", "traci", "sumolib", "sumo"}


def modules() -> Iterator[tuple[str, Path]]:
    """(module below zhasyl, file) of every source file."""
    for folder in ("zhasyl", "controllers", "scenarios", "optimise", "reports"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if any(part.is_symlink() for part in path.parents if part != ROOT and ROOT in part.parents):
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[1:] if folder == "zhasyl" else parts).removesuffix(".__init__"), path


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """The import statements of a file, wherever they stand."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def rank(module: str) -> int | None:
    """The layer of a module, by its longest known prefix."""
    parts = module.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((RANK[name] for name in names if name in RANK), None)


def imported_modules(path: Path, known: set[str]) -> set[str]:
    """The modules below zhasyl that a file imports, wherever it does so."""
    found: set[str] = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif node.module:
            for name in (f"{node.module}.{alias.name}" for alias in node.names):
                found.add(name if name.removeprefix("zhasyl.") in known else node.module)
    return {name.removeprefix("zhasyl.") for name in found if name.startswith("zhasyl.")} & known


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value).rsplit("/", 1)[-1])
def test_imports_point_one_way(module: str, path: Path) -> None:
    if module == "__init__":
        return
    own = rank(module)
    assert own is not None, f"{module} is in no layer; add it to LAYERS"
    for name in imported(path):
        other = rank(name.removeprefix("zhasyl.")) if name.startswith("zhasyl.") else None
        assert other is None or other <= own, f"{module} imports {name} from a later layer"


def test_controllers_and_scenarios_do_not_know_each_other() -> None:
    files = dict(modules())
    across = {
        (module, name)
        for module, path in files.items()
        for name in imported_modules(path, set(files))
        if (module.split(".")[0], name.split(".")[0]) in APART
    }
    assert not across


def test_the_safety_check_shares_the_parser_of_the_net_file_alone() -> None:
    files = dict(modules())
    graph = {module: imported_modules(path, set(files)) - {module} for module, path in files.items()}
    assert graph["safety"] == {"network"}
    shared = _reached(graph, "safety")
    assert not {name for name in shared if name.split(".")[0] not in ("errors", "files", "network", "sumo", "text")}


def test_no_circles_of_files() -> None:
    files = dict(modules())
    graph = {module: imported_modules(path, set(files)) - {module} for module, path in files.items()}
    reached = {module: _reached(graph, module) for module in graph}
    circles = {
        tuple(sorted(other for other in reached[module] if module in reached[other]))
        for module in graph
        if module in reached[module]
    }
    assert not circles


def _reached(graph: dict[str, set[str]], module: str) -> set[str]:
    found: set[str] = set()
    left = list(graph[module])
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(graph[name])
    return found


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_has_its_room(kind: str) -> None:
    libraries, rooms = FORMATS[kind]
    elsewhere = {
        module
        for module, path in modules()
        if module.split(".")[0] not in rooms and {name.split(".")[0] for name in imported(path)} & libraries
    }
    assert not elsewhere


def test_folders_and_modules_stay_small() -> None:
    folders = Counter(path.parent for _, path in modules() if path.name != "__init__.py")
    assert max(folders.values()) <= MOST_MODULES
    assert {module for module, path in modules() if len(path.read_text("utf-8").splitlines()) > MOST_LINES} == LONGER


def test_only_the_seam_touches_sumo() -> None:
    for module, path in modules():
        touched = {name.split(".")[0] for name in imported(path)} & SUMO_LIBRARIES
        assert not touched or module == "sumo.simulation", f"{module} imports {touched}"


def test_importing_zhasyl_is_light() -> None:
    heavy = "{'numpy', 'pandas', 'libsumo', 'matplotlib', 'pydantic', 'typer'}"
    code = f"import sys, zhasyl; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_package_folder_is_listed_and_linked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT) for _, path in modules()}
    expected = {".".join(f.parts if f.parts[0] == "zhasyl" else ("zhasyl", *f.parts)) for f in folders}
    assert set(settings["packages"]) == expected | PAGES
    assert settings["package-dir"] == {"": "."}
    for folder in ("controllers", "docs", "optimise", "reports", "scenarios"):
        assert (ROOT / "zhasyl" / folder).readlink() == Path("..") / folder


def test_the_public_names_are_these_and_exist() -> None:
    import zhasyl

    assert list(zhasyl.__all__) == PUBLIC == sorted(PUBLIC)
    assert all(getattr(zhasyl, name) is not None for name in zhasyl.__all__)
    with pytest.raises(AttributeError, match="no attribute 'simulate'"):
        _ = zhasyl.simulate

"""Imports point one way, only the seams touch SUMO's libraries, and every folder is packaged."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (
    {
        "files",
        "errors",
        "guard",
        "indications",
        "paths",
        "lane_groups",
        "arrays",
        "observation",
        "timing",
        "limits",
        "network",
        "signals",
        "stage_names",
        "steering",
        "stopping",
        "sumo",
        "measures",
        "output",
        "parameters",
        "values",
        "walks",
        "wanted",
        "words",
        "runs.isolated",
        "runs.workers",
        "runs.cluster",
    },
    {"controllers", "scenarios", "derive", "links"},
    {"sensors", "sequencer", "set_up", "sumo.inputs", "sumo.outputs", "sumo.simulation", "sumo.trial", "safety"},
    {"runs"},
    {"optimise"},
    {"reports"},
    {"cli", "__main__"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
APART = (("controllers", "scenarios"), ("scenarios", "controllers"))  # of one rank, and still no business of each other
# What is left of former days; these lists may only shrink.
STILL_ACROSS: set[tuple[str, str]] = set()
STILL_CIRCLES: list[tuple[str, ...]] = []
FORMATS = {
    "xml": ({"xml.etree", "xml.etree.ElementTree", "defusedxml.ElementTree"}, "sumo."),
    "csv": ({"csv"}, "files."),
    "subprocess": ({"subprocess"}, "sumo."),
}
STILL_ELSEWHERE: dict[str, set[str]] = {
    "scenarios.check.demand_read": {"xml"},
    "scenarios.check.detectors": {"xml"},
    "scenarios.check.lanes_read": {"xml"},
    "scenarios.compile.buses_and_pedestrians": {"xml"},
    "scenarios.compile.cache": {"xml"},
    "scenarios.compile.demand": {"xml"},
    "scenarios.compile.network": {"xml"},
    "scenarios.compile.programmes": {"xml"},
    "scenarios.counts.calibrate": {"xml"},
    "scenarios.counts.fit": {"xml"},
    "scenarios.counts.route_flows": {"xml"},
    "scenarios.demand.volumes": {"xml"},
    "scenarios.osm.corrected_programmes": {"xml"},
    "scenarios.osm.extract": {"xml"},
    "scenarios.osm.network": {"xml"},
    "scenarios.osm.pbf": {"xml"},
    "scenarios.plans.made": {"xml"},
    "scenarios.plans.sumo": {"xml"},
    "scenarios.plans.timetable": {"xml"},
    "scenarios.sumo_folder": {"xml"},
    "scenarios.sumocfg": {"xml"},
    "scenarios.variants.lane_closures": {"xml"},
    "scenarios.variants.noise": {"xml"},
    "scenarios.variants.rain": {"xml"},
    "scenarios.variants.scramble": {"xml"},
}
SUMO_LIBRARIES = {"libsumo", "traci", "sumolib", "sumo"}


def modules() -> Iterator[tuple[str, Path]]:
    """(module below zhasyl, file) of every source file."""
    for folder in ("zhasyl", "controllers", "scenarios", "optimise", "reports"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if any(part.is_symlink() for part in path.parents if part != ROOT and ROOT in part.parents):
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[1:] if folder == "zhasyl" else parts).removesuffix(".__init__"), path


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
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
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
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
    assert across == STILL_ACROSS


def test_no_circles_of_files() -> None:
    files = dict(modules())
    graph = {module: imported_modules(path, set(files)) - {module} for module, path in files.items()}
    reached = {module: _reached(graph, module) for module in graph}
    circles = {
        tuple(sorted(other for other in reached[module] if module in reached[other]))
        for module in graph
        if module in reached[module]
    }
    assert sorted(circles) == sorted(STILL_CIRCLES)


def _reached(graph: dict[str, set[str]], module: str) -> set[str]:
    found: set[str] = set()
    left = list(graph[module])
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(graph[name])
    return found


def test_each_format_has_its_room() -> None:
    elsewhere = {
        module: kinds
        for module, path in modules()
        if (kinds := {kind for kind, (names, room) in FORMATS.items()
                      if imported(path) & names and not module.startswith(room)})
    }  # fmt: skip
    assert elsewhere == STILL_ELSEWHERE


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
    assert set(settings["packages"]) == expected
    for package, folder in settings["package-dir"].items():
        link = ROOT / "zhasyl" / package.removeprefix("zhasyl.")
        assert link.is_symlink()
        assert link.readlink() == Path("..") / folder


def test_the_public_names_are_sorted_and_exist() -> None:
    import zhasyl

    assert list(zhasyl.__all__) == sorted(zhasyl.__all__)
    assert all(getattr(zhasyl, name) is not None for name in zhasyl.__all__)
    with pytest.raises(AttributeError, match="no attribute 'simulate'"):
        _ = zhasyl.simulate

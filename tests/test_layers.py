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
        "errors",
        "guard",
        "lanegroups",
        "network",
        "signals",
        "measures",
        "sumo_home",
        "parameters",
        "toml_file",
        "toml_lines",
        "values",
        "workers",
        "cluster",
    },
    {"controllers", "scenarios", "derive"},
    {"sensors", "sequencer", "simulation", "tables", "safety"},
    {"experiment", "store"},
    {"batch", "housekeeping", "study"},
    {"optimise"},
    {"reports"},
    {"cli", "__main__"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
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


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: str(value).rsplit("/", 1)[-1])
def test_imports_point_one_way(module: str, path: Path) -> None:
    own = module.split(".")[0]
    if own == "__init__":
        return
    assert own in RANK, f"{module} is in no layer; add it to LAYERS"
    for name in imported(path):
        if name.startswith("zhasyl.") and (target := name.split(".")[1]) in RANK:
            assert RANK[target] <= RANK[own], f"{module} imports {name} from a later layer"


def test_only_the_seam_touches_sumo() -> None:
    for module, path in modules():
        touched = {name.split(".")[0] for name in imported(path)} & SUMO_LIBRARIES
        assert not touched or module == "simulation", f"{module} imports {touched}"


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

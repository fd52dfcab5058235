"""A study: the runs that a TOML file declares (declared.py has the keys), and how they are compared.

baseline = "fixed"     # default: the first controller
min_effect = "2%"      # smaller differences count as the same; default: 0
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.errors import unknown_name
from zhasyl.files.toml_file import Places
from zhasyl.runs.declared import Declared, Matrix, read_declared
from zhasyl.runs.planning import check
from zhasyl.text.values import parse_share


class _File(Declared):
    baseline: Annotated[str, Field(description="the name of a controller")] = ""
    min_effect: Annotated[str | float, Field(description='a share such as "2%" or 0.02')] = 0.0


@dataclass(frozen=True)
class Study(Matrix):
    """A checked study: every scenario loads and every controller can control it."""

    baseline: str = ""
    min_effect: float = 0.0


def read_study(path: Path) -> Study:
    """Read and check a study file. Raises StudyError that names file and line."""
    file, where = read_declared(path, "a study", _File)
    matrix = Matrix.of(file, path, where, check)
    baseline = _baseline(file, matrix.controllers, where)
    with where.at("min_effect"):
        min_effect = parse_share("min_effect", str(file.min_effect))
    return Study(**vars(matrix), baseline=baseline, min_effect=min_effect)


def _baseline(file: _File, controllers: tuple[ControllerSpec, ...], where: Places) -> str:
    labels = [spec.label for spec in controllers]
    with where.at("baseline"):
        label = parse_controller(file.baseline).label if file.baseline else labels[0]
    if label not in labels:
        raise where.error(("baseline",), unknown_name("baseline among the controllers", label, labels))
    return label

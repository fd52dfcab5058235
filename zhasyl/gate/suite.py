"""A suite: the runs that a TOML file declares (runs/declared.py has the keys), and how much worse each measure may get.

    [tolerances]
    delay_s = "3%"             # of the baseline's mean over the seeds
    not_inserted_veh = 2.0     # a number is in the measure's unit

Suites that ship are named without a path: core, almaty, resco.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from zhasyl.errors import StudyError, unknown_name
from zhasyl.files.paths import absolute_path
from zhasyl.files.toml_file import Places
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.runs.declared import Declared, Matrix, read_declared
from zhasyl.text.values import parse_share

SHIPPED = Path(__file__).resolve().parent / "suites"
BASELINE_SUFFIX = ".baseline.jsonl"
TIMES = frozenset({"wall_s", "sumo_s", "control_s"})


class _File(Declared):
    tolerances: Annotated[
        dict[str, str | int | float],
        Field(min_length=1, description='a table of one or more measures, such as delay_s = "3%"'),
    ]


@dataclass(frozen=True)
class Tolerance:
    """How much worse a measure may get: a share of the baseline's mean, or a number in the measure's unit."""

    text: str
    share: float = 0.0
    absolute: float = 0.0

    def of(self, baseline_mean: float) -> float:
        """In the measure's unit."""
        return self.absolute or self.share * abs(baseline_mean)


@dataclass(frozen=True)
class Suite(Matrix):
    """A read suite; what its controllers refuse is said when it is checked."""

    file: Path = Path()
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)

    @property
    def baseline_file(self) -> Path:
        """Where its baseline is committed."""
        return self.file.with_name(f"{self.file.stem}{BASELINE_SUFFIX}")


def shipped_suites() -> dict[str, Path]:
    """The suites that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def read_suite(given: str) -> Suite:
    """Read the suite in a file, or the one that ships under a name. Raises StudyError that names file and line."""
    path = _found(given)
    file, where = read_declared(path, "a suite", _File)
    tolerances = {key: _tolerance(key, value, where) for key, value in file.tolerances.items()}
    return Suite(**vars(Matrix.of(file, path, where)), file=path, tolerances=tolerances)


def _found(given: str) -> Path:
    known = shipped_suites()
    if given in known:
        return known[given]
    if not absolute_path(given, StudyError).exists() and Path(given).suffix != ".toml" and "/" not in given:
        raise StudyError(f"{unknown_name('suite', given, known)}; or give the path of a SUITE.toml")
    return Path(given)


def _tolerance(key: str, value: str | float, where: Places) -> Tolerance:
    place = ("tolerances", key)
    if key in TIMES:
        raise where.error(place, f"{key} is never gated: it depends on the machine; remove it")
    if key not in MEASURE_BY_KEY:
        raise where.error(place, unknown_name("measure", key, MEASURE_BY_KEY))
    unit = MEASURE_BY_KEY[key].unit
    if isinstance(value, str):
        if not value.strip().endswith("%"):
            raise where.error(place, f'{key} "{value[:80]}" is no share; write "3%", or a number of {unit} such as 2.0')
        with where.at(*place):
            return Tolerance(value.strip(), share=parse_share(key, value))
    if isinstance(value, bool) or not 0 <= value < math.inf:
        raise where.error(place, f'{key} must be "3%" or a number of {unit}, 0 or more, not {value}')
    return Tolerance(f"{value:g} {unit}", absolute=float(value))

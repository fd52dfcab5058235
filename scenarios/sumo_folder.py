"""A scenario folder whose network and demand are SUMO files already: its scenario.toml names a .sumocfg.

scenario.toml      id, version, title, sumocfg, [period], [signals], [provenance], [beside]
assumptions.csv    what nobody measured: subject, statement, status, reason
scenario.sumocfg   what SUMO loads; `sumo-gui -c scenario.sumocfg` shows the same network
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import Field

from zhasyl.errors import ZhasylError
from zhasyl.files.clock import seconds
from zhasyl.files.csv_table import read_csv, write_csv
from zhasyl.files.toml_file import read_toml
from zhasyl.scenarios.beside.files import BesideFiles, digest_of, read_beside
from zhasyl.scenarios.limits import limits_lines
from zhasyl.scenarios.model import Assumption, Scenario, SignalTiming
from zhasyl.scenarios.tables.rows import AssumptionRow
from zhasyl.scenarios.tables.section import Section
from zhasyl.scenarios.tables.settings import (
    SETTINGS_FILE,
    AllRed,
    Described,
    Green,
    Walk,
    WalkingSpeed,
    Yellow,
    read_settings,
)
from zhasyl.scenarios.variant import declared_variants, parse_variant
from zhasyl.sumo.inputs.options import FILES
from zhasyl.sumo.xml_files import Element, SubElement, write_xml

CONFIG_FILE = "scenario.sumocfg"


class ReadySignals(Section):
    """Rules for controlled signals; what is left out comes from each signal's own programme."""

    yellow_s: Yellow | None = None
    all_red_s: AllRed | None = None
    min_green_s: Green | None = None
    walk_s: Walk = 5.0
    walking_speed_mps: WalkingSpeed = 1.2


class ReadySettings(Described):
    """scenario.toml of a ready folder. `sumocfg` is a file in the folder."""

    sumocfg: Annotated[str, Field(pattern=r"^[^/\\]+\.sumocfg$")]
    signals: ReadySignals = ReadySignals()
    beside: BesideFiles = BesideFiles()


def is_ready(folder: Path) -> bool:
    """Does scenario.toml name a .sumocfg? False for one that cannot be read, which the loader of tables says."""
    try:
        return "sumocfg" in read_toml(folder / SETTINGS_FILE)[0]
    except ZhasylError:
        return False


def load_ready(folder: Path) -> Scenario:
    """The scenario of a folder for which `is_ready`. Raises ScenarioError."""
    from zhasyl.scenarios.sumocfg import load_sumocfg

    settings = read_settings(folder, ReadySettings)
    timing = SignalTiming(**settings.signals.model_dump())
    scenario = load_sumocfg(folder / settings.sumocfg, settings.id, timing)
    period = settings.period
    rows = read_csv(folder, "assumptions", AssumptionRow).rows
    beside = read_beside(folder, settings.beside)
    return replace(
        scenario,
        version=settings.version,
        title=settings.title,
        begin_s=period.begin_s,
        end_s=period.end_s,
        warm_up_s=period.warm_up_s,
        attribution=settings.provenance.attribution,
        assumptions=tuple(Assumption(row.subject, row.statement, row.status, row.reason) for row in rows),
        variants=declared_variants(f"{folder.name}/{SETTINGS_FILE}", settings.variants),
        limits=settings.limits,
        content=sha256(f"{scenario.content} {period} {digest_of(beside)}".rstrip().encode()).hexdigest(),
        beside=beside,
    )


def write_ready(folder: Path, scenario: Scenario, sources: tuple[str, ...] = ()) -> None:
    """Write scenario.toml, assumptions.csv and scenario.sumocfg of a scenario whose files lie in `folder`."""
    lines = [
        f"id = {toml_text(scenario.id)}",
        f"version = {scenario.version}",
        f"title = {toml_text(scenario.title)}",
        f"sumocfg = {toml_text(CONFIG_FILE)}",
        "\n[period]",
        f"begin_s = {seconds(scenario.begin_s)}",
        f"end_s = {seconds(scenario.end_s)}",
        f"warm_up_s = {seconds(scenario.warm_up_s)}",
        "\n[signals]",
        *(f"{key} = {value:g}" for key, value in asdict(scenario.timing).items() if value is not None),
        "\n[provenance]",
        f"sources = {toml_text(list(sources))}",
        f"attribution = {toml_text(list(scenario.attribution))}",
        "\n[variants]",
        *(f"{toml_text(name)} = {toml_text(text)}" for name, text in scenario.variants if _keeps(text)),
        *limits_lines(scenario.limits),
    ]
    (folder / SETTINGS_FILE).write_text("\n".join(lines) + "\n", "utf-8")
    rows = [(a.subject, a.statement, a.status, a.reason) for a in scenario.assumptions]
    write_csv(folder / "assumptions.csv", ("subject", "statement", "status", "reason"), rows)
    _write_config(folder, scenario)


def _keeps(variant: str) -> bool:
    """Whether a declared variant is one of a ready scenario, which has one period."""
    return not parse_variant(variant).period


def _write_config(folder: Path, scenario: Scenario) -> None:
    values = {
        "net-file": scenario.net_file.name,
        "route-files": ",".join(path.name for path in scenario.route_files),
        "additional-files": ",".join(path.name for path in scenario.additional_files),
        "begin": seconds(scenario.start_s),
        "end": seconds(scenario.end_s),
        **dict(_carried(folder, scenario.sumo_options)),
    }
    root = Element("configuration")
    for key, value in values.items():
        if value:
            SubElement(root, key, value=value)
    write_xml(root, folder / CONFIG_FILE)


def _carried(folder: Path, options: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The options, with copies in `folder` of the files they name."""
    for key, value in options:
        if key in FILES:
            paths = [Path(name) for name in value.split(",")]
            yield key, ",".join(_copied(path, folder / f"{key}-{n}-{path.name}") for n, path in enumerate(paths))
        else:
            yield key, value


def _copied(path: Path, copy: Path) -> str:
    (shutil.copytree if path.is_dir() else shutil.copyfile)(path, copy)
    return copy.name


def toml_text(value: str | list[str]) -> str:
    """A string or a list of strings as TOML, of which JSON's notation is a part except for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

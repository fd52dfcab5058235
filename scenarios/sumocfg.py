"""Any SUMO configuration file as a scenario."""

import os
import re
from collections.abc import Mapping
from errno import ENOENT
from math import isnan
from os import sep
from pathlib import Path
from urllib.parse import unquote

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import DAY_S, seconds, sumo_time_s
from zhasyl.files.paths import check_is_file, real_path, shown, why_no_file
from zhasyl.scenarios.model import LONGEST_PERIOD_S, Assumption, Scenario, SignalTiming
from zhasyl.sumo.inputs.named_files import content_digest
from zhasyl.sumo.inputs.options import ALL, FOLDERS, PASSED_ON, draws, long_name, refusal, replaced, similar
from zhasyl.sumo.inputs.options import FILES as NAMING_FILES
from zhasyl.sumo.xml_files import read_config

DEFAULT_PERIOD_S = 3600.0
VARIABLE = re.compile(r"\$\{(.+?)\}")
PASSING_VARIABLES = frozenset({"LOCALTIME", "UTC", "PID"})
MOST_THREADS = 64  # of one simulation, which seldom gains from more than a few
FILES = ("net-file", "route-files", "additional-files")


def load_sumocfg(path: Path, scenario_id: str = "", timing: SignalTiming = SignalTiming()) -> Scenario:  # noqa: B008
    """Read a .sumocfg: its network, demand, additional files, period and driving options.

    `inputs.options` says what becomes of each option. Without an end the period is one hour, which is noted as
    an assumption. Raises ScenarioError for a missing or invalid file, and for an option that a run cannot keep.
    """
    check_is_file(path)
    options = read_options(path)
    if said := refusal(options):
        raise ScenarioError(f"{path}: {said}")
    files = {key: _files(path, key, options.get(key, "")) for key in FILES}
    if not files["net-file"]:
        raise ScenarioError(f'{path} names no network; add <net-file value="..."/> to its <input>')
    if not files["route-files"] and not files["additional-files"]:
        raise ScenarioError(f'{path} names no demand; add <route-files value="..."/> to its <input>')
    begin_s = _seconds(path, "begin", options.get("begin", "0"))
    end_s = _seconds(path, "end", options.get("end", "-1"))
    assumptions: tuple[Assumption, ...] = ()
    if end_s < 0:
        end_s = begin_s + DEFAULT_PERIOD_S
        assumptions = (Assumption("period", "one hour is simulated", "inferred", f"{path.name} names no end"),)
    if end_s <= begin_s:
        raise ScenarioError(f"{path}: end {seconds(end_s)} is not after begin {seconds(begin_s)}; correct its <time>")
    _check_bounds(path, end_s - begin_s, options.get("threads", "0"))
    named, determining = _option_files(path, options)
    passed = {key: _complete(path, key, value) for key, value in options.items() if key in PASSED_ON}
    passed |= dict(draws(options))
    extra = tuple(sorted((passed | named).items()))
    kinds = {key: len(found) for key, found in files.items()} | _named_here(named)
    return Scenario(
        id=scenario_id or path.stem,
        version=1,
        title=path.stem,
        begin_s=begin_s,
        end_s=end_s,
        warm_up_s=0.0,
        net_file=files["net-file"][0],
        route_files=files["route-files"],
        additional_files=files["additional-files"],
        timing=timing,
        assumptions=assumptions,
        sumo_options=extra,
        replaced_options=tuple(replaced(options)),
        config_file=path,
        content=content_digest((*files["net-file"], *files["route-files"], *files["additional-files"]),
                               f"{begin_s} {end_s} {sorted(passed.items())} {kinds} {timing}", determining),
    )  # fmt: skip


def read_options(path: Path) -> dict[str, str]:
    """Every option of a .sumocfg by its long name; an empty value is none, as for SUMO. Raises ScenarioError."""
    options: dict[str, str] = {}
    for element in read_config(path).iterfind(".//*"):
        for value in (element.get(name, "") for name in ("value", "v")):
            if value:
                _set(path, options, element.tag, value)
        text = (element.text or "").strip()
        if text and long_name(element.tag) in ALL:
            _set(path, options, element.tag, text)
    return options


def _set(path: Path, options: dict[str, str], name: str, value: str) -> None:
    key = long_name(name)
    if key not in ALL:
        near = "".join(f", did you mean {other!r}?" for other in similar(key)[:1])
        raise ScenarioError(f"{path}: SUMO has no option {name[:80]!r}{near or ';'} correct it or take it out")
    if key in options:
        raise ScenarioError(f"{path}: the option {name!r} is given twice, which SUMO refuses; keep one of them")
    options[key] = _with_variables(value)


def _option_files(path: Path, options: Mapping[str, str]) -> tuple[dict[str, str], tuple[Path, ...]]:
    """The options that name files or folders, with absolute paths, and the files that they name."""
    named, files = {}, list[Path]()
    for key in sorted(NAMING_FILES & options.keys()):
        folder = _file(path, options[key].strip())
        if key in FOLDERS and folder.is_dir():
            named[key] = f"{folder}{sep}"
            files += sorted(file for file in folder.rglob("*") if file.is_file())
        else:
            found = _files(path, key, options[key])
            named[key] = ",".join(map(str, found))
            files += found
    return named, tuple(files)


def _named_here(named: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The files that options name, by names that hold wherever they stand: plain ones, in a folder from there on."""
    return {
        key: tuple(str(file.relative_to(folder)) for file in sorted(folder.rglob("*")))
        if (folder := Path(names)).is_dir()
        else tuple(Path(name).name for name in names.split(","))
        for key, names in named.items()
    }


def _files(path: Path, key: str, names: str) -> tuple[Path, ...]:
    names = _complete(path, key, names)
    try:
        found = tuple(_file(path, name.strip()) for name in names.split(",") if name.strip())
    except ScenarioError as error:
        raise ScenarioError(f"{path}: <{key}>: {error}") from None
    for file in found:
        if "," in str(file):
            raise ScenarioError(f"{path}: the path {file} has a comma, which SUMO reads as a list; move the files")
        reason = why_no_file(file)
        if reason:
            missing = "which does not exist" if reason == os.strerror(ENOENT) else reason
            raise ScenarioError(f"{path}: <{key}> names {shown(file)}, {missing}; correct the path")
    return found


def _file(path: Path, name: str) -> Path:
    """The file of a name as SUMO understands it: %20 is a blank, ~/ the home folder."""
    plain = unquote(name)
    return real_path(path.parent / (Path.home() / plain[2:] if plain.startswith("~/") else plain), ScenarioError)


def _with_variables(text: str) -> str:
    """A value with the variables of the environment, ${NAME}, that are set; SUMO takes nothing for the others."""
    return VARIABLE.sub(lambda found: os.environ.get(found[1], found[0]), text)


def _complete(path: Path, key: str, text: str) -> str:
    """The value of an option that is used. Raises ScenarioError for a variable in it that says nothing."""
    for name in VARIABLE.findall(text):
        said = f"{path}: <{key}> is {text[:200]!r}, and"
        if name in PASSING_VARIABLES:
            raise ScenarioError(f"{said} {name} differs from run to run; write its value")
        raise ScenarioError(f"{said} the environment variable {name[:80]} is not set; set it or write its value")
    return text


def _check_bounds(path: Path, period_s: float, threads: str) -> None:
    if period_s > LONGEST_PERIOD_S:
        days = f"{LONGEST_PERIOD_S / DAY_S:g} days"
        raise ScenarioError(f"{path}: its period of {seconds(period_s)} s is longer than {days}; lower its end")
    if threads.strip().isdecimal() and int(threads) > MOST_THREADS:
        raise ScenarioError(f"{path}: threads {threads} is over {MOST_THREADS}; lower it, or leave it out")


def _seconds(path: Path, key: str, text: str) -> float:
    """Seconds from '3600', '3600.5', 'h:m:s' or 'd:h:m:s'."""
    time_s = sumo_time_s(_complete(path, key, text))
    if isnan(time_s):
        raise ScenarioError(f"{path}: {key} '{text}' is not a time; give seconds or h:m:s")
    return time_s

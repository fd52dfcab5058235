"""Compiles a scenario folder's tables into a Scenario, through a cache keyed by what decides the result."""

import hashlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.paths import real_path
from zhasyl.files.sealed import digest_once, fits, move_into_place, read_seal, seal
from zhasyl.scenarios.compile.buses_and_pedestrians import write_stops
from zhasyl.scenarios.compile.cache import default_cache
from zhasyl.scenarios.compile.city import CITY_FILE, write_city
from zhasyl.scenarios.compile.demand import write_demand
from zhasyl.scenarios.compile.network import write_plain
from zhasyl.scenarios.compile.programmes import check_programmes, timing_of, write_programmes
from zhasyl.scenarios.model import Assumption, Scenario
from zhasyl.scenarios.tables.model import Tables
from zhasyl.scenarios.tables.read import Head, read_head, read_tables
from zhasyl.scenarios.tables.settings import SETTINGS_FILE
from zhasyl.scenarios.variant import declared_variants
from zhasyl.sumo.programs import compile_net, sumo_version

COMPILER_VERSION = 4  # raise it when the same tables give other files, or are refused: those of an entry are not read
NET_FILE = "network.net.xml"
ROUTE_FILE = "demand.rou.xml"
STOP_FILE = "stops.add.xml"
SEAL_FILE = "complete.json"  # written last: the digests of the other files
PRODUCTS = (NET_FILE, ROUTE_FILE, STOP_FILE)
DESCRIPTIVE = frozenset({"assumptions.csv", "names.csv"})  # says what was assumed and decides nothing


def compile_scenario(folder: Path, cache: Path | None = None, period: str = "") -> Scenario:
    """Compile a scenario folder, or take it from the cache. Raises ScenarioError for a faulty table.

    `period` is the name of one in scenario.toml, the main one if it is empty.
    """
    folder = real_path(folder, ScenarioError)
    home = cache or default_cache()
    head = read_head(folder, period)
    content = content_hash(folder, head.settings.period.name)
    entry = real_path(home) / f"{head.settings.id}-{content[:32]}"
    if not _is_whole(entry):
        _build(_tables(folder, period), entry)
    return _scenario(head, entry, content)


def _tables(folder: Path, period: str) -> Tables:
    """The tables of a folder; those of a city are written first, into a folder that goes away."""
    if not (folder / CITY_FILE).is_file():
        return read_tables(folder, period)
    with tempfile.TemporaryDirectory(prefix="zhasyl-") as made:
        written = Path(made) / folder.name
        written.mkdir()
        write_city(folder, written)
        return replace(read_tables(written, period), folder=folder)


def content_hash(folder: Path, period: str = "") -> str:
    """SHA-256 of the sources, the period, the compiler's version and SUMO's."""
    digest = hashlib.sha256(f"compiler {COMPILER_VERSION}\nsumo {sumo_version()}\nperiod {period}\n".encode())
    for file in sorted((*folder.glob("*.csv"), *folder.glob("*.toml"))):
        if file.name not in DESCRIPTIVE:
            source = file.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{file.name} {len(source)}\n".encode() + source)
    return digest.hexdigest()


def _is_whole(entry: Path) -> bool:
    try:
        digests = read_seal(entry / SEAL_FILE)
        return digests.keys() == set(PRODUCTS) and fits(entry, digests, digest_once)
    except (OSError, ValueError):
        return False


def _build(tables: Tables, entry: Path) -> None:
    """Compile beside the entry and rename into place, so that no other process ever sees a part of it."""
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=entry.parent))
    except OSError as error:
        raise ScenarioError(f"cannot write the cache {entry.parent}: {error.strerror}; set ZHASYL_CACHE") from None
    try:
        made = work / "made"
        made.mkdir()
        _compile_into(tables, work, made)
        _put_into_place(made, entry)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _compile_into(tables: Tables, work: Path, made: Path) -> None:
    """Twice through netconvert: link indices are known after the first pass, the plan is in the second."""
    write_plain(tables, work)
    compile_net(work, work / "without_plan.net.xml")
    write_programmes(tables, work / "without_plan.net.xml", work / "plan.tll.xml")
    compile_net(work, made / NET_FILE, work / "plan.tll.xml")
    check_programmes(tables, made / NET_FILE)
    write_demand(tables, made / ROUTE_FILE)
    write_stops(tables, made / STOP_FILE)
    seal(made, SEAL_FILE, PRODUCTS)


def _put_into_place(made: Path, entry: Path) -> None:
    try:
        move_into_place(made, entry, lambda: _is_whole(entry))  # another process may have been faster
    except OSError as error:
        raise ScenarioError(
            f"cannot put {entry} into place: {error.strerror or error}; remove it and try again"
        ) from error


def _scenario(head: Head, entry: Path, content: str) -> Scenario:
    settings = head.settings
    return Scenario(
        id=settings.id,
        version=settings.version,
        title=settings.title,
        begin_s=settings.period.begin_s,
        end_s=settings.period.end_s,
        warm_up_s=settings.period.warm_up_s,
        net_file=entry / NET_FILE,
        route_files=(entry / ROUTE_FILE,),
        additional_files=(entry / STOP_FILE,) if head.stops.rows else (),
        timing=timing_of(settings.signals),
        attribution=settings.provenance.attribution,
        assumptions=tuple(
            Assumption(row.subject, row.statement, row.status, row.reason) for row in head.assumptions.rows
        ),
        content=content,
        variants=declared_variants(f"{head.folder.name}/{SETTINGS_FILE}", settings.variants),
        limits=settings.limits,
        folder=head.folder,
    )

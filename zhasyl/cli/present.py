"""What `compare`, `batch` and `report` show of run records: tables, CSV files, the report, failures."""

import json
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhasyl.cli.screen import new_console
from zhasyl.cli.words import plural
from zhasyl.errors import ScenarioError, SimulationError, ZhasylError
from zhasyl.files.paths import real_path

if TYPE_CHECKING:
    from zhasyl.optimise.comparison import Comparison
    from zhasyl.runs.store import RunRecord

COMPARISON_FILE = "comparison.json"
SEAL_FILE = "report.seal.json"
PAGE = "report.html"
PRODUCTS = (PAGE, "runs.csv", "comparisons.csv")
DONE, RUN_FAILED = 0, 3
MOST_COMMANDS = 10  # shown of runs that failed for the same reason


@dataclass(frozen=True)
class Terms:
    """How runs are compared: with which controller, from which effect on, at which confidence."""

    baseline: str
    min_effect: float = 0.0
    confidence: float = 0.95


def conclude(out: Path, records: "list[RunRecord]", terms: Terms, as_json: bool, allow_faults: bool = False) -> int:
    """Note which runs were asked for, present them and list those that failed; answers the exit status."""
    from zhasyl.runs.store import write_text

    folders = [record.folder.relative_to(real_path(out)).as_posix() for record in records]
    write_text(out / COMPARISON_FILE, json.dumps({**asdict(terms), "runs": folders}, indent=1) + "\n")
    refuse_all_failed(records)
    present(out, records, terms, as_json)
    return max(list_failures(records), weigh(records, allow_faults, said=not as_json))


def weigh(records: "list[RunRecord]", allow_faults: bool, said: bool) -> int:
    """The exit status that controllers leave which showed what is not safe, or failed at every signal."""
    return max(weigh_violations(records, said), weigh_faults(records, allow_faults, said))


def weigh_violations(records: "list[RunRecord]", said: bool) -> int:
    """The exit status that violations leave, unless they are the shipped plan's own; says them if unsaid."""
    from zhasyl.reports.violations import breaches

    found = breaches([record.values for record in records])
    for line in () if said else found:
        print(f"zhasyl: {line}", file=sys.stderr)
    if found:
        print(f"zhasyl: a controller showed what is not safe, so the exit status is {RUN_FAILED}; please report it "
              "with the run's folder", file=sys.stderr)  # fmt: skip
    return RUN_FAILED if found else DONE


def weigh_faults(records: "list[RunRecord]", allowed: bool, said: bool) -> int:
    """The exit status that controllers which failed at every signal leave; says it on standard error if unsaid."""
    from zhasyl.reports.faults import alarms

    found = alarms([record.values for record in records])
    for line in () if said else found:
        print(f"zhasyl: {line}", file=sys.stderr)
    if found and not allowed:
        print(f"zhasyl: a controller failed at every signal, so the exit status is {RUN_FAILED}; mend the controller, "
              "or go on with --allow-faults", file=sys.stderr)  # fmt: skip
        return RUN_FAILED
    return DONE


def refuse_all_failed(records: "list[RunRecord]") -> None:
    """Raise when no run has anything to show: what the first one's input lacks, or why it failed."""
    if not records or any(record.done for record in records):
        return
    first = records[0]
    if first["error"] in (kind.__name__ for kind in ZhasylError.__subclasses__() if kind is not SimulationError):
        raise ScenarioError(first["reason"])
    raise SimulationError(f"all {plural(len(records), 'run')} failed; {first['command']}: {first['reason']}")


def list_failures(records: "list[RunRecord]") -> int:
    """Say on standard error which runs failed, why, and how to repeat them."""
    failed = [record for record in records if not record.done]
    if not failed:
        return DONE
    print(f"zhasyl: {len(failed)} of {plural(len(records), 'run')} failed; the same command tries them again",
          file=sys.stderr)  # fmt: skip
    alike: dict[str, list[RunRecord]] = {}
    for record in failed:
        alike.setdefault(record["reason"], []).append(record)
    for reason, ones in alike.items():
        print(f"  {plural(len(ones), 'run')}: {reason}", file=sys.stderr)
        for record in ones[:MOST_COMMANDS]:
            print(f"    {record['command']}", file=sys.stderr)
        if len(ones) > MOST_COMMANDS:
            print(f"    and {len(ones) - MOST_COMMANDS} more, in runs.csv", file=sys.stderr)
    return RUN_FAILED


def present(out: Path, records: "list[RunRecord]", terms: Terms, as_json: bool) -> None:
    """Compare the records with the baseline's, write CSV files and report, print tables or one JSON document."""
    from zhasyl.optimise.compare import compare_all

    comparisons = compare_all(
        [record.values for record in records],
        terms.baseline,
        min_effect=terms.min_effect,
        confidence=terms.confidence,
    )
    write_results(out, records, comparisons, terms)
    if as_json:
        print_json(records, comparisons)
    else:
        print_tables(records, comparisons, out / PAGE)


def write_results(out: Path, records: "list[RunRecord]", comparisons: "list[Comparison]", terms: Terms) -> None:
    """Write the CSV files and the report, unless this code wrote them from the same records and terms."""
    from zhasyl.runs.provenance import build
    from zhasyl.runs.store import write_text

    inputs = [version("zhasyl"), build(), asdict(terms), [[record["key"], record["started_at"]] for record in records]]
    if _seal(out, inputs) == _read(out / SEAL_FILE):
        return
    _write_results(out, records, comparisons)
    write_text(out / SEAL_FILE, _seal(out, inputs))


def _seal(out: Path, inputs: object) -> str:
    """What was presented, as a digest, and what came of it, as digests of the files."""
    files = {name: sha256(_read(out / name).encode()).hexdigest() for name in PRODUCTS}
    seal = {"inputs": sha256(json.dumps(inputs).encode()).hexdigest(), "files": files}
    return json.dumps(seal, indent=1) + "\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _write_results(out: Path, records: "list[RunRecord]", comparisons: "list[Comparison]") -> None:
    from zhasyl.reports.html import write_report
    from zhasyl.reports.tables import write_csv

    by_key = {record["key"]: record for record in records}
    values = [record.values for record in records]
    write_csv(values, comparisons, out)
    write_report(out, values, comparisons, lambda record: by_key[str(record["key"])].summary())


def print_json(records: "list[RunRecord]", comparisons: "list[Comparison]") -> None:
    """One document: the flat run records and the comparisons."""
    document: dict[str, Any] = {
        "runs": [record.values for record in records],
        "comparisons": [vars(comparison) for comparison in comparisons],
    }
    print(json.dumps(document, ensure_ascii=False))


def print_tables(records: "list[RunRecord]", comparisons: "list[Comparison]", page: Path) -> None:
    """The tables people read, and where the report is."""
    from zhasyl.reports.tables import print_comparison

    console = new_console()
    print_comparison(console, [record.values for record in records], comparisons)
    console.print(f"report: {page}", markup=False, soft_wrap=True, highlight=False)

"""What `compare`, `batch` and `report` show of their results: tables or a JSON document, failures."""

import json
import sys
from typing import TYPE_CHECKING, Any

from zhasyl.cli.screen import new_console
from zhasyl.cli.words import plural

if TYPE_CHECKING:
    from zhasyl.reports.results import Results
    from zhasyl.runs.store import RunRecord

DONE, RUN_FAILED = 0, 3
MOST_COMMANDS = 10  # shown of runs that failed for the same reason


def show(results: "Results", as_json: bool, allow_faults: bool = False) -> int:
    """Print tables or one JSON document, and list the runs that failed; answers the exit status."""
    if as_json:
        print_json(results)
    else:
        print_tables(results)
    return max(list_failures(results.records), weigh(results.records, allow_faults, said=not as_json))


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
        print(f"zhasyl: a controller failed at every signal, so the exit status is {RUN_FAILED}; fix the controller, "
              "or go on with --allow-faults", file=sys.stderr)  # fmt: skip
        return RUN_FAILED
    return DONE


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


def print_json(results: "Results") -> None:
    """One document: the flat run records and the comparisons; of a study what sums it up, and brought figures, too."""
    from zhasyl.reports.beside.document import document as figures_beside
    from zhasyl.reports.study.summary import document as summed_up
    from zhasyl.reports.study.summary import study_of

    study = study_of([record.values for record in results.records], results.comparisons, results.title)
    document: dict[str, Any] = {
        "runs": [record.values for record in results.records],
        "comparisons": [vars(comparison) for comparison in results.comparisons],
    }
    if study.has_matrix or study.sweeps:
        document["study"] = summed_up(study)
    if beside := figures_beside(results.records):
        document["beside"] = beside
    print(json.dumps(document, ensure_ascii=False))


def print_tables(results: "Results") -> None:
    """The tables people read, and where the report is."""
    from zhasyl.reports.study.summary import study_of
    from zhasyl.reports.tables import print_comparison

    values = [record.values for record in results.records]
    print_comparison(new_console(), values, results.comparisons)
    study = study_of(values, results.comparisons, results.title)
    if study.sweeps or len(study.situations) > 1:  # what it takes is drawn with: importing that takes a second
        from zhasyl.reports.study.screen import print_study

        print_study(new_console(), study)
    say(f"report: {results.page}")


def say(line: str) -> None:
    """Print a line as it is, whatever its length."""
    new_console().print(line, markup=False, soft_wrap=True, highlight=False)

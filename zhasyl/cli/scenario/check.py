"""zhasyl scenario check: everything that would make a scenario's results worthless, in one list."""

import json
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.options import Json, OneVariant
from zhasyl.cli.words import plural

if TYPE_CHECKING:
    from zhasyl.scenarios.check import Finding, Severity

FOUND_ERRORS = 1
MOST_OF_A_KIND = 10


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, folder, scenario.toml, .sumocfg, or resco:NAME.")],
    variant: OneVariant = "",
    as_json: Json = False,
) -> int:
    """List what would make results worthless. Where it is, how to fix it; exit status 1 if there is an error."""
    return run(scenario, variant, as_json)


def run(scenario: str, variant: str, as_json: bool) -> int:
    """Check a scenario; answers the exit status."""
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.check import check_scenario, count
    from zhasyl.scenarios.variant import parse_variant
    from zhasyl.scenarios.variants.vary import vary
    from zhasyl.sumo.inputs.trial import try_start

    loaded = vary(load_scenario(scenario), parse_variant(variant))
    findings = check_scenario(loaded, try_start)
    counted = count(findings)
    if as_json:
        rows = [asdict(finding) for finding in findings]
        print(json.dumps({"scenario": loaded.id, "counts": counted, "findings": rows}, ensure_ascii=False))
    else:
        for finding, more in _shortened(findings):
            _print(finding, more)
        print(f"{loaded.id}: {_words(counted)}")
    return FOUND_ERRORS if counted["error"] else 0


def _shortened(findings: "list[Finding]") -> "Iterator[tuple[Finding, int]]":
    """The first findings of each check and severity, and with the last of them how many more there are."""
    shown: Counter[tuple[str, str]] = Counter()
    total = Counter((finding.severity, finding.check) for finding in findings)
    for finding in findings:
        kind = finding.severity, finding.check
        shown[kind] += 1
        if shown[kind] <= MOST_OF_A_KIND:
            yield finding, total[kind] - MOST_OF_A_KIND if shown[kind] == MOST_OF_A_KIND else 0


def _print(finding: "Finding", more: int) -> None:
    print(f"{finding.severity}: {finding.place}: {finding.what} [{finding.check}]")
    print(f"    fix: {finding.mend}")
    if more > 0:
        print(f"    and {more} more [{finding.check}]; --json lists them all")


def _words(counted: "dict[Severity, int]") -> str:
    return ", ".join(plural(number, name) for name, number in counted.items())


def checked(folder: Path) -> "dict[Severity, int]":
    """How many findings of each severity a scenario folder just made has."""
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.check import check_scenario, count
    from zhasyl.sumo.inputs.trial import try_start

    return count(check_scenario(load_scenario(str(folder)), try_start))


def pointer(folder: str, counted: "dict[Severity, int]") -> str:
    """The line that ends the making of a scenario."""
    return f"checked: {_words(counted)}; see: zhasyl scenario check {shlex.quote(folder)}"

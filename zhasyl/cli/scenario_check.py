"""zhasyl scenario check: everything that would make a scenario's results worthless, in one list."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhasyl.cli.options import Json, OneVariant

if TYPE_CHECKING:
    from zhasyl.scenarios.check import Finding

FOUND_ERRORS = 1


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, folder, scenario.toml, .sumocfg, or resco:NAME.")],
    variant: OneVariant = "",
    as_json: Json = False,
) -> int:
    """List what would make results worthless, where it is and how to mend it; status 1 if there is an error."""
    return run(scenario, variant, as_json)


def run(scenario: str, variant: str, as_json: bool) -> int:
    """Check a scenario; answers the exit status."""
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.check import check_scenario, count
    from zhasyl.scenarios.variants import parse_variant, vary

    loaded = vary(load_scenario(scenario), parse_variant(variant))
    findings = check_scenario(loaded)
    counted = count(findings)
    if as_json:
        rows = [asdict(finding) for finding in findings]
        print(json.dumps({"scenario": loaded.id, "counts": counted, "findings": rows}, ensure_ascii=False))
    else:
        for finding in findings:
            _print(finding)
        print(f"{loaded.id}: {_words(counted)}")
    return FOUND_ERRORS if counted["error"] else 0


def _print(finding: "Finding") -> None:
    print(f"{finding.severity}: {finding.place}: {finding.what} [{finding.check}]")
    print(f"    mend: {finding.mend}")


def _words(counted: dict[Any, int]) -> str:
    return ", ".join(f"{number} {name}{'' if number == 1 else 's'}" for name, number in counted.items())


def checked(folder: Path) -> dict[str, int]:
    """How many findings of each severity a scenario folder just made has."""
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.check import check_scenario, count

    return {**count(check_scenario(load_scenario(str(folder))))}


def pointer(folder: Path, counted: dict[str, int]) -> str:
    """The line that ends the making of a scenario."""
    return f"checked: {_words(counted)}; see: zhasyl scenario check {shlex.quote(str(folder))}"

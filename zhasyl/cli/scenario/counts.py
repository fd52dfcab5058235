"""zhasyl scenario counts: the turning counts of a scenario's own demand."""

import io
from typing import Annotated

import typer

from zhasyl.cli.options import OneVariant
from zhasyl.cli.screen import print_file


def command(
    scenario: Annotated[str, typer.Argument(help="Scenario whose own demand is counted.")],
    variant: OneVariant = "",
    minutes: Annotated[float, typer.Option(min=1, max=1440, help="Length of an interval.")] = 15.0,
) -> int:
    """Print the turning counts of a scenario as CSV. Those of its own demand, to fill in or edit for calibrate."""
    return run_counts(scenario, variant, minutes)


def run_counts(scenario: str, variant: str, minutes: float) -> int:
    """Count and print; answers the exit status."""
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.counts.from_demand import write_own_counts
    from zhasyl.scenarios.variant import parse_variant
    from zhasyl.scenarios.variants.vary import vary

    text = io.StringIO()
    write_own_counts(vary(load_scenario(scenario), parse_variant(variant)), minutes * 60, text)
    print_file(text.getvalue())
    return 0

"""zhasyl plans: the plans of a scenario's signals as CSV, to be edited and played by fixed:plans=FILE.csv."""

from typing import Annotated

import typer


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, path to a scenario.toml or .sumocfg, or resco:NAME.")],
    controller: Annotated[str, typer.Option(help="Whose plans: fixed (the shipped ones), webster, ...")] = "fixed",
) -> int:
    """Print the plan of every controlled signal as CSV."""
    return run(scenario, controller)


def run(scenario: str, controller: str) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.controllers import parse_controller
    from zhasyl.experiment import plans_of
    from zhasyl.scenarios import load_scenario

    print(plans_of(load_scenario(scenario), parse_controller(controller)), end="")
    return 0

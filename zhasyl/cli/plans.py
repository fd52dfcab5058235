"""zhasyl plans: the plans of a scenario's signals as CSV, to be edited.

As plans of derived stages, which fixed:plans=FILE.csv plays, or as stages with their movements for scenario plan.
"""

from typing import Annotated

import typer

from zhasyl.cli.screen import print_file


def command(
    scenario: Annotated[str, typer.Argument(help="Built-in name, path to a scenario.toml or .sumocfg, or resco:NAME.")],
    controller: Annotated[str, typer.Option(help="Whose plans: fixed (the shipped ones), webster, ...")] = "fixed",
    stages: Annotated[
        bool,
        typer.Option("--stages", help="Print stages with their movements, as scenario plan takes them."),
    ] = False,
) -> int:
    """Print the plan of every controlled signal as CSV."""
    return run(scenario, controller, stages)


def run(scenario: str, controller: str, stages: bool = False) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.controllers import parse_controller
    from zhasyl.runs.planning import plans_of
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.plans.export import stages_csv

    chosen = parse_controller(controller)
    if stages and chosen.keeps_plan:
        print_file(stages_csv(load_scenario(scenario)))
        return 0
    print_file(plans_of(load_scenario(scenario), chosen, stages))
    return 0

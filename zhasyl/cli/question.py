"""What a comparison asks, checked before anything runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from zhasyl.errors import ControllerError, unknown_name
from zhasyl.values import parse_seeds

if TYPE_CHECKING:
    from zhasyl.controllers import ControllerSpec
    from zhasyl.runs.spec import RunSpec
    from zhasyl.scenarios import Scenario


@dataclass(frozen=True)
class Question:
    """What a comparison asks: which runs, and against which controller."""

    scenarios: "list[Scenario]"
    controllers: "list[ControllerSpec]"
    seeds: list[int]
    baseline: str
    sensor: str
    out: Path
    rerun: bool = False

    def specs(self, scenarios: "Iterable[Scenario]", seeds: Iterable[int]) -> "list[RunSpec]":
        """The runs of some scenarios with some seeds."""
        from zhasyl.runs.spec import RunSpec

        return [
            RunSpec(s, c, n, self.out, sensor=self.sensor, rerun=self.rerun)
            for s, c, n in product(scenarios, self.controllers, seeds)
        ]


def ask(
    scenarios: list[str], controllers: str, seeds: str, baseline: str, variant: str, sensor: str, out: Path
) -> Question:
    """Check every name, parameter, seed and network before anything runs."""
    from zhasyl.controllers import parse_controller, split_controllers
    from zhasyl.runs.planning import check
    from zhasyl.scenarios import load_scenario
    from zhasyl.scenarios.variant import parse_variant
    from zhasyl.scenarios.variants.vary import vary
    from zhasyl.sensors import parse_sensor

    chosen = [parse_controller(text) for text in split_controllers(controllers)]
    if not chosen:
        raise ControllerError(f"controllers '{controllers}' names none; give for example fixed,max-pressure")
    chosen = list({spec.label: spec for spec in chosen}.values())
    change = parse_variant(variant)
    numbers = parse_seeds(seeds)
    seeing = parse_sensor(sensor).label
    against = _baseline(baseline, chosen)
    varied = [vary(load_scenario(text), change) for text in scenarios]
    loaded = list({(scenario.id, scenario.content): scenario for scenario in varied}.values())
    for scenario in loaded:
        check(scenario, chosen)
    return Question(loaded, chosen, numbers, against, seeing, out)


def _baseline(text: str, chosen: "list[ControllerSpec]") -> str:
    from zhasyl.controllers import parse_controller

    labels = [spec.label for spec in chosen]
    label = parse_controller(text).label if text else labels[0]
    if label not in labels:
        raise ControllerError(unknown_name("baseline among the controllers", label, labels))
    return label

"""Plans of analytic methods, from which a search starts."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from zhasyl.controllers import parse_controller
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.errors import ZhasylError
from zhasyl.observation import Area
from zhasyl.signals import SignalPlan

METHODS = {
    "webster": "Webster, own cycles",
    "webster:cycle=common": "Webster, one cycle",
    "green-wave": "Green wave (MAXBAND)",
}


def analytic_plans(area: Area) -> Iterator[tuple[str, Mapping[str, SignalPlan]]]:
    """The plans of each method by its name; of one that fails here, nothing."""
    for label, name in METHODS.items():
        with suppress(ZhasylError):
            made = parse_controller(label)
            build = made.cls.for_network(area, made.parameters)
            players = {name: build(signal) for name, signal in area.signals.items()}
            yield name, {name: player.plan for name, player in players.items() if isinstance(player, PlanPlayer)}

"""What an environment was asked for: a scenario, who controls which signal, what agents see and are rewarded for."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.base import AdaptiveParameters
from zhasyl.controllers.parts.sight import Layout, layout_of
from zhasyl.errors import LearningError, unknown_name
from zhasyl.files.output import check_writable
from zhasyl.files.paths import real_path
from zhasyl.parameters import check_parameters
from zhasyl.rl.agent import Agent
from zhasyl.rl.rewards import REWARDS
from zhasyl.runs.prepared import prepare
from zhasyl.runs.spec import with_priority
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sensors import parse_sensor
from zhasyl.signals import Signal


@dataclass(frozen=True)
class Setting:
    """An environment's question, checked. Picklable: the process of each episode receives it whole."""

    scenario: Scenario
    signals: tuple[str, ...]  # under agents, in the network's order
    agent: ControllerSpec  # how agents' signals are played
    others: ControllerSpec  # who controls the remaining signals
    sensor: str
    reward: str  # its name; '' where the user's own function says it
    record: bool  # measure each episode as a run
    out: Path | None  # where records are stored

    @cached_property
    def played(self) -> tuple[Signal, ...]:
        """The agents' signals as they are played."""
        derived = prepare(self.scenario).derived.signals
        return tuple(Agent.signal_for(derived[name], self.agent.parameters) for name in self.signals)

    @cached_property
    def layout(self) -> Layout:
        """Room for any of the agents' signals."""
        return layout_of(self.played)


def setting(
    scenario: str | Scenario,
    variant: str,
    signals: Iterable[str] | None,
    others: str,
    sensor: str,
    reward: str,
    record: bool,
    out: str | Path | None,
    parameters: dict[str, float],
) -> Setting:
    """Check what a user asks for. Raises a ZhasylError that says value, limit and next step."""
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(str(scenario))
    varied = vary(loaded, parse_variant(variant)) if variant else loaded
    if varied.bus_priority:
        raise LearningError(f"variant '{varied.variant}': agents give no bus priority; take bus_priority out of it")
    if reward and reward not in REWARDS:
        raise LearningError(unknown_name("reward", reward, REWARDS) + "; or give a function")
    checked = check_parameters("agents", parameters, AdaptiveParameters, LearningError)
    agent = ControllerSpec("agent", Agent, checked)
    prepare(varied).check_controllable(agent)
    rest = with_priority(varied, parse_controller(others))
    names = _chosen(varied, signals)
    folder = None if out is None else real_path(out)
    if folder is not None:
        check_writable(folder)
    return Setting(varied, names, agent, rest, parse_sensor(sensor).label, reward, record or out is not None, folder)


def _chosen(scenario: Scenario, asked: Iterable[str] | None) -> tuple[str, ...]:
    derived = prepare(scenario).derived
    if asked is None:
        return tuple(derived.signals)
    names = [asked] if isinstance(asked, str) else list(dict.fromkeys(asked))
    for name in names:
        if name in derived.uncontrolled:
            why = derived.uncontrolled[name]
            raise LearningError(f"signal '{name}' cannot be controlled: {why}; leave it to another controller")
        if name not in derived.signals:
            raise LearningError(unknown_name("signal", name, derived.signals))
    if not names:
        raise LearningError("no signal is under an agent; name at least one, or leave `signals` out for all")
    return tuple(name for name in derived.signals if name in names)

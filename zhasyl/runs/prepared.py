"""A scenario as every run of it needs it: roads, signals, lane groups and demand, made once a scenario and process."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.sumo.played import PlayedInSumo, Span
from zhasyl.derive import DerivedSignals, derive_signals
from zhasyl.errors import ScenarioError
from zhasyl.lane_groups import LaneGroups, lane_groups
from zhasyl.network import Network
from zhasyl.observation import Area
from zhasyl.runs.kept import Roads, kept_roads
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.by_signal import signal_demands
from zhasyl.scenarios.demand.volumes import volumes
from zhasyl.sequencer import MAX_RED_S
from zhasyl.signals import Signal
from zhasyl.sumo.programme import SumoProgrammes

MOST = 8  # scenarios that a process keeps


@dataclass(frozen=True)
class Prepared:
    """What is known of a scenario before a run. Its demand is counted when it is first asked for."""

    scenario: Scenario
    network: Network
    derived: DerivedSignals
    groups: LaneGroups

    def area(self, signal_for: Callable[[Signal], Signal], seed: int = 0) -> Area:
        """The network as a controller plans for it, with the signals as it is to play them in a run with this seed."""
        own = {name: signal_for(signal) for name, signal in self.derived.signals.items()}
        demands = cache(lambda: signal_demands(self.network, own, volumes(self.scenario)))
        return Area(own, self.network, lambda signal: demands()[signal], seed)

    def programmes(self, controller: ControllerSpec) -> SumoProgrammes:
        """What SUMO plays in place of the shipped programmes; nothing where those stay or sequencers play."""
        if not issubclass(controller.cls, PlayedInSumo):
            return SumoProgrammes((), {})
        span = Span(self.scenario.start_s, self.scenario.end_s, self.scenario.step_s, MAX_RED_S)
        return controller.cls.programmes(self.derived.signals, controller.parameters, span)

    def plays_in_sumo(self, controller: ControllerSpec) -> bool:
        """Does SUMO play the signals in a run, so that there are no sequencers?"""
        return controller.plays_in_sumo or bool(self.programmes(controller).programmes)

    def played_in_sumo(self, controller: ControllerSpec) -> list[Signal]:
        """The signals that SUMO plays for a controller, as it plays them; none that keeps its shipped programme."""
        signals = (self.derived.signals[programme.signal] for programme in self.programmes(controller).programmes)
        return [controller.cls.signal_for(signal, controller.parameters) for signal in signals]

    def check_controllable(self, controller: ControllerSpec) -> None:
        """Raise ScenarioError if there is no signal, or none that this controller can control."""
        if not self.network.programmes:
            raise ScenarioError(f"scenario '{self.scenario.id}': its network has no signal; choose one that has")
        if not self.derived.signals and not controller.keeps_plan:
            uncontrolled = self.derived.uncontrolled
            name, reason = next(iter(uncontrolled.items()))
            raise ScenarioError(
                f"scenario '{self.scenario.id}': none of its {len(uncontrolled)} signals can be controlled "
                f"('{name}': {reason}); run it with the controller 'fixed'"
            )


@lru_cache(maxsize=MOST)
def prepare(scenario: Scenario) -> Prepared:
    """Read and derive what is known of a scenario, once in a process and build of zhasyl. Raises ScenarioError."""
    return Prepared(scenario, *kept_roads(scenario, lambda: _roads(scenario)))


def _roads(scenario: Scenario) -> Roads:
    network = scenario.network()
    return Roads(network, derive_signals(network, scenario.timing), lane_groups(network))

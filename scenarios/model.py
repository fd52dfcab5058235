"""What a scenario is: a network, a demand, a period, signal timings and what is assumed about them.

period      begin_s to end_s on the simulation clock (seconds since midnight); only trips planned in it count
warm-up     warm_up_s seconds before begin_s that fill the streets and are not measured
assumption  a statement of the scenario that nobody measured, with the reason it was made
"""

from dataclasses import dataclass, field
from pathlib import Path

from zhasyl.files.clock import DAY_S, sumo_time_s
from zhasyl.network import Network
from zhasyl.scenarios.beside.model import Beside
from zhasyl.scenarios.limits import Limits
from zhasyl.signals import SignalTiming
from zhasyl.sumo.net_file import read_network

__all__ = ["Assumption", "Scenario", "SignalTiming"]

LONGEST_PERIOD_S = 30 * DAY_S  # warm-up included; a clock may begin anywhere, with 1970 too


@dataclass(frozen=True)
class Assumption:
    """A statement that is not measured, or what stands in its place. `status` is one of

    synthetic   made up, because nothing is known
    inferred    follows from what is known
    given       as in a file of the user's own
    published   as somebody else says in public
    measured    counted, mapped or surveyed
    """

    subject: str
    statement: str
    status: str
    reason: str


@dataclass(frozen=True)
class Scenario:
    """A runnable SUMO scenario. All paths are absolute and exist.

    `content` is a hash of everything that determines the simulation apart from the seed, and of `beside`, so that two
    scenarios with the same id but other files are never compared with one another. `source` is the text
    that loads the scenario again: a name or a path; `variant` what was changed of it.
    """

    id: str
    version: int
    title: str
    begin_s: float
    end_s: float
    warm_up_s: float
    net_file: Path
    route_files: tuple[Path, ...]
    additional_files: tuple[Path, ...] = ()
    timing: SignalTiming = field(default_factory=SignalTiming)
    attribution: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sumo_options: tuple[tuple[str, str], ...] = ()
    replaced_options: tuple[str, ...] = ()  # what the .sumocfg says and a run does otherwise, a line each
    content: str = ""
    source: str = ""
    variant: str = ""
    variants: tuple[tuple[str, str], ...] = ()  # declared by name in scenario.toml
    demand_noise: float = 0.0  # coefficient of variation of the volumes, drawn by the run's seed
    demand_scale: float = 1.0  # of each stream, drawn by the run's seed; SUMO's own `scale` is among its options
    bus_priority: bool = False  # the run's controller is wrapped in transit-priority
    folder: Path | None = None  # of the tables it was compiled from
    config_file: Path | None = None  # the .sumocfg it was read from
    limits: Limits = field(default_factory=Limits)  # of plans that are searched for
    routes_to: Path | None = None  # where a run leaves a copy of the routes that SUMO recorded
    beside: tuple[Beside, ...] = ()  # figures that were brought along with it
    watched_by: tuple[Path, ...] = ()  # additional files whose detectors write what they see: they change nothing

    @property
    def step_s(self) -> float:
        """How long a step of the simulation is."""
        step_s = sumo_time_s(dict(self.sumo_options).get("step-length", "1"))
        return step_s if step_s > 0 else 1.0  # SUMO itself refuses another one

    @property
    def start_s(self) -> float:
        """When the simulation starts: the warm-up before the period."""
        return self.begin_s - self.warm_up_s

    def network(self) -> Network:
        """Its roads and signals, these with the programmes that they play when the measured period begins.

        Raises ScenarioError.
        """
        return read_network(self.net_file, self.additional_files, self.start_s, self.begin_s)

"""What a controller can see. The sensor is part of the experiment, the same for all controllers compared.

perfect   every vehicle within range and the way it will turn
loops     what a stop-line zone and an advance loop on each lane tell
camera    vehicles within range, some hidden, all slightly misplaced

A sensor is added by one file here, one entry in `BUILDERS` and its columns in `Observation`'s table. It is named as
on the command line: `camera:range_m=80,miss=0.1`. Chance in it comes from the run's seed and the signal's id.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from zhasyl.errors import SensorError, unknown_name
from zhasyl.network import Network
from zhasyl.observation import Need
from zhasyl.parameters import Parameters, parameters_text, read_parameters
from zhasyl.sensors.base import Sensor
from zhasyl.sensors.camera import CameraParameters, CameraSensor
from zhasyl.sensors.draws import Draws
from zhasyl.sensors.loops import LoopParameters, LoopSensor
from zhasyl.sensors.perfect import RANGE_M, PerfectParameters, PerfectSensor, upstream_edges
from zhasyl.signals import Signal
from zhasyl.sumo.simulation import Simulation

__all__ = [
    "PERFECT",
    "RANGE_M",
    "SENSORS_VERSION",
    "CameraSensor",
    "LoopSensor",
    "PerfectSensor",
    "Sensor",
    "SensorSpec",
    "parse_sensor",
    "sensor_names",
    "upstream_edges",
]

PERFECT = "perfect"
SENSORS_VERSION = 3  # raised when an imperfect sensor reads the same road differently or a default changes

Build = Callable[[Simulation, Network, Signal, Any, Draws], Sensor]


def _perfect(
    simulation: Simulation, network: Network, signal: Signal, parameters: PerfectParameters, draws: Draws
) -> Sensor:
    return PerfectSensor(simulation, network, signal, parameters.range_m)


class Builder(NamedTuple):
    """How a sensor is made: its class, its parameters, and what builds it of them."""

    sensor: type[Sensor]
    parameters: type[Parameters]
    build: Build


BUILDERS = {
    "camera": Builder(CameraSensor, CameraParameters, CameraSensor),
    "loops": Builder(LoopSensor, LoopParameters, LoopSensor),
    "perfect": Builder(PerfectSensor, PerfectParameters, _perfect),
}


@dataclass(frozen=True)
class SensorSpec:
    """A sensor by name with validated parameters."""

    name: str
    parameters: Parameters

    @property
    def label(self) -> str:
        """The name with the parameters that differ from their defaults, as the command line takes it."""
        own = parameters_text(self.parameters)
        return f"{self.name}:{own}" if own else self.name

    def build(
        self,
        simulation: Simulation,
        network: Network,
        signal: Signal,
        seed: int,
        needs: frozenset[Need] = frozenset(),
    ) -> Sensor:
        """The sensor of one signal in a run with this seed, for a controller with these needs."""
        sensor = BUILDERS[self.name].build(simulation, network, signal, self.parameters, Draws(seed, signal.id))
        sensor.ask_for(needs)
        return sensor

    def check(self, controller: str, needs: Iterable[Need]) -> None:
        """Raise SensorError if it can say nothing of what a controller needs."""
        for need in sorted(self.unknown.keys() & needs):
            able = " or ".join(name for name in sensor_names() if need not in BUILDERS[name].sensor.unknown)
            raise SensorError(
                f"sensor '{self.label}' cannot say {self.unknown[need]}, which controller '{controller}' needs "
                f"('{need}'); choose --sensor {able}, or another controller"
            )

    @property
    def unknown(self) -> Mapping[Need, str]:
        """What it can say nothing of, in words."""
        return BUILDERS[self.name].sensor.unknown


def sensor_names() -> list[str]:
    """All known names, sorted."""
    return sorted(BUILDERS)


def parse_sensor(text: str) -> SensorSpec:
    """Read `name` or `name:key=value,key=value`. Raises SensorError with the value and the limit."""
    name, _, rest = (piece.strip() for piece in text.strip().partition(":"))
    if name not in BUILDERS:
        raise SensorError(unknown_name("sensor", name, sensor_names()))
    return SensorSpec(name, read_parameters(f"sensor '{name}'", rest, BUILDERS[name].parameters, SensorError))

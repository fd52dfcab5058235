"""Feet and miles an hour, or metres and kilometres an hour: what [Network] Metric says."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.sections import Cell

M_PER_FOOT, MPS_PER_MPH, MPS_PER_KMH = 0.3048, 0.44704, 1 / 3.6


@dataclass(frozen=True)
class Units:
    """How a file measures, and its defaults."""

    metric: bool
    default_width_m: float
    walking_mps: float

    @classmethod
    def of(cls, network: Mapping[str, Cell], guesses: Guesses) -> "Units":
        """The units of a file; feet where it does not say. Raises ScenarioError."""
        if "metric" not in network:
            guesses.add("units", "", "Metric", "0: feet and mph", "no Metric in [Network]")
        metric = "metric" in network and bool(network["metric"].whole(0, 1, "Metric"))
        metres = 1.0 if metric else M_PER_FOOT
        width, speed = (3.6, 1.2) if metric else (12.0, 3.5)
        if "defwidth" in network:
            width = network["defwidth"].number(1, 50, "DefWidth")
        if "pedspeed" in network:
            speed = network["pedspeed"].number(0.3, 15, "PedSpeed")
        return cls(metric, width * metres, speed * metres)

    def metres(self, value: float) -> float:
        return value if self.metric else value * M_PER_FOOT

    def mps(self, value: float) -> float:
        return value * (MPS_PER_KMH if self.metric else MPS_PER_MPH)

    @property
    def default_speed(self) -> float:
        """Of a street whose speed is not said, in the file's unit."""
        return 50.0 if self.metric else 30.0

    @property
    def speed_name(self) -> str:
        return "km/h" if self.metric else "mph"

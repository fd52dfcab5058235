"""SUMO's type `actuated`: a green goes on until no loop of its lanes was passed for the maximum gap."""

from typing import Annotated, ClassVar, cast

from pydantic import Field

from zhasyl.controllers.base import GreenParameters
from zhasyl.controllers.sumo.base import SumoController, cycle
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal
from zhasyl.sumo.programme import SumoProgramme


class SumoActuatedParameters(GreenParameters):
    """Parameters of SUMO's type, with its defaults."""

    max_gap_s: Annotated[float, Field(gt=0, le=30, description="longest gap that extends a green")] = 3.0
    detector_gap_s: Annotated[
        float, Field(gt=0, le=20, description="distance of the loops from the line, at the speed limit")
    ] = 2.0
    passing_time_s: Annotated[
        float, Field(gt=0, le=10, description="headway at the line, for the nearest loop a minimum green can empty")
    ] = 1.9


class SumoActuated(SumoController):
    """Serves the plan's stages in order, skips none."""

    summary = "SUMO's own type actuated, played by SUMO with its own loops"
    parameters_type: ClassVar[type[Parameters]] = SumoActuatedParameters

    @classmethod
    def programme(cls, signal: Signal, parameters: Parameters) -> SumoProgramme:
        own = cast(SumoActuatedParameters, parameters)
        values = {
            "max-gap": own.max_gap_s,
            "detector-gap": own.detector_gap_s,
            "passing-time": own.passing_time_s,
            "file": "NUL",
        }
        return SumoProgramme(signal.id, "actuated", values, cycle(signal))

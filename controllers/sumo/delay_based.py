"""SUMO's type `delay_based`: a green goes on while vehicles that lost time can still reach the line.

Source: R. Oertel, P. Wagner, Delay-Time Actuated Traffic Signal Control for an Isolated Intersection, TRB 2011.
"""

from typing import Annotated, ClassVar, cast

from pydantic import Field

from zhasyl.controllers.base import GreenParameters
from zhasyl.controllers.sumo.base import SumoController, cycle
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal
from zhasyl.sumo.programme import SumoProgramme


class SumoDelayBasedParameters(GreenParameters):
    """Parameters of SUMO's type, with its defaults."""

    detector_range_m: Annotated[float, Field(gt=0, le=1000, description="length of the detectors at the line")] = 100.0
    min_time_loss_s: Annotated[float, Field(ge=0, le=60, description="least time lost that extends a green")] = 1.0


class SumoDelayBased(SumoController):
    """Serves the plan's stages in order, skips none; rests in a green as long as nobody is on another approach."""

    summary = "SUMO's own type delay_based, played by SUMO with its own detectors"
    parameters_type: ClassVar[type[Parameters]] = SumoDelayBasedParameters

    @classmethod
    def programme(cls, signal: Signal, parameters: Parameters) -> SumoProgramme:
        own = cast(SumoDelayBasedParameters, parameters)
        values = {"detectorRange": own.detector_range_m, "minTimeloss": own.min_time_loss_s, "file": "NUL"}
        return SumoProgramme(signal.id, "delay_based", values, cycle(signal))

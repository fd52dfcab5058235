"""What SUMO plays for a controller in place of the shipped programmes, so that no sequencer does."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import NamedTuple

from zhasyl.controllers.base import Controller
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal
from zhasyl.sumo.programme import SumoProgrammes


class Span(NamedTuple):
    """When a run starts and ends, seconds since midnight, SUMO's step, and how long a sequencer lets anyone wait."""

    start_s: float
    end_s: float
    step_s: float
    max_red_s: float


class PlayedInSumo(Controller):
    """A controller that SUMO plays in every run, or in some."""

    @classmethod
    @abstractmethod
    def programmes(cls, signals: Mapping[str, Signal], parameters: Parameters, span: Span) -> SumoProgrammes:
        """What SUMO plays; nothing where the shipped programmes stay or sequencers play.

        Raises ControllerError for parameters that no signal can be played with.
        """

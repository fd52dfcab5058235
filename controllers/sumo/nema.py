"""SUMO's type `NEMA`: ring and barrier control, free (not coordinated), each phase recalled to its minimum.

The rings come from the derived stages (`dual_ring`), so that nothing can be green together that no stage shows.

Source: SUMO, Simulation/NEMA, https://sumo.dlr.de/docs/Simulation/NEMA.html
"""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Annotated, Any, ClassVar, cast

from pydantic import Field

from zhasyl.controllers.base import GreenParameters
from zhasyl.controllers.sumo.base import SumoController
from zhasyl.controllers.sumo.dual_ring import RingPhase, two_sides
from zhasyl.parameters import Parameters
from zhasyl.signals import GREEN, Signal
from zhasyl.sumo.programme import SumoProgramme

UNUSED_S = 99  # SUMO asks for a duration and does not use it


class SumoNemaParameters(GreenParameters):
    """Parameters of SUMO's type, with its defaults."""

    vehicle_extension_s: Annotated[float, Field(ge=0, le=30, description="green after a detector is left")] = 2.0
    detector_length_m: Annotated[float, Field(gt=0, le=200, description="length of the detectors at the line")] = 20.0
    left_detector_length_m: Annotated[
        float, Field(gt=0, le=200, description="the same, on lanes that only turn left")
    ] = 20.0


class SumoNema(SumoController):
    """Serves each ring's phases in their order; a green ends when its detectors are empty for the vehicle extension."""

    summary = "SUMO's own type NEMA (two rings, a barrier), played by SUMO with its own detectors"
    parameters_type: ClassVar[type[Parameters]] = SumoNemaParameters

    @classmethod
    def programme(cls, signal: Signal, parameters: Parameters) -> SumoProgramme:
        own = cast(SumoNemaParameters, parameters)
        rings = numbered(signal)
        values = {
            **{f"ring{ring}": ",".join(map(str, _places(phases))) for ring, phases in enumerate(rings, start=1)},
            "barrierPhases": ",".join(str(max(phases)) for phases in rings),
            "barrier2Phases": ",".join(str(max(n for n in phases if _on_first_side(n))) for phases in rings),
            "detector-length": own.detector_length_m,
            "detector-length-leftTurnLane": own.left_detector_length_m,
            "file": "NUL",
        }
        return SumoProgramme(
            signal.id,
            "NEMA",
            values,
            tuple(
                {"name": number, **_timing(signal, phase, own)} for phases in rings for number, phase in phases.items()
            ),
        )


def numbered(signal: Signal) -> tuple[dict[int, RingPhase], dict[int, RingPhase]]:
    """The phases of ring 1 (numbers 1 to 4) and of ring 2 (5 to 8), two numbers for either side of the barrier."""
    first: dict[int, RingPhase] = {}
    second: dict[int, RingPhase] = {}
    for number, side in zip((1, 3), two_sides(signal), strict=True):
        first.update(enumerate(side.first, start=number))
        second.update(enumerate(side.second, start=number + 4))
    return first, second


def _on_first_side(number: int) -> bool:
    return (number - 1) % 4 < 2


def _places(phases: Mapping[int, RingPhase]) -> Iterator[int]:
    """The four places of a ring in SUMO's notation: a number, or 0 where there is no phase."""
    lowest = min(phases)
    yield from (number if number in phases else 0 for number in range(lowest, lowest + 4))


def _timing(signal: Signal, phase: RingPhase, own: SumoNemaParameters) -> Mapping[str, Any]:
    """A phase as SUMO wants it. What a walk needs beyond the yellow is red: a phase shows one state while green."""
    walks = (
        group for group in signal.groups if group.pedestrian and any(phase.state[link] in GREEN for link in group.links)
    )
    clearance_s = max((group.clearance_s for group in walks), default=0.0)
    return {
        "duration": UNUSED_S,
        "minDur": ceil(phase.min_green_s),
        "maxDur": ceil(phase.max_green_s),
        "vehext": own.vehicle_extension_s,
        "yellow": ceil(signal.yellow_s),
        "red": ceil(max(signal.all_red_s, clearance_s - signal.yellow_s)),
        "state": phase.state,
    }

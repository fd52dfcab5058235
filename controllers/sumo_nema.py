"""SUMO's type `NEMA`: ring and barrier control, free (not coordinated), each phase recalled to its minimum.

The derived stages, each a set of movements that go together, are the phases of ring 1, two on either side of the
barrier. Ring 2 has one phase on either side that shows nothing: it holds the barrier. So nothing can be green
together that no stage shows. SUMO has four places in a ring: a signal of more stages keeps its plan.

Source: SUMO, Simulation/NEMA, https://sumo.dlr.de/docs/Simulation/NEMA.html
"""

from collections.abc import Mapping
from math import ceil
from typing import Annotated, Any, ClassVar, cast

from pydantic import Field

from zhasyl.controllers.base import GreenParameters, Parameters
from zhasyl.controllers.sumo_controller import SumoController, SumoProgramme
from zhasyl.errors import SignalError
from zhasyl.signals import Signal

RING_PLACES = 4
RING_1 = {2: "1,0,2,0", 3: "1,2,3,0", 4: "1,2,3,4"}  # by the number of stages; 0 leaves a place empty
BARRIERS = {2: (1, 2), 3: (2, 3), 4: (2, 4)}  # the last phase of ring 1 on either side
HOLDING = (5, 6)  # the phases of ring 2
UNUSED_S = 99  # SUMO asks for a duration and does not use it


class SumoNemaParameters(GreenParameters):
    """Parameters of SUMO's type, with its defaults."""

    vehicle_extension_s: Annotated[float, Field(ge=0, le=30, description="green after a detector is left")] = 2.0
    detector_length_m: Annotated[float, Field(gt=0, le=200, description="length of the detectors at the line")] = 20.0
    left_detector_length_m: Annotated[
        float, Field(gt=0, le=200, description="the same, on lanes that only turn left")
    ] = 20.0


class SumoNema(SumoController):
    """Serves the stages in their order; a green ends when its detectors are empty for the vehicle extension."""

    summary = "SUMO's own type NEMA, a stage a phase, played by SUMO with its own detectors"
    parameters_type: ClassVar[type[Parameters]] = SumoNemaParameters

    @classmethod
    def programme(cls, signal: Signal, parameters: Parameters) -> SumoProgramme:
        own, count = cast(SumoNemaParameters, parameters), len(signal.stages)
        if count > RING_PLACES:
            raise SignalError(f"it has {count} stages, and a ring of SUMO's type NEMA has {RING_PLACES} places")
        first, second = BARRIERS[count]
        values = {
            "ring1": RING_1[count],
            "ring2": f"{HOLDING[0]},0,{HOLDING[1]},0",
            "barrierPhases": f"{second},{HOLDING[1]}",
            "barrier2Phases": f"{first},{HOLDING[0]}",
            "detector-length": own.detector_length_m,
            "detector-length-leftTurnLane": own.left_detector_length_m,
            "file": "NUL",
        }
        phases = [_phase(signal, stage, own) for stage in range(count)]
        return SumoProgramme(signal.id, "NEMA", values, (*phases, *_holding(signal)))


def _phase(signal: Signal, index: int, own: SumoNemaParameters) -> Mapping[str, Any]:
    """A stage as a phase. What a walk needs beyond the yellow is red: SUMO's phases show one state while green."""
    stage = signal.stages[index]
    walks = (group for group in signal.groups if group.pedestrian and stage.green(group.links[0]))
    clearance_s = max((group.clearance_s for group in walks), default=0.0)
    return {
        "name": index + 1,
        "duration": UNUSED_S,
        "minDur": ceil(stage.min_green_s),
        "maxDur": ceil(stage.max_green_s),
        "vehext": own.vehicle_extension_s,
        "yellow": ceil(signal.yellow_s),
        "red": ceil(max(signal.all_red_s, clearance_s - signal.yellow_s)),
        "state": stage.state,
    }


def _holding(signal: Signal) -> tuple[Mapping[str, Any], ...]:
    """The phases of ring 2: nothing green, and ready for the barrier at any time."""
    closed = "r" * len(signal.stages[0].state)
    return tuple(
        {"name": name, "duration": UNUSED_S, "minDur": 1, "maxDur": 1, "yellow": ceil(signal.yellow_s),
         "red": ceil(signal.all_red_s), "state": closed}
        for name in HOLDING
    )  # fmt: skip

"""sumoITScontrol's max-pressure at every signal of a running simulation, set up from the network.

Its `Intersection` wants phases, lanes by phase and states by hand. Here a signal's phases are the greens of its shipped
programme without yellow, each followed by one in which all that was green is yellow; a phase's lanes are those that it
gives green. Parameters are its documentation's: least green 5 s, greatest 50 s, pressure looked at every 5 s, yellow
3 s. It counts all vehicles on the lanes of a phase, those inside junctions by the road they come from.

sumoITScontrol (0.1.0, GPL 3) is installed by who runs this; nothing of it is part of zhasyl.
"""

import random
import sys
from typing import Any

TIMINGS = {"T_L": 3, "T_A": 5, "G_T_MIN": 5, "G_T_MAX": 50}
HELD_S = 1_000_000


def play(end_s: float, step_s: float, seed: int) -> None:
    """Play the simulation that runs in this process to its end. Raises ModuleNotFoundError without sumoITScontrol."""
    random.seed(seed)  # by which it chooses between phases of the same pressure
    sumo: Any = sys.modules["libsumo"]
    kind = _max_pressure(sumo)
    parameters = {**TIMINGS, "measurement_period": round(1.0 / step_s)}
    set_up = [_intersection(sumo, signal) for signal in sumo.trafficlight.getIDList()]
    controllers = [kind(parameters, one) for one in set_up if one is not None]
    while sumo.simulation.getTime() < end_s - step_s / 2:
        for controller in controllers:
            controller.execute_control(sumo.simulation.getTime())
        sumo.simulationStep()


def _max_pressure(sumo: Any) -> Any:
    """Its class, which asks the simulation in this process in place of one behind a socket."""
    socket = sys.modules.get("traci")
    sys.modules["traci"] = sumo
    try:
        from sumoITScontrol.control.intersection_management import (  # type: ignore[import-not-found,unused-ignore]
            MaxPressure_Flex,
        )
    finally:
        del sys.modules["traci"]
        if socket is not None:
            sys.modules["traci"] = socket
    return MaxPressure_Flex


def _intersection(sumo: Any, signal: str) -> Any:
    """A signal as sumoITScontrol has it; None for one that has a single green."""
    from sumoITScontrol import Intersection  # type: ignore[import-not-found,unused-ignore]

    (shipped, *_), light = sumo.trafficlight.getAllProgramLogics(signal), sumo.trafficlight
    greens = [phase.state for phase in shipped.phases if set(phase.state) & set("gG") and "y" not in phase.state]
    if len(greens) < 2:
        return None
    phases = [light.Phase(HELD_S, state) for green in greens for state in (green, _yellow(green))]
    shipped.type, shipped.phases, shipped.currentPhaseIndex = 0, phases, 0
    light.setProgramLogic(signal, shipped)
    lanes = [link[0][0] if link else "" for link in light.getControlledLinks(signal)]
    numbers = range(0, len(phases), 2)
    links = {
        number: sorted({lane for lane, shown in zip(lanes, green, strict=True) if lane and shown in "gG"})
        for number, green in zip(numbers, greens, strict=True)
    }
    return Intersection(signal, list(numbers), links)


def _yellow(green: str) -> str:
    return green.replace("G", "y").replace("g", "y")

"""Signal controllers and their registry.

A controller is added by one file here and one line in `BUILT_IN`; a package of somebody else's adds
its own by an entry point in the group `zhasyl.controllers`.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from pydantic import BaseModel

from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.controllers.plug_in import load_plug_in
from zhasyl.controllers.sumo.base import SumoController
from zhasyl.errors import ControllerError, ZhasylError, unknown_name
from zhasyl.observation import Observation
from zhasyl.parameters import Parameters, check_parameters, parameters_text, read_parameters
from zhasyl.process.output import unheard

__all__ = [
    "AdaptiveParameters",
    "Controller",
    "ControllerSpec",
    "Observation",
    "Parameters",
    "controller_names",
    "parse_controller",
]

ENTRY_POINT_GROUP = "zhasyl.controllers"
BUILT_IN = {
    "actuated": "zhasyl.controllers.actuated:Actuated",
    "capacity-aware-pressure": "zhasyl.controllers.capacity_aware_pressure:CapacityAwarePressure",
    "cyclic-max-pressure": "zhasyl.controllers.cyclic_max_pressure:CyclicMaxPressure",
    "degree-of-saturation": "zhasyl.controllers.degree_of_saturation:DegreeOfSaturation",
    "emergency-preemption": "zhasyl.controllers.wrappers.emergency_preemption:EmergencyPreemption",
    "fixed": "zhasyl.controllers.fixed:Fixed",
    "green-wave": "zhasyl.controllers.green_wave:GreenWaves",
    "longest-queue": "zhasyl.controllers.longest_queue:LongestQueue",
    "max-pressure": "zhasyl.controllers.max_pressure:MaxPressure",
    "pedestrian-actuated": "zhasyl.controllers.wrappers.pedestrian_actuated:PedestrianActuated",
    "policy": "zhasyl.controllers.policy:Learned",
    "resco-maxpressure": "zhasyl.controllers.resco.maxpressure:RescoMaxPressure",
    "resco-maxwave": "zhasyl.controllers.resco.maxwave:MaxWave",
    "rolling-horizon": "zhasyl.controllers.rolling_horizon:RollingHorizon",
    "sotl": "zhasyl.controllers.sotl:Sotl",
    "split-cycle-offset": "zhasyl.controllers.split_cycle_offset:SplitCycleOffset",
    "sumo-actuated": "zhasyl.controllers.sumo.actuated:SumoActuated",
    "sumo-delay-based": "zhasyl.controllers.sumo.delay_based:SumoDelayBased",
    "sumo-nema": "zhasyl.controllers.sumo.nema:SumoNema",
    "transit-priority": "zhasyl.controllers.wrappers.transit_priority:TransitPriority",
    "webster": "zhasyl.controllers.webster_plan:WebsterPlan",
}


@dataclass(frozen=True)
class ControllerSpec:
    """A controller by name with validated parameters; picklable, so that workers can build it."""

    name: str
    cls: type[Controller]
    parameters: Parameters

    @classmethod
    def of(cls, controller: type[Controller], name: str = "", **parameters: Any) -> "ControllerSpec":
        """A class of one's own as `zhasyl.run` and `zhasyl.compare` take it, without being installed.

        Its name is that of the class unless one is given: `LongestWait` is `longest-wait`. Raises ControllerError for
        parameters that it does not have or take.
        """
        named = name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", getattr(controller, "__name__", "")).lower()
        if not re.fullmatch(r"[A-Za-z0-9_-]+", named):
            raise ControllerError(f"'{named}' is no name of a controller; give letters, digits, '-' and '_'")
        model = _checked(named, controller).parameters_type
        return cls(named, controller, check_parameters(f"controller '{named}'", parameters, model, ControllerError))

    @property
    def label(self) -> str:
        """The name with the parameters that differ from their defaults, as the command line takes it."""
        own = parameters_text(self.parameters)
        return f"{self.name}:{own}" if own else self.name

    @property
    def plays_in_sumo(self) -> bool:
        """Does SUMO itself play the signals in this run: the shipped programmes, or one of its own types?

        Not if its class fails to say so: that is a fault of the run (`zhasyl.runs.set_up`).
        """
        try:
            return self.cls.plays_in_sumo(self.parameters) is True
        except ZhasylError:
            raise
        except (Exception, SystemExit):
            return False

    @property
    def keeps_plan(self) -> bool:
        """Does SUMO play the shipped programmes in this run?"""
        return self.plays_in_sumo and not issubclass(self.cls, SumoController)


def controller_names() -> list[str]:
    """All known names, built in and installed, sorted."""
    return sorted({*BUILT_IN, *entry_points(group=ENTRY_POINT_GROUP).names})


@unheard()
def load_controller(name: str) -> type[Controller]:
    """The controller class of a name. Raises ControllerError for an unknown name or a broken plug-in."""
    if name in BUILT_IN:
        module, attribute = BUILT_IN[name].split(":")
        cls = getattr(import_module(module), attribute)
    else:
        found = entry_points(group=ENTRY_POINT_GROUP, name=name)
        if not found:
            raise ControllerError(unknown_name("controller", name, controller_names()))
        cls = load_plug_in(next(iter(found)))
    return _checked(name, cls)


def _checked(name: str, cls: object) -> type[Controller]:
    """The class, if it is one of a controller."""
    if not (isinstance(cls, type) and issubclass(cls, Controller)):
        raise ControllerError(f"controller '{name}' is {cls!r}, not a subclass of zhasyl.Controller")
    if not (isinstance(cls.parameters_type, type) and issubclass(cls.parameters_type, BaseModel)):
        raise ControllerError(f"controller '{name}' has the parameters {cls.parameters_type!r}, no pydantic model")
    if type(cls.version) is not int:
        raise ControllerError(f"controller '{name}' has the version {cls.version!r}; give a whole number")
    return cls


@unheard()
def parse_controller(text: str) -> ControllerSpec:
    """Read `name` or `name:key=value,key=value`. Raises ControllerError with the value and the limit."""
    name, _, rest = text.strip().partition(":")
    cls = load_controller(name)
    return ControllerSpec(
        name, cls, read_parameters(f"controller '{name}'", rest, cls.parameters_type, ControllerError)
    )


def split_controllers(text: str) -> list[str]:
    """Split `a,b:x=1,y=2,c` into controllers: a part with '=' belongs to the controller before it."""
    parts: list[str] = []
    for piece in text.split(","):
        if parts and "=" in piece and ":" not in piece:
            parts[-1] += "," + piece
        else:
            parts.append(piece.strip())
    return [part for part in parts if part]

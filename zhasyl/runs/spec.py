"""What determines a run, and what a record says of it whatever its outcome."""

import platform
import shlex
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from zhasyl.controllers import ControllerSpec, load_controller
from zhasyl.errors import ControllerError
from zhasyl.parameters import check_parameters, recorded
from zhasyl.runs.provenance import build, files_of, plug_ins_of
from zhasyl.runs.store import MEASURES_VERSION, RunRecord, load_record, origin_key, run_folder
from zhasyl.scenarios import Scenario
from zhasyl.sensors import PERFECT, SENSORS_VERSION
from zhasyl.sequencer import SEQUENCER_VERSION
from zhasyl.sumo.programs import simulating_version
from zhasyl.sumo.simulation import Api
from zhasyl.text.values import ALL_EMISSIONS, emissions_text

PRIORITY = "transit-priority"  # the wrapper of the variant bus_priority
_version = cache(version)  # it reads files, and a study asks for it some times a run


@dataclass(frozen=True)
class RunSpec:
    """Everything that determines a run. Picklable: workers receive it whole."""

    scenario: Scenario
    controller: ControllerSpec
    seed: int
    out: Path
    api: Api = "libsumo"
    sensor: str = PERFECT  # its label: the text form with the parameters that differ from their defaults
    emissions: float = ALL_EMISSIONS  # the share of the vehicles whose emissions are measured
    rerun: bool = False  # simulate it even if its record is stored; the new one takes its place
    record: bool = False  # trajectories too, which are no part of what determines the run

    @property
    def origin(self) -> dict[str, Any]:
        """The run's identity, without times of day."""
        controller = self.controller
        return {
            "scenario": self.scenario.id,
            "version": self.scenario.version,
            "variant": self.scenario.variant,
            "content": self.scenario.content,
            "controller": controller.name,
            "controller_version": controller.cls.version,
            "label": controller.label,
            "parameters": recorded(controller.parameters),
            **plug_ins_of(controller),
            **self._files,
            "sensor": self.sensor,
            "emissions": emissions_text(self.emissions),
            "seed": self.seed,
            "versions": {
                "zhasyl": _version("zhasyl"),
                "sumo": simulating_version(),
                "measures": str(MEASURES_VERSION),
                "sequencer": str(SEQUENCER_VERSION),
                **({} if self.sensor == PERFECT else {"sensors": str(SENSORS_VERSION)}),
                **({PRIORITY: str(load_controller(PRIORITY).version)} if self.scenario.bus_priority else {}),
            },
        }

    @cached_property
    def _files(self) -> dict[str, Any]:
        """As they were when first asked for: a run may write to a file that its parameters name."""
        return files_of(self.controller)

    @cached_property
    def folder(self) -> Path:
        """Where the record of this run is or will be; once, as it takes a digest of the whole origin."""
        place = f"{self.scenario.id} {self.scenario.variant}"
        return run_folder(self.out, place, self.controller.label, self.seed, origin_key(self.origin))

    @property
    def command(self) -> str:
        """What a user types to run it again."""
        options = ["--controller", self.controller.label, "--seed", str(self.seed)]
        options += situation_options(self.scenario, self.sensor, self.emissions)
        return shlex.join(["zhasyl", "run", self.scenario.source or self.scenario.id, *options])


def situation_options(scenario: Scenario, sensor: str, emissions: float) -> list[str]:
    """The options of a command that say in which situation a scenario is run; nothing of what is by default."""
    options = ["--variant", scenario.variant] if scenario.variant else []
    options += ["--sensor", sensor] if sensor != PERFECT else []
    return options + (["--emissions", emissions_text(emissions)] if emissions != ALL_EMISSIONS else [])


def finished(spec: RunSpec) -> RunRecord | None:
    """The stored record of a run that is done and whole; none if it is to be run again, for its trajectories too."""
    if spec.rerun:
        return None
    stored = load_record(spec.folder)
    if stored is None or not stored.done or (spec.record and not stored.recorded):
        return None
    return stored


def about(spec: RunSpec) -> dict[str, Any]:
    """What a record says of a run whatever its outcome."""
    scenario = spec.scenario
    return {
        **spec.origin,
        "title": scenario.title,
        "source": scenario.source,
        "command": spec.command,
        "begin_s": scenario.begin_s,
        "end_s": scenario.end_s,
        "warm_up_s": scenario.warm_up_s,
        "attribution": list(scenario.attribution),
        "assumptions": [asdict(assumption) for assumption in scenario.assumptions],
        "replaced_options": list(scenario.replaced_options),
        "python": platform.python_version(),
        "key": origin_key(spec.origin),
        "build": build(),
    }


def with_priority(scenario: Scenario, controller: ControllerSpec) -> ControllerSpec:
    """The controller that plays: within transit-priority if the variant says so, unless it is already."""
    if not scenario.bus_priority or PRIORITY in controller.label:
        return controller
    cls = load_controller(PRIORITY)
    owner = f"variant '{scenario.variant}'"
    parameters = check_parameters(owner, {"of": controller.label}, cls.parameters_type, ControllerError)
    return ControllerSpec(PRIORITY, cls, parameters)

"""Controllers as a researcher writes them: those of docs/writing-a-controller.md, and one that remembers, explores."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from tests.test_tutorial import ROOT, steps
from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.base import Controller
from zhasyl.observation import Need, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal


class RememberedQueue(Controller):
    """Shows the stage of the longest queue that it remembers, and now and then any other to see what comes of it."""

    summary = "the longest remembered queue, with some exploring"
    needs: ClassVar[frozenset[Need]] = frozenset({"arrived_veh", "arrived_green_veh", "since_green_s"})

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self.weights = self.random.normal(1.0, 0.05, len(signal.movements))
        self.queue_veh = np.zeros(len(signal.movements))
        self.came_veh = np.zeros(len(signal.movements))
        self.seconds = self.explored = 0

    def observe(self, observation: Observation) -> None:
        """A mean of the last 20 seconds or so."""
        self.seconds += 1
        self.queue_veh += (observation.queued() - self.queue_veh) / 20
        assert (observation.arrived_green_veh >= 0).all()

    def next_stage(self, observation: Observation) -> int:
        self.came_veh += observation.arrived_veh
        expected = self.weights * self.queue_veh + observation.arrived_veh
        since_s = np.minimum(observation.since_green_s, 60.0)
        assert len(since_s) == len(self.signal.stages)
        assert since_s[observation.stage] == 0
        if self.random.random() < 0.05:
            self.explored += 1
            return int(self.random.integers(len(self.signal.stages)))
        return int(np.argmax(self.signal.serves @ expected + since_s / 20))

    def finish(self) -> Mapping[str, Any]:
        return {"came_veh": self.came_veh, "seconds": self.seconds, "explored": self.explored, "weights": self.weights}


def of_the_page(file: str, cls: str) -> type[Controller]:
    """A class from a file of the page."""
    text = next(step.text for step in steps((ROOT / "docs" / "writing-a-controller.md").read_text("utf-8"))
                if step.name == file)  # fmt: skip
    around: dict[str, Any] = {"__name__": file.removesuffix(".py")}
    exec(compile(text, file, "exec"), around)  # noqa: S102 - our own page
    found: type[Controller] = around[cls]
    return found


OWN = {
    spec.name: spec
    for spec in (
        ControllerSpec.of(RememberedQueue),
        ControllerSpec.of(of_the_page("oldest_first.py", "OldestFirst")),
        ControllerSpec.of(of_the_page("shared_pressure.py", "SharedPressure")),
    )
}

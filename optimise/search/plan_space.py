"""Fixed-time plans as a space to search in: points are plans, the parts of an outcome are the signals."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.parts.plan_file import plans_csv
from zhasyl.files.sealed import write_whole
from zhasyl.observation import Area
from zhasyl.optimise.model.fast_model import Estimates, FastModel
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.plans.change import ChangePrice
from zhasyl.optimise.plans.encoding import Encoding, Variable
from zhasyl.optimise.plans.problem import Problem
from zhasyl.optimise.search.at_signals import at_signals
from zhasyl.optimise.search.features import Features
from zhasyl.runs.store import RunRecord
from zhasyl.signals import SignalPlan

Plans = Mapping[str, SignalPlan]
FOLDER = "plans"
TERMS = {
    "stops": {"stops": 1.0},
    "queue_mean_veh": {"queue_mean_veh": 1.0},
    "queue_max_veh": {"queue_mean_veh": 1.0},
    "overflow_share": {"overflow_s": 1.0, "delay_s": 0.01},  # so that plans without any are told apart
    "walker_delay_s": {"walker_delay_s": 1.0},
    "longest_wait_s": {"longest_wait_s": 1.0},
}
"""Measure → what of the model rises with it, in sum over the signals; any other one is taken to rise with delay."""


class PlanSpace:
    """The plans of a problem; their files lie in `out`. `starts` are plans by the name of the method they are from."""

    def __init__(
        self, problem: Problem, area: Area, model: FastModel, starts: Mapping[str, Plans], price: ChangePrice, out: Path
    ) -> None:
        self.encoding = Encoding(problem)
        self.problem = problem
        self.methods = {name: self.encoding.encode(plans) for name, plans in starts.items()}
        self.starts: FloatArray = np.array([self.encoding.encode(problem.present), *self.methods.values()])
        self.present = parse_controller("fixed")
        self._features, self._model, self._price, self._out = Features(problem, area), model, price, out
        self._places = {one.signal.id: index for index, one in enumerate(problem.choices)}

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The coordinates of the encoding."""
        return self.encoding.variables

    def plans(self, point: FloatArray) -> dict[str, SignalPlan]:
        """A point as plans."""
        return self.encoding.decode(point[None]).plans(0, self.problem.choices)

    def controller(self, point: FloatArray) -> ControllerSpec:
        """`fixed` with the plans in a file that is called by its content."""
        file, text = self.file(point), self.text(self.plans(point)).encode()
        if not (file.is_file() and file.read_bytes() == text):
            write_whole(file, text)
        return parse_controller(f"fixed:plans={file}")

    def file(self, point: FloatArray) -> Path:
        """Where the plans of a point lie, or will."""
        return self._out / FOLDER / f"{self.key(point)}.csv"

    def key(self, point: FloatArray) -> str:
        """A digest of the plans."""
        return sha256(self.text(self.plans(point)).encode()).hexdigest()[:12]

    def text(self, plans: Plans) -> str:
        """Plans as the file that `fixed:plans=` plays."""
        signals = {one.signal.id: one.signal for one in self.problem.choices}
        return plans_csv(signals, {name: [(0.0, plan)] for name, plan in plans.items()})

    def features(self, points: FloatArray) -> list[FloatArray]:
        """By signal: cycle, shares of green, how greens follow those before."""
        return self._features.of(self.encoding.decode(points))

    def estimate(self, points: FloatArray, objective: Objective) -> FloatArray:
        """What the fast model says."""
        return _term(self._model.evaluate(self.encoding.decode(points)), objective)

    def penalty(self, points: FloatArray) -> FloatArray:
        """The price of what is moved."""
        return self._price.of(self.encoding.decode(points), self.problem.choices)

    def local(self, record: RunRecord, objective: Objective) -> FloatArray:
        """What arises of the objective at each signal."""
        return at_signals(record, objective, self._places)

    def learn(self, record: RunRecord) -> None:
        """Calibrate the model by a run of the present plans."""
        self._model = self._model.calibrated(record, self.problem.present)


def _term(found: Estimates, objective: Objective) -> FloatArray:
    """The model's estimate of an objective by signal [c, s]."""
    total = np.zeros_like(found.delay_s)
    for measure, weight in objective.terms:
        for name, share in TERMS.get(measure, {"delay_s": 1.0}).items():
            total = total + weight * share * getattr(found, name)
    return total

"""What a search moves in: candidates as points, and what is known of them before and after they are simulated."""

from collections.abc import Sequence
from typing import Protocol

from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.search.evolve import Coordinate
from zhasyl.runs.store import RunRecord


class Space(Protocol):
    """Points of [0, 1]^d that stand for controllers: plans, or parameters."""

    @property
    def variables(self) -> Sequence[Coordinate]:
        """The coordinates [d]."""

    @property
    def starts(self) -> FloatArray:
        """Points [k, d] that are worth a run whatever the search finds."""

    @property
    def present(self) -> ControllerSpec:
        """What the search is to beat."""

    def controller(self, point: FloatArray) -> ControllerSpec:
        """Who plays a point [d]."""

    def key(self, point: FloatArray) -> str:
        """The same for points that stand for the same controller."""

    def features(self, points: FloatArray) -> list[FloatArray]:
        """By part [c, f]: what of the points [c, d] matters there."""

    def estimate(self, points: FloatArray, objective: Objective) -> FloatArray:
        """What a model says of the objective at each part [c, parts]; zeros without a model."""

    def penalty(self, points: FloatArray) -> FloatArray:
        """What is added to the objective of the points [c], whatever SUMO says: the price of change."""

    def local(self, record: RunRecord, objective: Objective) -> FloatArray:
        """What of the objective is seen at each part of a run [parts]; the rest of it is known in sum only."""

    def learn(self, record: RunRecord) -> None:
        """Fit the model to the first run of what is present."""

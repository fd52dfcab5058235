"""The parameters of a controller as a space to search in: points are controllers with other parameters.

A parameter that chooses has one coordinate, a number one, a number that may be left out two. A point whose parameters
the controller's own checks refuse stands for the one half way to the given parameters, and so on up to `HALVINGS`
times, at last for the given ones.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.errors import ControllerError, ZhasylError, unknown_name
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.tuning.ranges import Declared, NumberRange, declared, raised
from zhasyl.parameters import check_parameters, parameters_text
from zhasyl.process.output import unheard
from zhasyl.runs.store import RunRecord

HALVINGS = 6
SPREAD = 6  # starts beside the given parameters
TOWARDS = 0.5  # how far numbers of these lie on the way from the given ones to anywhere
LARGE = 1 / 3  # of a range: a large change
SAME = 1e-9
NO_LIMITS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Variable:
    """A coordinate; `block` is the parameter."""

    choices: int
    block: int
    cyclic: bool = False


@dataclass(frozen=True)
class Dial:
    """A parameter that is searched: among `choices`, the last of which is a number of the range if there is one."""

    name: str
    given: object
    choices: tuple[object, ...]
    numbers: NumberRange | None

    @property
    def size(self) -> int:
        """Among how many things it chooses, numbers being one; 0 if there is nothing to choose."""
        count = len(self.choices) + (self.numbers is not None)
        return count if count > 1 else 0

    def variables(self, block: int) -> list[Variable]:
        """Its coordinates: the choice, then the number."""
        chosen = [Variable(self.size, block)] if self.size else []
        return chosen + ([] if self.numbers is None else [Variable(0, block)])

    def encode(self) -> list[float]:
        """The given value."""
        number = self.given not in self.choices
        index = len(self.choices) if number else self.choices.index(self.given)
        chosen = [(index + 0.5) / self.size] if self.size else []
        if self.numbers is None:
            return chosen
        return [*chosen, self.numbers.place(float(self.given)) if number else 0.5]  # type: ignore[arg-type]

    def decode(self, own: Sequence[float]) -> object:
        """The value at its coordinates."""
        if self.size:
            index = chosen_of(own[0], self.size)
            if index < len(self.choices):
                return self.choices[index]
        assert self.numbers is not None  # noqa: S101 - all else is among the choices
        known = self.encode()[-1]
        is_given = self.given not in self.choices and abs(own[-1] - known) < SAME
        return self.given if is_given else self.numbers.value(own[-1])

    def features(self, own: FloatArray) -> list[FloatArray]:
        """Columns for coordinates [c, n]: which choice, and the number where it is chosen."""
        if not self.size:
            return [own[:, -1] / LARGE]
        index = np.minimum((own[:, 0] * self.size).astype(int), self.size - 1)
        columns = [(index == one).astype(float) for one in range(self.size)]
        if self.numbers is not None:
            columns.append(np.where(index == self.size - 1, own[:, -1], 0.5) / LARGE)
        return columns


def chosen_of(place: float, size: int) -> int:
    """Which of so many things a coordinate chooses."""
    return min(int(place * size), size - 1)


class ParameterSpace:
    """Parameters of `present` but those in `keep`. Raises ControllerError for an unknown one, or if none is left.

    `least` are limits of the scenarios, below which a parameter is not searched.
    """

    def __init__(
        self, present: ControllerSpec, keep: Collection[str] = (), least: Mapping[str, float] = NO_LIMITS
    ) -> None:
        self.present, self._least = present, least
        fields = type(present.parameters).model_fields
        for name in keep:
            if name not in fields:
                raise ControllerError(f"keep: controller '{present.name}': " + unknown_name("parameter", name, fields))
        found = {name: declared(field, getattr(present.parameters, name)) for name, field in fields.items()}
        self.dials = tuple(
            dial
            for name, one in found.items()
            if name not in keep and one is not None and (dial := self._dial(name, one)) is not None
        )
        searched = {dial.name for dial in self.dials}
        self.left = tuple(name for name in fields if name not in searched and name not in keep)
        if not self.dials:
            raise ControllerError(self._nothing(fields))
        self.variables = tuple(one for block, dial in enumerate(self.dials) for one in dial.variables(block))
        blocks = [one.block for one in self.variables]
        self._columns = [slice(blocks.index(b), blocks.index(b) + blocks.count(b)) for b in range(len(self.dials))]
        self._given: FloatArray = np.array([place for dial in self.dials for place in dial.encode()])
        self._known: dict[bytes, ControllerSpec] = {}
        self.starts: FloatArray = np.concatenate([self._given[None], self._spread()])

    def _nothing(self, fields: Collection[str]) -> str:
        name = self.present.name
        kept = "is kept, has no range, or names something" if fields else "there is none"
        instead = "its plans are searched without --controller" if name == "fixed" else "keep fewer, or choose another"
        return f"controller '{name}' has no parameter to search: every one {kept}; {instead}"

    def _dial(self, name: str, one: Declared) -> Dial | None:
        """With the choices that can be written as text and read back; None if nothing is left to choose."""
        given = getattr(self.present.parameters, name)
        one = raised(one, self._least.get(name, -math.inf), given)
        choices = [value for value in one.choices if value == given or self._reads_back(name, value)]
        if given not in choices and one.numbers is None:
            return None
        dial = Dial(name, given, tuple(choices), one.numbers)
        return dial if dial.size or dial.numbers is not None else None

    def _reads_back(self, name: str, value: object) -> bool:
        with suppress(ZhasylError):
            return bool(getattr(self._with({name: value}).parameters, name) == value)
        return False

    @unheard()
    def _with(self, changes: Mapping[str, object]) -> ControllerSpec:
        """The controller with other parameters, read from its own text. Raises ControllerError."""
        present = self.present
        own = {name: getattr(present.parameters, name) for name in type(present.parameters).model_fields}
        owner = f"controller '{present.name}'"
        checked = check_parameters(owner, {**own, **changes}, present.cls.parameters_type, ControllerError)
        return parse_controller(f"{present.name}:{parameters_text(checked)}")

    def _spread(self) -> FloatArray:
        """A Latin hypercube, numbers drawn towards the given ones."""
        rng = np.random.default_rng(1)
        points = np.stack([rng.permutation(SPREAD) + 0.5 for _ in self.variables], axis=1) / SPREAD
        number = np.array([not one.choices for one in self.variables])
        towards: FloatArray = np.where(number, self._given + TOWARDS * (points - self._given), points)
        return towards

    def controller(self, point: FloatArray) -> ControllerSpec:
        """The controller with the parameters of a point."""
        known = point.tobytes()
        if known not in self._known:
            self._known[known] = self._accepted(point)
        return self._known[known]

    def _accepted(self, point: FloatArray) -> ControllerSpec:
        for _ in range(HALVINGS + 1):
            with suppress(ZhasylError):
                return self._with(self.values(point))
            point = (point + self._given) / 2
        return self.present

    def values(self, point: FloatArray) -> dict[str, object]:
        """The parameters of a point, before the controller checks them."""
        pairs = zip(self.dials, self._columns, strict=True)
        return {dial.name: dial.decode(point[own].tolist()) for dial, own in pairs}

    def key(self, point: FloatArray) -> str:
        """The controller as the command line takes it."""
        return self.controller(point).label

    def features(self, points: FloatArray) -> list[FloatArray]:
        """One part: the coordinates."""
        pairs = zip(self.dials, self._columns, strict=True)
        return [np.stack([column for dial, own in pairs for column in dial.features(points[:, own])], axis=1)]

    def estimate(self, points: FloatArray, objective: Objective) -> FloatArray:
        """No model knows what parameters do."""
        return np.zeros((len(points), 1))

    def penalty(self, points: FloatArray) -> FloatArray:
        """Change costs nothing."""
        return np.zeros(len(points))

    def local(self, record: RunRecord, objective: Objective) -> FloatArray:
        """All of the objective is of the parameters as a whole."""
        return np.zeros(1)

    def learn(self, record: RunRecord) -> None:
        """There is no model to fit."""

"""What a controller declares of its parameters: limits of numbers, names to choose from, whether nothing may be given.

A number is searched between its limits, `Field(ge=..., gt=..., le=..., lt=...)`: on a logarithmic scale if the highest
value is more than `DECADE` times the lowest, else on a linear one. A range from 0 has the scale log(value + s), s the
given value (a tenth of the range where that is 0 or none); where 0 itself is not allowed it begins at s / 10.
"""

import math
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

DECADE = 10.0
RESOLUTION = 0.01  # of the scale: values are rounded to the decimal place below it
LIMITS = ("gt", "ge", "lt", "le")


@dataclass(frozen=True)
class NumberRange:
    """Numbers between `low` and `high`, themselves included unless they are open; `shift` None is the linear scale."""

    low: float
    high: float
    whole: bool = False
    open_low: bool = False
    open_high: bool = False
    shift: float | None = None

    def place(self, value: float) -> float:
        """Where a value lies within the range, 0 to 1."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        return min(max((self._scaled(value) - low) / (high - low), 0.0), 1.0)

    def value(self, place: float) -> float:
        """The value at a place, in as many decimals as the place has meaning."""
        step = self._step(place)
        missed = 1.0 if self.whole else step  # what an open end is missed by
        first = missed if self.whole or self.low != 0 or not self.shift else self.shift / DECADE
        low, high = self.low + first * self.open_low, self.high - missed * self.open_high
        if self.whole:
            low, high = math.ceil(low), math.floor(high)
        value = min(max(round(self._at(place), -round(math.log10(step))), low), high)
        return round(value) if self.whole else float(f"{value:.12g}") + 0.0  # no -0

    def _step(self, place: float) -> float:
        """The power of ten below a hundredth of the scale, there; 1 at least for whole numbers."""
        around = self._at(min(place + RESOLUTION, 1.0)) - self._at(max(place - RESOLUTION, 0.0))
        step = 10.0 ** math.floor(math.log10(max(around / 2, 1e-12)))
        return max(step, 1.0) if self.whole else step

    def _at(self, place: float) -> float:
        low, high = self._scaled(self.low), self._scaled(self.high)
        scaled = low + place * (high - low)
        return scaled if self.shift is None else math.exp(scaled) - self.shift

    def _scaled(self, value: float) -> float:
        return value if self.shift is None else math.log(value + self.shift)


@dataclass(frozen=True)
class Declared:
    """What a parameter may be: one of some values, a number of a range, or either."""

    choices: tuple[object, ...] = ()
    numbers: NumberRange | None = None


def declared(field: FieldInfo, given: object) -> Declared | None:
    """What a parameter may be; None for a text, or a number without limits on both sides."""
    kinds: list[Any] = []
    limits: list[Any] = [*field.metadata]
    _unfold(field.annotation, kinds, limits)
    nothing = (None,) if NoneType in kinds else ()
    kinds = [kind for kind in kinds if kind is not NoneType]
    if kinds and all(kind is bool or get_origin(kind) is Literal for kind in kinds):
        values = [value for kind in kinds for value in ((False, True) if kind is bool else get_args(kind))]
        return Declared((*nothing, *dict.fromkeys(values)))
    if kinds and all(kind in (int, float) for kind in kinds):
        numbers = _numbers(limits, float not in kinds, given)
        return None if numbers is None else Declared(nothing, numbers)
    return None


def raised(known: Declared, least: float, given: object) -> Declared:
    """With no number below a limit, unless what is given lies below it itself."""
    numbers = known.numbers
    if isinstance(given, int | float):
        least = min(least, given)
    if numbers is None or least <= numbers.low:
        return known
    if least >= numbers.high:
        return replace(known, numbers=None)
    shift = numbers.shift if numbers.low == 0 else _shift(least, numbers.high, given)
    return replace(known, numbers=replace(numbers, low=least, open_low=False, shift=shift))


def _unfold(annotation: Any, kinds: list[Any], limits: list[Any]) -> None:
    """The kinds of an annotation such as `Annotated[float, Field(ge=0)] | None`, and what is said of their limits."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *said = get_args(annotation)
        for one in said:
            limits += one.metadata if isinstance(one, FieldInfo) else [one]
        _unfold(inner, kinds, limits)
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            _unfold(one, kinds, limits)
    else:
        kinds.append(annotation)


def _numbers(limits: list[Any], whole: bool, given: object) -> NumberRange | None:
    said = [(name, getattr(limit, name, None)) for limit in limits for name in LIMITS]
    known = [(name, float(value)) for name, value in said if isinstance(value, int | float) and math.isfinite(value)]
    lows = [(value, name == "gt") for name, value in known if name in ("gt", "ge")]
    highs = [(value, name != "lt") for name, value in known if name in ("lt", "le")]
    if not lows or not highs:
        return None
    (low, open_low), (high, closed) = max(lows), min(highs)
    if not low < high or (whole and math.floor(high) <= math.ceil(low)):
        return None
    return NumberRange(low, high, whole, open_low, not closed, _shift(low, high, given))


def _shift(low: float, high: float, given: object) -> float | None:
    if low < 0 or (low > 0 and high <= DECADE * low):
        return None
    if low > 0:
        return 0.0
    positive = isinstance(given, int | float) and not isinstance(given, bool) and given > 0
    return float(given) if positive else high / DECADE  # type: ignore[arg-type]

"""What a search minimises: one measure of the record, a weighted sum of several, or several at once (a front).

delay_s                         one measure
delay_s + 0.5*walker_delay_s    a sum in the unit of its first measure: a weight says how much of that one unit more of
                                its measure is worth, here 0.5 (s/trip)/(s/walk)
delay_s,co2_kg                  a front of two objectives, each of which may be a sum

All are better the lower. Measures that are better the higher are refused, not subtracted: demand decides how many trips
are planned, and who has not arrived counts among those under way or denied entry.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zhasyl.errors import ZhasylError, unknown_name
from zhasyl.measures import EMITTED, MEASURE_BY_KEY, Measure
from zhasyl.optimise.statistics.comparison import Record, is_done, number
from zhasyl.text.values import ALL_EMISSIONS, NO_EMISSIONS

EXAMPLE = "delay_s + 0.5*walker_delay_s"
EXAMPLE_FRONT = "delay_s,walker_delay_s"
MINIMISED = {key: measure for key, measure in MEASURE_BY_KEY.items() if measure.better == "lower"}
TERM = re.compile(r"\s*(?:(?P<weight>[^*]*?)\s*\*)?\s*(?P<key>[^\s*]+)\s*")
PLUS = re.compile(r"(?<![0-9.][eE])\+")  # no part of a number such as 1e+3
SAME = 1e-9  # relative difference of weights that are taken for the same


@dataclass(frozen=True)
class Objective:
    """A weighted sum of measures in the unit of the first, whose weight is 1; lower is better."""

    terms: tuple[tuple[str, float], ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Keys of its measures."""
        return tuple(key for key, _ in self.terms)

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return self._first.unit

    @property
    def decimals(self) -> int:
        """How many decimals of a value are shown."""
        return self._first.decimals

    @property
    def key(self) -> str:
        """The text that `parse_objective` makes it from."""
        return " + ".join(key if weight == 1 else f"{_number(weight)}*{key}" for key, weight in self.terms)

    @property
    def title(self) -> str:
        """Its name on tables and figures: 'Delay + 0.5 × Pedestrian delay'."""
        titles = [(MEASURE_BY_KEY[key].title, weight) for key, weight in self.terms]
        return " + ".join(title if weight == 1 else f"{_number(weight)} × {title}" for title, weight in titles)

    def described(self) -> str:
        """Its sum with the unit of each weight: 'delay_s + 2 (s/trip)/kg × co2_kg'."""
        return " + ".join((self.measures[0], *(self._weighed(key, weight) for key, weight in self.terms[1:])))

    def value(self, record: Record) -> float:
        """Of a run's record: infinite where the run failed, NaN where a measure has no value."""
        if not is_done(record):
            return math.inf
        return sum(weight * number(record, key) for key, weight in self.terms)

    @property
    def _first(self) -> Measure:
        return MEASURE_BY_KEY[self.measures[0]]

    def _weighed(self, key: str, weight: float) -> str:
        unit = MEASURE_BY_KEY[key].unit
        return " ".join(
            [_number(weight), *([] if unit == self.unit else [f"{_within(self.unit)}/{_within(unit)}"]), "×", key]
        )

    def _relative(self) -> dict[str, float]:
        """Weights against that of the alphabetically first measure: alike for sums that rank plans alike."""
        weights = dict(sorted(self.terms))
        return {key: weight / next(iter(weights.values())) for key, weight in weights.items()}


def emissions_for(objectives: Iterable[Objective]) -> float:
    """The share of the vehicles whose emissions have to be measured: none where no objective asks for any."""
    emitted = {key for _, key, _, _ in EMITTED}
    asked = any(emitted.intersection(objective.measures) for objective in objectives)
    return ALL_EMISSIONS if asked else NO_EMISSIONS


def parse_objective(text: str) -> Objective:
    """An objective as written on the command line. Raises ZhasylError: no such measure, or a weight that is none."""
    if "," in text:
        raise ZhasylError(f"objective '{text[:80]}' names several; give one, such as '{EXAMPLE}', or ask for a front")
    terms = tuple(_term(text, part) for part in PLUS.split(text))
    keys = [key for key, _ in terms]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise ZhasylError(f"objective '{text[:80]}' has '{twice}' {keys.count(twice)} times; name each measure once")
    if terms[0][1] != 1:
        raise ZhasylError(
            f"objective '{text[:80]}': '{keys[0]}' comes first, so the sum is in its unit and it has no weight; "
            f"write for example '{EXAMPLE}'"
        )
    return Objective(terms)


def parse_front(text: str) -> tuple[Objective, ...]:
    """Objectives between commas, two or more that differ. Raises ZhasylError."""
    parts = text.split(",")
    if len(parts) < 2:
        raise ZhasylError(f"a front of one objective, '{text[:80]}'; give two or more, such as '{EXAMPLE_FRONT}'")
    objectives = tuple(map(parse_objective, parts))
    for place, one in enumerate(objectives):
        for other in objectives[:place]:
            if _ranks_alike(one, other):
                raise ZhasylError(
                    f"front '{text[:80]}': '{other.key}' and '{one.key}' rank plans alike; "
                    f"give objectives that differ, such as '{EXAMPLE_FRONT}'"
                )
    return objectives


def missing(objective: Objective, record: Record) -> str:
    """One line why a finished run has no value of the objective; '' where it has one, and of a run that failed."""
    return next(_lacking(objective, record), "") if is_done(record) else ""


def _lacking(objective: Objective, record: Record) -> Iterator[str]:
    about = f"objective '{objective.key}' has no value in '{record.get('scenario', '')}'"
    for key in objective.measures:
        if key not in record:
            yield f"{about}: its stored run was not measured for '{key}'; run it again with --rerun"
        elif not math.isfinite(number(record, key)):
            nobody = "nobody walks there" if key == "walker_delay_s" else "no trip is planned there in the period"
            yield f"{about}: {nobody}, so '{key}' cannot be told; choose other measures"


def _term(text: str, part: str) -> tuple[str, float]:
    found = TERM.fullmatch(part)
    if found is None:
        raise ZhasylError(
            f"objective '{text[:80]}': '{part.strip()[:80]}' is no [WEIGHT*]MEASURE; write for example '{EXAMPLE}'"
        )
    key = found["key"]
    if key not in MEASURE_BY_KEY:
        raise ZhasylError(unknown_name("measure to minimise", key[:80], MINIMISED))
    if key not in MINIMISED:
        raise ZhasylError(f"'{key}' is better the higher, and an objective is minimised; {_instead(key)}")
    return key, 1.0 if found["weight"] is None else _weight(key, found["weight"])


def _instead(key: str) -> str:
    counted = "'unfinished_veh' or 'not_inserted_veh'"
    return f"take {counted} for it" if key == "arrived_veh" else f"demand decides it, no plan does; take {counted}"


def _weight(key: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise ZhasylError(
            f"weight '{text.strip()[:80]}' of '{key}' is no finite number above 0; write for example 0.5*{key}"
        )
    return weight


def _ranks_alike(one: Objective, other: Objective) -> bool:
    mine, theirs = one._relative(), other._relative()
    return mine.keys() == theirs.keys() and all(math.isclose(mine[key], theirs[key], rel_tol=SAME) for key in mine)


def _number(weight: float) -> str:
    short = f"{weight:g}"
    return short if float(short) == weight else repr(weight)


def _within(unit: str) -> str:
    return f"({unit})" if "/" in unit else unit

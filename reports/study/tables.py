"""The tables of a study, for the page and for its files: the matrix, and each sweep ranked."""

import math
from collections.abc import Iterator

from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.comparison import SITUATION, Comparison
from zhasyl.reports.exports.named import ANY, WHOLE, Cell, Column, Field, NamedTable, Value, pattern, stems, text_cell
from zhasyl.reports.records import NOTHING, measured, signed
from zhasyl.reports.study.situations import MEASURE, Outcome, Situation
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.sweeps import Change, Sweep, as_number
from zhasyl.reports.tables import VERDICT, difference, interval, interval_title, p_text, verdict_text
from zhasyl.text.steering import neutral

NAME = "study"
ABOUT = "Mean delay of every scenario under every controller"
COMPARED_WITH = "compared with"  # stands where the others have their verdict
DELAY = pattern(MEASURE_BY_KEY[MEASURE].decimals)
SCENARIO = Field("scenario", "Scenario")
PLACE = (SCENARIO, *(Field(key, key.capitalize()) for key in SITUATION[1:] if key != "content"))
NONE: tuple[Value, ...] = (None, None)
MOST_WHOLE = 2**53  # that a float tells apart


def study_tables(study: Study) -> list[NamedTable]:
    """Every table that a study's summary and its sections have of it."""
    return [
        *matrix(study),
        *overall(study),
        *(table for at in range(len(study.situations)) for table in at_place(study, at)),
    ]


def matrix(study: Study) -> list[NamedTable]:
    """Situations × controllers; none where the page has one situation that no study declares."""
    if not study.has_matrix:
        return []
    columns = (Column("Scenario", PLACE), *(_controller(label) for label in study.labels))
    rows = [(_place(place), *(cell(place.outcomes.get(label)) for label in study.labels)) for place in study.situations]
    return [NamedTable(NAME, ABOUT, columns, rows)]


def _controller(label: str) -> Column:
    name = neutral(label)
    bounds = (Field(f"{name} low", f"{name}: interval, from (s)", ANY), Field(f"{name} high", f"{name}: to (s)", ANY))
    return Column(
        label,
        (
            Field(f"{name} {MEASURE}", f"{name}: delay (s/trip)", DELAY),
            Field(f"{name} difference", f"{name}: difference (s)", ANY),
            *bounds,
            Field(f"{name} seeds", f"{name}: seeds", WHOLE),
            Field(f"{name} verdict", f"{name}: verdict"),
        ),
    )


def _place(place: Situation) -> Cell:
    known = dict(zip(SITUATION, place.place, strict=True))
    return Cell(place.name, tuple(known[field.key] or None for field in PLACE))


def cell(one: Outcome | None) -> Cell:
    """A cell of the matrix: '31.0 −21.1 (−23.0 to −19.2) better'."""
    if one is None:
        return Cell(NOTHING, (None,) * 6)
    delay, change, verdict = shown(one)
    return Cell(
        " ".join(filter(None, (delay, change, verdict))),
        (_finite(one.delay_s), *_bounds(one.against), one.seeds, verdict),
    )


def shown(one: Outcome) -> tuple[str, str, str]:
    """What a cell of the matrix says: the mean delay, the difference with its interval, and the verdict."""
    return (
        measured(MEASURE, one.delay_s),
        "" if one.against is None else change_text(one.against),
        COMPARED_WITH if one.against is None else verdict_text(one.against),
    )


def change_text(one: Comparison) -> str:
    """'−21.1 (−23.0 to −19.2)'; '' without a difference."""
    if one.difference is None:
        return ""
    return difference(one) if one.low is None else f"{difference(one)} ({interval(one)})"


def _bounds(one: Comparison | None) -> tuple[Value, Value, Value]:
    return (None, None, None) if one is None else (one.difference, one.low, one.high)


def _finite(value: float) -> Value:
    return value if math.isfinite(value) else None


def overall(study: Study) -> list[NamedTable]:
    """Each sweep over all situations, ranked; none where there is one situation, whose own table says it."""
    if len(study.situations) == 1:
        return []
    return [_overall(study, sweep, name) for sweep, name in named_sweeps(study)]


def named_sweeps(study: Study) -> Iterator[tuple[Sweep, str]]:
    """Each sweep, and its name for files."""
    return zip(study.sweeps, stems(sweep.controller for sweep in study.sweeps), strict=True)


def _overall(study: Study, sweep: Sweep, name: str) -> NamedTable:
    swept = sum(bool(one) for one in sweep.against)
    sure = next((interval_title(one) for place in sweep.against for one in place.values()), "95 % interval")
    columns = (
        *_settings(sweep),
        Column("Change (%)", (Field("change", "Change of delay (%)", ANY),)),
        Column(sure, (Field("low", f"{sure}, from (%)", ANY), Field("high", f"{sure}, to (%)", ANY))),
        Column(f"Better of {swept}", (Field("better", "Scenarios in which it is better", WHOLE),)),
        Column(f"Worse of {swept}", (Field("worse", "Scenarios in which it is worse", WHOLE),)),
    )
    rows = [
        (*_setting(sweep, rank, label), *_change(sweep.changes[label], label == sweep.reference))
        for rank, label in enumerate(sweep.ranked(), start=1)
    ]
    about = f"{sweep.title} against {sweep.compared_with}, over {swept} scenarios"
    return NamedTable(f"sweep-{name}-overall", about, columns, rows)


def _change(one: Change, is_reference: bool) -> tuple[Cell, ...]:
    if is_reference:
        return (Cell(COMPARED_WITH, (None,)), Cell(NOTHING, NONE), Cell(NOTHING, (None,)), Cell(NOTHING, (None,)))
    mean, low, high = (None if value is None else 100 * value for value in (one.mean, one.low, one.high))
    return (
        Cell(signed(mean, 1), (mean,)),
        Cell(NOTHING if low is None else f"{signed(low, 1)} to {signed(high, 1)}", (low, high)),
        text_cell(one.better),
        text_cell(one.worse),
    )


def at_place(study: Study, at: int) -> list[NamedTable]:
    """Each sweep in one situation, ranked."""
    return [_ranked(study.situations[at], sweep, at, name) for sweep, name in named_sweeps(study) if sweep.against[at]]


def _ranked(place: Situation, sweep: Sweep, at: int, name: str) -> NamedTable:
    first = next(iter(sweep.against[at].values()))
    sure = interval_title(first)
    columns = (
        *_settings(sweep),
        Column("Delay (s/trip)", (Field(MEASURE, "Delay (s/trip)", DELAY),)),
        Column("Difference", (Field("difference", "Difference (s)", ANY),)),
        Column(sure, (Field("low", f"{sure}, from (s)", ANY), Field("high", f"{sure}, to (s)", ANY))),
        Column(VERDICT, (Field("verdict", VERDICT),), verdict=True),
        Column("p (Holm)", (Field("p_holm", "p (Holm)", pattern(3)),)),
    )
    rows = [
        (*_setting(sweep, rank, label), *_judged(place.outcomes[label], sweep.against[at].get(label)))
        for rank, label in enumerate(sweep.ranked(at), start=1)
        if label in place.outcomes
    ]
    about = f"{sweep.title} against {sweep.compared_with}, {place.name}"
    of: dict[Field, Value] = {SCENARIO: place.name, Field("baseline", "Baseline"): sweep.reference}
    return NamedTable(f"sweep-{name}", about, columns, rows, of)


def _judged(one: Outcome, against: Comparison | None) -> tuple[Cell, ...]:
    delay = Cell(measured(MEASURE, one.delay_s), (_finite(one.delay_s),))
    if against is None:
        return (delay, Cell(NOTHING, (None,)), Cell(NOTHING, NONE), text_cell(COMPARED_WITH), Cell(NOTHING, (None,)))
    return (
        delay,
        Cell(difference(against), (against.difference,)),
        Cell(interval(against), (against.low, against.high)),
        text_cell(verdict_text(against)),
        Cell(p_text(against), (against.p_holm,)),
    )


def _settings(sweep: Sweep) -> list[Column]:
    """The columns that name a setting: its rank, and a column for each parameter that varies."""
    rank = Column("Rank", (Field("rank", "Rank", WHOLE), Field("controller", "Controller")))
    return [rank, *(Column(key, (Field(f"parameter_{neutral(key)}", neutral(key)),)) for key in sweep.parameters)]


def _setting(sweep: Sweep, rank: int, label: str) -> list[Cell]:
    return [Cell(str(rank), (rank, label)), *(Cell(text, (plain(text),)) for text in sweep.values[label])]


def plain(text: str) -> Value:
    """A parameter's value: a number where it is one."""
    value = as_number(text)
    if value is None:
        return text
    return int(value) if value.is_integer() and abs(value) < MOST_WHOLE else value

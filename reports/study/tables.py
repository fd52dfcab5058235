"""The tables of a study, for the page and for its files: the matrix, and each sweep ranked."""

import math
from collections.abc import Iterator

from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.statistics.comparison import SITUATION, Comparison
from zhasyl.reports.exports.named import ANY, WHOLE, Cell, Column, Field, NamedTable, Value, pattern, stems, text_cell
from zhasyl.reports.records import NOTHING, measured, signed
from zhasyl.reports.study.situations import MEASURE, Outcome, Situation
from zhasyl.reports.study.summary import Study
from zhasyl.reports.study.sweeps import Change, Sweep, as_number
from zhasyl.reports.tables import VERDICT, difference, interval, interval_title, p_text, verdict_text
from zhasyl.text.language import N_, _, ngettext
from zhasyl.text.steering import neutral

NAME = N_("study")
ABOUT = N_("Mean delay of every scenario under every controller")
COMPARED_WITH = N_("compared with")  # stands where the others have their verdict
DELAY = pattern(MEASURE_BY_KEY[MEASURE].decimals)
PLACE = (
    ("scenario", N_("Scenario")),
    ("version", N_("Version")),
    ("sensor", N_("Sensor")),
    ("emissions", N_("Emissions")),
    ("variant", N_("Variant")),
)
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
    first = Column(_("Scenario"), tuple(Field(key, _(title)) for key, title in PLACE))
    columns = (first, *(_controller(label) for label in study.labels))
    rows = [(_place(place), *(cell(place.outcomes.get(label)) for label in study.labels)) for place in study.situations]
    return [NamedTable(NAME, _(ABOUT), columns, rows)]


def _controller(label: str) -> Column:
    name = neutral(label)
    bounds = (
        Field(f"{name} low", _("{controller}: interval, from (s)", controller=name), ANY),
        Field(f"{name} high", _("{controller}: interval, to (s)", controller=name), ANY),
    )
    return Column(
        label,
        (
            Field(f"{name} {MEASURE}", _("{controller}: delay (s/trip)", controller=name), DELAY),
            Field(f"{name} difference", _("{controller}: difference (s)", controller=name), ANY),
            *bounds,
            Field(f"{name} seeds", _("{controller}: seeds", controller=name), WHOLE),
            Field(f"{name} verdict", _("{controller}: verdict", controller=name)),
        ),
    )


def _place(place: Situation) -> Cell:
    known = dict(zip(SITUATION, place.place, strict=True))
    return Cell(place.name, tuple(known[key] or None for key, _title in PLACE))


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
        _(COMPARED_WITH) if one.against is None else verdict_text(one.against),
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
    sure = next((interval_title(one) for place in sweep.against for one in place.values()), "")
    columns = (
        *_settings(sweep),
        Column(_("Change (%)"), (Field("change", _("Change of delay (%)"), ANY),)),
        Column(
            sure,
            (
                Field("low", _("{interval}, from (%)", interval=sure), ANY),
                Field("high", _("{interval}, to (%)", interval=sure), ANY),
            ),
        ),
        Column(_("Better of {n}", n=swept), (Field("better", _("Scenarios in which it is better"), WHOLE),)),
        Column(_("Worse of {n}", n=swept), (Field("worse", _("Scenarios in which it is worse"), WHOLE),)),
    )
    rows = [
        (*_setting(sweep, rank, label), *_change(sweep.changes[label], label == sweep.reference))
        for rank, label in enumerate(sweep.ranked(), start=1)
    ]
    about = ngettext(
        "{controller} against {reference}, over {n} scenario",
        "{controller} against {reference}, over {n} scenarios",
        swept,
        controller=sweep.title,
        reference=sweep.compared_with,
    )
    return NamedTable(f"sweep-{name}-overall", about, columns, rows)


def _change(one: Change, is_reference: bool) -> tuple[Cell, ...]:
    if is_reference:
        return (Cell(_(COMPARED_WITH), (None,)), Cell(NOTHING, NONE), Cell(NOTHING, (None,)), Cell(NOTHING, (None,)))
    mean, low, high = (None if value is None else 100 * value for value in (one.mean, one.low, one.high))
    return (
        Cell(signed(mean, 1), (mean,)),
        Cell(NOTHING if low is None else _("{low} to {high}", low=signed(low, 1), high=signed(high, 1)), (low, high)),
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
        Column(_("Delay (s/trip)"), (Field(MEASURE, _("Delay (s/trip)"), DELAY),)),
        Column(_("Difference"), (Field("difference", _("Difference (s)"), ANY),)),
        Column(
            sure,
            (
                Field("low", _("{interval}, from (s)", interval=sure), ANY),
                Field("high", _("{interval}, to (s)", interval=sure), ANY),
            ),
        ),
        Column(_(VERDICT), (Field("verdict", _(VERDICT)),), verdict=True),
        Column(_("p (Holm)"), (Field("p_holm", _("p (Holm)"), pattern(3)),)),
    )
    rows = [
        (*_setting(sweep, rank, label), *_judged(place.outcomes[label], sweep.against[at].get(label)))
        for rank, label in enumerate(sweep.ranked(at), start=1)
        if label in place.outcomes
    ]
    about = _(
        "{controller} against {reference}, {scenario}",
        controller=sweep.title,
        reference=sweep.compared_with,
        scenario=place.name,
    )
    of: dict[Field, Value] = {
        Field("scenario", _("Scenario")): place.name,
        Field("baseline", _("Baseline")): sweep.reference,
    }
    return NamedTable(f"sweep-{name}", about, columns, rows, of)


def _judged(one: Outcome, against: Comparison | None) -> tuple[Cell, ...]:
    delay = Cell(measured(MEASURE, one.delay_s), (_finite(one.delay_s),))
    if against is None:
        return (delay, Cell(NOTHING, (None,)), Cell(NOTHING, NONE), text_cell(_(COMPARED_WITH)), Cell(NOTHING, (None,)))
    mark = against.verdict if against.verdict in ("better", "worse") else ""
    return (
        delay,
        Cell(difference(against), (against.difference,)),
        Cell(interval(against), (against.low, against.high)),
        Cell(verdict_text(against), (verdict_text(against),), mark),
        Cell(p_text(against), (against.p_holm,)),
    )


def _settings(sweep: Sweep) -> list[Column]:
    """The columns that name a setting: its rank, and a column for each parameter that varies."""
    rank = Column(_("Rank"), (Field("rank", _("Rank"), WHOLE), Field("controller", _("Controller"))))
    return [rank, *(Column(key, (Field(f"parameter_{neutral(key)}", neutral(key)),)) for key in sweep.parameters)]


def _setting(sweep: Sweep, rank: int, label: str) -> list[Cell]:
    return [Cell(str(rank), (rank, label)), *(Cell(text, (plain(text),)) for text in sweep.values[label])]


def plain(text: str) -> Value:
    """A parameter's value: a number where it is one."""
    value = as_number(text)
    if value is None:
        return text
    return int(value) if value.is_integer() and abs(value) < MOST_WHOLE else value

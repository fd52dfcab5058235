"""Brought figures beside those of the runs, for the page and for its files: Synchro's results, a controller's log."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import isfinite, isnan

from zhasyl.measures import CONTROL_DELAY
from zhasyl.reports.beside.rows import BesideRow
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.named import (
    PERCENT,
    PLUS_MINUS,
    Cell,
    Column,
    Field,
    NamedTable,
    known_field,
    pattern,
    plain,
    text_cell,
    wording,
)
from zhasyl.reports.languages.places import place
from zhasyl.reports.records import NOTHING, measured, signed, written
from zhasyl.scenarios.beside.model import APPROACH, LANE_GROUP, LOG, SIGNAL, SYNCHRO, Beside
from zhasyl.text.language import N_, _

MOST_SHOWN = 150  # rows on the page, of whole signals, those that differ most first; a file has all
LEVELS = {SIGNAL: N_("Whole junction"), APPROACH: N_("Approach"), LANE_GROUP: N_("Lane group")}
DELAY = CONTROL_DELAY.key
NAME = "Synchro"
Pair = tuple[str, str, int]
"""Key of a figure, its title, its decimals; a share where they are below 0."""
SHARE = -1
OF_SYNCHRO: tuple[Pair, ...] = (("degree", N_("v/c"), 2), ("back_p95_m", N_("Back of queue, 95th pct. (m)"), 0))
OF_LOG: tuple[Pair, ...] = (
    ("volume_veh_h", N_("Vehicles (veh/h)"), 0),
    ("green_s", N_("Green, mean (s)"), 1),
    ("on_green_share", N_("Arrivals on green"), SHARE),
    ("failure_share", N_("Split failures (of greens)"), SHARE),
)


def synchro(group: Group) -> list[NamedTable]:
    """Synchro's delay, LOS, v/c and queue beside the runs'; a row a lane group, approach or signal and controller."""
    rows = _most_different_first(group.beside.of(SYNCHRO))
    delay, shown = f"{_(CONTROL_DELAY.title)} ({_(CONTROL_DELAY.unit)})", pattern(CONTROL_DELAY.decimals)
    theirs, ours = f"{delay}, {NAME}", _("{figure}, runs", figure=delay)
    difference = _("Difference (s/veh)")
    name = (Field("place", _("Lane group")), Field("level", _("Of")), Field("street", _("Street")))
    means = (Field(DELAY, ours, shown), Field(f"{DELAY}_half_width", f"{ours},{PLUS_MINUS}", shown))
    pairs = [_pair_column(key, _(title), "synchro", pattern(decimals)) for key, title, decimals in OF_SYNCHRO]
    columns = (
        Column(_("Lane group"), name),
        wording("signal", _("Signal")),
        Column(_("Controller"), (known_field("controller"), replace(known_field("n"), pattern="")), words=True),
        Column(theirs, (Field(f"{DELAY}_synchro", theirs, shown),)),
        Column(f"{ours}{PLUS_MINUS}", means),
        Column(difference, (Field("difference_s", difference, shown),)),
        _pair_column("los", _("LOS"), "synchro", ""),
        *pairs,
        wording("method", _("Method")),
    )
    return _table(N_("synchro"), _("Synchro's own figures beside these runs"), columns, group, rows, _synchro)


def _synchro(row: BesideRow) -> tuple[Cell, ...]:
    own, runs = row.brought, row.runs
    street = place(own.words)
    name = _(LEVELS[SIGNAL]) if own.level == SIGNAL else own.place
    half = f"{DELAY}_half_width"
    told = own.level != SIGNAL and street
    return (
        Cell(f"{name}, {street}" if told else name, (own.place, _(LEVELS[own.level]), street)),
        text_cell(own.signal),
        Cell(row.label, (row.label, row.n)),
        Cell(written(own.control_delay_s, CONTROL_DELAY.decimals), (plain(own.control_delay_s),)),
        Cell(measured(DELAY, runs[DELAY], runs[half]), (plain(runs[DELAY]), plain(runs[half]))),
        Cell(signed(row.difference_s, CONTROL_DELAY.decimals), (plain(row.difference_s),)),
        Cell(_both(own.los or NOTHING, runs["los"]), (own.los or None, runs["los"])),
        *(_pair(own, runs[key], key, decimals) for key, _title, decimals in OF_SYNCHRO),
        text_cell(own.method or NOTHING),
    )


def log(group: Group) -> list[NamedTable]:
    """A controller's log beside the runs by phase, after the run that it was checked with when it was imported."""
    pairs = [
        _pair_column(key, _(title), "log", PERCENT if decimals == SHARE else pattern(decimals))
        for key, title, decimals in OF_LOG
    ]
    columns = (
        Column(_("Phase"), (Field("phase", _("Phase")), Field("movements", _("Movements")))),
        wording("signal", _("Signal")),
        wording("controller", _("Controller")),
        Column(_("Seeds"), (known_field("n"),)),
        *pairs,
    )
    rows = list(_after_check(group.beside.of(LOG), group.beside.check))
    return _table(N_("controller-log"), _("The controller's log beside these runs"), columns, group, rows, _log)


def _after_check(rows: Sequence[BesideRow], check: Sequence[Beside]) -> Iterator[BesideRow]:
    """The rows, before those of each phase the run of the import."""
    left = {(one.signal, one.place): one for one in check}
    for row in rows:
        if one := left.pop((row.brought.signal, row.brought.place), None):
            figures = {key: getattr(one, key) for key, _title, _decimals in OF_LOG}
            yield BesideRow(row.brought, _("run at import (detectors)"), 1, figures)
        yield row


def _log(row: BesideRow) -> tuple[Cell, ...]:
    own = row.brought
    return (
        Cell(f"{own.place} {own.words}".strip(), (own.place, own.words)),
        text_cell(own.signal),
        text_cell(row.label),
        text_cell(row.n),
        *(_pair(own, row.runs.get(key, float("nan")), key, decimals) for key, _title, decimals in OF_LOG),
    )


def _pair_column(key: str, title: str, kind: str, shown: str) -> Column:
    theirs = NAME if kind == "synchro" else _("log")
    heading = _("{figure}: {theirs} / runs", figure=title, theirs=theirs)
    brought = Field(f"{key}_{kind}", f"{title}, {theirs}", shown)
    return Column(heading, (brought, Field(key, _("{figure}, runs", figure=title), shown)))


def _pair(brought: Beside, runs: float, key: str, decimals: int) -> Cell:
    """'0.61 / 0.58', with what Synchro writes before a queue."""
    values = (getattr(brought, key), runs)
    first, second = (_share(one) if decimals == SHARE else written(one, decimals) for one in values)
    mark = f"{brought.mark} " if key == "back_p95_m" and brought.mark else ""
    return Cell(f"{mark}{_both(first, second)}", tuple(plain(one) for one in values))


def _both(first: str, second: str) -> str:
    return NOTHING if first == second == NOTHING else f"{first} / {second}"


def _share(value: float) -> str:
    return NOTHING if isnan(value) else f"{written(100 * value, 0)} %"


def _most_different_first(rows: Sequence[BesideRow]) -> list[BesideRow]:
    """Signal by signal, the one with the largest difference of a lane group's delay first."""
    largest: dict[str, float] = {}
    for row in rows:
        known = row.brought.level == LANE_GROUP and isfinite(row.difference_s)
        gap_s = abs(row.difference_s) if known else 0.0
        largest[row.brought.signal] = max(gap_s, largest.get(row.brought.signal, 0.0))
    return sorted(rows, key=lambda row: -largest[row.brought.signal])


def _table(
    name: str,
    about: str,
    columns: tuple[Column, ...],
    group: Group,
    rows: Sequence[BesideRow],
    cells: Callable[[BesideRow], tuple[Cell, ...]],
) -> list[NamedTable]:
    signals = [row.brought.signal for row in rows]
    ends = [at for at in range(1, len(rows)) if signals[at] != signals[at - 1]] + [len(rows)]
    most = max([end for end in ends if end <= MOST_SHOWN], default=ends[0])
    of = {known_field("scenario"): group.name}
    return [NamedTable(name, about, columns, [cells(row) for row in rows], of, most)] if rows else []

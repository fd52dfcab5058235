"""The page's tables of movements: a junction each, controllers side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhasyl.measures import CONTROL_DELAY, level_of_service
from zhasyl.reports.languages.places import place
from zhasyl.reports.movements.losers import Change, called, changes
from zhasyl.reports.movements.rows import Movement, Place
from zhasyl.reports.records import NOTHING, measured, written
from zhasyl.text.language import _, digits, ngettext
from zhasyl.timing.movement_measures import DEGREE, STOPS

MOST_JUNCTIONS = 8  # those with the longest queues; movements.csv has all
MOST_BESIDE = 4  # controllers in one table, or it is too wide for a sheet of A4
LEAST_SHARE = 0.0005  # what would be written as 0.0 %
NAMED_SHARE = 0.01  # of a junction's vehicles: a movement of fewer is not called its worst
BACK = ("back_mean_m", "back_p50_m", "back_p95_m", "back_max_m")
WORSE, BETTER = "worse", "better"
SIGNS = {WORSE: "▲ ", BETTER: "▼ ", "": ""}


@dataclass(frozen=True)
class Cell:
    """What stands under a controller: a figure, whether it is clearly worse or better, and lines below it."""

    figure: str
    below: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Junction:
    """Tables of one junction, a few controllers each: their names, and rows of a title, a volume and cells."""

    title: str
    tables: list[tuple[list[str], list[tuple[str, str, list[Cell]]]]]


@dataclass(frozen=True)
class MovementTables:
    """What the page shows of movements, and what is to be known of it."""

    junctions: list[Junction]
    notes: list[str]


def movement_tables(found: Sequence[Movement], baseline: str, lacking: int) -> MovementTables:
    """Junctions with the longest queues first; `lacking` runs have no such table."""
    notes = []
    if lacking:
        notes.append(
            ngettext(
                "Without movements, stored before they were measured: {n} run (--rerun measures them).",
                "Without movements, stored before they were measured: {n} runs (--rerun measures them).",
                lacking,
            )
        )
    signals: dict[str, dict[Place, dict[str, Movement]]] = {}
    for one in found:
        signals.setdefault(one.place[0], {}).setdefault(one.place, {})[one.label] = one
    labels = list(dict.fromkeys(one.label for one in found))
    if baseline in labels:
        labels = [baseline, *(label for label in labels if label != baseline)]
    judged = changes(found, baseline)
    order = sorted(signals, key=lambda signal: (-_queued_m(signals[signal]), signal))
    junctions = [_junction(signal, signals[signal], labels, judged) for signal in order[:MOST_JUNCTIONS]]
    if order[MOST_JUNCTIONS:]:
        notes.append(
            ngettext(
                "{n} more junction with shorter queues: in movements.csv.",
                "{n} more junctions with shorter queues: in movements.csv.",
                len(order[MOST_JUNCTIONS:]),
            )
        )
    return MovementTables([one for one in junctions if one.tables], notes)


def _queued_m(own: Mapping[Place, Mapping[str, Movement]]) -> float:
    """Mean back of queue, summed over lane groups and controllers."""
    back_m = {
        (one.label, one["lane_group"]): one["back_mean_m"]
        for by_label in own.values()
        for one in by_label.values()
        if one["lane_group"]
    }
    return float(sum(back_m.values()))


def _junction(
    signal: str,
    own: Mapping[Place, Mapping[str, Movement]],
    labels: Sequence[str],
    judged: Mapping[tuple[str, Place], Change],
) -> Junction:
    used = {
        place: own[place] for place in own if any(one["volume_veh"] or one["vehicles"] for one in own[place].values())
    }
    names = _names(used)
    parts = [labels[:1]] if len(labels) == 1 else [
        [labels[0], *labels[first : first + MOST_BESIDE - 1]] for first in range(1, len(labels), MOST_BESIDE - 1)
    ]  # fmt: skip
    tables = []
    for part in parts if used else []:
        rows = [(_("All movements"), _volume(used.values(), labels), [_whole(used, label, names) for label in part])]
        rows += [
            (
                names[place],
                _volume([one], labels),
                [_cell(one.get(label), judged.get((label, place))) for label in part],
            )
            for place, one in used.items()
        ]
        tables.append((list(part), rows))
    streets = {one["name"].rsplit(", ", 1)[0] for by in used.values() for one in by.values() if ", " in one["name"]}
    named = " / ".join(place(street) for street in sorted(streets))
    title = f"{named} ({signal})" if streets else _("Signal {signal}", signal=signal)
    return Junction(title, tables)


def _names(used: Mapping[Place, Mapping[str, Movement]]) -> dict[Place, str]:
    """What each movement is called; with its exit where two are called alike."""
    names = {at: called(next(iter(by_label.values()))) for at, by_label in used.items()}
    often = Counter(names.values())
    return {
        at: _("{movement} to {exit}", movement=name, exit=at[2]) if often[name] > 1 else name
        for at, name in names.items()
    }


def _volume(rows: Iterable[Mapping[str, Movement]], labels: Sequence[str]) -> str:
    """Planned arrivals an hour, under the first controller that has them."""
    total = 0.0
    for by_label in rows:
        one = next(by_label[label] for label in labels if label in by_label)
        total += one["volume_veh"] / one["hours"]
    return written(total, 0)


def _whole(used: Mapping[Place, Mapping[str, Movement]], label: str, names: Mapping[Place, str]) -> Cell:
    """The junction's mean delay and LOS, and the worst movement that more than a few vehicles take."""
    own = {place: by_label[label] for place, by_label in used.items() if label in by_label}
    driven = {place: one for place, one in own.items() if one["vehicles"] and one["control_delay_s"] >= 0}
    if not driven:
        return Cell(NOTHING)
    vehicles = sum(one["vehicles"] for one in driven.values())
    delay_s = sum(one["vehicles"] * one["control_delay_s"] for one in driven.values()) / vehicles
    counted = [place for place, one in driven.items() if one["vehicles"] >= NAMED_SHARE * vehicles]
    worst = max(counted or driven, key=lambda place: float(driven[place]["control_delay_s"]))
    figure = f"{written(delay_s, CONTROL_DELAY.decimals)} {level_of_service(delay_s)}"
    one = driven[worst]
    said = _(
        "worst: {movement}, {delay} {los}",
        movement=names[worst],
        delay=written(one["control_delay_s"], 1),
        los=one["los"],
    )
    return Cell(figure, (said,))


def _cell(one: Movement | None, change: Change | None) -> Cell:
    if one is None:
        return Cell(NOTHING)
    mark = "" if change is None else WORSE if change.worse else BETTER if change.better else ""
    delay = measured(CONTROL_DELAY.key, one["control_delay_s"], one["control_delay_s_half_width"])
    degree, stops = written(one["degree"], DEGREE.decimals), written(one["stops"], STOPS.decimals)
    below = [_("v/c {degree}, stops {stops}", degree=degree, stops=stops)]
    if one["lane_group"]:
        back = " / ".join(written(one[key], 0) for key in BACK)
        below.append(_("back {back} of {storage} m", back=back, storage=written(one["storage_m"], 0)))
    if one["full_share"] > 0:
        full, spillback = (_percent(one[key]) for key in ("full_share", "spillback_share"))
        below.append(_("full {full}, spillback {spillback}", full=full, spillback=spillback))
    return Cell(f"{SIGNS[mark]}{delay} {one['los'].replace('-', '')}".rstrip(), tuple(below), mark)


def _percent(share: float) -> str:
    return f"<{digits(0.1, '.1f')} %" if 0 < share < LEAST_SHARE else f"{digits(100 * share, '.1f')} %"

"""Checks between the tables of a scenario: names exist, lanes meet, shares sum to 1, no one is forgotten."""

from collections.abc import Callable, Collection, Hashable, Iterable
from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import seconds
from zhasyl.files.csv_table import R, Table
from zhasyl.scenarios.tables import rows
from zhasyl.scenarios.tables.geometry import local_xy

if TYPE_CHECKING:
    from zhasyl.scenarios.tables.model import Tables

SHARE_TOLERANCE = 1e-6
MOST_OFF_M = 50.0  # from the axis of the widest road to its outer lane, with room for what was drawn by hand


def _check_unique(table: Table[R], what: str, key: Callable[[R], Hashable]) -> None:
    seen: set[Hashable] = set()
    for line, row in table.lines:
        if key(row) in seen:
            raise table.fault(line, f"{what} {key(row)} stands here for the second time; keep one row")
        seen.add(key(row))


def _check_known(table: Table[R], line: int, kind: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise table.fault(line, unknown_name(kind, name, known))


def check_network(tables: "Tables") -> None:
    """Links join junctions, turns join lanes that meet, crossings cross links of their junction."""
    junctions = {junction.id for junction in tables.junctions.rows}
    links = tables.link_by_id
    _check_unique(tables.junctions, "junction", lambda row: row.id)
    _check_unique(tables.links, "link", lambda row: row.id)
    _check_unique(tables.crossings, "crossing", lambda row: row.id)
    _check_unique(tables.turns, "turn", lambda row: (row.from_link, row.lane, row.to_link, row.to_lane))
    for line, link in tables.links.lines:
        _check_known(tables.links, line, "junction", (link.from_junction, link.to_junction), junctions)
        if any(one == other for one, other in pairwise(link.geometry)):
            raise tables.links.fault(line, f"geometry of '{link.id}' names a point twice in a row; keep it once")
        if not link.lanes:
            _check_footway(tables, line, link)
        if link.bus_lane is not None and link.bus_lane > link.lanes:
            raise tables.links.fault(line, f"bus_lane {link.bus_lane} of {link.lanes} lanes; give a lane that exists")
    ends = {junction.id for junction in tables.junctions.rows if junction.type == "end"}
    leading = {turn.from_link for turn in tables.turns.rows}
    for line, link in tables.links.lines:
        if link.to_junction not in ends and link.id not in leading:
            raise tables.links.fault(line, f"'{link.id}' leads nowhere; add turns for it to turns.csv")
    for line, turn in tables.turns.lines:
        _check_turn(tables, line, turn, links)
    for line, crossing in tables.crossings.lines:
        _check_known(tables.crossings, line, "signal junction", (crossing.junction,), tables.signal_ids)
        _check_known(tables.crossings, line, "link", crossing.links, links)
        for link in (links[name] for name in crossing.links):
            if not link.sidewalk_m:
                raise tables.crossings.fault(
                    line, f"link '{link.id}' has no sidewalk; give it a sidewalk_m in links.csv"
                )
            if crossing.junction not in (link.from_junction, link.to_junction):
                raise tables.crossings.fault(
                    line, f"link '{link.id}' does not touch '{crossing.junction}'; name one that does"
                )


def _check_footway(tables: "Tables", line: int, link: rows.Link) -> None:
    ends = {junction.id for junction in tables.junctions.rows if junction.type == "end"}
    if not link.sidewalk_m or link.to_junction not in ends:
        raise tables.links.fault(
            line, f"'{link.id}' has no lanes: a footway needs a sidewalk_m and leads to an end; give it lanes or these"
        )


def _check_turn(tables: "Tables", line: int, turn: rows.Turn, links: dict[str, rows.Link]) -> None:
    _check_known(tables.turns, line, "link", (turn.from_link, turn.to_link), links)
    before, after = links[turn.from_link], links[turn.to_link]
    if before.to_junction != after.from_junction:
        raise tables.turns.fault(
            line,
            f"'{before.id}' ends at '{before.to_junction}', '{after.id}' begins at '{after.from_junction}'; "
            "join links that meet",
        )
    if turn.control and before.to_junction not in tables.signal_ids:
        raise tables.turns.fault(line, f"'{before.id}' ends at no signal; leave control blank")
    for link, lane in ((before, turn.lane), (after, turn.to_lane)):
        if lane > link.lanes:
            raise tables.turns.fault(
                line, f"lane {lane} of '{link.id}', which has {link.lanes}; give a lane that exists"
            )
    if turn.path:
        _check_path(tables, line, turn, before.geometry[-1], after.geometry[0])


def _check_path(tables: "Tables", line: int, turn: rows.Turn, begin: rows.Point, end: rows.Point) -> None:
    if any(one == other for one, other in pairwise(turn.path)):
        raise tables.turns.fault(line, "path names a point twice in a row; keep it once")
    where = tables.settings.map
    for named, point, place in (("begins", turn.path[0], begin), ("ends", turn.path[-1], end)):
        off_m = dist(local_xy(point, where), local_xy(place, where))
        if off_m > MOST_OFF_M:
            what = f"path {named} {off_m:.0f} m from where its link does, at most {MOST_OFF_M:g}"
            raise tables.turns.fault(line, f"{what}; draw it from the stop line to the exit, 'lat lon;lat lon'")


def check_demand(tables: "Tables") -> None:
    """Volumes enter at the edge, mixes and shares are whole, the profile covers warm-up and period."""
    links = tables.link_by_id
    mixes = {vehicle.mix for vehicle in tables.vehicles.rows}
    ends = {junction.id for junction in tables.junctions.rows if junction.type == "end"}
    entries = {link.id for link in links.values() if link.from_junction in ends}
    _check_unique(tables.volumes, "volume of", lambda row: (row.link, row.mix))
    _check_unique(tables.turning, "turning of", lambda row: (row.link, row.mix))
    _check_unique(tables.vehicles, "vehicle type", lambda row: row.type)
    for line, volume in tables.volumes.lines:
        _check_known(tables.volumes, line, "entry link", (volume.link,), entries)
        _check_known(tables.volumes, line, "mix", (volume.mix,), mixes)
    for line, turning in tables.turning.lines:
        _check_known(tables.turning, line, "link", (turning.link,), links)
        _check_known(tables.turning, line, "mix", (turning.mix,), mixes)
        u_turn = " + u_turn" * bool(turning.u_turn)
        _check_sum(tables.turning, line, f"left + straight + right{u_turn}", sum(turning.shares.values()))
    _check_exits(tables, mixes)
    for mix in sorted(mixes):
        members = [(line, row.share) for line, row in tables.vehicles.lines if row.mix == mix]
        _check_sum(tables.vehicles, members[-1][0], f"shares of mix '{mix}'", sum(share for _, share in members))
    _check_profile(tables)


def _check_exits(tables: "Tables", mixes: Collection[str]) -> None:
    _check_unique(tables.exits, "exit of", lambda row: (row.link, row.mix, row.to_link))
    for line, row in tables.exits.lines:
        _check_known(tables.exits, line, "link", (row.link,), tables.link_by_id)
        _check_known(tables.exits, line, "mix", (row.mix,), mixes)
        _check_known(tables.exits, line, "exit", (row.to_link,), [turn.to_link for turn in tables.turns_from[row.link]])
        if (row.link, row.mix) in tables.turning_of:
            raise tables.exits.fault(line, f"turning.csv has shares of '{row.link}', too; keep one of the two")
        total = sum(tables.exit_shares[row.link, row.mix].values())
        _check_sum(tables.exits, line, f"shares of '{row.link}'", total)


def _check_sum(table: Table[R], line: int, what: str, total: float) -> None:
    if abs(total - 1) > SHARE_TOLERANCE:
        raise table.fault(line, f"{what} = {total:g}, must be 1; fix the shares")


def _check_profile(tables: "Tables") -> None:
    period = tables.settings.period
    expected_s = period.begin_s - period.warm_up_s
    for line, interval in tables.profile.lines:
        if interval.begin_s != expected_s or interval.end_s <= interval.begin_s:
            raise tables.profile.fault(
                line,
                f"{seconds(interval.begin_s)} to {seconds(interval.end_s)} s must begin at {seconds(expected_s)} s "
                "and end later; leave no gap",
            )
        expected_s = interval.end_s
    if expected_s != period.end_s:
        line = tables.profile.lines[-1][0] if tables.profile.lines else 1
        raise tables.profile.fault(
            line, f"ends at {seconds(expected_s)} s, must end with the period at {seconds(period.end_s)} s; add a row"
        )


def check_plan(tables: "Tables") -> None:
    """Every stage serves what exists, long enough, and every movement and crossing has a stage."""
    plan, rules = tables.plan, tables.settings.signals
    _check_unique(plan, "stage", lambda row: (row.signal, row.stage))
    crossings = {crossing.id: crossing.junction for crossing in tables.crossings.rows}
    ends_at = {link.id: link.to_junction for link in tables.links.rows}
    movements: set[tuple[str, str]] = {(turn.from_link, turn.movement) for _, turn in tables.shown_turns}
    for line, stage in plan.lines:
        _check_known(plan, line, "signal junction", (stage.signal,), tables.signal_ids)
        _check_known(plan, line, f"crossing of '{stage.signal}'", stage.crossings, _at(crossings, stage.signal))
        _check_known(
            plan,
            line,
            f"approach of '{stage.signal}'",
            (link for link, _ in stage.greens),
            _at(ends_at, stage.signal),
        )
        if not stage.greens and not stage.crossings:
            raise plan.fault(line, f"stage '{stage.stage}' shows nobody green; name greens, crossings or both")
        for link, movement in stage.greens:
            if (link, movement) not in movements:
                raise plan.fault(line, f"no lane of '{link}' leads {movement}; add it to turns.csv or leave it out")
        for name, value_s, least_s in (
            ("green_s", stage.green_s, rules.min_green_s),
            ("yellow_s", stage.yellow_s, rules.yellow_s),
            ("all_red_s", stage.all_red_s, rules.all_red_s),
        ):
            if value_s < least_s:
                raise plan.fault(
                    line, f"{name} {value_s:g} is below the least of {least_s:g} s in scenario.toml; raise it"
                )
    _check_served(tables, movements)


def _at(places: dict[str, str], junction: str) -> list[str]:
    return [name for name, place in places.items() if place == junction]


def _check_served(tables: "Tables", movements: set[tuple[str, str]]) -> None:
    """Nobody may wait for a green that never comes."""
    for signal in tables.signal_ids:
        offsets_s = {stage.offset_s for stage in tables.plan.rows if stage.signal == signal}
        if len(offsets_s) != 1:
            raise ScenarioError(f"{tables.plan.name}: signal '{signal}' has {len(offsets_s)} offsets; give it one")
    green = {pair for stage in tables.plan.rows for pair in stage.greens}
    walks = {name for stage in tables.plan.rows for name in stage.crossings}
    for link, movement in sorted(movements):
        if (link, movement) not in green:
            raise ScenarioError(f"{tables.plan.name}: '{link}:{movement}' is never green; add it to a stage")
    for crossing in tables.crossings.rows:
        if crossing.id not in walks:
            raise ScenarioError(f"{tables.plan.name}: crossing '{crossing.id}' is never green; add it to a stage")

"""From the rows of a table to junctions that have a place: those in a row stand as far apart as their arms say.

The first junction lies at 0, 0; each other one on the arm of one that has a place, at its distance.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.csv_table import Table
from zhasyl.scenarios.new.approaches import AZIMUTHS, Approach
from zhasyl.scenarios.new.arms import Arm, Site
from zhasyl.scenarios.tables.rows import MOVEMENTS

SIGNAL = "junction"  # the id of the only one
LEAST_ANGLE_DEG = 15.0
MOST_ARMS, MOST_SITES = 8, 50
LEG_M = 300.0
LEAST_ROAD_M = 15.0  # between two stop lines, and of an arm beyond its stop line
FACING_DEG = 60.0  # that the arms of a road between junctions may bend
LOOSE_M, LOOSE_SHARE = 1.0, 0.02  # by which a way round may miss its begin
HEADING_DEG = 45.0
SAME_GRADE = 0.05  # per cent


@dataclass(frozen=True)
class Places:
    """Junctions by id, the arm at the other end of each road between two of them, and heights."""

    sites: dict[str, Site]
    partners: dict[str, Arm]
    heights_m: dict[str, float]

    @property
    def arms(self) -> list[Arm]:
        """All arms, in the order of junctions and rows."""
        return [arm for site in self.sites.values() for arm in site.arms]

    def site_of(self, arm: Arm) -> Site:
        return self.sites[arm.site]

    def length_m(self, arm: Arm) -> float:
        """From the centre to the end of an arm, or to the centre of the next junction."""
        partner = self.partners.get(arm.id)
        return arm.row.distance_m or (partner.row.distance_m if partner else None) or LEG_M

    def road_m(self, arm: Arm) -> float:
        """From the stop line to the end of an arm, or to the stop line of the next junction."""
        partner = self.partners.get(arm.id)
        beyond_m = self.site_of(partner).stop_m(partner) if partner else 0.0
        return self.length_m(arm) - self.site_of(arm).stop_m(arm) - beyond_m


def placed(table: Table[Approach]) -> Places:
    """The junctions of a table. Raises ScenarioError with the row of the first fault."""
    if not table.rows:
        raise ScenarioError(f"{table.name}: a signal needs two approaches with lanes and an exit; add rows")
    sites = _sites(table)
    for site in sites.values():
        _check_arms(table, site)
    partners = dict(_partners(table, sites))
    found = Places(sites, partners, {})
    _check_roads(table, found)
    return _positions(table, found)


def _sites(table: Table[Approach]) -> dict[str, Site]:
    arms: dict[str, list[Arm]] = {}
    for line, row in table.lines:
        azimuth_deg = row.azimuth_deg
        if row.approach in MOVEMENTS:
            raise table.fault(line, f"approach '{row.approach}' is the word for a movement; use another one")
        if azimuth_deg is None:
            raise table.fault(
                line, f"approach '{row.approach}' is no heading ({', '.join(AZIMUTHS)}); give its arm an angle_deg"
            )
        nominal = AZIMUTHS.get(row.approach, azimuth_deg)
        if _between_deg(nominal, azimuth_deg) > HEADING_DEG:
            raise table.fault(
                line, f"approach {row.approach} comes from {nominal:g} degrees, angle_deg says {azimuth_deg:g}; "
                "correct one, or call the approach by a word of your own",
            )  # fmt: skip
        label = row.junction or SIGNAL
        prefix = f"{row.junction.lower()}_" if row.junction else ""
        arms.setdefault(label, []).append(Arm(line, row, label, f"{prefix}{row.approach.lower()}", azimuth_deg))
    sites = {label: Site(label, tuple(own)) for label, own in arms.items()}
    lower = [label.lower() for label in sites]
    for number, label in enumerate(sites):
        line = sites[label].arms[0].line
        if number and not all(row.junction for row in table.rows):
            raise table.fault(line, "junction is blank in some rows and filled in others; fill it in all")
        if label.lower() in lower[:number]:
            raise table.fault(line, f"junction {label} and another one differ in capitals only; rename one")
        if number >= MOST_SITES:
            raise table.fault(line, f"over {MOST_SITES} junctions; make several scenarios")
    _check_ids(table, sites)
    return sites


def _check_ids(table: Table[Approach], sites: dict[str, Site]) -> None:
    """Names of junctions and arms together must tell links and nodes apart: arm C of A_B from arm B_C of A."""
    seen: dict[str, Arm] = {}
    for arm in (arm for site in sites.values() for arm in site.arms):
        other = seen.setdefault(arm.id, arm)
        if other.site != arm.site:
            raise table.fault(
                arm.line, f"{arm.row.approach} of {arm.site} and {other.row.approach} of {other.site} "
                f"(row {other.line}) are both {arm.id} in SUMO; rename one",
            )  # fmt: skip
        if label := next((site for site in sites if site.startswith(f"{arm.id}_")), None):
            raise table.fault(arm.line, f"junction {label} is called like a part of {arm.row.approach}; rename one")


def _check_arms(table: Table[Approach], site: Site) -> None:
    for number, arm in enumerate(site.arms):
        if number >= MOST_ARMS:
            raise table.fault(arm.line, f"arm {number + 1} of a junction; at most {MOST_ARMS}, take one away")
        for other in site.arms[:number]:
            if other.id == arm.id:
                raise table.fault(arm.line, f"approach {arm.row.approach} stands in two rows; keep one")
            if other.row.arm == arm.row.arm:
                raise table.fault(arm.line, f"approach '{arm.row.approach}' is what row {other.line}'s arm is called; "
                                  "use another word")  # fmt: skip
            apart_deg = _between_deg(arm.azimuth_deg, other.azimuth_deg)
            if apart_deg < LEAST_ANGLE_DEG:
                raise table.fault(
                    arm.line, f"angle_deg: {arm.row.approach} lies {apart_deg:g} degrees from {other.row.approach} "
                    f"(row {other.line}), at least {LEAST_ANGLE_DEG:g}; correct the angles",
                )  # fmt: skip
    if all(len(arm.row.turns) == 1 and arm.row.slip == "yes" for arm in site.arms if arm.enters):
        raise table.fault(
            site.arms[0].line, "every approach only slips by beside the signal; leave slip blank on one or take the "
            "junction out",
        )  # fmt: skip
    if sum(arm.enters for arm in site.arms) < 2 or not any(arm.row.exit_lanes for arm in site.arms):
        where = f"junction {site.id}: " if site.id != SIGNAL else ""
        text = f"{where}a signal needs two approaches with lanes and an exit; add rows"
        raise table.fault(site.arms[0].line, text)
    for arm in site.arms:
        if not arm.enters and not arm.row.exit_lanes:
            raise table.fault(arm.line, f"nobody enters or leaves on {arm.row.approach}; give it turns or exit_lanes")


def _between_deg(one: float, other: float) -> float:
    return abs((one - other + 180.0) % 360.0 - 180.0)


def _partners(table: Table[Approach], sites: dict[str, Site]) -> Iterator[tuple[str, Arm]]:
    """Arm → the arm at the other end of its road, for those whose traffic comes from another junction."""
    for arm in (arm for site in sites.values() for arm in site.arms if arm.row.comes_from):
        if arm.row.comes_from not in sites:
            raise table.fault(arm.line, f"from: {unknown_name('junction', arm.row.comes_from, sites)}")
        if arm.row.comes_from == arm.site:
            raise table.fault(arm.line, f"from {arm.row.comes_from}: that is its own junction; name another one")
        back = [other for other in sites[arm.row.comes_from].arms if other.row.comes_from == arm.site]
        if len(back) != 1:
            raise table.fault(
                arm.line, f"from {arm.row.comes_from}, where {len(back)} rows have from {arm.site}; give one row there",
            )  # fmt: skip
        yield arm.id, back[0]


def _check_roads(table: Table[Approach], places: Places) -> None:
    """Roads between junctions: both ends agree, and there is room between the stop lines."""
    for arm in places.arms:
        partner, length_m = places.partners.get(arm.id), places.length_m(arm)
        if partner:
            _check_road(table, arm, partner)
        if places.road_m(arm) < LEAST_ROAD_M:
            needed_m = length_m - places.road_m(arm) + LEAST_ROAD_M
            raise table.fault(arm.line, f"distance_m {length_m:g}: stop lines need {needed_m:.0f} m; lengthen it")


def _check_road(table: Table[Approach], arm: Arm, partner: Arm) -> None:
    there = f"{partner.row.approach} of {partner.site} (row {partner.line})"
    said = {one.row.distance_m for one in (arm, partner)} - {None}
    if len(said) != 1:
        what = f"distance_m {arm.row.distance_m:g} and {partner.row.distance_m or 0:g}" if said else "no distance_m"
        raise table.fault(arm.line, f"{what} to {there}; give the metres from junction to junction in one of both rows")
    if _between_deg(arm.azimuth_deg, partner.azimuth_deg + 180.0) > FACING_DEG:
        raise table.fault(
            arm.line, f"lies at {arm.azimuth_deg:g} degrees and {there} at {partner.azimuth_deg:g}: they do not face "
            "each other; correct approach or angle_deg",
        )  # fmt: skip
    if bool(arm.row.exit_lanes) != partner.enters:
        lanes = f"exit_lanes {arm.row.exit_lanes}, but {len(partner.row.turns)} lanes arrive on"
        raise table.fault(arm.line, f"{lanes} {there}; give lanes at both ends or at none")
    grades = [one.row.grade_percent for one in (arm, partner)]
    if all(grades) and abs(sum(grades)) > SAME_GRADE:
        raise table.fault(arm.line, f"grade_percent {grades[0]:g}, and {grades[1]:g} on {there}; give one of them")


def _positions(table: Table[Approach], places: Places) -> Places:
    first = next(iter(places.sites))
    centres, heights_m, open_sites = {first: (0.0, 0.0)}, {first: 0.0}, deque([first])
    back: set[str] = set()  # arms of the roads by which a junction was placed, seen from it: roads may bend
    while open_sites:
        site = open_sites.popleft()
        for arm in places.sites[site].arms:
            partner = places.partners.get(arm.id)
            if partner is None or arm.id in back:
                continue
            length_m = places.length_m(arm)
            there = replace(arm, centre=centres[site]).at(length_m)
            rise_m = (partner.row.grade_percent or -arm.row.grade_percent) / 100.0 * length_m
            if partner.site not in centres:
                centres[partner.site], heights_m[partner.site] = there, heights_m[site] + rise_m
                open_sites.append(partner.site)
                back.add(partner.id)
            elif (missed_m := math.dist(centres[partner.site], there)) > LOOSE_M + LOOSE_SHARE * length_m:
                raise table.fault(
                    arm.line, f"{partner.site} would lie {missed_m:.0f} m from where other rows place it; correct "
                    "distances or angles",
                )  # fmt: skip
    if lost := [site for site in places.sites if site not in centres]:
        line = places.sites[lost[0]].arms[0].line
        raise table.fault(line, f"junction {lost[0]} is joined to no other; fill from and distance_m")
    sites = {
        label: Site(label, tuple(replace(arm, centre=centres[label]) for arm in site.arms))
        for label, site in places.sites.items()
    }
    arms = {arm.id: arm for site in sites.values() for arm in site.arms}
    return Places(sites, {arm: arms[partner.id] for arm, partner in places.partners.items()}, heights_m)

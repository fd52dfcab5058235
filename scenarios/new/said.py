"""What a new scenario says of itself: its settings, and what nobody measured."""

from collections.abc import Iterator
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.new.crossings import CROSSING_M
from zhasyl.scenarios.new.greens import ALL_RED_S, YELLOW_S
from zhasyl.scenarios.new.places import LEG_M, Places
from zhasyl.scenarios.new.plan import MIN_GREEN_S, WALK_S, WALKING_MPS
from zhasyl.scenarios.new.streams import Volumes
from zhasyl.scenarios.sumo_folder import toml_text

UNEVEN_SHARE = 0.1  # of a volume, by which what arrives from the next junction differs and is told

Row = tuple[str, str, str, str]


def write_assumptions(table: Path, places: Places, volumes: Volumes, folder: Path, apart: frozenset[str]) -> None:
    """Write assumptions.csv; `apart`: junctions where no two approaches share a stage."""
    arms = places.arms
    plain = all(arm.row.angle_deg is None and len(arm.row.approach) == 2 for arm in arms)
    bare = all(arm.row.distance_m is None for arm in arms)
    geometry = f"Arms of {LEG_M:g} m at right angles" if plain and bare else (
        f"Straight arms of the given angles; {LEG_M:g} m long where no distance is given")  # fmt: skip
    why = "the table gives lanes and widths only" if plain and bare else "the table gives no curves"
    stages = "Stages by axis, lefts apart where they have own lanes"
    if apart:
        everywhere = apart == set(places.sites)
        stages = "Each approach alone" if everywhere else f"{stages}; each approach alone at {', '.join(sorted(apart))}"
    if len(places.sites) > 1:
        stages += "; a common cycle, offsets by travel time"
    walked = any(arm.row.walkers_ph for arm in arms)
    rows: list[Row] = [
        ("geometry", geometry, "inferred", why),
        ("signal plan", f"{stages}; Webster's splits", "synthetic", "no plan given"),
        ("volumes", f"As in {table.name}, even over the hour, random arrivals", "given",
         "the user's own table; it gives hourly volumes"),
        ("vehicle mix", "Cars only" + ("" if walked else "; nobody walks"), "inferred", "no classes given"),
        ("crossings", f"A crossing of {CROSSING_M:g} m on each arm", "inferred", "the table does not say"),
        *_grades(places),
        *_uneven(places, volumes),
    ]  # fmt: skip
    write_csv(folder / "assumptions.csv", ("subject", "statement", "status", "reason"), rows)


def _grades(places: Places) -> Iterator[Row]:
    if any(arm.row.grade_percent for arm in places.arms):
        yield ("grades", "Roads climb evenly; emissions count it, SUMO's cars drive uphill as on the level", "given",
               "the table gives grades, no curves")  # fmt: skip


def _uneven(places: Places, volumes: Volumes) -> Iterator[Row]:
    """Where the volume given differs from what the next junction sends."""
    for arm, sent, said in uneven_roads(places, volumes):
        yield ("volumes", f"{sent:.0f} veh/h arrive on {arm}, its row says {said:.0f}: its turns are shares", "given",
               "neighbours were not counted at once, or somebody parks between them")  # fmt: skip


def uneven_roads(places: Places, volumes: Volumes) -> Iterator[tuple[str, float, float]]:
    """(approach, veh/h that the rows of the junction before send there, veh/h that its own row says)."""
    for arm in places.arms:
        partner = places.partners.get(arm.id)
        if partner and arm.enters:
            sent = sum(per_hour for (_, exit_), per_hour in volumes.items() if exit_ == partner.id)
            said = sum(per_hour for (start, _), per_hour in volumes.items() if start == arm.id)
            if abs(sent - said) > UNEVEN_SHARE * max(sent, said):
                yield f"{arm.row.approach} of {arm.site}", sent, said


def settings(scenario_id: str, title: str, table: Path) -> str:
    """The text of scenario.toml."""
    return f"""id = {toml_text(scenario_id)}
version = 1
title = {toml_text(title)}

[period]
begin_s = 900
end_s = 4500
warm_up_s = 900

[signals]
yellow_s = {YELLOW_S:g}
all_red_s = {ALL_RED_S:g}
min_green_s = {MIN_GREEN_S:g}
walk_s = {WALK_S:g}
walking_speed_mps = {WALKING_MPS:g}

[map]
origin_lat = 0
origin_lon = 0

[saturation]
straight_vph = 1860
left_vph = 1800
right_vph = 1800
lost_time_per_stage_s = 4

[provenance]
sources = [{toml_text(f"table of approaches {table.name}")}]
attribution = []
"""

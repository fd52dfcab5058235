"""From a table of approaches to a scenario folder of tables: a signal, four arms at right angles, Webster's plan.

Arms run LEG_M from the junction in the four directions of the compass; the lanes of both ways share an axis.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.new.approaches import CLOCKWISE, Approach, Heading, arm_of, leaving, read_approaches
from zhasyl.scenarios.new.webster import Timing, signal_timing
from zhasyl.scenarios.tables.geometry import EARTH_RADIUS_M
from zhasyl.scenarios.tables.read import read_tables
from zhasyl.scenarios.tables.rows import MOVEMENTS

LEG_M = 300.0
SIDEWALK_M = 2.0
CROSSING_M = 4.0
CORNER_M = 6.0  # from the edge of the crossing street to the stop line, over sidewalk and crossing
DIRECTION = {"NB": (0, 1), "EB": (1, 0), "SB": (0, -1), "WB": (-1, 0)}
YELLOW_S, ALL_RED_S, MIN_GREEN_S, WALK_S, WALKING_MPS = 3.0, 2.0, 7.0, 5.0, 1.2
HIGHEST = 0.85  # degree of saturation that leaves room for a busy quarter of an hour
LEAST_CYCLE_S, LARGEST_CYCLE_S = 40.0, 120.0
SIGNAL = "junction"
WHY = "table of approaches"

Arms = dict[Heading, Approach]
Stage = tuple[str, list[tuple[Heading, tuple[str, ...]]], list[Heading]]
"""Name, movements by approach, approaches whose arms are crossed on foot."""


def new_junction(table: Path, folder: Path, scenario_id: str, title: str) -> float:
    """Fill an empty folder; answers the highest degree of saturation of its plan. Raises ScenarioError."""
    arms = read_approaches(table)
    _write_roads(arms, folder)
    _write_demand(arms, folder)
    _write_assumptions(table, folder)
    (folder / "scenario.toml").write_text(_settings(scenario_id, title, table), "utf-8")
    stages = list(_stages(arms))
    least_s = [_least_green_s(arms, stage) for stage in stages]
    _write_plan(stages, least_s, folder)
    timing = signal_timing(read_tables(folder), SIGNAL)
    greens_s = _greens_s(timing, least_s)
    _write_plan(stages, greens_s, folder)
    return _highest_saturation(timing, greens_s)


def _greens_s(timing: Timing, least_s: list[float]) -> list[float]:
    """Webster's cycle and splits; where walks need more, the others grow until their saturation is HIGHEST again."""
    cycle_s = min(max(timing.webster_cycle_s, LEAST_CYCLE_S), LARGEST_CYCLE_S)
    ratios = list(timing.flow_ratios.values())
    shares_s = timing.effective_greens_s(cycle_s).values() if any(ratios) else least_s
    greens_s = [max(round(share_s), least) for share_s, least in zip(shares_s, least_s, strict=True)]
    while _cycle_s(greens_s) < LARGEST_CYCLE_S:
        cycle_s, gained_s = _cycle_s(greens_s), _gained_s(timing)
        wanted_s = [math.ceil(ratio * cycle_s / HIGHEST - gained_s) for ratio in ratios]
        if all(green >= wanted for green, wanted in zip(greens_s, wanted_s, strict=True)):
            break
        greens_s = [max(pair) for pair in zip(greens_s, wanted_s, strict=True)]
    return [float(green_s) for green_s in greens_s]


def _highest_saturation(timing: Timing, greens_s: list[float]) -> float:
    pairs = zip(timing.flow_ratios.values(), greens_s, strict=True)
    return max(ratio * _cycle_s(greens_s) / (green_s + _gained_s(timing)) for ratio, green_s in pairs)


def _cycle_s(greens_s: list[float]) -> float:
    return sum(greens_s) + len(greens_s) * (YELLOW_S + ALL_RED_S)


def _gained_s(timing: Timing) -> float:
    """Effective green beyond the green shown, per stage."""
    return YELLOW_S + ALL_RED_S - timing.lost_s / len(timing.flow_ratios)


def _write_roads(arms: Arms, folder: Path) -> None:
    ends = [(f"{a.lower()}_end", *_degrees(a, LEG_M), "end", arm.name, "inferred", WHY) for a, arm in arms.items()]
    head: tuple[str, ...] = ("id", "lat", "lon", "type", "name", "status", "source")
    write_csv(folder / "junctions.csv", head, [(SIGNAL, 0, 0, "signal", "", "inferred", WHY), *ends])
    head = ("id", "from", "to", "name", "lanes", "bus_lane", "lane_width_m", "sidewalk_m", "speed_limit_kmh", "axis",
               "geometry", "status", "source")  # fmt: skip
    write_csv(folder / "links.csv", head, (link for arm in arms.values() for link in _links(arms, arm)))
    head = ("from_link", "lane", "to_link", "to_lane", "movement", "classes")
    write_csv(folder / "turns.csv", head, (turn for arm in arms.values() for turn in _turns(arms, arm)))
    crossings = ((f"{a.lower()}_crossing", SIGNAL, " ".join(_names(arm)), CROSSING_M, "inferred", WHY)
                 for a, arm in arms.items())  # fmt: skip
    write_csv(folder / "crossings.csv", ("id", "junction", "links", "width_m", "status", "source"), crossings)


def _names(arm: Approach) -> list[str]:
    """The links of an arm."""
    name = arm.approach.lower()
    return [f"{name}_in"] * bool(arm.turns) + [f"{name}_arm_out"] * bool(arm.exit_lanes)


def _links(arms: Arms, arm: Approach) -> Iterator[tuple[object, ...]]:
    sides = [arms[h] for h in (leaving(arm.approach, "left"), leaving(arm.approach, "right")) if h in arms]
    stop_m = max((side.width_m / 2 for side in sides), default=0.0) + CORNER_M
    far, near = (" ".join(map(str, _degrees(arm.approach, m))) for m in (LEG_M, stop_m))
    end, shared = f"{arm.approach.lower()}_end", (arm.lane_width_m, SIDEWALK_M, arm.speed_limit_kmh, "left")
    for name in _names(arm):
        enters = name.endswith("_in")
        lanes, ends, points = (len(arm.turns), (end, SIGNAL), (far, near)) if enters else (
            arm.exit_lanes, (SIGNAL, end), (near, far))  # fmt: skip
        yield name, *ends, arm.name, lanes, "", *shared, "; ".join(points), "inferred", WHY


def _degrees(approach: Heading, distance_m: float) -> tuple[float, float]:
    """Latitude and longitude of a point on an arm, at 0° N 0° E; traffic arrives from the other side of its heading."""
    x, y = DIRECTION[approach]
    per_m = 1 / (math.radians(1) * EARTH_RADIUS_M)
    return round(-y * distance_m * per_m, 8) + 0.0, round(-x * distance_m * per_m, 8) + 0.0


def _turns(arms: Arms, arm: Approach) -> Iterator[tuple[object, ...]]:
    for movement in MOVEMENTS:
        lanes = arm.lanes_of(movement)
        if not lanes:
            continue
        target = arms[arm_of(leaving(arm.approach, movement))]
        first = target.exit_lanes - len(lanes) + 1 if movement == "left" else 1
        for number, lane in enumerate(lanes):
            out = f"{target.approach.lower()}_arm_out"
            yield f"{arm.approach.lower()}_in", lane, out, first + number, movement, "all"


def _write_demand(arms: Arms, folder: Path) -> None:
    rows, shares = [], []
    for arm in (arm for arm in arms.values() if arm.turns):
        volumes = [arm.volume_vph(movement) for movement in MOVEMENTS]
        total, link = sum(volumes), f"{arm.approach.lower()}_in"
        rows.append((link, "general", f"{total:g}", "measured", WHY))
        known = volumes if total else [float(bool(arm.lanes_of(movement))) for movement in MOVEMENTS]
        shares.append((link, "general", *(volume / sum(known) for volume in known), "measured", WHY))
    write_csv(folder / "volumes.csv", ("link", "mix", "volume_vph", "status", "reason"), rows)
    write_csv(folder / "turning.csv", ("link", "mix", *MOVEMENTS, "status", "reason"), shares)
    profile = [(0, 900, 1, "inferred", "warm-up"), (900, 4500, 1, "inferred", "hourly volumes are given")]
    write_csv(folder / "profile.csv", ("begin_s", "end_s", "factor", "status", "reason"), profile)
    columns = ("mix", "type", "share", "vclass", "length_m", "max_speed_kmh", "emission_class", "status", "source")
    car = ("general", "car", 1, "passenger", 4.5, 180, "HBEFA4/PC_petrol_Euro-4", "inferred", "no classes given")
    write_csv(folder / "vehicles.csv", columns, [car])


def _stages(arms: Arms) -> Iterator[Stage]:
    """By axis: through traffic, then lefts if they have lanes of their own and somebody comes against them.

    Where one axis has no approach, pedestrians across the other one have a stage of their own.
    """
    for one, other in (CLOCKWISE[1::2], CLOCKWISE[0::2]):
        pair = [arms[h] for h in (one, other) if h in arms and arms[h].turns]
        walkers = [h for h in arms if h not in (one, other)]
        lefts = [arm for arm in pair if arm.lanes_of("left")]
        apart = len(pair) == 2 and bool(lefts) and all(arm.has_own_left_lane for arm in lefts)
        through = [(arm.approach, tuple(m for m in MOVEMENTS if arm.lanes_of(m) and not (apart and m == "left")))
                   for arm in pair]  # fmt: skip
        name = "_".join(arm.approach.lower() for arm in pair)
        if any(movements for _, movements in through):
            yield name, [(h, movements) for h, movements in through if movements], walkers
        if apart:
            yield f"{name}_left", [(arm.approach, ("left",)) for arm in lefts], []
        if not pair:
            yield "walk", [], walkers


def _least_green_s(arms: Arms, stage: Stage) -> float:
    """Long enough for the walk and the clearance of the crossings in a stage."""
    widths_m = [arms[arm].width_m + 2 * CORNER_M / 3 for arm in stage[2]]
    return max(MIN_GREEN_S, *(WALK_S + math.ceil(w / WALKING_MPS) - YELLOW_S + 1 for w in widths_m), MIN_GREEN_S)


def _write_plan(stages: list[Stage], greens_s: list[float], folder: Path) -> None:
    rows = (
        (SIGNAL, name, " ".join(f"{h.lower()}_in:{'+'.join(movements)}" for h, movements in served),
         " ".join(f"{h.lower()}_crossing" for h in walkers), f"{green_s:g}", YELLOW_S, ALL_RED_S, 0)
        for (name, served, walkers), green_s in zip(stages, greens_s, strict=True)
    )  # fmt: skip
    columns = ("signal", "stage", "greens", "crossings", "green_s", "yellow_s", "all_red_s", "offset_s")
    write_csv(folder / "plan.csv", columns, rows)


def _write_assumptions(table: Path, folder: Path) -> None:
    rows = (
        ("geometry", f"Arms of {LEG_M:g} m at right angles", "inferred", "the table gives lanes and widths only"),
        ("signal plan", "Stages by axis, lefts apart where they have own lanes; Webster's splits", "synthetic",
         "no plan given"),
        ("volumes", f"As in {table.name}, even over the hour, random arrivals", "given",
         "the user's own table; it gives hourly volumes"),
        ("vehicle mix", "Cars only; nobody walks", "inferred", "no classes given"),
        ("crossings", f"A crossing of {CROSSING_M:g} m on each arm", "inferred", "the table does not say"),
    )  # fmt: skip
    write_csv(folder / "assumptions.csv", ("subject", "statement", "status", "reason"), rows)


def _settings(scenario_id: str, title: str, table: Path) -> str:
    from zhasyl.scenarios.sumo_folder import toml_text

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

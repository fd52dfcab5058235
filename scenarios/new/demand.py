"""The demand of a table of approaches: volumes where traffic enters, shares where it turns, and who walks."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.new.arms import Arm, Stream
from zhasyl.scenarios.new.crossings import walks_of
from zhasyl.scenarios.new.network import WHY
from zhasyl.scenarios.new.places import Places
from zhasyl.scenarios.new.roads import Roads
from zhasyl.scenarios.new.streams import Volumes
from zhasyl.scenarios.tables.rows import MOVEMENTS

MIX = "general"
MEASURED = ("measured", WHY)
COLUMNS = ("left", "straight", "right")

Streams = Mapping[str, tuple[Stream, ...]]


def write_demand_tables(places: Places, roads: Roads, streams: Streams, volumes: Volumes, folder: Path) -> None:
    """Write volumes.csv, turning.csv, profile.csv, vehicles.csv, and exits.csv and walks.csv where they are needed."""
    entering = [arm for arm in places.arms if arm.enters]
    outside = [arm for arm in entering if arm.id not in places.partners]
    totals = {arm.id: sum(volumes[arm.id, one.exit.id] for one in streams[arm.id]) for arm in entering}
    rows: list[tuple[object, ...]] = [
        (roads.arriving[arm.id][0].id, MIX, f"{totals[arm.id]:g}", *MEASURED) for arm in outside
    ]
    write_csv(folder / "volumes.csv", ("link", "mix", "volume_vph", "status", "reason"), rows)
    forked = [arm for arm in entering if _forks(streams[arm.id])]
    back = any(one.movement == "u-turn" for arm in entering if arm not in forked for one in streams[arm.id])
    columns = ("link", "mix", *COLUMNS, "status", "reason", *["u_turn"] * back)
    write_csv(
        folder / "turning.csv", columns, (_shares(arm, streams, volumes, back) for arm in entering if arm not in forked)
    )
    if forked:
        rows = [row for arm in forked for row in _exits(roads, arm, streams, volumes)]
        write_csv(folder / "exits.csv", ("link", "mix", "to_link", "share", "status", "reason"), rows)
    rows = [(site.id, *walk, *MEASURED) for site in places.sites.values() for walk in walks_of(site, roads)]
    if rows:
        write_csv(folder / "walks.csv", ("junction", "from_link", "to_link", "walkers_ph", "status", "reason"), rows)
    profile = [(0, 900, 1, "inferred", "warm-up"), (900, 4500, 1, "inferred", "hourly volumes are given")]
    write_csv(folder / "profile.csv", ("begin_s", "end_s", "factor", "status", "reason"), profile)
    columns = ("mix", "type", "share", "vclass", "length_m", "max_speed_kmh", "emission_class", "status", "source")
    car = (MIX, "car", 1, "passenger", 4.5, 180, "HBEFA4/PC_petrol_Euro-4", "inferred", "no classes given")
    write_csv(folder / "vehicles.csv", columns, [car])


def _forks(streams: tuple[Stream, ...]) -> bool:
    """Does a movement lead to several arms?"""
    return len({one.movement for one in streams}) < len(streams)


def _known(streams: tuple[Stream, ...], volumes: Volumes) -> dict[Stream, float]:
    """Share of each stream; of an arm without traffic all alike."""
    own = {one: volumes[one.arm.id, one.exit.id] for one in streams}
    if not any(own.values()):
        own = dict.fromkeys(own, 1.0)
    return {one: per_hour / sum(own.values()) for one, per_hour in own.items()}


def _shares(arm: Arm, streams: Streams, volumes: Volumes, back: bool) -> tuple[object, ...]:
    shares = {one.movement: share for one, share in _known(streams[arm.id], volumes).items()}
    found: dict[str, float] = {movement: shares.get(movement, 0.0) for movement in MOVEMENTS}
    u_turn = found.pop("u-turn")
    return (arm.in_link, MIX, *found.values(), *MEASURED, *[u_turn] * back)


def _exits(roads: Roads, arm: Arm, streams: Streams, volumes: Volumes) -> Iterator[tuple[object, ...]]:
    for one, share in _known(streams[arm.id], volumes).items():
        yield arm.in_link, MIX, roads.leaving[one.exit.id][0].id, share, *MEASURED

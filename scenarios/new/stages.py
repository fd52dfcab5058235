"""The stages of a junction of any shape: approaches that face each other together, every other one alone.

Where all who turn across the oncoming traffic have lanes of their own, they have a stage after the others'; if they
come from one approach alone, all of that approach runs with them. A crossing is walked while nobody drives straight
over it or turns under protection: with the least traffic that turns over it, or else in a stage of its own. Where
there is no other stage, half a crossing is walked while the other direction drives on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from zhasyl.scenarios.new.arms import STRAIGHT_DEG, Arm, Site, Stream, turned_deg
from zhasyl.scenarios.new.crossings import Crossing
from zhasyl.scenarios.new.streams import Volumes
from zhasyl.scenarios.tables.rows import MOVEMENTS, Movement

ACROSS: tuple[Movement, ...] = ("left", "u-turn")
WALK = "walk"

Greens = tuple[tuple[Arm, tuple[Movement, ...]], ...]


@dataclass(frozen=True)
class Stage:
    """Movements by approach and crossings; `protected`: turns across the oncoming traffic have it to themselves."""

    name: str
    greens: Greens
    protected: bool = False
    crossings: tuple[Crossing, ...] = ()


def stages_of(
    site: Site,
    streams: Mapping[str, tuple[Stream, ...]],
    crossings: Sequence[Crossing],
    volumes: Volumes,
    apart: bool = False,
) -> list[Stage]:
    """The stages in their order; `apart`: no two approaches together."""
    axes = [(arm,) for axis in _axes(site) for arm in axis] if apart else list(_axes(site))
    stages = list(chain.from_iterable(_of_axis(axis, streams) for axis in axes))
    walked: dict[int, list[Crossing]] = {}
    for crossing in crossings:
        walked.setdefault(_stage_for(crossing, stages, streams, volumes), []).append(crossing)
    found = [replace(stage, crossings=tuple(walked.get(n, ()))) for n, stage in enumerate(stages)]
    return list(_named_apart([*found, *_walks(walked.get(len(stages), []), stages, streams)]))


def _named_apart(stages: Sequence[Stage]) -> Iterator[Stage]:
    """With a number where an arm's own word makes two names one."""
    names: set[str] = set()
    for stage in stages:
        free = (stage.name, *(f"{stage.name}_{number}" for number in range(2, 2 * len(stages) + 2)))
        name = next(name for name in free if name not in names)
        names.add(name)
        yield replace(stage, name=name)


def _walks(
    crossings: Sequence[Crossing], stages: Sequence[Stage], streams: Mapping[str, tuple[Stream, ...]]
) -> list[Stage]:
    """Stages for crossings that fit no other one: of halves between junctions one a direction, else one for all."""
    halves = [crossing for crossing in crossings if crossing.part and not crossing.alone]
    if len(stages) != 1 or len(halves) < len(crossings):
        return [Stage(WALK, (), crossings=tuple(crossings))] if crossings else []
    found: dict[Greens, list[Crossing]] = {}
    for crossing in halves:
        found.setdefault(_driving_on(crossing, stages[0].greens, streams), []).append(crossing)
    return [
        Stage("_".join([WALK, *(arm.row.approach.lower() for arm, _ in greens)]), greens, crossings=tuple(own))
        for greens, own in found.items()
    ]


def _driving_on(crossing: Crossing, greens: Greens, streams: Mapping[str, tuple[Stream, ...]]) -> Greens:
    """The approaches of a stage that do not drive over half a crossing."""
    over = {
        arm for arm, _ in greens
        if (arm == crossing.arm if crossing.part == "in" else crossing.arm in {one.exit for one in streams[arm.id]})
    }  # fmt: skip
    return tuple((arm, movements) for arm, movements in greens if arm not in over)


def _ordered(site: Site) -> list[Arm]:
    """East and west first."""
    return sorted(site.arms, key=lambda arm: (not 45 < arm.azimuth_deg % 180 < 135, -arm.azimuth_deg))


def _axes(site: Site) -> Iterator[tuple[Arm, ...]]:
    """Approaches that have each other straight ahead, or nobody who drives."""
    done: set[str] = set()
    for arm in _ordered(site):
        ahead = site.ahead(arm)
        pair = (arm, ahead) if ahead and site.ahead(ahead) == arm else (arm,)
        entering = tuple(one for one in pair if one.enters)
        if arm.id not in done and entering:
            yield entering
        done |= {one.id for one in pair}


def _of_axis(pair: tuple[Arm, ...], streams: Mapping[str, tuple[Stream, ...]]) -> Iterator[Stage]:
    turning = [arm for arm in pair if _movements(arm, streams, ACROSS)]
    apart = len(pair) == 2 and bool(turning) and all(_own_lanes(streams[arm.id]) for arm in turning)
    name = "_".join(arm.row.approach.lower() for arm in pair)
    ahead = tuple(movement for movement in MOVEMENTS if not (apart and movement in ACROSS))
    through = _greens(pair, streams, ahead)
    if through:
        yield Stage(name, through)
    if apart:
        with_them = ACROSS if len(turning) == len(pair) or not through else MOVEMENTS
        yield Stage(f"{name}_left", _greens(turning, streams, with_them), protected=True)


def _greens(arms: Sequence[Arm], streams: Mapping[str, tuple[Stream, ...]], wanted: Sequence[Movement]) -> Greens:
    found = ((arm, _movements(arm, streams, wanted)) for arm in arms)
    return tuple((arm, movements) for arm, movements in found if movements)


def _movements(arm: Arm, streams: Mapping[str, tuple[Stream, ...]], wanted: Sequence[Movement]) -> tuple[Movement, ...]:
    """Those that the signal shows."""
    there = {stream.movement for stream in streams[arm.id] if not stream.gives_way}
    return tuple(movement for movement in MOVEMENTS if movement in there and movement in wanted)


def _own_lanes(streams: Sequence[Stream]) -> bool:
    """Are the lanes of who turns across used by nobody else?"""
    across = {lane for one in streams if one.movement in ACROSS for lane in one.lanes}
    return not any(across & set(one.lanes) for one in streams if one.movement not in ACROSS)


def _stage_for(
    crossing: Crossing, stages: Sequence[Stage], streams: Mapping[str, tuple[Stream, ...]], volumes: Volumes
) -> int:
    """The number of the stage in which a crossing is walked; one more than there are for none."""
    over = {} if crossing.alone else {
        number: turning for number, stage in enumerate(stages)
        if (turning := _turning_over(crossing, stage, streams, volumes)) is not None
    }  # fmt: skip
    return min(over, key=lambda number: (over[number], number), default=len(stages))


def _goes_on(stream: Stream) -> bool:
    """Does it turn so little that SUMO takes it for straight, whatever lies straighter?"""
    return abs(turned_deg(stream.arm, stream.exit)) <= STRAIGHT_DEG


def _turning_over(
    crossing: Crossing, stage: Stage, streams: Mapping[str, tuple[Stream, ...]], volumes: Volumes
) -> float | None:
    """Vehicles an hour that turn over a crossing and give way to who walks; None if others drive over it."""
    green = dict(stage.greens)
    if crossing.part != "out" and crossing.arm in green:
        return None
    if crossing.part == "in":
        return 0.0
    shown = [one for arm, own in green.items() for one in streams[arm.id] if one.movement in own and not one.gives_way]
    over = [one for one in shown if one.exit == crossing.arm]
    if any(stage.protected or one.movement == "u-turn" or _goes_on(one) for one in over):
        return None
    return sum(volumes.get((one.arm.id, one.exit.id), 0.0) for one in over)

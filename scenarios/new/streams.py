"""Where the lanes of an arm lead, and how many drive there: what a row says, on the arms that there are."""

from collections.abc import Iterator

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.csv_table import Table
from zhasyl.scenarios.new.approaches import Approach
from zhasyl.scenarios.new.arms import Arm, Site, Stream, turned_deg
from zhasyl.scenarios.tables.rows import MOVEMENTS, Movement

Volumes = dict[tuple[str, str], float]
"""(arm, exit arm), by id → vehicles an hour."""


def streams_of(table: Table[Approach], site: Site, arm: Arm) -> tuple[Stream, ...]:
    """The streams of an arm, in the order of movements. Raises ScenarioError for what leads nowhere."""
    lanes = [tuple(_exit(table, site, arm, word) for word in lane) for lane in arm.row.turns]
    turns_deg = [turned for lane in lanes for turned in sorted(turned_deg(arm, other) for other in lane)]
    if turns_deg != sorted(turns_deg):
        raise _fault(table, arm, f"turns '{arm.row.lanes_said}' cross each other; give lanes from left to right")
    found = []
    for movement in MOVEMENTS:
        for other in site.exits(arm, movement):
            own = tuple(n for n, lane in enumerate(reversed(lanes), start=1) if other in lane)
            if len(own) > other.row.exit_lanes:
                raise _fault(
                    table, arm,
                    f"{len(own)} lanes lead {movement} to an exit of {other.row.exit_lanes}; take lanes away or add "
                    "exit_lanes there",
                )  # fmt: skip
            if own:
                slips = arm.row.slip == "yes" and movement == "right"
                found.append(Stream(arm, other, movement, own, slips))
    _check_slip(table, arm, found)
    return tuple(found)


def _exit(table: Table[Approach], site: Site, arm: Arm, word: str) -> Arm:
    """The arm that a word of `turns` leads to."""
    if word in site.by_name:
        other = site.by_name[word]
        if not other.row.exit_lanes:
            raise _fault(table, arm, f"turns lead to {word}, an exit of 0; take lanes away or add exit_lanes there")
        return other
    if word not in MOVEMENTS:
        known = (*MOVEMENTS, *site.by_name)
        text = f"turns '{arm.row.lanes_said}': {unknown_name('movement or arm', word[:40], known)}{_local(word)}"
        raise _fault(table, arm, text)
    exits = site.exits(arm, word)
    if len(exits) != 1:
        if not exits:
            lanes = sum(word in lane for lane in arm.row.turns)
            text = f"{lanes} lanes lead {word} to an exit of 0; take lanes away or add exit_lanes there"
        else:
            names = ", ".join(other.row.arm for other in exits)
            text = (
                f"turns: {word} leads to {len(exits)} arms ({names}); name the arm instead, and its volume moves from "
                f"{_column(word)} to exits_vph: {exits[0].row.arm} VOLUME"
            )
        raise _fault(table, arm, text)
    return exits[0]


def _local(word: str) -> str:
    """Which other forms are known, to one who does not write in Latin letters."""
    return "" if word.isascii() else "; also налево, солға, ... and юг, на юг, оңтүстік, ... for south"


def _column(movement: str) -> str:
    """Where the volume of a movement is said."""
    return f"{movement.replace('-', '_')}_vph"


def _check_slip(table: Table[Approach], arm: Arm, streams: list[Stream]) -> None:
    if arm.row.slip != "yes":
        return
    rights = [one for one in streams if one.movement == "right"]
    if not rights:
        raise _fault(
            table, arm, "slip yes, but no lane leads right; add a lane 'right' at the kerb or leave slip blank"
        )
    shared = any(1 in one.lanes for one in streams if one.movement != "right")
    if shared or any(one.lanes != (1,) for one in rights):
        text = f"slip yes, but turns '{arm.row.lanes_said}' have no kerb lane for all right turns alone; give them one"
        raise _fault(table, arm, text)


def volumes_of(table: Table[Approach], site: Site, arm: Arm, streams: tuple[Stream, ...]) -> Volumes:
    """Vehicles an hour of each stream. Raises ScenarioError for one that is not said, or has no lane."""
    by_exit: dict[Arm, float] = {}
    for name, per_hour in arm.row.exits_vph:
        if name not in site.by_name:
            raise _fault(table, arm, f"exits_vph: {unknown_name('arm', name[:40], site.by_name)}{_local(name)}")
        if by_exit.setdefault(site.by_name[name], per_hour) != per_hour:
            raise _fault(table, arm, f"exits_vph names {name} twice; keep one")
    served = {one.exit for one in streams}
    for other, per_hour in by_exit.items():
        if per_hour and other not in served:
            raise _fault(
                table, arm, f"exits_vph {other.row.arm} {per_hour:g}, but no lane leads there; add it to turns"
            )
    for movement in MOVEMENTS:
        _check_said(
            table, arm, movement, [one for one in streams if one.movement == movement and one.exit not in by_exit]
        )
    return {(arm.id, one.exit.id): by_exit.get(one.exit, arm.row.said_vph[one.movement] or 0.0) for one in streams}


def _check_said(table: Table[Approach], arm: Arm, movement: Movement, streams: list[Stream]) -> None:
    """Each movement's cell must mean one stream, and one stream's cell be filled."""
    said, column = arm.row.said_vph[movement], _column(movement)
    lanes = sum(len(one.lanes) for one in streams)
    if len(streams) > 1:
        names = "; ".join(f"{one.exit.row.arm} VOLUME" for one in streams)
        raise _fault(table, arm, f"{movement} leads to {len(streams)} arms; give exits_vph: {names}")
    if streams and said is None:
        raise _fault(table, arm, f"{column} is blank, and {lanes} lanes lead {movement}; give a volume, 0 for none")
    if said and not streams:
        raise _fault(table, arm, f"{column} {said:g}, but no lane leads {movement}; add it to turns")


def bay_lanes(table: Table[Approach], arm: Arm, streams: tuple[Stream, ...]) -> Iterator[tuple[float, int, bool]]:
    """(storage in metres, lanes, at the left edge?) of each bay. Raises ScenarioError for one without lanes."""
    by_lane = [{one.movement for one in streams if lane in one.lanes} for lane in range(1, len(arm.row.turns) + 1)]
    taken = 0
    for number, (movement, storage_m) in enumerate(arm.row.bays):
        if movement in [earlier for earlier, _ in arm.row.bays[:number]]:
            raise _fault(table, arm, f"bays name {movement} twice; keep one")
        left = movement in ("left", "u-turn")
        edge = list(reversed(by_lane)) if left else by_lane
        alone = {"left", "u-turn"} if movement == "left" else {movement}
        lanes = next((n for n, own in enumerate(edge) if not own <= alone), len(edge))
        if movement == "straight" or not lanes:
            raise _fault(
                table, arm, f"bays {movement} {storage_m:g}, but turns '{arm.row.lanes_said}' have no lane of "
                f"{movement} alone at that edge; give it one or leave the bay out",
            )  # fmt: skip
        taken += lanes
        yield storage_m, lanes, left
    if taken and taken >= len(by_lane):
        raise _fault(table, arm, f"bays take all {len(by_lane)} lanes; one must come from the road before")


def _fault(table: Table[Approach], arm: Arm, text: str) -> ScenarioError:
    return table.fault(arm.line, text)

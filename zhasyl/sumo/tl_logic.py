"""A <tlLogic> as SUMO takes it: its phases, the order in which they are shown, and where its clock stands.

Every programme of a signal runs from the start of the simulation, seen or not. Its offset places it there in the order
of the file; from then on a phase is followed by what its `next` names first, or by the next row (SUMO 1.28, tried).
"""

from collections import deque
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from zhasyl.sumo.times import given_time_s, sumo_time_s

UNNAMED = "<unknown>"  # SUMO's name for a programme without programID
OFF = "off"
FROM_BEGIN = "begin"  # an offset that counts from the start of the simulation
TIMED_KINDS = frozenset({"static", "actuated", "delay_based"})
EPSILON_S = 1e-6
SHORTEST_PHASE_S = 0.001  # SUMO refuses 0; a negative or NaN one stops the signal for good, with a warning


@dataclass(frozen=True)
class Phase:
    """One row of a shipped programme."""

    duration_s: float
    state: str
    min_s: float | None
    max_s: float | None
    name: str = ""


@dataclass(frozen=True)
class Programme:
    """A shipped signal programme: phases in the order of play. `kind` is SUMO's type: static, actuated, NEMA, ..."""

    signal: str
    id: str
    kind: str
    offset_s: float
    phases: tuple[Phase, ...]


@dataclass
class TlLogic:
    """A programme with its clock: phase `index` is shown since `begun_s`, or would be had it begun before the start.

    follows     row → the rows that may come after it; SUMO's static programmes take the first
    cycle_s     what an offset that comes later is counted in: the parameter cycleTime, or the sum of the phases
    switched_s  when SUMO thinks that the running phase began: not before the start of the simulation
    """

    signal: str
    id: str
    kind: str
    phases: tuple[Phase, ...]
    follows: tuple[tuple[int, ...], ...]
    cycle_s: float
    given_offset_s: float
    gsp_s: float = 0.0
    index: int = 0
    begun_s: float = 0.0
    switched_s: float = 0.0
    starts_s: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        starts_s = [0.0]
        for phase in self.phases:
            starts_s.append(starts_s[-1] + phase.duration_s)
        self.starts_s = tuple(starts_s)

    @property
    def has_clock(self) -> bool:
        """Are its phases shown by the clock, at least where no vehicle has a say?"""
        return self.kind in TIMED_KINDS and bool(self.phases)

    def place(self, offset_s: float, now_s: float, cycle_s: float) -> None:
        """Let its first row begin `offset_s` after a whole number of cycles; the rows are counted as in the file."""
        self.given_offset_s = offset_s
        if self.has_clock:
            self._stand_at((now_s - offset_s) % cycle_s, now_s)
            self.switched_s = now_s

    def _stand_at(self, place_s: float, now_s: float) -> None:
        self.index = self.row_at(place_s)
        self.begun_s = now_s - (place_s - self.starts_s[self.index])

    def row_at(self, place_s: float) -> int:
        """The row of a place in the file's order; the last one beyond its end."""
        started = [row for row in range(len(self.phases)) if self.starts_s[row] <= place_s + EPSILON_S]
        return started[-1]

    def show(self, row: int, now_s: float, left_s: float) -> None:
        """Go to a row which ends in `left_s`."""
        if row != self.index:
            self.index, self.switched_s = row, now_s
        self.begun_s = now_s + left_s - self.phases[row].duration_s

    @property
    def end_s(self) -> float:
        """When the running phase ends."""
        return self.begun_s + self.phases[self.index].duration_s

    def step(self) -> None:
        """Go to the next phase."""
        self.begun_s = self.switched_s = self.end_s
        self.index = self.follows[self.index][0]

    def run_to(self, time_s: float) -> None:
        """Let the clock run; whole rounds are left out."""
        if not self.has_clock:
            return
        seen: dict[int, float] = {}
        while self.end_s <= time_s + EPSILON_S:
            self.step()
            round_s = self.begun_s - seen.get(self.index, self.begun_s)
            if round_s:
                skipped_s = max(0.0, (time_s - self.begun_s) // round_s) * round_s
                self.begun_s, self.switched_s = self.begun_s + skipped_s, self.switched_s + skipped_s
                seen.clear()
            seen[self.index] = self.begun_s

    def in_order(self) -> tuple[list[int], float]:
        """The rows of a cycle in the order of play from here on, and the offset of the first one."""
        if not self.has_clock:
            return list(range(len(self.phases))), self.given_offset_s
        rows = _tour(self.index, self.follows)
        first = rows.index(min(rows))
        begin_s = self.begun_s
        ahead = self.index
        while ahead not in rows:  # a row that is shown once and never again
            begin_s += self.phases[ahead].duration_s
            ahead = self.follows[ahead][0]
        here = rows.index(ahead)
        for row in [*rows, *rows][here : first if first >= here else first + len(rows)]:
            begin_s += self.phases[row].duration_s
        rows = rows[first:] + rows[:first]
        cycle_s = sum(self.phases[row].duration_s for row in rows)
        return rows, _whole(begin_s % cycle_s, cycle_s)

    @property
    def programme(self) -> Programme:
        """What it plays from here on."""
        rows, offset_s = self.in_order()
        return Programme(self.signal, self.id, self.kind, offset_s, tuple(self.phases[row] for row in rows))


def _whole(offset_s: float, cycle_s: float) -> float:
    """Milliseconds, as SUMO counts."""
    offset_s = round(offset_s, 3)
    return 0.0 if offset_s >= cycle_s else offset_s


def _tour(start: int, follows: tuple[tuple[int, ...], ...]) -> list[int]:
    """A round trip through every row that can come again, new ones first; rows on the way may come twice."""
    first = start
    for _ in follows:  # past what is shown once only
        first = follows[first][0]
    left = {row for row in _reached(first, follows) if first in _reached(row, follows)}
    rows = [first]
    while left - set(rows):
        rows += _way(rows[-1], left - set(rows), follows)
    back = _way(rows[-1], {first}, follows)
    return rows + back[:-1]


def _reached(row: int, follows: tuple[tuple[int, ...], ...]) -> set[int]:
    found, ahead = set(follows[row]), [*follows[row]]
    while ahead:
        new = [after for after in follows[ahead.pop()] if after not in found]
        found.update(new)
        ahead += new
    return found


def _way(row: int, goals: set[int], follows: tuple[tuple[int, ...], ...]) -> list[int]:
    """The shortest way from a row to one of others, that row included."""
    ways = deque([[after] for after in follows[row]])
    seen = set(follows[row])
    while ways[0][-1] not in goals:
        way = ways.popleft()
        new = [after for after in follows[way[-1]] if after not in seen]
        seen.update(new)
        ways.extend([*way, after] for after in new)
    return ways[0]


def is_whole(element: Element) -> bool:
    """Does a <tlLogic> give a programme, rather than another offset or parameters of one?"""
    return element.find("phase") is not None


def offset_s(element: Element, start_s: float) -> float:
    """A <tlLogic>'s offset; without one SUMO takes 0, also where it only gives parameters. Raises ValueError."""
    text = element.get("offset", "0")
    return start_s if text == FROM_BEGIN else given_time_s(text, "offset")


def read_logic(element: Element, start_s: float) -> TlLogic:
    """A <tlLogic> with its clock at the start of the simulation. Raises LookupError or ValueError."""
    rows = element.findall("phase")
    phases = tuple(_phase(row, number) for number, row in enumerate(rows, start=1))
    if len({len(phase.state) for phase in phases}) > 1:
        raise ValueError("phases have states of different length")
    kind = element.get("type", "static")
    named = 1 if kind == "static" else len(rows)
    follows = tuple(_follows(row, number, len(rows))[:named] for number, row in enumerate(rows))
    parameters = {found.get("key", ""): found.get("value", "") for found in element.findall("param")}
    sum_s = sum(phase.duration_s for phase in phases)
    cycle_s = given_time_s(parameters.get("cycleTime", str(sum_s)), "cycleTime") if kind in TIMED_KINDS else sum_s
    if phases and cycle_s <= 0:
        raise ValueError(f"cycleTime {cycle_s:g} s is not above 0")
    gsp_s = given_time_s(parameters.get("GSP", "0"), "GSP")
    logic = TlLogic(element.attrib["id"], element.get("programID", UNNAMED), kind, phases, follows, cycle_s, 0.0, gsp_s)
    logic.place(offset_s(element, start_s), start_s, sum_s)
    return logic


def _phase(row: Element, number: int) -> Phase:
    for key, least_s in (("duration", SHORTEST_PHASE_S), ("minDur", 0.0), ("maxDur", 0.0)):
        value_s = _optional(row, key)
        if value_s is not None and not value_s >= least_s:
            text = row.attrib[key][:40]
            raise ValueError(f"{key} '{text}' of phase {number} is no time of at least {least_s:g} s; correct it")
    duration_s = sumo_time_s(row.attrib["duration"])
    return Phase(
        duration_s, row.attrib["state"], _optional(row, "minDur"), _optional(row, "maxDur"), row.get("name", "")
    )


def _optional(row: Element, key: str) -> float | None:
    value = row.get(key)
    return None if value is None else sumo_time_s(value)


def _follows(row: Element, number: int, rows: int) -> tuple[int, ...]:
    if row.get("next") is None:
        return ((number + 1) % rows,)
    named = tuple(int(part) for part in row.attrib["next"].split())
    if not named or not all(0 <= after < rows for after in named):
        raise ValueError(f"phase {number} is followed by '{row.attrib['next'][:40]}'; name phases from 0 to {rows - 1}")
    return named

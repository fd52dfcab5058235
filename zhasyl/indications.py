"""What each link of a shipped programme shows, round the cycle."""

from dataclasses import dataclass
from itertools import groupby

from zhasyl.network import Programme
from zhasyl.signals import GREEN

GO = GREEN | set("soO")  # 's' stops first, 'o' and 'O' are signals that are off
EPSILON_S = 1e-6


@dataclass(frozen=True)
class Shown:
    """An unbroken indication: 'G' (either green), 'y', or 'r' (anything else); `starts_as` the programme's letter."""

    start_s: float
    seconds: float
    colour: str
    starts_as: str

    @property
    def end_s(self) -> float:
        return self.start_s + self.seconds


def cycle_s(programme: Programme) -> float:
    """Length of the programme's cycle."""
    return sum(phase.duration_s for phase in programme.phases)


def indications(programme: Programme, link: int) -> list[Shown]:
    """The indications of a link in a cycle; one that runs over its end is whole and comes last."""
    rows: list[tuple[float, float, str]] = []
    at_s = 0.0
    for phase in programme.phases:
        rows.append((at_s, phase.duration_s, phase.state[link]))
        at_s += phase.duration_s
    runs = []
    for colour, members in groupby(rows, key=lambda row: _colour(row[2])):
        own = list(members)
        runs.append(Shown(own[0][0], sum(seconds for _, seconds, _ in own), colour, own[0][2]))
    if len(runs) > 1 and runs[0].colour == runs[-1].colour:
        first, last = runs[0], runs[-1]
        runs = [*runs[1:-1], Shown(last.start_s, last.seconds + first.seconds, last.colour, last.starts_as)]
    return runs


def _colour(letter: str) -> str:
    return "G" if letter in GREEN else "y" if letter in "yY" else "r"


def greens(programme: Programme, link: int) -> list[Shown]:
    """The greens of a link that end; none for one that is always green."""
    runs = indications(programme, link)
    return [run for run in runs if run.colour == "G"] if len(runs) > 1 else []


def wait_s(from_s: float, to_s: float, cycle: float) -> float:
    """Seconds from one moment of the cycle to the next time of another."""
    gap_s = (to_s - from_s) % cycle
    return 0.0 if cycle - gap_s < EPSILON_S else gap_s

"""What was brought along beside what is simulated: figures of somebody else's, by the movements they are of.

synchro   Synchro's own results for a lane group, an approach or a signal
log       what a controller's log says of a phase
check     the same of one run of the scenario, measured as the log is, when it was imported

They take no part in a simulation. A scenario that is changed (a variant) is no longer what they were said of.
"""

import math
from dataclasses import dataclass, fields

SYNCHRO, LOG, CHECK = "synchro", "log", "check"
LANE_GROUP, APPROACH, SIGNAL, PHASE = "lane group", "approach", "signal", "phase"
NOTHING = float("nan")

Way = tuple[str, str]
"""An approach edge and an exit edge."""


@dataclass(frozen=True)
class Beside:
    """Figures of one place; NaN or '' where there is none.

    `place` is a column of Synchro's (EBT, or EB for an approach) or a phase's number, `words` its street or movements,
    `ways` all movements that it is of, `method` whose figures they are, `mark` what Synchro writes before a queue.
    """

    kind: str
    level: str
    signal: str
    place: str
    words: str
    ways: tuple[Way, ...]
    method: str = ""
    volume_veh_h: float = NOTHING
    control_delay_s: float = NOTHING
    los: str = ""
    degree: float = NOTHING
    back_p95_m: float = NOTHING
    mark: str = ""
    green_s: float = NOTHING
    on_green_share: float = NOTHING
    failure_share: float = NOTHING


COLUMNS = tuple(field.name for field in fields(Beside))
NUMBERS = frozenset(field.name for field in fields(Beside) if field.type is float)


def written_ways(ways: tuple[Way, ...]) -> str:
    """Movements as a cell: 'a>b a>c'; ids of edges hold no blanks."""
    return " ".join(f"{approach}>{exit_}" for approach, exit_ in ways)


def read_ways(text: str) -> tuple[Way, ...]:
    """And back; what is no pair is left out."""
    pairs = (one.partition(">") for one in text.split())
    return tuple((approach, exit_) for approach, _, exit_ in pairs if approach and exit_)


def number(value: float | None) -> float:
    """A figure that may be missing."""
    return NOTHING if value is None or not math.isfinite(value) else value

"""A log's actuations as turning counts.

Of each phase those detectors count that stand nearest to counting: at the stop line for that purpose, else in advance
of it, else for presence, where vehicles that follow closely are one actuation. Detectors of one lane follow one
another, so the nearest to the stop line counts for the lane; of detectors whose lanes are not known each is taken to be
a lane of its own. What counts several movements is shared out as the scenario's own demand has them, else evenly.

Counted are quarters of an hour that the log has whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import clock
from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.counts.placed import MOST_PER_LANE_VPH
from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.config import ADVANCE, COUNT, PEDESTRIANS, PRESENCE, Config, Detector, Movement, word
from zhasyl.scenarios.logs.detection import actuations
from zhasyl.scenarios.logs.event_log import QUARTER_S, EventLog
from zhasyl.text.words import plural

FUNCTIONS = (COUNT, ADVANCE, PRESENCE)
UNLIKE = 0.3  # by which what two kinds of detectors of a phase count may differ, before it is said
WORDS = {"L": "left", "T": "straight", "R": "right", "U": "u-turn"}

Weights = Mapping[Movement, float]
Quarters = Mapping[tuple[int, float], int]
"""(phase, begin) → vehicles."""


@dataclass(frozen=True)
class LogCounts:
    """Vehicles by movement and quarter, by phase and quarter, and what is to be said of them."""

    movements: Mapping[tuple[Movement, float], int]
    phases: Quarters
    counters: Mapping[int, Sequence[Detector]]
    remarks: tuple[str, ...]

    @property
    def hours(self) -> float:
        return len({begin_s for _, begin_s in self.phases}) * QUARTER_S / 3600.0

    def of_phase(self, phase: int) -> int:
        """Vehicles of all quarters."""
        return sum(vehicles for (own, _), vehicles in self.phases.items() if own == phase)

    def write(self, path: Path, signal: str) -> None:
        """As a file that `zhasyl scenario calibrate` reads."""
        rows = (
            (signal, heading, WORDS[turn], "car", clock(begin_s), clock(begin_s + QUARTER_S), vehicles)
            for ((heading, turn), begin_s), vehicles in sorted(
                self.movements.items(), key=lambda row: (row[0][1], row[0][0])
            )
        )
        write_csv(path, ("junction", "approach", "movement", "class", "begin", "end", "count"), rows)


def count(log: EventLog, config: Config, ran: Iterable[int], weights: Weights, longest_s: float) -> LogCounts:
    """The counts of all phases that ran and have detectors. Raises ScenarioError if there is nothing to count."""
    quarters = list(log.quarters(longest_s))
    whole = [begin_s for begin_s, complete in quarters if complete]
    broken = [begin_s for begin_s, complete in quarters if not complete]
    remarks = [f"from {clock(t)} the log has no whole quarter of an hour: not counted" for t in broken]
    if not whole:
        raise ScenarioError(
            f"{log.path}: no quarter of an hour is whole in it (holes over {longest_s:.0f} s, or it is shorter); "
            "give a longer log"
        )
    counters: dict[int, Sequence[Detector]] = {}
    by_phase: dict[tuple[int, float], int] = {}
    without_end = 0
    by_movement: dict[tuple[Movement, float], float] = defaultdict(float)
    logged = set(log.parameters(codes.DETECTOR_ON))
    for phase in sorted(ran):
        chosen = _counters(config, phase, logged)
        if not chosen:
            names = [word(m) for m in config.phases.get(phase, ()) if m != PEDESTRIANS]
            if names:
                remarks.append(f"phase {phase} has no detector that counts: {', '.join(names)} left to the fit")
            continue
        counters[phase] = chosen
        remarks += _said(log, config, phase, chosen, logged)
        for begin_s in whole:
            by_phase[phase, begin_s] = 0
        for detector in chosen:
            movements = [m for m in detector.movements or config.phases.get(phase, ()) if m != PEDESTRIANS]
            begins_s, _, unsaid = actuations(log, detector.number)
            without_end += unsaid
            for begin_s in whole:
                vehicles = int(np.searchsorted(begins_s, begin_s + QUARTER_S) - np.searchsorted(begins_s, begin_s))
                if vehicles > MOST_PER_LANE_VPH * QUARTER_S / 3600.0:
                    raise ScenarioError(
                        f"{log.path}: detector {detector.number} of phase {phase} counts {vehicles} vehicles from "
                        f"{clock(begin_s)} in a quarter of an hour, at most {MOST_PER_LANE_VPH / 4:.0f} pass a lane; "
                        "it chatters: take it out of --config"
                    )
                by_phase[phase, begin_s] += vehicles
                for movement, share in _shares(movements, weights).items():
                    by_movement[movement, begin_s] += vehicles * share
    if without_end:
        remarks.append(f"{plural(without_end, 'actuation')} without an end: as long as the detector's others")
    if not by_movement:
        numbers = ", ".join(str(n) for n in sorted({d.number for d in config.detectors if d.function in FUNCTIONS})[:8])
        if numbers:
            raise ScenarioError(
                f"{log.path}: no actuation (event 82) of a detector that counts in --config ({numbers}) is in it; "
                "correct their numbers, or give a log with detectors"
            )
        raise ScenarioError(
            "no detector of the configuration counts a movement; name detectors with function count, advance or "
            "presence in --config"
        )
    return LogCounts(_whole(by_movement, whole), by_phase, counters, tuple(remarks))


def _counters(config: Config, phase: int, logged: set[int]) -> list[Detector]:
    for function in FUNCTIONS:
        if own := [one for one in config.of(phase, function) if one.number in logged]:
            return _one_a_lane(own)
    return []


def _one_a_lane(detectors: Sequence[Detector]) -> list[Detector]:
    found: dict[str, Detector] = {}
    for one in sorted(detectors, key=lambda d: (d.distance_m if d.distance_m is not None else 1e9, d.number)):
        found.setdefault(one.lane or f"#{one.number}", one)
    return sorted(found.values(), key=lambda one: one.number)


def _said(log: EventLog, config: Config, phase: int, chosen: Sequence[Detector], logged: set[int]) -> list[str]:
    """Where another kind of detectors counts otherwise."""
    function = chosen[0].function
    own = sum(len(actuations(log, one.number).begin_s) for one in chosen)
    verb = "counts" if len(chosen) == 1 else "count"
    remarks = []
    for other in FUNCTIONS:
        rest = _one_a_lane(
            [one for one in config.of(phase, other) if one.number in logged and one.function != function]
        )
        theirs = sum(len(actuations(log, one.number).begin_s) for one in rest)
        fewer = other == PRESENCE and theirs < own  # vehicles that follow closely are one actuation there
        if rest and not fewer and abs(theirs - own) > UNLIKE * max(own, theirs):
            remarks.append(
                f"phase {phase}: {plural(len(chosen), 'detector')} ({function}) {verb} {own:,} vehicles, "
                f"{len(rest)} ({other}) {theirs:,}; the former are taken: say lanes in --config, or leave detectors out"
            )
    return remarks


def _shares(movements: Sequence[Movement], weights: Weights) -> dict[Movement, float]:
    total = sum(weights.get(movement, 0.0) for movement in movements)
    if total <= 0:
        return dict.fromkeys(movements, 1.0 / len(movements)) if movements else {}
    return {movement: weights.get(movement, 0.0) / total for movement in movements}


def _whole(
    counts: Mapping[tuple[Movement, float], float], quarters: Sequence[float]
) -> dict[tuple[Movement, float], int]:
    """Whole vehicles: what is cut off in one quarter is carried into the next."""
    found: dict[tuple[Movement, float], int] = {}
    carried: Counter[Movement] = Counter()
    for movement in sorted({movement for movement, _ in counts}):
        total = 0.0
        for begin_s in quarters:
            total += counts.get((movement, begin_s), 0.0)
            found[movement, begin_s] = round(total) - carried[movement]
            carried[movement] = round(total)
    return found

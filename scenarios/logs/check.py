"""Arrivals on green and split failures by phase, from a log: of a controller's and of a simulation's alike.

arrivals on green   actuations of advance detectors from the begin of a green to its yellow, of all their actuations
split failure       a green whose presence detectors, any of the phase, are occupied for 80 % of it and for 80 % of the
                    first 5 s of red after it

Sources: the definitions of `atspm` (Oregon DOT), which follow UDOT's ATSPM; R. S. Freije et al., Graphical Performance
Measures for Practitioners to Triage Split Failure Trouble Calls (2014).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from zhasyl.scenarios.logs import codes
from zhasyl.scenarios.logs.config import ADVANCE, PRESENCE, Config
from zhasyl.scenarios.logs.detection import Actuations, actuations, occupied, occupied_s
from zhasyl.scenarios.logs.event_log import EventLog
from zhasyl.scenarios.logs.greens import phase_greens

FAILED_SHARE = 0.8
RED_S = 5.0


@dataclass(frozen=True)
class PhaseCheck:
    """What a log says of one phase; NaN or 0 where it has no such detectors."""

    phase: int
    greens: int
    green_s: float
    arrivals: int
    on_green: float
    judged: int
    failures: int


def check_phases(log: EventLog, config: Config, phases: Iterable[int]) -> dict[int, PhaseCheck]:
    """The measures of each phase."""
    return {phase: _check(log, config, phase) for phase in phases}


def _check(log: EventLog, config: Config, phase: int) -> PhaseCheck:
    greens = phase_greens(log, phase)
    known = np.isfinite(greens.green_end_s)
    lasts_s = (greens.green_end_s - greens.begin_s)[known]
    arrivals, share = _arrivals(log, config, phase)
    judged, failures = _failures(log, config, phase)
    mean_s = float(lasts_s.mean()) if len(lasts_s) else float("nan")
    return PhaseCheck(phase, len(greens), mean_s, arrivals, share, judged, failures)


def _arrivals(log: EventLog, config: Config, phase: int) -> tuple[int, float]:
    greens = phase_greens(log, phase)
    numbers = [one.number for one in config.of(phase, ADVANCE)]
    came_s = np.sort(np.concatenate([log.times_s(codes.DETECTOR_ON, n) for n in numbers] or [np.zeros(0)]))
    if not len(came_s) or not len(greens):
        return len(came_s), float("nan")
    last = np.searchsorted(greens.begin_s, came_s, side="right") - 1
    return len(came_s), float(((last >= 0) & (came_s < greens.green_end_s[last])).mean())


def _failures(log: EventLog, config: Config, phase: int) -> tuple[int, int]:
    spells: list[Actuations] = [actuations(log, one.number) for one in config.of(phase, PRESENCE)]
    spells = [one for one in spells if len(one.begin_s)]
    if not spells:
        return 0, 0
    greens = phase_greens(log, phase)
    known = (
        np.isfinite(greens.green_end_s) & np.isfinite(greens.yellow_end_s) & (greens.yellow_end_s + RED_S < log.end_s)
    )
    begin_s, end_s, red_s = (values[known] for values in (greens.begin_s, greens.green_end_s, greens.yellow_end_s))
    spell_begin_s, spell_end_s = occupied(spells)
    lasts_s = np.maximum(end_s - begin_s, 0.001)
    in_green = occupied_s(spell_begin_s, spell_end_s, begin_s, end_s) / lasts_s
    in_red = occupied_s(spell_begin_s, spell_end_s, red_s, red_s + RED_S) / RED_S
    return int(known.sum()), int(((in_green >= FAILED_SHARE) & (in_red >= FAILED_SHARE)).sum())

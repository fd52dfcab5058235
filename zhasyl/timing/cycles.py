"""What the cycles of a signal have in common under one controller, from what it showed: the table `signals`.

cycle     from a begin of the stage that is green longest to its next begin, whole ones of the period only
skipped   a stage that is not shown within a cycle
fixed     every cycle shows the same stages for the same seconds, but for a step of the simulation
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.files.columns import Table, names
from zhasyl.signals import GREEN
from zhasyl.text.language import N_

SIGNALS = ("signal", "start_s", "duration_s", "state", "stage")  # columns of the table `signals`
GREEN_KIND, YELLOW, ALL_RED, GOES_ON = N_("green"), N_("yellow"), N_("all-red"), N_("green goes on")
AFTER = (GOES_ON, YELLOW, ALL_RED)
SAME_S = 1.0  # a step of most simulations

Floats = npt.NDArray[np.float64]


class Displayed(NamedTuple):
    """What one signal showed, row by row: `letters` holds each state once, and `state` which of them a row has."""

    start_s: Floats
    duration_s: Floats
    state: npt.NDArray[np.int64]
    stage: npt.NDArray[np.int64]
    letters: Sequence[str]


class Turn(NamedTuple):
    """One show of a stage: seconds of its green, and of what follows it up to the next stage, by kind."""

    stage: int
    begin_s: float
    green_s: float
    after_s: Mapping[str, float]
    cut: bool


@dataclass(frozen=True)
class Pattern:
    """The cycles of a signal under a controller.

    cycles_s   the length of each
    stages     in order of play
    green_s    by stage, mean seconds a cycle; after_s by stage and kind
    skipped    by stage, the share of cycles without it
    """

    cycles_s: Floats
    stages: list[int]
    green_s: dict[int, float]
    after_s: dict[int, dict[str, float]]
    skipped: dict[int, float]
    fixed: bool


def by_signal(table: Table, wanted: Sequence[str]) -> dict[str, Displayed]:
    """What some signals showed, from the table `signals`."""
    signal, state = names(table["signal"]), names(table["state"])
    columns = [np.asarray(table[name]) for name in ("start_s", "duration_s", "stage")]
    found = {}
    for code, name in enumerate(signal.names):
        if name not in wanted:
            continue
        own = np.flatnonzero(signal.codes == code)
        start_s, duration_s, stage = (column[own] for column in columns)
        found[name] = Displayed(
            start_s, duration_s, state.codes[own].astype(np.int64), stage.astype(np.int64), state.names
        )
    return found


def turns(shown: Displayed) -> list[Turn]:
    """The shows of stages one after another; the first one is cut by the beginning of the period."""
    kinds = [_kind(letters) for letters in shown.letters]
    found: list[Turn] = []
    rows = zip(*(column.tolist() for column in shown[:4]), strict=True)
    before = -1
    for start_s, lasts_s, state, stage in rows:
        if stage >= 0 and stage != before:
            found.append(Turn(stage, start_s, lasts_s, {}, cut=start_s == shown.start_s[0]))
        elif stage >= 0:
            found[-1] = found[-1]._replace(green_s=found[-1].green_s + lasts_s)
        elif found:
            after_s = dict(found[-1].after_s)
            after_s[kinds[state]] = after_s.get(kinds[state], 0.0) + lasts_s
            found[-1] = found[-1]._replace(after_s=after_s)
        before = stage
    return found


def _kind(letters: str) -> str:
    if set(letters) & set("yYu"):
        return YELLOW
    return GOES_ON if set(letters) & GREEN else ALL_RED


def longest_stage(runs: Iterable[Sequence[Turn]]) -> int | None:
    """The stage that is green longest in all runs together; None without any."""
    green_s: dict[int, float] = {}
    for turn in (turn for run in runs for turn in run):
        green_s[turn.stage] = green_s.get(turn.stage, 0.0) + turn.green_s
    return max(green_s, key=lambda stage: (green_s[stage], -stage), default=None)


def cycles_of(run: Sequence[Turn], first: int) -> Iterator[tuple[float, list[Turn]]]:
    """Length and shows of each whole cycle, which begins with a show of the stage `first`."""
    begins = [index for index, turn in enumerate(run) if turn.stage == first and not turn.cut]
    for begin, end in pairwise(begins):
        yield run[end].begin_s - run[begin].begin_s, list(run[begin:end])


def pattern(runs: Sequence[Sequence[Turn]], first: int) -> Pattern | None:
    """What the runs of one controller show at a signal; None without a whole cycle."""
    cycles = [cycle for run in runs for cycle in cycles_of(run, first)]
    if not cycles:
        return None
    stages = sorted({turn.stage for run in runs for turn in run})
    green_s = np.zeros((len(cycles), len(stages)))
    begin_s = np.full((len(cycles), len(stages)), np.nan)
    after_s = {stage: dict.fromkeys(AFTER, 0.0) for stage in stages}
    for row, (_, shows) in enumerate(cycles):
        for turn in shows:
            column = stages.index(turn.stage)
            green_s[row, column] += turn.green_s
            begin_s[row, column] = np.fmin(begin_s[row, column], turn.begin_s - shows[0].begin_s)
            for kind, seconds in turn.after_s.items():
                after_s[turn.stage][kind] += seconds / len(cycles)
    lengths_s = np.array([length_s for length_s, _ in cycles])
    shown = ~np.isnan(begin_s)
    at_s = np.nan_to_num(begin_s).sum(axis=0) / np.maximum(shown.sum(axis=0), 1)
    at_s[~shown.any(axis=0)] = np.inf
    spread_s = max(float(np.ptp(lengths_s)), float(np.ptp(green_s, axis=0).max()))
    return Pattern(
        cycles_s=lengths_s,
        stages=[stages[column] for column in np.argsort(at_s, kind="stable").tolist()],
        green_s=dict(zip(stages, green_s.mean(axis=0).tolist(), strict=True)),
        after_s=after_s,
        skipped=dict(zip(stages, (1 - shown.mean(axis=0)).tolist(), strict=True)),
        fixed=len(cycles) > 1 and spread_s <= SAME_S,
    )

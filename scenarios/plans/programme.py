"""What a plan makes a signal show: its stages row by row, and SUMO's phases from them.

A crossing ends its walk so early that who started last is across when the yellow ends; it stays green from one stage to
the next where both have it. Where the walk of a stage is given, all its crossings walk for just so long.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import clock
from zhasyl.network import Phase, Programme
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.signals import GREEN, SignalTiming


@dataclass(frozen=True)
class Shown:
    """A row of SUMO's programme, with the stage and the row of the file it comes from."""

    duration_s: float
    state: str
    stage: str
    row: int
    part: str = ""
    """What of the stage it is, but for its green: 'walk ends', 'yellow', 'all-red'; without a stage its place."""

    @property
    def name(self) -> str:
        """As SUMO's phase is called."""
        text = f"{self.stage} {self.part}".strip() if self.stage else ""
        return "".join(letter if letter.isprintable() else "?" for letter in text)


@dataclass(frozen=True)
class GivenPlan:
    """What a signal shows from a time of day on: phases, of which the first begins at `offset_s` in each cycle."""

    file: Path
    row: int
    signal: str
    begin_s: float
    offset_s: float
    phases: tuple[Shown, ...]
    unit: str = "row"

    @property
    def cycle_s(self) -> float:
        return sum(phase.duration_s for phase in self.phases)

    @property
    def programme(self) -> Programme:
        """As SUMO's programme, of type static."""
        phases = tuple(Phase(phase.duration_s, phase.state, None, None, phase.name) for phase in self.phases)
        return Programme(self.signal, f"from {clock(self.begin_s)}", "static", self.offset_s, phases)

    def fault(self, text: str, phase: Shown | None = None) -> ScenarioError:
        """An error that says where: file, row, signal and stage."""
        row = phase.row if phase else self.row
        stage = f", stage '{(phase.stage or phase.part)[:40]}'" if phase and (phase.stage or phase.part) else ""
        return ScenarioError(f"{self.file} {self.unit} {row}: signal '{self.signal[:60]}'{stage}: {text}")


@dataclass(frozen=True)
class Stage:
    """A row of a table. `letters`: link → what it shows, 'g' or 'G'; `state` is shown as it is where it is given.

    walk_s  of its crossings, from the begin of the stage; None: as long as lets who started last be across
    """

    row: int
    name: str
    letters: dict[int, str]
    green_s: float
    yellow_s: float
    all_red_s: float
    state: str = ""
    walk_s: float | None = None


def stage_phases(words: SignalWords, stages: tuple[Stage, ...], timing: SignalTiming) -> tuple[Shown, ...]:
    """The phases of a cycle."""
    states = [stage.state or words.state(stage.letters) for stage in stages]
    phases: list[Shown] = []
    for number, stage in enumerate(stages):
        after = (number + 1) % len(stages)
        green = _green(words, stage, states[number], states[after], timing)
        last = green[-1].state
        phases += green
        phases.append(Shown(stage.yellow_s, _closing(last, states[after], "y"), stage.name, stage.row, "yellow"))
        phases.append(Shown(stage.all_red_s, _closing(last, states[after], "r"), stage.name, stage.row, "all-red"))
    return tuple(phase for phase in phases if phase.duration_s > 0)


def _closing(state: str, after: str, closed: str) -> str:
    """Between stages: what is green in both stays, what loses green shows `closed`; walks have ended."""
    return "".join(
        (now if now == then else "g") if now in GREEN and then in GREEN else closed if now in GREEN else "r"
        for now, then in zip(state, after, strict=True)
    )


def _green(words: SignalWords, stage: Stage, state: str, after: str, timing: SignalTiming) -> list[Shown]:
    """The stage, cut where a walk ends that does not go on in the next one."""
    ends_s = {}
    for link in words.walks & stage.letters.keys():
        if stage.walk_s is not None:
            ends_s[link] = min(stage.walk_s, stage.green_s)
        elif after[link] not in GREEN:
            clearance_s = words.crossing_m[link] / timing.walking_speed_mps
            ends_s[link] = max(0.0, stage.green_s - max(0, math.ceil(clearance_s - stage.yellow_s)))
    phases, begin_s = [], 0.0
    for end_s in sorted({end for end in ends_s.values() if 0 < end < stage.green_s} | {stage.green_s}):
        shown = "".join("r" if ends_s.get(i, end_s) <= begin_s else letter for i, letter in enumerate(state))
        phases.append(Shown(end_s - begin_s, shown, stage.name, stage.row, "walk ends" if begin_s else ""))
        begin_s = end_s
    return phases

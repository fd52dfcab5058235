"""The plans of a signal that play what a log shows, by time of day.

A plan is of the middle of where phases began. What the network does not permit, a crossing that takes longer than its
phase was green at the time, is moved towards where they began at their latest, no farther than it takes, and said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import clock
from zhasyl.files.csv_table import write_csv
from zhasyl.network import Network
from zhasyl.scenarios.logs.as_synchro import Junction, junction, plan
from zhasyl.scenarios.logs.config import Config
from zhasyl.scenarios.logs.cycles import stretches
from zhasyl.scenarios.logs.event_log import QUARTER_S, EventLog
from zhasyl.scenarios.logs.greens import PhaseGreens, all_greens
from zhasyl.scenarios.logs.programme import LATEST, PLAYED, Part, Played, played
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan
from zhasyl.scenarios.plans.refusals import check_plan
from zhasyl.scenarios.plans.rings import half_up
from zhasyl.scenarios.plans.timetable import programme_elements
from zhasyl.signals import SignalTiming

SHARES = (PLAYED, 0.6, 0.7, 0.8, 0.9, LATEST)
WHERE = re.compile(r"^.*? row \d+: signal '[^']*'(?:, stage '[^']*')?: ")
SELDOM = 0.2
LEAST_YELLOW_S = 2.0  # that a scenario may have
TOO_LONG = 1.01  # times the cycle, that the splits together may take
CROSSING, WITHOUT = "crossing:", "; or take it out of the table of --scenario, if nobody walks there"
COLUMNS = ("signal", "from", "offset_s", "stage", "greens", "green_s", "yellow_s", "all_red_s", "state")


@dataclass(frozen=True)
class LogPlans:
    """What was played, the plans made of it, and the rules they keep; `ran`: the phases that were green."""

    programmes: tuple[Played, ...]
    set_at: tuple[float, ...]
    plans: tuple[GivenPlan, ...]
    timing: SignalTiming
    ran: tuple[int, ...]
    remarks: tuple[str, ...]

    def write(self, path: Path) -> None:
        """As a table that `zhasyl scenario plan` reads, state by state."""
        rows = (
            (
                one.signal,
                clock(one.begin_s),
                f"{one.offset_s:g}",
                phase.name,
                "",
                f"{phase.duration_s:g}",
                0,
                0,
                phase.state,
            )
            for one in self.plans
            for phase in one.phases
        )
        write_csv(path, COLUMNS, rows)


def log_plans(log: EventLog, config: Config, scenario: Scenario, network: Network, signal: str) -> LogPlans:
    """The plans of a signal. Raises ScenarioError."""
    greens = all_greens(log)
    if not any(len(own) > 1 for own in greens.values()):
        raise ScenarioError(
            f"{log.path}: no phase's green begins twice in it (event 1); are its codes the Indiana ones?"
        )
    programmes, remarks = _programmes(log, greens)
    if unsaid := {phase: own.unsaid for phase, own in greens.items() if own.unsaid}:
        by_phase = ", ".join(f"phase {phase} {count}" for phase, count in unsaid.items())
        remarks.append(f"greens without an end of their own ({by_phase}): it is taken from what follows")
    ran = sorted({phase for one in programmes for phase in one.greens})
    try:
        place = junction(network, signal, config.phases, ran, greens)
    except ScenarioError as error:
        raise ScenarioError(f"{log.path}: {error}") from None
    _check_yellow(log, programmes)
    timing = _kept(scenario.timing, programmes)
    if timing != scenario.timing:
        remarks.append(
            f"the rules of [signals] are lowered to what the log shows: yellow {timing.yellow_s or 0:g} s, all-red "
            f"{timing.all_red_s or 0:g} s, least green {timing.min_green_s or 0:g} s"
        )
    made = [_possible(log, place, one, network, timing) for one in programmes]
    plans, programmes, shares = _that_switch(made, programmes, scenario, remarks)
    for one, share, (_, _, why) in zip(programmes, shares, made, strict=False):
        if why:
            remarks.append(
                f"from {clock(one.stretch.begin_s)} the splits played ({_splits(one.at(PLAYED))}) are too "
                f"short here: {why}; "
                f"the plan has {_splits(one.at(share))}"
            )
    remarks += [*place.remarks, *_said(programmes)]
    return LogPlans(tuple(programmes), tuple(shares), tuple(plans), timing, tuple(ran), tuple(remarks))


def _check_yellow(log: EventLog, programmes: Sequence[Played]) -> None:
    least = min((part for one in programmes for part in one.at(PLAYED)), key=lambda part: part.yellow_s)
    if half_up(least.yellow_s) < LEAST_YELLOW_S:
        raise ScenarioError(
            f"{log.path}: the yellow of phase {least.phase} (events 8 to 9) lasts {least.yellow_s:g} s in it, at least "
            f"{LEAST_YELLOW_S:g} here; leave these events out if they are no times, it is then taken to be 3 s"
        )


def _programmes(log: EventLog, greens: Mapping[int, PhaseGreens]) -> tuple[list[Played], list[str]]:
    found = [played(log, stretch, greens) for stretch in stretches(log, greens)]
    kept = [one for one in found if one.groups and one.stretch.end_s - one.stretch.begin_s >= QUARTER_S / 2]
    kept = kept or [one for one in found if one.groups]
    if not kept:
        raise ScenarioError(f"{log.path}: too few greens for a programme; give a longer log")
    left = [one for one in found if one not in kept]
    return kept, [
        f"{clock(one.stretch.begin_s)} to {clock(one.stretch.end_s)} is too short for a programme of its own: the one "
        "before it goes on" for one in left
    ]  # fmt: skip


Made = tuple[GivenPlan, float, str]
"""A plan, the quantile it is of, and why it is not the one played."""


def _possible(log: EventLog, place: Junction, one: Played, network: Network, timing: SignalTiming) -> Made:
    words = SignalWords(network, place.id)
    reasons: list[str] = []
    for share in SHARES:
        try:
            made = plan(log.path, place, one.at(share), one.stretch.zero_s, _begin_s(one), network, timing)
            check_plan(made, words, timing)
        except ScenarioError as error:
            reasons.append(WHERE.sub("", str(error), count=1))
        else:
            return made, share, reasons[0] if reasons else ""
    raise ScenarioError(
        f"{log.path}: the programme played from {clock(one.stretch.begin_s)} ({_splits(one.at(PLAYED))}) "
        f"cannot be shown at '{place.id[:40]}': {reasons[-1]}{WITHOUT if CROSSING in reasons[-1] else ''}"
    )


def _begin_s(one: Played) -> float:
    return float(round(one.stretch.begin_s))


def _that_switch(
    made: Sequence[Made], programmes: Sequence[Played], scenario: Scenario, remarks: list[str]
) -> tuple[list[GivenPlan], list[Played], list[float]]:
    """All plans where SUMO can switch from one to the other, else that of the longest time alone."""
    plans = [one for one, _, _ in made]
    if len(plans) == 1:
        return [replace(plans[0], begin_s=0.0)], list(programmes), [made[0][1]]
    try:
        programme_elements(plans, scenario.start_s, scenario.end_s)
    except ScenarioError:
        longest = max(range(len(plans)), key=lambda n: programmes[n].stretch.end_s - programmes[n].stretch.begin_s)
        remarks.append(
            f"the {len(plans)} programmes have no common stage to switch at: the one from "
            f"{clock(programmes[longest].stretch.begin_s)} is played all the time"
        )
        return [replace(plans[longest], begin_s=0.0)], [programmes[longest]], [made[longest][1]]
    return plans, list(programmes), [share for _, share, _ in made]


def _kept(timing: SignalTiming, programmes: Sequence[Played]) -> SignalTiming:
    """The scenario's rules, lowered to what the controller really showed."""
    parts = [part for one in programmes for part in one.at(PLAYED)]
    yellow_s = min(half_up(part.yellow_s) for part in parts)
    all_red_s = min(half_up(part.yellow_s + part.red_s) - half_up(part.yellow_s) for part in parts)
    green_s = min(int(part.green_s) for part in parts)
    lowered = {"yellow_s": yellow_s, "all_red_s": max(all_red_s, 0), "min_green_s": green_s}
    known = {key: getattr(timing, key) for key in lowered}
    return replace(
        timing, **{key: float(min(value, lowered[key])) for key, value in known.items() if value is not None}
    )


def _splits(parts: Sequence[Part]) -> str:
    return ", ".join(f"phase {part.phase} {part.split_s:.1f} s" for part in sorted(parts, key=lambda part: part.phase))


def _said(programmes: Sequence[Played]) -> Iterator[str]:
    for one in programmes:
        begins = clock(one.stretch.begin_s)
        if one.stretch.free:
            yield f"from {begins} no cycle is kept: the plan has each phase as long as it usually takes, and no offset"
        takes_s = sum(part.split_s for part in one.at(PLAYED) if part.ring == 1)
        if takes_s > TOO_LONG * one.stretch.cycle_s and not one.stretch.free:
            yield (
                f"from {begins} the phases, once each, take {takes_s:.0f} s, and the cycle found is "
                f"{one.stretch.cycle_s:g} s: one of them may come twice in a cycle; the plan has it once"
            )
        for part in one.at(PLAYED):
            if part.served < SELDOM:
                served = f"{part.served:.0%} of the cycles"
                yield f"from {begins} phase {part.phase} came in {served}; the plan has it in each"

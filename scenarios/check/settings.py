"""Checks of what a scenario says about itself: period, warm-up, origin, assumptions, SUMO's options."""

from collections.abc import Iterator
from math import isfinite

from zhasyl.files.clock import sumo_time_s
from zhasyl.scenarios.check.finding import MOST_NAMES, Finding
from zhasyl.scenarios.check.subject import Subject
from zhasyl.sumo.inputs.options import is_off

SHORTEST_PERIOD_S = 900.0
LONGEST_STEP_S, SHORTEST_STEP_S = 1.0, 0.1
EPSILON_STEPS = 1e-6


def period(subject: Subject) -> Iterator[Finding]:
    """Long enough to mean something, on streets that are not empty."""
    scenario = subject.scenario
    length_s = scenario.end_s - scenario.begin_s
    if length_s < SHORTEST_PERIOD_S:
        what = f"the period lasts {length_s:g} s, below {SHORTEST_PERIOD_S:g} s: a few cycles, so chance decides"
        yield Finding("warning", "period-short", "period", what, "measure 15 minutes or more")
    if scenario.warm_up_s <= 0:
        what = "no warm-up: the first minutes measure how empty streets fill"
        mend = "give scenario.toml a warm_up_s as long as a trip takes (a .sumocfg can be named in one)"
        yield Finding("warning", "no-warm-up", "period", what, mend)


def origin(subject: Subject) -> Iterator[Finding]:
    """Whose data it is, and why each assumption was made."""
    scenario = subject.scenario
    if not any(line.strip() for line in scenario.attribution):
        mend = "name the origin of map and demand in scenario.toml, [provenance] attribution"
        what = "no attribution: a report cannot say whose data it shows"
        yield Finding("note", "no-attribution", "scenario", what, mend)
    for number, assumption in enumerate(scenario.assumptions, start=1):
        if not assumption.reason.strip():
            place = f"assumption {number}, '{assumption.subject}'"
            what = f"no reason is given for '{assumption.statement}'"
            yield Finding("warning", "no-reason", place, what, "say in assumptions.csv why it was made")


def sumo_options(subject: Subject) -> Iterator[Finding]:
    """Options of a .sumocfg that change what is measured."""
    file = subject.scenario.config_file
    options = dict(subject.scenario.sumo_options)
    name = file.name if file else "scenario"
    for line in subject.scenario.replaced_options:
        check = "teleports" if line.startswith("time-to-teleport") else "option-replaced"
        yield Finding("note", check, name, line, "set it so in the .sumocfg: SUMO alone then gives the same")
    step_s = sumo_time_s(options.get("step-length", "1"))
    if not SHORTEST_STEP_S <= step_s <= LONGEST_STEP_S:
        what = f"step-length {options['step-length']}: outside {SHORTEST_STEP_S:g} to {LONGEST_STEP_S:g} s"
        mend = "take 1 s or 0.5 s: other steps give other capacities, and results that compare with nobody's"
        yield Finding("warning", "step-length", name, what, mend)
    elif cut := sorted({seconds for seconds in _phases_s(subject) if not _whole(seconds / step_s)}):
        some = ", ".join(f"{one:g}" for one in cut[:MOST_NAMES])
        what = (
            f"step-length {options['step-length']}: phases of {some} s are no whole number of steps: SUMO shows them "
            "up to a step longer or shorter, yellows too"
        )
        mend = "take 1 s, 0.5 s or another step of which they are multiples"
        yield Finding("warning", "step-length", name, what, mend)
    scale = sumo_time_s(options.get("scale", "1"))
    if not isfinite(scale) or scale <= 0:
        what = f"scale {options['scale']}: nobody drives"
        yield Finding("error", "scale", name, what, "set it to 1 or leave it out")


def _phases_s(subject: Subject) -> set[float]:
    """How long the phases of signals last whose plan is played by the clock."""
    programmes = [one for one in subject.network.programmes.values() if one.kind == "static"]
    return {phase.duration_s for one in programmes for phase in one.phases}


def _whole(number: float) -> bool:
    return abs(number - round(number)) < EPSILON_STEPS


def internal_links(subject: Subject) -> Iterator[Finding]:
    """Without internal links vehicles jump over junctions: no conflicts, no blocking, no time to clear."""
    off = not is_off(dict(subject.scenario.sumo_options).get("no-internal-links", "false"))
    if off or (subject.network.connections and not subject.network.internal_lengths_m):
        what = "vehicles jump over the junctions: nobody conflicts or blocks inside, capacities come out too high"
        mend = "take no-internal-links out of the .sumocfg, or build the network without --no-internal-links"
        place = subject.scenario.config_file.name if off and subject.scenario.config_file else "network"
        yield Finding("warning", "no-internal-links", place, what, mend)


CHECKS = (period, origin, sumo_options, internal_links)

"""A scenario's signal plans as a file that `zhasyl scenario plan` takes back: the same states for the same times.

A plan of stages, yellows and all-reds is written with its movements by name; any other phase by phase, as states.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import accumulate

from zhasyl.derive import made_safe
from zhasyl.files.clock import clock
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.network import Network, Programme
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import Stage, stage_phases
from zhasyl.signals import GOING, GREEN, Signal, SignalPlan, SignalTiming
from zhasyl.text.stage_names import stage_names

COLUMNS = ("signal", "from", "offset_s", "stage", "greens", "green_s", "yellow_s", "all_red_s", "state")
YELLOW = frozenset("yY")
CROSSING = "crossing"

Phase = tuple[float, str]
"""Seconds and state."""
Names = dict[str, str]
"""State → name of its stage."""
Timed = tuple[float, SignalPlan]
"""The time of day from which a plan is played, and the plan."""


def stages_csv(scenario: Scenario) -> str:
    """The plans that SUMO starts with, of every signal with a programme of its own phases, all day."""
    network = scenario.network()
    return _csv(
        _shipped_rows(network, programme, scenario.timing)
        for signal, programme in sorted(network.programmes.items())
        if programme.phases and signal in network.signal_links
    )


def played_csv(
    network: Network, signals: Mapping[str, Signal], plans: Mapping[str, Sequence[Timed]], timing: SignalTiming
) -> str:
    """Plans of derived stages: each with its split as green, then the intergreen to the next one.

    A walk that goes on in the next stage stays green, where a controller would end it and begin it anew.
    """
    return _csv(
        _played_rows(SignalWords(network, name), signals[name], begin_s, plan, timing)
        for name in sorted(plans)
        for begin_s, plan in plans[name]
    )


def _csv(plans: Iterable[Iterable[tuple[str, ...]]]) -> str:
    text = StringIO()
    rows = CsvWriter(text)
    rows.writerow(COLUMNS)
    for plan in plans:
        rows.writerows(plan)
    return text.getvalue()


def _shipped_rows(network: Network, programme: Programme, timing: SignalTiming) -> Iterator[tuple[str, ...]]:
    words = SignalWords(network, programme.signal)
    cycle_s = sum(seconds for seconds, _ in shipped_phases(words, programme))
    stages = shipped_stages(words, programme, timing)
    yield from _rows(words, 0.0, programme.offset_s % cycle_s if cycle_s else 0.0, stages)


def shipped_stages(
    words: SignalWords, programme: Programme, timing: SignalTiming, with_walks: bool = False
) -> tuple[Stage, ...]:
    """Stages that make just the phases of a programme; a row a phase where it has none.

    `with_walks`: a stage may say how long its crossings walk.
    """
    phases = shipped_phases(words, programme)
    named = [(state, phase.name) for (_, state), phase in zip(phases, programme.phases, strict=True) if phase.name]
    given = dict(reversed(named))  # the first one counts
    likely = _stages(words, phases, given)
    attempts = [
        likely,
        *([_walking(words, likely, phases)] if with_walks else []),
        stages_by_phase(words, phases, given, worded=True),
        stages_by_phase(words, phases, given, worded=False),
    ]
    said = (stages for stages in attempts if all(stage.letters or stage.state for stage in stages))
    return next(stages for stages in said if _makes(words, stages, timing, phases))


def _walking(words: SignalWords, stages: tuple[Stage, ...], phases: list[Phase]) -> tuple[Stage, ...]:
    """The stages with the walk that their first phase has, where it is shorter than the green."""
    starts_s = accumulate((stage.green_s + stage.yellow_s + stage.all_red_s for stage in stages), initial=0.0)
    first_s = dict(zip(accumulate((seconds for seconds, _ in phases), initial=0.0), phases, strict=False))
    return tuple(
        replace(stage, walk_s=first_s[start_s][0])
        if words.walks & stage.letters.keys() and first_s[start_s][0] < stage.green_s
        else stage
        for stage, start_s in zip(stages, starts_s, strict=False)
    )


def _played_rows(
    words: SignalWords, signal: Signal, begin_s: float, plan: SignalPlan, timing: SignalTiming
) -> Iterator[tuple[str, ...]]:
    stages = played_stages(words, signal, plan)
    phases = [(shown.duration_s, shown.state) for shown in stage_phases(words, stages, timing)]
    if any(set(stage.letters.values()) - GREEN for stage in stages):
        stages = stages_by_phase(words, phases, {}, worded=False)
    yield from _rows(words, begin_s, plan.offset_s, stages)


def played_stages(words: SignalWords, signal: Signal, plan: SignalPlan) -> tuple[Stage, ...]:
    """The stages of a plan as rows of a table."""
    return tuple(
        _played_stage(words, signal, stage, after, green_s)
        for stage, after, green_s in zip(plan.stages, (*plan.stages[1:], plan.stages[0]), plan.greens_s, strict=True)
    )


def _played_stage(words: SignalWords, signal: Signal, stage: int, after: int, green_s: float) -> Stage:
    """A stage of a plan, with the letters of its turns on red after a stop."""
    shown = signal.stages[stage]
    letters = {link: shown.state[link] for link in words.links if shown.state[link] in GOING}
    yellow_s, all_red_s, *_ = (*(seconds for seconds, _ in signal.intergreen(stage, after)), 0.0, 0.0)
    return Stage(0, shown.id, letters, green_s, yellow_s, all_red_s)


def _rows(words: SignalWords, begin_s: float, offset_s: float, stages: tuple[Stage, ...]) -> Iterator[tuple[str, ...]]:
    for stage in stages:
        times = (f"{seconds:g}" for seconds in (stage.green_s, stage.yellow_s, stage.all_red_s))
        greens = " ".join(greens_in_words(words, stage))
        yield (words.id, clock(begin_s), f"{offset_s:g}", stage.name, greens, *times, stage.state)


def shipped_phases(words: SignalWords, programme: Programme) -> list[Phase]:
    """What a programme shows for how long; who has to give way does."""
    return [(phase.duration_s, made_safe(phase.state, words.conflicts)[0][: words.size]) for phase in programme.phases]


@dataclass
class _Draft:
    """A stage in the making: what it shows and how long."""

    state: str
    green_s: float
    yellow_s: float = 0.0
    all_red_s: float = 0.0


def _stages(words: SignalWords, phases: list[Phase], given: Names) -> tuple[Stage, ...]:
    """Stages that may have made the phases: a green with the ends of its walks, a yellow, an all-red."""
    drafts: list[_Draft] = []
    for position, (seconds, state) in enumerate(phases):
        before, after = phases[position - 1][1], phases[(position + 1) % len(phases)][1]
        part = _part(words, before, state, after) if drafts else ""
        if part:
            setattr(drafts[-1], part, getattr(drafts[-1], part) + seconds)
        else:
            drafts.append(_Draft(state, seconds))
    names = _names((draft.state for draft in drafts), given)
    return tuple(Stage(0, names[d.state], _letters(words, d.state), d.green_s, d.yellow_s, d.all_red_s) for d in drafts)


def _part(words: SignalWords, before: str, state: str, after: str) -> str:
    """What of the running stage a phase belongs to; '' if it begins a new one."""
    if set(state) & YELLOW:
        return "yellow_s"
    if set(before) & YELLOW and _green(state) < _green(after):
        return "all_red_s"
    ended = _green(before) - _green(state)
    return "green_s" if ended and _green(state) < _green(before) and ended <= words.walks else ""


def _names(states: Iterable[str], given: Names) -> Names:
    """The name of each different state: the one given, else A, B, ... by its place."""
    different = dict.fromkeys(states)
    return dict(zip(different, stage_names([given.get(state, "") for state in different]), strict=True))


def stages_by_phase(words: SignalWords, phases: Sequence[Phase], given: Names, worded: bool) -> tuple[Stage, ...]:
    """A row a phase: its state as it is, or the names of its greens where nothing is yellow."""
    names = _names((state for _, state in phases), given)
    return tuple(
        Stage(0, names[state], _letters(words, state), seconds, 0.0, 0.0)
        if worded and not set(state) - set("Ggr") and _green(state)
        else Stage(0, names[state], {}, seconds, 0.0, 0.0, state)
        for seconds, state in phases
    )


def _makes(words: SignalWords, stages: tuple[Stage, ...], timing: SignalTiming, phases: list[Phase]) -> bool:
    return [(shown.duration_s, shown.state) for shown in stage_phases(words, stages, timing)] == phases


def _letters(words: SignalWords, state: str) -> dict[int, str]:
    return {i: state[i] for i in sorted(_green(state)) if i in words.links}


def _green(state: str) -> frozenset[int]:
    return frozenset(i for i, shown in enumerate(state) if shown in GREEN)


def greens_in_words(words: SignalWords, stage: Stage) -> Iterator[str]:
    """Names for the movements that are wholly green as the rule has it, indices with a letter for other links."""
    by_rule = words.conflicts.lettered(dict.fromkeys(stage.letters, ""))
    waiting = {link for link, _ in words.straight_that_yields(words.state(by_rule))}
    left = dict(stage.letters)
    named: dict[str, list[str]] = {}
    for word, links in words.movements.items():
        if all(link in left and left[link] == by_rule[link] and link not in waiting for link in links):
            approach, _, movement = ("", "", word) if word.startswith(":") else word.rpartition(":")
            named.setdefault(approach, []).append(movement)
            for link in links:
                del left[link]
    for approach, movements in named.items():
        if approach in ("", CROSSING):
            yield from (f"{approach}:{movement}" if approach else movement for movement in movements)
        else:
            yield f"{approach}:{'+'.join(movements)}"
    yield from (f"#{link}={letter}" for link, letter in left.items())

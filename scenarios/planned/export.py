"""A scenario's signal plans as a file that `zhasyl scenario plan` takes back: the same states for the same times.

A plan of stages, yellows and all-reds is written with its movements by name; any other phase by phase, as states.
"""

import csv
from collections.abc import Iterator
from io import StringIO

from zhasyl.derive import made_safe
from zhasyl.network import Network, Phase, Programme, read_network
from zhasyl.scenarios.clock import clock
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.planned.programme import Stage, lettered, stage_phases
from zhasyl.scenarios.planned.words import SignalWords
from zhasyl.signals import GREEN, SignalTiming, stage_name

COLUMNS = ("signal", "from", "offset_s", "stage", "greens", "green_s", "yellow_s", "all_red_s", "state")


def stages_csv(scenario: Scenario) -> str:
    """The plans that SUMO starts with, of every signal with a programme of its own phases, all day."""
    network = read_network(scenario.net_file, scenario.additional_files)
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for signal, programme in sorted(network.programmes.items()):
        if programme.phases and signal in network.signal_links:
            rows.writerows(_rows(network, programme, scenario.timing))
    return text.getvalue()


def _rows(network: Network, programme: Programme, timing: SignalTiming) -> Iterator[tuple[str, ...]]:
    words = SignalWords(network, programme.signal)
    phases = [(phase.duration_s, _safe(words, phase)) for phase in programme.phases]
    cycle_s = sum(seconds for seconds, _ in phases)
    offset_s = programme.offset_s % cycle_s if cycle_s else 0.0
    attempts = (_stages(words, phases), _by_phase(words, phases, named=True), _by_phase(words, phases, named=False))
    for stage in next(stages for stages in attempts if _makes(words, stages, timing, phases)):
        times = (f"{seconds:g}" for seconds in (stage.green_s, stage.yellow_s, stage.all_red_s))
        greens = " ".join(_greens(words, stage))
        yield (programme.signal, clock(0.0), f"{offset_s:g}", stage.name, greens, *times, stage.state)


def _safe(words: SignalWords, phase: Phase) -> str:
    return made_safe(phase.state, words.conflicts)[0][: words.size]


def _stages(words: SignalWords, phases: list[tuple[float, str]]) -> tuple[Stage, ...]:
    """Stages that may have made the phases: a green with the ends of its walks, a yellow, an all-red."""
    stages: list[tuple[str, list[float]]] = []
    for position, (seconds, state) in enumerate(phases):
        before, after = phases[position - 1][1], phases[(position + 1) % len(phases)][1]
        if not stages:
            stages.append((state, [seconds, 0.0, 0.0]))
        elif set(state) & set("yY"):
            stages[-1][1][1] += seconds
        elif set(before) & set("yY") and _green(state) < _green(after):
            stages[-1][1][2] += seconds
        elif _green(state) < _green(before) and _green(before) - _green(state) <= words.walks:
            stages[-1][1][0] += seconds
        else:
            stages.append((state, [seconds, 0.0, 0.0]))
    names = {state: stage_name(number) for number, state in enumerate(dict.fromkeys(state for state, _ in stages))}
    return tuple(Stage(0, names[state], _letters(words, state), *_three(times)) for state, times in stages)


def _three(times: list[float]) -> tuple[float, float, float]:
    green_s, yellow_s, all_red_s = times
    return green_s, yellow_s, all_red_s


def _by_phase(words: SignalWords, phases: list[tuple[float, str]], named: bool) -> tuple[Stage, ...]:
    """A row a phase: its state as it is, or the names of its greens where nothing is yellow."""
    states = dict.fromkeys(state for _, state in phases)
    names = {state: stage_name(number) for number, state in enumerate(states)}
    return tuple(
        Stage(0, names[state], _letters(words, state), seconds, 0.0, 0.0)
        if named and not set(state) - set("Ggr") and _green(state)
        else Stage(0, names[state], {}, seconds, 0.0, 0.0, state)
        for seconds, state in phases
    )


def _makes(
    words: SignalWords, stages: tuple[Stage, ...], timing: SignalTiming, phases: list[tuple[float, str]]
) -> bool:
    return [(shown.duration_s, shown.state) for shown in stage_phases(words, stages, timing)] == phases


def _letters(words: SignalWords, state: str) -> dict[int, str]:
    return {i: state[i] for i in sorted(_green(state)) if i in words.links}


def _green(state: str) -> frozenset[int]:
    return frozenset(i for i, shown in enumerate(state) if shown in GREEN)


def _greens(words: SignalWords, stage: Stage) -> Iterator[str]:
    """Names for the movements that are wholly green as the rule has it, indices with a letter for other links."""
    by_rule = lettered(words, dict.fromkeys(stage.letters, ""))
    left = dict(stage.letters)
    named: dict[str, list[str]] = {}
    for word, links in words.movements.items():
        if all(link in left and left[link] == by_rule[link] for link in links):
            approach, _, movement = word.rpartition(":")
            if word.startswith(":"):
                approach, movement = "", word
            named.setdefault(approach, []).append(movement)
            for link in links:
                del left[link]
    for approach, movements in named.items():
        together = "+" if approach != "crossing" else " crossing:"
        yield (f"{approach}:" if approach else "") + (together if approach else " ").join(movements)
    yield from (f"#{link}={letter}" for link, letter in left.items())

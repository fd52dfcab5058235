"""A scenario's signal plans as a file that `zhasyl scenario plan` takes back: the same states for the same times.

A plan of stages, yellows and all-reds is written with its movements by name; any other phase by phase, as states.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from zhasyl.derive import made_safe
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.network import Network, Programme, read_network
from zhasyl.scenarios.clock import clock
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.planned.programme import Stage, lettered, stage_phases
from zhasyl.scenarios.planned.words import SignalWords
from zhasyl.signals import GREEN, SignalTiming, stage_name

COLUMNS = ("signal", "from", "offset_s", "stage", "greens", "green_s", "yellow_s", "all_red_s", "state")
YELLOW = frozenset("yY")
CROSSING = "crossing"


def stages_csv(scenario: Scenario) -> str:
    """The plans that SUMO starts with, of every signal with a programme of its own phases, all day."""
    network = read_network(scenario.net_file, scenario.additional_files)
    text = StringIO()
    rows = CsvWriter(text)
    rows.writerow(COLUMNS)
    for signal, programme in sorted(network.programmes.items()):
        if programme.phases and signal in network.signal_links:
            rows.writerows(_rows(network, programme, scenario.timing))
    return text.getvalue()


def _rows(network: Network, programme: Programme, timing: SignalTiming) -> Iterator[tuple[str, ...]]:
    words = SignalWords(network, programme.signal)
    phases = shipped_phases(words, programme)
    cycle_s = sum(seconds for seconds, _ in phases)
    offset_s = programme.offset_s % cycle_s if cycle_s else 0.0
    attempts = (_stages(words, phases), _by_phase(words, phases, named=True), _by_phase(words, phases, named=False))
    for stage in next(stages for stages in attempts if _makes(words, stages, timing, phases)):
        times = (f"{seconds:g}" for seconds in (stage.green_s, stage.yellow_s, stage.all_red_s))
        greens = " ".join(_greens(words, stage))
        yield (programme.signal, clock(0.0), f"{offset_s:g}", stage.name, greens, *times, stage.state)


def shipped_phases(words: SignalWords, programme: Programme) -> list[tuple[float, str]]:
    """What a programme shows for how long; who has to give way does."""
    return [(phase.duration_s, made_safe(phase.state, words.conflicts)[0][: words.size]) for phase in programme.phases]


@dataclass
class _Draft:
    """A stage in the making: what it shows and how long."""

    state: str
    green_s: float
    yellow_s: float = 0.0
    all_red_s: float = 0.0


def _stages(words: SignalWords, phases: list[tuple[float, str]]) -> tuple[Stage, ...]:
    """Stages that may have made the phases: a green with the ends of its walks, a yellow, an all-red."""
    drafts: list[_Draft] = []
    for position, (seconds, state) in enumerate(phases):
        before, after = phases[position - 1][1], phases[(position + 1) % len(phases)][1]
        part = _part(words, before, state, after) if drafts else ""
        if part:
            setattr(drafts[-1], part, getattr(drafts[-1], part) + seconds)
        else:
            drafts.append(_Draft(state, seconds))
    names = _names(draft.state for draft in drafts)
    return tuple(Stage(0, names[d.state], _letters(words, d.state), d.green_s, d.yellow_s, d.all_red_s) for d in drafts)


def _part(words: SignalWords, before: str, state: str, after: str) -> str:
    """What of the running stage a phase belongs to; '' if it begins a new one."""
    if set(state) & YELLOW:
        return "yellow_s"
    if set(before) & YELLOW and _green(state) < _green(after):
        return "all_red_s"
    ended = _green(before) - _green(state)
    return "green_s" if ended and _green(state) < _green(before) and ended <= words.walks else ""


def _names(states: Iterable[str]) -> dict[str, str]:
    """A, B, ... for each different state."""
    return {state: stage_name(number) for number, state in enumerate(dict.fromkeys(states))}


def _by_phase(words: SignalWords, phases: list[tuple[float, str]], named: bool) -> tuple[Stage, ...]:
    """A row a phase: its state as it is, or the names of its greens where nothing is yellow."""
    names = _names(state for _, state in phases)
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

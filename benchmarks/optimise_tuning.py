"""Parameters tuned on one network; found and default ones simulated with held-out seeds there and on other networks."""

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Figure
from benchmarks.optimise_answers import MEASURE, Asked, Watched, folder_name, simulated
from benchmarks.optimise_tables import at_most, figures, interval, paired, table
from zhasyl.arrays import FloatArray
from zhasyl.controllers import parse_controller
from zhasyl.optimise.search.search import Search
from zhasyl.optimise.tuning.joint import JointTrials
from zhasyl.optimise.tuning.question import ask_tuning
from zhasyl.runs.batch import nothing
from zhasyl.runs.store import write_text
from zhasyl.scenarios import load_scenario
from zhasyl.sensors import PERFECT

CONTROLLERS = ("actuated", "max-pressure", "rolling-horizon")
CHECKS = ("resco:cologne3", "resco:ingolstadt1")
FOLDER = "tuned"
LIMIT = 0.97  # tuned over default on the tuned network

Delays = dict[int, float]
"""Delay by held-out seed."""


@dataclass(frozen=True)
class TuningAnswer:
    """What a search on `network` has made of a controller, and the delay of both by network.

    found      the controller with its parameters, as `--controller` takes it
    held_out   by network, the tuned one's first: (with default parameters, with those found)
    """

    network: str
    controller: str
    budget: int
    seed: int
    spent: int
    found: str
    held_out: dict[str, tuple[Delays, Delays]]


def search_tuning(
    network: str, controller: str, budget: int, seed: int, checks: Sequence[str], asked: Asked
) -> TuningAnswer:
    """The stored answer, or that of the search; with all held-out seeds of the network and the checks."""
    name = f"{folder_name(network)}-{folder_name(controller)}-{budget}-{seed}"
    file = asked.out / FOLDER / f"{name}.json"
    known = _read(file) if file.exists() else _searched(network, controller, budget, seed, asked)
    missing = [one for one in (network, *checks) if not _holds(known, one, asked)]
    if missing:
        known = replace(known, held_out=known.held_out | {one: _simulated(one, known, asked) for one in missing})
        write_text(file, json.dumps(asdict(known), indent=1) + "\n")
    return known


def stored_tunings(out: Path) -> list[TuningAnswer]:
    """All answers there are."""
    return [_read(file) for file in sorted((out / FOLDER).glob("*.json"))]


def _searched(network: str, controller: str, budget: int, seed: int, asked: Asked) -> TuningAnswer:
    out = asked.out / folder_name(network) / f"tune-{folder_name(controller)}-{seed}"
    question = ask_tuning(network, controller, budget, None, MEASURE, "", (), PERFECT, (), seed, asked.held_out, 0, out)
    watched, objective = Watched(asked), question.objective
    trials = JointTrials(question.scenarios, question.out, watched, objective, question.sensor)
    found = Search(
        question.space, [objective], trials, question.budget, question.seed, question.search_seeds, nothing
    ).run()
    label = question.space.controller(found.contenders[0].point).label
    return TuningAnswer(network, controller, budget, seed, trials.runs, label, {})


def _holds(known: TuningAnswer, network: str, asked: Asked) -> bool:
    return network in known.held_out and set(asked.held_out) <= set(known.held_out[network][0])


def _simulated(network: str, known: TuningAnswer, asked: Asked) -> tuple[Delays, Delays]:
    scenario = load_scenario(network)
    default, found = (simulated(scenario, parse_controller(label), asked) for label in (known.controller, known.found))
    return default, found


def _read(file: Path) -> TuningAnswer:
    values: dict[str, Any] = json.loads(file.read_text("utf-8"))
    values["held_out"] = {network: tuple(map(_by_seed, both)) for network, both in values["held_out"].items()}
    return TuningAnswer(**values)


def _by_seed(values: dict[str, float]) -> Delays:
    return {int(seed): delay_s for seed, delay_s in values.items()}


def section(answers: Sequence[TuningAnswer]) -> list[str]:
    """A row a search and network it was measured on, and figures by controller."""
    if not answers:
        return []
    head = table("controller", "tuned on", "runs", "search seed", "measured on", "held-out seeds", "default, s",
                 "tuned, s", "tuned / default", "tuned − default, s")  # fmt: skip
    rows = [_row(one, network) for one in answers for network in one.held_out]
    found = [f"- {one.network}, {one.budget} runs, search seed {one.seed}: `{one.found}`" for one in answers]
    return ["", "## Tuned parameters", *head, *rows, "", "What was found:", "", *found, *figures(_figures(answers))]


def _figures(answers: Sequence[TuningAnswer]) -> Iterator[Figure]:
    for controller in dict.fromkeys(one.controller for one in answers):
        own = [one for one in answers if one.controller == controller]
        ratio = statistics.median(_ratio(one, one.network) for one in own)
        yield at_most(f"{controller}: tuned / default on the tuned network", ratio, LIMIT)
        pairs = [(one, network) for one in own for network in one.held_out]
        worse = [f"{network} (search seed {one.seed})" for one, network in pairs if paired(_apart(one, network))[1] > 0]
        yield Figure(f"{controller}: intervals wholly worse", ", ".join(worse) or "none", "none", not worse)


def _apart(one: TuningAnswer, network: str) -> FloatArray:
    """Tuned less default by held-out seed."""
    default, found = one.held_out[network]
    return np.array([found[seed] - default[seed] for seed in sorted(default)])


def _ratio(one: TuningAnswer, network: str) -> float:
    default, found = (statistics.fmean(delays.values()) for delays in one.held_out[network])
    return found / default


def _row(one: TuningAnswer, network: str) -> str:
    default, found = (f"{statistics.fmean(delays.values()):.1f}" for delays in one.held_out[network])
    apart = interval(*paired(_apart(one, network)))
    seeds = len(one.held_out[network][0])
    return (
        f"| {one.controller} | {one.network} | {one.budget} | {one.seed} | {network} | {seeds} | {default} | {found} "
        f"| {_ratio(one, network):.3f} | {apart} |"
    )

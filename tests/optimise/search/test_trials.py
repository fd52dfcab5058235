"""Candidates through the batch engine: each once a seed, in the order asked, and counted."""

from collections.abc import Callable, Iterable
from pathlib import Path

from zhasyl.controllers import parse_controller
from zhasyl.optimise.search.trials import Trials
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios import load_scenario


def test_each_is_run_once_and_answered_in_the_order_asked(tiny_network: Callable[[str], Path], tmp_path: Path) -> None:
    ran: list[tuple[str, int]] = []

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        asked = list(specs)
        ran.extend((one.controller.label, one.seed) for one in asked)
        return [RunRecord({"label": one.controller.label, "seed": one.seed}, one.folder) for one in asked]

    trials = Trials(load_scenario(str(tiny_network("t-junction-left-turn"))), tmp_path, run)
    fixed, other = parse_controller("fixed"), parse_controller("actuated")
    found = trials.simulate([(other, 2), (fixed, 1), (other, 2)])
    assert [(one["label"], one["seed"]) for one in found] == [("actuated", 2), ("fixed", 1), ("actuated", 2)]
    assert ran == [("actuated", 2), ("fixed", 1)]
    again = trials.simulate([(fixed, 2), (fixed, 1), (other, 2)])
    assert [(one["label"], one["seed"]) for one in again] == [("fixed", 2), ("fixed", 1), ("actuated", 2)]
    assert ran[2:] == [("fixed", 2)]
    assert trials.spent == 3

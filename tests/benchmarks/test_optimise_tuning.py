"""Tuned parameters on the optimiser's page: ratios, intervals and what is met; what is stored is not searched again."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.optimise_answers import Asked
from benchmarks.optimise_tuning import TuningAnswer, search_tuning, section, stored_tunings
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

DEFAULT_S = {101: 10.0, 102: 12.0, 103: 14.0}
TUNED = TuningAnswer(
    "resco:grid4x4", "actuated", 60, 1, 60, "actuated:passage_s=2",
    {"resco:grid4x4": (DEFAULT_S, {101: 9.0, 102: 11.1, 103: 13.0}),
     "resco:cologne1": (DEFAULT_S, {101: 10.5, 102: 12.6, 103: 14.5})},
)  # fmt: skip


class Gives30s(Asked):
    def run(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        todo = list(specs)
        assert {spec.controller.label for spec in todo} <= {"actuated", TUNED.found}
        assert {spec.scenario.id for spec in todo} == {"resco:cologne1"}
        return [RunRecord({"status": "done", "delay_s": 30.0}, self.out) for _ in todo]


def test_what_is_stored_is_run_for_what_is_missing_alone(tmp_path: Path) -> None:
    only = replace(TUNED, held_out={"resco:grid4x4": TUNED.held_out["resco:grid4x4"]})
    file = tmp_path / "tuned" / "resco-grid4x4-actuated-60-1.json"
    file.parent.mkdir()
    file.write_text(json.dumps(asdict(only)), encoding="utf-8")
    assert stored_tunings(tmp_path) == [only]
    seeds = tuple(DEFAULT_S)
    assert search_tuning("resco:grid4x4", "actuated", 60, 1, [], Asked(tmp_path, seeds)) == only
    told = search_tuning("resco:grid4x4", "actuated", 60, 1, ["resco:cologne1"], Gives30s(tmp_path, seeds))
    assert told.held_out["resco:cologne1"] == (dict.fromkeys(seeds, 30.0), dict.fromkeys(seeds, 30.0))
    assert stored_tunings(tmp_path) == [told]


def test_the_page_says_by_how_much_and_where_it_is_worse() -> None:
    text = "\n".join(section([TUNED]))
    assert "| actuated | resco:grid4x4 | 60 | 1 | resco:grid4x4 | 3 | 12.0 | 11.0 | 0.919 | -1.0 [-1.1, -0.8] |" in text
    assert "| actuated: tuned / default on the tuned network | 0.919 | at most 0.97 | met |" in text
    assert "| actuated: intervals wholly worse | resco:cologne1 (search seed 1) | none | **missed** |" in text
    assert "`actuated:passage_s=2`" in text
    assert section([]) == []

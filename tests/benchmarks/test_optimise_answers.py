"""What the optimiser's benchmark stores is what it reads again, and is not searched for again."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from benchmarks.optimise import LONG_NETWORKS, NETWORKS, jobs, options_of
from benchmarks.optimise_answers import Answer, Asked, keep, search, stored
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord

TPE = Answer("resco:grid4x4", "tpe", 100, 2, 97, [(1, 20.0), (8, 15.5)], {101: 16.0, 102: 17.25}, "webster")


class Gives30s(Asked):
    def run(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        todo = list(specs)
        assert {spec.controller.label for spec in todo} == {"webster"}
        return [RunRecord({"status": "done", "delay_s": 30.0}, self.out) for _ in todo]


class RunsNothing(Asked):
    def run(self, specs: Iterable[RunSpec]) -> list[RunRecord]:
        raise AssertionError(f"asked to run {list(specs)}")


def test_a_stored_answer_is_read_as_it_was_and_runs_nothing(tmp_path: Path) -> None:
    keep(tmp_path / "answers" / "resco-grid4x4-tpe-100-2.json", TPE)
    keep(tmp_path / "answers" / "resco-grid4x4-tpe-100-3.json", replace(TPE, seed=3))
    assert stored(tmp_path) == [TPE, replace(TPE, seed=3)]
    assert search("resco:grid4x4", "tpe", 100, 2, RunsNothing(tmp_path, (101, 102))) == TPE


def test_for_more_held_out_seeds_its_plan_alone_is_run(tmp_path: Path) -> None:
    keep(tmp_path / "answers" / "resco-grid4x4-tpe-100-2.json", TPE)
    asked = Gives30s(tmp_path, (102, 103))
    assert search("resco:grid4x4", "tpe", 100, 2, asked).held_out == {101: 16.0, 102: 30.0, 103: 30.0}
    assert stored(tmp_path)[0].held_out[103] == 30.0


def test_the_whole_benchmark_is_what_the_issue_asks() -> None:
    peers = list(jobs("peers", options_of([])))
    searches = [job for job in peers if job[2]]
    assert len(set(searches)) == len(searches) == 4 * 5 * (len(NETWORKS) + len(LONG_NETWORKS))
    assert searches[:4] == [("resco:cologne3", method, 100, 1) for method in ("ours", "tpe", "cmaes", "random")]
    assert [job for job in jobs("best", options_of([])) if job[2]] == [(one, "ours", 300, 1) for one in NETWORKS]


def test_options_choose_among_them() -> None:
    asked = options_of(["peers", "--networks", "a,b", "--methods", "tpe", "--budget", "30", "--search-seeds", "4-5"])
    assert [job for job in jobs("peers", asked) if job[2]] == [(n, "tpe", 30, s) for n in ("a", "b") for s in (4, 5)]

"""A whole search in a toy: within its budget, the same again, never won by who failed, a front of real choices."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tests.optimise.search.toys import (
    DELAY,
    LEAST_S,
    PRESENT,
    PRESENT_POINT,
    WALKERS,
    ToySpace,
    ToyTrials,
    searched,
    values_of,
)
from zhasyl.arrays import FloatArray
from zhasyl.optimise.search import evolve, surrogate
from zhasyl.optimise.search import search as module
from zhasyl.optimise.search.budget import Budget
from zhasyl.optimise.search.race import SEEDS_A_ROUND, race


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few moves: what they find is tested where they are made."""
    monkeypatch.setattr(module, "GENERATIONS", 2)
    monkeypatch.setattr(evolve, "CHILDREN", 24)
    monkeypatch.setattr(evolve, "GENERATIONS", 4)
    monkeypatch.setattr(evolve, "EVALUATIONS", 60)


@pytest.mark.parametrize("has_model", [False, True])
def test_no_more_runs_than_the_budget_and_nearly_all_of_them(monkeypatch: pytest.MonkeyPatch, has_model: bool) -> None:
    monkeypatch.setattr(evolve, "CHILDREN", 4)
    monkeypatch.setattr(module, "GENERATIONS", 1)
    monkeypatch.setattr(surrogate, "LENGTHS", (1.4,))
    monkeypatch.setattr(surrogate, "NOISES", (0.5,))
    for budget in (10, 17, 29, 43, 60) if has_model else (*range(10, 24), *range(25, 61, 5)):
        trials = ToyTrials()
        found = searched(Budget(budget), trials, space=ToySpace(has_model))
        assert budget // 3 <= trials.spent <= budget
        assert [step.runs for step in found.steps] == sorted(step.runs for step in found.steps)
        assert found.steps[-1].runs == trials.spent
        assert found.steps[0].stage == "present plan"
        assert found.contenders


def test_it_finds_better_and_says_by_how_much() -> None:
    trials = ToyTrials()
    found = searched(Budget(60), trials, space=ToySpace(has_model=True))
    best = found.contenders[0]
    present_s = values_of(PRESENT_POINT[None])[0]
    assert values_of(best.point[None])[0] < LEAST_S + 0.4 * (present_s - LEAST_S)
    assert {step.stage for step in found.steps} == {"present plan", "first plans", "searching", "race"}
    assert len(found.present) == 3
    assert np.mean(list(found.present.values())) == pytest.approx(found.steps[0].best)
    assert not set(found.present) & set(best.values)  # the race meets new seeds
    last = found.steps[-1]
    assert last.low is not None
    assert last.high is not None
    assert last.low < last.best < last.high
    assert np.corrcoef(found.estimated, found.measured)[0, 1] > 0.9


def test_what_a_seed_adds_to_everyone_is_taken_off() -> None:
    trials = ToyTrials(noise_s=5.0)
    found = searched(Budget(30), trials)
    points = [key.split(",") for key, seed in trials.asked if seed in found.present and key != PRESENT]
    true = values_of(np.array(points, dtype=float))
    assert np.ptp(found.measured - true) < 1e-6


def test_the_same_seed_asks_the_same_in_the_same_order() -> None:
    first, again, other = ToyTrials(), ToyTrials(), ToyTrials()
    found = searched(Budget(24), first)
    assert [one.point.tolist() for one in searched(Budget(24), again).contenders] == [
        one.point.tolist() for one in found.contenders
    ]
    assert first.asked == again.asked
    searched(Budget(24), other, seed=2)
    assert other.asked != first.asked


def test_linear_algebra_is_the_same_on_any_number_of_cores() -> None:
    threads: set[int] = set()

    class Watched(ToyTrials):
        def simulate(self, asked):  # type: ignore[no-untyped-def]
            threads.update(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
            return super().simulate(asked)

    searched(Budget(20), Watched())
    assert threads == {1}


def test_what_is_stored_before_is_asked_first() -> None:
    """What --resume relies on: a search that stopped had asked for the beginning of what the whole one asks for."""

    class Stopped(ToyTrials):
        def simulate(self, asked):  # type: ignore[no-untyped-def]
            if self.spent >= 15:
                raise KeyboardInterrupt
            return super().simulate(asked)

    whole, stopped = ToyTrials(), Stopped()
    searched(Budget(24), whole)
    with pytest.raises(KeyboardInterrupt):
        searched(Budget(24), stopped)
    assert stopped.asked == whole.asked[: len(stopped.asked)]
    assert 15 <= len(stopped.asked) < len(whole.asked)


def test_the_present_and_the_starts_are_simulated_first() -> None:
    trials, space = ToyTrials(), ToySpace()
    searched(Budget(24), trials, space=space)
    assert trials.asked[:3] == [(PRESENT, seed) for seed in (1, 2, 3)]
    assert [key for key, _ in trials.asked[3:5]] == [space.key(point) for point in space.starts]
    assert space.learnt == 1
    assert {seed for key, seed in trials.asked[3:10]} <= {1, 2, 3}


def test_a_search_ends_when_nothing_is_left_to_try() -> None:
    class Few(ToySpace):
        def key(self, point: FloatArray) -> str:
            """Four plans in all."""
            return ",".join(f"{value:.3f}" for value in np.where(point[1:3] > 0.5, 0.75, 0.25).repeat(5))

    trials = ToyTrials()
    found = searched(Budget(200), trials, space=Few())
    assert found.contenders
    searching = [key for key, seed in trials.asked if seed in found.present and key != PRESENT]
    assert trials.spent <= 3 + 4 * 3 + 4 * 20  # each with each seed of the search, then the race
    assert len(set(searching)) <= 4


def right_half(point: FloatArray) -> bool:
    """The half in which the best lies."""
    return bool(point[1] > 0.5)


@pytest.mark.parametrize("budget", [12, 30])
def test_who_failed_never_wins(budget: int) -> None:
    trials = ToyTrials(fails=right_half)
    found = searched(Budget(budget), trials, space=ToySpace(has_model=True))
    failed = [key for key, _ in trials.asked if key != PRESENT and right_half(np.array(key.split(","), dtype=float))]
    assert failed
    assert not right_half(found.contenders[0].point)
    assert all(abs(step.best) < 200 for step in found.steps)  # who failed spoils no expectation


def test_a_failed_present_run_shifts_nobody() -> None:
    class First(ToyTrials):
        def _record(self, key, seed):  # type: ignore[no-untyped-def]
            record = super()._record(key, seed)
            return record if (key, seed) != (PRESENT, 1) else type(record)({"status": "failed"}, record.folder)

    found = searched(Budget(30), First())
    assert sorted(found.present) == [2, 3]
    assert max(step.best for step in found.steps) < 100


def test_a_failed_present_run_of_the_race_is_no_gain() -> None:
    class InTheRace(ToyTrials):
        def _record(self, key, seed):  # type: ignore[no-untyped-def]
            record = super()._record(key, seed)
            return record if (key, seed) != (PRESENT, 4) else type(record)({"status": "failed"}, record.folder)

    trials = InTheRace()
    found = searched(Budget(16), trials)
    assert (PRESENT, 4) in trials.asked
    assert all(abs(step.best) < 200 for step in found.steps)


class Changed(ToyTrials):
    """What is present takes so many times as long with the search's seeds, and with the race's by seed."""

    def __init__(self, search: float, race: Sequence[float]) -> None:
        super().__init__()
        self._search, self._race = search, race

    def _record(self, key, seed):  # type: ignore[no-untyped-def]
        record = super()._record(key, seed)
        times = 1.0 if key != PRESENT else self._search if seed < 4 else self._race[seed % len(self._race)]
        return type(record)({**record.values, DELAY.key: times * record[DELAY.key]}, record.folder)


def test_the_winner_of_a_race_is_shown_as_a_share_of_what_is_present() -> None:
    """It jams with one of the race's seeds: a difference would leave less than nothing of what it had before."""
    steps = searched(Budget(40), Changed(2.0, (2.0, 50.0))).steps
    last, first = steps[-1], steps[0]
    assert last.stage == "race"
    assert 0.0 < last.best < first.best / 20
    calm = searched(Budget(40), Changed(2.0, (2.0,))).steps[-1]
    assert calm.low is not None
    assert calm.high is not None
    assert calm.low < calm.best < calm.high
    assert calm.high - calm.low < 0.1 * calm.best


@pytest.mark.parametrize(("search", "race"), [(0.0, 1.0), (1.0, 0.0)])
def test_of_nothing_there_is_no_share(search: float, race: float) -> None:
    last = searched(Budget(40), Changed(search, (race,))).steps[-1]
    assert last.stage == "race"
    assert last.best >= 0.0


def test_what_is_expected_below_nothing_is_not_shown() -> None:
    steps = searched(Budget(40), Changed(100.0, (1.0,))).steps
    assert min(step.best for step in steps) >= 0.0


def test_where_everything_fails_there_is_an_answer_still() -> None:
    trials = ToyTrials(fails=lambda point: True)
    found = searched(Budget(14), trials)
    assert found.contenders
    assert trials.spent <= 14


@pytest.mark.parametrize("budget", [40, 60])
def test_the_plans_of_a_front_do_not_dominate_each_other(budget: int) -> None:
    trials = ToyTrials()
    found = searched(Budget(budget), trials, objectives=(DELAY, WALKERS))
    assert trials.spent <= budget
    means = [one.mean for one in found.contenders]
    assert len(means) >= 2
    for one, other in combinations(means, 2):
        assert (one < other).any()
        assert (other < one).any()
    assert [mean[0] for mean in means] == sorted(mean[0] for mean in means)
    seeds = {tuple(one.values) for one in found.contenders}
    assert len(seeds) == 1  # the same new ones for all
    assert set(*seeds) == set(found.present) == {4, 5}  # not those of the search


def test_a_budget_in_minutes_ends_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [0.0]
    monkeypatch.setattr("zhasyl.optimise.search.budget.time.monotonic", lambda: now_s[0])

    class Slow(ToyTrials):
        def simulate(self, asked):  # type: ignore[no-untyped-def]
            asked = list(asked)
            now_s[0] += 6.0 * len(asked)
            return super().simulate(asked)

    trials = Slow()
    found = searched(Budget(10, minutes=4.0, began=0.0), trials)  # 40 runs of 6 s
    assert found.contenders
    assert 20 <= trials.spent <= 45


@pytest.mark.parametrize(("runs", "kept"), [(100, 30), (300, 90), (500, 150), (3000, 150)])
def test_the_end_keeps_no_more_than_it_can_use(runs: int, kept: int) -> None:
    search = module.Search(ToySpace(), [DELAY], ToyTrials(), Budget(runs), 1, range(1, 99), lambda step: None)
    assert search._before_the_end() == runs - kept
    alike = race(module.RACERS, range(module.RACE_SEEDS), kept, lambda asked: [float(seed) for _, seed in asked])
    assert sum(map(len, alike.values)) > kept - 2 * SEEDS_A_ROUND

"""The page of the optimiser's benchmark: ratios, intervals and targets of answers made by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.optimise_answers import Answer, curve
from benchmarks.optimise_model import Cost, Ranking, agreement
from benchmarks.optimise_tables import difference, geometric_mean, least_after, page, ratio

EVEN_S = {101: 10.0, 102: 12.0, 103: 14.0}


def answer(method: str, factor: float, budget: int = 100, seed: int = 1, network: str = "grid") -> Answer:
    held_out = {held: factor * delay_s for held, delay_s in EVEN_S.items()}
    return Answer(network, method, budget, seed, budget, [(1, 20.0), (8, 15.0), (60, 11.0)], held_out)


def test_the_ratio_is_of_medians_over_the_searches() -> None:
    ours = [answer("ours", factor, seed=seed) for seed, factor in enumerate((0.5, 0.8, 3.0))]
    assert ratio(ours, [answer("tpe", 1.0)]) == pytest.approx(0.8)
    assert geometric_mean([0.5, 2.0]) == pytest.approx(1.0)


def test_the_difference_is_paired_over_the_held_out_seeds_that_both_have() -> None:
    ours, other = answer("ours", 1.0), answer("tpe", 1.0)
    seen = replace(other, held_out={101: 11.0, 102: 14.0, 109: 0.0})
    mean_s, low_s, high_s = difference([ours], [seen])
    assert mean_s == pytest.approx(-1.5)
    assert low_s < -1.5 < high_s


def test_a_failed_run_has_no_interval() -> None:
    ours, other = answer("ours", 1.0), answer("tpe", 1.0)
    failed = replace(other, held_out=other.held_out | {102: math.inf})
    assert difference([ours], [failed]) == (-math.inf, -math.inf, math.inf)


def test_the_curve_takes_off_what_a_seed_adds_and_leaves_seeds_the_shipped_plan_did_not_meet() -> None:
    runs = [("shipped", 1, 10.0), ("shipped", 2, 14.0), ("a", 1, 9.0), ("b", 2, 12.0), ("c", 7, 1.0)]
    assert curve(runs) == [(1, 12.0), (3, 11.0), (4, 10.0)]
    assert least_after(answer("tpe", 1.0), 30.0) == 15.0


def test_of_the_best_ten_by_the_model_the_best_in_sumo_counts() -> None:
    simulated = np.arange(30.0) + 50.0
    assert agreement(simulated, simulated) == pytest.approx((1.0, 1.0))
    assert agreement(np.roll(simulated, 1), simulated)[1] == pytest.approx(51.0 / 50.0)
    assert agreement(-simulated, simulated)[1] == pytest.approx(70.0 / 50.0)


def test_the_page_has_a_row_a_method_and_says_what_is_met() -> None:
    answers = [answer("fixed", 1.0, 0, 0), answer("webster", 0.9, 0, 0), answer("tpe", 0.9), answer("ours", 0.6)]
    answers += [answer("ours", 0.5, 300), answer("tpe", 0.7, 300), answer("ours", 0.45, 3000)]
    text = page(
        answers, [Cost("few", 8, 100.0, 9e5), Cost("many", 80, 1500.0, 9e6)], [Ranking("few", 0.8, 20, 5, 0.7, 1.01)]
    )
    assert "| grid | fixed 12.0, webster 10.8 | 6.0 | 1 | 3 | 0.56 | -4.8 [-6.8, -2.8] | 5.4 (3000 runs) |" in text
    assert "| TPE (optuna) | 1 | 10.8 | 10.8 to 10.8 | -3.6 [-5.1, -2.1] | 0.67 |" in text
    assert "| ours / TPE (optuna), geometric mean over 1 networks | 0.667 | at most 0.9 | met |" in text
    assert (
        "ours with 100 runs / TPE (optuna) with 300, geometric mean over 1 networks | 0.857 | at most 1 | met |" in text
    )
    assert "| few, 8 signals, one evaluation of 64 together: instructions | 0.90 M | at most 1 M | met |" in text
    assert "| CPU time by signal, 80 over 8 signals | 1.50 |" in text
    assert "| instructions by signal, 80 over 8 signals | 1.000 | at most 1.3 | met |" in text
    assert "Spearman | 0.70 | at least 0.8 | **missed** |" in text


def test_what_was_not_measured_has_no_row() -> None:
    text = page([answer("ours", 0.5)], [], [])
    assert "|" not in text

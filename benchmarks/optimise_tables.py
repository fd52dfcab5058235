"""The page of the optimiser's benchmark, from the answers there are."""

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchmarks.measure import Figure
from benchmarks.optimise_answers import METHODS, OURS, SHIPPED, Answer
from benchmarks.optimise_model import EVALUATED_TOGETHER, Cost, Ranking
from zhasyl.arrays import FloatArray
from zhasyl.optimise.statistics.intervals import CONFIDENCE, mean_interval

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7)
BEST_BUDGET, SHORT_BUDGET = 300, 100
BEST_LIMIT, PEER_LIMIT, SHORT_LIMIT = 0.88, 0.9, 1.0
GROWTH_LIMIT, MOST_INSTRUCTIONS = 1.3, 1e6
LEAST_SPEARMAN = {0.8: 0.8, 1.0: 0.6}
BEST_TEN_LIMIT = 1.03
NAMES = {
    OURS: "ours", "tpe": "TPE (optuna)", "cmaes": "CMA-ES with margin (optuna)", "random": "races of random plans",
    SHIPPED: "shipped",
}  # fmt: skip
Answers = Sequence[Answer]


def geometric_mean(values: Iterable[float]) -> float:
    """Of values above 0."""
    return math.exp(statistics.fmean(map(math.log, values)))


def of(answers: Answers, network: str, method: str, budget: int = 0) -> list[Answer]:
    """The searches of a method, by search seed."""
    chosen = [one for one in answers if (one.network, one.method, one.budget) == (network, method, budget)]
    return sorted(chosen, key=lambda one: one.seed)


def common_seeds(answers: Answers) -> list[int]:
    """Held-out seeds that all have."""
    return sorted(set.intersection(*(set(one.held_out) for one in answers))) if answers else []


def delays(answers: Answers, seeds: Sequence[int]) -> list[float]:
    """Mean over the held-out seeds, by search."""
    return [statistics.fmean(one.held_out[seed] for seed in seeds) for one in answers]


def ratio(some: Answers, others: Answers) -> float:
    """The median over the searches of some over that of others."""
    seeds = common_seeds([*some, *others])
    return statistics.median(delays(some, seeds)) / statistics.median(delays(others, seeds))


def difference(some: Answers, others: Answers) -> tuple[float, float, float]:
    """Some less others: mean and interval over held-out seeds, each the mean over the searches."""
    seeds = common_seeds([*some, *others])

    def by_seed(answers: Answers) -> FloatArray:
        return np.array([statistics.fmean(one.held_out[seed] for one in answers) for seed in seeds])

    return paired(by_seed(some) - by_seed(others))


def paired(apart: FloatArray) -> tuple[float, float, float]:
    """Mean and interval of differences by seed; endless where one is, or of one seed."""
    if len(apart) < 2 or not np.isfinite(apart).all():
        return float(apart.mean()), -math.inf, math.inf
    told = mean_interval(apart.tolist(), CONFIDENCE)
    return float(apart.mean()), told.low, told.high


def page(answers: Answers, costs: Sequence[Cost], rankings: Sequence[Ranking], further: Iterable[str] = ()) -> str:
    """All of it as Markdown, with the lines of further sections."""
    lines = [
        "# The optimiser", "",
        "`make bench-optimise`; delay in s per planned trip, fixed-time plans only. A search's answer is what its own "
        "last step puts first, simulated with held-out seeds that no search saw. Intervals: 95 %, of the paired "
        "difference over held-out seeds (of each the mean over the search seeds). Geometric means are of the medians "
        "over the search seeds. sumo-tools: tlsCycleAdaptation and tlsCoordinator. What has no row was not measured.",
    ]  # fmt: skip
    lines += _best(answers)
    for budget in sorted({one.budget for one in answers if one.method in METHODS and one.method != OURS}):
        lines += _peers(answers, budget)
    lines += _short(answers)
    lines += [*_model(costs, rankings), *further]
    return "\n".join(lines) + "\n"


def _networks(answers: Answers) -> list[str]:
    return list(dict.fromkeys(one.network for one in answers))


def table(*heads: str) -> list[str]:
    """An empty line and the head of a table."""
    return ["", f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]


def figures(told: Iterable[Figure]) -> list[str]:
    """Figures beside their targets, if there are any."""
    rows = [one.row() for one in told]
    return [*table("figure", "measured", "target", ""), *rows] if rows else []


def _best(answers: Answers) -> list[str]:
    """Ours against the best of what there is without a search; the longest search as the floor."""
    lines, ratios, sure = list[str](), list[float](), 0
    for network in _networks(answers):
        ours = of(answers, network, OURS, BEST_BUDGET)
        plans = [one for one in answers if one.network == network and not one.budget]
        seeds = common_seeds([*ours, *plans])
        if not ours or not plans or not seeds:
            continue
        best = min(plans, key=lambda one: delays([one], seeds)[0])
        mean_s, low_s, high_s = difference(ours, [best])
        ratios.append(ratio(ours, [best]))
        sure += high_s < 0
        longest = max(one.budget for one in answers if one.network == network)
        floor = of(answers, network, OURS, longest) if longest > BEST_BUDGET else []
        said = f"{statistics.median(delays(floor, common_seeds(floor))):.1f} ({longest} runs)" if floor else ""
        lines.append(
            f"| {network} | {', '.join(f'{one.method} {delays([one], seeds)[0]:.1f}' for one in plans)} "
            f"| {statistics.median(delays(ours, seeds)):.1f} | {len(ours)} | {len(seeds)} | {ratios[-1]:.2f} "
            f"| {interval(mean_s, low_s, high_s)} | {said} |"
        )
    if not lines:
        return []
    head = table("network", "without a search", "ours", "search seeds", "held-out seeds", "ours / best of these",
                  "ours − it, s", "floor")  # fmt: skip
    told = [
        Figure("networks wholly below", f"{sure} of {len(lines)}", "all", sure == len(lines)),
        at_most(f"geometric mean over {len(lines)} networks", geometric_mean(ratios), BEST_LIMIT),
    ]
    return ["", f"## Against plans without a search, {BEST_BUDGET} runs", *head, *lines, *figures(told)]


def at_most(what: str, value: float, limit: float) -> Figure:
    """A ratio that must not exceed a limit."""
    return Figure(what, f"{value:.3f}", f"at most {limit:g}", value <= limit)


def interval(mean: float, low: float, high: float) -> str:
    """As text; the mean alone where it has no interval."""
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]" if math.isfinite(low) else f"{mean:+.1f}"


def _peers(answers: Answers, budget: int) -> list[str]:
    lines = ["", f"## Against other searches, {budget} runs each"]
    ratios: dict[str, list[float]] = {}
    for network in _networks(answers):
        searches = {method: of(answers, network, method, budget) for method in METHODS}
        there = {method: found for method, found in searches.items() if found}
        if not there:
            continue
        shipped = of(answers, network, SHIPPED)
        lines += _peers_table(network, there, shipped)
        lines += ["", "The least delay of one run so far, s (median over the search seeds; what a seed adds to the "
                  "shipped plan taken off), after a share of the runs:", *_curves(there, budget)]  # fmt: skip
        for method, found in there.items():
            both = _same_seeds(there.get(OURS, []), found)
            if method != OURS and both:
                ratios.setdefault(method, []).append(ratio(*both))
    return lines + figures(
        at_most(f"ours / {NAMES[method]}, geometric mean over {len(found)} networks", geometric_mean(found), PEER_LIMIT)
        for method, found in ratios.items()
    )


def _same_seeds(some: Answers, others: Answers) -> tuple[list[Answer], list[Answer]] | None:
    """Of both the searches with seeds that both have."""
    seeds = {one.seed for one in some} & {one.seed for one in others}
    return ([o for o in some if o.seed in seeds], [o for o in others if o.seed in seeds]) if seeds else None


def _peers_table(network: str, searches: dict[str, list[Answer]], shipped: Answers) -> Iterator[str]:
    everything = [one for found in [*searches.values(), shipped] for one in found]
    seeds = common_seeds(everything)
    yield from ["", f"### {network}, {len(seeds)} held-out seeds"]
    yield from table("method", "search seeds", "median, s", "lowest to highest", "ours − it, s", "ours / it")
    for method, found in [*searches.items(), (SHIPPED, shipped)]:
        if not found:
            continue
        own = delays(found, seeds)
        both = _same_seeds(searches.get(OURS, []), found)
        if method == SHIPPED and OURS in searches:
            both = (searches[OURS], [*found])
        told = f"{interval(*difference(*both))} | {ratio(*both):.2f}" if both and method != OURS else " | "
        count = "" if method == SHIPPED else str(len(found))
        yield (
            f"| {NAMES[method]} | {count} | {statistics.median(own):.1f} | {min(own):.1f} to {max(own):.1f} | {told} |"
        )


def _curves(searches: dict[str, list[Answer]], budget: int) -> list[str]:
    lines = table("method", *(f"{share:.0%}" for share in SHARES))
    for method, found in searches.items():
        shown = [statistics.median(least_after(one, share * budget) for one in found) for share in SHARES]
        lines.append(f"| {NAMES[method]} | {' | '.join(f'{one:.1f}' for one in shown)} |")
    return lines


def least_after(answer: Answer, runs: float) -> float:
    """The least delay of a run so far."""
    return min(delay_s for number, delay_s in answer.curve if number <= max(runs, 1))


def _short(answers: Answers) -> list[str]:
    """Ours with few runs against TPE with many."""
    ratios = []
    for network in _networks(answers):
        both = _same_seeds(of(answers, network, OURS, SHORT_BUDGET), of(answers, network, "tpe", BEST_BUDGET))
        if both:
            ratios.append(ratio(*both))
    if not ratios:
        return []
    what = (
        f"ours with {SHORT_BUDGET} runs / {NAMES['tpe']} with {BEST_BUDGET}, geometric mean over {len(ratios)} networks"
    )
    return figures([at_most(what, geometric_mean(ratios), SHORT_LIMIT)])


def _costs(costs: Sequence[Cost]) -> Iterator[Figure]:
    """Of one evaluation, and what it grows by from the fewest signals; by instructions where they are counted."""
    for one in costs:
        on = f"{one.network}, {one.signals} signals, one evaluation of {EVALUATED_TOGETHER} together"
        yield Figure(f"{on}: CPU time", f"{one.cpu_us:.0f} µs")
        if one.instructions:
            told, first = f"{one.instructions / 1e6:.2f} M", one is costs[0]
            target, met = (f"at most {MOST_INSTRUCTIONS / 1e6:g} M", one.instructions <= MOST_INSTRUCTIONS)
            yield Figure(f"{on}: instructions", told, target, met) if first else Figure(f"{on}: instructions", told)
    for one in costs[1:]:
        by = f"by signal, {one.signals} over {costs[0].signals} signals"
        yield Figure(f"CPU time {by}", f"{one.cpu_us / costs[0].cpu_us / one.signals * costs[0].signals:.2f}")
        if one.instructions and costs[0].instructions:
            growth = one.instructions / costs[0].instructions / one.signals * costs[0].signals
            yield at_most(f"instructions {by}", growth, GROWTH_LIMIT)


def _model(costs: Sequence[Cost], rankings: Sequence[Ranking]) -> list[str]:
    shown = list(_costs(costs))
    for told in rankings:
        on = f"{told.network}, demand {told.demand:g}, {told.plans} random plans, {told.seeds} seeds"
        least = LEAST_SPEARMAN.get(told.demand)
        target = f"at least {least:g}" if least else ""
        met = told.spearman >= least if least else None
        shown.append(Figure(f"{on}: Spearman", f"{told.spearman:.2f}", target, met))
        shown.append(at_most(f"{on}: best of the model's best ten / best of all", told.best_ratio, BEST_TEN_LIMIT))
    return ["", "## The fast model", *figures(shown)] if shown else []

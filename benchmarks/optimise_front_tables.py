"""The section of the optimiser's page about fronts, from the answers there are."""

import math
import statistics
from collections.abc import Iterator, Sequence

import moocore
import numpy as np

from benchmarks.measure import Figure
from benchmarks.optimise_answers import OURS
from benchmarks.optimise_front import NSGA2, FrontAnswer, Values
from benchmarks.optimise_tables import figures, paired, table
from zhasyl.arrays import FloatArray
from zhasyl.optimise.objective import parse_front

REFERENCE = 1.1  # times the shipped plan
LEAST_PLANS, LEAST_VOLUME = 10, 1.05
NAMES = {OURS: "ours", NSGA2: "NSGA-II (optuna)"}
Front = Sequence[FrontAnswer]


def means(values: Values, seeds: Sequence[int]) -> FloatArray:
    """Of the objectives [o]."""
    mean: FloatArray = np.mean([values[seed] for seed in seeds], axis=0)
    return mean


def common(answers: Front) -> list[int]:
    """Held-out seeds that all have."""
    return sorted(set.intersection(*(set(one.shipped) for one in answers)))


def volume(answer: FrontAnswer, seeds: Sequence[int]) -> float:
    """What the plans dominate up to the reference; objectives in units of the shipped plan's."""
    shipped = means(answer.shipped, seeds)
    told = np.array([means(one, seeds) for one in answer.held_out]) / shipped
    return float(moocore.hypervolume(told, ref=np.full(len(shipped), REFERENCE)))


def sure(some: Values, others: Values, seeds: Sequence[int]) -> FloatArray:
    """By objective [o]: -1 where some are below others by the whole interval, 1 where above, else 0."""
    apart = np.array([some[seed] for seed in seeds]) - np.array([others[seed] for seed in seeds])
    return np.array([float(low > 0) - float(high < 0) for _, low, high in map(paired, apart.T)])


def undominated(answer: FrontAnswer, seeds: Sequence[int]) -> list[int]:
    """Plans that neither another one nor the shipped one dominates beyond noise.

    That is: as good in the mean in all objectives, surely better in one.
    """
    rivals = [*answer.held_out, answer.shipped]
    told = [means(one, seeds) for one in rivals]
    return [
        place
        for place, own in enumerate(answer.held_out)
        if not any(
            (told[other] <= told[place]).all() and (sure(values, own, seeds) < 0).any()
            for other, values in enumerate(rivals)
        )
    ]


def choices(answer: FrontAnswer, seeds: Sequence[int]) -> list[int]:
    """The most of these that differ beyond noise: each is surely better in one objective than the next, by the first
    objective, and surely worse in another one."""
    places = sorted(undominated(answer, seeds), key=lambda place: float(means(answer.held_out[place], seeds)[0]))
    longest: list[list[int]] = []
    for number, place in enumerate(places):
        before = [
            longest[first]
            for first in range(number)
            if {-1.0, 1.0} <= set(sure(answer.held_out[places[first]], answer.held_out[place], seeds))
        ]
        longest.append([*max(before, key=len, default=[]), place])
    return max(longest, key=len, default=[])


def fronts(answers: Front) -> list[str]:
    """A section a network and pair of objectives."""
    lines: list[str] = []
    for network, objectives, budget in dict.fromkeys((one.network, one.objectives, one.budget) for one in answers):
        there = [one for one in answers if (one.network, one.objectives, one.budget) == (network, objectives, budget)]
        lines += _front(there, f"### {network}, {objectives}, {budget} runs")
    told = (
        "Each plan of a front was simulated with held-out seeds that no search saw; values are means over them. "
        f"Volume: of what the plans dominate up to the shipped plan × {REFERENCE:g}, in units of the shipped plan "
        "(moocore). Not dominated: no other plan, the shipped one included, is as good in the mean in all objectives "
        "and better in one beyond noise (95 % interval of the paired difference). Choices: the most of these of which "
        "each is better than the next in one objective and worse in another, both beyond noise."
    )
    return ["", "## Fronts", "", told, *lines] if lines else []


def _front(answers: Front, title: str) -> Iterator[str]:
    seeds = common(answers)
    yield from ["", f"{title}, {len(seeds)} held-out seeds"]
    yield from table("method", "search seed", "plans", "not dominated", "choices", "volume")
    for one in answers:
        counts = f"{len(one.plans)} | {len(undominated(one, seeds))} | {len(choices(one, seeds))}"
        yield f"| {NAMES[one.method]} | {one.seed} | {counts} | {volume(one, seeds):.4f} |"
    ours, other = ([one for one in answers if one.method == method] for method in (OURS, NSGA2))
    yield from figures(_figures(ours, other, seeds))
    keys = [one.key for one in parse_front(answers[0].objectives)]
    yield from table("plan", *keys)
    yield _row("shipped", means(answers[0].shipped, seeds))
    for one in (*ours[:1], *other[:1]):
        told = sorted((means(values, seeds) for values in one.held_out), key=lambda row: float(row[0]))
        yield from (_row(NAMES[one.method], row) for row in told)


def _figures(ours: Front, other: Front, seeds: Sequence[int]) -> Iterator[Figure]:
    if ours:
        count = statistics.median(len(undominated(one, seeds)) for one in ours)
        yield Figure("plans not dominated", f"{count:g}", f"at least {LEAST_PLANS}", count >= LEAST_PLANS)
    both = {one.seed for one in ours} & {one.seed for one in other}
    if both:
        own, theirs = (
            statistics.median(volume(one, seeds) for one in some if one.seed in both) for some in (ours, other)
        )
        ratio = own / theirs if theirs else math.inf if own else math.nan
        yield Figure(
            f"volume, ours / {NAMES[NSGA2]}", f"{ratio:.3f}", f"at least {LEAST_VOLUME:g}", ratio >= LEAST_VOLUME
        )


def _row(name: str, values: FloatArray) -> str:
    return f"| {name} | {' | '.join(f'{one:.2f}' for one in values)} |"

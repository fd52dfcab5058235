"""Which movements a controller serves clearly worse, or better, than the baseline does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhasyl.optimise.statistics.comparison import Comparison
from zhasyl.optimise.statistics.intervals import CONFIDENCE, student_t
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.languages.places import place as place_name
from zhasyl.reports.movements.rows import Movement, Place
from zhasyl.reports.records import signed, written
from zhasyl.text.language import _, ngettext

CLEARLY_S = 1.0  # of mean control delay: a passage is timed to SUMO's step, a second in most scenarios


@dataclass(frozen=True)
class Change:
    """How a movement's control delay differs from the baseline's: the mean over pairs of seeds, and its interval."""

    movement: Movement
    before: Movement
    mean_s: float
    low_s: float
    high_s: float

    @property
    def worse(self) -> bool:
        """Is the whole interval worse, and the mean by a second or more?"""
        return self.low_s > 0 and self.mean_s >= CLEARLY_S

    @property
    def better(self) -> bool:
        """Is the whole interval better, and the mean by a second or more?"""
        return self.high_s < 0 and self.mean_s <= -CLEARLY_S


def changes(found: Iterable[Movement], baseline: str) -> dict[tuple[str, Place], Change]:
    """By controller and place, of the movements that five seeds or more have in common with the baseline.

    Intervals hold together for all movements of a controller (Bonferroni): the worst of many is not worst by chance.
    """
    by_label: dict[str, dict[Place, Movement]] = {}
    for one in found:
        by_label.setdefault(one.label, {})[one.place] = one
    before = by_label.pop(baseline, {})
    return {
        (label, change.movement.place): change for label, own in by_label.items() for change in _changes(own, before)
    }


def _changes(own: Mapping[Place, Movement], before: Mapping[Place, Movement]) -> list[Change]:
    pairs = []
    for place in own.keys() & before.keys():
        one, other = own[place].delays_s, before[place].delays_s
        differences = [one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())]
        if len(differences) >= LEAST_SEEDS:
            pairs.append((own[place], before[place], differences))
    confidence = 1 - (1 - CONFIDENCE) / max(len(pairs), 1)
    found = []
    for movement, base, differences in pairs:
        interval = student_t(differences, confidence)
        found.append(Change(movement, base, sum(differences) / len(differences), interval.low, interval.high))
    return found


def losers(comparisons: Sequence[Comparison], found: Sequence[Movement]) -> list[str]:
    """A sentence for each controller that is better in mean delay while a movement gets clearly worse."""
    lines = []
    for one in comparisons:
        if one.measure == "delay_s" and one.verdict == "better" and one.method != "welch":  # pairs alone
            pair = [movement for movement in found if movement.label in (one.controller, one.baseline)]
            judged = changes(pair, one.baseline)
            worse = sorted((c for c in judged.values() if c.worse), key=lambda c: (-c.mean_s, c.movement.place))
            if worse:
                lines.append(_sentence(one.controller, worse, len(judged)))
    return lines


def _sentence(controller: str, worse: Sequence[Change], judged: int) -> str:
    change, more = worse[0], len(worse) - 1
    before, after = change.before, change.movement
    found = _(
        "Worse off with {controller}: {approach}, {turn}, at signal {signal}: control delay {before} to {after} s/veh "
        "({change} s, {low} to {high}, an interval that holds 95 % for all {judged} movements together), LOS "
        "{los_before} to {los_after}, {volume} veh/h.",
        controller=controller,
        approach=place_name(after["name"]),
        turn=_turn(after),
        signal=after["signal"],
        before=written(before["control_delay_s"], 1),
        after=written(after["control_delay_s"], 1),
        change=signed(change.mean_s, 1),
        low=signed(change.low_s, 1),
        high=signed(change.high_s, 1),
        judged=judged,
        los_before=before["los"],
        los_after=after["los"],
        volume=written(after["volume_veh"] / after["hours"], 0),
    )
    if not more:
        return found
    others = ngettext(
        "One more of {judged} movements gets clearly worse.",
        "{n} more of {judged} movements get clearly worse.",
        more,
        judged=judged,
    )
    return f"{found} {others}"


def called(movement: Movement) -> str:
    """'Abay avenue, eastbound: left'; with the exit where the turn does not tell."""
    return f"{place_name(movement['name'])}: {_turn(movement)}"


def _turn(movement: Movement) -> str:
    return _(movement["turn"]) if movement["turn"] else str(movement["exit"])

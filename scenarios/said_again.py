"""What is still assumed of a scenario that was given plans or counts: a subject has one status."""

import re
from collections.abc import Iterable, Set
from dataclasses import replace

from zhasyl.scenarios.model import Assumption

DEMAND = frozenset({
    "volumes", "demand", "routes", "vehicle mix", "turning shares", "profile", "directions of the day", "pedestrians",
    "buses", "pedestrians and buses", "warm-up", "vehicle types", "speed of heavy vehicles",
})  # fmt: skip
PLANS = re.compile(r"(?:signal )?(?:plans?|programmes?|timings?|settings)(?: of (?P<signals>.+))?", re.IGNORECASE)
THE_OTHERS = re.compile(r"the other \d+ signals")
MOST_NAMED = 20


def without_demand(assumptions: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """What is still true when the demand is replaced."""
    return tuple(one for one in assumptions if one.subject.strip().casefold() not in DEMAND)


def with_plans(
    assumptions: Iterable[Assumption], given: Set[str], signals: Set[str], file_name: str
) -> tuple[Assumption, ...]:
    """The same with a statement of the given plans; what was said of plans before holds for the other signals only."""
    known = tuple(assumptions)
    named = {signal for one in known for signal in _named(one)}
    kept = tuple(left for one in known if (left := _left(one, given, signals, named)))
    many = len(given)
    said = f"{many} {'signal shows the plan' if many == 1 else 'signals show the plans'} of {file_name}"
    subject = "signal plans" if given >= signals else f"signal plans of {_names(given)}"
    why = "the user's own file; checked against the conflicts of the network"
    return (*kept, Assumption(subject, said, "given", why))


def _named(one: Assumption) -> set[str]:
    found = PLANS.fullmatch(one.subject.strip())
    words = found["signals"] if found else None
    return set(words.split(", ")) if words and not THE_OTHERS.fullmatch(words) else set()


def _left(one: Assumption, given: Set[str], signals: Set[str], named: Set[str]) -> Assumption | None:
    """What still holds of a statement, None for nothing."""
    if not PLANS.fullmatch(one.subject.strip()):
        return one
    rest = (_named(one) or signals - named) - given
    return replace(one, subject=f"signal plans of {_names(rest)}") if rest else None


def _names(signals: Set[str]) -> str:
    return ", ".join(sorted(signals)) if len(signals) <= MOST_NAMED else f"the other {len(signals)} signals"

"""Checks of walks: streets that are crossed in two parts."""

from collections.abc import Iterator
from math import ceil

from zhasyl.scenarios.check.finding import Finding
from zhasyl.scenarios.check.subject import Subject, link_name
from zhasyl.signals import Signal
from zhasyl.walks import crossing_s


def walk_in_parts(subject: Subject) -> Iterator[Finding]:
    """Crossings whose walk is over before who began with it at the part before is there."""
    least_s = subject.scenario.timing.walk_s
    for name, signal in sorted(subject.derived.signals.items()):
        pairs = [pair for pair in subject.demands[name].two_per_h if _together(signal, *pair)]
        late = {pair: reached_s for pair in pairs if (reached_s := crossing_s(subject.network, name, *pair)) > least_s}
        if late:
            per_h = sum(subject.demands[name].two_per_h[pair] for pair in late)
            first, second = (link_name(subject.network, name, link) for link in max(late, key=lambda pair: late[pair]))
            longest_s = max(late.values())
            what = (
                f"{per_h:.0f} persons an hour cross in two parts, such as {first} and {second}, and reach the second "
                f"up to {longest_s:.0f} s after the first: a walk of {least_s:g} s is over, and they wait for the next"
            )
            mend = (
                f"`walk_s` of {ceil(longest_s) + 1} s or more under [signals], `rolling-horizon:walk_reserve_s=4`, or "
                "a plan on the clock: its walks last as long as their clearance lets them"
            )
            yield Finding("note", "walk-in-parts", f"signal '{name}'", what, mend)


def _together(signal: Signal, first: int, second: int) -> bool:
    return any(stage.green(first) and stage.green(second) for stage in signal.stages)


CHECKS = (walk_in_parts,)

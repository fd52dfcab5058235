"""Checks of walks: crossings that are taken one after the other."""

from collections.abc import Iterator
from math import ceil

from zhasyl.scenarios.check.finding import Finding
from zhasyl.scenarios.check.subject import Subject, link_name
from zhasyl.signals import Signal

LONGEST_S = 30.0  # more is a way along a street, not across it


def walk_in_parts(subject: Subject) -> Iterator[Finding]:
    """Crossings whose walk is over before who began with it at the one before is there."""
    least_s = subject.scenario.timing.walk_s
    for name, signal in sorted(subject.derived.signals.items()):
        onwards = {pair: one for pair, one in subject.demands[name].onwards.items() if _together(signal, *pair)}
        late = {pair: one for pair, one in onwards.items() if least_s < one.between_s <= LONGEST_S}
        if late:
            per_h = sum(one.per_h for one in late.values())
            longest = max(late, key=lambda pair: late[pair].between_s)
            longest_s = late[longest].between_s
            first, second = (link_name(subject.network, name, link) for link in longest)
            what = (
                f"{per_h:.0f} times an hour somebody goes on from one crossing to another that walks with it, such as "
                f"from {first} to {second}, and is there up to {longest_s:.0f} s after beginning with the first: "
                f"a walk of {least_s:g} s is over, and the wait is for the next one"
            )
            mend = (
                f"`walk_s` of {ceil(longest_s) + 1} s or more under [signals], `rolling-horizon:walk_reserve_s=4`, or "
                "a plan on the clock: its walks last as long as their clearance lets them"
            )
            yield Finding("note", "walk-in-parts", f"signal '{name}'", what, mend)


def _together(signal: Signal, first: int, second: int) -> bool:
    return any(stage.green(first) and stage.green(second) for stage in signal.stages)


CHECKS = (walk_in_parts,)

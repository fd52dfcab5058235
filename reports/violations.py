"""What was read back from the states that signals showed: violations, whose they are, over how many signal-seconds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhasyl.files.clock import time_of_day
from zhasyl.optimise.statistics.comparison import Record, number
from zhasyl.reports.records import by_label, by_situation, done, names, seeds
from zhasyl.text.language import _, digits, ngettext

CHECKED_S = "signal_s_checked"


def is_checked(record: Record) -> bool:
    """False for a run stored before what its signals showed was read back."""
    return isinstance(record.get(CHECKED_S), int | float)


def own_violations(record: Record) -> int:
    """Those at signals that its controller played; the others are the shipped plan's own."""
    return _count(record, "violations") - _count(record, "plan_violations") if is_checked(record) else 0


def _count(record: Record, key: str) -> int:
    return int(number(record, key)) if record.get(key) else 0


def _counted(violations: int) -> str:
    return ngettext("{n} violation", "{n} violations", violations, n=digits(violations, ",d"))


def breaches(records: Sequence[Record]) -> list[str]:
    """A line for each controller that showed what is not safe."""
    found = []
    places = by_situation(records)
    for place, name in names(places).items():
        for label, runs in by_label(filter(own_violations, done(places[place]))).items():
            total = sum(map(own_violations, runs))
            found.append(
                _(
                    "{scenario}: {controller}: {violations} (seed {seeds}); {first}",
                    scenario=name,
                    controller=label,
                    violations=_counted(total),
                    seeds=seeds(runs),
                    first=first(runs[0]),
                )
            )
    return found


def safety_lines(records: Sequence[Record]) -> list[str]:
    """How many violations there are in a situation, whose they are where there are any, and what was not checked."""
    finished = done(records)
    runs = [run for run in finished if is_checked(run)]
    lines = [said(runs)] if runs else []
    for label, ones in by_label(run for run in runs if _count(run, "plan_violations")).items():
        total, least = sum(_count(run, "plan_violations") for run in ones), [r for r in ones if not own_violations(r)]
        own = _("{controller}: {violations}, the shipped plan's own", controller=label, violations=_counted(total))
        lines.append("; ".join([own, first(least[0])] if least else [own]))
    if left := len(finished) - len(runs):
        lines.append(
            ngettext(
                "{n} run not checked for violations: stored by an earlier version; zhasyl store verify --signals "
                "checks "
                "them",
                "{n} runs not checked for violations: stored by an earlier version; zhasyl store verify --signals "
                "checks "
                "them",
                left,
            )
        )
    return lines


def said(runs: Iterable[Record]) -> str:
    """'0 violations in 14,400 signal-seconds'."""
    known = list(runs)
    total, seconds = sum(_count(run, "violations") for run in known), sum(number(run, CHECKED_S) for run in known)
    return _("{violations} in {seconds} signal-seconds", violations=_counted(total), seconds=digits(seconds, ",.0f"))


def first(run: Record) -> str:
    """The first of a run's violations: where, when, what."""
    listed = run.get("first_violations")
    if not isinstance(listed, list | tuple) or not listed:
        return _("seed {seed}", seed=run["seed"])
    one: Mapping[str, Any] = listed[0]
    return _(
        "first: signal {signal}, {time}, seed {seed}, {kind}: {detail}",
        signal=one.get("signal"),
        time=time_of_day(number(one, "time_s")),
        seed=run["seed"],
        kind=one.get("kind"),
        detail=one.get("detail"),
    )

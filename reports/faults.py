"""Controllers that failed: what is said of them first, beside their rows, and why they did; signals without one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from zhasyl.files.clock import time_of_day
from zhasyl.optimise.faults import extent, failed_everywhere, faults, signals_controlled, signals_lost
from zhasyl.optimise.statistics.comparison import Comparison, Record, number, situation
from zhasyl.reports.long_ids import short_labels
from zhasyl.reports.records import by_label, by_situation, done, names, seeds
from zhasyl.text.language import _, ngettext

MOST_REASONS = 5  # said of a controller; all of them are in runs.csv
MOST_NAMED = 8  # signals that are not controlled, for the same reason


def alarms(records: Sequence[Record]) -> list[str]:
    """A line for each controller that failed at every signal of a run: that is no result of its own."""
    found = []
    places = by_situation(records)
    for place, name in names(places).items():
        for label, runs in by_label(filter(failed_everywhere, done(places[place]))).items():
            reason = " ".join(str(faults(runs[0])[0].get("reason", "")).split())
            found.append(
                _(
                    "{scenario}: {controller} {failed} ({seeds}): the fixed plan ran in its place, so there is no "
                    "verdict "
                    "on it. First failure {time}: {reason}",
                    scenario=name,
                    controller=label,
                    failed=_everywhere(runs),
                    seeds=seed_words(runs),
                    time=_first_time(runs),
                    reason=reason,
                )
            )
    return found


def marked(
    records: Sequence[Record], comparisons: Sequence[Comparison], short: bool = False
) -> tuple[list[Record], list[Comparison], dict[str, str]]:
    """The same with labels that say where a controller failed, and each such label's own name.

    `short` ones are as tables and figures show them (`short_labels`).
    """
    known = list(by_label(records))
    called = short_labels(known) if short else dict(zip(known, known, strict=True))
    marks = {
        (place, label): f"{called[label]} ({said})" if (said := _mark(done(runs))) else called[label]
        for place, group in by_situation(records).items()
        for label, runs in by_label(group).items()
    }
    shown: list[Record] = [{**record, "label": marks[situation(record), str(record["label"])]} for record in records]
    paired = [
        replace(
            one,
            controller=marks.get((one.situation, one.controller), one.controller),
            baseline=marks.get((one.situation, one.baseline), one.baseline),
        )
        for one in comparisons
    ]
    return shown, paired, {mark: label for (_, label), mark in marks.items()}


def reasons(records: Sequence[Record]) -> list[str]:
    """Why controllers failed, each reason once."""
    return [line for label, runs in by_label(done(records)).items() for line in _reasons(label, runs)]


def _reasons(label: str, runs: Sequence[Record]) -> Iterator[str]:
    label = label.removesuffix(f" ({_mark(runs)})")
    alike: dict[str, list[tuple[Record, Mapping[str, object]]]] = {}
    for run in runs:
        for fault in faults(run):
            alike.setdefault(" ".join(str(fault.get("reason", "")).split()), []).append((run, fault))
    for reason, ones in list(alike.items())[:MOST_REASONS]:
        run, first = ones[0]
        yield ngettext(
            "{controller}: failed {n} time, first at signal {signal}, seed {seed}, {time}; the fixed plan ran there "
            "from "
            "then on: {reason}",
            "{controller}: failed {n} times, first at signal {signal}, seed {seed}, {time}; the fixed plan ran there "
            "from "
            "then on: {reason}",
            len(ones),
            controller=label,
            signal=first.get("signal"),
            seed=run["seed"],
            time=time_of_day(number(first, "time_s")),
            reason=reason,
        )
    if len(alike) > MOST_REASONS:
        yield ngettext(
            "{controller}: failed for {n} more reason, in runs.csv",
            "{controller}: failed for {n} more reasons, in runs.csv",
            len(alike) - MOST_REASONS,
            controller=label,
        )


def seed_words(runs: Sequence[Record]) -> str:
    """'seed 3' or 'seeds 1–5'."""
    return _("seed {seeds}", seeds=seeds(runs)) if len(runs) == 1 else _("seeds {seeds}", seeds=seeds(runs))


def _mark(runs: Sequence[Record]) -> str:
    """'failed at 1 of 4 signals from 08:02:10 on in 2 of 5 runs'; nothing without a fault."""
    faulty = [run for run in runs if extent(run)]
    if not faulty:
        return ""
    failed = _everywhere(faulty) if all(map(failed_everywhere, faulty)) else _somewhere(faulty)
    if len(faulty) == len(runs):
        return failed
    return ngettext(
        "{failed} in {faulty} of {n} run",
        "{failed} in {faulty} of {n} runs",
        len(runs),
        failed=failed,
        faulty=len(faulty),
    )


def _somewhere(runs: Sequence[Record]) -> str:
    lost = sorted({signals_lost(run) for run in runs})
    many = f"{lost[0]}" if len(lost) == 1 else f"{lost[0]}–{lost[-1]}"
    known, time = signals_controlled(runs[0]), _first_time(runs)
    if known is None:
        return ngettext(
            "failed at {n} signal from {time} on", "failed at {n} signals from {time} on", lost[-1], n=many, time=time
        )
    return ngettext(
        "failed at {many} of {n} signal from {time} on",
        "failed at {many} of {n} signals from {time} on",
        known,
        many=many,
        time=time,
    )


def _everywhere(runs: Sequence[Record]) -> str:
    known, time = signals_controlled(runs[0]), _first_time(runs)
    if known == 1:
        return _("failed at its signal from {time} on", time=time)
    return _("failed at all {known} signals from {time} on", known=known, time=time)


def _first_time(runs: Iterable[Record]) -> str:
    return time_of_day(min(number(fault, "time_s") for run in runs for fault in faults(run)))


def kept_plans(records: Sequence[Record]) -> list[str]:
    """Signals that no controller plays, by reason."""
    kept: dict[str, dict[str, None]] = {}
    for record in records:
        if isinstance(record.get("uncontrolled"), Mapping):
            for signal, reason in cast(Mapping[str, str], record["uncontrolled"]).items():
                kept.setdefault(reason, {})[signal] = None
    return [_uncontrolled(list(signals), reason) for reason, signals in kept.items()]


def _uncontrolled(signals: Sequence[str], reason: str) -> str:
    if len(signals) == 1:
        return _("Signal {signal} is not controlled and keeps its plan: {reason}", signal=signals[0], reason=reason)
    named, more = ", ".join(signals[:MOST_NAMED]), len(signals) - MOST_NAMED
    if more <= 0:
        return _("Signals {signals} are not controlled and keep their plans: {reason}", signals=named, reason=reason)
    return ngettext(
        "Signals {signals} and {n} more are not controlled and keep their plans: {reason}",
        "Signals {signals} and {n} more are not controlled and keep their plans: {reason}",
        more,
        signals=named,
        reason=reason,
    )

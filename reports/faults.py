"""Controllers that failed: what is said of them first, beside their rows, and why they did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from zhasyl.files.clock import time_of_day
from zhasyl.optimise.comparison import Comparison, Record, number, situation
from zhasyl.optimise.faults import extent, failed_everywhere, faults, signals_controlled, signals_lost
from zhasyl.reports.records import by_label, by_situation, done, names, seeds
from zhasyl.text.words import plural

MOST_REASONS = 5  # said of a controller; all of them are in runs.csv


def alarms(records: Sequence[Record]) -> list[str]:
    """A line for each controller that failed at every signal of a run: that is no result of its own."""
    found = []
    places = by_situation(records)
    for place, name in names(places).items():
        for label, runs in by_label(filter(failed_everywhere, done(places[place]))).items():
            reason = " ".join(str(faults(runs[0])[0].get("reason", "")).split())
            found.append(
                f"{name}: {label} {_everywhere(runs)} ({seed_words(runs)}): the fixed plan ran in its place, so "
                f"there is no verdict on it. First failure {_from(runs).removeprefix('from ')}: {reason}"
            )
    return found


def marked(
    records: Sequence[Record], comparisons: Sequence[Comparison]
) -> tuple[list[Record], list[Comparison], dict[str, str]]:
    """The same with labels that say where a controller failed, and each such label's own name."""
    marks = {
        (place, label): f"{label} ({said})" if (said := _mark(done(runs))) else label
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
        yield (
            f"{label}: failed {plural(len(ones), 'time')}, first at signal {first.get('signal')}, seed {run['seed']}, "
            f"{time_of_day(number(first, 'time_s'))}; the fixed plan ran there from then on: {reason}"
        )
    if len(alike) > MOST_REASONS:
        yield f"{label}: failed for {plural(len(alike) - MOST_REASONS, 'more reason')}, in runs.csv"


def seed_words(runs: Sequence[Record]) -> str:
    """'seed 3' or 'seeds 1–5'."""
    return f"{'seed' if len(runs) == 1 else 'seeds'} {seeds(runs)}"


def _mark(runs: Sequence[Record]) -> str:
    """'failed at 1 of 4 signals from 08:02:10 on in 2 of 5 runs'; nothing without a fault."""
    faulty = [run for run in runs if extent(run)]
    if not faulty:
        return ""
    total = "" if len(faulty) == len(runs) else f" in {len(faulty)} of {plural(len(runs), 'run')}"
    if all(map(failed_everywhere, faulty)):
        return f"{_everywhere(faulty)}{total}"
    lost = sorted({signals_lost(run) for run in faulty})
    many = f"{lost[0]}" if len(lost) == 1 else f"{lost[0]}–{lost[-1]}"
    known = signals_controlled(faulty[0])
    where = plural(lost[-1], "signal", many) if known is None else f"{many} of {plural(known, 'signal')}"
    return f"failed at {where} {_from(faulty)} on{total}"


def _everywhere(runs: Sequence[Record]) -> str:
    known = signals_controlled(runs[0])
    return f"failed at {'its signal' if known == 1 else f'all {known} signals'} {_from(runs)} on"


def _from(runs: Iterable[Record]) -> str:
    return f"from {time_of_day(min(number(fault, 'time_s') for run in runs for fault in faults(run)))}"

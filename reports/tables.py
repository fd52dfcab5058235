"""Tables of run records and comparisons: printed for people, and CSV files of everything."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from io import StringIO
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from zhasyl.files.csv_cells import CsvWriter
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.statistics.comparison import Comparison, Record, Why, is_done
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.faults import alarms, marked, reasons
from zhasyl.reports.records import NOTHING, by_situation, measured_change, names
from zhasyl.reports.screen_table import ScreenTable
from zhasyl.reports.study.summary import study_of
from zhasyl.reports.summary import BLOCKS, LEGEND, Column, Row, runs_line, summary_rows
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.store import write_text
from zhasyl.text.language import N_, _, digits, ngettext

FAULTS = "faults"
EXPLAINED = {
    "controller failed": N_(
        "No verdict (it failed): a run has a controller that failed at every signal: the fixed plan."
    ),
    FAULTS: N_("(faults): at some signals a controller failed and the fixed plan ran; the verdict is of both."),
    "fewer than 5 seeds": N_("No verdict: fewer than {least} seeds."),
    "no value in a run": N_(
        "No verdict (no value): a run has no value of the measure, such as a mean delay of no trips, or was stored "
        "before it was measured."
    ),
    "below resolution": N_("No verdict (too small): surely not zero, but less than half the measure's last decimal."),
    "cut off": N_(
        "No verdict (cut off): the queue that seems shorter reaches the end of the road, beyond which it is not "
        "followed."
    ),
}
VERDICT_STYLES = {"better": "green", "worse": "red", "same": "", "cannot tell": "dim"}
NESTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
REPEAT = N_("to repeat it: ")
VERDICT = N_("Verdict")
VERDICTS = {"better": N_("better"), "worse": N_("worse"), "same": N_("same")}
REASONS: Mapping[Why, str] = {
    "controller failed": N_("none: it failed"),
    "no value in a run": N_("none: no value"),
    "below resolution": N_("none: too small"),
    "cut off": N_("none: cut off"),
    "interval too wide": N_("cannot tell yet"),
}


def print_comparison(console: Console, records: Sequence[Record], comparisons: Sequence[Comparison]) -> None:
    """Print the means per situation and the paired differences; fits a console of 80 columns.

    Of a sweep's settings those that the page shows in detail, too.
    """
    for line in (*breaches(records), *alarms(records)):
        console.print(Text(line, style="bold red"), soft_wrap=True)
    study = study_of(records, comparisons)
    records, comparisons = study.records_shown(records), study.comparisons_shown(comparisons)
    records, comparisons, _own = marked(records, comparisons, short=True)
    places = by_situation(records)
    titles = names(places)
    for place, group in places.items():
        console.print(Text(f"\n{titles[place]}", style="bold"))
        _print_means(console, group)
        mine = [one for one in comparisons if one.situation == place]
        for _controller, paired in groupby(mine, key=lambda one: one.controller):
            console.print(_differences(list(paired)))
        for line in method_notes(mine):
            console.print(Text(line, style="dim"))


def _print_means(console: Console, records: Sequence[Record]) -> None:
    summary = summary_rows(records)
    for block in BLOCKS:
        console.print(_means(summary, block.columns))
    console.print(Text(LEGEND, style="dim"))
    console.print(Text(runs_line(summary)))
    for line in safety_lines(records):
        console.print(Text(line))
    for line in (line for note in notes(records) for line in note.splitlines()):
        console.print(Text(line, style="yellow"), soft_wrap=line.startswith(REPEAT))  # a command stays one line


def notes(records: Sequence[Record]) -> list[str]:
    """What a reader of the means has to know: failed runs, which are left out of them, and why controllers failed.

    A note has one line, or two with the command that repeats a run in the second.
    """
    return [*(_note(run) for run in records if not is_done(run)), *reasons(records)]


def _note(run: Record) -> str:
    attempts = run.get("attempts")
    values = {"label": run["label"], "seed": run["seed"], "why": run.get("reason") or _("no reason")}
    if isinstance(attempts, int) and attempts > 1:
        text = ngettext(
            "{label}, seed {seed}: failed after {n} attempt, left out of the means: {why}",
            "{label}, seed {seed}: failed after {n} attempts, left out of the means: {why}",
            attempts,
            **values,
        )
    else:
        text = _("{label}, seed {seed}: failed, left out of the means: {why}", **values)
    return f"{text}\n{_(REPEAT)}{run['command']}" if run.get("command") else text


def _means(summary: Iterable[Row], columns: Sequence[Column]) -> ScreenTable:
    headings = ["Controller", *(f"{column.title}\n{column.unit}" for column in columns)]
    rows = [[row["controller"], *(column.cell(row) for column in columns)] for row in summary]
    return ScreenTable(headings, rows)


def _differences(comparisons: Sequence[Comparison]) -> ScreenTable:
    headings = difference_headings(comparisons[0])
    rows: list[list[Text | str]] = [[*difference_cells(one)] for one in comparisons]
    verdict = headings.index(_(VERDICT))
    for row, one in zip(rows, comparisons, strict=True):
        row[verdict] = Text(verdict_text(one), style=VERDICT_STYLES[one.verdict])
    return ScreenTable(headings, rows, difference_title(comparisons[0]), left=(_(VERDICT),))


def difference_headings(comparison: Comparison) -> list[str]:
    """The headings over `difference_cells`."""
    return [_("Measure"), _("Difference"), interval_title(comparison), _(VERDICT), _("p (Holm)")]


def difference_cells(comparison: Comparison) -> list[str]:
    """A row of a table of differences, in the order in which page and terminal show it."""
    one = comparison
    return [measure_title(one), difference(one), interval(one), verdict_text(one), p_text(one)]


def difference_title(comparison: Comparison) -> str:
    """Who against whom, over how many seeds."""
    return ngettext(
        "{controller} against {baseline}, {n} seed",
        "{controller} against {baseline}, {n} seeds",
        comparison.n,
        controller=comparison.controller,
        baseline=comparison.baseline,
    )


def interval_title(comparison: Comparison) -> str:
    """'95 % interval', or as sure as it is."""
    return _("{percent} % interval", percent=digits(100 * comparison.confidence, ".4g"))


def measure_title(comparison: Comparison) -> str:
    """A measure's title with its unit: 'Delay (s/trip)'; a star marks a bootstrapped interval."""
    measure = MEASURE_BY_KEY[comparison.measure]
    return f"{_(measure.title)} ({_(measure.unit)}){'*' if comparison.method == 'bootstrap' else ''}"


def difference(comparison: Comparison) -> str:
    """The difference as people read it: '−21.1'."""
    return measured_change(comparison.measure, comparison.difference)


def interval(comparison: Comparison) -> str:
    """The interval as people read it: '−23.0 to −19.2'; a dash when there is none."""
    if comparison.low is None or comparison.high is None:
        return NOTHING
    low, high = (measured_change(comparison.measure, bound) for bound in (comparison.low, comparison.high))
    return _("{low} to {high}", low=low, high=high)


def p_text(comparison: Comparison) -> str:
    """The corrected p-value as people read it: '0.013', '<0.001'; a dash when there is none."""
    p_holm = comparison.p_holm
    return NOTHING if p_holm is None else f"<{digits(0.001, '.3f')}" if p_holm < 0.001 else digits(p_holm, ".3f")


def verdict_text(comparison: Comparison) -> str:
    """The verdict as people read it, or why there is none."""
    if comparison.verdict == "cannot tell":
        if comparison.why == "fewer than 5 seeds":
            return ngettext("none: {n} seed", "none: {n} seeds", comparison.n)
        return _(REASONS.get(comparison.why, REASONS["interval too wide"]))
    verdict = _(VERDICTS[comparison.verdict])
    return _("{verdict} (faults)", verdict=verdict) if comparison.fault else verdict


def method_notes(comparisons: Sequence[Comparison]) -> list[str]:
    """What a reader of the differences has to know about how they were judged."""
    found = []
    if any(one.method == "bootstrap" for one in comparisons):
        found.append(_("* interval and p of a skewed measure: studentised bootstrap; the others: Student's t."))
    if any(one.method == "welch" for one in comparisons):
        found.append(_("Two networks have no run in common: intervals and p are Welch's, of two independent means."))
    family = max((one.family for one in comparisons), default=1)
    if family > 1:
        found.append(
            ngettext(
                "p is corrected for the {n} comparison of a measure (Holm), and a verdict rests on it; each interval "
                "stands on its own.",
                "p is corrected for the {n} comparisons of a measure (Holm), and a verdict rests on it; each interval "
                "stands on its own.",
                family,
            )
        )
    effect = max((one.min_effect for one in comparisons), default=0.0)
    if effect > 0:
        found.append(
            _(
                "Better or worse: the whole interval lies beyond {percent} % of the baseline's mean, which p tests; "
                "same: "
                "the whole interval lies within.",
                percent=digits(100 * effect, ".3g"),
            )
        )
    met = {one.why if one.verdict == "cannot tell" else FAULTS if one.fault else "" for one in comparisons}
    return found + [_(text, least=LEAST_SEEDS) for key, text in EXPLAINED.items() if key in met]


def write_csv(records: Sequence[Record], comparisons: Sequence[Comparison], folder: Path) -> None:
    """Write runs.csv, every record with nested values as JSON, and comparisons.csv; raises OutputError."""
    keys = list(dict.fromkeys(key for record in records for key in record))
    _write_csv(folder / "runs.csv", keys, records)
    _write_csv(folder / "comparisons.csv", [one.name for one in fields(Comparison)], [vars(one) for one in comparisons])


def _write_csv(path: Path, keys: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    text = StringIO()
    writer = CsvWriter(text)
    writer.writerow(keys)
    writer.writerows([_flat(row.get(key)) for key in keys] for row in rows)
    write_text(path, text.getvalue())


def _flat(value: object) -> object:
    """A cell; empty where there is no number."""
    if isinstance(value, dict | list | tuple):
        return NESTED.encode(value)
    return None if isinstance(value, float) and math.isnan(value) else value

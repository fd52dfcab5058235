"""Plans by time of day, the page and the terminal: what each period gains, and the timetable."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from zhasyl.files.clock import DAY_S, clock
from zhasyl.optimise.day import Day
from zhasyl.optimise.plan_files import PLAN_FILE, SUMO_FILE
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.faults import alarms
from zhasyl.reports.optimisation.changes import approach_changes
from zhasyl.reports.optimisation.gains import gain
from zhasyl.reports.optimisation.grids import MOST_SIGNALS, UNBROKEN, bounds, percent
from zhasyl.reports.optimisation.page import PAGE_FILE, summaries_of
from zhasyl.reports.optimisation.screen import grid_table
from zhasyl.reports.optimisation.words import headlines
from zhasyl.reports.pages import Grid, rendered
from zhasyl.reports.records import NOTHING, signed, written
from zhasyl.reports.violations import breaches
from zhasyl.runs.store import write_text
from zhasyl.signals import Signal, SignalPlan
from zhasyl.text.words import plural

BETTER, STAYS = "better", "present stays"


def write_day(out: Path, day: Day) -> Path:
    """Write optimise.html of the day into `out` and answer its path; raises OutputError."""
    return write_text(out / PAGE_FILE, page(day))


def page(day: Day) -> str:
    """The page as text; each period's own page is beside it, in the folder of its name."""
    records = _records(day)
    return rendered(
        "day_template.html",
        alarms=[*breaches(records), *alarms(records)],
        name=day.scenario.id,
        title=f"{day.scenario.id}: {', '.join(day.results)}",
        headline=headline(day),
        warnings=_remarks(day),
        gains=gains_grid(day),
        periods=[(name, f"{name}/{PAGE_FILE}", _lines(day, name)) for name in day.results],
        timetable=timetable_grid(day) if day.better else None,
        left_out=max(0, len(day.signals) - MOST_SIGNALS),
        files=_files(day),
        attribution=day.scenario.attribution,
        assumptions=[vars(one) for one in day.scenario.assumptions],
    )


def print_day(console: Console, day: Day) -> None:
    """Print what each period gains; fits a console of 80 columns."""
    records = _records(day)
    for line in (*breaches(records), *alarms(records)):
        console.print(Text(line, style="bold red"), soft_wrap=True)
    console.print(Text(headline(day), style="bold"))
    for line in _remarks(day):
        console.print(Text(line, style="yellow"))
    gains = gains_grid(day)
    console.print(grid_table(gains, gains.about))
    for name in day.results:
        console.print(Text(f"{name}: {_lines(day, name)[0]}"))
    written_files = [PAGE_FILE, *(name for name, _, _ in _files(day))]
    folders = ", ".join(f"{name}/" for name in day.results)
    console.print(Text(f"Written: {', '.join(written_files)}; each period's page and runs in {folders}"))


def headline(day: Day) -> str:
    """For how many periods there is a better plan."""
    better = [name for name, one in day.results.items() if one.better]
    if not better:
        return "No better plan was found for any period. The present plans stay."
    if len(better) == len(day.results):
        return f"A better plan was found for each of {len(better)} periods."
    return (
        f"A better plan was found for {len(better)} of {len(day.results)} periods ({', '.join(better)}); in the others "
        "the timetable has the present plan."
    )


def gains_grid(day: Day) -> Grid:
    """The objective under present and found plans, period by period."""
    objective = day.objective
    about = f"{objective.title} ({objective.unit}) by period"
    best = "Found" if all(one.better for one in day.results.values()) else "Best plan"
    headings = ["Period", "From", "Present", best, "Difference", "In %", "95 % interval", "Verdict"]
    return Grid(about, headings, [_gain_row(day, name) for name in day.results], verdict=7)


def _gain_row(day: Day, name: str) -> list[str]:
    result, decimals, found = day.results[name], day.objective.decimals, gain(day.results[name])
    row = [name, clock(day.from_s[name] % DAY_S)]
    verdict = BETTER if result.better else STAYS
    if found is None:
        return [*row, *[NOTHING] * 5, verdict]
    change = found.after - found.before
    values = (written(found.before, decimals), written(found.after, decimals), signed(change, decimals))
    return [*row, *values, percent(found.before, change), bounds(found.low, found.high, decimals), verdict]


def timetable_grid(day: Day) -> Grid:
    """A row a signal and plan: from when, cycle, offset and greens."""
    rows = [
        [name, clock(from_s), f"{plan.cycle_s:g}", f"{plan.offset_s:g}", _greens(day.signals[name], plan)]
        for name in sorted(day.timetable)[:MOST_SIGNALS]
        for from_s, plan in day.timetable[name]
    ]
    return Grid("The timetable", ["Signal", "From", "Cycle (s)", "Offset (s)", "Greens (s)"], rows, texts=(4,))


def _greens(signal: Signal, plan: SignalPlan) -> str:
    pairs = zip(plan.stages, plan.greens_s, strict=True)
    return ", ".join(f"{signal.stages[stage].id}{UNBROKEN}{green_s:g}" for stage, green_s in pairs)


def _records(day: Day) -> list[Record]:
    return [record.values for one in day.results.values() for record in one.records]


def _remarks(day: Day) -> list[str]:
    """Each remark once, with the periods that it is about."""
    about: dict[str, list[str]] = {}
    for name, one in day.results.items():
        for remark in one.remarks:
            about.setdefault(remark, []).append(name)
    return [*day.remarks, *(f"{', '.join(names)}: {remark}" for remark, names in about.items())]


def _lines(day: Day, name: str) -> Sequence[str]:
    result = day.results[name]
    records: list[Record] = [record.values for record in result.records]
    return headlines(result, approach_changes(records, summaries_of(result)))


def _files(day: Day) -> list[tuple[str, str, str]]:
    """Name, meaning and command of what to use next."""
    if not day.better:
        return []
    period = next(name for name, one in day.results.items() if one.better)
    own = day.results[period].scenario
    played = ["zhasyl", "run", day.scenario.source or day.scenario.id, "--controller", f"fixed:plans={PLAN_FILE}"]
    played += ["--variant", own.variant] if own.variant else []
    changes = plural(sum(len(rows) for rows in day.timetable.values()), "row")
    table = f"the timetable as a table that a spreadsheet opens, {changes}; to play it, in the folder of this page:"
    found = [(PLAN_FILE, table, shlex.join(played))]
    if not day.remarks:
        found += [(SUMO_FILE, "the same as SUMO's own tlLogic and WAUT; name it last among the additional files", "")]
    return found

"""Plans between objectives, the page and the terminal: the picture to choose from, and a table."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from rich.console import Console
from rich.text import Text

from zhasyl.optimise.front import FRONT_FILE, Front, FrontPlan, file_in_folder
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.figures import PALETTE, STYLE, WIDTH_IN, Drawing, drawing
from zhasyl.reports.optimisation.grids import bounds
from zhasyl.reports.optimisation.words import limits_line
from zhasyl.reports.pages import Grid, rendered
from zhasyl.reports.records import signed, written
from zhasyl.reports.screen_table import ScreenTable
from zhasyl.runs.store import write_text
from zhasyl.text.words import plural

PAGE_FILE = "front.html"
HEIGHT_IN = 4.2
PROVING_SEEDS = "201-210"  # above those that a search begins with


def write_front(out: Path, front: Front) -> Path:
    """Write front.html into `out` and answer its path; raises OutputError."""
    return write_text(out / PAGE_FILE, page(front))


def page(front: Front) -> str:
    """The page as text."""
    return rendered(
        "front_template.html",
        name=front.scenario.id,
        headline=headline(front),
        remarks=front.remarks,
        limits_line=limits_line(front.limits),
        drawings=[front_drawing(front, first, second) for first, second in _pairs(front.objectives)],
        grids=[grid(front), *differences(front)],
        file=FRONT_FILE,
        proof=proof(front),
        attribution=front.scenario.attribution,
        assumptions=[vars(one) for one in front.scenario.assumptions],
    )


def print_front(console: Console, front: Front) -> None:
    """Print the plans that no other one beats; fits a console of 80 columns."""
    console.print(Text(headline(front), style="bold"))
    for line in front.remarks:
        console.print(Text(line, style="yellow"))
    console.print(Text(limits_line(front.limits)))
    console.print(ScreenTable(grid(front).headings, grid(front).rows))
    for shown in differences(front):
        console.print(ScreenTable(shown.headings, shown.rows, shown.about))
    console.print(Text(f"Written: {FRONT_FILE}, {PAGE_FILE}"))


def headline(front: Front) -> str:
    """How many plans there are, between which values."""
    titles = " and ".join(one.title for one in front.objectives)
    found = len(front.plans)
    if not found:
        return f"The present plan beats every other one that was found in {titles}. More runs (--budget) tell more"
    if found == 1:
        return f"One plan is best in {titles}: no trade-off was seen. More runs (--budget) tell more"
    count = len(front.plans[0].seeds)
    few = "" if count >= LEAST_SEEDS else "; so few tell little apart, more runs (--budget) mean more seeds"
    return f"{found} plans between {titles}, none of them beaten by another one beyond the noise of {count} seeds{few}"


def grid(front: Front) -> Grid:
    """A row a plan: means, the cycles, the file as seen from the front's folder."""
    headings = ["Plan", *_titles(front), "Cycles (s)", "File"]
    return Grid("Plans of the front", headings, [_row(one, front) for one in (front.present, *front.plans)])


def _titles(front: Front) -> list[str]:
    return [f"{one.title}\n({one.unit})" for one in front.objectives]


def _row(one: FrontPlan, front: Front) -> list[str]:
    values = [written(mean, of.decimals) for mean, of in zip(one.means, front.objectives, strict=True)]
    cycles = sorted({plan.cycle_s for plan in one.plans.values()})
    return [one.name, *values, " ".join(f"{cycle_s:g}" for cycle_s in cycles), file_in_folder(one, front)]


def differences(front: Front) -> list[Grid]:
    """A row a plan: what it changes, paired by seed, with 95 % intervals; no table where there is no plan."""
    if not front.plans:
        return []
    count = len(front.present.seeds)
    about = (
        f"Difference to the present plan: mean over {plural(count, 'seed')}, and 95 % interval by the noise that "
        "all plans have in common"
    )
    return [Grid(about, ["Plan", *_titles(front)], [_differences(one, front) for one in front.plans])]


def _differences(one: FrontPlan, front: Front) -> list[str]:
    values = zip(one.differences, one.difference_half_widths, front.objectives, strict=True)
    return [one.name, *(_difference(mean, half, objective) for mean, half, objective in values)]


def _difference(mean: float | None, half: float | None, objective: Objective) -> str:
    digits = objective.decimals
    around = "" if mean is None or half is None else f" ({bounds(mean - half, mean + half, digits)})"
    return f"{signed(mean, digits)}{around}"


def proof(front: Front) -> tuple[str, str] | None:
    """A plan's name and the command that compares it with the present one, called in the front's folder."""
    if not front.plans:
        return None
    first, scenario = front.plans[0], front.scenario
    words = ["zhasyl", "compare", scenario.source or scenario.id]
    words += ["--controllers", f"fixed,fixed:plans={file_in_folder(first, front)}", "--seeds", PROVING_SEEDS]
    return first.name, shlex.join([*words, *(["--variant", scenario.variant] if scenario.variant else [])])


def _pairs(objectives: Sequence[Objective]) -> list[tuple[int, int]]:
    return [(first, second) for second in range(len(objectives)) for first in range(second)]


def front_drawing(front: Front, first: int, second: int) -> Drawing:
    """Two objectives against each other: the plans of the front, joined, and the present one."""
    across, up = front.objectives[first], front.objectives[second]
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are literals to the type checker
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), layout="constrained")
        axes = figure.subplots()
        for plans, colour, label in (
            (front.plans, PALETTE[0], "found"),
            ((front.present,), PALETTE[1], "present plan"),
        ):
            axes.errorbar(
                [one.means[first] for one in plans],
                [one.means[second] for one in plans],
                xerr=_bars(plans, first),
                yerr=_bars(plans, second),
                fmt="o",
                color=colour,
                ecolor=colour,
                elinewidth=0.8,
                label=label,
            )
        for one in front.plans:
            axes.annotate(
                one.name.removeprefix("plan "),
                (one.means[first], one.means[second]),
                (4, 4),
                textcoords="offset points",
                fontsize=8,
            )
        axes.set_xlabel(f"{across.title}, {across.unit}")
        axes.set_ylabel(f"{up.title}, {up.unit}")
        axes.legend(loc="best")
        seeds = plural(len(front.present.seeds), "seed")
        caption = (
            f"Each point is a plan, its number that of the table; means over {seeds}. "
            f"{_what_bars_are(front)} "
            "Left and below is better; of these plans none is beaten in all objectives by another one."
        )
        return drawing(figure, f"{up.title} against {across.title}", caption)


def _bars(plans: Sequence[FrontPlan], objective: int) -> list[float] | None:
    """Half the length of each plan's bar; None where they have none."""
    halves = [one.difference_half_widths[objective] for one in plans]
    return None if None in halves else [half or 0.0 for half in halves]


def _what_bars_are(front: Front) -> str:
    if not front.plans or any(None in one.difference_half_widths for one in front.plans):
        return "No bars: nothing tells of noise."
    return "Bars: the 95 % interval of a plan's difference to another one, by the noise that all have in common."

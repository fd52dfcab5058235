"""Plans between objectives, the page and the terminal: the picture to choose from, and a table."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from rich.console import Console
from rich.text import Text

from zhasyl.optimise.front import FRONT_FILE, Front, FrontPlan
from zhasyl.optimise.objective import Objective
from zhasyl.optimise.verdict import LEAST_SEEDS
from zhasyl.reports.figures import PALETTE, STYLE, WIDTH_IN, Drawing, drawing
from zhasyl.reports.pages import Grid, rendered
from zhasyl.reports.screen_table import ScreenTable
from zhasyl.runs.store import write_text

PAGE_FILE = "front.html"
HEIGHT_IN = 4.2


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
        drawings=[front_drawing(front, first, second) for first, second in _pairs(front.objectives)],
        grid=grid(front),
        file=FRONT_FILE,
        attribution=front.scenario.attribution,
        assumptions=[vars(one) for one in front.scenario.assumptions],
    )


def print_front(console: Console, front: Front) -> None:
    """Print the plans that no other one beats; fits a console of 80 columns."""
    console.print(Text(headline(front), style="bold"))
    for line in front.remarks:
        console.print(Text(line, style="yellow"))
    shown = grid(front)
    console.print(ScreenTable(shown.headings, shown.rows))
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
    """A row a plan: means with half the width of their 95 % intervals, the cycles, the file."""
    headings = ["Plan", *(f"{one.title} ({one.unit})" for one in front.objectives), "Cycles (s)", "File"]
    return Grid("plans of the front", headings, [_row(one, front) for one in (front.present, *front.plans)])


def _row(one: FrontPlan, front: Front) -> list[str]:
    values = [
        _shown(mean, half, objective)
        for mean, half, objective in zip(one.means, one.half_widths, front.objectives, strict=True)
    ]
    cycles = sorted({plan.cycle_s for plan in one.plans.values()})
    return [one.name, *values, " ".join(f"{cycle_s:g}" for cycle_s in cycles), Path(one.file).name]


def _shown(mean: float, half: float | None, objective: Objective) -> str:
    digits = objective.decimals
    return f"{mean:.{digits}f}" if half is None else f"{mean:.{digits}f} ± {half:.{digits}f}"


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
                xerr=[one.half_widths[first] or 0.0 for one in plans],
                yerr=[one.half_widths[second] or 0.0 for one in plans],
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
        seeds = len(front.present.seeds)
        caption = (
            f"Each point is a plan, its number that of the table; means over {seeds} seeds, bars are 95 % intervals. "
            "Left and below is better; of these plans none is beaten in all objectives by another one."
        )
        return drawing(figure, f"{up.title} against {across.title}", caption)

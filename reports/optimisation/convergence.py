"""How the search went: the least expected value known after so many runs."""

import math
from collections.abc import Sequence
from itertools import groupby

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zhasyl.optimise.result import Step
from zhasyl.reports.figures import PALETTE, STYLE, WIDTH_IN, Drawing, drawing

PRESENT = "present plan"
HEIGHT_IN = 3.2
LINE_PT, LETTER_SHARE = 12, 0.01  # height of a line of names, and width of a letter of the axis
SHADES = ("#FFFFFF", "#F0F3F1")


def convergence_drawing(steps: Sequence[Step], title: str, unit: str) -> Drawing | None:
    """The best so far against runs, the parts of the search marked; None where nothing was tried."""
    known = [step for step in steps if math.isfinite(step.best)]
    if len(known) < 2:
        return None
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are literals to the type checker
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), layout="constrained")
        axes = figure.subplots()
        runs = [step.runs for step in known]
        axes.set_xlim(0, runs[-1])
        _mark_stages(axes, known)
        for bounded in _bounded(known):
            axes.fill_between(
                [step.runs for step in bounded],
                [step.low or 0.0 for step in bounded],
                [step.high or 0.0 for step in bounded],
                step="post",
                color=PALETTE[0],
                alpha=0.2,
                lw=0,
            )
        axes.step(runs, [step.best for step in known], where="post", color=PALETTE[0], lw=2)
        if known[0].stage == PRESENT:
            axes.axhline(known[0].best, color=PALETTE[1], ls="--", lw=1.5, label="present plan")
            axes.legend(loc="best")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("runs of the search")
        axes.set_ylabel(f"{title}, {unit}")
        caption = (
            "The best plan so far, as the search expected it from what it had seen, which may rise as it sees more; "
            "shaded: the 95 % interval where one was known. What the found plan is worth says the proof, on own seeds."
        )
        return drawing(figure, "How the search went", caption)


def _mark_stages(axes: Axes, steps: Sequence[Step]) -> None:
    """The parts of the search as shades, with their names above; a step tells of the runs before it."""
    groups = [(stage, list(group)) for stage, group in groupby(steps, key=lambda step: step.stage)]
    begin, ends = 0, [-math.inf, -math.inf]  # how far names reach in the lower and the upper line
    for index, (stage, group) in enumerate(groups):
        end = group[-1].runs
        axes.axvspan(begin, end, color=SHADES[index % 2], zorder=0)
        at = begin / max(steps[-1].runs, 1)
        line = next((line for line, reached in enumerate(ends) if reached < at), None)
        if stage != PRESENT and begin < end and line is not None:
            axes.annotate(
                stage,
                (begin, 1),
                (3, 3 + LINE_PT * line),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=9,
            )
            ends[line] = at + LETTER_SHARE * (len(stage) + 2)
        begin = end


def _bounded(steps: Sequence[Step]) -> list[list[Step]]:
    """Stretches of neighbouring steps that have an interval."""
    parts = groupby(steps, key=lambda step: step.low is not None and step.high is not None)
    return [list(part) for bounded, part in parts if bounded]

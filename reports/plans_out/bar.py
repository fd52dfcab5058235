"""The cycle of a plan as a drawing: a row a signal group, its green, yellow and red over the seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zhasyl.reports.plans_out.groups import Group
from zhasyl.scenarios.plans.out.leaving import LeavingPlan

WIDTH, LABELS, ROW, TOP = 700.0, 44.0, 20.0, 22.0
BAR = 12.0
COLOURS = {"G": "#0b7a3e", "g": "#8fce9f", "y": "#f0b400", "s": "#b9d8c1"}
RED, LINE, INK = "#c0392b", "#d9dfdb", "#1c2420"
STEPS_S = (1, 2, 5, 10, 20, 50, 100)
MOST_MARKS = 16


@dataclass(frozen=True)
class Run:
    """An unbroken indication of a row."""

    letter: str
    begin_s: float
    end_s: float


def cycle_bar(plan: LeavingPlan, groups: Sequence[Group], begins_s: Sequence[float]) -> Markup:
    """The drawing as SVG, its letters as text; `begins_s` are those of stages after the first one."""
    high = TOP + ROW * len(groups) + 8
    parts = [*_marks(plan, begins_s, high)]
    for row, group in enumerate(groups):
        y = TOP + ROW * row
        parts.append(f'<text x="0" y="{y + ROW / 2 + 4:g}" font-size="13">{group.name}</text>')
        parts += [_drawn(run, plan, y) for run in _runs(plan, group.links[0])]
    body = "".join(parts)
    frame = f'viewBox="0 0 {WIDTH:g} {high:g}" role="img" font-family="system-ui, sans-serif" fill="{INK}"'
    return Markup(f"<svg {frame}>{body}</svg>")  # noqa: S704 - numbers and names of ours


def _runs(plan: LeavingPlan, link: int) -> Iterator[Run]:
    begin_s = at_s = 0.0
    letter = plan.phases[0].state[link]
    for phase in plan.phases:
        if phase.state[link] != letter:
            yield Run(letter, begin_s, at_s)
            letter, begin_s = phase.state[link], at_s
        at_s += phase.duration_s
    yield Run(letter, begin_s, at_s)


def _drawn(run: Run, plan: LeavingPlan, y: float) -> str:
    x, until = _x(plan, run.begin_s), _x(plan, run.end_s)
    colour = COLOURS.get(run.letter)
    if colour is None:
        return f'<rect x="{x:.2f}" y="{y + ROW / 2 - 1:g}" width="{until - x:.2f}" height="2" fill="{RED}"/>'
    bar = f'<rect x="{x:.2f}" y="{y + (ROW - BAR) / 2:g}" width="{until - x:.2f}" height="{BAR:g}" fill="{colour}"/>'
    seconds = run.end_s - run.begin_s
    if run.letter not in "Gg" or until - x < 18:
        return bar
    ink = "#fff" if run.letter == "G" else INK
    place = f'x="{(x + until) / 2:.2f}" y="{y + ROW / 2 + 4:g}" text-anchor="middle"'
    return f'{bar}<text {place} font-size="11" fill="{ink}">{seconds:g}</text>'


def _marks(plan: LeavingPlan, begins_s: Sequence[float], high: float) -> Iterator[str]:
    step_s = next((step for step in STEPS_S if plan.cycle_s / step <= MOST_MARKS), STEPS_S[-1])
    for number in range(int(plan.cycle_s / step_s) + 1):
        x = _x(plan, number * step_s)
        yield _upright(x, high, f'stroke="{LINE}"')
        yield f'<text x="{x:.2f}" y="12" font-size="11" text-anchor="middle">{number * step_s}</text>'
    for begin_s in begins_s:
        yield _upright(_x(plan, begin_s), high, f'stroke="{INK}" stroke-dasharray="3 3"')


def _upright(x: float, high: float, stroke: str) -> str:
    return f'<line x1="{x:.2f}" y1="{TOP - 4:g}" x2="{x:.2f}" y2="{high - 6:g}" {stroke}/>'


def _x(plan: LeavingPlan, at_s: float) -> float:
    return LABELS + (WIDTH - LABELS - 12) * at_s / plan.cycle_s

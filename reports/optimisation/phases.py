"""Phase diagrams: the stages of a signal over its cycle, its present plan beside the found one.

Each row is a stage: its green with the seconds, the walk and what pedestrians need to clear in it, and the yellow and
all-red after it. Both begin with the green that their offset names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from zhasyl.controllers.parts.plan_player import green_starts_s
from zhasyl.reports.figures import STYLE, WIDTH_IN, Drawing, drawing
from zhasyl.reports.optimisation.changes import PlanChange, green_s
from zhasyl.signals import GREEN as GREENS
from zhasyl.signals import Signal, SignalPlan
from zhasyl.text.words import shortened
from zhasyl.walks import walk_ends_s

GREEN, GOES_ON, WALK, CLEARANCE = "#2E8B57", "#8CC4A3", "#0B4F6C", "#7FB3C8"
YELLOW, RED = "#F2C230", "#B02A1C"
KINDS = {
    "green": GREEN, "green goes on": GOES_ON, "walk": WALK, "pedestrians clear": CLEARANCE, "yellow": YELLOW,
    "all-red": RED,
}  # fmt: skip
OF_INTERGREEN = ("green goes on", "yellow", "all-red")
ROW_IN, FRAME_IN = 0.34, 1.15
BAR, STRIP = 0.62, 0.16  # heights of a bar, and of the walk at its foot, in rows
FRAMES_IN = 0.45  # of the width, beside two diagrams and the names of stages
DIGIT_IN, SIGN_IN, NARROW_IN = 0.08, 0.105, 0.05  # widths of what seconds are written with: 0-9, + and −, the rest
GAP_S = 1.0  # between the seconds and what is beside them
LONGEST_STAGE = 14
MOST_UNLIKE = 4.0  # cycles drawn on one scale
HYPHEN = "\u2011"  # at which no line ends


@dataclass(frozen=True)
class Piece:
    """Something that a stage's row shows, seconds from the plan's zero."""

    stage: int
    kind: str
    begin_s: float
    length_s: float


def pieces(signal: Signal, plan: SignalPlan) -> Iterator[Piece]:
    """What the rows of a plan show."""
    following = [*plan.stages[1:], plan.stages[0]]
    for stage, after, begin_s, green in zip(
        plan.stages, following, green_starts_s(signal, plan).tolist(), plan.greens_s, strict=True
    ):
        yield Piece(stage, "green", begin_s, green)
        if signal.has_walk(stage):
            walk_s = min(*walk_ends_s(signal, stage, green).values(), green)
            yield Piece(stage, "walk", begin_s, walk_s)
            yield Piece(stage, "pedestrians clear", begin_s + walk_s, min(_clearance_s(signal, stage), green - walk_s))
        now_s = begin_s + green
        for length_s, state in signal.intergreen(stage, after):
            yield Piece(stage, _kind(signal, state), now_s, length_s)
            now_s += length_s


def _kind(signal: Signal, state: str) -> str:
    """What an intergreen shows: yellow, all-red, or who stays green beside who is to come."""
    if "y" in state:
        return "yellow"
    green = any(letter in GREENS and link not in signal.pedestrian_links for link, letter in enumerate(state))
    return "green goes on" if green else "all-red"


def _clearance_s(signal: Signal, stage: int) -> float:
    walking = [
        one for one in signal.groups if one.pedestrian and any(signal.stages[stage].green(link) for link in one.links)
    ]
    return max((group.clearance_s for group in walking), default=0.0)


@dataclass(frozen=True)
class Words:
    """What approaches are called, by edge, and movements ('left'), by approach and exit."""

    approaches: Mapping[str, str] = field(default_factory=dict)
    turns: Mapping[tuple[str, str], str] = field(default_factory=dict)


def phase_drawing(change: PlanChange, words: Words, called: str = "found") -> Drawing:
    """Both plans of a signal, and who has green in which stage; what the second plan is `called`."""
    title = f"Signal {change.signal.id}"
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are literals to the type checker
        figure = Figure(figsize=(WIDTH_IN, FRAME_IN + ROW_IN * len(change.stages)), layout="constrained")
        figure.set_layout_engine("constrained", wspace=0.06)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, said, plan in zip(panels, ("present", called), (change.present, change.found), strict=True):
            axes.set_xlim(0, _width_s(change, plan))
            _draw(axes, change, plan)
            axes.set_title(f"{said}: cycle {plan.cycle_s:g} s, offset {plan.offset_s:g} s", loc="left")
        figure.supxlabel("seconds of the cycle", fontsize=9)
        shown = {piece.kind for plan in (change.present, change.found) for piece in pieces(change.signal, plan)}
        handles = [Patch(color=colour, label=kind) for kind, colour in KINDS.items() if kind in shown]
        figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), fontsize=9)
        return drawing(figure, title, described(change, words))


def _width_s(change: PlanChange, plan: SignalPlan) -> float:
    """The same for both diagrams, unless one would be too narrow to be read."""
    cycles_s = (change.present.cycle_s, change.found.cycle_s)
    return plan.cycle_s if max(cycles_s) > MOST_UNLIKE * min(cycles_s) else max(cycles_s)


def _draw(axes: Axes, change: PlanChange, plan: SignalPlan) -> None:
    rows = {stage: row for row, stage in enumerate(change.stages)}
    for piece in pieces(change.signal, plan):
        strip = piece.kind in ("walk", "pedestrians clear")
        middle = rows[piece.stage] + ((BAR - STRIP) / 2 if strip else 0.0)
        axes.barh(
            middle, piece.length_s, STRIP if strip else BAR, left=piece.begin_s, color=KINDS[piece.kind], linewidth=0
        )
    axes.axvline(plan.cycle_s, color="#555555", lw=1)
    for stage, row in rows.items():
        if stage not in plan.stages:
            axes.annotate("left out", (0, row), (4, 0), textcoords="offset points", va="center", color="#5b6660")
    _write_seconds(axes, change, plan, rows)
    axes.set_yticks(
        list(rows.values()), [shortened(change.signal.stages[stage].id, LONGEST_STAGE) for stage in change.stages]
    )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _write_seconds(axes: Axes, change: PlanChange, plan: SignalPlan, rows: Mapping[int, int]) -> None:
    """The seconds of each green in its bar, or beside it where it is too short."""
    whole_s, panel_in = axes.get_xlim()[1], _panel_in(change)
    own: dict[int, list[Piece]] = {}
    for piece in pieces(change.signal, plan):
        own.setdefault(piece.stage, []).append(piece)
    for piece in (one for stage in own for one in own[stage] if one.kind == "green"):
        text = _seconds(change, plan, piece)
        width_s = _width_in(text) / panel_in * whole_s
        up = STRIP / 2 if change.signal.has_walk(piece.stage) else 0.0
        if width_s < piece.length_s:
            at_s, side, colour = piece.begin_s + piece.length_s / 2, "center", "white"
        else:
            at_s, side = _beside(piece, own[piece.stage], width_s, plan.cycle_s, whole_s)
            colour = "black"
        axes.text(at_s, rows[piece.stage] - up, text, ha=side, va="center", color=colour, fontsize=9)


def _panel_in(change: PlanChange) -> float:
    """Width of one diagram's axes."""
    longest = max(min(len(change.signal.stages[stage].id), LONGEST_STAGE) for stage in change.stages)
    return (WIDTH_IN - FRAMES_IN - longest * DIGIT_IN) / 2


def _width_in(text: str) -> float:
    return sum(DIGIT_IN if letter.isdigit() else SIGN_IN if letter in "+−" else NARROW_IN for letter in text)


def _beside(green: Piece, own: Sequence[Piece], width_s: float, cycle_s: float, whole_s: float) -> tuple[float, str]:
    """Where the seconds of a short green stand and how they are aligned: off its bars and off the end of the cycle."""
    end_s = _end_of_block(own, green)
    if end_s + width_s + 2 * GAP_S < min(cycle_s, whole_s):
        return end_s + GAP_S, "left"
    if green.begin_s - width_s - 2 * GAP_S > 0:
        return green.begin_s - GAP_S, "right"
    return max(end_s, cycle_s) + GAP_S, "left"


def _end_of_block(own: Sequence[Piece], green: Piece) -> float:
    """Where the intergreen after a green ends."""
    end_s = green.begin_s + green.length_s
    for piece in own:
        if piece.kind in OF_INTERGREEN and abs(piece.begin_s - end_s) < 1e-6:
            end_s += piece.length_s
    return end_s


def _seconds(change: PlanChange, plan: SignalPlan, piece: Piece) -> str:
    """'31', and in the found plan with what the stage gained or lost: '31 (−6)'."""
    once = plan.stages.count(piece.stage) == 1 and piece.stage in change.present.stages
    gained_s = green_s(change.found, piece.stage) - green_s(change.present, piece.stage)
    if plan is change.present or not once or not gained_s:
        return f"{piece.length_s:g}"
    return f"{piece.length_s:g} ({gained_s:+g})".replace("-", "−")


def described(change: PlanChange, words: Words) -> str:
    """What is different besides the seconds, and whom each stage serves; a line each."""
    signal = change.signal
    left_out = [signal.stages[stage].id for stage in change.left_out]
    said = [f"Left out: {', '.join(left_out)}"] if left_out else []
    if change.is_reordered:
        orders = (" ".join(signal.stages[stage].id for stage in plan.stages) for plan in (change.present, change.found))
        said.append("Order: {} before, {} now".format(*orders))
    return "\n".join([*said, *(_serving(signal, stage, words) for stage in change.stages)])


def _serving(signal: Signal, stage: int, words: Words) -> str:
    """'A: Abay avenue, eastbound (straight, left giving way); pedestrians'."""
    ways: dict[str, list[str]] = {}
    for movement, green, protected in zip(signal.movements, signal.serves[stage], signal.protects[stage], strict=True):
        if green:
            turn = words.turns.get((movement.from_edge, movement.to_edge), movement.to_edge).replace("-", HYPHEN)
            ways.setdefault(movement.from_edge, []).append(turn if protected else f"{turn} giving way")
    who = [f"{words.approaches.get(edge, edge)} ({', '.join(dict.fromkeys(turns))})" for edge, turns in ways.items()]
    who += ["pedestrians"] if signal.has_walk(stage) else []
    return f"{signal.stages[stage].id}: {'; '.join(who) or 'nobody'}"

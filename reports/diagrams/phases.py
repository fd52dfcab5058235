"""Phase diagrams: the stages of a signal over its cycle under every controller compared, from what it showed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.diagrams.evidence import Evidence
from zhasyl.reports.diagrams.frame import (
    Diagram,
    LeftOut,
    high_in,
    legend,
    legend_in,
    named,
    panel,
    segments,
    sheet,
    styled,
    write,
)
from zhasyl.reports.exports.paper import PAGE, POINTS_PER_IN, Paper
from zhasyl.reports.figures import LONGEST_ID
from zhasyl.reports.optimisation.phases import BAR, KINDS, LONGEST_STAGE
from zhasyl.reports.records import by_label
from zhasyl.text.language import N_, _, digits, ngettext
from zhasyl.text.stage_names import stage_name
from zhasyl.text.words import shortened
from zhasyl.timing.cycles import AFTER, GREEN_KIND, SIGNALS, Pattern, Turn, by_signal, longest_stage, pattern, turns

TITLE_GAP_IN, FOOT_IN = 0.24, 0.5  # above the title of a controller; below the axes
BESIDE_IN = 0.18  # blank at both sides of what a stage has


@dataclass(frozen=True)
class Layout:
    """Height of a stage; at its left its name, at its right what it has, on one line or two."""

    row_in: float
    names_in: float
    words_in: float
    between: str


WIDE, NARROW = Layout(0.24, 1.2, 2.6, ", "), Layout(0.32, 0.95, 1.15, "\n")
TITLE = N_("Phases of signal {signal}")
MEANING = N_(
    "Green of each stage over the mean cycle; beside it the seconds of green + intergreen after it in a cycle, and the "
    "green's share of the cycle. A cycle runs from a begin of the stage that is green longest to its next one; a stage "
    "is skipped where a cycle does not show it."
)

Runs = Mapping[str, Sequence[Sequence[Turn]]]  # by controller


def shown_turns(evidence: Evidence, run: Record, signals: Sequence[str]) -> dict[str, list[Turn]]:
    """By signal with stages, what a run showed."""
    shown = by_signal(evidence.table(run, "signals", SIGNALS), signals)
    found = {signal: turns(own) for signal, own in shown.items()}
    return {signal: own for signal, own in found.items() if own}


def phase_drawings(evidence: Evidence, signals: Sequence[str]) -> Iterator[Diagram]:
    """A diagram for each of the signals that has stages. Raises LeftOut where none has."""
    groups = by_label(evidence.runs)
    read = {label: [shown_turns(evidence, run, signals) for run in runs] for label, runs in groups.items()}
    if not any(found for runs in read.values() for found in runs):
        raise LeftOut(_("no signal has stages"))
    called = {label: _stages(runs[0]) for label, runs in groups.items()}
    for signal in signals:
        own: Runs = {label: [run[signal] for run in runs if signal in run] for label, runs in read.items()}
        if any(own.values()):
            names = {label: names.get(signal, ()) for label, names in called.items()}
            yield phase_drawing(signal, own, names, evidence.paper)


def _stages(run: Record) -> Mapping[str, Sequence[str]]:
    known = run.get("stages")
    return known if isinstance(known, Mapping) else {}


def phase_drawing(signal: str, runs: Runs, names: Mapping[str, Sequence[str]], paper: Paper = PAGE) -> Diagram:
    """One signal under every controller; `names` are what each calls the signal's stages."""
    first = longest_stage(run for own in runs.values() for run in own)
    patterns = {label: _pattern(own, first) for label, own in runs.items()}
    layout = _layout(patterns.values(), paper)
    titles = {
        label: paper.lines(_title(named(label, paper), found), paper.width_in - 0.2)
        for label, found in patterns.items()
    }
    begins, rows = [], 0.0
    for label, found in patterns.items():
        begins.append(rows + (TITLE_GAP_IN + high_in(titles[label], paper.font_pt)) / layout.row_in)
        rows = begins[-1] + (len(found.stages) if found else 0)
    longest_s = max((float(found.cycles_s.mean()) for found in patterns.values() if found), default=1.0)
    shown = {kind for found in patterns.values() if found for kind in _kinds(found)}
    kinds = [kind for kind in KINDS if kind in shown]
    with styled(paper):
        top_in = legend_in(kinds, paper) if kinds else 0.1
        figure = sheet(top_in + rows * layout.row_in + FOOT_IN, paper)
        width_in = paper.width_in - layout.names_in - layout.words_in
        axes = panel(figure, layout.names_in, top_in, width_in, rows * layout.row_in)
        axes.set_xlim(0, longest_s)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.grid(visible=False)
        ticks: list[tuple[float, str]] = []
        for begin, (label, found) in zip(begins, patterns.items(), strict=True):
            title_in = high_in(titles[label], paper.font_pt) + 0.1
            write(figure, 0.1, top_in + begin * layout.row_in - title_in, titles[label])
            if found:
                _draw(axes, found, begin, longest_s, layout, paper)
                ticks += [(begin + row, _called(stage, names[label])) for row, stage in enumerate(found.stages)]
        axes.set_yticks(
            [row for row, _ in ticks], [paper.fit(name, (layout.names_in - 0.15) * POINTS_PER_IN) for _, name in ticks]
        )
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(_("seconds of the cycle"))
        if kinds:
            legend(figure, [Patch(color=KINDS[kind]) for kind in kinds], [_(kind) for kind in kinds], paper)
        lines = [f"{label}: {described(found, names[label])}" for label, found in patterns.items()]
        title = _(TITLE, signal=shortened(signal, LONGEST_ID))
        return Diagram(f"phases-{signal}", title, "\n".join([_(MEANING), *lines]), figure)


def _layout(patterns: Iterable[Pattern | None], paper: Paper) -> Layout:
    """With room for what the stages have in the language of the page."""
    layout = NARROW if paper.narrow else WIDE
    said = [_words(found, stage, layout.between) for found in patterns if found for stage in found.stages]
    widest_in = paper.small.widest_in(line for words in said for line in words.split("\n"))
    return replace(layout, words_in=max(layout.words_in, BESIDE_IN + widest_in))


def _pattern(runs: Sequence[Sequence[Turn]], first: int | None) -> Pattern | None:
    if first is None:
        return None
    own = first if any(turn.stage == first for run in runs for turn in run) else longest_stage(runs)
    return None if own is None else pattern(runs, own)


def _kinds(found: Pattern) -> Iterator[str]:
    yield GREEN_KIND
    yield from (kind for own in found.after_s.values() for kind, seconds in own.items() if seconds > 0)


def _title(label: str, found: Pattern | None) -> str:
    return f"{label}: {_cycle(found)}"


def _cycle(found: Pattern | None) -> str:
    if found is None:
        return _("no whole cycle in the period")
    if found.fixed:
        return _("cycle {seconds} s, always the same", seconds=_s(float(np.median(found.cycles_s))))
    low, middle, high = (f"{value:.0f}" for value in np.quantile(found.cycles_s, (0.1, 0.5, 0.9)).tolist())
    return ngettext(
        "cycle {low} / {middle} / {high} s (10th pct., median, 90th) of {n} cycle",
        "cycle {low} / {middle} / {high} s (10th pct., median, 90th) of {n} cycles",
        len(found.cycles_s),
        low=low,
        middle=middle,
        high=high,
    )


def _draw(axes: Axes, found: Pattern, begin: float, longest_s: float, layout: Layout, paper: Paper) -> None:
    """The stages of one controller from a row on, each where it is in the cycle, and what it has beside it."""
    bars: dict[str, list[tuple[list[float], list[float]]]] = {}
    last = begin + len(found.stages) - 0.5
    lines = [([at_s, at_s], [begin - 0.5, last]) for at_s in axes.get_xticks() if 0 <= at_s <= longest_s]
    segments(axes, lines, "#DDDDDD", 0.8)
    now_s = 0.0
    for row, stage in enumerate(found.stages):
        parts = {GREEN_KIND: found.green_s[stage], **{kind: found.after_s[stage][kind] for kind in AFTER}}
        for kind, seconds in parts.items():
            if seconds > 0:
                bars.setdefault(kind, []).append(([now_s, now_s + seconds], [begin + row, begin + row]))
                now_s += seconds
        axes.annotate(
            _words(found, stage, layout.between), (1, begin + row), (8, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=max(7.0, 0.85 * paper.font_pt), annotation_clip=False,
        )  # fmt: skip
    for kind, own in bars.items():
        segments(axes, own, KINDS[kind], BAR * WIDE.row_in * POINTS_PER_IN)


def _called(stage: int, names: Sequence[str]) -> str:
    return shortened(names[stage] if stage < len(names) else stage_name(stage), LONGEST_STAGE)


def _words(found: Pattern, stage: int, between: str = ", ") -> str:
    """'31 s + 5 s' of a fixed plan; '19.4 s + 4.8 s, 38 %, skipped 12 %' of an adaptive one."""
    green_s, after_s = found.green_s[stage], sum(found.after_s[stage].values())
    seconds = _("{green} s + {after} s", green=_s(green_s), after=_s(after_s))
    if found.fixed:
        return seconds
    parts = [f"{100 * green_s / float(found.cycles_s.mean()):.0f} %"]
    if skipped := round(100 * found.skipped[stage]):
        parts.append(_("skipped {percent} %", percent=skipped))
    return f"{seconds}{between}{', '.join(parts)}"


def described(found: Pattern | None, names: Sequence[str]) -> str:
    """The diagram in words: 'cycle 90 s, always the same; A 31 s + 5 s, B 49 s + 5 s'."""
    if found is None:
        return _cycle(None)
    parts = [f"{_called(stage, names)} {_words(found, stage)}" for stage in found.stages]
    return f"{_cycle(found)}; {'; '.join(parts)}"


def _s(seconds: float) -> str:
    return digits(seconds, ".0f" if f"{seconds:.1f}".endswith(".0") else ".1f")

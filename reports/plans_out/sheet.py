"""A page a signal for who types its plan into a controller: stages, cycle, intergreens, crossings, times of day."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from markupsafe import Markup

from zhasyl.files.clock import clock
from zhasyl.network import Network
from zhasyl.reports.pages import Grid, rendered
from zhasyl.reports.plans_out.bar import cycle_bar
from zhasyl.reports.plans_out.groups import TOGETHER, Group, in_words, intergreens, signal_groups
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.out.utdf_cells import walks_s
from zhasyl.scenarios.plans.out.utdf_segments import segments
from zhasyl.scenarios.plans.programme import Stage
from zhasyl.signals import GREEN, STOP_AND_GO, SignalTiming
from zhasyl.text.language import _, digits
from zhasyl.text.stage_names import stage_name

NONE = "–"


@dataclass(frozen=True)
class PlanPart:
    """A plan on the page."""

    heading: str
    coordination: str
    stages: Grid
    bar: Markup


@dataclass(frozen=True)
class SignalPage:
    """A signal's page."""

    signal: str
    streets: str
    parts: list[PlanPart]
    groups: list[Group]
    matrix: Grid
    crossings: Grid | None
    times: Grid | None
    rules: str
    stops: bool


def sheet_page(scenario: Scenario, controller: str, plans: Sequence[LeavingPlan]) -> str:
    """The page as text, in the language spoken."""
    network = scenario.network()
    by_signal = [list(own) for _signal, own in groupby(plans, key=lambda plan: plan.signal)]
    return rendered(
        "plan_sheet.html",
        title=scenario.title,
        controller=controller,
        signals=[_page(network, own, scenario.timing) for own in by_signal],
        attribution=scenario.attribution,
    )


def _page(network: Network, plans: list[LeavingPlan], timing: SignalTiming) -> SignalPage:
    words = SignalWords(network, plans[0].signal)
    groups = signal_groups(words, plans)
    approaches = {edge for link in words.links for edge in words.approaches(link)}
    streets = dict.fromkeys(network.edges[edge].name for edge in sorted(approaches) if network.edges[edge].name)
    return SignalPage(
        signal=plans[0].signal,
        streets=" × ".join(streets),
        parts=[_part(words, plan, groups, timing, len(plans)) for plan in plans],
        groups=groups,
        matrix=_matrix(words, plans, groups, timing),
        crossings=_crossings(words, plans, groups, timing),
        times=_times(plans) if len(plans) > 1 else None,
        rules=_rules(timing),
        stops=any(STOP_AND_GO in phase.state for plan in plans for phase in plan.phases),
    )


def _part(words: SignalWords, plan: LeavingPlan, groups: list[Group], timing: SignalTiming, count: int) -> PlanPart:
    heading = _("Plan from {time}", time=clock(plan.begin_s)) if count > 1 else _("Plan, all day")
    return PlanPart(
        heading,
        _coordination(words, plan),
        _stages(words, plan, groups, timing),
        cycle_bar(plan, groups, _begins_s(words, plan)),
    )


def _begins_s(words: SignalWords, plan: LeavingPlan) -> list[float]:
    """When the stages after the first one begin."""
    splits_s = (stage.green_s + stage.yellow_s + stage.all_red_s for stage in stages_of(words, plan))
    return list(accumulate(splits_s))[:-1]


def _coordination(words: SignalWords, plan: LeavingPlan) -> str:
    return _(
        "Cycle {cycle} s, offset {offset} s: the green of stage {stage} begins {offset} s after midnight and a whole "
        "number of cycles.",
        cycle=_s(plan.cycle_s),
        offset=_s(plan.offset_s),
        stage=stages_of(words, plan)[0].name,
    )


def _stages(words: SignalWords, plan: LeavingPlan, groups: list[Group], timing: SignalTiming) -> Grid:
    headings = [
        _("Stage"), _("Groups"), _("Green for"), _("Begins (s)"), _("Green (s)"), _("Yellow (s)"), _("All-red (s)"),
        _("Split (s)"), _("Walk (s)"), _("Flashing don't walk (s)"),
    ]  # fmt: skip
    rows = []
    at_s = 0.0
    for stage in stages_of(words, plan):
        links = _green_links(words, stage)
        split_s = stage.green_s + stage.yellow_s + stage.all_red_s
        shown = [group.name for group in groups if group.links[0] in links]
        roads = [link for link in links if link not in words.walks]
        rows.append([
            stage.name, " ".join(shown) or NONE, "; ".join(in_words(words, roads)) or _("nobody in vehicles"), _s(at_s),
            _s(stage.green_s), _s(stage.yellow_s), _s(stage.all_red_s), _s(split_s),
            *_walk(words, plan, timing, stage, at_s),
        ])  # fmt: skip
        at_s += split_s
    return Grid(_("Stages in the order of play"), headings, rows, texts=(1, 2))


def stages_of(words: SignalWords, plan: LeavingPlan) -> Sequence[Stage]:
    """The stages of a plan; of one that is given phase by phase those that road traffic has, from its first one on."""
    if not any(stage.state for stage in plan.stages):
        return plan.stages
    parts = segments(words, plan.phases)
    if not parts or parts[0].start_s:
        return plan.stages
    return [
        Stage(0, stage_name(number), part.letters, part.green_s, part.yellow_s, part.all_red_s)
        for number, part in enumerate(parts)
    ]


def _green_links(words: SignalWords, stage: Stage) -> list[int]:
    state = stage.state or words.state(stage.letters)
    return [link for link in words.links if state[link] in GREEN]


def _walk(words: SignalWords, plan: LeavingPlan, timing: SignalTiming, stage: Stage, at_s: float) -> tuple[str, str]:
    """The longest walk that begins with a stage, and the clearance of its longest crossing up to the yellow."""
    begun = {
        link: end_s - begin_s
        for link in sorted(words.walks)
        for begin_s, end_s in walks_s(plan, link)
        if abs(begin_s - at_s) < 1e-6
    }
    if not begun:
        return NONE, NONE
    longest_m = max(words.crossing_m[link] for link in begun)
    return _s(max(begun.values())), _s(max(0, math.ceil(longest_m / timing.walking_speed_mps - stage.yellow_s)))


def _matrix(words: SignalWords, plans: list[LeavingPlan], groups: list[Group], timing: SignalTiming) -> Grid:
    times = intergreens(words, plans, groups, timing.walking_speed_mps)
    rows = [[group.name, *map(_cell, row)] for group, row in zip(groups, times, strict=True)]
    return Grid(
        _("Least intergreens (s), from the end of the row's green to the begin of the column's"),
        ["", *(group.name for group in groups)],
        rows,
    )


def _cell(value: float | str | None) -> str:
    return "" if value is None else TOGETHER if isinstance(value, str) else _s(value)


def _crossings(words: SignalWords, plans: list[LeavingPlan], groups: list[Group], timing: SignalTiming) -> Grid | None:
    headings = [_("Crossing"), _("Where"), _("Length (m)"), _("Clearance (s)"), _("Walk (s)")]
    rows = [row for group in groups if group.pedestrian for row in _crossing_rows(words, plans, group, timing)]
    return Grid(_("Crossings"), headings, rows, texts=(1,)) if rows else None


def _crossing_rows(
    words: SignalWords, plans: list[LeavingPlan], group: Group, timing: SignalTiming
) -> Iterator[list[str]]:
    longest_m = max(words.crossing_m[link] for link in group.links)
    walks = {_s(end_s - begin_s): None for plan in plans for begin_s, end_s in walks_s(plan, group.links[0])}
    clearance_s = math.ceil(longest_m / timing.walking_speed_mps)
    yield [group.name, group.words, digits(longest_m, ".1f"), _s(clearance_s), " / ".join(walks) or NONE]


def _times(plans: list[LeavingPlan]) -> Grid:
    rows = [
        [clock(plan.begin_s), _s(plan.cycle_s), _s(plan.offset_s), plan.stages[0].name,
         " ".join(_s(stage.green_s) for stage in plan.stages)]
        for plan in plans
    ]  # fmt: skip
    return Grid(
        _("Times of day"),
        [_("From"), _("Cycle (s)"), _("Offset (s)"), _("Reference"), _("Greens (s)")],
        rows,
        texts=(3, 4),
    )


def _rules(timing: SignalTiming) -> str:
    return _("Pedestrians are taken to walk at {speed} m/s.", speed=digits(timing.walking_speed_mps, "g"))


def _s(seconds: float) -> str:
    return digits(round(seconds, 2), "g")

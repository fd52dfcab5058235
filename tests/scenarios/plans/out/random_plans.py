"""Random plans of a real junction: stages of what may be green together, with any times that the rules allow."""

from hypothesis import strategies as st

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.out.utdf_lanes import columns
from zhasyl.scenarios.plans.programme import Stage, stage_phases
from zhasyl.scenarios.plans.refusals import check_letters, check_plan, may_share
from zhasyl.signals import SignalTiming
from zhasyl.text.stage_names import stage_name

Unit = tuple[int, ...]
"""Links that are green together: those of a movement, or a crossing."""


def units(words: SignalWords) -> list[Unit]:
    return [*columns(words).values(), *((link,) for link in sorted(words.walks))]


@st.composite
def plans(draw: st.DrawFn, words: SignalWords, timing: SignalTiming, begin_s: float = 0.0) -> LeavingPlan:
    """A plan that `scenario plan` takes: in each stage what fits beside what was drawn first, until all had green."""
    known = units(words)
    waiting = draw(st.permutations(known))
    stages: list[Stage] = []
    while waiting:
        letters = _stage(words, [*waiting, *draw(st.permutations(known))])
        waiting = [unit for unit in waiting if not set(unit) <= letters.keys()]
        stages.append(draw(_timed(words, timing, letters, stage_name(len(stages)))))
        if not letters:
            raise AssertionError("nothing fits")
    shown = stage_phases(words, tuple(stages), timing)
    cycle_s = sum(phase.duration_s for phase in shown)
    offset_s = float(draw(st.integers(0, int(cycle_s) - 1)))
    return LeavingPlan(words.id, begin_s, offset_s, tuple(stages), shown, shown)


def _stage(words: SignalWords, wanted: list[Unit]) -> dict[int, str]:
    green: set[int] = set()
    for unit in wanted:
        tried = green | set(unit)
        clash = any(i in tried and j in tried and not may_share(words, i, j) for i, j in words.conflicts.foes)
        said = dict.fromkeys(sorted(tried), "")
        letters = words.conflicts.lettered(said)
        try:
            check_letters(words, said, letters)
        except ScenarioError:
            continue
        if not clash and not words.conflicts.unsafe(words.state(letters)):
            green = tried
    return words.conflicts.lettered(dict.fromkeys(sorted(green), ""))


@st.composite
def _timed(draw: st.DrawFn, words: SignalWords, timing: SignalTiming, letters: dict[int, str], name: str) -> Stage:
    walks = words.walks & letters.keys()
    clearance_s = max((words.crossing_m[link] / timing.walking_speed_mps for link in walks), default=0.0)
    least_s = int(clearance_s + timing.walk_s) + 1 if walks else 6
    green_s = float(draw(st.integers(least_s, least_s + 40)))
    longest_s = int(green_s - clearance_s) if walks else 0
    walk_s = draw(st.none() | st.integers(int(timing.walk_s), longest_s).map(float)) if walks else None
    return Stage(0, name, letters, green_s, float(draw(st.integers(3, 5))), float(draw(st.integers(1, 3))), "", walk_s)


def allowed(plan: LeavingPlan, words: SignalWords, timing: SignalTiming) -> bool:
    """Does `scenario plan` take it?"""
    try:
        check_plan(plan.given, words, timing)
    except ScenarioError:
        return False
    return True

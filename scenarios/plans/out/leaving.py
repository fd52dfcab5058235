"""The plans that leave: as stages, which an engineer reads, and as the phases that are shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import DAY_S, clock
from zhasyl.network import Network, Phase
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.export import (
    Timed,
    played_stages,
    shipped_phases,
    shipped_stages,
    stages_by_phase,
)
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan, Shown, Stage, stage_phases
from zhasyl.scenarios.plans.sumo import sumo_plans
from zhasyl.signals import GREEN, Signal, SignalPlan, SignalTiming
from zhasyl.sumo.plan_programme import phases
from zhasyl.sumo.xml_files import top_elements

HERE = Path("plans")


@dataclass(frozen=True)
class LeavingPlan:
    """A signal's plan from a time of day on.

    stages  rows of a table; where a programme is no stages with yellow and all-red, a row a phase
    phases  what is shown, of which the first begins at `offset_s` in each cycle, as the first stage does
    played  the same as SUMO has it: a shipped programme may protect movements that conflict
    """

    signal: str
    begin_s: float
    offset_s: float
    stages: tuple[Stage, ...]
    phases: tuple[Shown, ...]
    played: tuple[Shown, ...]

    @property
    def cycle_s(self) -> float:
        return sum(phase.duration_s for phase in self.phases)

    @property
    def given(self) -> GivenPlan:
        """As SUMO has it, like a plan that was read from a file."""
        return GivenPlan(HERE, 0, self.signal, self.begin_s, self.offset_s, self.played, "plan")


def shipped_plans(scenario: Scenario) -> list[LeavingPlan]:
    """What the signals of a scenario show: the programmes of its timetables by time of day, else those it starts with.

    Raises ScenarioError for a network without a programme of phases.
    """
    network = scenario.network()
    by_day = list(_of_timetables(scenario, network))
    timed = {plan.signal for plan in by_day}
    found = [
        GivenPlan(HERE, 0, signal, 0.0, programme.offset_s, tuple(_as_shown(programme.phases)))
        for signal, programme in network.programmes.items()
        if programme.phases and signal in network.signal_links and signal not in timed
    ]
    plans = [_shipped(SignalWords(network, plan.signal), plan, scenario.timing) for plan in (*by_day, *found)]
    if not plans:
        raise ScenarioError(f"scenario '{scenario.id}': no signal has a programme of phases; choose one that has")
    return sorted(plans, key=lambda plan: (plan.signal, plan.begin_s))


def _of_timetables(scenario: Scenario, network: Network) -> Iterator[GivenPlan]:
    """The plans of signals that a <WAUT> switches during the day, the last file's where several do."""
    found: dict[str, list[GivenPlan]] = {}
    for path in (scenario.net_file, *scenario.additional_files):
        if any(element.tag == "WAUT" for element in top_elements(path)):
            own: dict[str, list[GivenPlan]] = {}
            for plan in sumo_plans(path, network, scenario.start_s, scenario.end_s):
                own.setdefault(plan.signal, []).append(plan)
            found |= {signal: plans for signal, plans in own.items() if len(plans) > 1}
    for plans in found.values():
        yield from plans


def _as_shown(shipped: Sequence[Phase]) -> Iterator[Shown]:
    return (Shown(phase.duration_s, phase.state, phase.name, 0) for phase in shipped)


def _shipped(words: SignalWords, plan: GivenPlan, timing: SignalTiming) -> LeavingPlan:
    safe = shipped_phases(words, plan.programme)
    shown = tuple(replace(phase, state=state) for phase, (_, state) in zip(plan.phases, safe, strict=True))
    merged = replace(plan, phases=tuple(_merged(shown))).programme
    stages = shipped_stages(words, merged, timing, with_walks=True)
    return LeavingPlan(plan.signal, plan.begin_s, plan.offset_s % plan.cycle_s, stages, shown, plan.phases)


def _merged(shown: Sequence[Shown]) -> list[Shown]:
    """The phases, those of one state together that follow each other."""
    rows: list[Shown] = []
    for phase in shown:
        if rows and rows[-1].state == phase.state:
            rows[-1] = replace(rows[-1], duration_s=rows[-1].duration_s + phase.duration_s)
        else:
            rows.append(phase)
    return rows


def played_plans(
    network: Network, signals: Mapping[str, Signal], plans: Mapping[str, Sequence[Timed]], timing: SignalTiming
) -> list[LeavingPlan]:
    """Plans of derived stages as a run shows them."""
    return [
        _played(SignalWords(network, name), signals[name], begin_s, plan, timing)
        for name in sorted(plans)
        for begin_s, plan in plans[name]
    ]


def _played(words: SignalWords, signal: Signal, begin_s: float, plan: SignalPlan, timing: SignalTiming) -> LeavingPlan:
    shown = tuple(Shown(seconds, state, called, 0) for seconds, state, called in phases(signal, plan))
    stages = played_stages(words, signal, plan)
    stop_and_go = any(set(stage.letters.values()) - GREEN for stage in stages)
    if stop_and_go or not alike(stage_phases(words, stages, timing), shown):
        rows = [(phase.duration_s, phase.state) for phase in shown]
        stages = stages_by_phase(
            words, rows, {state: p.stage for p, (_, state) in zip(shown, rows, strict=True)}, False
        )
    return LeavingPlan(signal.id, begin_s, plan.offset_s, stages, shown, shown)


def alike(some: Sequence[Shown], others: Sequence[Shown]) -> bool:
    """Do two programmes show the same, from a green on?

    Between two stages a green that goes on may give way or not: nothing that conflicts with it is green.
    """
    return _colours(some) == _colours(others)


def _colours(shown: Sequence[Shown]) -> list[tuple[float, str]]:
    rows: list[tuple[float, str]] = []
    closing, before = False, ""
    for phase in shown:
        gained = any(now in GREEN and then not in GREEN for now, then in zip(phase.state, before, strict=False))
        closing = bool(set(phase.state) & set("yY")) or (closing and not gained)
        before = phase.state
        colours = phase.state.replace("g", "G") if closing else phase.state
        if rows and rows[-1][1] == colours:
            rows[-1] = (rows[-1][0] + phase.duration_s, colours)
        else:
            rows.append((phase.duration_s, colours))
    return [(round(seconds, 6), colours) for seconds, colours in rows]


def at_time_of_day(plans: Sequence[LeavingPlan], time_s: float) -> list[LeavingPlan]:
    """The plan of each signal at a time of day; before its first time that of the night before."""
    found: dict[str, LeavingPlan] = {}
    for plan in sorted(plans, key=lambda plan: (plan.begin_s <= time_s % DAY_S, plan.begin_s)):
        found[plan.signal] = plan  # the latest that has begun, else the last of the day
    return [found[signal] for signal in sorted(found)]


def check_one_plan(plans: Sequence[LeavingPlan]) -> None:
    """Raise ScenarioError where a signal has several plans by time of day."""
    seen: dict[str, LeavingPlan] = {}
    for plan in plans:
        other = seen.setdefault(plan.signal, plan)
        if other is not plan:
            times = f"{clock(other.begin_s)} and {clock(plan.begin_s)}"
            raise ScenarioError(
                f"signal '{plan.signal[:60]}' has plans from {times}, and UTDF holds one time of day; choose one: "
                f"--at {clock(plan.begin_s)}"
            )

"""What the signals of a run showed, read back by `zhasyl.safety`: what a record says of it, and the same again.

A controller answers for the signals that it plays: with its own stages or, once it has failed, with the fixed plan
that the sequencer plays in its place. At any other signal, under `fixed` at all, what is broken is the shipped plan's
own. Both are judged by the same yellow and minimum green; the all-red between two stages is the plan's own business.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.errors import ScenarioError
from zhasyl.guard import Guard
from zhasyl.measures import Columns
from zhasyl.runs.prepared import Prepared, prepare
from zhasyl.runs.set_up import SetUp
from zhasyl.runs.spec import with_priority
from zhasyl.runs.store import RunRecord
from zhasyl.safety import Limits, Violation, signal_seconds, violations
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.signals import Signal, SignalTiming

FIRST = 5  # violations that a record tells of
MOST = 8  # scenarios that are kept while a store is read


def read_back(prepared: Prepared, played: Iterable[Signal], shown: Columns) -> dict[str, Any]:
    """What a record says of its table of signals; `played` are those that the controller plays, as it plays them."""
    own = {signal.id: signal for signal in played}
    found = violations(prepared.network, shown, _limits(prepared, own))
    mine = [violation for violation in found if violation.signal in own]
    return {
        "violations": len(found),
        "plan_violations": len(found) - len(mine),
        "first_violations": [_told(violation) for violation in (mine or found)[:FIRST]],
        "signal_s_checked": signal_seconds(prepared.network, shown),
    }


def _told(violation: Violation) -> dict[str, Any]:
    return {
        "signal": violation.signal,
        "time_s": violation.time_s,
        "kind": violation.rule,
        "detail": violation.detail,
    }


def _limits(prepared: Prepared, own: Mapping[str, Signal]) -> dict[str, Limits]:
    network, timing, derived = prepared.network, prepared.scenario.timing, prepared.derived.signals
    return {name: _limits_of(own.get(name), derived.get(name), timing) for name in network.signal_links}


def _limits_of(own: Signal | None, shipped: Signal | None, timing: SignalTiming) -> Limits:
    """What a signal has to keep: as its controller plays it; as it is shipped; or what the scenario says of all."""
    signal, speed_mps = own or shipped, timing.walking_speed_mps
    if signal is None:
        return Limits(timing.yellow_s or 0.0, timing.min_green_s or 0.0, walking_speed_mps=speed_mps)
    least_s = min(stage.min_green_s for stage in signal.stages)
    return Limits(signal.yellow_s, least_s, signal.walk_s, speed_mps, own.all_red_s if own else 0.0)


def read_again(record: RunRecord) -> dict[str, Any]:
    """The same of a stored run, from its table of signals and its scenario as it is today.

    Raises ZhasylError with the reason if that cannot be: the scenario is no longer what it was, the controller is gone.
    """
    scenario = scenario_of(record.values)
    prepared = prepare(scenario)
    controller = with_priority(scenario, parse_controller(str(record["label"])))
    return read_back(prepared, _played(prepared, controller), record.table("signals"))


def scenario_of(values: Mapping[str, Any]) -> Scenario:
    """The scenario of a run record. Raises ScenarioError where it is not there, or another one by now."""
    scenario = _scenario(str(values.get("source") or values["scenario"]), str(values.get("variant") or ""))
    if scenario.content != values.get("content"):
        raise ScenarioError(f"scenario '{values['scenario']}' is not what it was; run it again")
    return scenario


@lru_cache(maxsize=MOST)
def _scenario(source: str, variant: str) -> Scenario:
    return vary(load_scenario(source), parse_variant(variant))


def _played(prepared: Prepared, controller: ControllerSpec) -> Iterable[Signal]:
    if prepared.plays_in_sumo(controller):
        return prepared.played_in_sumo(controller)
    with Guard() as guard:
        return prepared.area(SetUp(controller, guard).signal).signals.values()

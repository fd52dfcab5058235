"""From plan.csv to SUMO programmes: its stages as links of a compiled network, made and checked as any given plan."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan, Stage, stage_phases
from zhasyl.scenarios.plans.refusals import check_letters, check_plan
from zhasyl.scenarios.plans.timetable import programme_element
from zhasyl.scenarios.tables.model import Tables
from zhasyl.scenarios.tables.rows import PlanStage
from zhasyl.scenarios.tables.settings import Signals
from zhasyl.signals import SignalTiming
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import Element, write_xml

PROGRAMME_ID = "0"

Subjects = dict[tuple[str, str], list[int]]
"""(road, movement) or ("", crossing) → link indices of its signal."""


def write_programmes(tables: Tables, net_file: Path, plan_file: Path) -> None:
    """Write the programmes of all signals for netconvert; link indices come from a network without plan.

    Raises ScenarioError for a turn or crossing that netconvert left out, and for a plan that must not be shown.
    """
    root = Element("tlLogics")
    root.extend([programme_element(plan, PROGRAMME_ID) for plan in _plans(tables, read_network(net_file))])
    write_xml(root, plan_file)


def with_programmes(tables: Tables, network: Network) -> Network:
    """A network without a plan, as it is compiled with that of the tables. Raises ScenarioError as it would there."""
    return replace(network, programmes={plan.signal: plan.programme for plan in _plans(tables, network)})


def check_programmes(tables: Tables, net_file: Path) -> None:
    """Refuse a network whose programmes are not those of the plan, should netconvert number links anew."""
    network = read_network(net_file)
    for plan in _plans(tables, network):
        shown = network.programmes[plan.signal].phases if plan.signal in network.programmes else ()
        if [phase.state for phase in shown] != [phase.state for phase in plan.phases]:
            raise ScenarioError(f"signal '{plan.signal}': netconvert changed its links between two passes; report this")


def timing_of(rules: Signals) -> SignalTiming:
    """The rules of a folder's signals."""
    return SignalTiming(rules.yellow_s, rules.all_red_s, rules.min_green_s, rules.walk_s, rules.walking_speed_mps)


def _plans(tables: Tables, network: Network) -> Iterator[GivenPlan]:
    timing = timing_of(tables.settings.signals)
    subjects = _subjects(tables, network)
    for signal in tables.signal_ids:
        words = SignalWords(network, signal)
        rows = [(line, stage) for line, stage in tables.plan.lines if stage.signal == signal]
        stages = tuple(_stage(tables, line, stage, words, subjects[signal]) for line, stage in rows)
        phases = stage_phases(words, stages, timing)
        plan = GivenPlan(Path(tables.plan.name), rows[0][0], signal, 0.0, rows[0][1].offset_s, phases)
        check_plan(plan, words, timing)
        yield plan


def _stage(tables: Tables, line: int, row: PlanStage, words: SignalWords, subjects: Subjects) -> Stage:
    named = (*row.greens, *(("", crossing) for crossing in row.crossings))
    said = dict.fromkeys(sorted(link for subject in named for link in subjects[subject]), "")
    letters = words.conflicts.lettered(said)
    try:
        check_letters(words, said, letters)
    except ScenarioError as error:
        raise tables.plan.fault(line, f"signal '{words.id}', stage '{row.stage}': {error}") from None
    return Stage(line, row.stage, letters, row.green_s, row.yellow_s, row.all_red_s)


def _subjects(tables: Tables, network: Network) -> dict[str, Subjects]:
    """What the movements and crossings of the tables have become. Raises ScenarioError for one that is not there."""
    found: dict[str, Subjects] = {signal: {} for signal in tables.signal_ids}
    _add_turns(tables, network, found)
    _add_crossings(tables, network, found)
    return found


def _add_turns(tables: Tables, network: Network, found: dict[str, Subjects]) -> None:
    compiled = {(c.from_edge, c.from_lane, c.to_edge, c.to_lane): c.link for c in network.connections if c.signal}
    for line, turn in tables.shown_turns:
        before, after = tables.link_by_id[turn.from_link], tables.link_by_id[turn.to_link]
        link = compiled.get((before.id, before.sumo_lane(turn.lane), after.id, after.sumo_lane(turn.to_lane)))
        if link is None:
            raise tables.turns.fault(line, "netconvert dropped this turn; check the lanes and classes of its links")
        found[before.to_junction].setdefault((before.id, turn.movement), []).append(link)


def _add_crossings(tables: Tables, network: Network, found: dict[str, Subjects]) -> None:
    compiled = {
        (c.signal, frozenset(network.edges[c.to_edge].crosses)): c.link
        for c in network.connections if c.signal and network.edges[c.to_edge].function == "crossing"
    }  # fmt: skip
    for line, crossing in tables.crossings.lines:
        link = compiled.get((crossing.junction, frozenset(crossing.links)))
        if link is None:
            raise tables.crossings.fault(line, "netconvert dropped this crossing; give both of its ends a sidewalk")
        found[crossing.junction][("", crossing.id)] = [link]

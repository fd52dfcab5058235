"""The turning counts that a scenario's own demand makes: a counts file to begin from, and to test a calibration with.

Counted is who departs in the measured period, in the interval of his departure, at every signal he will pass.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TextIO

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import clock
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.network import Network
from zhasyl.scenarios.counts.count import CLASSES
from zhasyl.scenarios.demand.volumes import departures
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.turns import JunctionTurns, Turn, junction_turns, turns_along

COLUMNS = ("junction", "approach", "movement", "class", "begin", "end", "count")
CLASS_OF = {vehicle_class: name for name, vehicle_class in CLASSES.items()}
CLASS_OF |= {"trailer": "truck", "coach": "bus", "moped": "motorcycle"}
NOT_COUNTED = frozenset({"bicycle", "pedestrian", "tram", "rail", "rail_urban", "rail_electric", "rail_fast", "ship"})
LEAST_S = 60.0

Cell = tuple[Turn, str, int]
"""A turn, a class and the number of an interval."""


def write_own_counts(scenario: Scenario, interval_s: float, file: TextIO) -> int:
    """Write a row per movement of every signal, class and interval; answers the number of counted vehicles.

    Cars have a row also where none comes, as have buses on roads of their own; other classes where one comes.
    Raises ScenarioError for an interval that does not divide the period, or a demand that cannot be routed.
    """
    length_s = scenario.end_s - scenario.begin_s
    if not LEAST_S <= interval_s <= length_s or length_s % interval_s or interval_s % 60 or scenario.begin_s % 60:
        raise ScenarioError(
            f"intervals of {interval_s / 60:g} min do not divide the period of {length_s / 60:g} min into whole "
            "minutes; choose --minutes that do"
        )
    network = scenario.network()
    junctions = [junction_turns(network, signal) for signal in sorted(network.programmes)]
    counted = _counted(scenario, {turn for junction in junctions for turn in junction.turns}, interval_s)
    if not network.programmes:
        raise ScenarioError(f"scenario '{scenario.id}': its network has no signal to count at; choose one that has")
    writer = CsvWriter(file)
    writer.writerow(COLUMNS)
    for junction in junctions:
        for turn, name, number, vehicles in _rows(junction, network, counted, round(length_s / interval_s)):
            begin_s = scenario.begin_s + number * interval_s
            place = (junction.id, *_words(junction, turn), name)
            writer.writerow((*place, clock(begin_s), clock(begin_s + interval_s), vehicles))
    return counted.total()


def _counted(scenario: Scenario, turns: set[Turn], interval_s: float) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for departure in departures(scenario):
        if departure.vehicle_class not in NOT_COUNTED:
            name = CLASS_OF.get(departure.vehicle_class, "car")
            number = int((departure.depart_s - scenario.begin_s) / interval_s)
            found.update((turn, name, number) for turn, _ in turns_along(departure.edges, turns))
    return found


def _rows(
    junction: JunctionTurns, network: Network, counted: Counter[Cell], intervals: int
) -> Iterator[tuple[Turn, str, int, int]]:
    back = {(a, exit_) for a, ways in junction.movements.items() for exit_ in ways.get("u-turn", ())}
    closed = {edge.id for edge in network.edges.values() if len(edge.no_cars) == len(edge.lanes)}
    for turn in junction.turns:
        always = "" if turn in back else "bus" if closed & set(turn) else "car"
        for name in CLASSES:
            vehicles = [counted[turn, name, number] for number in range(intervals)]
            if any(vehicles) or name == always:
                yield from ((turn, name, number, value) for number, value in enumerate(vehicles))


def _words(junction: JunctionTurns, turn: Turn) -> tuple[str, str]:
    """A turn in a planner's words where they are clear, else by the ids of its edges."""
    approach, exit_ = turn
    movement, exits = next((m, e) for m, e in junction.movements[approach].items() if exit_ in e)
    return junction.headings[approach] or approach, movement if len(exits) == 1 else exit_

"""States and loops become the events of phases and detectors."""

from tests.conftest import TinyNetwork
from zhasyl.links import SignalLinks
from zhasyl.network import Network
from zhasyl.runs.events.phases import Phase, phases_of
from zhasyl.runs.events.placed import FUNCTIONS, LaneDetectors, lanes_of, numbered
from zhasyl.runs.events.seen import calls, is_quiet, seen_events, spells
from zhasyl.runs.events.shown import shown_events
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.logs.config import Config, Movement
from zhasyl.scenarios.logs.detection import Actuations
from zhasyl.sumo.outputs.loops import Crossed

# links of t-junction-left-turn: WB:straight WB:left NB:right NB:left EB:right EB:straight
ROWS = [(0.0, "GrrrGG"), (30.0, "Grrryy"), (33.0, "Grrrrr"), (35.0, "GGrrrr"), (45.0, "yyrrrr"), (48.0, "rrrrrr"),
        (50.0, "rrGGrr"), (65.0, "rryyrr"), (68.0, "rrrrrr"), (70.0, "GrrrGG")]  # fmt: skip
STATES = [state for _, state in ROWS]


def tee(tiny_network: TinyNetwork) -> Network:
    return load_scenario(str(tiny_network("t-junction-left-turn"))).network()


def test_links_that_show_the_same_are_a_phase(tiny_network: TinyNetwork) -> None:
    phases = phases_of(tee(tiny_network), "centre", STATES)
    assert [phase.links for phase in phases] == [(0,), (1,), (2, 3), (4, 5)]
    assert [phase.number for phase in phases] == [1, 2, 3, 4]
    assert phases[1].movements == (("WB", "L"),)


def test_phases_have_the_numbers_of_a_configuration(tiny_network: TinyNetwork) -> None:
    movements: dict[int, tuple[Movement, ...]] = {
        2: (("WB", "T"),),
        5: (("WB", "L"),),
        4: (("NB", "L"), ("NB", "R")),
        3: (("SB", "T"),),
    }
    phases = phases_of(tee(tiny_network), "centre", STATES, Config(movements, ()))
    assert {phase.number: phase.links for phase in phases} == {2: (0,), 5: (1,), 4: (2, 3)}
    left = next(phase for phase in phases if phase.number == 5)
    assert [left.colour(state) for state in ("GgrrGG", "GGrrrr", "yyrrrr")] == ["r", "g", "y"], (
        "permitted is none of its own"
    )


def test_events_of_a_cycle(tiny_network: TinyNetwork) -> None:
    network = tee(tiny_network)
    phases = phases_of(network, "centre", STATES)
    found = sorted(shown_events(SignalLinks(network, "centre"), phases, ROWS, True, lambda *_: False, 1.2))
    assert [(t, code) for t, code, phase in found if phase == 2] == [
        (35.0, 0), (35.0, 1), (45.0, 6), (45.0, 7), (45.0, 8), (48.0, 9), (48.0, 10), (50.0, 11), (50.0, 12)
    ]  # fmt: skip
    assert [(t, code) for t, code, phase in found if phase == 4][:7] == [
        (30.0, 6), (30.0, 7), (30.0, 8), (33.0, 9), (33.0, 10), (35.0, 11), (35.0, 12)
    ]  # fmt: skip
    others = shown_events(SignalLinks(network, "centre"), phases, ROWS, False, lambda phase, _: phase == 2, 1.2)
    assert {(code, phase) for _, code, phase in others if code in (4, 5, 6)} == {(5, 1), (4, 2), (5, 3), (5, 4)}


def test_each_lane_has_its_detectors(tiny_network: TinyNetwork) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    network = scenario.network()
    lanes = lanes_of(scenario, network, ["centre"], None)
    detectors = numbered(network, lanes, phases_of(network, "centre", STATES))
    assert [one.detector.number for one in detectors] == list(range(1, len(lanes) * len(FUNCTIONS) + 1))
    assert all(0 < lane.presence_m <= 12 and lane.advance_m <= 100 for lane in lanes)
    assert all(0 < loop.position_m < lane.length_m for lane in lanes for loop in lane.loops())


LANE = LaneDetectors("centre", "west_0", 200.0, (0,), 100.0, 12.0)


def numbered_as(function: str) -> Actuations:
    from zhasyl.runs.events.placed import Numbered
    from zhasyl.scenarios.logs.config import Detector

    crossed = {
        "advance west_0": [Crossed("a", 1.0, 1.5)],
        "zone west_0": [Crossed("a", 8.0, 8.5), Crossed("b", 11.0, 11.6), Crossed("gone", 30.0, 30.4)],
        "line west_0": [Crossed("a", 10.0, 10.5), Crossed("b", 20.0, 20.5), Crossed("cut in", 40.0, 40.5)],
    }
    return spells(Numbered(Detector(1, 2, function), LANE), crossed)


def test_a_zone_is_occupied_from_its_farther_to_its_nearer_end() -> None:
    zone = numbered_as("presence")
    assert (zone.begin_s.tolist(), zone.end_s.tolist()) == ([8.0, 11.0, 30.0, 40.0], [10.5, 20.5, 30.4, 40.5])
    assert numbered_as("advance").begin_s.tolist() == [1.0]
    assert numbered_as("count").begin_s.tolist() == [10.0, 20.0, 40.0]
    assert list(seen_events(7, zone))[:2] == [(8.0, 82, 7), (10.5, 81, 7)]


def test_calls_and_quiet() -> None:
    zone = numbered_as("presence")
    found = list(calls(2, zone, [(5.0, 6.0), (15.0, 19.0), (50.0, 60.0)], 0.0))
    assert found == [(8.1, 43, 2), (15.0, 44, 2), (19.1, 43, 2), (50.0, 44, 2)]
    assert is_quiet(zone, 25.0, 2.0)
    assert not is_quiet(zone, 21.0, 2.0)
    assert is_quiet(zone, 5.0, 2.0)
    assert Phase(1, (0,), ()).colour("u") == "y"

"""What a sensor looks up only when somebody asks, and that nobody can tell: no SUMO is started."""

from copy import copy, deepcopy
from dataclasses import fields, replace

import pytest

from tests.fakes import FakeSimulation
from tests.sensors.road import SIGNAL, same, vehicle
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.sensors import parse_sensor
from zhasyl.sequencer import Sequencer, Watch

EVERY = ("perfect", "loops", "camera:error_m=2")
FLEET = {
    "a": vehicle("in", 45, 0.0),
    "b": vehicle("in", 20, 3.0, route=("in", "side")),
    "c": vehicle("cross", 90, 5.0, route=("cross", "side")),
    "d": vehicle("out", 5, 0.0),
}


class Asked(FakeSimulation):
    """Counts what is asked for."""

    exits = lanes = 0

    def vehicles(self, edge: str) -> list[str]:
        self.exits += edge in ("out", "side")
        return list(super().vehicles(edge))

    def lane_index(self, vehicle: str) -> int:
        self.lanes += 1
        return super().lane_index(vehicle)


def reading(network: Network, text: str = "perfect") -> tuple[Observation, Asked]:
    simulation = Asked(fleet=dict(FLEET))
    return parse_sensor(text).build(simulation, network, SIGNAL, 1).observe(7.0, 1, 3.0), simulation


def test_exits_and_lanes_are_looked_up_once_and_only_when_they_are_asked_for(network: Network) -> None:
    found, simulation = reading(network)
    assert found.counts() == [1, 1, 1]
    assert found.vehicles(within_m=20.0).tolist() == [1, 0, 1]
    assert (simulation.exits, simulation.lanes) == (0, 0)
    assert found.exit_queues == [1, 0, 0]
    before = simulation.exits
    for _ in range(2):
        assert found.exit_queues == found.downstream_queue_veh.tolist() == [1, 0, 0]
        assert simulation.exits == before + 2
    for _ in range(2):
        assert found.lane.tolist() == [1, 0, 1]
        assert simulation.lanes == 3


@pytest.mark.parametrize("text", ["perfect:range_m=20", *EVERY])
@pytest.mark.parametrize("at_m", [5, 60])
def test_queues_on_exits_asked_for_alone_are_those_of_the_reading(network: Network, text: str, at_m: float) -> None:
    fleet = {**FLEET, "e": vehicle("out", at_m, 0.0), "f": vehicle("side", at_m, 2.0)}
    alone, whole = (
        parse_sensor(text).build(FakeSimulation(fleet=fleet), network, SIGNAL, 1).observe(7.0, 1, 3.0) for _ in range(2)
    )
    assert list(alone.exit_queues) == whole.downstream_queue_veh.tolist()
    assert sum(alone.exit_queues) > 0


@pytest.mark.parametrize("text", EVERY)
def test_lists_and_arrays_say_the_same(network: Network, text: str) -> None:
    found, _ = reading(network, text)
    made = Observation(*(getattr(found, field.name) for field in fields(Observation)))
    assert list(found.rows) == sorted(made.rows) == made.rows
    assert list(found.exit_queues) == made.exit_queues
    assert (found.movement_count, found.counts(30.0)) == (made.movement_count, made.counts(30.0))
    assert found.queued().tolist() == made.queued().tolist()
    assert not found.distance_m.flags.writeable


@pytest.mark.parametrize("again", [copy, deepcopy, replace])
def test_a_copy_is_whole(network: Network, again: object) -> None:
    found, simulation = reading(network)
    assert callable(again)
    other = again(found)
    simulation.fleet.clear()
    assert same(other, found)
    assert other.counts() == [1, 1, 1]


def test_what_is_told_otherwise_shares_the_rest(network: Network) -> None:
    found, simulation = reading(network)
    other = found.told(stage=0, green_s=9.0, calls={4: 2.0})
    assert (other.stage, other.green_s, other.calls, other.time_s) == (0, 9.0, {4: 2.0}, 7.0)
    assert (found.stage, dict(found.calls), found.announced) == (1, {}, ())
    assert other.downstream_veh is found.downstream_veh
    assert simulation.exits == 2
    assert same(other, replace(found, stage=0, green_s=9.0, calls={4: 2.0}))


def test_there_is_nothing_else_to_ask_for(network: Network) -> None:
    found, _ = reading(network)
    with pytest.raises(AttributeError, match="no attribute 'weather'"):
        found.weather  # type: ignore[attr-defined]  # noqa: B018


class Keeps(Controller):
    """Keeps what it has seen, and looks at it later."""

    summary = "keeps"
    kept: list[Observation]

    def next_stage(self, observation: Observation) -> int:
        self.kept.append(observation.told(stage=1))
        return observation.stage


@pytest.mark.parametrize("text", EVERY)
def test_a_controller_finds_what_it_keeps_as_it_was(network: Network, text: str) -> None:
    simulation = Asked(fleet=dict(FLEET))
    sensor = parse_sensor(text).build(simulation, network, SIGNAL, 1)
    controller = Keeps(SIGNAL, AdaptiveParameters())
    controller.kept = []
    player = Sequencer(SIGNAL, lambda: controller, Watch(sensor.observe, 0.0))
    player.step(7.0)
    simulation.fleet.clear()
    (kept,) = controller.kept
    assert kept.downstream_veh.sum() > 0
    assert len(kept.lane) == len(kept.rows) > 0
    assert simulation.exits == 2


def test_nobody_pays_for_what_no_controller_looks_at(network: Network) -> None:
    simulation = Asked(fleet=dict(FLEET))
    sensor = parse_sensor("perfect").build(simulation, network, SIGNAL, 1)

    class Forgets(Controller):
        summary = "forgets"

        def next_stage(self, observation: Observation) -> int:
            return observation.stage

    player = Sequencer(SIGNAL, lambda: Forgets(SIGNAL, AdaptiveParameters()), Watch(sensor.observe, 0.0))
    for second in range(7, 20):
        player.step(float(second))
    assert (simulation.exits, simulation.lanes) == (0, 0)

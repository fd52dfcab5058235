"""Corridors of hand-made networks: which signals, which movements, how long and how fast."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.arterial import SPEED_MPS, arterial
from tests.fakes import demanded
from zhasyl.controllers.parts.corridors import MOST_SIGNALS, Corridor, find_corridors
from zhasyl.derive import derive_signals
from zhasyl.observation import Area, SignalDemand
from zhasyl.signals import SignalTiming
from zhasyl.sumo.net_file import read_network

SPACINGS_M = (300, 250, 200, 250, 900, 300, 300)


@pytest.fixture(scope="module")
def network_area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    """Junctions 1, 2, 4 (3 has no signal) and, 900 m farther, 5 and 6; nobody drives."""
    config = arterial(tmp_path_factory.mktemp("arterial") / "road", SPACINGS_M, plain=(3,))
    network = read_network(config.with_suffix(".net.xml"))
    signals = derive_signals(network, SignalTiming()).signals
    return Area(signals, network, lambda name: demanded([0.0] * len(signals[name].movements)))


def driven(area: Area, volumes_vph: dict[tuple[str, str], float]) -> Area:
    """The area with volumes by (from, to): approach and exit edges of some movements."""

    def demand(name: str) -> SignalDemand:
        movements = area.signals[name].movements
        return demanded([volumes_vph.get((m.from_edge, m.to_edge), 0.0) for m in movements])

    return replace(area, demand=demand)


def along(east_vph: float, west_vph: float, numbers: range = range(1, 7)) -> dict[tuple[str, str], float]:
    """Straight traffic along the arterial at some junctions."""
    east = {(f"s{n - 1}-s{n}", f"s{n}-s{n + 1}"): east_vph for n in numbers}
    return east | {(f"s{n + 1}-s{n}", f"s{n}-s{n - 1}"): west_vph for n in numbers}


def signals(found: list[Corridor]) -> list[tuple[str, ...]]:
    return [corridor.signals for corridor in found]


def test_a_corridor_passes_junctions_without_a_signal_and_ends_where_signals_are_far(network_area: Area) -> None:
    found = find_corridors(driven(network_area, along(400, 300)))
    assert sorted(signals(found)) == [("s1", "s2", "s4"), ("s5", "s6")]
    assert signals(find_corridors(driven(network_area, along(400, 300)), 1000)) == [("s1", "s2", "s4", "s5", "s6")]
    assert signals(find_corridors(driven(network_area, along(400, 300)), 260)) == [("s1", "s2")]


def test_outbound_is_the_heavier_way(network_area: Area) -> None:
    found = find_corridors(driven(network_area, along(300, 400)))
    assert sorted(signals(found)) == [("s4", "s2", "s1"), ("s6", "s5")]
    assert [leg.volume_vph for leg in found[0].outbound] == [400] * len(found[0].outbound)
    assert [leg and leg.volume_vph for leg in found[0].inbound] == [300] * len(found[0].inbound)


def test_lengths_and_times_are_the_roads(network_area: Area) -> None:
    corridor = find_corridors(driven(network_area, along(400, 300, range(1, 4))))[0]
    assert corridor.signals == ("s1", "s2")
    leg = corridor.outbound[0]
    assert leg.length_m == pytest.approx(250, abs=2)
    assert leg.travel_s == pytest.approx(leg.length_m / SPEED_MPS, rel=1e-6)


def test_each_passage_is_the_straight_movement(network_area: Area) -> None:
    corridor = find_corridors(driven(network_area, along(400, 300)))[0]
    for index, name in enumerate(corridor.signals):
        there, back = corridor.movement(index), corridor.movement(index, inbound=True)
        assert there is not None
        assert back is not None
        movements = network_area.signals[name].movements
        n = int(name[1:])
        assert (movements[there].from_edge, movements[there].to_edge) == (f"s{n - 1}-s{n}", f"s{n}-s{n + 1}")
        assert (movements[back].from_edge, movements[back].to_edge) == (f"s{n + 1}-s{n}", f"s{n}-s{n - 1}")


def test_a_way_without_traffic_is_no_way(network_area: Area) -> None:
    corridor = find_corridors(driven(network_area, along(400, 0)))[0]
    assert set(corridor.inbound) == {None}
    assert corridor.movement(0, inbound=True) is None
    assert find_corridors(network_area) == []


def test_a_corridor_ends_where_little_of_its_traffic_goes_on(network_area: Area) -> None:
    less = {("s3-s4", "s4-s5"): 40.0, ("s5-s4", "s4-s3"): 30.0}
    found = find_corridors(driven(network_area, {**along(400, 300), **less}))
    assert sorted(signals(found)) == [("s1", "s2"), ("s5", "s6")]


def test_who_turns_in_joins_the_queue(network_area: Area) -> None:
    volumes_vph = {**along(300, 300), ("n1-s1", "s1-s2"): 100.0}
    corridor = find_corridors(driven(network_area, volumes_vph))[0]
    assert corridor.signals[:2] == ("s1", "s2")
    assert corridor.outbound[0].joining_vph == pytest.approx(300 * 100 / 400)
    assert corridor.outbound[1].joining_vph == 0


@given(st.lists(st.floats(0, 1000), min_size=12, max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_signal_is_in_one_corridor_at_most_and_each_leg_is_driven(network_area: Area, vph: list[float]) -> None:
    volumes_vph = dict(zip(along(1, 1), vph, strict=True))
    found = find_corridors(driven(network_area, volumes_vph), 1000)
    names = [name for corridor in found for name in corridor.signals]
    assert len(names) == len(set(names))
    for corridor in found:
        assert 2 <= len(corridor.signals) <= MOST_SIGNALS
        assert len(corridor.outbound) == len(corridor.inbound) == len(corridor.signals) - 1
        assert all(leg.volume_vph > 0 for leg in corridor.outbound)
        assert [leg.from_signal for leg in corridor.outbound] == list(corridor.signals[:-1])
        assert all(leg is None or leg.volume_vph > 0 for leg in corridor.inbound)

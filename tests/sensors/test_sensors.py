"""What holds for every sensor: its text form, its seed, its drop-outs; and the runs it is part of."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import TinyNetwork, TinyRun
from tests.fakes import FakeSimulation, FakeVehicle
from tests.same import assert_same
from tests.sensors.road import SIGNAL, fleets, same, vehicle
from zhasyl.controllers import parse_controller
from zhasyl.derive import derive_signals
from zhasyl.errors import SensorError, ZhasylError
from zhasyl.network import Network
from zhasyl.observation import Observation
from zhasyl.runs.simulate import run
from zhasyl.runs.spec import RunSpec
from zhasyl.safety import Limits, violations
from zhasyl.scenarios import load_scenario
from zhasyl.sensors import BUILDERS, parse_sensor, sensor_names
from zhasyl.sensors.draws import DROP_OUT_PERIOD_S, Draws
from zhasyl.sequencer import MAX_RED_S
from zhasyl.signals import GREEN, SignalTiming
from zhasyl.sumo.net_file import read_network

FAULTY = ("camera", "loops")
EVERY = ("perfect", "loops:drop_out=0.2,stuck=0.4", "camera:miss=0.4,error_m=5,drop_out=0.2,stuck=0.4")
SMALLEST = "t-junction-left-turn"


def readings(network: Network, text: str, fleet: dict[str, FakeVehicle], seed: int) -> list[Observation]:
    """What a sensor reads in two minutes in which nothing moves, every 7 s."""
    sensor = parse_sensor(text).build(FakeSimulation(fleet=fleet), network, SIGNAL, seed)
    return [sensor.observe(float(time_s), 0, 5.0) for time_s in range(0, 120, 7)]


@pytest.mark.parametrize("text", EVERY)
@settings(max_examples=30, deadline=None)
@given(fleet=fleets(), seed=st.integers(0, 2**31))
def test_the_same_seed_reads_the_same_and_only_what_an_observation_may_hold(
    network: Network, text: str, fleet: dict[str, FakeVehicle], seed: int
) -> None:
    found = readings(network, text, fleet, seed)
    assert all(same(one, other) for one, other in zip(found, readings(network, text, fleet, seed), strict=True))
    for one in found:
        arrays = [value for value in vars(one).values() if isinstance(value, np.ndarray)]
        assert [array.flags.writeable for array in arrays] == [False] * 12
        assert len(one.movement) == len(one.distance_m) == len(one.speed_mps)
        assert np.all(np.diff(one.distance_m) >= 0)
        assert np.all((one.distance_m >= 0) & (one.distance_m <= one.upstream_range_m))
        assert np.all((one.movement >= 0) & (one.movement < len(SIGNAL.movements)))
        assert np.all(one.speed_mps >= 0)
        assert np.all(one.downstream_queue_veh <= one.downstream_veh)


@pytest.mark.parametrize("text", EVERY[1:])
def test_another_seed_reads_otherwise(network: Network, text: str) -> None:
    fleet = {f"v{n}": vehicle("in", 49 - 7 * n, 0) for n in range(6)}
    other = readings(network, text, fleet, 2)
    assert not all(same(a, b) for a, b in zip(readings(network, text, fleet, 1), other, strict=True))


@given(st.floats(0, 1), st.integers(0, 1000), st.integers(0, 50))
def test_drop_outs_take_the_stated_share_of_every_ten_minutes(share: float, seed: int, period: int) -> None:
    draws = Draws(seed, "J")
    out_s = sum(draws.dropped_out(share, period * DROP_OUT_PERIOD_S + second) for second in range(600))
    assert abs(out_s - share * 600) <= 1


def test_signals_do_not_drop_out_together() -> None:
    out = [[Draws(1, name).dropped_out(0.1, float(s)) for s in range(600)] for name in "JK"]
    assert out[0] != out[1]


def test_draws_are_uniform_and_independent_of_their_order() -> None:
    draws = Draws(3, "J")
    found = np.array([draws.uniform("miss", n) for n in range(4000)])
    assert 0 < found.min() < found.max() < 1
    assert abs(found.mean() - 0.5) < 0.02
    assert draws.uniform("miss", 0) == found[0] == Draws(3, "J").uniform("miss", 0)
    assert draws.uniform("miss", 0) != draws.uniform("error", 0)


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_the_stated_share_of_zones_is_stuck_half_of_them_on(share: float) -> None:
    found = [Draws(1, "J").stuck(share, zone) for zone in range(4000)]
    assert abs(sum(state is not None for state in found) / 4000 - share) < 0.02
    assert abs(found.count(True) / 4000 - share / 2) < 0.02


@pytest.mark.parametrize("name", FAULTY)
def test_a_sensor_that_is_out_gives_nothing(network: Network, name: str) -> None:
    fleet = {"v": vehicle("in", 45, 0), "w": vehicle("out", 5, 0)}
    for one in readings(network, f"{name}:drop_out=1,stuck=1", fleet, 1):
        assert one.movement.size == one.downstream_veh.sum() == 0


def test_the_names_are_known() -> None:
    assert sensor_names() == ["camera", "loops", "perfect"]


@pytest.mark.parametrize("name", sensor_names())
def test_every_parameter_has_a_description_a_default_and_a_unit(name: str) -> None:
    for key, field in BUILDERS[name].parameters.model_fields.items():
        assert field.description, key
        assert not field.is_required(), key
        assert key.endswith("_m") or key in {"miss", "drop_out", "stuck"}, f"{key} has no unit in its name"


def test_an_advance_loop_within_the_zone_at_the_line_is_refused() -> None:
    with pytest.raises(ZhasylError, match="the advance loop 20 m from the line lies in the zone of 60 m; raise"):
        parse_sensor("loops:stop_line_m=60,advance_m=20")
    assert parse_sensor("loops:stop_line_m=60,advance_m=60").label == "loops:advance_m=60,stop_line_m=60"


def test_a_label_names_only_what_differs_from_the_defaults() -> None:
    assert parse_sensor(" camera : miss=0.1, range_m=80.0,error_m=1 ").label == "camera:miss=0.1,range_m=80"
    assert parse_sensor("perfect:range_m=150").label == "perfect"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("camra", "no sensor 'camra'. Did you mean 'camera'? Known: camera, loops, perfect"),
        ("", "no sensor ''"),
        ("camera:range=80", "sensor 'camera': no parameter 'range'. Did you mean 'range_m'?"),
        ("camera:miss=1.5", "miss=1.5 is not valid: give a number from 0 to 1"),
        ("camera:miss=nan", "miss=nan is not valid"),
        ("loops:miss=0.1", "no parameter 'miss'"),
        ("perfect:drop_out=0.1", "no parameter 'drop_out'"),
        ("camera:miss", "'miss' is not of the form parameter=value"),
    ],
)
def test_a_wrong_sensor_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(SensorError) as caught:
        parse_sensor(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sensor", ["loops", "camera:miss=0.2"])
def test_a_run_is_reproducible_over_the_socket_and_unlike_one_that_sees_all(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, sensor: str
) -> None:
    config = str(tiny_network(SMALLEST))
    one = run(config, "actuated", out=tmp_path / "one", sensor=sensor)
    assert one["sensor"] == sensor
    assert_same(one, run(config, "actuated", out=tmp_path / "two", sensor=sensor, api="traci"))
    perfect = tiny_run(SMALLEST, "actuated")
    assert (one["key"], one["delay_s"]) != (perfect["key"], perfect["delay_s"])
    assert one["faults"] == []


def test_fixed_drives_the_same_with_every_sensor(tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path) -> None:
    blind = run(str(tiny_network(SMALLEST)), "fixed", out=tmp_path, sensor="camera:drop_out=1")
    perfect = tiny_run(SMALLEST, "fixed")
    assert blind["key"] != perfect["key"]
    assert blind["delay_s"] == perfect["delay_s"]


def longest_red_s(signals: pd.DataFrame, link: int) -> float:
    """The longest time without a green of one link."""
    green = signals[[state[link] in GREEN for state in signals["state"]]]
    return float((green["start_s"] - (green["start_s"] + green["duration_s"]).shift()).max())


@pytest.mark.parametrize("sensor", ["loops:drop_out=1", "camera:stuck=1", "camera:miss=1"])
@pytest.mark.parametrize("controller", ["actuated", "max-pressure"])
def test_no_failure_of_a_sensor_starves_anybody_or_makes_a_signal_unsafe(
    tiny_network: TinyNetwork, tmp_path: Path, controller: str, sensor: str
) -> None:
    config = tiny_network(SMALLEST)
    network = read_network(config.with_suffix(".net.xml"))
    signal = derive_signals(network, SignalTiming()).signals["centre"]
    failing = run(str(config), controller, out=tmp_path, sensor=sensor)
    round_s = sum(stage.min_green_s + signal.yellow_s + signal.all_red_s + 8.0 for stage in signal.stages)
    signals = failing.table("signals")
    assert max(longest_red_s(signals, link) for m in signal.movements for link in m.links) <= MAX_RED_S + round_s
    assert violations(network, signals, Limits(signal.yellow_s, 5.0, signal.walk_s, 1.2)) == []
    assert failing["faults"] == []


def test_the_command_of_a_run_names_its_sensor_unless_it_is_perfect(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario, controller = load_scenario(str(tiny_network(SMALLEST))), parse_controller("actuated")
    seeing = RunSpec(scenario, controller, 1, tmp_path, sensor="camera:miss=0.1,range_m=80")
    assert seeing.command.endswith("--seed 1 --sensor camera:miss=0.1,range_m=80")
    assert "--sensor" not in RunSpec(scenario, controller, 1, tmp_path).command
    assert seeing.origin["versions"].keys() - RunSpec(scenario, controller, 1, tmp_path).origin["versions"] == {
        "sensors"
    }

from benchmarks.floor import floor_s
from tests.conftest import TinyNetwork, TinyRun
from zhasyl.scenarios import load_scenario


def test_alone_at_green_a_vehicle_loses_less_than_in_any_run(tiny_network: TinyNetwork, tiny_run: TinyRun) -> None:
    network = "t-junction-left-turn"
    least_s = floor_s(load_scenario(str(tiny_network(network))))
    assert 0.0 < least_s < 5.0
    assert least_s < tiny_run(network, "rolling-horizon")["delay_s"]

"""Same inputs, same results: in this process, over a socket, and in a spawned worker."""

from pathlib import Path

import pytest

from tests.conftest import TINY_NETWORKS, TinyNetwork, TinyRun
from tests.same import assert_same
from zhasyl.controllers import parse_controller
from zhasyl.runs.batch import run_many
from zhasyl.runs.simulate import run
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario

SMALLEST = "t-junction-left-turn"
CONTROLLERS = ("actuated", "fixed", "max-pressure")


@pytest.mark.parametrize("controller", CONTROLLERS)
@pytest.mark.parametrize("name", TINY_NETWORKS)
def test_a_second_run_in_this_process_is_identical(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, name: str, controller: str
) -> None:
    assert_same(tiny_run(name, controller), run(str(tiny_network(name)), controller, seed=1, out=tmp_path))


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_a_run_over_the_socket_is_identical(
    tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path, controller: str
) -> None:
    over_socket = run(str(tiny_network(SMALLEST)), controller, seed=1, out=tmp_path, api="traci")
    assert_same(tiny_run(SMALLEST, controller), over_socket)


def test_runs_in_spawned_workers_are_identical(tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network(SMALLEST)))
    controller = parse_controller("max-pressure")
    specs = [RunSpec(scenario, controller, 1, tmp_path / worker) for worker in ("first", "second")]
    first, second = run_many(specs, jobs=2)
    here = tiny_run(SMALLEST, "max-pressure")
    assert_same(here, first)
    assert_same(here, second)


def test_another_seed_is_another_run(tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path) -> None:
    other = run(str(tiny_network(SMALLEST)), "fixed", seed=2, out=tmp_path)
    here = tiny_run(SMALLEST, "fixed")
    assert other["key"] != here["key"]
    assert other["delay_s"] != here["delay_s"]

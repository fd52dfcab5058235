"""What is known of a scenario is read, derived and counted once in a process."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyNetwork
from zhasyl.controllers import parse_controller
from zhasyl.runs import planning, prepared, simulate
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario, model
from zhasyl.scenarios.demand import volumes


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counter[str]:
    """How often each of what takes long is called, beginning with an empty cache."""
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))
    prepared.prepare.cache_clear()
    volumes.volumes.cache_clear()
    found: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            found[name] += 1
            return function(*arguments, **options)

        return wrapper

    for module, name in (
        (model, "read_network"),
        (prepared, "derive_signals"),
        (prepared, "lane_groups"),
        (volumes, "run_duarouter"),
    ):
        monkeypatch.setattr(module, name, counted(name, getattr(module, name)))
    return found


def test_a_comparison_in_one_process_reads_the_network_once(
    tmp_path: Path, tiny_network: TinyNetwork, calls: Counter[str]
) -> None:
    scenario = load_scenario(str(tiny_network("t-junction-left-turn")))
    controllers = [parse_controller(name) for name in ("webster", "max-pressure")]
    planning.check(scenario, controllers)
    planning.plans_of(scenario, controllers[0])
    for controller in controllers:
        for seed in (1, 2):
            simulate.simulate(RunSpec(scenario, controller, seed, tmp_path))
    assert calls == {"read_network": 1, "derive_signals": 1, "lane_groups": 1, "run_duarouter": 1}


def test_a_comparison_with_every_run_stored_starts_none_of_them(
    tmp_path: Path, tiny_network: TinyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = RunSpec(load_scenario(str(tiny_network("t-junction-left-turn"))), parse_controller("fixed"), 1, tmp_path)
    before = simulate.run_stored(spec)
    monkeypatch.setattr(simulate, "run_isolated", None)
    assert simulate.run_stored(spec).values == before.values

"""Golden records: what each controller achieves on the tiny networks. A change that shifts them says so.

`pytest tests/test_golden.py --regenerate-golden` rewrites them; the difference is then reviewed and committed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TINY_NETWORKS, TinyRun
from zhasyl.controllers import controller_names, load_controller
from zhasyl.controllers.wrappers.base import Wrapper
from zhasyl.measures import MEASURES
from zhasyl.runs.store import RunRecord

GOLDEN = Path(__file__).resolve().parent / "golden"
WRAPPERS = tuple(name for name in controller_names() if issubclass(load_controller(name), Wrapper))
PLAIN = tuple(name for name in controller_names() if name not in (*WRAPPERS, "policy"))
WRAPPED = (
    *WRAPPERS,
    "pedestrian-actuated:walks=scramble",
    "emergency-preemption:of=pedestrian-actuated,of.of=transit-priority,of.of.of=fixed",
)
"""Played where buses, ambulances and pedestrians ask for a green."""
RUNS = [
    *((network, controller) for network in TINY_NETWORKS for controller in PLAIN),
    *(("crossroads-with-bus-line", controller) for controller in WRAPPED),
]
BESIDE_MEASURES = ("control_delay_s", "faults", "gridlocked", "los", "status")


def golden_file(network: str, controller: str) -> Path:
    return GOLDEN / f"{network}.{controller.replace(':', '-')}.json"


def measured(record: RunRecord) -> dict[str, Any]:
    """The results of a run without its origin and times of day, to a thousandth of each unit."""
    keys = [*BESIDE_MEASURES, *(measure.key for measure in MEASURES)]
    return {key: round(value, 3) if isinstance(value := record[key], float) else value for key in sorted(keys)}


@pytest.mark.parametrize(("network", "controller"), RUNS)
def test_results_are_the_golden_ones(
    tiny_run: TinyRun, request: pytest.FixtureRequest, network: str, controller: str
) -> None:
    found = measured(tiny_run(network, controller))
    path = golden_file(network, controller)
    if request.config.getoption("--regenerate-golden"):
        path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        pytest.fail(f"{path.name} was rewritten; review its difference, commit it and run without --regenerate-golden")
    assert found == json.loads(path.read_text(encoding="utf-8"))
    assert tiny_run(network, controller)["violations"] == 0


def test_no_golden_record_is_left_over() -> None:
    expected = {golden_file(network, controller) for network, controller in RUNS}
    assert set(GOLDEN.glob("*")) == expected

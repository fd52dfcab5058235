"""Which rows of a route file SUMO leaves out for their order: as SUMO itself says."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import TinyNetwork
from zhasyl.errors import ScenarioError
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.demand.route_order import left_out, refuse_left_out
from zhasyl.sumo.home import sumo_binary, sumo_environment

END_S = 600
WAY = 'from="north-in" to="south-out"'
KINDS = {
    "trip": '<trip id="{id}" depart="{at}" WAY/>',
    "bus": '<trip id="{id}" depart="{at}" line="7" WAY/>',
    "vehicle": '<vehicle id="{id}" depart="{at}"><route edges="north-in south-out"/></vehicle>',
    "flow": '<flow id="{id}" begin="{at}" end="580" period="50" WAY/>',
    "one": '<flow id="{id}" begin="{at}" number="1" end="580" WAY/>',
    "person": '<person id="{id}" depart="{at}"><walk edges="north-in"/></person>',
    "clock": '<trip id="{id}" depart="0:00:{at}" WAY/>',
    "triggered": '<trip id="{id}" depart="triggered" WAY/>',
}
Row = tuple[str, int]


@pytest.fixture
def town(tiny_network: TinyNetwork, tmp_path: Path) -> Scenario:
    scenario = load_scenario(str(tiny_network("crossroads-shared-lanes")))
    return replace(scenario, begin_s=0.0, warm_up_s=0.0, end_s=END_S, route_files=(tmp_path / "rows.rou.xml",))


def written(scenario: Scenario, rows: list[Row], begin_s: float = 0.0) -> Scenario:
    lines = (KINDS[kind].replace("WAY", WAY).format(id=f"{kind}{n}", at=at) for n, (kind, at) in enumerate(rows))
    scenario.route_files[0].write_text(f"<routes>{''.join(lines)}</routes>", "utf-8")
    return replace(scenario, begin_s=begin_s)


def says_sumo(scenario: Scenario) -> list[str]:
    """The rows that SUMO says it ignores for their order."""
    options = {"--net-file": scenario.net_file, "--route-files": scenario.route_files[0], "--begin": scenario.begin_s,
               "--end": END_S, "--no-step-log": "true"}  # fmt: skip
    arguments = [str(part) for option in options.items() for part in option]
    done = subprocess.run(
        [sumo_binary("sumo"), *arguments], env=sumo_environment(), capture_output=True, text=True, check=True
    )
    return re.findall(r"sorted by departure time, ignoring '(.*)'", done.stderr)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(10, 59)), min_size=2, max_size=8))
def test_it_is_what_sumo_ignores(rows: list[Row], town: Scenario) -> None:
    scenario = written(town, rows)
    found = list(left_out(scenario))
    ignored = says_sumo(scenario)
    assert sum(one.rows for one in found) == len(ignored)
    assert all(f"'{ignored[0]}'" in one.first for one in found)


def test_the_line_names_file_row_and_the_way_out(town: Scenario) -> None:
    with pytest.raises(
        ScenarioError, match=r"rows\.rou\.xml: SUMO leaves out trip 'trip1', which departs at 10 s"
    ) as e:
        refuse_left_out(written(town, [("flow", 40), ("trip", 10), ("trip", 11)]))
    assert "after flow 'flow0' at 40 s and 1 more; sort the file" in str(e.value)


def test_who_departs_before_the_run_begins_is_not_missed(town: Scenario) -> None:
    scenario = written(town, [("trip", 40), ("trip", 10)], begin_s=30.0)
    assert says_sumo(scenario) == ["trip1"]
    refuse_left_out(scenario)


def test_who_departs_before_the_run_begins_sets_no_mark(town: Scenario) -> None:
    scenario = written(town, [("trip", 20), ("trip", 10), ("trip", 40)], begin_s=30.0)
    assert says_sumo(scenario) == []
    refuse_left_out(scenario)


def test_any_order_will_do_where_everything_is_read_at_the_start(town: Scenario) -> None:
    rows: list[Row] = [("trip", 40), ("trip", 10)]
    refuse_left_out(replace(written(town, rows), sumo_options=(("route-steps", "0"),)))
    other = written(town, rows)
    refuse_left_out(replace(other, route_files=(), additional_files=other.route_files))

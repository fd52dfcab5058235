"""Plans that went out come back the same, second by second, in every format that `scenario plan` reads."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scenarios.plans.given import TIMING, TinyNetwork, written
from tests.scenarios.plans.out.random_plans import allowed, plans
from zhasyl.controllers import parse_controller
from zhasyl.files.sheets import read_sheet
from zhasyl.network import Network
from zhasyl.reports.plans_out.files import Asked, leaving_file
from zhasyl.runs.planning import leaving_plans
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan, alike
from zhasyl.scenarios.plans.out.utdf_cells import Wanted, difference
from zhasyl.scenarios.plans.programme import GivenPlan
from zhasyl.scenarios.plans.sumo import sumo_plans
from zhasyl.scenarios.plans.synchro import utdf_plans
from zhasyl.scenarios.plans.table import sheet_rows, table_plans
from zhasyl.signals import SignalTiming

SUFFIXES = {"csv": ".csv", "xlsx": ".xlsx", "tllogic": ".add.xml", "utdf": ".csv"}
FEW = settings(max_examples=7, suppress_health_check=[HealthCheck.function_scoped_fixture])


def back(
    scenario: Scenario, timing: SignalTiming, kind: str, out: Sequence[LeavingPlan], folder: Path
) -> list[GivenPlan]:
    """The plans that `scenario plan` reads from a file of a format."""
    made = leaving_file(Asked(scenario, "webster", kind), out)
    path, network = written(folder, made.data, f"{kind}{SUFFIXES[kind]}"), scenario.network()
    if kind == "utdf":
        return utdf_plans(path, read_sheet(path), None, network, timing)[0]
    if kind == "tllogic":
        return sumo_plans(path, network, 0.0, 3600.0)
    return table_plans(path, sheet_rows(path, read_sheet(path)), network, timing)


@FEW
@given(data=st.data())
@pytest.mark.parametrize("kind", SUFFIXES)
def test_random_plans_come_back_the_same(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    out = data.draw(plans(crossroads_words, crossroads.timing))
    assert allowed(out, crossroads_words, crossroads.timing)
    (read,) = back(crossroads, crossroads.timing, kind, [out], tmp_path)
    assert difference(Wanted(crossroads_words, out, crossroads.timing), read) == ""
    if kind != "utdf":
        assert (read.offset_s, read.begin_s, alike(read.phases, out.phases)) == (out.offset_s, out.begin_s, True)


@settings(FEW, max_examples=3)
@given(data=st.data())
def test_plans_of_a_day_come_back_with_their_times(
    crossroads: Scenario, crossroads_words: SignalWords, tmp_path: Path, data: st.DataObject
) -> None:
    times_s = sorted(data.draw(st.sets(st.integers(0, 1439), min_size=2, max_size=4)))
    out = [data.draw(plans(crossroads_words, TIMING, 60.0 * time)) for time in times_s]
    read = back(crossroads, TIMING, "csv", out, tmp_path)
    assert [plan.begin_s for plan in read] == [plan.begin_s for plan in out]
    for one, other in zip(read, out, strict=True):
        assert difference(Wanted(crossroads_words, other, TIMING), one) == ""


def checked(scenario: Scenario, controller: str, folder: Path) -> dict[str, int]:
    """Format → how many signals came back; each of them the same."""
    out = {plan.signal: plan for plan in leaving_plans(scenario, parse_controller(controller))}
    network = scenario.network()
    return {kind: _same(scenario, network, kind, out, folder) for kind in SUFFIXES}


def _same(scenario: Scenario, network: Network, kind: str, out: dict[str, LeavingPlan], folder: Path) -> int:
    read = back(scenario, scenario.timing, kind, list(out.values()), folder)
    for plan in read:
        wanted = Wanted(SignalWords(network, plan.signal), out[plan.signal], scenario.timing)
        assert difference(wanted, plan) == "", f"{kind} {plan.signal}"
    return len(read)


@pytest.mark.parametrize(("name", "signals"), [
    ("abay-seifullin", 1), ("abay-corridor", 8), pytest.param("downtown-grid", 33, marks=pytest.mark.slow),
])  # fmt: skip
def test_shipped_plans_come_back_the_same(tmp_path: Path, name: str, signals: int) -> None:
    assert checked(load_scenario(name), "fixed", tmp_path) == dict.fromkeys(SUFFIXES, signals)


def test_the_plan_of_a_controller_comes_back_the_same(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    scenario = load_scenario(str(tiny_network("crossroads-with-crossings")))
    assert checked(scenario, "webster", tmp_path) == dict.fromkeys(SUFFIXES, 1)


def test_what_phases_cannot_say_is_left_out_by_name(grid: Scenario, tmp_path: Path) -> None:
    """netgenerate lets some links go yellow and green at once; the others come back."""
    out = leaving_plans(grid, parse_controller("fixed"))
    made = leaving_file(Asked(grid, "fixed", "utdf"), out)
    path = written(tmp_path, made.data)
    read = utdf_plans(path, read_sheet(path), None, grid.network(), grid.timing)[0]
    left = [remark for remark in made.remarks if "is left out: " in remark]
    assert len(read) + len(left) == len(out)

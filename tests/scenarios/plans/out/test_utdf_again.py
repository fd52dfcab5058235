"""A file of Synchro's that came in goes out with other plans, and else to the byte as it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.plans.given import UTDF, utdf, written
from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.made import copy_sheet, plan_scenario
from zhasyl.scenarios.plans.out.leaving import LeavingPlan, shipped_plans
from zhasyl.scenarios.plans.out.utdf_again import utdf_again
from zhasyl.scenarios.plans.out.utdf_cells import Wanted, difference, number
from zhasyl.scenarios.plans.out.utdf_fit import Begun, Timed, _in_ring
from zhasyl.scenarios.plans.out.utdf_new import new_utdf
from zhasyl.scenarios.plans.out.utdf_template import Template
from zhasyl.scenarios.plans.rings import RingPhase
from zhasyl.scenarios.plans.synchro import utdf_plans

ODD = (
    UTDF.replace("Metric,1\n", 'Metric,1\nScenario Name,"Abay, ""peak"""\nNote, caf\u00e9 ,,\n')
    .replace("[Timeplans]", "[Detectors]\nRECORDNAME,INTID,D1\nLatch,1,7\nMade up,1,\n\n[Timeplans]")
    .replace("MinGreen,1", "VehExt,1,2.5,3\nMinGreen,1")
    .replace("Offset,1,10", "Offset,1,*10.0\nYield,1,0")
)


def read_plans(path: Path, scenario: Scenario) -> list[LeavingPlan]:
    """The plans of a file as they would leave."""
    nodes = path.with_name("nodes.csv")
    read, _ = utdf_plans(path, read_sheet(path), nodes, scenario.network(), scenario.timing)
    return [LeavingPlan(p.signal, p.begin_s, p.offset_s, (), p.phases, p.phases) for p in read]


def again(path: Path, scenario: Scenario, plans: list[LeavingPlan]) -> tuple[bytes, tuple[str, ...]]:
    made = utdf_again(path, path.with_name("nodes.csv"), scenario.network(), plans, scenario.timing)
    return made.data, made.remarks


def changed(before: bytes, after: bytes) -> dict[str, str]:
    """The lines that differ."""
    old, new = before.decode("latin-1").splitlines(), after.decode("latin-1").splitlines()
    return {one: other for one, other in zip(old, new, strict=True) if one != other}


@pytest.mark.parametrize(
    "text",
    [
        ODD,
        ODD.replace("\n", "\r\n"),
        ODD.rstrip("\n"),
        ODD.replace(",", ";").replace("Abay; ", "Abay, "),
        "\ufeff" + ODD,
    ],
    ids=["plain", "of Windows", "without a last line end", "semicolons", "with a mark"],
)
def test_the_same_plan_changes_no_byte(crossroads: Scenario, tmp_path: Path, text: str) -> None:
    path = utdf(tmp_path, text)
    assert again(path, crossroads, read_plans(path, crossroads)) == (path.read_bytes(), ())


@pytest.mark.parametrize("code", ["utf-16", "cp1252"])
def test_other_code_pages_stay_as_they_are(tmp_path: Path, code: str) -> None:
    data = ODD.encode(code)
    assert Template(tmp_path / "x.csv", data).data() == data


def test_other_greens_and_offset_change_their_cells_alone(crossroads: Scenario, tmp_path: Path) -> None:
    other = ODD.replace("MaxGreen,1,10,26,,22,14,22,,22", "MaxGreen,1,12,28,,18,16,24,,18").replace("*10.0", "33")
    (tmp_path / "other").mkdir()
    path, wished = utdf(tmp_path, ODD), utdf(tmp_path / "other", other)
    plans = read_plans(wished, crossroads)
    data, remarks = again(path, crossroads, plans)
    assert remarks == ()
    lines = changed(path.read_bytes(), data)
    whole = {"MaxGreen,1,10,26,,22,14,22,,22", "Yellow,1,3,3.4,,3.4,3,3.4,,3.4", "AllRed,1,1,1.6,,1.6,1,1.6,,1.6"}
    assert lines.keys() == {*whole, "Offset,1,*10.0"}
    assert lines["Offset,1,*10.0"] == "Offset,1,*33"
    came = written(tmp_path, data, "after.csv")
    (read,) = utdf_plans(came, read_sheet(came), path.with_name("nodes.csv"), crossroads.network(), crossroads.timing)[
        0
    ]
    words = SignalWords(crossroads.network(), "centre")
    assert difference(Wanted(words, plans[0], crossroads.timing), read) == ""


def test_leading_and_lagging_phases_change_places(crossroads: Scenario, tmp_path: Path) -> None:
    other = UTDF.replace("BRP,1,111,112,211,212,121,122,221,222", "BRP,1,112,111,211,212,122,121,221,222")
    (tmp_path / "other").mkdir()
    path, wished = utdf(tmp_path, UTDF), utdf(tmp_path / "other", other)
    data, remarks = again(path, crossroads, read_plans(wished, crossroads))
    assert remarks == ()
    assert b"BRP,1,112,111,211,212,122,121,221,222" in data


def test_a_plan_of_other_stages_gets_phases_of_its_own(crossroads: Scenario, tmp_path: Path) -> None:
    path = utdf(tmp_path, ODD)
    plans = shipped_plans(crossroads)
    data, remarks = again(path, crossroads, plans)
    assert len(remarks) == 1
    assert remarks[0].startswith("node 1 has other phases now: ")
    came = written(tmp_path, data, "after.csv")
    (read,) = utdf_plans(came, read_sheet(came), path.with_name("nodes.csv"), crossroads.network(), crossroads.timing)[
        0
    ]
    words = SignalWords(crossroads.network(), "centre")
    assert difference(Wanted(words, plans[0], crossroads.timing), read) == ""
    assert b'Scenario Name,"Abay, ""peak"""' in data
    assert b"Made up,1,\n" in data
    assert b"VehExt,1,2.5,3\n" in data


def test_what_a_file_cannot_hold_has_a_reason_and_a_next_step(crossroads: Scenario, tmp_path: Path) -> None:
    shared = UTDF.replace("Offset,1,10", "Offset,1,10\nNode 1,1,9").replace("\n[Timep", "Phase1,9,,8\n\n[Timep")
    path = utdf(tmp_path, shared)
    (plan,) = shipped_plans(crossroads)
    both = r"phases of its own it cannot get, as its controller runs further nodes; --format csv and --format tllogic"
    with pytest.raises(ScenarioError, match=both):
        again(path, crossroads, [plan])
    endless = replace(plan, phases=(replace(plan.phases[0], duration_s=10_000.0), *plan.phases[1:]))
    says = (
        r"cycle is 10,\d+ s, and a UTDF file may have 10 to 600 s; --format csv and --format tllogic hold it as it is"
    )
    with pytest.raises(ScenarioError, match=says):
        again(path, crossroads, [endless])
    with pytest.raises(ScenarioError, match=says):
        new_utdf(crossroads.network(), [endless], crossroads.timing)


def test_a_green_beyond_the_next_phase_is_explained() -> None:
    phase = RingPhase(3, 1, 0.0, 20.0, 23.0, 25.0, False, 0.0)
    with pytest.raises(ScenarioError, match=r"phase 3 stay green for 8\.4 s beyond the begin of the phase after it"):
        _in_ring(Begun("1", 3, 0.0), phase, 25.0, Timed(0.0, 30.4, 3.0))


def test_what_came_in_is_kept_with_the_scenario(crossroads: Scenario, tmp_path: Path) -> None:
    path = utdf(tmp_path, ODD)
    folder = tmp_path / "made"
    folder.mkdir()
    plan_scenario(crossroads, path, folder, "made", path.with_name("nodes.csv"))
    assert (folder / "utdf.csv").read_bytes() == path.read_bytes()
    assert (folder / "nodes.csv").read_bytes() == path.with_name("nodes.csv").read_bytes()


def test_a_workbook_is_kept_as_csv_and_is_no_template(crossroads: Scenario, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in UTDF.splitlines():
        book.active.append(line.split(","))
    path, kept = tmp_path / "plans.xlsx", tmp_path / "utdf.csv"
    book.save(path)
    copy_sheet(path, kept)
    read = [[cell for cell in cells if cell] for _, cells in read_sheet(kept)]
    assert read == [[cell for cell in line.split(",") if cell] for line in UTDF.splitlines() if line]
    with pytest.raises(ScenarioError, match=r"not into a workbook; save it as CSV"):
        utdf_again(path, None, crossroads.network(), shipped_plans(crossroads), crossroads.timing)


def test_a_template_of_semicolons_may_have_more_commas(tmp_path: Path) -> None:
    text = UTDF.replace(",", ";").replace("Metric;1", f"Metric;1\nScenario Name;{'a, b, ' * 200}").encode()
    template = Template(written(tmp_path, text), text)
    template.write({("timeplans", "1"): {("timeplans", "Offset", "DATA"): "11"}})
    assert template.data() == text.replace(b"Offset;1;10", b"Offset;1;11")


def test_numbers_of_cells_keep_large_coordinates() -> None:
    assert [number(value) for value in (12.0, 12.5, -0.1, 5812345.6789)] == ["12", "12.5", "-0.1", "5812345.679"]


def test_a_file_without_a_column_that_the_plan_needs_keeps_its_node(crossroads: Scenario, tmp_path: Path) -> None:
    few = UTDF.replace("RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8", "RECORDNAME,INTID,D1,D2,D3,D4,D5,D6")
    path = utdf(
        tmp_path, few.replace(",221,222", "").replace("Phase1,1,,8", "Phase1,1,,4").replace("1,8,,,4", "1,4,,,4")
    )
    with pytest.raises(ScenarioError, match=r"\[Phases\] has no column D8, which the plan needs; add it"):
        again(path, crossroads, shipped_plans(crossroads))

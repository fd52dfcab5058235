"""What cannot leave, or come back, ends in one line that says what to do, and leaves no file."""

from pathlib import Path

import pytest

from tests.scenarios.plans.given import HEADER, LEFT, MAIN, SIDE, Capture, TinyNetwork, utdf, written
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.files.sheets import read_sheet
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.plans.utdf_places import by_place, displaced, node_places, signal_places

MORE = HEADER.replace("yellow_s", "split_s,walk_s,reference,yellow_s")
GREENS = "WB:straight+right EB:straight+right"
WALK = "crossing:south"


def row(split: str = "", walk: str = "", reference: str = "", greens: str = GREENS, stage: str = "main") -> str:
    return f"centre,07:00,5,{stage},{greens},30,{split},{walk},{reference},3,2\n"


REST = row(greens="NB:straight+right SB:straight+right", stage="side")
TABLES = {
    "split": (MORE + row("36"), "split_s 36, but green, yellow and all-red take 35 s; correct one"),
    "split no number": (MORE + row("long"), "split_s 'long'"),
    "split negative": (MORE + row("-1"), "split_s '-1'"),
    "walk of nobody": (MORE + row(walk="7"), "walk_s 7, but no crossing in its greens; add one or leave it out"),
    "walk over green": (MORE + row(walk="31", greens=f"{GREENS} {WALK}"), "walk_s 31 is over its green of 30 s"),
    "no walk": (MORE + row(walk="0", greens=f"{GREENS} {WALK}"), "walk_s '0'"),
    "endless walk": (MORE + row(walk="inf", greens=f"{GREENS} {WALK}"), "walk_s 'inf'"),
    "reference": (MORE + row(reference="mian") + REST.replace(",,,,3", ",,,mian,3"), "Did you mean 'main'?"),
    "two references": (
        MORE + row(reference="main") + REST.replace(",,,,3", ",,,side,3"),
        "row 3: reference differs from that of row 2",
    ),
    "reference twice": (
        MORE + row(reference="main") + REST.replace("side", "main").replace(",,,3", ",,main,3"),
        "reference: several stages have this name; name one",
    ),
}


def lines_of(tmp_path: Path, scenario: Scenario, text: str, nodes: Path | None = None) -> str:
    folder = tmp_path / "made"
    folder.mkdir()
    with pytest.raises(ScenarioError) as refused:
        plan_scenario(scenario, written(tmp_path, text), folder, "made", nodes)
    assert not list(folder.glob("*.xml"))
    return str(refused.value)


@pytest.mark.parametrize("name", TABLES)
def test_a_wrong_table_is_refused(crossroads: Scenario, tmp_path: Path, name: str) -> None:
    text, says = TABLES[name]
    assert says in lines_of(tmp_path, crossroads, text)


def test_the_offset_means_the_stage_of_reference(t_junction: Scenario, tmp_path: Path) -> None:
    header = HEADER.replace("offset_s", "offset_s,reference")
    text = header + "".join(line.replace(",5,", ",5,side,") for line in (MAIN, LEFT, SIDE))
    folder = tmp_path / "made"
    folder.mkdir()
    (plan,) = plan_scenario(t_junction, written(tmp_path, text), folder, "made").plans
    assert plan.offset_s == (5 - 35 - 15) % plan.cycle_s


CROSSINGS = {
    "no crossing": ("NB:left,1,0-9", "nb:left is no crossing; name one"),
    "unknown": ("crossing:moon,1,0-9", "no movement at signal 'centre'"),
    "no time": ("crossing:south,1,soon", "walk 'soon' is no time within the cycle of 72 s; write it as 0-12"),
    "backwards": ("crossing:south,1,9-3", "walk '9-3' is no time within the cycle"),
    "too long": ("crossing:south,1,0-99", "walk '0-99' is no time within the cycle"),
    "not all": ("crossing:south,1,0-9", "[Crossings] says no walk of"),
}


@pytest.mark.parametrize("name", CROSSINGS)
def test_wrong_walks_are_refused(crossroads: Scenario, tmp_path: Path, name: str) -> None:
    line, says = CROSSINGS[name]
    path = utdf(tmp_path)
    text = f"{path.read_text()}\n[Crossings]\nRECORDNAME,INTID,WALK\n{line}\n"
    assert says in lines_of(tmp_path, crossroads, text, path.with_name("nodes.csv"))


SIGNALS = {"a": (0.0, 0.0), "b": (100.0, 0.0), "c": (300.0, 0.0), "d": (300.0, 250.0)}


def test_nodes_are_matched_with_signals_by_place(tmp_path: Path) -> None:
    """In feet, far away, one of them missing, each some metres off."""
    feet = {"7": (0, 3), "8": (331, -3), "9": (981, 818)}
    text = "[Network]\nMetric,0\n[Nodes]\nINTID,TYPE,X,Y\n" + "".join(
        f"{name},0,{x - 50_000},{y + 9_000}\n" for name, (x, y) in feet.items()
    )
    path = written(tmp_path, text)
    placed = by_place(path, node_places(path, read_sheet(path)), SIGNALS)
    assert placed.signals == {"7": "a", "8": "b", "9": "d"}
    assert placed.farthest_m < 2
    assert placed.shift_m == pytest.approx((50_000 * 0.3048, -9_000 * 0.3048), abs=2)


PLACES: dict[str, tuple[dict[str, tuple[float, float]], str]] = {
    "one node of many": ({"7": (0.0, 9_000.0)}, "fit 4 signals in one way and 1 in another"),
    "a row": ({"7": (0.0, 999.0), "8": (200.0, 999.0)}, "2 of 2 nodes fit 4 signals in one way and 1 in another"),
    "another town": ({str(n): (n * n * 1000.0, 0.0) for n in range(1, 9)}, "give --nodes a CSV"),
    "no node": ({}, "0 nodes with X and Y cannot be matched"),
    "too many": ({str(n): (0.0, n) for n in range(50_000)}, "cannot be matched with 4 signals"),
}


@pytest.mark.parametrize("name", ["one node of many", "another town", "no node", "too many"])
def test_a_doubtful_match_is_refused(name: str) -> None:
    nodes, says = PLACES[name]
    with pytest.raises(ScenarioError) as refused:
        by_place(Path("town.csv"), nodes, SIGNALS)
    assert says in str(refused.value)


def test_signals_of_another_town_with_the_same_numbers_are_told(grid: Scenario, tmp_path: Path) -> None:
    network = grid.network()
    here = signal_places(network)
    names = sorted(here)[:4]

    def told(places: dict[str, tuple[float, float]]) -> tuple[str, ...]:
        rows = "".join(f"{name},{x + 7000},{y}\n" for name, (x, y) in places.items())
        path = written(tmp_path, f"[Network]\nMetric,1\n[Nodes]\nINTID,X,Y\n{rows}")
        return displaced(path, read_sheet(path), names, network)

    assert told({name: here[name] for name in names}) == ()
    (remark,) = told({name: here[name] for name in names[:3]} | {names[3]: (9000.0, 0.0)})
    assert remark.startswith("1 of 4 nodes of plans.csv lie up to ")
    assert remark.endswith(f"INTIDs ({names[3]}): if it is another network, give --nodes")


@pytest.mark.parametrize("x", ["east", "inf", "nan", "1e99"])
def test_a_coordinate_that_is_none_is_refused(tmp_path: Path, x: str) -> None:
    path = written(tmp_path, f"[Nodes]\nINTID,X,Y\n7,{x},0\n")
    with pytest.raises(ScenarioError, match=r"row 3: node 7: X '.*' is no coordinate"):
        node_places(path, read_sheet(path))


COMMANDS = {
    "format": (["--format", "pdf"], "no format 'pdf'"),
    "no format": (["--out", "x.csv"], "--out, --template, --nodes, --at and --lang need --format"),
    "both": (["--format", "csv", "--stages"], "leave --stages out"),
    "workbook on screen": (["--format", "xlsx"], "a workbook cannot be printed; give --out FILE.xlsx"),
    "template": (["--format", "csv", "--template", "x.csv"], "are for --format utdf, and this is csv; leave them out"),
    "nodes": (["--format", "utdf", "--nodes", "x.csv"], "give both"),
    "language": (["--format", "csv", "--lang", "ru"], "--lang is for --format sheet, and this is csv"),
    "no language": (["--format", "sheet", "--lang", "xx"], "no language 'xx'"),
    "time": (["--format", "csv", "--at", "25:00"], "--at '25:00': it is no clock time"),
    "no plan": (["--format", "csv", "--controller", "actuated"], "plays no plan; choose for example fixed or webster"),
    "no file": (["--format", "utdf", "--template", "none.csv"], "none.csv"),
    "no place": (["--format", "csv", "--out", "plan.txt/x.csv"], "cannot write plan.txt/x.csv"),
    "page as PDF": (["--format", "sheet", "--out", "x.pdf"], "'x.pdf'; call it .html, open it in a browser and print"),
    "CSV as workbook": (["--format", "csv", "--out", "x.xlsx"], "let its name end in .csv or give --format xlsx"),
    "workbook as CSV": (["--format", "xlsx", "--out", "x.csv"], "let its name end in .xlsx or give --format csv"),
    "UTDF as text": (
        ["--format", "utdf", "--out", "x.txt"],
        "--format utdf writes a .csv file, and --out is 'x.txt'; let",
    ),
    "tlLogic as none": (
        ["--format", "tllogic", "--out", "x"],
        "writes a .xml file, and --out is 'x'; let its name end in",
    ),
    "another file": (
        ["--format", "utdf", "--template", "plan.txt"],
        "it is no UTDF file; give --template",
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_command_ends_in_one_line(
    tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    options, says = COMMANDS[name]
    config = tiny_network("crossroads-with-crossings")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.txt").write_text("signal,from\nJ,0:00\n")
    assert status(["plans", str(config), *options]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert says in error
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["plan.txt"]


def test_utdf_holds_one_time_of_day(tiny_network: TinyNetwork, tmp_path: Path, capsys: Capture) -> None:
    config, file = tiny_network("t-junction-left-turn"), tmp_path / "plans.csv"
    rows = "centre,06:00,3,A B C,30 10 15\ncentre,09:00,0,A C B,20 15 10\n"
    file.write_text(f"signal,from,offset_s,stages,greens_s\n{rows}", "utf-8")
    asked = ["plans", str(config), "--controller", f"fixed:plans={file}", "--format", "utdf"]
    assert status(asked) == 2
    assert "UTDF holds one time of day; choose one: --at 09:00" in capsys.readouterr().err
    for time, cycle in (("07:00", 70), ("23:00", 60), ("05:00", 60)):
        assert status([*asked, "--at", time]) == 0
        assert f"Cycle Length,1,{cycle}\r\n" in capsys.readouterr().out

"""Each finding of `zhasyl scenario check` on a tiny scenario that has this fault and no other."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import TinyNetwork, build_network
from tests.scenarios.new.test_junction import FOUR
from tests.test_derive import derived, junction_with
from zhasyl import load_scenario
from zhasyl.cli import status
from zhasyl.indications import cycle_s, greens, indications, wait_s
from zhasyl.network import Phase, Programme
from zhasyl.scenarios import Scenario, check
from zhasyl.scenarios.check import CHECKS, Finding, check_scenario
from zhasyl.scenarios.check.lanes_read import ROAD_CLASSES, road_classes
from zhasyl.scenarios.model import Assumption
from zhasyl.signals import SignalTiming
from zhasyl.timing.capacity import lane_groups

ARMS = ("north", "east", "south", "west")
TURNS = [(start, end) for start in ARMS for end in ARMS if start != end]
PLAN = (  # links 0-2 from the north, 3-6 from the east, 7-9 from the south, 10-13 from the west; 2, 6, 9, 13 turn left
    (20, "rrrGGGrrrrGGGr"), (3, "rrryyyrrrryyyr"),
    (10, "rrrrrrGrrrrrrG"), (3, "rrrrrryrrrrrry"),
    (15, "GGGrrrrrrrrrrr"), (3, "yyyrrrrrrrrrrr"),
    (15, "rrrrrrrGGGrrrr"), (3, "rrrrrrryyyrrrr"),
)  # fmt: skip
TWO_STAGES = ((30, "rrrGGGgrrrGGGg"), (3, "rrryyyyrrryyyy"), (30, "GGgrrrrGGgrrrr"), (3, "yyyrrrryyyrrrr"))
BUS_LANE = '<lane id="{0}" index="{1}" allow="bus" speed="13.89" length="242.80" shape="0.00,251.60 242.80,251.60"/>'


def programme(phases: tuple[tuple[float, str], ...], kind: str = "static") -> str:
    rows = "".join(f'<phase duration="{seconds:g}" state="{state}"/>' for seconds, state in phases)
    return f'<tlLogic id="centre" type="{kind}" programID="0" offset="0">{rows}</tlLogic>'


def flows(begin_s: float = 0, end_s: float = 2100, omit: tuple[tuple[str, str], ...] = (), **vph: float) -> str:
    """Cars on every turn; `north_south=900` sets the volume of one."""
    return "".join(
        f'<flow id="{a}-{b}" begin="{begin_s}" end="{end_s}" vehsPerHour="{vph.get(f"{a}_{b}", 40)}"'
        f' from="{a}-in" to="{b}-out"/>'
        for a, b in TURNS
        if (a, b) not in omit
    )


@dataclass
class Parts:
    """What a scenario is made of, as text; a fault is put into one of them."""

    net: str
    demand: str
    additional: str = ""
    fields: dict[str, object] = field(default_factory=dict)

    def plan(self, phases: tuple[tuple[float, str], ...], kind: str = "static") -> None:
        self.net = re.sub(r"<tlLogic.*</tlLogic>", programme(phases, kind), self.net, flags=re.DOTALL)

    def edit(self, old: str, new: str) -> None:
        assert old in self.net
        self.net = self.net.replace(old, new)

    def add(self, elements: str) -> None:
        self.edit("</net>", elements + "</net>")

    def add_lane(self, edge: str, index: int, lane: str) -> None:
        """Another lane on the left of an edge."""
        self.net = re.sub(rf'(<edge id="{edge}".*?)(</edge>)', rf"\1{lane}\2", self.net, flags=re.DOTALL)

    def no_bus(self, *lanes: str) -> None:
        for lane in lanes:
            self.edit(f'<lane id="{lane}"', f'<lane id="{lane}" disallow="bus"')

    def scenario(self, folder: Path) -> Scenario:
        folder.mkdir(exist_ok=True)
        for name, text in (("net.net.xml", self.net), ("demand.rou.xml", f"<routes>{self.demand}</routes>"),
                           ("more.add.xml", f"<additional>{self.additional}</additional>"),
                           ("town.sumocfg", "<configuration/>")):  # fmt: skip
            (folder / name).write_text(text, encoding="utf-8")
        made = Scenario(
            "town", 1, "Town", 300.0, 2100.0, 300.0, folder / "net.net.xml", (folder / "demand.rou.xml",),
            (folder / "more.add.xml",), attribution=("ours",), config_file=folder / "town.sumocfg",
        )  # fmt: skip
        return replace(made, **self.fields)  # type: ignore[arg-type]


@pytest.fixture
def crossroads(tiny_network: TinyNetwork) -> Parts:
    """A crossroads without a fault."""
    net = tiny_network("crossroads-shared-lanes").with_suffix(".net.xml").read_text("utf-8")
    parts = Parts(net, flows())
    parts.plan(PLAN)
    return parts


def names(findings: list[Finding]) -> set[str]:
    return {finding.check for finding in findings}


def test_a_sound_scenario_has_no_finding(crossroads: Parts, tmp_path: Path) -> None:
    assert check_scenario(crossroads.scenario(tmp_path)) == []


# One fault each


def of_fields(**fields: object) -> Callable[[Parts], None]:
    return lambda parts: parts.fields.update(fields)


def of_demand(demand: str) -> Callable[[Parts], None]:
    return lambda parts: setattr(parts, "demand", demand)


def of_plan(*phases: tuple[float, str], kind: str = "static") -> Callable[[Parts], None]:
    return lambda parts: parts.plan(phases, kind)


def of_net(old: str, new: str) -> Callable[[Parts], None]:
    return lambda parts: parts.edit(old, new)


def of_additional(additional: str) -> Callable[[Parts], None]:
    return lambda parts: setattr(parts, "additional", additional)


def changed(position: int, seconds: float, state: str) -> tuple[tuple[float, str], ...]:
    """PLAN with one phase replaced."""
    return (*PLAN[:position], (seconds, state), *PLAN[position + 1 :])


def bus_lane_without_way_in(parts: Parts) -> None:
    parts.no_bus("north-out_0")
    parts.add_lane("north-out", 1, BUS_LANE.format("north-out_1", 1))
    parts.add('<connection from="north-out" to="north-in" fromLane="1" toLane="0" dir="t" state="M"/>')


def bus_lane_without_way_out(parts: Parts) -> None:
    parts.no_bus("west-in_0", "west-in_1")
    parts.add_lane("west-in", 2, BUS_LANE.format("west-in_2", 2))
    parts.add('<connection from="west-out" to="west-in" fromLane="0" toLane="2" dir="t" state="M"/>')


def third_lane_that_leads_nowhere(parts: Parts) -> None:
    parts.add_lane("west-in", 2, BUS_LANE.format("west-in_2", 2).replace(' allow="bus"', ""))


def stub(parts: Parts, name: str, start: str, end: str, shape: str) -> None:
    """A further road with a trip of its own, joined to nothing."""
    lane = f'<lane id="{name}_0" index="0" speed="13.89" length="100" shape="{shape}"/>'
    parts.add(
        f'<edge id="{name}" from="{start}" to="{end}" priority="1">{lane}</edge>'
        '<junction id="far" type="dead_end" x="600" y="250" incLanes="" intLanes="" shape="600,250 600,252"/>'
    )
    parts.demand += f'<vehicle id="{name}" depart="9"><route edges="{name}"/></vehicle>'


def road_that_nothing_leads_onto(parts: Parts) -> None:
    stub(parts, "onward", "east", "far", "500,248 600,248")


def road_that_nothing_leaves(parts: Parts) -> None:
    stub(parts, "feeder", "far", "east", "600,252 500,252")


def more_than_any_plan_serves(parts: Parts) -> None:
    parts.plan(PLAN, "actuated")
    parts.demand = flows(north_south=1400, south_north=1400)


LATER = flows(begin_s=9000, end_s=9900)
FAULTS: dict[str, Callable[[Parts], None]] = {
    "period-short": of_fields(end_s=900.0),
    "no-warm-up": of_fields(warm_up_s=0.0),
    "no-attribution": of_fields(attribution=()),
    "no-reason": of_fields(assumptions=(Assumption("volumes", "as counted", "inferred", " "),)),
    "teleports": of_fields(replaced_options=("time-to-teleport: 300 in the .sumocfg, -1 in the run: none",)),
    "option-replaced": of_fields(replaced_options=("seed: 7 in the .sumocfg, the run's in the run: none",)),
    "route-order": of_demand('<trip id="late" depart="400" from="north-in" to="south-out"/>' + flows()),
    "step-length": of_fields(sumo_options=(("step-length", "2"),)),
    "scale": of_fields(sumo_options=(("scale", "-1"),)),
    "no-internal-links": of_fields(sumo_options=(("no-internal-links", "true"),)),
    "unroutable": of_demand(flows() + '<trip id="lost" depart="400" from="north-in" to="nowhere"/>'),
    "demand-not-counted": of_demand(
        '<route id="a" edges="north-in south-out"/><routeDistribution id="d" routes="a" probabilities="1"/>'
        '<flow id="f" begin="0" end="2100" period="30" route="d"/>'
    ),
    "no-demand": of_demand(LATER),
    "outside-period": of_demand(flows() + '<trip id="late" depart="9999" from="north-in" to="south-out"/>'),
    "demand-ends-early": of_demand(flows(end_s=1500)),
    "demand-begins-late": of_demand(flows(begin_s=900)),
    "no-crossings": of_demand(
        flows() + '<personFlow id="p" begin="0" end="99" number="9"><walk from="north-in" to="west-out"/></personFlow>'
    ),
    "lane-unreachable": bus_lane_without_way_in,
    "lane-without-exit": bus_lane_without_way_out,
    "lane-without-connection": third_lane_that_leads_nowhere,
    "road-unreachable": road_that_nothing_leads_onto,
    "road-without-exit": road_that_nothing_leaves,
    "road-unused": of_demand(flows(omit=tuple(turn for turn in TURNS if turn[1] == "north"))),
    "lane-unused": of_demand(flows(omit=(("east", "north"), ("east", "west")))),
    "speed-too-high": of_net('"north-out_0" index="0" speed="13.89"', '"north-out_0" index="0" speed="41.67"'),
    "speed-too-low": of_net('"north-out_0" index="0" speed="13.89"', '"north-out_0" index="0" speed="1.39"'),
    "programme-missing": of_plan(*((seconds, state[:13]) for seconds, state in PLAN)),
    "never-green": of_plan(*changed(2, 10, "rrrrrrrrrrrrrG")[:3], (3, "rrrrrrrrrrrrry"), *PLAN[4:]),
    "conflicting-greens": of_plan(*PLAN[:4], (15, "GGGrrrrrrGrrrr"), (3, "yyyrrrrrryrrrr"), *PLAN[6:]),
    "straight-gives-way": of_plan(*PLAN, (15, "rgrrrrrrrrrrrg"), (3, "ryrrrrrrrrrrry")),
    "never-protected": of_plan(*TWO_STAGES),
    "yellow-missing": of_plan(*changed(5, 3, "r" * 14)),
    "intergreen-missing": of_plan(*changed(5, 3, "yyyrrrrGGGrrrr")),
    "single-stage": of_plan((60, "o" * 14)),
    "keeps-its-plan": of_plan(*PLAN, kind="NEMA"),
    "green-too-short": of_fields(timing=SignalTiming(min_green_s=12.0)),
    "red-long": of_plan(*((8 * seconds if seconds > 3 else seconds, state) for seconds, state in PLAN)),
    "over-capacity": of_demand(flows(north_south=700)),
    "no-plan-serves": more_than_any_plan_serves,
    "detector-lane": of_additional('<e1Detector id="d" lane="nowhere_0" pos="5" freq="60" file="NUL"/>'),
    "detector-position": of_additional('<e1Detector id="d" lane="north-in_0" pos="999" freq="60" file="NUL"/>'),
    "no-room-for-loops": of_net('"north-in_0" index="0" speed="13.89" length="239.60"',
                                '"north-in_0" index="0" speed="13.89" length="15.00"'),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_nothing_else_is(fault: str, crossroads: Parts, tmp_path: Path) -> None:
    FAULTS[fault](crossroads)
    found = check_scenario(crossroads.scenario(tmp_path))
    assert names(found) == {fault}
    assert all(finding.place and finding.mend for finding in found)


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        (flows() + '<trip id="a" depart="400" from="north-in" to="south-out"/>' * 2, "'a'"),
        (flows() + '<trip id="a" depart="400" type="nothing" from="north-in" to="south-out"/>', "nothing"),
    ],
)
def test_a_demand_that_sumo_refuses_is_said_in_its_words(
    demand: str, said: str, crossroads: Parts, tmp_path: Path
) -> None:
    crossroads.demand = demand
    (found,) = check_scenario(crossroads.scenario(tmp_path))
    assert (found.severity, found.check in ("demand-not-counted", "unroutable")) == ("error", True)
    assert said in found.what


WALKERS = "".join(
    f'<personFlow id="{a}{b}" begin="0" end="2100" period="60"><walk from="{a}-in" to="{b}-out"/></personFlow>'
    for a, b in TURNS
)
CROSSING_FAULTS: dict[str, tuple[str, Callable[[str], str]]] = {
    "no-walkers": (flows(), lambda net: net),
    "walk-too-short": (flows() + WALKERS, lambda net: net.replace('"37" state="gGgr', '"1" state="gGgr')),
    "clearance-too-short": (flows() + WALKERS, lambda net: net.replace('"5"  state', '"1"  state')),
    "never-green": (flows() + WALKERS, lambda net: net.replace("rrrrGrG", "rrrrrrG")),
}  # fmt: skip


@pytest.mark.parametrize("fault", CROSSING_FAULTS)
def test_a_fault_of_crossings_is_found(fault: str, tiny_network: TinyNetwork, tmp_path: Path) -> None:
    net = tiny_network("crossroads-with-crossings").with_suffix(".net.xml").read_text("utf-8")
    demand, broken = CROSSING_FAULTS[fault]
    before = names(check_scenario(Parts(net, flows() + WALKERS).scenario(tmp_path / "sound")))
    assert before == {"never-protected"}  # its lefts
    assert names(check_scenario(Parts(broken(net), demand).scenario(tmp_path / "broken"))) - before == {fault}


@pytest.mark.parametrize(("walk_s", "found"), [(5.0, True), (13.0, False)])
def test_a_walk_that_ends_before_the_second_part_of_a_street_is_reached(walk_s: float, found: bool) -> None:
    """Abay avenue: 13 m and a median are walked in 12 s."""
    shipped = load_scenario("abay-nazarbayev")
    own = [
        one
        for one in check_scenario(replace(shipped, timing=replace(shipped.timing, walk_s=walk_s)))
        if one.check == "walk-in-parts"
    ]
    assert len(own) == found
    for one in own:
        assert one.severity == "note"
        assert "is there up to 12 s after beginning with the first: a walk of 5 s is over" in one.what
        assert "`walk_s` of 13 s or more" in one.mend


def test_two_crossings_of_one_signal_may_stand_at_two_junctions(tmp_path: Path) -> None:
    """A divided road whose carriageways meet the side road at a junction each."""
    folder = tmp_path / "divided"
    folder.mkdir()
    places = {"a": (0, 8), "b": (0, -8), "aw": (-200, 8), "ae": (200, 8), "bw": (-200, -8), "be": (200, -8),
              "n": (0, 200), "s": (0, -200)}  # fmt: skip
    own = {"a": 'type="traffic_light" tl="J"', "b": 'type="traffic_light" tl="J"'}
    nodes = "".join(f'<node id="{name}" x="{x}" y="{y}" {own.get(name, "")}/>' for name, (x, y) in places.items())
    both = [("n", "a"), ("a", "b"), ("b", "s")]
    legs = [("ae", "a"), ("a", "aw"), ("bw", "b"), ("b", "be"), *both, *((j, i) for i, j in both)]
    edges = "".join(f'<edge id="{i}{j}" from="{i}" to="{j}" numLanes="1" speed="13.9" sidewalkWidth="2"/>'
                    for i, j in legs)  # fmt: skip
    (folder / "divided.nod.xml").write_text(f"<nodes>{nodes}</nodes>", "utf-8")
    (folder / "divided.edg.xml").write_text(f"<edges>{edges}</edges>", "utf-8")
    net = build_network(folder, "--crossings.guess").with_suffix(".net.xml").read_text("utf-8")
    walk = '<personFlow id="p" begin="0" end="2100" period="60"><walk edges="na ab bs"/></personFlow>'
    scenario = Parts(net, '<flow id="f" begin="0" end="2100" period="60" from="aea" to="aaw"/>' + walk).scenario(folder)
    (found,) = (one for one in check_scenario(scenario) if one.check == "walk-in-parts")
    assert "crossing ':a_c" in found.what
    assert "crossing ':b_c" in found.what


@pytest.mark.parametrize(("apart_m", "found"), [(28, True), (36, True), (60, False)])
def test_two_signals_with_no_room_between_them_are_told(apart_m: float, found: bool, tmp_path: Path) -> None:
    folder = tmp_path / "pair"
    folder.mkdir()
    legs = [("w", "a"), ("a", "b"), ("b", "e"), ("a", "n"), ("b", "s")]
    edges = "".join(f'<edge id="{i}{j}" from="{i}" to="{j}" numLanes="1" speed="13.89"/>'
                    for one, other in legs for i, j in ((one, other), (other, one)))  # fmt: skip
    places = {"w": (-200, 0), "a": (0, 0), "b": (apart_m, 0), "e": (250, 0), "n": (0, 200), "s": (apart_m, -200)}
    nodes = "".join(f'<node id="{name}" x="{x}" y="{y}" type="{"traffic_light" if name in "ab" else "priority"}"/>'
                    for name, (x, y) in places.items())  # fmt: skip
    (folder / "pair.nod.xml").write_text(f"<nodes>{nodes}</nodes>", "utf-8")
    (folder / "pair.edg.xml").write_text(f"<edges>{edges}</edges>", "utf-8")
    net = build_network(folder).with_suffix(".net.xml").read_text("utf-8")
    scenario = Parts(net, '<flow id="f" begin="0" end="2100" period="60" from="wa" to="be"/>').scenario(folder)
    assert ("short-link" in names(check_scenario(scenario))) is found


def test_a_check_that_fails_is_a_finding_and_the_others_are_made(
    crossroads: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strange(_: object) -> list[Finding]:
        raise ZeroDivisionError("a road of\nno length")

    monkeypatch.setattr(check, "CHECKS", (strange, *CHECKS))
    crossroads.fields["end_s"] = 900.0
    found = check_scenario(crossroads.scenario(tmp_path))
    assert names(found) == {"check-failed", "period-short"}
    assert any("ZeroDivisionError: a road of no length" in finding.what for finding in found)


def test_the_worst_comes_first_then_the_place(crossroads: Parts, tmp_path: Path) -> None:
    for fault in ("speed-too-low", "never-green", "no-warm-up", "teleports"):
        FAULTS[fault](crossroads)
    found = check_scenario(crossroads.scenario(tmp_path))
    assert [finding.check for finding in found] == ["never-green", "speed-too-low", "no-warm-up", "teleports"]


def test_a_fault_that_nobody_meets_is_a_warning(crossroads: Parts, tmp_path: Path) -> None:
    FAULTS["never-green"](crossroads)
    crossroads.demand = flows(omit=(("east", "south"),))
    (found,) = check_scenario(crossroads.scenario(tmp_path))
    assert (found.severity, found.check) == ("warning", "never-green")
    assert "east-in → south-out (link 6)" in found.place


# Command line


def configured(folder: Path, parts: Parts, end_s: float = 2100) -> str:
    parts.scenario(folder)
    files = '<net-file value="net.net.xml"/><route-files value="demand.rou.xml"/>'
    (folder / "town.sumocfg").write_text(f'<configuration>{files}<end value="{end_s:g}"/></configuration>', "utf-8")
    return str(folder / "town.sumocfg")


def test_warnings_end_well_and_errors_do_not(
    crossroads: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(["scenario", "check", configured(tmp_path / "sound", crossroads)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "town: 0 errors, 1 warning, 1 note"
    assert said[0].startswith("warning: period: no warm-up")
    assert said[1].startswith("    fix: ")
    FAULTS["never-green"](crossroads)
    assert status(["scenario", "check", configured(tmp_path / "broken", crossroads), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["scenario"] == "town"
    assert document["counts"] == {"error": 1, "warning": 1, "note": 2}
    assert any("Missing green phase" in found["what"] for found in document["findings"])  # SUMO's own warning
    assert document["findings"][0].keys() == {"severity", "check", "place", "what", "mend"}


def test_many_findings_of_a_kind_are_cut_short_in_words_only(
    crossroads: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crossroads.plan(((60, "r" * 14),))
    place = configured(tmp_path, crossroads)
    assert status(["scenario", "check", place]) == 1
    said = capsys.readouterr().out
    assert said.count("never green") == 10
    assert "and 4 more [never-green]" in said
    assert status(["scenario", "check", place, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["error"] == 14


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE: dict[str, Callable[[Parts], None]] = {
    "net that is no XML": lambda parts: setattr(parts, "net", "<net"),
    "net of another kind": lambda parts: setattr(parts, "net", "<additional/>"),
    "lane without a number": of_net('<lane id="north-in_0" index="0"', '<lane id="north-in_0" index="first"'),
    "demand that is no XML": of_demand("<trip"),
    "entity bomb in the net": lambda parts: setattr(parts, "net", BOMB + "<net>&b;</net>"),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_what_cannot_be_read_is_one_line(
    fault: str, crossroads: Parts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    HOSTILE[fault](crossroads)
    assert status(["scenario", "check", configured(tmp_path, crossroads)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert str(tmp_path) in said.err


ODD: dict[str, Callable[[Parts], None]] = {
    "speed that is no number": of_net('"north-out_0" index="0" speed="13.', '"north-out_0" index="0" speed="nan" x="'),
    "departure that is no time": of_demand('<vehicle id="v" depart="1:nan:x"><route edges="north-in"/></vehicle>'),
    "detector at no number": of_additional('<e1Detector id="d" lane="north-in_0" pos="middle" freq="60" file="NUL"/>'),
    "detector without a lane": of_additional('<e1Detector id="d" freq="60" file="NUL"/>'),
    "signal of no phases": of_plan(),
}  # fmt: skip


@pytest.mark.parametrize("fault", ODD)
def test_odd_input_ends_in_findings(fault: str, crossroads: Parts, tmp_path: Path) -> None:
    ODD[fault](crossroads)
    assert status(["scenario", "check", configured(tmp_path, crossroads)]) in (0, 1)


@pytest.mark.parametrize(("first_s", "kind", "found"), [(258, "static", False), (259, "static", True),
                                                      (259, "actuated", False)])  # fmt: skip
def test_a_red_is_long_above_300_s_of_a_plan_on_the_clock(
    first_s: float, kind: str, found: bool, crossroads: Parts, tmp_path: Path
) -> None:
    """The left turns of the second stage wait for all but its 10 s of the cycle."""
    crossroads.plan(changed(0, first_s, PLAN[0][1]), kind)
    findings = [one for one in check_scenario(crossroads.scenario(tmp_path)) if one.check == "red-long"]
    assert bool(findings) == found
    assert all("waits 301 s for its green, above 300 s" in one.what for one in findings)


@pytest.mark.parametrize(("step", "found"), [("0.4", True), ("0.5", False), ("0.1", False), ("1", False)])
def test_phases_that_are_no_whole_number_of_steps(step: str, found: bool, crossroads: Parts, tmp_path: Path) -> None:
    """A yellow of 3 s is shown for 2.8 s or 3.2 s at 0.4 s a step."""
    crossroads.fields["sumo_options"] = (("step-length", step),)
    own = [one for one in check_scenario(crossroads.scenario(tmp_path)) if one.check == "step-length"]
    assert bool(own) == found
    assert all("phases of 3, 15 s are no whole number of steps" in one.what for one in own)


@pytest.mark.parametrize("may_go", ["s", "o"])
def test_who_may_go_after_a_stop_or_while_it_is_off_has_no_red(may_go: str, crossroads: Parts, tmp_path: Path) -> None:
    crossroads.plan(changed(0, 400, PLAN[0][1].replace("r", may_go)))
    assert "red-long" not in names(check_scenario(crossroads.scenario(tmp_path)))


def test_making_a_scenario_says_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))
    table = tmp_path / "cross.csv"
    table.write_text(FOUR, encoding="utf-8")
    assert status(["scenario", "new", str(table), "--out", str(tmp_path / "cross")]) == 0
    last = capsys.readouterr().out.splitlines()[-2]
    assert re.fullmatch(r"checked: 0 errors, \d+ warnings?, \d+ notes?; see: zhasyl scenario check .*cross", last)


def test_every_finding_is_in_the_handbook() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "scenario-check.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))
    elsewhere = {"short-link", "check-failed", "sumo-refuses", "sumo-warning", "lefts-cross", "walk-in-parts"}
    assert listed == {*FAULTS, *CROSSING_FAULTS, *elsewhere}


# Against theory

SECONDS = st.integers(1, 60)


@given(st.lists(st.tuples(SECONDS, st.sampled_from("GgyrsuO")), min_size=1, max_size=8))
def test_indications_fill_the_cycle_and_alternate(rows: list[tuple[int, str]]) -> None:
    made = Programme("J", "0", "static", 0.0, tuple(Phase(float(s), letter, None, None) for s, letter in rows))
    runs = indications(made, 0)
    assert sum(run.seconds for run in runs) == cycle_s(made)
    assert len(runs) == 1 or all(a.colour != b.colour for a, b in zip(runs, [*runs[1:], runs[0]], strict=True))
    for run in greens(made, 0):
        assert run.seconds + wait_s(run.end_s, run.start_s, cycle_s(made)) == pytest.approx(cycle_s(made))


@given(st.integers(5, 60), st.integers(5, 60), st.floats(10, 3000), st.floats(900, 2200))
def test_the_degree_of_one_lane_is_volume_over_capacity(
    green_s: int, other_s: int, volume_vph: float, flow_vph: float
) -> None:
    phases = [(green_s, "Gr"), (3, "yr"), (other_s, "rG"), (3, "ry")]
    signal = derived(junction_with(phases, foes=[(0, 1)], links=2))
    lanes = [frozenset({f"{m.from_edge}_0"}) for m in signal.movements]
    volumes = [volume_vph if m.from_edge == "in0" else 0.0 for m in signal.movements]
    (group,) = lane_groups(signal, np.array(volumes), lanes, flow_vph, {})
    capacity_vph = flow_vph * green_s / (green_s + other_s + 6)
    assert group.degree == pytest.approx(volume_vph / capacity_vph)
    assert group.approach == "in0"


def test_lanes_share_a_volume_as_drivers_do(crossroads: Parts, tmp_path: Path) -> None:
    """West to east at 1500 veh/h on two lanes that also turn: each carries half of 1500, and its own turn."""
    crossroads.demand = flows(west_east=1500)
    found = [f for f in check_scenario(crossroads.scenario(tmp_path)) if f.check == "over-capacity"]
    assert [f.place for f in found] == ["signal 'centre', approach 'west-in', lanes west-in_0, west-in_1"]


CLASSES = st.sets(st.sampled_from(sorted(ROAD_CLASSES)))


@given(CLASSES, CLASSES)
def test_a_lane_is_open_to_whom_it_names_or_does_not_close_out(allowed: set[str], closed: set[str]) -> None:
    lane = Element("lane", allow=" ".join(allowed), disallow=" ".join(closed))
    assert road_classes(lane) == (allowed or ROAD_CLASSES - closed)

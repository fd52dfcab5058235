"""A demand_scale keeps its mean for every kind of demand, in every file, and leaves lines and who is fetched alone."""

import gzip
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import mean
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from tests.conftest import TinyNetwork
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.noise import Noise, with_noise
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sumo.xml_files import read_root

NAME = "crossroads-shared-lanes"
FLOWS = {
    '<flow id="f" from="a" begin="0" end="900" number="9"/>': 9,
    '<flow id="f" from="a" begin="0" number="9" period="10"/>': 9,
    '<flow id="f" from="a" begin="0" end="900" vehsPerHour="10"/>': 3,
    '<flow id="f" from="a" begin="0" end="900" perHour="10"/>': 3,
    '<flow id="f" from="a" end="900" period="100"/>': 9,
    '<flow id="f" from="a" begin="0" period="400"/>': 9,
    '<flow id="f" from="a" begin="0" end="900" probability="0.8"/>': 720,
    '<flow id="f" from="a" begin="0" end="900" period="exp(0.5)"/>': 450,
    "".join(f'<trip id="t{n}" from="a" to="b" depart="{n}"/>' for n in range(9)): 9,
    '<vehicle id="v" depart="0:10:00"><route edges="a b"/></vehicle>': 1,
}


def expected(root: Element) -> float:
    """How many vehicles a file has on the mean."""
    total = 0.0
    for one in root:
        seconds = float(one.get("end", "0")) - float(one.get("begin", "0"))
        rate = one.get("period", "")
        total += float(one.get("number", "0")) + float(one.get("probability", "0")) * seconds
        total += float(rate[4:-1]) * seconds if rate else 0.0
        total += one.tag != "flow"
    return total


def scaled(demand: str, scale: float, seed: int = 1, noise: float = 0.0) -> Element:
    root: Element = fromstring(f"<routes>{demand}</routes>")
    assert Noise(noise, seed, {}, 3600.0, scale).apply(root)
    return root


@pytest.mark.parametrize("scale", [0.1, 0.5, 1.7, 3.0])
@pytest.mark.parametrize(("demand", "count"), FLOWS.items(), ids=range(len(FLOWS)))
def test_the_mean_is_kept(demand: str, count: float, scale: float) -> None:
    found = [expected(scaled(demand, scale, seed)) for seed in range(400)]
    assert mean(found) == pytest.approx(count * scale, rel=0.01, abs=0.09)
    assert max(found) - min(found) <= 1.001


def test_the_mean_is_kept_under_noise_too() -> None:
    demand = "".join(f'<flow id="f{n}" from="a{n}" begin="0" end="3600" vehsPerHour="2"/>' for n in range(50))
    found = [expected(scaled(demand, 0.5, seed, noise=0.3)) for seed in range(40)]
    assert mean(found) == pytest.approx(50, rel=0.1)


def test_no_probability_exceeds_one_and_no_id_comes_twice() -> None:
    flows = list(scaled('<flow id="f" from="a" begin="0" end="900" probability="0.8"/>', 3.0))
    assert all(float(flow.get("probability", "")) <= 1 for flow in flows)
    assert len({flow.get("id") for flow in flows}) == len(flows) == 3


def test_what_departs_later_stands_later() -> None:
    demand = '<flow id="f" from="a" begin="0" end="900" number="2"/><trip id="t" from="a" to="b" depart="5"/>'
    for seed in range(20):
        times = [float(one.get("depart", one.get("begin", ""))) for one in scaled(demand, 1.5, seed)]
        assert times == sorted(times)


def test_lines_persons_and_who_is_fetched_stay() -> None:
    kept = (
        '<flow id="bus" line="7" from="a" begin="0" end="900" number="9"/><vehicle id="late" depart="triggered"/>'
        '<person id="p" depart="1"/><vehicle id="cab" depart="2"/>'
    )
    root = fromstring(f'<routes>{kept}<trip id="t" from="a" to="b" depart="3"/></routes>')
    Noise(0.0, 1, {}, 3600.0, 0.0001, {"cab"}).apply(root)
    assert [one.get("id") for one in root] == ["bus", "late", "p", "cab"]


def test_demand_in_packed_included_and_additional_files_is_scaled(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    trips = "".join(f'<trip id="{{0}}{n}" from="we" to="ew" depart="{n}"/>' for n in range(10))
    (tmp_path / "inner.xml").write_text(f"<routes>{trips.format('i')}</routes>", "utf-8")
    packed = tmp_path / "t.rou.xml.gz"
    packed.write_bytes(gzip.compress(f'<routes><include href="inner.xml"/>{trips.format("g")}</routes>'.encode()))
    additional = tmp_path / "t.add.xml"
    sign = '<variableSpeedSign id="v" lanes="we_0" file="steps.xml"/>'
    additional.write_text(f"<additional>{sign}{trips.format('a')}</additional>", "utf-8")
    scenario = replace(load_scenario(str(tiny_network(NAME))), route_files=(packed,), additional_files=(additional,))
    made = with_noise(vary(scenario, parse_variant("demand_scale=0.5")), 1, tmp_path)
    roots = [read_root(file) for file in (*made.route_files, *made.additional_files)]
    names = Counter(trip.get("id", "")[0] for root in roots for trip in root.iter("trip"))
    assert names["g"] + names["i"] == 10
    assert names["a"] == 5
    assert [one.get("file") for one in roots[1].iter("variableSpeedSign")] == [str(tmp_path / "steps.xml")]

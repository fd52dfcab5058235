"""Demand counted from route files of every kind, against counts by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import TinyNetwork
from zhasyl.errors import ScenarioError
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.demand.volumes import Walk, counted, turn_volumes_vph, volumes

Made = Callable[..., Scenario]
NORTH_SOUTH = ("north-in", "south-out")
WEST_EAST = ("west-in", "east-out")


@pytest.fixture
def made(tiny_network: TinyNetwork, tmp_path: Path) -> Made:
    """Elements of a route file (and of an additional file) → the scenario on the crossroads, half an hour from 60 s."""
    net_file = tiny_network("crossroads-shared-lanes").with_suffix(".net.xml")

    def scenario(demand: str, additional: str = "", **options: str) -> Scenario:
        route_file, additional_file = tmp_path / "demand.rou.xml", tmp_path / "more.add.xml"
        route_file.write_text(f"<routes>{demand}</routes>", encoding="utf-8")
        additional_file.write_text(f"<additional>{additional}</additional>", encoding="utf-8")
        sumo_options = tuple((key.replace("_", "-"), value) for key, value in options.items())
        return Scenario(
            "crossroads", 1, "", 60.0, 1860.0, 60.0, net_file, (route_file,), (additional_file,),
            sumo_options=sumo_options,
        )  # fmt: skip

    return scenario


@pytest.mark.parametrize(
    ("demand", "vph"),
    [
        ('<vehicle id="v" depart="60"><route edges="north-in south-out"/></vehicle>', 2),
        ('<route id="r" edges="north-in south-out"/><vehicle id="v" depart="90" route="r"/>', 2),
        ('<trip id="t" depart="90" from="north-in" to="south-out"/>', 2),
        ('<flow id="f" begin="0" end="1860" period="60" from="north-in" to="south-out"/>', 60),
        ('<flow id="f" begin="60" end="960" vehsPerHour="120" from="north-in" to="south-out"/>', 60),
        ('<flow id="f" begin="60" end="1860" number="15" from="north-in" to="south-out"/>', 30),
        (
            '<vTypeDistribution id="mix"><vType id="a" probability="1"/><vType id="b" probability="3"/>'
            "</vTypeDistribution>"
            '<flow id="f" type="mix" begin="60" end="160" number="8" from="north-in" to="south-out"/>',
            16,
        ),
        (
            '<flow id="f" line="65" begin="60" end="1860" number="6"><route edges="north-in south-out"/></flow>',
            12,
        ),
    ],
)
def test_demand_of_every_form_counts_by_departure_in_the_period(made: Made, demand: str, vph: float) -> None:
    assert turn_volumes_vph(made(demand)) == {NORTH_SOUTH: pytest.approx(vph)}


@pytest.mark.parametrize(
    "demand",
    [
        '<trip id="early" depart="59" from="north-in" to="south-out"/>',
        '<trip id="late" depart="1860" from="north-in" to="south-out"/>',
        '<vehicle id="never" depart="triggered"><route edges="north-in south-out"/></vehicle>',
        '<trip id="stays" depart="90" from="north-in" to="north-in"/>',
    ],
)
def test_what_does_not_pass_in_the_period_does_not_count(made: Made, demand: str) -> None:
    assert turn_volumes_vph(made(demand)) == {}


@pytest.mark.parametrize(("attribute", "per_s"), [('probability="0.2"', 0.2), ('period="exp(0.2)"', 0.2)])
def test_random_flows_are_drawn_about_their_rate_and_always_alike(made: Made, attribute: str, per_s: float) -> None:
    scenario = made(f'<flow id="f" begin="0" end="1860" {attribute} from="west-in" to="east-out"/>')
    found = dict(turn_volumes_vph(scenario))
    expected = per_s * 1800
    assert found[WEST_EAST] / 2 == pytest.approx(expected, abs=4 * expected**0.5)
    volumes.cache_clear()
    assert turn_volumes_vph(scenario) == found


def test_a_distribution_of_routes_keeps_its_shares(made: Made) -> None:
    routes = (
        '<routeDistribution id="d"><route id="a" edges="north-in south-out" probability="0.9"/>'
        '<route id="b" edges="north-in east-out" probability="0.1"/></routeDistribution>'
    )
    found = turn_volumes_vph(made(routes + '<flow id="f" begin="60" end="1860" period="2" route="d"/>'))
    assert found[NORTH_SOUTH] + found["north-in", "east-out"] == 1800
    assert found[NORTH_SOUTH] / 1800 == pytest.approx(0.9, abs=0.04)


def test_every_route_of_a_long_distribution_is_driven(made: Made) -> None:
    ways = [(a, b) for a in ("north", "east", "south", "west") for b in ("north", "east", "south", "west") if a != b]
    routes = "".join(f'<route id="{a}-{b}" edges="{a}-in {b}-out" probability="1"/>' for a, b in ways)
    flow = '<flow id="f" begin="60" end="1860" period="1" route="d"/>'
    found = turn_volumes_vph(made(f'<routeDistribution id="d">{routes}</routeDistribution>{flow}'))
    assert found.keys() == {(f"{a}-in", f"{b}-out") for a, b in ways}
    assert sum(found.values()) == 3600


def test_types_and_vehicles_of_additional_files_count_and_the_scale_does(made: Made) -> None:
    scenario = made(
        '<trip id="t" type="bus" depart="90" from="north-in" to="south-out"/>',
        '<vType id="bus" vClass="bus"/><route id="r" edges="west-in east-out"/>'
        '<vehicle id="v" depart="80" type="bus" route="r"/>',
        scale="2",
    )
    assert turn_volumes_vph(scenario) == {NORTH_SOUTH: 4, WEST_EAST: 4}


def test_walkers_do_not_count(tiny_network: TinyNetwork, made: Made) -> None:
    walk = '<person id="p" depart="90"><walk edges="north-in south-out"/></person>'
    drive = '<trip id="t" depart="90" from="west-in" to="east-out"/>'
    assert turn_volumes_vph(made(walk + drive)) == {WEST_EAST: 2}


def test_heavy_vehicles_are_counted_beside_all(made: Made) -> None:
    types = '<vType id="lorry" vClass="truck"/><vType id="rider" vClass="bicycle"/>'
    trips = "".join(f'<trip id="{n}" type="{kind}" depart="90" from="north-in" to="south-out"/>'
                    for n, kind in enumerate(("lorry", "DEFAULT_VEHTYPE", "rider")))  # fmt: skip
    found = volumes(made(types + trips))
    assert (found.turns_vph, found.heavy_vph) == ({NORTH_SOUTH: 4}, {NORTH_SOUTH: 2})


@pytest.mark.parametrize(
    ("kind", "heavy"),
    [("passenger", False), ("truck", True), ("trailer", True), ("bus", True), ("coach", True), ("delivery", False)],
)
def test_trucks_trailers_buses_and_coaches_are_heavy(made: Made, tmp_path: Path, kind: str, heavy: bool) -> None:
    routes = tmp_path / "routes.xml"
    routes.write_text(
        f'<routes><vType id="k" vClass="{kind}"/><vehicle id="v" type="k" depart="90">'
        '<route edges="north-in south-out"/></vehicle></routes>',
        encoding="utf-8",
    )
    assert counted(made(""), routes).heavy_vph == ({NORTH_SOUTH: 2} if heavy else {})


def test_walks_of_the_period_are_counted_from_where_they_begin(made: Made) -> None:
    walk = '<walk edges="north-in south-out" arrivalPos="20"/>'
    persons = (f'<person id="{at_s}" depart="{at_s}" departPos="5">{walk}</person>' for at_s in (30, 90, 91))
    assert volumes(made("".join(persons))).walks_per_h == {Walk(("north-in", "south-out"), 5, 20): 4}


def test_names_of_stops_and_lines_change_no_count(made: Made) -> None:
    """duarouter writes them as they are, which makes its file no XML."""
    stop = '<busStop id="S&amp;T" name="Main -- 5th &lt;N&gt;" lane="south-out_0" startPos="10" endPos="30"/>'
    walk = '<person id="p" depart="90"><walk from="north-in" busStop="S&amp;T"/></person>'
    bus = '<trip id="b" line="M&amp;S" depart="91" from="north-in" to="south-out"><stop busStop="S&amp;T"/></trip>'
    found = volumes(made(walk + bus, stop))
    assert found.turns_vph == {NORTH_SOUTH: 2}
    assert list(found.walks_per_h.values()) == [2]


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        ('<trip id="t" depart="90" from="nowhere" to="south-out"/>', "duarouter says: .*nowhere"),
        ('<vehicle id="t" depart="90"><route edges="north-in west-in"/></vehicle>', "duarouter says: "),
        ("<trip", "duarouter says: "),
        (
            '<route id="r" edges="west-in east-out"/><routeDistribution id="d" routes="r" probabilities="1"/>',
            "distribution 'd' are named by id",
        ),
        (
            '<route id="r" edges="west-in east-out"/><routeDistribution id="d"><route refId="r"/></routeDistribution>',
            "distribution 'd' are named by id",
        ),
    ],
)
def test_a_demand_that_cannot_be_counted_is_one_line(made: Made, demand: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said) as caught:
        turn_volumes_vph(made(demand))
    assert "\n" not in str(caught.value)


def test_errors_that_the_run_ignores_are_ignored_here(made: Made) -> None:
    wrong = '<vehicle id="t" depart="90"><route edges="north-in west-in"/></vehicle>'
    right = '<trip id="u" depart="91" from="west-in" to="east-out"/>'
    assert turn_volumes_vph(made(wrong + right, ignore_route_errors="true")) == {WEST_EAST: 2}


def test_what_was_counted_is_kept_and_a_damaged_file_is_counted_again(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))
    person = '<person id="p" depart="70"><walk edges="north-in south-out" arrivalPos="5"/></person>'
    scenario = replace(
        made('<vehicle id="v" depart="60"><route edges="north-in south-out"/></vehicle>' + person), content="c"
    )
    counted = volumes(scenario)
    (kept,) = (tmp_path / "cache" / "scenarios" / "demand").iterdir()
    with monkeypatch.context() as patched:
        patched.setattr("zhasyl.scenarios.demand.volumes.run_duarouter", None)
        volumes.cache_clear()
        assert volumes(scenario) == counted
    assert counted.turns_vph == {NORTH_SOUTH: 2.0}
    assert len(counted.walks_per_h) == 1
    for damaged in (
        kept.read_text()[:-5],
        kept.read_text().replace("2.0", "3.0"),
        '{"turns": [], "heavy": [], "walks": []}',
    ):
        kept.write_text(damaged)
        volumes.cache_clear()
        assert volumes(scenario) == counted
    assert volumes(replace(scenario, end_s=scenario.end_s + 1800)) != counted

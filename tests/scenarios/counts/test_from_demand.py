"""A scenario's own demand as a counts file: what it says is what departs, and calibrating on it gives it back."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.roundtrip import round_trip
from zhasyl.cli import status
from zhasyl.errors import ControllerError, ScenarioError
from zhasyl.runs import simulate
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.counts.from_demand import write_own_counts
from zhasyl.scenarios.counts.placed import place_counts
from zhasyl.scenarios.counts.read import read_counts
from zhasyl.scenarios.turns import turns_along
from zhasyl.sumo.net_file import read_network

TinyNetwork = Callable[[str], Path]
Capture = pytest.CaptureFixture[str]
ARMS = ("north", "east", "south", "west")
HEADING = {"north": "SB", "east": "WB", "south": "NB", "west": "EB"}
CROSSROADS = "crossroads-shared-lanes"

Trips = list[tuple[str, str, str, float]]


@pytest.fixture
def crossroads(tiny_network: TinyNetwork) -> Path:
    return tiny_network(CROSSROADS)


def config_with(folder: Path, net_file: Path, trips: Trips, end_s: float = 1800, begin_s: float = 0) -> Path:
    """A configuration of a network with trips (class, origin, destination, departure)."""
    types = "".join(f'<vType id="{name}" vClass="{name}"/>' for name in sorted({trip[0] for trip in trips}))
    vehicles = "".join(
        f'<trip id="t{n}" type="{name}" depart="{depart_s}" from="{origin}-in" to="{end}-out"/>'
        for n, (name, origin, end, depart_s) in sorted(enumerate(trips), key=lambda item: item[1][3])
    )
    (folder / "own.rou.xml").write_text(f"<routes>{types}{vehicles}</routes>", "utf-8")
    config = folder / "own.sumocfg"
    config.write_text(
        f'<configuration><net-file value="{net_file}"/><route-files value="own.rou.xml"/>'
        f'<begin value="{begin_s:g}"/><end value="{end_s:g}"/></configuration>',
        "utf-8",
    )
    return config


def own_counts(config: Path, interval_s: float = 900) -> list[dict[str, str]]:
    text = io.StringIO()
    write_own_counts(load_scenario(str(config)), interval_s, text)
    return list(csv.DictReader(text.getvalue().splitlines()))


def test_each_vehicle_is_counted_by_class_and_by_when_it_departs(crossroads: Path, tmp_path: Path) -> None:
    net_file = load_scenario(str(crossroads)).net_file
    car = ("passenger", "west", "east")
    trips: Trips = [(*car, 899.0), (*car, 900.0), (*car, 1800.0), ("truck", "south", "east", 1.0),
                    ("coach", "south", "east", 2.0)]  # fmt: skip
    rows = own_counts(config_with(tmp_path, net_file, trips, 1800))
    some = {
        (r["approach"], r["movement"], r["class"], r["begin"], r["end"]): r["count"] for r in rows if r["count"] > "0"
    }
    assert some == {
        ("EB", "straight", "car", "00:00", "00:15"): "1",
        ("EB", "straight", "car", "00:15", "00:30"): "1",
        ("NB", "right", "truck", "00:00", "00:15"): "1",
        ("NB", "right", "bus", "00:00", "00:15"): "1",
    }
    assert Counter(r["class"] for r in rows) == {"car": 2 * 12, "truck": 2, "bus": 2}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["passenger", "truck", "bus"]), st.sampled_from(list(pairwise((*ARMS, *ARMS[:3])))),
                  st.booleans(), st.integers(0, 1799)), min_size=1, max_size=30)
)  # fmt: skip
def test_counts_read_back_are_the_departures(
    tiny_network: TinyNetwork,
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[tuple[str, tuple[str, str], bool, float]],
) -> None:
    net_file = load_scenario(str(tiny_network(CROSSROADS))).net_file
    trips = [(name, *(pair if forth else pair[::-1]), depart_s) for name, pair, forth, depart_s in drawn]
    folder = tmp_path_factory.mktemp("own")
    config = config_with(folder, net_file, trips)
    path = folder / "counts.csv"
    with path.open("w", encoding="utf-8") as file:
        assert write_own_counts(load_scenario(str(config)), 900, file) == len(trips)
    placed = place_counts(path, read_counts(path), read_network(net_file))
    found: Counter[tuple[str, tuple[str, str]]] = Counter()
    for place in placed.counts:
        found[place.count.vehicle_class, place.turn] += place.count.vehicles
    names = {"passenger": "car"}
    wanted = Counter((names.get(name, name), (f"{origin}-in", f"{end}-out")) for name, origin, end, _ in trips)
    assert +found == wanted
    assert placed.remarks == ()


def test_a_night_that_goes_on_after_one_o_clock_is_read_back(crossroads: Path, tmp_path: Path) -> None:
    net_file = load_scenario(str(crossroads)).net_file
    config = config_with(tmp_path, net_file, [("passenger", "west", "east", 90_900.0)], 93_600, begin_s=82_800)
    path = tmp_path / "counts.csv"
    with path.open("w", encoding="utf-8") as file:
        write_own_counts(load_scenario(str(config)), 3600, file)
    counts = read_counts(path)
    assert {count.begin_s for count in counts} == {82_800, 86_400, 90_000}
    assert [(count.begin_s, count.end_s) for count in counts if count.vehicles] == [(90_000, 93_600)]


def test_an_interval_that_does_not_divide_the_period_is_refused(crossroads: Path, capsys: Capture) -> None:
    assert status(["scenario", "counts", str(crossroads), "--minutes", "7"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "intervals of 7 min do not divide the period" in err


def test_a_network_without_signals_is_refused(crossroads: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.net.xml"
    text = load_scenario(str(crossroads)).net_file.read_text("utf-8")
    start, end = text.index("<tlLogic"), text.index("</tlLogic>") + len("</tlLogic>")
    bare.write_text(text[:start] + text[end:], "utf-8")
    config = config_with(tmp_path, bare, [("passenger", "west", "east", 1.0)])
    with pytest.raises(ScenarioError, match="no signal to count at"):
        own_counts(config)


@given(st.lists(st.sampled_from("abcdef"), max_size=12))
def test_a_turn_over_inner_roads_is_found_once_at_its_approach(edges: list[str]) -> None:
    found = list(turns_along(edges, {("a", "f")}))
    expected = [n for n, edge in enumerate(edges) if edge == "a" and "f" in edges[n + 1 : n + 6]]
    assert [position for _, position in found] == expected


def test_calibrate_names_an_unknown_controller_before_it_begins(
    crossroads: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    arguments = ["scenario", "calibrate", str(crossroads), "none.csv", "--out", str(out), "--controller", "websta"]
    assert status(arguments) == 2
    assert "Did you mean 'webster'?" in capsys.readouterr().err
    assert not out.exists()


def test_a_controller_that_fails_counts_nothing(crossroads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"faults": [{"signal": "centre", "time_s": 61.0, "reason": "it raised"}]}
    monkeypatch.setattr(simulate, "run", lambda *_: record)
    with pytest.raises(ControllerError, match="controller 'webster' failed at signal 'centre' at 61 s: it raised"):
        simulate.player("webster")(load_scenario(str(crossroads)))


@pytest.mark.slow
def test_counts_of_a_built_in_scenario_come_back_under_webster() -> None:
    """Issue 5's figure, on the smallest scenario; benchmarks/roundtrip.md has all of them."""
    done = round_trip("abay-seifullin")
    assert done.met, done.row
    assert len(done.fit.movements) == 12
    assert sum(movement.counted_vph for movement in done.fit.movements) == done.passages

"""Imported programmes show no conflict, and pedestrians have left the crossing when conflicting traffic starts."""

from itertools import accumulate
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.any_signal import WALKING_SPEED_MPS, network_of, signals
from tests.scenarios.osm.osm_town import osm, town, way
from zhasyl.links import read_conflicts
from zhasyl.network import Network
from zhasyl.safety import Limits, violations
from zhasyl.scenarios.osm.corrected_programmes import Shown, cleared
from zhasyl.scenarios.osm.import_map import import_osm
from zhasyl.sumo.net_file import read_network

LIMITS = Limits(yellow_s=0.0, min_green_s=0.0, walk_s=0.0, walking_speed_mps=WALKING_SPEED_MPS)
WIDE = {"highway": "tertiary", "lanes": "8"}


def late_reds(network: Network, signal: str, phases: list[Shown]) -> list[str]:
    """What the safety check says of three cycles."""
    rows = phases * 3
    starts_s = [0, *accumulate(seconds for seconds, _ in rows)][:-1]
    table = pd.DataFrame({
        "signal": signal, "start_s": [float(start_s) for start_s in starts_s],
        "duration_s": [float(seconds) for seconds, _ in rows], "state": [state for _, state in rows],
    })  # fmt: skip
    return [
        str(violation)
        for violation in violations(network, table, LIMITS)
        if violation.rule == "pedestrian clearance too short"
    ]


def imported(folder: Path) -> list[str]:
    """What the safety check says of the programmes of a town with wide streets."""
    source = town(folder, 2, 1, WIDE)
    network = import_osm(source, folder, "wide", None, "", 60.0).network
    shown = {
        name: [(round(phase.duration_s), phase.state) for phase in programme.phases]
        for name, programme in network.programmes.items()
    }
    assert len(shown) == 2
    assert read_network(folder / "network.net.xml").programmes == network.programmes
    return [text for name, phases in shown.items() for text in late_reds(network, name, phases)]


def test_an_imported_programme_clears_its_crossings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mended").mkdir()
    assert imported(tmp_path / "mended") == []
    monkeypatch.setattr("zhasyl.scenarios.osm.import_map.mend_programmes", lambda _: [])
    assert imported(tmp_path)


def dual_carriageway(folder: Path) -> Path:
    """A street across two one-way carriageways 18 m apart, with a signal on each."""
    places = {1: (-300, 0), 21: (-9, 0), 24: (9, 0), 5: (300, 0), 20: (-9, 300), 22: (-9, -300), 23: (9, -300),
              25: (9, 300)}  # fmt: skip
    tag = '<tag k="highway" v="traffic_signals"/>'
    nodes = "".join(
        f'<node id="{key}" lat="{y / 111195:.7f}" lon="{x / 111195:.7f}">{tag if key in (21, 24) else ""}</node>'
        for key, (x, y) in places.items()
    )
    street = {"highway": "primary", "name": "A &lt;b&gt; &amp; &quot;C&quot;"}
    narrow, wide = {**street, "lanes": "2"}, {**street, "lanes": "4"}
    carriageway = {"highway": "secondary", "lanes": "2", "oneway": "yes"}
    ways = [
        way(6, [1, 21], narrow),
        way(7, [21, 24, 5], wide),
        way(8, [20, 21, 22], carriageway),
        way(9, [23, 24, 25], carriageway),
    ]
    return osm(folder, nodes + "".join(ways))


def unsafe(folder: Path) -> list[tuple[int, int]]:
    """Pairs of links that an imported programme shows at once though neither gives way."""
    made = import_osm(dual_carriageway(folder), folder, "dual", None, "", 60.0)
    ((name, programme),) = made.network.programmes.items()
    conflicts = read_conflicts(made.network, made.network.signal_links[name])
    return [pair for phase in programme.phases for pair in conflicts.unsafe(phase.state)]


def test_an_imported_programme_shows_no_conflict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mended").mkdir()
    assert unsafe(tmp_path / "mended") == []
    monkeypatch.setattr("zhasyl.scenarios.osm.import_map.mend_programmes", lambda _: [])
    assert unsafe(tmp_path)


def test_names_of_streets_come_as_they_are(tmp_path: Path) -> None:
    made = import_osm(dual_carriageway(tmp_path), tmp_path, "dual", None, "", 60.0)
    assert 'A <b> & "C"' in made.signals[0].streets


@given(st.data())
def test_any_programme_clears_its_crossings(data: st.DataObject) -> None:
    signal = data.draw(signals())
    states = st.sampled_from([stage.state for stage in signal.stages])
    phases = data.draw(st.lists(st.tuples(st.integers(1, 20), states), min_size=1, max_size=8))
    found = cleared(phases, signal)
    assert late_reds(network_of(signal), signal.id, found) == []
    assert sum(seconds for seconds, _ in found) >= sum(seconds for seconds, _ in phases)
    if not late_reds(network_of(signal), signal.id, phases):
        assert found == phases

"""In an imported network everyone who walks has left the crossing when conflicting traffic starts."""

from itertools import accumulate
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.any_signal import WALKING_SPEED_MPS, network_of, signals
from tests.scenarios.osm_town import town
from zhasyl.network import Network, read_network
from zhasyl.safety import Limits, violations
from zhasyl.scenarios.import_osm import import_osm
from zhasyl.scenarios.walk_clearance import Shown, cleared

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
    return [str(violation) for violation in violations(network, table, LIMITS) if violation.rule == "late red"]


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
    monkeypatch.setattr("zhasyl.scenarios.import_osm.lengthen_clearances", lambda _: None)
    assert imported(tmp_path)


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

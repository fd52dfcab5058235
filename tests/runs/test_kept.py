"""A network from the compile cache is the one that was read; an entry that is not to be trusted is made anew."""

import gc
import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from tests.conftest import TINY_NETWORKS, TinyNetwork
from zhasyl.runs import kept, prepared
from zhasyl.runs.prepared import Prepared, prepare
from zhasyl.scenarios import Scenario, load_scenario

RESCO = ("grid4x4", "arterial4x4", "cologne1", "cologne3", "cologne8", "ingolstadt1", "ingolstadt7")
Fresh = Callable[[Scenario], Prepared]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counter[str]:
    """How often a network is read, beginning with an empty cache."""
    monkeypatch.setenv("ZHASYL_CACHE", str(tmp_path / "cache"))
    found: Counter[str] = Counter()
    roads = prepared._roads

    def counted(scenario: Scenario) -> kept.Roads:
        found[scenario.id] += 1
        return roads(scenario)

    monkeypatch.setattr(prepared, "_roads", counted)
    return found


@pytest.fixture
def fresh() -> Fresh:
    """`prepare` as in another process."""

    def prepared_again(scenario: Scenario) -> Prepared:
        prepare.cache_clear()
        return prepare(scenario)

    return prepared_again


@pytest.fixture
def scenario(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("crossroads-with-crossings")))


def entries(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "scenarios" / "networks").glob("*"))


@pytest.mark.parametrize("name", [*TINY_NETWORKS, *(f"resco:{name}" for name in RESCO)])
def test_what_is_kept_is_what_was_read(name: str, tiny_network: TinyNetwork, read: Counter[str], fresh: Fresh) -> None:
    scenario = load_scenario(name if ":" in name else str(tiny_network(name)))
    first, second = fresh(scenario), fresh(scenario)
    assert first == second
    assert read == {scenario.id: 1}
    for signal, known in first.derived.signals.items():
        assert (second.derived.signals[signal].serves == known.serves).all()
    assert second.network.signal_links == first.network.signal_links
    assert second.network.path == scenario.net_file


def test_the_time_asked_for_and_the_timing_are_other_networks(
    scenario: Scenario, read: Counter[str], fresh: Fresh, tmp_path: Path
) -> None:
    others = (replace(scenario, begin_s=scenario.begin_s + 60), replace(scenario, warm_up_s=60.0))
    timed = replace(scenario, timing=replace(scenario.timing, yellow_s=5.0))
    for one in (scenario, *others, timed):
        fresh(one)
    assert read.total() == len(entries(tmp_path)) == 4
    assert {signal.yellow_s for signal in fresh(timed).derived.signals.values()} == {5.0}
    assert read.total() == 4


def test_another_demand_or_place_is_the_same_network(
    scenario: Scenario, read: Counter[str], fresh: Fresh, tmp_path: Path
) -> None:
    fresh(scenario)
    copy = tmp_path / "elsewhere.net.xml"
    copy.write_bytes(scenario.net_file.read_bytes())
    moved = replace(scenario, net_file=copy, content="other", demand_scale=2.0)
    assert fresh(moved).network.path == copy
    assert read.total() == 1


def test_a_changed_file_is_read_again(scenario: Scenario, read: Counter[str], fresh: Fresh, tmp_path: Path) -> None:
    net, more = tmp_path / "a.net.xml", tmp_path / "a.add.xml"
    net.write_bytes(scenario.net_file.read_bytes())
    more.write_text("<additional/>")
    own = replace(scenario, net_file=net, additional_files=(more,))
    fresh(own)
    more.write_text("<additional><!-- --></additional>")
    fresh(own)
    net.write_bytes(scenario.net_file.read_bytes() + b"\n")
    fresh(own)
    assert read.total() == 3


@pytest.mark.parametrize("by", ["another build", "cut off", "a bit", "nothing in it", "not to be read"])
def test_an_entry_of_others_or_a_damaged_one_is_made_anew_in_its_place(
    by: str, scenario: Scenario, read: Counter[str], fresh: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fresh(scenario)
    (entry,) = entries(tmp_path)
    written = entry.read_bytes()
    if by == "another build":
        monkeypatch.setattr(kept, "_made_by", lambda: b"another")
    elif by == "cut off":
        entry.write_bytes(written[:-10])
    elif by == "a bit":
        entry.write_bytes(written[:-10] + bytes([written[-10] ^ 1]) + written[-9:])
    elif by == "nothing in it":
        entry.write_bytes(b"")
    else:
        entry.unlink()
        entry.mkdir()
    assert fresh(scenario) == first
    assert read.total() == 2
    assert entries(tmp_path) == [entry]
    if by != "not to be read":
        assert fresh(scenario) == first
        assert read.total() == 2


def test_a_network_that_includes_a_file_is_read_each_time(
    scenario: Scenario, read: Counter[str], fresh: Fresh, tmp_path: Path
) -> None:
    more = tmp_path / "more.add.xml"
    more.write_text('<additional><include href="plans.add.xml"/></additional>')
    (tmp_path / "plans.add.xml").write_text("<additional/>")
    own = replace(scenario, additional_files=(more,))
    fresh(own)
    fresh(own)
    assert read.total() == 2
    assert not entries(tmp_path)


def test_a_folder_that_cannot_be_written_costs_reading_it_again(
    scenario: Scenario, read: Counter[str], fresh: Fresh, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    assert fresh(scenario) == fresh(scenario)
    assert read.total() == 2


def test_an_entry_makes_nothing_but_parts_of_a_network(scenario: Scenario, fresh: Fresh, read: Counter[str]) -> None:
    fresh(scenario)
    entry = kept._entry(scenario)
    content = pickle.dumps(Path.cwd)
    entry.write_bytes(sha256(kept._made_by() + content).hexdigest().encode() + b"\n" + content)
    fresh(scenario)
    assert read.total() == 2


def test_no_garbage_is_looked_for_while_an_entry_is_read(
    scenario: Scenario, read: Counter[str], fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh(scenario)

    class Looking(pickle.Unpickler):
        def load(self) -> None:
            raise pickle.UnpicklingError("on" if gc.isenabled() else "off")

    monkeypatch.setattr(kept, "_Unpickler", Looking)
    with pytest.raises(pickle.UnpicklingError, match="off"), kept._uncollected():
        kept._Unpickler(BytesIO()).load()
    assert gc.isenabled()
    assert fresh(scenario)
    assert read.total() == 2

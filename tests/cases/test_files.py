"""Cases of files named in files: each is read, counted into the key, and none is written beside the scenario."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.runs.simulate import run
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.variant import parse_variant
from zhasyl.scenarios.variants.vary import vary
from zhasyl.sumo.net_file import read_network

CASES = Path(__file__).resolve().parent


def content(folder: Path) -> Mapping[str, str]:
    """Each file of a folder with a digest of what it holds."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def case(tmp_path: Path, name: str) -> Path:
    """The configuration of a copy of a case."""
    return Path(copytree(CASES / name, tmp_path / name)) / "x.sumocfg"


DELAY_S = {
    "additional-gz-outputs": None,
    "calibrator-with-file": 19.515,
    "include-holds-plan": 12.018,
    "speed-sign-file-beside-detector": 20.205,
    "vehicle-device-file": None,
}


@pytest.mark.parametrize("name", DELAY_S)
def test_a_run_reads_what_is_named_and_writes_nothing_beside(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = case(tmp_path, name)
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    before = content(config.parent)
    record = run(str(config), "fixed", seed=1, out=tmp_path / "out")
    assert content(config.parent) == before
    assert not list(working.iterdir())
    assert not record["faults"]
    if DELAY_S[name] is not None:
        assert record["delay_s"] == pytest.approx(DELAY_S[name], abs=0.001)


def test_include_holds_plan(tmp_path: Path) -> None:
    scenario = load_scenario(str(case(tmp_path, "include-holds-plan")))
    phases = read_network(scenario.net_file, scenario.additional_files).programmes["c"].phases
    assert [phase.duration_s for phase in phases] == [20.0, 3.0, 20.0, 3.0]


def test_env_variable_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = case(tmp_path, "env-variable-path")
    monkeypatch.delenv("MYNET", raising=False)
    with pytest.raises(ScenarioError, match="environment variable MYNET is not set"):
        load_scenario(str(config))
    monkeypatch.setenv("MYNET", str(config.parent))
    assert load_scenario(str(config)).net_file == config.parent / "x.net.xml"


NAMED = {
    "include-in-route-file-is-not-in-the-key": ("inc_part.rou.xml", "13", "3"),
    "calibrator-with-file": ("kflows.xml", "1200", "900"),
    "speed-sign-file-beside-detector": ("speeds.xml", '"5"', '"9"'),
    "include-holds-plan": ("sub/b.add.xml", '"20"', '"30"'),
}


@pytest.mark.parametrize("name", NAMED)
def test_the_key_holds_what_is_named(tmp_path: Path, name: str) -> None:
    config = case(tmp_path, name)
    file, old, new = NAMED[name]
    before = load_scenario(str(config)).content
    assert load_scenario(str(config)).content == before
    named = config.parent / file
    named.write_text(named.read_text("utf-8").replace(old, new), "utf-8")
    assert load_scenario(str(config)).content != before


def test_variants_reach_what_is_included(tmp_path: Path) -> None:
    config = case(tmp_path, "include-in-route-file-is-not-in-the-key")
    dry = load_scenario(str(config))
    wet = vary(dry, parse_variant("rain=heavy"))
    assert "speedFactor" in wet.route_files[0].read_text("utf-8")
    noisy = run(vary(dry, parse_variant("demand_noise=0.2")), "fixed", seed=1, out=tmp_path / "out")
    assert noisy["loaded_veh"] > 0

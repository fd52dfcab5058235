"""Records of sumo-rl say who made them: their identity is their own, their situation that of our runs."""

from pathlib import Path

from benchmarks.peer_records import PeerSpec
from zhasyl.controllers import parse_controller
from zhasyl.optimise.statistics.comparison import situation
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario


def test_a_record_of_sumo_rl_is_in_our_situation_under_its_own_name(tmp_path: Path) -> None:
    scenario, fixed = load_scenario("abay-seifullin"), parse_controller("fixed")
    ours = RunSpec(scenario, fixed, 3, tmp_path, emissions=0.0)
    theirs = PeerSpec(scenario, fixed, 3, tmp_path, emissions=0.0, rule="max-pressure")
    assert situation(theirs.origin) == situation(ours.origin)
    assert theirs.origin["versions"] == ours.origin["versions"]
    assert theirs.origin["label"] == "sumo-rl-max-pressure"
    assert len(theirs.origin["plug_ins"]["sumo-rl"]["source"]) == 64
    assert theirs.folder != ours.folder
    assert theirs.folder.name.startswith("sumo-rl-max-pressure-seed3-")
    assert theirs.command == (
        "python -m benchmarks.peer_records abay-seifullin max-pressure --seeds 3 --emissions none"
    )

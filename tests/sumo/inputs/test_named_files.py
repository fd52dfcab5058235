"""Files of SUMO with the files they name: random ones, run and compared with bare SUMO, and copies of them."""

import gzip
import random
import shutil
import subprocess
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copyfile, copytree

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.runs.simulate import run
from zhasyl.scenarios.plans.made import plan_scenario
from zhasyl.scenarios.sumocfg import load_sumocfg
from zhasyl.sumo.home import sumo_binary, sumo_environment
from zhasyl.sumo.inputs.named_files import content_digest, copied, named_files, quiet, with_named_files
from zhasyl.sumo.xml_files import read_root, top_elements

CASE = Path(__file__).resolve().parents[2] / "cases" / "calibrator-with-file"
PACKED: Mapping[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
    "utf-16": lambda text: ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16"),
}
PHASES = "".join(
    f'<phase duration="{duration}" minDur="5" maxDur="{duration}" state="{state}"/>'
    for duration, state in (
        (20, "GGGgrrrrGGGgrrrr"), (3, "yyyyrrrryyyyrrrr"), (20, "rrrrGGGgrrrrGGGg"), (3, "rrrryyyyrrrryyyy"))
)  # fmt: skip
ADDITIONAL = (
    '<inductionLoop id="l" lane="wc_0" pos="100" file="loop.xml" period="60"/>',
    '<instantInductionLoop id="i" lane="ec_0" pos="100" file="sub/instant.xml"/>',
    '<laneAreaDetector id="a" lane="nc_0" pos="50" length="50" file="area.xml" period="60"/>',
    '<entryExitDetector id="e" file="entry.xml" period="60"><detEntry lane="sc_0" pos="9"/>'
    '<detExit lane="sc_0" pos="90"/></entryExitDetector>',
    '<edgeData id="m" file="edges.xml"/><laneData id="n" file="edges.xml.gz"/>',
    '<timedEvent type="SaveTLSStates" source="c" dest="signals.xml"/>',
    '<routeProbe id="p" edge="wc" period="600" file="routes.xml"/>',
    '<vTypeProbe id="v" period="60" file="types.xml"/>',
    '<calibrator id="k" edge="wc" pos="0" file="k.xml" output="calibrated.xml" period="60"/>',
    '<variableSpeedSign id="s" lanes="wc_0 wc_1" file="speeds.xml"/>',
    f'<tlLogic id="c" type="actuated" programID="own" offset="0"><param key="file" value="own.xml"/>{PHASES}</tlLogic>',
)
READ = {
    "k.xml": '<calibrator><flow begin="0" end="300" route="r0" vehsPerHour="1200" speed="13.8"/></calibrator>',
    "speeds.xml": '<vss><step time="0" speed="5"/></vss>',
}
DEVICE = '<param key="has.ssm.device" value="true"/>'
TYPES = (
    "",
    f'<vType id="DEFAULT_VEHTYPE" maxSpeed="12">{DEVICE}<param key="device.ssm.file" value="ssm.xml"/></vType>',
    f'<vType id="DEFAULT_VEHTYPE" maxSpeed="11">{DEVICE}</vType>',
)


class Town:
    """A crossroads whose files are packed, and name one another, at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._random = folder, random.Random(seed)  # noqa: S311  not for secrets
        (folder / "sub").mkdir(parents=True)
        copyfile(CASE / "x.net.xml", folder / "x.net.xml")
        routes = (CASE / "x.rou.xml").read_text("utf-8").removeprefix("<routes>").strip().removesuffix("</routes>")
        self.write("x.rou.xml", "routes", self._random.choice(TYPES) + routes)
        self.write("x.add.xml", "additional", "".join(self._random.sample(ADDITIONAL, 4)))
        self.config = folder / "x.sumocfg"
        self.config.write_text(
            '<configuration><net-file value="x.net.xml"/><route-files value="x.rou.xml"/>'
            '<additional-files value="x.add.xml"/><end value="200"/></configuration>'
        )

    def write(self, name: str, tag: str, inside: str) -> None:
        """Write a file, or one in another folder that it includes, and what that reads."""
        place = self._folder
        if self._random.random() < 0.5:
            self._pack(place / name, f'<{tag}><include href="sub/in-{name}"/></{tag}>')
            place, name = place / "sub", f"in-{name}"
            (place / "sub").mkdir(exist_ok=True)
        self._pack(place / name, f"<{tag}>{inside}</{tag}>")
        for read, text in READ.items():
            if f'"{read}"' in inside:
                self._pack(place / read, text)

    def _pack(self, path: Path, text: str) -> None:
        path.write_bytes(PACKED[self._random.choice(sorted(PACKED))](text))


def content(folder: Path) -> dict[Path, str]:
    """Each file of a folder with a digest of what it holds."""
    return {path: sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def bare_delay_s(config: Path) -> float:
    """Mean delay of SUMO's own trip output of a run in a copy of the folder, which it may write into."""
    folder = Path(copytree(config.parent, config.parent.parent / "bare"))
    command = [
        str(sumo_binary("sumo")),
        *("-c", config.name, "--tripinfo-output", "t.xml", "--seed", "1", "--no-step-log", "--no-warnings"),
        *("--time-to-teleport", "-1", "--max-depart-delay", "-1", "--collision.action", "warn"),
        *("--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted"),
    ]
    subprocess.run(command, cwd=folder, env=sumo_environment(), check=True, capture_output=True)
    trips = list(top_elements(folder / "t.xml"))
    return sum(float(trip.get("timeLoss", "0")) + float(trip.get("departDelay", "0")) for trip in trips) / len(trips)


@pytest.mark.parametrize("seed", range(8))
def test_a_run_is_that_of_bare_sumo_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    town = Town(tmp_path / "town", seed)
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    before = content(town.config.parent)
    record = run(str(town.config), "fixed", seed=1, out=tmp_path / "out")
    assert content(town.config.parent) == before
    assert not list(working.iterdir())
    assert record["delay_s"] == pytest.approx(bare_delay_s(town.config), rel=0.001)


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_reads_copies_and_the_key_holds_each_file(tmp_path: Path, seed: int) -> None:
    town = Town(tmp_path / "town", seed)
    scenario = load_sumocfg(town.config)
    files = (*scenario.route_files, *scenario.additional_files)
    for read in with_named_files(files):
        packed = read.read_bytes()
        read.write_bytes(gzip.compress(packed) if packed[:2] != b"\x1f\x8b" else gzip.decompress(packed))
        assert load_sumocfg(town.config).content != scenario.content
        read.write_bytes(packed)
    folder = tmp_path / "copies"
    folder.mkdir()
    made = [copied(path, folder, path.name) for path in files]
    for path in with_named_files(made):
        assert path.parent == folder
        assert not [value for *_, value, _ in named_files(path).named if "/" in value]


def written(folder: Path, name: str, text: str, packing: str = "plain") -> Path:
    path = folder / name
    path.write_bytes(PACKED[packing](text))
    return path


@pytest.mark.parametrize("packing", PACKED)
def test_a_timetable_leaves_controlled_signals_alone_however_it_is_packed(tmp_path: Path, packing: str) -> None:
    inside = '<WAUT id="w" refTime="0" startProg="0"/><wautJunction wautID="w" junctionID="c"/>'
    inside += '<wautJunction wautID="w" junctionID="other"/>'
    path = written(tmp_path, "w.add.xml", f"<additional>{inside}</additional>", packing)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert quiet([path], scratch, {"elsewhere"}) == [path]
    (made,) = quiet([path], scratch, {"c"})
    assert [one.get("junctionID") for one in read_root(made).iter("wautJunction")] == ["other"]


def test_files_that_name_none_are_taken_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, "x.net.xml", '<!-- <output-file value="x"/> --><net><edge id="file" name="a href"/></net>')
    assert quiet([path], tmp_path) == [path]
    assert content_digest([path], "said") == sha256(b"said" + path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["calibrator", "variableSpeedSign"])
def test_a_file_that_is_missing_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "x.add.xml", f'<additional><{name} id="i" file="nowhere.xml"/></additional>')
    with pytest.raises(ScenarioError, match=f"<{name}> names 'nowhere.xml', which does not exist; correct its file"):
        content_digest([path], "")


@pytest.mark.parametrize(("name", "reason"), [("n" * 300, "File name too long"), (".", "it is a folder, not a file")])
def test_what_is_no_file_is_said_in_one_line(tmp_path: Path, name: str, reason: str) -> None:
    path = written(tmp_path, "x.add.xml", f'<additional><include href="{name}"/></additional>')
    with pytest.raises(ScenarioError, match=f"<include> names .*{reason}; correct its href"):
        content_digest([path], "")


def test_files_that_name_each_other_end(tmp_path: Path) -> None:
    one = written(tmp_path, "one.xml", '<additional><include href="other.xml"/></additional>')
    other = written(tmp_path, "other.xml", '<additional><include href="one.xml"/></additional>')
    assert list(with_named_files([one])) == [one, other]
    assert quiet([one], tmp_path) == [one]


def test_a_name_is_seen_wherever_it_stands(tmp_path: Path) -> None:
    for before in range((1 << 20) - 60, (1 << 20) + 10, 3):
        text = f'<additional>{" " * before}<inductionLoop id="l" file="loop.xml"/></additional>'
        assert named_files(written(tmp_path, f"{before}.xml", text)).named


def test_a_planned_scenario_stands_alone_and_leaves_its_origin_as_it_was(tmp_path: Path) -> None:
    town = Town(tmp_path / "town", seed=3)
    before = content(town.config.parent)
    folder = tmp_path / "planned"
    folder.mkdir()
    plan_scenario(load_sumocfg(town.config), CASE / "x.net.xml", folder, "planned")
    assert content(town.config.parent) == before
    copytree(folder, tmp_path / "elsewhere")
    shutil.rmtree(town.config.parent)
    before = content(tmp_path / "elsewhere")
    assert run(str(tmp_path / "elsewhere"), "fixed", seed=1, out=tmp_path / "out")["status"] == "done"
    assert content(tmp_path / "elsewhere") == before


def test_a_programme_of_the_network_file_writes_nowhere(tmp_path: Path) -> None:
    text = f'<net version="1"><tlLogic id="c" type="actuated"><param key="file" value="o.xml"/>{PHASES}</tlLogic></net>'
    path = written(tmp_path, "x.net.xml", text)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (made,) = quiet([path], scratch)
    root = read_root(made)
    assert (root.tag, root.attrib) == ("net", {"version": "1"})
    assert [param.get("value") for param in root.iter("param")] == ["NUL"]


def test_what_a_file_names_is_found_beside_a_type_that_would_teleport(tmp_path: Path) -> None:
    town = Town(tmp_path / "town", seed=0)
    sign = '<vType id="q" timeToTeleport="9"/>\n<variableSpeedSign id="s" lanes="wc_0" file="speeds.xml"/>'
    written(town.config.parent, "x.add.xml", f"<additional>{sign}</additional>")
    written(town.config.parent, "speeds.xml", READ["speeds.xml"])
    record = run(str(town.config), "fixed", seed=1, out=tmp_path / "out")
    assert record["delay_s"] == pytest.approx(bare_delay_s(town.config), rel=0.001)

"""Any SUMO configuration as a scenario, and the RESCO ones among them; no network is read and nothing is simulated."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios import Scenario, load_scenario
from zhasyl.scenarios.resco import HOUR_S, TIMING, load_resco
from zhasyl.scenarios.sumo_folder import write_ready
from zhasyl.scenarios.sumocfg import load_sumocfg, read_options
from zhasyl.signals import SignalTiming

INPUT = '<net-file value="town.net.xml"/><route-files value="town.rou.xml"/>'


def configured(folder: Path, inside: str = INPUT, name: str = "town.sumocfg") -> Path:
    """A configuration with this content, beside a network, two demands and an additional file."""
    folder.mkdir(exist_ok=True)
    for file in ("town.net.xml", "town.rou.xml", "bus.rou.xml", "stops.add.xml"):
        (folder / file).write_text(f"<!-- {file} -->", encoding="utf-8")
    path = folder / name
    path.write_text(f"<configuration>{inside}</configuration>", encoding="utf-8")
    return path


def loaded(folder: Path, inside: str = INPUT) -> Scenario:
    return load_sumocfg(configured(folder, inside))


def refusal(path: Path) -> str:
    """The one line with which a configuration is refused."""
    with pytest.raises(ScenarioError) as caught:
        load_sumocfg(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


# Files


WAYS_TO_WRITE = {
    "flat": '<net-file value="town.net.xml"/><route-files value="town.rou.xml"/>'
    '<additional-files value="stops.add.xml"/>',
    "sections": '<input><net-file value="town.net.xml"/><route-files value="town.rou.xml"/>'
    '<additional-files value="stops.add.xml"/></input><report/>',
    "letters": '<n value="town.net.xml"/><r value="town.rou.xml"/><a value="stops.add.xml"/>',
    "short-names": '<net value="town.net.xml"/><routes value="town.rou.xml"/><additional value="stops.add.xml"/>',
    "v-for-value": '<net-file v="town.net.xml"/><route-files v="town.rou.xml"/><additional-files v="stops.add.xml"/>',
}


@pytest.mark.parametrize("inside", WAYS_TO_WRITE.values(), ids=WAYS_TO_WRITE.keys())
def test_the_same_configuration_is_read_however_it_is_written(tmp_path: Path, inside: str) -> None:
    found = loaded(tmp_path, inside + '<begin value="60"/><end value="660"/>')
    assert found.net_file == tmp_path / "town.net.xml"
    assert found.route_files == (tmp_path / "town.rou.xml",)
    assert found.additional_files == (tmp_path / "stops.add.xml",)
    assert (found.begin_s, found.end_s, found.warm_up_s) == (60.0, 660.0, 0.0)
    assert found.content == loaded(tmp_path, WAYS_TO_WRITE["flat"] + '<b value="60"/><e value="660"/>').content


def test_files_of_a_list_are_read_in_its_order(tmp_path: Path) -> None:
    found = loaded(tmp_path, INPUT.replace("town.rou.xml", "town.rou.xml , bus.rou.xml,"))
    assert [path.name for path in found.route_files] == ["town.rou.xml", "bus.rou.xml"]


def test_demand_may_stand_in_additional_files_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path, '<net-file value="town.net.xml"/><additional-files value="town.rou.xml"/>')
    assert (found.route_files, found.additional_files) == ((), (tmp_path / "town.rou.xml",))


def test_paths_are_relative_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(tmp_path / "data")
    (tmp_path / "study").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    path = tmp_path / "study" / "town.sumocfg"
    path.write_text(f"<configuration>{INPUT.replace('town.', '../data/town.')}</configuration>", encoding="utf-8")
    assert load_sumocfg(path).net_file == tmp_path / "data" / "town.net.xml"
    assert load_scenario("../study/town.sumocfg").route_files == (tmp_path / "data" / "town.rou.xml",)


def test_a_scenario_is_called_like_its_file(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert (found.id, found.title, found.version) == ("town", "town", 1)
    assert load_sumocfg(tmp_path / "town.sumocfg", "resco:town").id == "resco:town"


@pytest.mark.parametrize("name", ["town.sumocfg", "town.sumo.cfg"])
def test_both_suffixes_of_configurations_are_known(tmp_path: Path, name: str) -> None:
    found = load_scenario(str(configured(tmp_path, name=name)))
    assert found.net_file == tmp_path / "town.net.xml"


NAMES = {
    "variable": ("${TOWN}.net.xml", "town.net.xml"),
    "folder-in-a-variable": ("${FOLDER}/town.net.xml", "town.net.xml"),
    "blank": ("the%20town.net.xml", "the town.net.xml"),
    "home": ("~/town.net.xml", "town.net.xml"),
}


@pytest.mark.parametrize(("name", "file"), NAMES.values(), ids=NAMES.keys())
def test_names_are_understood_as_sumo_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str
) -> None:
    path = configured(tmp_path, INPUT.replace("town.net.xml", name))
    (tmp_path / file).write_text("<net/>", encoding="utf-8")
    for variable, value in (("TOWN", "town"), ("FOLDER", str(tmp_path)), ("HOME", str(tmp_path))):
        monkeypatch.setenv(variable, value)
    assert load_sumocfg(path).net_file == tmp_path / file


def test_values_may_stand_between_tags_and_in_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAST_S", "60")
    found = loaded(tmp_path, '<net-file>town.net.xml</net-file><r>town.rou.xml</r><end value="${LAST_S}"/>')
    assert (found.net_file.name, found.route_files[0].name, found.end_s) == ("town.net.xml", "town.rou.xml", 60.0)


# Period


TIMES = {
    "3600": 3600.0,
    "3600.5": 3600.5,
    "1e3": 1000.0,
    "1:02:03": 3723.0,
    "01:02:03.5": 3723.5,
    "1:00:00:30": 86430.0,
}


@pytest.mark.parametrize(("text", "seconds"), TIMES.items())
def test_times_are_seconds_or_clock_times(tmp_path: Path, text: str, seconds: float) -> None:
    assert loaded(tmp_path, f'{INPUT}<end value="{text}"/>').end_s == seconds


@pytest.mark.parametrize("end", ["", '<end value="-1"/>'])
def test_without_an_end_one_hour_is_simulated_and_said_to_be_assumed(tmp_path: Path, end: str) -> None:
    found = loaded(tmp_path, f'{INPUT}<time><begin value="7:00:00"/>{end}</time>')
    assert (found.begin_s, found.end_s) == (25200.0, 28800.0)
    assert [(a.subject, a.status) for a in found.assumptions] == [("period", "inferred")]
    assert "town.sumocfg" in found.assumptions[0].reason


def test_with_an_end_nothing_is_assumed(tmp_path: Path) -> None:
    assert loaded(tmp_path, f'{INPUT}<end value="600"/>').assumptions == ()


# Options


def test_driving_options_are_passed_on_in_one_order(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        f'{INPUT}<processing><time-to-impatience value="60"/><lateral-resolution value="0.8"/></processing>'
        '<step-length value="0.5"/><pedestrian.model value="striping"/>',
    )
    assert found.sumo_options == (
        ("lateral-resolution", "0.8"),
        ("pedestrian.model", "striping"),
        ("step-length", "0.5"),
        ("time-to-impatience", "60"),
    )


def test_outputs_seed_teleports_and_windows_are_not_passed_on(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        f'{INPUT}<output><tripinfo-output value="trips.xml"/><summary value="sum.xml"/><fcd-output value="fcd.xml"/>'
        '<queue-output value="q.xml"/><log value="log.txt"/></output><seed value="7"/>'
        '<time-to-teleport value="300"/><collision.action value="teleport"/><gui-settings-file value="view.xml"/>'
        '<remote-port value="8813"/><save-state.times value="10"/><max-depart-delay value="60"/>',
    )
    assert found.sumo_options == ()
    assert [line.split(" in the .sumocfg")[0] for line in found.replaced_options] == [
        "time-to-teleport: 300", "max-depart-delay: 60", "collision.action: teleport", "seed: 7", "remote-port: 8813",
    ]  # fmt: skip


def test_options_that_say_what_a_run_does_anyway_are_not_mentioned(tmp_path: Path) -> None:
    same = '<time-to-teleport value="-1"/><max-depart-delay value="-5"/><collision.action value="warn"/><random v="0"/>'
    assert loaded(tmp_path, INPUT + same).replaced_options == ()


def test_an_option_is_known_by_its_short_and_older_names_too(tmp_path: Path) -> None:
    found = loaded(tmp_path, INPUT + '<device.routing.period v="60"/><carfollow.model value="IDM"/><s value="0"/>')
    assert found.sumo_options == (
        ("default.carfollowmodel", "IDM"), ("device.rerouting.period", "60"), ("route-steps", "0"),
    )  # fmt: skip


def test_files_of_options_are_found_from_the_configuration_and_belong_to_the_content(tmp_path: Path) -> None:
    inside = INPUT + '<w value="w.xml"/><phemlight-path value="engines"/>'
    (tmp_path / "w.xml").write_text("<meandata/>")
    (tmp_path / "engines").mkdir()
    (tmp_path / "engines" / "truck.veh").write_text("1")
    found = loaded(tmp_path, inside)
    assert found.sumo_options == (("phemlight-path", f"{tmp_path}/engines/"), ("weight-files", f"{tmp_path}/w.xml"))
    (tmp_path / "w.xml").write_text("<meandata></meandata>")
    changed = loaded(tmp_path, inside)
    (tmp_path / "engines" / "truck.veh").write_text("2")
    assert len({found.content, changed.content, loaded(tmp_path, inside).content}) == 3


def test_a_scenario_written_anew_carries_the_files_of_its_options(tmp_path: Path) -> None:
    (tmp_path / "w.xml").write_text("<meandata/>")
    (tmp_path / "engines").mkdir()
    (tmp_path / "engines" / "truck.veh").write_text("1")
    inside = INPUT + '<weight-files value="w.xml,w.xml"/><phemlight-path value="engines"/><scale value="2"/>'
    new = tmp_path / "new"
    new.mkdir()
    write_ready(new, loaded(tmp_path, inside))
    options = read_options(new / "scenario.sumocfg")
    assert options["weight-files"] == "weight-files-0-w.xml,weight-files-1-w.xml"
    assert options["scale"] == "2"
    assert (new / "weight-files-1-w.xml").read_text() == "<meandata/>"
    assert (new / options["phemlight-path"] / "truck.veh").read_text() == "1"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ('<mesosim value="true"/>', "mesosim 'true'"),
        ('<load-state value="state.xml"/>', "warm_up_s"),
        ('<tls.all-off value="x"/>', "tls.all-off 'x'"),
        ('<mesosym value="true"/>', "no option 'mesosym', did you mean 'mesosim'?"),
        ('<begin value="0"/><b value="1"/>', "'b' is given twice"),
        ('<seed value="1" v="2"/>', "given twice"),
        ('<weight-files value="nowhere.xml"/>', "nowhere.xml, which does not exist"),
    ],
)
def test_an_option_that_cannot_be_kept_is_refused(option: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(configured(tmp_path, INPUT + option))


def test_options_that_are_off_or_empty_refuse_nothing(tmp_path: Path) -> None:
    inside = '<mesosim value="false"/><tls.all-off value="-"/><load-state value=""/><nothing value=""/><verbose/>'
    assert loaded(tmp_path, INPUT + inside).sumo_options == ()


# Content


def test_the_content_changes_with_the_bytes_of_each_file(tmp_path: Path) -> None:
    path = configured(tmp_path, INPUT + '<additional-files value="stops.add.xml"/>')
    known = {load_sumocfg(path).content}
    for name in ("town.net.xml", "town.rou.xml", "stops.add.xml"):
        (tmp_path / name).write_text("<!-- changed -->", encoding="utf-8")
        known.add(load_sumocfg(path).content)
    assert len(known) == 4


def test_the_content_stays_when_a_file_is_only_touched(tmp_path: Path) -> None:
    path = configured(tmp_path)
    before = load_sumocfg(path).content
    for file in tmp_path.iterdir():
        os.utime(file, (1.0, 1.0))
    assert load_sumocfg(path).content == before


def test_the_content_does_not_depend_on_the_place_or_on_outputs(tmp_path: Path) -> None:
    here = loaded(tmp_path / "here")
    there = loaded(tmp_path / "there", INPUT + '<output><summary value="sum.xml"/></output>')
    assert here.content == there.content


SETTINGS = ('<begin value="1"/>', '<end value="60"/>', '<step-length value="0.5"/>', '<step-length value="0.25"/>')


def test_the_content_does_not_depend_on_where_files_of_options_stand(tmp_path: Path) -> None:
    inside = INPUT + '<weight-files value="w.xml"/><phemlight-path value="data"/>'
    contents = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "car.veh").write_text("1", "utf-8")
        (folder / "w.xml").write_text("<meandata/>", "utf-8")
        contents.append(loaded(folder, inside).content)
    assert contents[0] == contents[1]
    (tmp_path / "b" / "data" / "car.veh").rename(tmp_path / "b" / "data" / "bus.veh")
    assert loaded(tmp_path / "b", inside).content != contents[1]


def test_the_content_says_what_each_file_is_read_as(tmp_path: Path) -> None:
    net = '<net-file value="town.net.xml"/>'
    one = loaded(tmp_path, net + '<route-files value="town.rou.xml,bus.rou.xml"/>')
    other = loaded(tmp_path, net + '<route-files value="town.rou.xml"/><additional-files value="bus.rou.xml"/>')
    assert one.content != other.content


def test_the_content_changes_with_period_options_and_timing(tmp_path: Path) -> None:
    found = {loaded(tmp_path, INPUT + setting).content for setting in ("", *SETTINGS)}
    path = configured(tmp_path)
    assert len(found | {load_sumocfg(path, timing=SignalTiming(yellow_s=4.0)).content}) == len(SETTINGS) + 2


# Refusals


REFUSED = {
    "no-network": ('<route-files value="town.rou.xml"/>', "names no network"),
    "no-demand": ('<net-file value="town.net.xml"/>', "names no demand"),
    "empty-names": ('<net-file value=""/><route-files value=""/>', "names no network"),
    "missing-network": (INPUT.replace("town.net", "tovn.net"), "tovn.net.xml, which does not exist"),
    "missing-demand": (INPUT.replace("town.rou", "tovn.rou"), "tovn.rou.xml, which does not exist"),
    "a-folder": (INPUT.replace("town.net.xml", "."), "it is a folder, not a file"),
    "end-before-begin": (f'{INPUT}<begin value="600"/><end value="60"/>', "end 60 is not after begin 600"),
    "end-in-words": (f'{INPUT}<end value="noon"/>', "end 'noon' is not a time"),
    "hours-and-minutes": (f'{INPUT}<begin value="7:30"/>', "begin '7:30' is not a time"),
    "no-number": (f'{INPUT}<end value="nan"/>', "end 'nan' is not a time"),
    "endless": (f'{INPUT}<end value="inf"/>', "end 'inf' is not a time"),
    "name-too-long": (INPUT.replace("town.net", "n" * 300), "File name too long"),
    "name-of-two-lines": (INPUT.replace("town.net", "town&#10;.net"), "which does not exist"),
    "variable-not-set": (INPUT.replace("town.net", "${NO_SUCH}town.net"), "environment variable NO_SUCH is not set"),
    "number-of-the-process": (INPUT.replace("town.net", "${PID}town.net"), "PID differs from run to run"),
    "option-not-set": (f'{INPUT}<step-length value="${{NO_SUCH}}"/>', "environment variable NO_SUCH is not set"),
    "not-closed": ("<input>", "not valid XML"),
}


@pytest.mark.parametrize(("inside", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_configuration_that_cannot_be_run_is_refused_in_one_line(tmp_path: Path, inside: str, reason: str) -> None:
    assert reason in refusal(configured(tmp_path, inside))


def test_a_comma_in_a_path_is_refused(tmp_path: Path) -> None:
    assert "has a comma" in refusal(configured(tmp_path / "Almaty, centre"))


BOMB = '<!DOCTYPE c [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><configuration><n value="&b;"/></configuration>'
OUTSIDE = '<!DOCTYPE c [<!ENTITY a SYSTEM "town.rou.xml">]><configuration><n>&a;</n></configuration>'
NOT_CONFIGURATIONS = {
    "entity-bomb": BOMB,
    "outside-entity": OUTSIDE,
    "unknown-encoding": '<?xml version="1.0" encoding="morse"?><configuration/>',
    "encoding-of-several-bytes": '<?xml version="1.0" encoding="utf-32"?><configuration/>',
    "empty": "",
    "plain-text": "not XML",
    "cut-off-html": "<html><body>404",
}


@pytest.mark.parametrize("text", NOT_CONFIGURATIONS.values(), ids=NOT_CONFIGURATIONS.keys())
def test_a_file_that_is_no_configuration_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = configured(tmp_path)
    path.write_text(text, encoding="utf-8")
    assert "not valid XML" in refusal(path)


def test_well_formed_html_is_no_configuration(tmp_path: Path) -> None:
    path = configured(tmp_path)
    path.write_text("<html><head><title>404</title></head></html>", encoding="utf-8")
    assert "names no network" in refusal(path)


@pytest.mark.parametrize("name", ["nowhere.sumocfg", "folder.sumocfg"])
def test_a_configuration_that_cannot_be_opened_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.sumocfg").mkdir()
    assert "cannot read" in refusal(tmp_path / name)


# RESCO


def resco_is_installed() -> bool:
    try:
        return bool(distribution("sumo-rl"))
    except PackageNotFoundError:
        return False


needs_resco = pytest.mark.skipif(not resco_is_installed(), reason="needs the benchmarks extra")


@needs_resco
@pytest.mark.parametrize("name", HOUR_S)
def test_a_resco_network_loads_with_the_hour_of_its_benchmark(name: str) -> None:
    found = load_scenario(f"resco:{name}")
    assert (found.id, found.begin_s, found.end_s) == (f"resco:{name}", *HOUR_S[name])
    assert found.end_s - found.begin_s == 3600.0
    assert found.timing == TIMING
    assert found.net_file.is_file()
    assert all(path.is_file() for path in (*found.route_files, *found.additional_files))
    assert any("RESCO" in line for line in found.attribution)


@needs_resco
def test_resco_networks_are_unlike_each_other() -> None:
    assert len({load_resco(name).content for name in HOUR_S}) == len(HOUR_S) == 8


def test_an_unknown_resco_network_names_the_nearest_one() -> None:
    with pytest.raises(ScenarioError, match=r"no RESCO network 'cologne2'\. Did you mean 'cologne\d'\?"):
        load_scenario("resco:cologne2")


def test_without_the_benchmarks_extra_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("zhasyl.scenarios.resco.distribution", absent)
    with pytest.raises(ScenarioError, match=r"pip install 'zhasyl\[benchmarks\]'"):
        load_resco("cologne1")

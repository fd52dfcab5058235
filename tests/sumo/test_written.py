"""Files that SUMO's programs wrote with names as they are, and a network of such names from end to end."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

import pytest

from tests.conftest import TinyNetwork, TinyRun
from zhasyl.errors import ScenarioError
from zhasyl.runs.simulate import run
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.demand.volumes import volumes
from zhasyl.sumo.written import read_starts, reference_in
from zhasyl.sumo.xml_files import written_elements

NAME = "crossroads-with-crossings"
MARKED = {"north-in": "north&in<a>", "centre": "A&B", "west-out": "west-<br/>"}
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(rows: str) -> Path:
        path = tmp_path / "written.xml"
        path.write_text(f"<?xml version='1.0'?>\n<!-- of {tmp_path}\n -->\n<all>\n{rows}\n</all>\n", encoding="utf-8")
        return path

    return written


def told(path: Path) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    read_starts(path, lambda tag, given: found.append((tag, dict(given))))
    assert found.pop(0) == ("all", {})
    return found


@pytest.mark.parametrize(
    ("row", "given"),
    [
        ('<v edges="a b" line="1"/>', {"edges": "a b", "line": "1"}),
        ('<v edges="W&C<x> <b/> &" n="1"/>', {"edges": "W&C<x> <b/> &", "n": "1"}),
        ('<v n="1" line="M&S <"express"> ä"/>', {"n": "1", "line": 'M&S <"express"> ä'}),
        ('<v line="say "A"" n="1"/>', {"line": 'say "A"', "n": "1"}),
        ('<v id="a&amp;b&#60;" line="c&d"/>', {"id": "a&b<", "line": "c&d"}),
        ('<v stop="s"/> <!-- Main & 5th -- <north> -->', {"stop": "s"}),
        ('<v stop="s&"/> <!-- Main -- 5th -->', {"stop": "s&"}),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_tag_is_read_as_it_was_meant(write: Write, row: str, given: dict[str, str], end: str) -> None:
    path = write(f'    {row}{end}    <w line="2"/>')
    assert told(path) == [("v", given), ("w", {"line": "2"})]
    assert [dict(one.attrib) for one in written_elements(path)] == [given, {"line": "2"}]


def test_what_comes_before_the_first_mark_is_told_once(write: Write) -> None:
    path = write('<v n="1">\n  <w n="2"/>\n</v>\n<v n="3">\n  <w n="4"/> <!-- a -- b -->\n</v>\n<v n="5&"/>')
    assert [given["n"] for _, given in told(path)] == ["1", "2", "3", "4", "5&"]
    assert [one.get("n") for one in written_elements(path)] == ["1", "3", "5&"]


def test_what_no_program_of_sumo_wrote_is_refused(write: Write) -> None:
    path = write('<v n="1"/>\n<v n="2"><w line="a&b"/></v>')
    with pytest.raises(ExpatError):
        told(path)
    with pytest.raises(ScenarioError, match="not valid XML"):
        list(written_elements(path))


@pytest.mark.parametrize(("name", "found"), [("A&B", ""), ("a&b;", ""), ("a&lt;b", "&lt;"), ("&#60;", "&#60;")])
def test_a_reference_in_a_name(name: str, found: str) -> None:
    assert reference_in(name) == found


def marked(network: Path, folder: Path, names: dict[str, str]) -> Path:
    """A copy of a tiny network in which edges and junctions have these names; answers its .sumocfg."""
    copytree(network.parent, folder)
    for path in (folder / f"{NAME}.net.xml", folder / f"{NAME}.rou.xml"):
        text = path.read_text("utf-8")
        for before, after in names.items():
            text = text.replace(before, escape(after))
        path.write_text(text, "utf-8")
    return folder / network.name


def test_names_with_marks_of_xml_change_nothing(tiny_network: TinyNetwork, tiny_run: TinyRun, tmp_path: Path) -> None:
    plain = tiny_network(NAME)
    config = marked(plain, tmp_path / "marked", MARKED)
    found, expected = run(str(config), "fixed", seed=1, out=tmp_path), tiny_run(NAME, "fixed")
    for name in ("trips", "passages", "movements", "queues", "signals", "crossings"):
        text = found.table(name).to_csv()
        for before, after in MARKED.items():
            text = text.replace(after, before)
        assert text == expected.table(name).to_csv(), name
    turns = {
        (MARKED.get(a, a), MARKED.get(b, b)): n for (a, b), n in volumes(load_scenario(str(plain))).turns_vph.items()
    }
    assert volumes(load_scenario(str(config))).turns_vph == turns


def test_a_name_that_no_output_tells_from_another_is_refused(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    config = marked(tiny_network(NAME), tmp_path / "marked", {"north-in": "a&lt;b"})
    with pytest.raises(ScenarioError, match="the &lt; in the id 'a&lt;b' cannot be told from '<'; rename it"):
        load_scenario(str(config)).network()

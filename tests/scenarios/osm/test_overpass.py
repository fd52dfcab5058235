"""A box of roads is downloaded and imported; a busy or absent server leaves one line and no folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import URLError

import pytest

from tests.scenarios.osm.osm_town import town
from zhasyl.cli import status
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.osm.extract import Box, parse_box
from zhasyl.scenarios.osm.overpass import download, query

Capture = pytest.CaptureFixture[str]
REMARK = b'<osm version="0.6"><remark> runtime error: Query timed out\nafter 180 s </remark></osm>'
SHORT = 203  # the server gives up one byte early


@contextmanager
def overpass(monkeypatch: pytest.MonkeyPatch, answer: bytes, status_code: int = 200) -> Iterator[list[bytes]]:
    """A server in place of Overpass that gives this answer; yields what it was asked."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status_code)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer[:-1] if status_code == SHORT else answer)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        monkeypatch.setattr("zhasyl.scenarios.osm.overpass.URL", f"http://127.0.0.1:{server.server_port}/")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()


def test_a_download_becomes_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with overpass(monkeypatch, town(tmp_path, 2, 1).read_bytes()) as asked:
        box, out = "-0.01,-0.01,0.02,0.02", tmp_path / "made"
        assert status(["scenario", "import-osm", "--download", f"--bbox={box}", "--out", str(out)]) == 0
    assert b"bbox%3A-0.01%2C-0.01%2C0.02%2C0.02" in asked[0]
    assert (out / "scenario.toml").is_file()


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (REMARK, 200, "is incomplete: runtime error: Query timed out after 180 s; download it again"),
        (b"<html>busy</html>", 200, "overpass.osm: <html> is not an OSM file"),
        (b"slow down", 429, "no answer from http://127.0.0.1"),
        (b"<osm/>", SHORT, "overpass.osm is not valid OSM XML"),
    ],
)
def test_a_bad_answer_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, answer: bytes, code: int, said: str
) -> None:
    out = tmp_path / "made"
    with overpass(monkeypatch, answer, code):
        assert status(["scenario", "import-osm", "--download", "--bbox=0,0,0.01,0.01", "--out", str(out)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not out.exists()


def test_overpass_is_asked_for_the_roads_of_the_box() -> None:
    text = query(Box(0, 0, 0.01, 0.01))
    assert "[bbox:0,0,0.01,0.01]" in text
    assert "|secondary|" in text


def test_no_internet_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise URLError("Name or service not known")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    out = tmp_path / "made"
    assert status(["scenario", "import-osm", "--download", "--bbox", "76.9,43.2,76.95,43.25", "--out", str(out)]) == 2
    assert "no answer from https://overpass-api.de" in capsys.readouterr().err
    assert not out.exists()
    with pytest.raises(ScenarioError, match=r"4 square degrees, at most 0\.25"):
        download(parse_box("0,0,2,2"), out)

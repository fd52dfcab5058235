"""The replay in a browser: keys, fingers, clicks, sizes, and hostile names. Slow: `make test-slow`."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.browser import CHROMIUM, Browser
from zhasyl.reports.replay.chosen import Chosen, choose
from zhasyl.reports.replay.page import replay_page, write_replay
from zhasyl.runs.store import RunRecord

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")]
READY = "document.body?.dataset.ready === 'yes' && player.drawn"
HOSTILE = "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>" + "x" * 300


@pytest.fixture(scope="module")
def chosen(recorded_out: Path) -> Chosen:
    return choose(recorded_out, [], None, "", None)


@pytest.fixture(scope="module")
def page(chosen: Chosen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "replay.html"
    write_replay(path, replay_page(chosen))
    return path


def test_keys_clicks_and_places(chosen: Chosen, page: Path) -> None:
    with Browser(1280, 720) as browser:
        browser.open(page, READY)
        trajectories = chosen.runs[0].table("trajectories")
        assert browser.ask("player.runs[0].way.x.length") == len(trajectories)
        assert browser.ask("Math.round(player.runs[0].way.x.reduce((a, b) => a + b, 0))") == pytest.approx(
            trajectories["x_dm"].sum() / 10, rel=1e-6
        )
        now = trajectories[trajectories["time_s"] == 300]
        browser.ask("setTime(300)")
        assert browser.ask("player.runs[0].now.walkers") == (now["class"] == "pedestrian").sum()
        assert browser.ask("player.runs[0].now.vehicles") == (now["class"] == "passenger").sum()
        browser.press("ArrowRight")
        assert browser.ask("player.t") == 305
        scale = browser.ask("player.view.scale")
        browser.press("+", "+")
        assert browser.ask("player.view.scale") == pytest.approx(scale * 1.5)
        browser.press("0", "0")
        browser.press(" ", " ")
        browser.wait("player.playing && player.t > 306")
        browser.press(" ", " ")
        assert browser.ask("player.playing") is False
        box = browser.ask("player.panes[1].canvas.getBoundingClientRect().toJSON()")
        signal, view = browser.ask("[player.map.signals[0], player.view]")
        x = box["left"] + box["width"] / 2 + (signal["x"] - view["x"]) * view["scale"]
        y = box["top"] + box["height"] / 2 - (signal["y"] - view["y"]) * view["scale"]
        browser.click(x, y)
        browser.wait("!document.getElementById('panel').hidden")
        said = browser.ask("document.getElementById('panel').innerText")
        for words in ("fixed", "max-pressure", "Approach", "Stage", "mean cycle", "Now: "):
            assert words in said
        browser.press("Escape")
        assert browser.ask("document.getElementById('panel').hidden")
        assert browser.ask("document.documentElement.scrollWidth") <= 1280
        assert browser.ask("document.documentElement.scrollHeight") <= 720
        assert browser.complaints() == []


def test_fingers_on_a_small_screen(page: Path) -> None:
    with Browser(400, 800, touch=True) as browser:
        browser.open(page, READY)
        before = browser.ask("player.view")
        browser.touch("touchStart", (200, 250))
        browser.touch("touchMove", (240, 250))
        browser.touch("touchMove", (280, 250))
        browser.touch("touchEnd")
        moved = browser.ask("player.view")
        assert moved["x"] < before["x"]
        assert moved["scale"] == before["scale"]
        browser.touch("touchStart", (180, 250), (220, 250))
        browser.touch("touchMove", (140, 250), (260, 250))
        browser.touch("touchEnd")
        assert browser.ask("player.view.scale") > 1.5 * moved["scale"]
        assert browser.ask("document.documentElement.scrollWidth") <= 400
        first, second = browser.ask("player.panes.map(p => p.canvas.getBoundingClientRect().toJSON())")
        assert first["bottom"] < second["top"]
        assert min(first["height"], second["height"]) > 150
        assert browser.complaints() == []


def test_hostile_names_are_shown_and_do_nothing(
    chosen: Chosen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = RunRecord.table

    def table(record: RunRecord, name: str) -> pd.DataFrame:
        found = read(record, name)
        if name in ("map", "approaches"):
            found["name"] = HOSTILE
        return found

    monkeypatch.setattr(RunRecord, "table", table)
    runs = [replace(run, values={**run.values, "title": HOSTILE, "label": HOSTILE}) for run in chosen.runs]
    path = tmp_path / "hostile.html"
    write_replay(path, replay_page(replace(chosen, runs=runs)))
    for width, height in ((1280, 720), (400, 800)):
        with Browser(width, height) as browser:
            browser.open(path, READY)
            browser.ask("select(player.map.signals[0].signal)")
            assert "<img src=x" in browser.ask("document.getElementById('panel').innerText")
            assert browser.ask("window.hit === undefined && document.images.length === 0")
            assert browser.ask("document.documentElement.scrollWidth") <= width
            assert browser.ask("player.panes[0].canvas.getBoundingClientRect().height") > 150
            assert browser.complaints() == []

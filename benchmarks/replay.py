"""make bench-replay: what playing a replay costs in Chromium without a window or GPU.

Two runs of downtown-grid, thirty minutes of the evening, at 1,280 × 720, played from their begin to their end at sixty
times their speed. A frame is all that the page's thread does from one animation frame to the next in the browser's
trace: script, layout, paint and handing over; by the clock, and of the thread's own time, which other programs on a
busy machine do not lengthen. The first frame costs what all processes of the browser took from opening the file on.
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.browser import Browser
from zhasyl.controllers import parse_controller
from zhasyl.reports.replay.chosen import choose
from zhasyl.reports.replay.page import replay_page, write_replay
from zhasyl.runs.batch import run_many
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario

SIZE = (1280, 720)
CONTROLLERS, MINUTES = ("fixed", "max-pressure"), 30.0
READY = "document.body?.dataset.ready === 'yes' && player.drawn"
CATEGORIES = "devtools.timeline,disabled-by-default-devtools.timeline"
FASTEST = 6  # of the speeds on the page


def frames_ms(trace: Sequence[dict[str, Any]], time: str) -> list[float]:
    """How long the page's thread was busy from each animation frame to the next: `dur` by the clock, `tdur` its own."""
    begins = sorted((e["ts"], e["pid"], e["tid"]) for e in trace if e.get("name") == "FireAnimationFrame")
    _, process, thread = begins[0]
    tasks = sorted(
        (e["ts"], e.get(time, 0) / 1000)
        for e in trace
        if e.get("name") == "RunTask" and (e["pid"], e["tid"]) == (process, thread)
    )
    frames, place = [0.0] * len(begins), 0
    for begin_us, busy_ms in tasks:
        while place + 1 < len(begins) and begins[place + 1][0] <= begin_us:
            place += 1
        frames[place] += busy_ms
    return frames[1:-1]


def played(page: Path, zoom: float = 1.0) -> tuple[float, dict[str, list[float]]]:
    """CPU seconds to the first frame, and the milliseconds of each frame of playing it all by both times."""
    with Browser(*SIZE) as browser:
        before_s = _cpu_s(browser)
        browser.open(page, READY)
        first_s = _cpu_s(browser) - before_s
        browser.ask(f"zoom({zoom}), setSpeed({FASTEST}), 0")
        seconds = browser.ask("player.duration / SPEEDS[player.speed]")
        browser.ask("play(true)")
        trace = browser.traced(CATEGORIES, seconds)
        return first_s, {name: frames_ms(trace, time) for name, time in (("clock", "dur"), ("thread", "tdur"))}


def _cpu_s(browser: Browser) -> float:
    process = psutil.Process(browser.process)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="a page made earlier, instead of downtown-grid's")
    asked = parser.parse_args()
    page = asked.page
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        if page is None:
            scenario, page = load_scenario("downtown-grid"), out / "replay.html"
            run_many([RunSpec(scenario, parse_controller(name), 1, out, record=True) for name in CONTROLLERS], 2)
            write_replay(page, replay_page(choose(out, CONTROLLERS, 1, "", MINUTES)))
        print(f"file {page.stat().st_size / 1e6:.1f} MB")
        for name, zoom in (("whole map", 1.0), ("six times nearer", 6.0)):
            first_s, frames = played(page, zoom)
            print(f"{name}: first frame {first_s:.1f} CPU s, {len(frames['clock'])} frames")
            for time, each in frames.items():
                half_ms, most_ms = statistics.median(each), statistics.quantiles(each, n=20)[-1]
                print(f"  {time}: median {half_ms:.1f} ms, 95th percentile {most_ms:.1f} ms")


if __name__ == "__main__":
    main()

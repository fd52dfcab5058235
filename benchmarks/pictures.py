"""make pictures: every picture of README and docs, drawn anew from runs that are made where they are not stored yet.

`make pictures PICTURES=report,tutorial` draws some of them. The runs are kept in build/pictures.
"""

import base64
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from benchmarks.replay import CONTROLLERS, READY, SIZE
from benchmarks.shape_pictures import write_pictures
from tests.browser import Browser
from tests.test_tutorial import TUTORIAL, steps
from zhasyl.comparing import compare
from zhasyl.reports.exports.figure_files import figure_bytes
from zhasyl.reports.exports.paper import PAGE, column
from zhasyl.reports.exports.plots import diagrams
from zhasyl.reports.replay.chosen import choose
from zhasyl.reports.replay.page import replay_page, write_replay
from zhasyl.reports.results import shown_of

ROOT = Path(__file__).resolve().parent.parent
DOCS, RUNS = ROOT / "docs", ROOT / "build" / "pictures"
PLACES = ("abay-seifullin", "abay-nazarbayev", "abay-corridor", "downtown-grid")
WIDTH, REPLAY_MINUTES = 1100, 30.0
COLOURS = 256  # of a picture of a page
MAP_WIDTH, SMALL_MAP_WIDTH = 1150, 700  # of several junctions, and of one


def report() -> None:
    """The page of README's first command, down to its diagram of delay."""
    out = RUNS / "abay-seifullin"
    compare("abay-seifullin", "fixed,actuated,max-pressure", "1-5", out=out)
    page_picture(out / "report.html", "Queue over time", DOCS / "report.png")


def tutorial() -> None:
    """The page that the tutorial's commands make."""
    out = RUNS / "tutorial"
    out.mkdir(parents=True, exist_ok=True)
    for step in steps(TUTORIAL.read_text("utf-8")):
        if step.name:
            (out / step.name).write_text(step.text, "utf-8")
        elif not (step.text.startswith("zhasyl scenario new") and (out / "satpayev").exists()):
            zhasyl(*shlex.split(step.text)[1:], where=out)
        if "--out results" in step.text:
            break
    page_picture(out / "results" / "report.html", "Queue over time", DOCS / "tutorial-report.png")


def maps() -> None:
    """A map of each built-in place of Almaty with its street names, under the plan that it has."""
    for place in PLACES:
        out = RUNS / f"{place}-map"
        compare(place, "fixed", 1, out=out)
        (group,), _ = shown_of(out)
        alone = len({row["signal"] for row in group.approaches}) == 1
        paper = column("130mm") if alone else PAGE
        found = next(plot for plot in diagrams(group, paper).plots if plot.name == "map")
        picture = DOCS / f"map-{place}.png"
        picture.write_bytes(figure_bytes(found.figure, paper, "png"))
        smaller(picture, SMALL_MAP_WIDTH if alone else MAP_WIDTH)


def replay() -> None:
    """Two recorded runs half an hour after the begin of the evening."""
    out, page = RUNS / "downtown-grid", RUNS / "replay.html"
    compare("downtown-grid", ",".join(CONTROLLERS), 1, out=out, record=True)
    write_replay(page, replay_page(choose(out, CONTROLLERS, 1, "", REPLAY_MINUTES)))
    with Browser(*SIZE) as browser:
        browser.open(page, READY)
        browser.ask("setTime(player.duration / 2)")
        browser.picture(DOCS / "replay.png")
    few_colours(DOCS / "replay.png")


def waves() -> None:
    """The time-space diagram of the corridor's green wave."""
    zhasyl("corridors", "abay-corridor", "--out", str(DOCS / "green-waves.png"), where=ROOT)


def shapes() -> None:
    """The junctions whose tables docs/own-junction.md has."""
    for picture in write_pictures():
        few_colours(picture)


PICTURES: Mapping[str, Callable[[], None]] = {
    "report": report, "tutorial": tutorial, "maps": maps, "replay": replay, "waves": waves, "shapes": shapes,
}  # fmt: skip


def zhasyl(*arguments: str, where: Path) -> None:
    """A command as a user types it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "zhasyl", *arguments], cwd=where, env=environment, check=True)


def page_picture(page: Path, end: str, picture: Path) -> None:
    """A page from its top down to the heading that begins with `end`."""
    with Browser(WIDTH, 900) as browser:
        browser.open(page, "document.readyState === 'complete'")
        headings = "[...document.querySelectorAll('h3')]"
        last = browser.ask(f"{headings}.find(one => one.textContent.startsWith('{end}')).getBoundingClientRect().top")
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": last - 10, "scale": 1}
        shot = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    picture.write_bytes(base64.b64decode(shot["data"]))
    few_colours(picture)


def smaller(picture: Path, width: int) -> None:
    """The same as wide, with all its colours: those of a scale are few points."""
    image = Image.open(picture).convert("RGB")
    image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    image.save(picture, optimize=True)
    said(picture)


def few_colours(picture: Path) -> None:
    """The same as a smaller file."""
    Image.open(picture).convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE).save(picture, optimize=True)
    said(picture)


def said(picture: Path) -> None:
    """Say how large it is."""
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB", flush=True)


def main() -> None:
    asked = [name for name in os.environ.get("PICTURES", "").split(",") if name] or list(PICTURES)
    if unknown := [name for name in asked if name not in PICTURES]:
        sys.exit(f"no picture '{unknown[0]}'; known: {', '.join(PICTURES)}")
    for name in asked:
        PICTURES[name]()


if __name__ == "__main__":
    main()

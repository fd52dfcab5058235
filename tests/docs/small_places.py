"""The built-in places of the pages as crossroads that are simulated in a moment."""

from pathlib import Path
from shutil import copytree

from tests.conftest import NETWORKS, build_network

NAMES = ("abay-corridor", "abay-seifullin")
CROSSROADS = "crossroads-with-crossings"
SETTINGS = """
id = "{name}"
version = 1
title = "{name}"
sumocfg = "{name}.sumocfg"

[period]
begin_s = 0
end_s = 600
warm_up_s = 0

[provenance]
sources = []
attribution = []
"""


def make_small_places(root: Path) -> Path:
    """A folder of scenarios with the names that pages use; their one signal is `abay_seifullin`."""
    for name in NAMES:
        folder = root / name
        copytree(NETWORKS / CROSSROADS, folder)
        for path in sorted(folder.iterdir()):
            text = path.read_text("utf-8").replace(CROSSROADS, name).replace("centre", "abay_seifullin")
            path.unlink()
            (folder / path.name.replace(CROSSROADS, name)).write_text(text, "utf-8")
        build_network(folder)
        (folder / "scenario.toml").write_text(SETTINGS.format(name=name), "utf-8")
        (folder / "assumptions.csv").write_text("subject,statement,status,reason\n", "utf-8")
    return root

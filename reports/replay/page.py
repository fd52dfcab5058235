"""The replay's page: one HTML file without server or network.

What scripts read is base64 alone or numbers; all texts from outside stand in it packed, and are shown as text.
"""

import base64
import json
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from zhasyl.errors import OutputError
from zhasyl.files.clock import time_of_day
from zhasyl.files.sealed import write_whole
from zhasyl.reports.replay.chosen import Chosen
from zhasyl.reports.replay.content import packed_map, packed_run
from zhasyl.runs.store import RunRecord
from zhasyl.text.steering import neutral

SCRIPTS = ("decode.js", "roads.js", "scene.js", "panel.js", "player.js")
STYLE = "replay.css"


def replay_page(chosen: Chosen) -> str:
    """The page of one or two runs. Raises OutputError for a table that cannot be read."""
    first = chosen.runs[0]
    script, style = _joined(SCRIPTS), _joined([STYLE])
    environment = Environment(
        loader=PackageLoader("zhasyl.reports.replay", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    about = {"begin": chosen.begin_s, "end": chosen.end_s, "runs": len(chosen.runs)}
    return environment.get_template("replay_template.html").render(
        policy=_policy(script, style),
        title=neutral(str(first["title"])),
        when=f"{time_of_day(chosen.begin_s)} to {time_of_day(chosen.end_s)}",
        seed=first["seed"],
        runs=[
            {
                "label": neutral(str(run["label"])),
                "said": _said(run),
                "packed": packed_run(run, chosen.begin_s, chosen.end_s),
            }
            for run in chosen.runs
        ],
        about=Markup(json.dumps(about)),  # noqa: S704 - numbers
        map=packed_map(first),
        attribution=neutral("; ".join(map(str, first.values.get("attribution") or []))),
        style=Markup(style),  # noqa: S704 - our own file, as the script
        script=Markup(script),  # noqa: S704
    )


def write_replay(path: Path, page: str) -> None:
    """Write it whole. Raises OutputError."""
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        write_whole(path, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}; choose another file with --out") from error


def _joined(names: tuple[str, ...] | list[str]) -> str:
    """Files of this package, one after the other; once is enough for 'use strict'."""
    return "\n".join(files("zhasyl.reports.replay").joinpath(name).read_text(encoding="utf-8") for name in names)


def _policy(script: str, style: str) -> str:
    """Nothing from elsewhere; this script and these styles alone."""
    own = {"script-src": script, "style-src": style}
    allowed = "; ".join(f"{what} 'sha256-{_hash(text)}'" for what, text in own.items())
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode("ascii")


def _said(run: RunRecord) -> str:
    delay_s = run.values.get("delay_s")
    return f"mean delay {delay_s:.1f} s, LOS {run['los']}" if isinstance(delay_s, float) else ""

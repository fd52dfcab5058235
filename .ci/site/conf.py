"""How Sphinx builds the site: from the Markdown pages of docs/ and those of the project around it, as they are.

    make docs        # build/site/index.html; a warning is an error

The source folder is the project's, so that links between pages are the same here, in a checkout and on the site. The
navigation is what index.md lists: a heading is a part, a link in a list a page.
"""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

project = "zhasyl"
author = "the zhasyl authors"
html_title = "zhasyl"
root_doc = "docs/index"
include_patterns = ["docs/**.md", "*.md", "benchmarks/*.md", "scenarios/*/README.md"]
exclude_patterns = [".*", "build", "dist", "tests", "zhasyl", "results*", "**/__pycache__", "*.egg-info"]
nitpicky = True

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
myst_links_external_new_tab = False

html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"

PARTS = re.compile(r"^## (?P<part>.+)|^- \[(?P<title>[^]]+)\]\((?P<page>[^)]+)\.md\)", re.MULTILINE)
FROM_ELSEWHERE = re.compile(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="(?:https?:)?//[^"]*"')
TO_HOME = '<!doctype html><meta charset="utf-8"><title>zhasyl</title><meta http-equiv="refresh" content="0;url={0}">'


def navigation(text: str) -> str:
    """The parts and pages that index.md lists, as what Sphinx builds the navigation of."""
    lines: list[str] = []
    for found in PARTS.finditer(text):
        if found["part"]:
            lines += ["```" * bool(lines), "```{toctree}", ":hidden:", f":caption: {found['part']}", ""]
        elif found["page"]:
            lines.append(f"{found['title']} <{found['page']}>")
    return "\n".join([*lines, "```"])


def add_navigation(app: Sphinx, name: str, content: list[str]) -> None:
    if name == root_doc:
        content[0] += f"\n\n{navigation(content[0])}\n"


def finish(app: Sphinx, failure: Exception | None) -> None:
    """A first page at the top of the site; no page may load anything from elsewhere."""
    if failure is None and app.builder.format == "html":
        for page in sorted(Path(app.outdir).rglob("*.html")):
            if found := FROM_ELSEWHERE.search(page.read_text("utf-8")):
                raise ExtensionError(f"{page} loads from elsewhere: {found.group()}")
        (Path(app.outdir) / "index.html").write_text(TO_HOME.format(f"{root_doc}.html"), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", add_navigation)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True}

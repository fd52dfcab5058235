"""A page taken apart, and text that would do harm on it."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"meta", "br", "wbr"}
HOSTILE = """<script>alert("1")</script>'&--></style>{{ 7 * 7 }}"""


class Page(HTMLParser):
    """A page taken apart: `elements` with their attributes, `texts` by element, `tables` by region."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.tables: list[tuple[str | None, list[list[str]]]] = []
        self._open: list[str] = []
        self._region: str | None = None
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self._open.append(tag)
        if tag == "div" and found.get("role") == "region":
            self._region = found.get("aria-label")
        if tag == "table":
            self.tables.append((self._region, []))
            self._region = None
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in ("th", "td"):
            self.tables[-1][1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data
        if "td" in self._open or "th" in self._open:
            self.tables[-1][1][-1][-1] += data

    def rows(self, region: str) -> list[list[str]]:
        """Rows below the heading of the tables in the regions of this label."""
        return [row for label, rows in self.tables if label == region for row in rows[1:]]

    def facts(self, key: str) -> list[str]:
        """What stands beside a key in the lists of facts."""
        pairs = zip(self.texts["dt"], self.texts["dd"], strict=True)
        return [value for known, value in pairs if known == key]

    def attributes(self) -> Iterator[tuple[str, str]]:
        for _, attributes in self.elements:
            yield from ((key, value or "") for key, value in attributes.items())

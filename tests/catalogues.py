"""The catalogues of translations beside the texts in the code: `make catalogues` brings them up to date.

python -m tests.catalogues      # adds new messages without a translation, drops those that no code has
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from zhasyl.text.language import CATALOGUES, ENGLISH, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
TRANSLATED = tuple(code for code in LANGUAGES if code != ENGLISH)
FOLDERS = ("optimise", "reports", "zhasyl")
METHODS = {".py": "python", ".html": "jinja2"}
KEPT = ("Language:", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
HEADER = re.compile(rf'^"(?!{"|".join(KEPT)})[A-Z][A-Za-z-]+: .*"\n', re.MULTILINE)  # dates and people: git knows them
COMMENT = """\
# Texts of zhasyl's pages, figures and workbooks; {name} stands for a value. Words: docs/languages.md.
# After a change of texts: make catalogues"""


def sources() -> Iterator[Path]:
    """Python files and templates, each once: folders are linked into zhasyl/."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in METHODS and path == path.resolve():
                yield path


def extracted() -> Catalog:
    """Every message that the code has."""
    found = Catalog(project="zhasyl", header_comment="")
    for path in sources():
        for _line, message, _comments, context in extract_from_file(METHODS[path.suffix], path):
            found.add(message, context=context, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return found


def catalogue(code: str) -> Catalog:
    """A language's catalogue as it is stored."""
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return Catalog(locale=code, project="zhasyl", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str) -> bytes:
    """The file of a language's catalogue with the messages of today's code, and no others."""
    own = catalogue(code)
    own.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    own.obsolete.clear()
    own.header_comment, own.fuzzy = COMMENT, False
    file = BytesIO()
    write_po(file, own, width=110, sort_by_file=True, include_lineno=False)
    return _plain(file.getvalue().decode()).encode()


def _plain(text: str) -> str:
    head, _, messages = text.partition("\n\n")
    plain = HEADER.sub("", f"{head}\n")
    return f"{plain}\n{messages}"


if __name__ == "__main__":
    for code in TRANSLATED:
        (CATALOGUES / f"{code}.po").write_bytes(updated(code))
        lacking = [message.id for message in catalogue(code) if message.id and not message.string]
        print(f"{code}: {len(lacking)} to translate", *lacking, sep="\n  ")

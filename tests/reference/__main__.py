"""python -m tests.reference      # writes docs/reference anew, as `make reference` does"""

from tests.reference.pages import FOLDER, pages

for name, text in pages().items():
    (FOLDER / name).write_text(text, encoding="utf-8")

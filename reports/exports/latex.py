"""Tables as LaTeX for the package booktabs, as the page shows them; text from outside means nothing to LaTeX."""

import re
from collections.abc import Sequence

from zhasyl.reports.exports.named import NamedTable, Stack
from zhasyl.text.language import ENGLISH, spoken
from zhasyl.text.steering import neutral

ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"{'}",
    "`": r"{`}",
    "[": "{[}",  # after a row's end it would be a length
    "]": "{]}",
    "*": "{*}",
    "-": "{-}",  # two would be a dash
    "−": "$-$",
    "±": r"$\pm$",
    "–": "--",
    "…": r"\ldots{}",
}
SPECIAL = re.compile("|".join(map(re.escape, ESCAPES)))
LONGEST_FLOAT = 40  # rows; a longer table goes over several pages
HEAD = "% needs \\usepackage[{}]{{fontenc}}, \\usepackage{{booktabs}}, \\usepackage{{longtable}}"


def escaped(text: str) -> str:
    """A text as LaTeX shows it, in one line."""
    return SPECIAL.sub(lambda found: ESCAPES[found[0]], neutral(" ".join(text.split())))


def latex(stack: Stack) -> str:
    """The tables of a name one below the other, each with its caption and label."""
    many = len(stack.tables) > 1
    parts = [_table(table, f"{table.name}-{place}" if many else table.name) for place, table in _places(stack)]
    return "\n".join([HEAD.format("T1" if spoken().code == ENGLISH else "T2A"), *parts])


def _places(stack: Stack) -> list[tuple[int, NamedTable]]:
    return list(enumerate(stack.tables, start=1))


def _table(table: NamedTable, label: str) -> str:
    grid = table.grid()
    sides = "".join("l" if index in (0, *grid.texts) else "r" for index in range(len(grid.headings)))
    scenario = next((str(value) for field, value in table.of.items() if field.key == "scenario"), "")
    caption = f"\\caption{{{escaped(f'{table.about}: {scenario}' if scenario else table.about)}}}\\label{{tab:{label}}}"
    rows = [_row([cell.shown for cell in row]) for row in table.rows]
    head = [r"\toprule", _row(grid.headings), r"\midrule"]
    if len(rows) > LONGEST_FLOAT:
        lines = [f"\\begin{{longtable}}{{{sides}}}", f"{caption}\\\\", *head, r"\endhead", r"\bottomrule", r"\endfoot"]
        return "\n".join([*lines, *rows, r"\end{longtable}", ""])
    lines = [r"\begin{table}", r"\centering", caption, f"\\begin{{tabular}}{{{sides}}}", *head, *rows]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""])


def _row(cells: Sequence[str]) -> str:
    return " & ".join(map(escaped, cells)) + r" \\"

"""Synchro's own results, where a file has them: records of [Lanes] or [Timeplans] named after a delay or LOS.

No export seen so far holds one; Synchro writes them into its reports.
"""

import re
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.utdf.sections import Sections

RESULT = re.compile(r"(?:.*\b)?(?:delay|los|v/c ratio|v/c)(?:\b.*)?")
DETECTOR = "detect"


def write_measures(file: Sections, path: Path) -> None:
    """A row a node, movement and measure; no file where there is none."""
    rows = [
        (node, column, record, cell.text)
        for section in (file.lanes, file.timeplans)
        for node, records in section.items()
        for record, cells in records.records.items()
        if RESULT.fullmatch(record) and not record.startswith(DETECTOR)
        for column, cell in cells.items()
    ]
    if rows:
        write_csv(path, ("node", "movement", "measure", "synchro"), rows)

"""Records of a UTDF file that say something and have no place in the scenario, for guessed.csv.

Records that are written and not read (LostTime, SatFlow where it is no override, Distance, Time) and results of
Synchro's (Start, ActGreen, ...) are not among them: what they follow from is taken over.
"""

from zhasyl.scenarios.utdf.guesses import Guesses
from zhasyl.scenarios.utdf.sections import NodeRecords, Sections

ORDINARY = {
    "lanes": {
        "busstops": ("0",), "bicycles": ("0",), "midblock": ("0",), "lost time adjust": ("0",), "add lanes": ("0",),
        "enter blocked": ("0",), "headwayfact": ("1",), "exit lanes": ("0",), "traffic in shared lane": ("0",),
    },
    "links": {"twltl": ("0",)},
    "timeplans": {"yield": ("0",)},
}  # fmt: skip
"""Section → record → the values that say nothing."""


def note_left_out(file: Sections, guesses: Guesses) -> None:
    """Note each such record, with how many cells have a value."""
    for section, records in ORDINARY.items():
        nodes: dict[str, NodeRecords] = getattr(file, section)
        for record, ordinary in records.items():
            cells = [cell for node in nodes.values() for cell in node.records.get(record, {}).values()]
            said = [cell for cell in cells if cell.text.rstrip("0").rstrip(".") not in (*ordinary, "")]
            if said:
                first = f"first in row {said[0].row}, column {said[0].column}: {said[0].text[:20]}"
                value = f"not taken over; cells: {len(said)}"
                guesses.add("left out", "", f"[{section.title()}] {record.title()}", value, first)

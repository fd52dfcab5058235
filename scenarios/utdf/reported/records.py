"""Records of a UTDF file that are named as results are: [Lanes] by movement, [Timeplans] of the signal.

The exports that were seen have none: Synchro writes its results into reports. Others who write UTDF may add them.
"""

from zhasyl.scenarios.beside.model import LANE_GROUP, SIGNAL
from zhasyl.scenarios.plans.utdf_movements import GROUP
from zhasyl.scenarios.utdf.reported.block import Block
from zhasyl.scenarios.utdf.reported.labels import Label, label_of
from zhasyl.scenarios.utdf.sections import Sections

METHOD = "UTDF"


def record_blocks(file: Sections, metres: float) -> list[Block]:
    """A block a node; `metres` are those of the file's unit. Raises ScenarioError for a figure that is none."""
    found: dict[str, Block] = {}
    for section, signal in ((file.lanes, False), (file.timeplans, True)):
        for node, records in section.items():
            for record, cells in records.records.items():
                label = label_of(record)
                if label is None:
                    continue
                block = found.setdefault(node, Block(node, records.first, METHOD))
                if signal and label.level == LANE_GROUP:
                    label = Label(SIGNAL, label.figure)
                for column, cell in cells.items():
                    if signal or GROUP.match(column):
                        block.take(label, column, cell, metres)
    return list(found.values())

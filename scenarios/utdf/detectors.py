"""The detectors of a file as a table: where they lie on the lanes of the network.

SUMO is not given them: a run's sensors are the experiment's own. A table can be joined with a controller's log.
"""

from collections.abc import Iterator
from pathlib import Path

from zhasyl.files.csv_table import write_csv
from zhasyl.scenarios.utdf.layout import Layout
from zhasyl.scenarios.utdf.sections import Sections
from zhasyl.scenarios.utdf.town import Group, Link

COLUMNS = ("node", "movement", "detector", "lane", "to_stop_line_m", "length_m", "phase", "type", "extend_s", "delay_s")
MOST = 5


def write_detectors(file: Sections, layout: Layout, path: Path) -> None:
    """A row a detector and lane; no file where there is none."""
    rows = [
        row for link in layout.town.links.values() for group in link.groups for row in _rows(file, layout, link, group)
    ]
    if rows:
        write_csv(path, COLUMNS, rows)


def _rows(file: Sections, layout: Layout, link: Link, group: Group) -> Iterator[tuple[object, ...]]:
    cells = file.lanes[link.node].cells(group.column)
    piece = layout.pieces[link.id][-1]
    own = [place for place, lane in enumerate(layout.lanes[link.id]) if lane.serves[:1] == (group.column,)]
    count = cells["numdetects"].whole(0, MOST, "numDetects") if "numdetects" in cells else 0
    for number in range(1, count + 1):
        if f"detectpos{number}" not in cells:
            continue
        metres = [
            layout.town.units.metres(cells[name].number(-500, 5000, name.title())) if name in cells else 0.0
            for name in (f"detectpos{number}", f"detectsize{number}")
        ]
        said = [cells[name].text if name in cells else "" for name in (
            "detectphase1", f"detecttype{number}", f"detectextend{number}", f"detectdelay{number}")]  # fmt: skip
        for place in own:
            lane = f"{piece.edge}_{layout.lane(link, piece, place)}"
            yield (link.node, group.column, number, lane, *(f"{value:.1f}" for value in metres), *said)

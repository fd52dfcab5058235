"""Figures that were brought along with a scenario, as a table of each of its runs: a report reads runs alone."""

from collections.abc import Iterator

import numpy as np

from zhasyl.files.columns import Column, Table, coded
from zhasyl.scenarios.beside.model import COLUMNS, NUMBERS, written_ways
from zhasyl.scenarios.model import Scenario


def beside_tables(scenario: Scenario) -> dict[str, Table]:
    """The table `beside`; none without figures, or for a scenario that was changed: they are not of that one."""
    if not scenario.beside or scenario.variant:
        return {}
    return {"beside": Table(dict(_columns(scenario)))}


def _columns(scenario: Scenario) -> Iterator[tuple[str, Column]]:
    for name in COLUMNS:
        cells = [getattr(row, name) for row in scenario.beside]
        if name in NUMBERS:
            yield name, np.array(cells, dtype=float)
        else:
            yield name, coded([written_ways(cell) if name == "ways" else cell for cell in cells])

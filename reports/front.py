"""Plans between objectives: the picture to choose from, and the table."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.optimise.front import Front, FrontPlan

if TYPE_CHECKING:
    from rich.console import Console

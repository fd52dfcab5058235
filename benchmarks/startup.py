"""What a user waits for when nothing is simulated: help, a stored comparison, the first second.

Seconds depend on the machine; beside them stands what Python itself takes, measured in turn. The first simulated
second is bounded from above by a whole run of one second, tables, record and exit included.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ZHASYL, Figure, at_most, cost, divided, info
from benchmarks.synthetic import grid

STORED_S, HELP_S, FIRST_SECOND_S = 1.5, 0.3, 1.5
PYTHON = [sys.executable, "-c", "pass"]
LIBRARIES = [sys.executable, "-c", "import numpy, pandas, libsumo"]
STORED = ["resco:cologne8", "--controllers", "fixed,actuated,max-pressure", "--seeds", "1-5"]


def measure(rounds: int, full: bool) -> list[Figure]:
    """Help, first second, stored comparison and its table; `full` changes nothing here."""
    return [*_first(rounds), *_stored(rounds)]


def _first(rounds: int) -> list[Figure]:
    with TemporaryDirectory() as scratch:
        config = grid(Path(scratch), side=1, end_s=1)
        taken = []
        for seed in range(1, rounds + 1):  # a seed of its own, or the run would be answered from the store
            run = [*ZHASYL, "run", config, "--seed", str(seed), "--out", f"{scratch}/out"]
            taken.append([cost(command).wall_s for command in (run, [*ZHASYL, "--help"], PYTHON, LIBRARIES)])
    one, help_s, python, libraries = ([row[column] for row in taken] for column in range(4))
    return [
        at_most("`zhasyl --help`", help_s, HELP_S, " s"),
        info("the same / `python -c pass`", divided(help_s, python)),
        at_most("first simulated second, at most: a whole run of one second", one, FIRST_SECOND_S, " s"),
        info("the same / importing numpy, pandas and libsumo", divided(one, libraries)),
    ]


def _stored(rounds: int) -> list[Figure]:
    with TemporaryDirectory() as scratch:
        compare, report = [*ZHASYL, "compare", *STORED, "--out", scratch], [*ZHASYL, "report", scratch]
        cost(compare)
        taken = [[cost(command).wall_s for command in (compare, report, LIBRARIES)] for _ in range(rounds)]
        again, table, libraries = ([row[column] for row in taken] for column in range(3))
        redrawn = []
        for _ in range(rounds):
            (Path(scratch) / "report.html").unlink()
            redrawn.append(cost(report).wall_s)
    return [
        at_most("compare with its 15 runs stored", again, STORED_S, " s"),
        info("the same / importing numpy, pandas and libsumo", divided(again, libraries)),
        at_most("a stored comparison's table (`zhasyl report`)", table, STORED_S, " s"),
        info("the same with its page drawn anew", redrawn, " s"),
    ]

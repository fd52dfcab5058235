"""A leaderboard of a suite: what `zhasyl leaderboard` does, and the same for Python."""

from collections.abc import Iterable
from pathlib import Path

from zhasyl.files.output import check_writable
from zhasyl.gate.suite import Suite, read_suite
from zhasyl.optimise.statistics.comparison import situation
from zhasyl.reports.leaderboard.board import Board, board_of
from zhasyl.reports.leaderboard.files import write_csv
from zhasyl.reports.leaderboard.gathered import OWN_VERSIONS, Asked, Cell, gather
from zhasyl.reports.leaderboard.page import write_page
from zhasyl.reports.records import names
from zhasyl.runs.spec import situation_options

BASELINE = "fixed"


def leaderboard(
    suite: str | Path,
    folders: Iterable[str | Path] = ("results",),
    baseline: str = BASELINE,
    out: str | Path | None = None,
) -> Board:
    """Rank the controllers whose runs of a suite are stored in some folders; nothing is simulated.

    A folder is that of `run`, `compare`, `batch` or `check`, one's own or somebody else's. Every controller takes part,
    by label, that has a finished and whole record of a cell and seed of the suite, of this SUMO and of these
    definitions of the measures. `baseline` is the label of the reference. With `out` leaderboard.html and
    leaderboard.csv are written there. Raises ZhasylError for an unknown suite, folders without records, and a baseline
    that is not among them or lacks runs.
    """
    places = [Path(folder) for folder in folders]
    asked = asked_by(read_suite(str(suite)), str(suite))
    board = board_of(gather(places, asked), asked, baseline, places)
    if out is not None:
        write_board(board, Path(out))
    return board


def write_board(board: Board, out: Path) -> Path:
    """Write page and table, and answer the page's path. Raises OutputError."""
    check_writable(out)
    write_csv(board, out)
    return write_page(board, out)


def asked_by(suite: Suite, given: str) -> Asked:
    """The cells, seeds and controllers of a suite, which a command calls as it was `given`."""
    specs = [spec for spec in suite.specs(Path()) if spec.seed == suite.seeds[0]]
    by_place = {situation(spec.origin): spec for spec in reversed(specs)}
    order = dict.fromkeys(situation(spec.origin) for spec in specs)
    titles = names(order)
    cells = [
        Cell(
            place,
            titles[place],
            by_place[place].scenario.source or by_place[place].scenario.id,
            tuple(situation_options(by_place[place].scenario, by_place[place].sensor, suite.emissions)),
            {key: value for key, value in by_place[place].origin["versions"].items() if key not in OWN_VERSIONS},
        )
        for place in order
    ]
    return Asked(suite.title, given, cells, suite.seeds, [spec.label for spec in suite.controllers])

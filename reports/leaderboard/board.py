"""Controllers ranked over a suite by mean delay relative to a reference: the geometric mean over cells and seeds.

Only who has every cell and seed of the suite is ranked, and only by runs of its own: who lacks some, failed at every
signal of a run, or showed what is not safe stands apart, with the reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhasyl.errors import OutputError, unknown_name
from zhasyl.optimise.faults import failed_everywhere
from zhasyl.optimise.statistics.intervals import CONFIDENCE
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.leaderboard.commands import Commands, seeds_text
from zhasyl.reports.leaderboard.entries import Entry, entries_of
from zhasyl.reports.leaderboard.gathered import Asked, Cell, Gathered, counted
from zhasyl.reports.records import gridlocked
from zhasyl.reports.study.pooled import Pooled, pooled
from zhasyl.reports.violations import own_violations
from zhasyl.text.words import plural

DIGITS = 12  # to which two means are the same: the order of a sum is no rank


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking: its change of mean delay against the reference, and against the row above it."""

    rank: int
    entry: Entry
    change: Pooled
    above: Pooled | None
    gridlocked: int
    runs: int

    @property
    def told_apart(self) -> bool | None:
        """Does the interval of its ratio to the row above leave 1 out? None where nothing tells."""
        if self.above is None or self.above.low is None or self.above.high is None:
            return None
        return not self.above.low <= 0 <= self.above.high


@dataclass(frozen=True)
class Apart:
    """A row that is not ranked, and why; the commands add what it lacks."""

    entry: Entry
    reasons: Sequence[str]
    commands: Sequence[str]


@dataclass(frozen=True)
class Board:
    """What a leaderboard shows."""

    asked: Asked
    baseline: Entry
    ranked: Sequence[Ranked]
    apart: Sequence[Apart]
    left_out: Mapping[str, int]
    unlike: Sequence[str]
    commands: Commands
    command: str

    def change_in(self, cell: Cell, entry: Entry) -> Pooled:
        """A controller against the reference in one cell."""
        seeds = self.asked.seeds
        return pooled([(self.baseline.records(cell, seeds), entry.records(cell, seeds))], CONFIDENCE)


def board_of(gathered: Gathered, asked: Asked, baseline: str, folders: Sequence[object]) -> Board:
    """Rank what was gathered. Raises OutputError where the reference has no runs, or lacks some."""
    commands = Commands(asked, str(folders[0]))
    entries = entries_of(gathered, asked)
    others = counted(gathered.left_out)
    reference = _reference(entries, asked, baseline, commands, f" ({others})" if others else "")
    apart = [one for entry in entries if (one := _apart(entry, asked, commands))]
    out = {id(one.entry) for one in apart}
    complete = [entry for entry in entries if id(entry) not in out]
    changes = {entry.name: _change(reference, entry, asked) for entry in complete}
    valued = [entry for entry in complete if changes[entry.name].mean is not None]
    apart += [Apart(one, ["a run without a mean delay, or one of 0"], []) for one in complete if one not in valued]
    order = sorted(valued, key=lambda entry: (round(changes[entry.name].mean or 0.0, DIGITS), entry.name))
    return Board(
        asked,
        reference,
        [_ranked(rank, order, changes, asked) for rank in range(1, len(order) + 1)],
        apart,
        gathered.left_out,
        [f"{run['label']}, seed {run['seed']}, {run['scenario']}" for run in gathered.unlike],
        commands,
        commands.board(folders, baseline),
    )


def _reference(entries: Sequence[Entry], asked: Asked, label: str, commands: Commands, said: str) -> Entry:
    """Of several makes the one that lacks nothing, else the least; the latest of these."""
    known = [entry for entry in entries if entry.runs]
    missing = commands.adding(Entry(label, label))[0]
    own = [entry for entry in known if entry.label == label]
    if not known:
        raise OutputError(f"no record is of the suite {asked.title}{said}; add some: {missing}")
    if not own:
        told = unknown_name("baseline", label, dict.fromkeys(entry.label for entry in known))
        raise OutputError(f"{told}; add its runs: {missing}")
    best = min(own, key=lambda one: (sum(map(len, one.lacks(asked).values())), -len(one.runs)))
    alike = [one for one in own if len(one.runs) == len(best.runs)]
    best = max(alike, key=_latest)
    if lacking := best.lacks(asked):
        count = sum(map(len, lacking.values()))
        raise OutputError(f"baseline '{label}' lacks {plural(count, 'run')} of the suite; {commands.adding(best)[0]}")
    return best


def _latest(entry: Entry) -> str:
    return max(str(run.values.get("started_at", "")) for run in entry.runs.values())


def _apart(entry: Entry, asked: Asked, commands: Commands) -> Apart | None:
    reasons = list(_reasons(entry, asked))
    lacking = entry.lacks(asked)
    return Apart(entry, reasons, commands.adding(entry) if lacking else []) if reasons else None


def _reasons(entry: Entry, asked: Asked) -> Iterator[str]:
    lacking = entry.lacks(asked)
    if not entry.runs:
        yield "no runs"
        return
    for cell, seeds in lacking.items():
        yield f"lacks {cell.name}, {'seed' if len(seeds) == 1 else 'seeds'} {seeds_text(seeds)}"
    runs = entry.every_record(asked)
    if failed := sum(map(failed_everywhere, runs)):
        yield f"failed at every signal in {plural(failed, 'run')}: those show the fixed plan"
    if unsafe := sum(bool(own_violations(run)) for run in runs):
        yield f"showed what is not safe in {plural(unsafe, 'run')}"


def _change(reference: Entry, entry: Entry, asked: Asked) -> Pooled:
    if entry is reference:
        return Pooled(0.0)
    pairs = [(reference.records(cell, asked.seeds), entry.records(cell, asked.seeds)) for cell in asked.cells]
    return pooled(pairs, CONFIDENCE)


def _ranked(rank: int, order: Sequence[Entry], changes: Mapping[str, Pooled], asked: Asked) -> Ranked:
    entry = order[rank - 1]
    runs = entry.every_record(asked)
    known = rank > 1 and len(asked.seeds) >= LEAST_SEEDS
    above = _change(order[rank - 2], entry, asked) if known else None
    return Ranked(rank, entry, changes[entry.name], above, gridlocked(runs), len(runs))
